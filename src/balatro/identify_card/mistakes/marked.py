"""What a marked copy of `identify --draw` says of itself: of which picture it is, and what was found there, by number.

It stands in the PNG as text (an iTXt chunk), so that `balatro regress add COPY --find 3` means the find that a person sees as
3 there, whatever model reads the picture today, and keeps the picture itself, not the copy with the marks.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image

from balatro.config.suffixes import is_video
from balatro.errors import InputError
from balatro.frames.sources import open_source
from balatro.identify_card.judge.regress import Shot
from balatro.identify_card.mistakes.finds import Find
from balatro.identify_card.mistakes.keep import Mistake

KEYWORD = "Balatro"
HEAD = 33
"""Bytes of a PNG's signature and first chunk."""


@dataclass(frozen=True)
class Origin:
    """Of what a copy is."""

    file: str
    """The picture or video, with `/`: relative to the copy's folder where that can be; empty for a camera and the like."""
    frame: int
    """Of a video, from 0; -1 of a picture."""
    model: str
    finds: tuple[Find, ...]


def place_beside(file: str, copy: Path) -> str:
    """A file as a copy names it."""
    try:
        return Path(os.path.relpath(file, copy.parent)).as_posix()
    except ValueError:  # on another drive
        return Path(file).absolute().as_posix()


def with_origin(png: bytes, origin: Origin) -> bytes:
    """A PNG file that says of what it is a copy."""
    text = json.dumps(asdict(origin), ensure_ascii=False).encode("utf-8", "backslashreplace")
    chunk = b"iTXt" + KEYWORD.encode() + b"\0\0\0\0\0" + text
    return png[:HEAD] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[HEAD:]


def read_origin(path: Path) -> Origin | None:
    """What a picture says of itself; None where it is no marked copy."""
    try:
        with Image.open(path) as image:
            told = json.loads(getattr(image, "text", {})[KEYWORD])
        return Origin(told["file"], int(told["frame"]), str(told["model"]), tuple(map(Find.of_json, told["finds"])))
    except (OSError, KeyError, TypeError, ValueError, SyntaxError):
        return None


def seen_in(path: Path) -> Mistake:
    """A picture to report a mistake of: the one that a marked copy is of, with its finds; any other as it is.

    InputError where it cannot be read, or a copy's picture is not there any more.
    """
    origin = read_origin(path)
    if origin is None:
        return Mistake(Shot.of_file(path))
    if not origin.file:
        raise InputError(f"{path}: a marked copy of what no file has kept; save such a picture, then `balatro identify` that")
    file = path.parent / origin.file
    if not file.is_file():
        raise InputError(f"{path}: a marked copy of {file}, which is gone; put it back, or name the picture itself")
    return Mistake(_frame(file, origin.frame) if origin.frame >= 0 else Shot.of_file(file), origin.finds, origin.model)


def _frame(file: Path, number: int) -> Shot:
    if not is_video(file.name):
        raise InputError(f"{file}: expected a video; name a picture itself")
    with open_source(str(file)) as source:
        for place, frame in enumerate(source):
            if place == number:
                return Shot.of_image(frame.image)
    raise InputError(f"{file}: it has no frame {number} any more; name a picture itself")
