"""What is decided about Windows, with facts as it tells them."""

import pytest

from balatro.frames.desktop.system import Standing
from balatro.frames.desktop.win32 import Facts, standing
from balatro.utils.desktop import Box

GAME, LEFT, FULL = Box(100, 100, 1280, 720), Box(-1920, 0, 960, 1080), Box(0, 0, 1920, 1080)
LAYERED, TRANSPARENT, TOPMOST, NO_ACTIVATE, TOOL = 0x80000, 0x20, 0x8, 0x8000000, 0x80


@pytest.mark.parametrize(
    ("front", "over"),
    [
        (Facts(1, LEFT), (LEFT,)),
        (Facts(1, FULL, styles=TOPMOST), (FULL,)),  # a player that stays on top
        (Facts(1, FULL, styles=LAYERED), (FULL,)),  # a window that fades in, or a locker's
        (Facts(1, FULL, styles=LAYERED | TRANSPARENT | TOPMOST | NO_ACTIVATE | TOOL), ()),  # the overlay of a graphics card
        (Facts(1, FULL, cloaked=2), ()),  # of another virtual desktop
        (Facts(1, FULL, cloaked=1), ()),  # a suspended app of the store, "visible" and nowhere to be seen
        (Facts(1, Box(-32000, -32000, 160, 28), minimised=True), ()),
        (Facts(1, FULL, visible=False), ()),
        (Facts(1, Box(0, 0, 0, 0)), ()),
    ],
)
def test_what_covers_a_window(front: Facts, over: tuple[Box, ...]) -> None:
    assert standing([front, Facts(7, GAME), Facts(9, FULL)], 7) == Standing(True, over)


def test_a_window_of_another_virtual_desktop_is_not_shown() -> None:
    assert not standing([Facts(7, GAME, cloaked=2)], 7).shown


def test_a_window_that_was_closed_meanwhile_stands_alone() -> None:
    assert standing([Facts(1, FULL)], 7) == Standing()
