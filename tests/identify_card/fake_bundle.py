"""Tiny networks that keep the contract, so that identifying can be tested without training anything.

A card is a flat coloured patch with a strip at its foot; its name is the patch's colour, its modifier the strip's brightness.
On a table (`draw_table`), a spot in its middle makes the locator find it: magenta for a regular card, cyan for a small one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from balatro.config.kinds import CARD as IS_CARD
from balatro.config.kinds import KINDS
from balatro.config.modifiers import MODIFIERS
from balatro.gallery.gallery import Gallery, pack_gallery

CARD = (84, 112)
"""Width and height of a regular card on a 1024x576 table."""
COLOURS = {
    "red": (200, 30, 30),
    "small_red": (200, 30, 30),
    "green": (30, 200, 30),
    "blue": (30, 30, 200),
    "stranger": (200, 200, 30),
}
SMALL = 0.7
"""Size of small_red, the twin of red."""


def card_picture(card: str, modifier: str = "Base", size: tuple[int, int] = CARD) -> np.ndarray:
    """(h, w, 3) uint8 RGB."""
    width, height = size
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = COLOURS[card]
    picture[round(height * 0.75) :] = 20 + 50 * MODIFIERS.index(modifier)
    return picture


def draw_table(places: list[tuple[str, str, int, int]], size: tuple[int, int] = (1024, 576)) -> np.ndarray:
    """A 16:9 table with cards (name, modifier, centre x, centre y at 1024x576), (H, W, 3) uint8 RGB."""
    table = np.full((576, 1024, 3), 60, np.uint8)
    for card, modifier, x, y in places:
        factor = SMALL if card.startswith("small") else 1.0
        width, height = round(CARD[0] * factor), round(CARD[1] * factor)
        left, top = x - width // 2, y - height // 2
        table[top : top + height, left : left + width] = card_picture(card, modifier, (width, height))
        table[y - 5 : y + 5, x - 5 : x + 5] = (0, 255, 255) if card.startswith("small") else (255, 0, 255)
    if size == (1024, 576):
        return table
    import cv2

    return cv2.resize(table, size, interpolation=cv2.INTER_AREA if size[0] < 1024 else cv2.INTER_NEAREST)


def write_fake_bundle(folder: Path, without_head: bool = False, **changes: Any) -> Path:
    """A whole bundle; `without_head`: one without an identification head. `changes` replace entries of model.json."""
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(_locator(), str(folder / "locator.onnx"))
    onnx.save(_encoder(not without_head), str(folder / "model.onnx"))
    if without_head:
        prototypes = _prototypes()
        count = len(prototypes)
        gallery = Gallery(prototypes, np.arange(count, dtype=np.int32), np.zeros(count, np.int8))
        (folder / "gallery.npz").write_bytes(pack_gallery(gallery))
    (folder / "model.json").write_text(json.dumps(fake_text(without_head) | changes), encoding="utf-8")
    return folder


def fake_text(without_head: bool = False) -> dict[str, Any]:
    """model.json's content."""
    tasks: dict[str, Any] = {
        task: {"classes": list(classes), "temperature": 1.0, "reject": 0.0}
        for task, classes in (("modifier", MODIFIERS), ("kind", KINDS))
    }
    if not without_head:
        tasks["identification"] = {"classes": list(COLOURS), "temperature": 1.0, "reject": 0.5}
    return {
        "format": 1,
        "name": "fake",
        "deck": "fake",
        "backbone": "none",
        "input": {"width": 96, "height": 128, "margin": 0.04, "colour": "RGB"},
        "embedding": 3,
        "tasks": tasks,
        "cards": [
            {
                "id": card,
                "name": card.replace("_", " ").title(),
                "type": "Joker",
                "rarity": "Common",
                "known": card != "stranger",
                "size": [SMALL, SMALL] if card.startswith("small") else [1.0, 1.0],
            }
            for card in COLOURS
        ],
        "twins": [["red", "small_red"]],
        "locator": {"threshold": 0.3},
        "scores": {},
        "data_hash": "",
    }


def _prototypes() -> np.ndarray:
    colours = np.array(list(COLOURS.values()), np.float32) - 100
    return colours / np.linalg.norm(colours, axis=1, keepdims=True)


