"""What every source gives: frames, until there are none more."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

import numpy as np

from balatro.utils.desktop import Box


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of what a source shows."""

    image: np.ndarray
    """(H, W, 3) uint8 RGB."""
    seconds: float
    """When: since the source was opened, of a video its own time, of pictures their number."""
    box: Box
    """What part of the desktop it shows; (0, 0, W, H) of a video or picture. On some screens (Retina) a unit of the box is two
    pixels of the image."""
    name: str = ""
    """The picture's file, where there is one."""


class FrameSource(ABC):
    """Gives frames until there are none more. To be used with `with`, or closed."""

    live = False
    """Whether it shows what is there at the moment, however often it is asked, and never ends by itself."""
    on_screen = False
    """Whether what it shows lies on the desktop, so that something can be drawn over it."""
    still = False
    """Whether each frame stands for itself: there is no motion to wait for."""
    total: int | None = None
    """Frames there are, where that is known."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.skipped: list[str] = []
        """A line for each thing that could not be read and was passed over."""

    @abstractmethod
    def grab(self) -> Frame | None:
        """The next frame, or None at the end.

        NotVisibleError while nothing is to be seen (ask again later); InputError when nothing will be any more.
        """

    def close(self) -> None:  # noqa: B027 -- pictures have nothing to give back
        """Give back what the system lent."""

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self.grab()) is not None:
            yield frame

    def __enter__(self) -> FrameSource:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def picture_box(image: np.ndarray) -> Box:
    """The box of a whole picture (H, W, 3) that lies on no desktop."""
    return Box(0, 0, image.shape[1], image.shape[0])
