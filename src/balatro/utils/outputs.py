"""What is written never takes the place of what is read: the one rule for every output of every command."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from balatro.config.model_files import MODEL_FILE
from balatro.config.suffixes import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from balatro.errors import SettingsError

MODEL_SUFFIXES = frozenset({".onnx", ".xml", ".bin", ".pth", ".pt", ".npz"})
"""Networks and weights, in any form that is read or written here."""
TEXT_SUFFIXES = frozenset({".json", ".jsonl", ".csv", ".txt", ".html", ".svg", ".zip"})
PAPERS = frozenset(
    {MODEL_FILE, "model.before.json", "labels.json", "labels.jsonl", "augmented.json", "splits.json", "deck.json"}
)
"""Files of ours that other files hang on. None is ever written by way of a flag that names an output."""


def check_text_output(flag: str, out: Path, inputs: Iterable[Path]) -> None:
    """SettingsError when text may not be written to `out`: it is named as a picture, video or network; or by `check_output`."""
    if out.suffix.lower() in IMAGE_SUFFIXES | VIDEO_SUFFIXES | MODEL_SUFFIXES:
        kind = "network" if out.suffix.lower() in MODEL_SUFFIXES else "picture or a video"
        better = out.with_suffix(_text_suffix(flag)).name
        raise SettingsError(f"{flag} {out}: named like a {kind}; name a text file, such as {better}")
    check_output(flag, out, inputs)


def _text_suffix(flag: str) -> str:
    return {"--csv": ".csv", "--plot": ".svg"}.get(flag, ".json")


def check_output(flag: str, out: Path, inputs: Iterable[Path]) -> None:
    """SettingsError when a file that would be written is one that is read, under this name or another (a link).

    inputs: files; or folders, of which every picture, video, network and paper (to the bottom) counts. A paper that is there is
    refused whether it is read or not: whoever names a labels.json as the place of a summary has mistyped.
    """
    try:
        there = out.stat()
    except OSError:
        return  # nothing that could be lost
    if out.name in PAPERS:
        raise SettingsError(f"{flag} {out}: would overwrite a {out.name} that is there; name another file")
    for path in _files(inputs):
        with contextlib.suppress(OSError):  # reading it tells what is wrong with it
            if os.path.samestat(there, path.stat()):
                raise SettingsError(f"{flag} {out}: would overwrite {path}, which is read; name another file")


def check_folder_name(flag: str, folder: Path) -> None:
    """SettingsError when a folder is a file, or, not there yet, is named like one."""
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{flag} {folder}: a file, expected a folder")
    named = IMAGE_SUFFIXES | VIDEO_SUFFIXES | MODEL_SUFFIXES | TEXT_SUFFIXES
    if not folder.exists() and folder.suffix.lower() in named:
        raise SettingsError(f"{flag} {folder}: named like a file, expected a folder, such as {folder.with_suffix('')}")


def check_folder_output(flag: str, folder: Path, inputs: Iterable[Path]) -> None:
    """SettingsError when a folder that would be replaced as a whole is one that is read, or holds something that is."""
    check_folder_name(flag, folder)
    place = folder.resolve()
    for path in inputs:
        found = path.resolve()
        if found == place or place in found.parents:
            raise SettingsError(f"{flag} {folder}: would take the place of {path}, which is read; name another folder")


def _files(inputs: Iterable[Path]) -> Iterator[Path]:
    read = IMAGE_SUFFIXES | VIDEO_SUFFIXES | MODEL_SUFFIXES
    for path in inputs:
        if path.is_dir():
            yield from (file for file in path.rglob("*") if file.suffix.lower() in read or file.name in PAPERS)
        else:
            yield path