def _encoder(identification: bool) -> onnx.ModelProto:
    """Mean colour of the patch beside the spot -> embedding -> names; brightness of the strip -> modifier."""
    constants = {
        "patch_from": np.array([16, 12]),
        "patch_to": np.array([40, 84]),
        "strip_from": np.array([108, 12]),
        "strip_to": np.array([118, 84]),
        "axes": np.array([1, 2]),
        "all_axes": np.array([1, 2, 3]),
        "grey": np.float32(100),
        "prototypes": np.ascontiguousarray(30 * _prototypes().T),
        "levels": (20 + 50 * np.arange(5)).astype(np.float32)[None],
        "steep": np.float32(-0.2),
        "row": np.array([-1, 1]),
        "last_axis": np.array([1]),
        "kinds": np.array([[float(kind == IS_CARD) for kind in range(len(KINDS))]], np.float32),
    }
    nodes = [
        helper.make_node("Cast", ["cards"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Slice", ["pixels", "patch_from", "patch_to", "axes"], ["patch"]),
        helper.make_node("ReduceMean", ["patch", "axes"], ["colour"], keepdims=0),
        helper.make_node("Sub", ["colour", "grey"], ["centred"]),
        helper.make_node("LpNormalization", ["centred"], ["embedding"], axis=1, p=2),
        helper.make_node("Slice", ["pixels", "strip_from", "strip_to", "axes"], ["strip"]),
        helper.make_node("ReduceMean", ["strip", "all_axes"], ["brightness"], keepdims=0),
        helper.make_node("Reshape", ["brightness", "row"], ["bright_row"]),
        helper.make_node("Sub", ["bright_row", "levels"], ["off"]),
        helper.make_node("Abs", ["off"], ["distance"]),
        helper.make_node("Mul", ["distance", "steep"], ["modifier"]),
        # Black is no card; everything else is one.
        helper.make_node("ReduceMean", ["colour", "last_axis"], ["light"], keepdims=1),
        helper.make_node("MatMul", ["light", "kinds"], ["kind"]),
    ]
    outputs = [_value("embedding", ["N", 3]), _value("modifier", ["N", 5]), _value("kind", ["N", len(KINDS)])]
    if identification:
        nodes.append(helper.make_node("MatMul", ["embedding", "prototypes"], ["identification"]))
        outputs.append(_value("identification", ["N", len(COLOURS)]))
    cards = helper.make_tensor_value_info("cards", TensorProto.UINT8, ["N", 128, 96, 3])
    return _model(nodes, [cards], outputs, constants)


def _locator() -> onnx.ModelProto:
    """Spots in the finest cells' middles -> heat; corners at a card's fixed size around them. The other levels find nothing."""
    half = np.array([CARD[0], CARD[1]], np.float32) / 2 / 2 / 4  # cells: half a card, half the picture's size, stride 4
    corners = (np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * half).reshape(1, 8, 1, 1)
    constants = {
        "from": np.array([2, 2]),
        "to": np.array([1 << 30, 1 << 30]),
        "axes": np.array([1, 2]),
        "four": np.array([4, 4]),
        "magenta": np.array([255, 0, 255], np.float32),
        "cyan": np.array([0, 255, 255], np.float32),
        "last": np.array([3]),
        "far": np.float32(60),
        "corners_of_card": corners,
        "small": np.float32(1 - SMALL),
        "one": np.float32(1),
        "first": np.array([1]),
        "zero": np.float32(0),
        "start": np.array([0, 0]),
        "last_axes": np.array([-2, -1]),
        "two": np.array([2, 2]),
        "spots_flat": np.array([1, -1]),
        "offsets_flat": np.array([1, 8, -1]),
    }
    nodes = [
        helper.make_node("Cast", ["frame"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Slice", ["pixels", "from", "to", "axes", "four"], ["cells"]),
        *_spot("magenta"),
        *_spot("cyan"),
        helper.make_node("Add", ["is_magenta", "is_cyan"], ["spots"]),
        helper.make_node("Mul", ["is_cyan", "small"], ["less"]),
        helper.make_node("Sub", ["one", "less"], ["factor"]),
        helper.make_node("Unsqueeze", ["factor", "first"], ["factors"]),
        helper.make_node("Mul", ["corners_of_card", "factors"], ["offsets"]),
        *_levels("spots", "heat"),
        *_levels("offsets", "corners"),
        helper.make_node("Slice", ["spots", "start", "to", "axes", "two"], ["every_second"]),
        helper.make_node("Mul", ["every_second", "zero"], ["smaller"]),
    ]
    frame = helper.make_tensor_value_info("frame", TensorProto.UINT8, [1, "H", "W", 3])
    outputs = [_value("heat", [1, "cells"]), _value("corners", [1, 8, "cells"]), _value("smaller", [1, "h", "w"])]
    return _model(nodes, [frame], outputs, constants)


def _levels(finest: str, name: str) -> list[onnx.NodeProto]:
    """The finest level's map, and nothing at the two levels above it, in one flat list of cells."""
    nodes, flat, above = [], [], finest
    for stride in (4, 8, 16):
        if stride > 4:
            shrunk = f"{name}_{stride}"
            nodes.append(helper.make_node("Slice", [above, "start", "to", "last_axes", "two"], [f"{shrunk}_cells"]))
            nodes.append(helper.make_node("Mul", [f"{shrunk}_cells", "zero"], [shrunk]))
            above = shrunk
        flat.append(f"{name}_{stride}_flat")
        nodes.append(helper.make_node("Reshape", [above, f"{finest}_flat"], [flat[-1]]))
    return [*nodes, helper.make_node("Concat", flat, [name], axis=-1)]


def _spot(colour: str) -> list[onnx.NodeProto]:
    return [
        helper.make_node("Sub", ["cells", colour], [f"{colour}_off"]),
        helper.make_node("Abs", [f"{colour}_off"], [f"{colour}_far"]),
        helper.make_node("ReduceSum", [f"{colour}_far", "last"], [f"{colour}_sum"], keepdims=0),
        helper.make_node("Less", [f"{colour}_sum", "far"], [f"{colour}_near"]),
        helper.make_node("Cast", [f"{colour}_near"], [f"is_{colour}"], to=TensorProto.FLOAT),
    ]


def _value(name: str, shape: list[Any]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _model(nodes: list[Any], inputs: list[Any], outputs: list[Any], constants: dict[str, Any]) -> onnx.ModelProto:
    initializers = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "fake", inputs, outputs, initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
