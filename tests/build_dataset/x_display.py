"""A desktop of our own: Xvfb with a window manager, and programs on it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

NEEDED = ("Xvfb", "openbox", "xdotool", "xrandr")


def wait_for(what: Callable[[], object], seconds: float = 90) -> None:
    """Until it is true; fails after so many seconds. They are many: a busy machine is no fault."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, f"waited {seconds} s in vain"
        time.sleep(0.05)


@contextmanager
def started(command: Sequence[str], env: dict[str, str], **more: object) -> Iterator[subprocess.Popen[Any]]:
    """A program that is ended with the block."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=env, **{**quiet, **more})  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


class Desktop:
    """What can be done on it."""

    def __init__(self, display: str) -> None:
        self.display = display
        self.env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.env.pop("WAYLAND_DISPLAY", None)

    def xdotool(self, *words: str) -> str:
        done = subprocess.run(["xdotool", *words], env=self.env, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def wait_for_window(self, title: str, running: Callable[[], bool] = lambda: True, said: Path | None = None) -> str:
        """The id of the window of this title, as soon as it shows; fails with what its program said if that has ended."""
        found: list[str] = []

        def look() -> bool:
            assert running(), said.read_text() if said else "ended"
            found[:] = self.xdotool("search", "--onlyvisible", "--name", f"^{title}$").split()
            return bool(found)

        wait_for(look)
        return found[0]

    @contextmanager
    def showing(self, title: str, pictures: Sequence[np.ndarray], folder: Path, seconds: float = 3600) -> Iterator[str]:
        """A window that shows pictures in turn; its id."""
        files = []
        for number, picture in enumerate(pictures):
            files.append(str(folder / f"shown{number}.png"))
            assert cv2.imwrite(files[-1], picture[..., ::-1])
        program = Path(__file__).with_name("show_screens.py")
        said = folder / "show_screens.txt"
        with (
            said.open("wb") as out,
            started([sys.executable, str(program), title, str(seconds), *files], self.env, stderr=out) as process,
        ):
            yield self.wait_for_window(title, lambda: process.poll() is None, said)


@contextmanager
def new_desktop() -> Iterator[Desktop]:
    """Xvfb on a free display, with openbox. Skips the test where they are not installed."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    read, write = os.pipe()
    # Without -noreset the server starts over whenever its last client leaves, and turns away who connects meanwhile.
    screen = ["-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"]
    with started(["Xvfb", "-displayfd", str(write), *screen], dict(os.environ), pass_fds=[write]):
        os.close(write)
        with os.fdopen(read) as told:
            display = f":{told.readline().strip()}"
        desktop = Desktop(display)
        with started(["openbox", "--sm-disable"], desktop.env):
            wait_for(lambda: desktop.xdotool("get_num_desktops").isdigit())  # openbox has told: windows can be managed
            yield desktop
