"""What is written never takes the place of what is read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from balatro.errors import SettingsError
from balatro.utils.images import IMAGE_SUFFIXES, VIDEO_SUFFIXES


def check_text_output(flag: str, out: Path, inputs: Iterable[Path]) -> None:
    """SettingsError when text may not be written to `out`: it is named as a picture or video, or is one of the inputs."""
    if out.suffix.lower() in IMAGE_SUFFIXES | VIDEO_SUFFIXES:
        better = out.with_suffix(f".{flag.lstrip('-')}").name
        raise SettingsError(f"{flag} {out}: named like a picture or a video; name a text file, such as {better}")
    check_output(flag, out, inputs)


def check_output(flag: str, out: Path, inputs: Iterable[Path]) -> None:
    """SettingsError when a file that would be written is one of the inputs, under this name or another (a link)."""
    try:
        there = out.stat()
    except OSError:
        return  # nothing that could be lost
    for path in inputs:
        with contextlib.suppress(OSError):  # reading it tells what is wrong with it
            if os.path.samestat(there, path.stat()):
                raise SettingsError(f"{flag} {out}: would overwrite {path}, which is read; name another file")
