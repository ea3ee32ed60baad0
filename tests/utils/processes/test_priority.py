import subprocess
import sys

import pytest

_GIVE_WAY = """
import os
from threading import Thread
from balatro.utils.processes.priority import give_way
own = lambda: os.getpriority(os.PRIO_PROCESS, 0)
before = own()
give_way()
give_way()
started = []
thread = Thread(target=lambda: started.append(own()))
thread.start()
thread.join()
print(own() == started[0] == max(before, 10))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="asked of Windows in another way")
def test_a_thread_and_those_that_it_starts_give_way_once() -> None:
    done = subprocess.run([sys.executable, "-c", _GIVE_WAY], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
