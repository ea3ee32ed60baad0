"""Starting Qt."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from balatro.errors import MissingPartError
from balatro.utils.desktop import check_screen
from balatro.utils.extras import how_to_install

SIGNALS_MS = 200
"""How often Python gets to see Ctrl+C in the terminal while Qt waits."""


@contextmanager
def application(instead: str, no_screen: str = "") -> Iterator[Callable[[], object]]:
    """Qt, ready; gives the function that runs until the last window is closed, or Ctrl+C in the terminal.

    MissingPartError without PySide6, InputError without a screen; `instead` and `no_screen` say what to do about that.
    """
    check_screen(*([no_screen] if no_screen else []))
    try:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        raise MissingPartError(f"the window needs PySide6 ({error}); {how_to_install('desktop')}, or {instead}") from error
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["balatro"])
    application.setQuitOnLastWindowClosed(True)
    before = signal.signal(signal.SIGINT, lambda *_: application.closeAllWindows() or application.quit())
    ticks = QTimer()
    ticks.timeout.connect(lambda: None)
    ticks.start(SIGNALS_MS)
    try:
        yield application.exec
    finally:
        ticks.stop()
        signal.signal(signal.SIGINT, before)
