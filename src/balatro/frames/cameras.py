"""A webcam or a capture card: `camera:0`, `camera:1,1280x720`, on Linux also `camera:/dev/video2`. By OpenCV."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from balatro.errors import InputError, SettingsError
from balatro.frames.frame import FrameSource
from balatro.frames.latest import LatestSource

WIDTH, HEIGHT = 1920, 1080
"""Pixels that a camera is asked for; it gives what comes near."""
BACKENDS = {"win32": cv2.CAP_DSHOW, "darwin": cv2.CAP_AVFOUNDATION, "linux": cv2.CAP_V4L2}
"""OpenCV's way to the cameras of each system. Windows has a second one, which takes half a minute to open some cameras."""
_HELP = {
    "darwin": "allow this terminal the camera in System Settings, Privacy & Security, Camera",
    "win32": "allow desktop apps the camera in Settings, Privacy & security, Camera, and close other programs that use it",
    "linux": "close other programs that use it; `ls -l /dev/video*` shows who may read it",
}


@dataclass(frozen=True)
class Camera:
    """Which camera, and how large its pictures shall be."""

    device: int | str
    """Its number from 0, or its path."""
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def name(self) -> str:
        """As the user wrote it."""
        return f"camera:{self.device}"


def open_camera(text: str) -> FrameSource:
    """The camera's newest picture at each grab. SettingsError for what is no camera; InputError when none is there."""
    camera = read_camera(text)
    return LatestSource(camera.name, lambda: _connect(camera))


def read_camera(text: str) -> Camera:
    """`0`, `1,1280x720`, `/dev/video2`; SettingsError for anything else."""
    found = re.fullmatch(r"(\d{1,3}|/dev/[\w/.-]+)(?:,(\d{2,5})x(\d{2,5}))?", text.strip())
    if found is None:
        raise SettingsError(f"camera:{text}: expected camera:NUMBER, as in camera:0, or camera:0,1280x720")
    device = int(found[1]) if found[1].isdigit() else found[1]
    return Camera(device, int(found[2] or WIDTH), int(found[3] or HEIGHT))


def _connect(camera: Camera) -> Iterator[np.ndarray]:
    with _quiet():
        opened = cv2.VideoCapture(camera.device, BACKENDS.get(sys.platform, cv2.CAP_ANY))
    if not opened.isOpened():
        opened.release()
        raise InputError(f"{camera.name}: no such camera; {_what_to_do()}")
    # Without compression most USB cameras give 5 pictures a second of this size.
    opened.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    opened.set(cv2.CAP_PROP_FRAME_WIDTH, camera.width)
    opened.set(cv2.CAP_PROP_FRAME_HEIGHT, camera.height)
    return _pictures(opened, camera)


@contextmanager
def _quiet() -> Iterator[None]:
    """OpenCV's own lines on stderr left out: what is wrong is told in one of ours."""
    before = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(before)


def _pictures(opened: cv2.VideoCapture, camera: Camera) -> Iterator[np.ndarray]:
    """(H, W, 3) uint8 RGB pictures until the camera gives none."""
    num_read = 0
    try:
        while True:
            read, image = opened.read()
            if not read or image is None:
                break
            num_read += 1
            yield cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    finally:
        opened.release()
    if not num_read:
        raise InputError(f"{camera.name}: it opens, but gives no picture; {_HELP.get(sys.platform, 'try another program')}")
    raise InputError(f"{camera.name}: the camera is gone; plug it in again")


def _what_to_do() -> str:
    """What may help when a camera does not open; on Linux by which cameras there are."""
    found = sorted(str(path) for path in Path("/dev").glob("video*"))
    if sys.platform == "linux" and not found:
        return "this machine has none; plug one in"
    there = f"{', '.join(found)} {'is' if len(found) == 1 else 'are'} there; " if found else ""
    return there + _HELP.get(sys.platform, "plug one in")
