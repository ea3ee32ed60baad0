import sys

import pytest


def test_long_running_windows_keep_python_alive() -> None:
    """PySide6 6.12 gave up one reference to None at each call without a result: before Python 3.12, minutes later, the end."""
    core = pytest.importorskip("PySide6.QtCore", reason="PySide6 is not installed", exc_type=ImportError)
    thing = core.QObject()
    before = sys.getrefcount(None)
    for _ in range(500):
        thing.setObjectName("a")
    assert sys.getrefcount(None) > before - 100
