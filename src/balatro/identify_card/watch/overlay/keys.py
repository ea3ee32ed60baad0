"""The keys of the windows, and what they change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from balatro.identify_card.marks.labels import STYLES, Drawing


@dataclass(frozen=True)
class Key:
    """A key and its button."""

    keys: tuple[str, ...]
    """As Qt names them; the first stands on the button."""
    word: str
    tip: str
    method: str
    """Of `Choices`, or of the windows."""


KEYS = (
    Key(("H",), "Hide", "Hide or show what is drawn", "hide"),
    Key(("O",), "Style", "Outlines and labels, outlines alone, labels alone", "next_style"),
    Key(("R",), "Runners-up", "The next likeliest names, or not", "runners_up"),
    Key(("W",), "Wrong", "Keep this frame as a mistake, and say what is right", "wrong"),
    Key(("Space",), "Pause", "Let the video stand still, or go on", "pause"),
    Key(("Q", "Esc"), "Quit", "End watching", "quit"),
)


class Choices:
    """What is to be drawn, as the keys have set it."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.is_hidden = False

    def hide(self) -> None:
        """Hide, or show again."""
        self.is_hidden = not self.is_hidden

    def next_style(self) -> None:
        """The next of STYLES."""
        self.drawing = replace(self.drawing, style=STYLES[(STYLES.index(self.drawing.style) + 1) % len(STYLES)])

    def runners_up(self) -> None:
        """Say them, or not."""
        self.drawing = replace(self.drawing, runners_up=not self.drawing.runners_up)
