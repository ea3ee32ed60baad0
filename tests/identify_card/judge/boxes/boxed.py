"""One drawn picture's labels in all three forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def write_all(folder: Path, image: np.ndarray, truth: list[dict[str, Any]], unsure: list[list[int]]) -> dict[str, Path]:
    """Write the picture and its labels: {form: what `--boxes` takes}. image: (H, W, 3) uint8 RGB."""
    paths = {"lines": folder / "lines" / "labels.jsonl", "coco": folder / "coco" / "boxes.json", "yolo": folder / "yolo"}
    for path in (
        folder / "lines" / "a.png",
        folder / "coco" / "images" / "a.png",
        folder / "yolo" / "images" / "night" / "a.png",
    ):
        path.parent.mkdir(parents=True)
        Image.fromarray(image).save(path)
    line = {"file": "a.png", "truth": truth, "unsure": unsure, "tags": ["night"]}
    paths["lines"].write_text(json.dumps(line) + "\n\n", encoding="utf-8")
    paths["coco"].write_text(json.dumps(coco(image.shape, truth, unsure)), encoding="utf-8")
    write_yolo(folder / "yolo", image.shape, truth, unsure)
    return paths


def coco(shape: tuple[int, ...], truth: list[dict[str, Any]], unsure: list[list[int]]) -> dict[str, Any]:
    names = list(dict.fromkeys(card["name"] for card in truth))
    size = {"width": shape[1], "height": shape[0]}
    annotations: list[dict[str, Any]] = [
        {
            "image_id": 7,
            "category_id": names.index(card["name"]),
            "bbox": _sized(card["box"]),
            "attributes": {"modifier": card["modifier"]},
        }
        for card in truth
    ]
    annotations += [{"image_id": 7, "category_id": 0, "bbox": _sized(box), "iscrowd": 1} for box in unsure]
    return {
        "images": [{"id": 7, "file_name": "a.png", "tags": ["night"], **size}],
        "annotations": annotations,
        "categories": [{"id": place, "name": name} for place, name in enumerate(names)],
    }


def write_yolo(folder: Path, shape: tuple[int, ...], truth: list[dict[str, Any]], unsure: list[list[int]]) -> None:
    names = [f"{card['name']} ({card['modifier']})" if card["modifier"] else card["name"] for card in truth] + ["unsure"]
    rows = [(place, card["box"]) for place, card in enumerate(truth)] + [(len(truth), box) for box in unsure]
    lines = []
    for place, (left, top, right, bottom) in rows:
        x, y = (left + right) / 2 / shape[1], (top + bottom) / 2 / shape[0]
        lines.append(f"{place} {x} {y} {(right - left) / shape[1]} {(bottom - top) / shape[0]}\n")
    (folder / "labels" / "night").mkdir(parents=True)
    (folder / "labels" / "night" / "a.txt").write_text("".join(lines), encoding="utf-8")
    (folder / "classes.txt").write_text("\n".join(names) + "\n", encoding="utf-8")


def _sized(box: list[int]) -> list[int]:
    return [box[0], box[1], box[2] - box[0], box[3] - box[1]]
