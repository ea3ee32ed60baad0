"""Starting the command line: Ctrl+C is answered from the first moment on, as the imports alone take a while."""

from __future__ import annotations

import os
import signal
from typing import Any

INTERRUPTED = 130
"""Exit status after Ctrl+C, as shells have it."""
STOPPED = "stopped by Ctrl+C"


def start(prefix: str | None = None) -> None:
    """Run the command line. prefix: a command put in front, for `python -m balatro.train_model` and its like.

    Where Ctrl+C is ignored, as under nohup, it stays so.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)
    from balatro.cli.main import main

    main(prefix)


def has_begun() -> None:
    """A command has begun, which may have something to end or to keep: from now on Ctrl+C is a KeyboardInterrupt."""
    if signal.getsignal(signal.SIGINT) is _stop:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _stop(*_: Any) -> None:
    os.write(2, f"balatro: {STOPPED}\n".encode())
    os._exit(INTERRUPTED)
