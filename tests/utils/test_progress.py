import io
import sys

import pytest

from balatro.utils import progress as module
from balatro.utils.progress import progress, track


def test_quick_work_says_nothing_in_a_log(capsys: pytest.CaptureFixture[str]):
    assert list(track(range(3), "Counting")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_long_work_says_a_line_now_and_then(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    clock = iter(range(0, 1000, 6))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    with progress("Drawing", total=4) as bar:
        for number in range(4):
            bar.advance(note=f"card {number}")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("Drawing: 2/4, ")
    assert lines[-1].startswith("Drawing: 4/4, ")
    assert lines[-1].endswith("card 3")


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with progress("Drawing [x]", total=2) as bar:
        bar.advance(note="half")
        bar.set_total(1)
    shown = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert "Drawing [x]" in shown
    assert "1/1" in shown


def test_an_error_inside_goes_through():
    with pytest.raises(ValueError, match="inside"), progress("Drawing"):
        raise ValueError("inside")
