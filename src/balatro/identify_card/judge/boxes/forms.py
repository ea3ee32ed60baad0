"""Which of the three forms a file or folder of labelled boxes has: told by what is in it."""

from __future__ import annotations

import json
from pathlib import Path

from balatro.errors import InputError
from balatro.identify_card.judge.boxes.coco import is_coco, read_coco
from balatro.identify_card.judge.boxes.labels import BoxPicture
from balatro.identify_card.judge.boxes.lines import read_lines
from balatro.identify_card.judge.boxes.yolo import IMAGES, LABELS, is_yolo, read_yolo

LINES = "labels.jsonl"
EXPECTED = f"expected JSON lines, a COCO file, or a YOLO folder with {IMAGES}/ and {LABELS}/"


def read_boxes(path: Path) -> list[BoxPicture]:
    """The labelled pictures of a file or folder; InputError when it has none of the forms, or something in it is damaged.

    Of a folder: YOLO's where images/ and labels/ lie in it, else its labels.jsonl, else the only COCO file in it. Of a .yaml,
    its folder.
    """
    if path.is_dir() and is_yolo(path):
        return read_yolo(path)
    if path.is_file() and path.suffix.lower() in (".yaml", ".yml") and is_yolo(path.parent):
        return read_yolo(path.parent)
    file = _find_file(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: no text in UTF-8 ({error}); {EXPECTED}") from error
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None  # as several lines are; a damaged line is told by its number
    pictures = read_coco(file, whole) if is_coco(whole) else read_lines(file, text)
    if not pictures:
        raise InputError(f"{file}: no labelled pictures in it; {EXPECTED}")
    return pictures


def _find_file(path: Path) -> Path:
    if path.is_file():
        return path
    if not path.is_dir():
        raise InputError(f"{path}: no such file or folder; {EXPECTED}")
    if (path / LINES).is_file():
        return path / LINES
    files = sorted({*path.glob("*.json"), *path.glob("annotations/*.json")})
    if len(files) != 1:
        raise InputError(f"{path}: {len(files) or 'no'} JSON files in it; name the file of labels itself, {EXPECTED}")
    return files[0]
