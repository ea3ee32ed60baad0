"""Where frames come from, behind one interface: the table of sources, and which of them a text means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit, urlunsplit

from balatro.errors import SettingsError

if TYPE_CHECKING:
    from balatro.frames.frame import FrameSource


@dataclass(frozen=True)
class Kind:
    """A kind of source. What opens it is named and not imported, so that the command line starts at once."""

    form: str
    """As a user writes it."""
    about: str
    opener: str
    """`module:function` in this folder; it takes what stands behind the colon."""
    is_live: bool = False
    """Whether it shows what is there at the moment; a stream may turn out to be a recorded one."""
    takes_all: bool = False
    """Whether the opener takes the whole text instead, as of an address."""
    follower: str = ""
    """What opens it with --follow, where it can be followed."""


KINDS = {
    "window": Kind("window:TITLE", "a window", "screens:open_window", is_live=True),
    "monitor": Kind("monitor:1", "a monitor", "screens:open_monitor", is_live=True),
    "region": Kind("region:X,Y,W,H", "a part of the desktop", "screens:open_region", is_live=True),
    "camera": Kind("camera:0", "a webcam or a capture card", "cameras:open_camera", is_live=True),
    "rtsp": Kind("rtsp://…", "a network camera", "streams:open_stream", is_live=True, takes_all=True),
    "rtsps": Kind("rtsps://…", "the same, encrypted", "streams:open_stream", is_live=True, takes_all=True),
    "http": Kind("http://…", "a stream (HLS, MJPEG), video or picture", "streams:open_stream", is_live=True, takes_all=True),
    "https": Kind("https://…", "the same, encrypted", "streams:open_stream", is_live=True, takes_all=True),
    "clipboard": Kind("clipboard:", "the clipboard", "clipboard:open_clipboard", follower="clipboard:follow_clipboard"),
    "-": Kind("-", "pictures or a video through stdin", "piped:open_piped"),
}
"""By what stands before the colon. A new source is one entry; all others are files."""
FILES = Kind(
    "PATH", "a video, a picture, a folder or glob of pictures", "pictures:open_files", follower="pictures:follow_folder"
)
FORMS = f"{', '.join(kind.form for kind in KINDS.values() if kind.about != 'the same, encrypted')}, or {FILES.about}"


def source_kind(text: str) -> Kind | None:
    """The kind of source that a text names; None for files. `12:30 run.mp4` and the drive of `C:\\run.mp4` are files."""
    name, colon, rest = text.partition(":")
    kind = KINDS.get(name.strip().lower())
    if kind is None or bool(colon) != (name.strip() != "-") or (kind.takes_all and not rest.startswith("//")):
        return None
    return kind


def shown(text: str) -> str:
    """A source as it may be told to others: an address without the name and the password in it.

    >>> shown("rtsp://me:secret@192.168.1.20/live")
    'rtsp://192.168.1.20/live'
    """
    kind = source_kind(text)
    if kind is None or not kind.takes_all:
        return text
    parts = urlsplit(text)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def open_source(text: str, follow: bool = False) -> FrameSource:
    """The source that a text means, see FORMS.

    follow: a folder or the clipboard is watched for what comes. SettingsError when the text means no source; InputError, one
    line, when it is not there or cannot be read.

    >>> with open_source("screenshot.png") as source:
    ...     frame = source.grab()
    >>> frame.image.shape, frame.box
    ((720, 1280, 3), Box(left=0, top=0, width=1280, height=720))
    """
    kind = source_kind(text) or FILES
    opener = kind.follower if follow else kind.opener
    if not opener:
        raise SettingsError(f"--follow {text}: it cannot be followed; a folder and clipboard: can")
    rest = text if kind.takes_all or kind is FILES else text.partition(":")[2].strip()
    return _load(opener)(rest)


def check_follow(text: str) -> None:
    """SettingsError for what cannot be followed: known before anything is opened."""
    kind = source_kind(text)
    if (kind is not None and not kind.follower) or (kind is None and not Path(text).is_dir()):
        raise SettingsError(f"--follow {text}: it cannot be followed; a folder and clipboard: can")


def _load(opener: str) -> Callable[[str], FrameSource]:
    module, _, function = opener.partition(":")
    return cast("Callable[[str], FrameSource]", getattr(import_module(f"balatro.frames.{module}"), function))
