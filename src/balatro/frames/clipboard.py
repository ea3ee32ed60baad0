"""The clipboard: `clipboard:`, a picture or copied files of pictures; with --follow each new one."""

from __future__ import annotations

import contextlib
import hashlib
import time
from pathlib import Path
from typing import Any

import numpy as np

from balatro.config.suffixes import IMAGE_SUFFIXES
from balatro.errors import InputError, SettingsError
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.frame import Frame, FrameSource, picture_box
from balatro.utils.images import load_image


def open_clipboard(text: str) -> FrameSource:
    """The picture that was copied last; InputError when there is none."""
    _check(text)
    source = ClipboardSource()
    if not source.waiting:
        raise InputError("clipboard: no picture in it; copy one (a screenshot, a picture of a page, a file)")
    return source


def follow_clipboard(text: str) -> FrameSource:
    """Each picture that is copied from now on, and the one that is there."""
    _check(text)
    return FollowedClipboard()


def _check(text: str) -> None:
    if text:
        raise SettingsError(f"clipboard:{text}: expected clipboard: alone")


def read_clipboard() -> list[np.ndarray]:
    """The pictures in the clipboard, (H, W, 3) uint8 RGB each; none when it holds something else.

    InputError where the system gives no program the clipboard, with what to install.
    """
    held = _held()
    if held is None:
        return []
    found = []
    for one in held if isinstance(held, list) else [held]:
        if not isinstance(one, str) or Path(one).suffix.lower() in IMAGE_SUFFIXES:
            with contextlib.suppress(InputError):  # a copied file that is no picture
                found.append(load_image(one))
    return found


def _held() -> Any:
    from PIL import ImageGrab

    try:
        return ImageGrab.grabclipboard()
    except (NotImplementedError, OSError) as error:
        why = " ".join(str(error).split())
        raise InputError(
            f"clipboard: it cannot be read ({why}); on Linux install wl-clipboard (Wayland) or xclip (X11)"
        ) from error
    except Exception:  # a tool that finds no picture among what was copied fails in many ways
        return None


class ClipboardSource(FrameSource):
    """What the clipboard holds now."""

    still = True

    def __init__(self) -> None:
        super().__init__("clipboard:")
        self.waiting = read_clipboard()
        self.total = len(self.waiting)
        self._number = 0

    def grab(self) -> Frame | None:
        """The next of its pictures, usually the only one."""
        if not self.waiting:
            return None
        image = self.waiting.pop(0)
        self._number += 1
        return Frame(image, float(self._number - 1), picture_box(image), self.name)


class FollowedClipboard(FrameSource):
    """Each new picture in the clipboard."""

    live = still = True

    def __init__(self) -> None:
        super().__init__("clipboard:")
        self._began = time.monotonic()
        self._seen: set[str] = set()

    def grab(self) -> Frame:
        """The picture in it that was not given last; NotVisibleError until there is one."""
        pictures = read_clipboard()
        new = [image for image in pictures if _digest(image) not in self._seen]
        if not new:
            raise NotVisibleError("waiting for a picture in the clipboard")
        self._seen = {*(_digest(image) for image in pictures if not any(image is one for one in new[1:]))}
        return Frame(new[0], time.monotonic() - self._began, picture_box(new[0]), self.name)


def _digest(image: np.ndarray) -> str:
    return hashlib.blake2b(image.tobytes(), digest_size=16).hexdigest()
