"""What is decided about macOS, with facts as it tells them."""

from typing import Any

from balatro.frames.desktop.macos import standing
from balatro.frames.desktop.system import Standing
from balatro.utils.desktop import Box


def entry(owner: str, name: str | None, left: int, width: int, layer: int = 0, alpha: float = 1.0) -> dict[str, Any]:
    """As in CGWindowListCopyWindowInfo's list; names are left out for those who may not read the screen."""
    bounds = {"X": float(left), "Y": 25.0, "Width": float(width), "Height": 900.0}
    told = {"kCGWindowOwnerName": owner, "kCGWindowLayer": layer, "kCGWindowAlpha": alpha, "kCGWindowBounds": bounds}
    return told if name is None else {**told, "kCGWindowName": name}


def test_what_covers_a_window() -> None:
    windows = [
        entry("Dock", "Dock", 0, 1440, layer=20),
        entry("Window Server", "Menubar", 0, 1440, layer=24),
        entry("Some Overlay", "", 0, 1440, alpha=0.0),
        entry("Notes", "A list", -1440, 400, layer=3),
        entry("love", "Console", 300, 200),
        entry("love", "Balatro", 0, 1280),
        entry("Finder", "Desktop", 0, 1440),
    ]
    assert standing(windows, "love", "Balatro") == Standing(over=(Box(-1440, 25, 400, 900), Box(300, 25, 200, 900)))


def test_without_titles_the_program_decides() -> None:
    windows = [entry("Notes", None, 10, 400), entry("love", None, 0, 1280)]
    assert standing(windows, "love", "Balatro").over == (Box(10, 25, 400, 900),)


def test_a_window_of_another_space_is_not_shown() -> None:
    assert not standing([entry("Notes", "A list", 0, 400)], "love", "Balatro").shown
