"""Processes that do not hear Ctrl+C."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from balatro.utils.processes.signals import deaf_children

pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows hands no signals down")
IS_DEAF = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"


def is_deaf() -> bool:
    done = subprocess.run([sys.executable, "-c", IS_DEAF], capture_output=True, text=True, check=True)
    return {"True\n": True, "False\n": False}[done.stdout]


def test_children_are_deaf_only_within():
    with deaf_children():
        assert is_deaf()
    assert not is_deaf()


def test_what_came_meanwhile_is_heard_afterwards():
    reached = False
    with pytest.raises(KeyboardInterrupt), deaf_children():
        signal.raise_signal(signal.SIGINT)
        reached = True
    assert reached
