"""One process at a time: locks on a file that end with the process that holds them, however that ends.

`FolderLock` is held as long as a program works in a folder; `file_lock` for one save, and waits its turn.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from balatro.errors import BusyError, InputError

WAIT_S = 5.0
"""How long somebody else's save is waited for; one takes a tenth of a second."""
POLL_S = 0.01


class FolderLock:
    """Held from the making until `close`. InputError when another holds it; the file stays, and says who did last.

    It is for the folder that the lock lies in, or for one `guarded` file there.
    """

    def __init__(self, path: Path, guarded: Path | None = None) -> None:
        name, kind = (path.parent, "folder") if guarded is None else (guarded, "file")
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            if not _try_lock(self._handle):
                raise InputError(f"{name}: in use by {_holder(self._handle)}; close it, or name another {kind}")
            _sign(self._handle)
        except BaseException:
            os.close(self._handle)
            raise

    def close(self) -> None:
        """Let go; a second time does nothing."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


@contextlib.contextmanager
def file_lock(path: Path, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the lock of a file while the block runs; BusyError names the holder when it is not free in time.

    The file itself is never removed: it says who holds the lock, and two processes must not lock two files of one name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        deadline = time.monotonic() + wait_s
        while not _try_lock(handle):
            if time.monotonic() >= deadline:
                raise BusyError(f"{path.parent}: {_holder(handle)} is writing there; wait for it or end it, then try again")
            time.sleep(POLL_S)
        _sign(handle)
        try:
            yield
        finally:
            _unlock(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

    def _sign(handle: int) -> None:
        """Nobody could read it: Windows locks the file's bytes, too."""

    def _holder(handle: int) -> str:
        return "another program"

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)

    def _sign(handle: int) -> None:
        """Leave our number, for whoever waits in vain."""
        with contextlib.suppress(OSError):  # a full disk shall be told where it matters
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)

    def _holder(handle: int) -> str:
        text = os.pread(handle, 64, 0).decode("ascii", "replace")
        return f"another program (process {text})" if text.isdigit() else "another program"
