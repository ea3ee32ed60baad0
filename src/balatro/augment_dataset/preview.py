"""A contact sheet of what would be done: a row for each of some pictures, a column for each transform, the mix, the editions.

A cell without a picture tells that the card's modifier does not allow the transform.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from balatro.augment_dataset.generate import Originals
from balatro.augment_dataset.policy import (
    EVERYTHING,
    RULES,
    allowed,
    draw_edition,
    draw_step,
    draw_steps,
    drawn_over,
    has_no_modifiers,
)
from balatro.augment_dataset.settings import Settings
from balatro.augment_dataset.steps import TRANSFORMS, Step, format_steps
from balatro.augment_dataset.transforms import apply_steps
from balatro.config.modifiers import MODIFIERS
from balatro.errors import BalatroError, InputError, SettingsError
from balatro.utils.images import load_image, write_png
from balatro.utils.labels import CardLabel

NUM_ROWS = 8
NUM_MIXES = 3
CELL = (142, 190)
"""Largest width and height at which a picture is shown."""
NUM_DRAWS = 6
"""Of a single transform the strongest of so many is shown: a weak one could not be seen."""

_GAP, _HEAD, _SIDE, _FOOT = 14, 44, 190, 34
_PAPER, _LINE = (24, 30, 38), (52, 62, 74)
_INK, _PALE = (236, 236, 226), (150, 162, 172)

Draw = Callable[[np.random.Generator, CardLabel], tuple[Step, ...] | None]
"""What is done to a picture in a cell of a column; None where its modifier does not allow it."""


@dataclass(frozen=True)
class _Word:
    x: float
    y: float
    text: str
    size: int = 13
    colour: tuple[int, int, int] = _PALE
    anchor: str = "ma"


def preview_sheet(labels: Mapping[str, CardLabel], images: Mapping[str, np.ndarray], settings: Settings) -> np.ndarray:
    """Examples of what the settings do to some pictures: (H, W, 3) uint8 RGB.

    labels: of the whole dataset. images: some of its pictures, (h, w, 3) uint8 RGB, a row each. Everything is drawn from the
    settings' seed.
    """
    columns = _columns([labels[key] for key in images], settings, has_no_modifiers(labels))
    step_x, step_y = CELL[0] + _GAP, CELL[1] + _FOOT + _GAP
    sheet = np.full((_HEAD + len(images) * step_y, _SIDE + len(columns) * step_x, 3), _PAPER, np.uint8)
    words = [_Word(_SIDE + n * step_x + CELL[0] / 2, _HEAD / 2, title, 17, _INK, "mm") for n, title in enumerate(columns)]
    for row, (key, image) in enumerate(images.items()):
        top = _HEAD + row * step_y
        sheet[top - _GAP // 2 - 1] = _LINE
        words += _title(key, labels[key], top)
        for column, draw in enumerate(columns.values()):
            steps = draw(np.random.default_rng((settings.seed, row, column)), labels[key])
            words += _cell(sheet, image, steps, _SIDE + column * step_x, top, labels[key].modifier)
    return _written(sheet, words)


def write_preview(originals: Originals, settings: Settings, path: Path) -> tuple[int, int]:
    """Write a sheet with up to NUM_ROWS of these pictures, of every modifier that there is. Returns its width and height.

    Pictures that cannot be read are passed over; InputError when none of those chosen can.
    """
    if path.suffix.lower() != ".png":
        raise SettingsError(f"{path}: a sheet is written as PNG; give it a name that ends in .png")
    images: dict[str, np.ndarray] = {}
    fault: BalatroError | None = None
    for key in _chosen(originals.labels):
        try:
            images[key] = load_image(originals.paths[key])
        except InputError as error:
            fault = error
    if fault is not None and not images:
        raise fault
    sheet = preview_sheet(originals.labels, images, settings)
    write_png(path, sheet)
    return sheet.shape[1], sheet.shape[0]


def _chosen(labels: Mapping[str, CardLabel]) -> list[str]:
    """NUM_ROWS pictures, as even over the modifiers and over the names as there are, in the order of MODIFIERS."""
    order = {modifier: number for number, modifier in enumerate((*MODIFIERS, ""))}
    seen: dict[tuple[str, ...], int] = {}
    ranked = []
    for number, (key, label) in enumerate(labels.items()):
        card, kind = (label.modifier, label.name), (label.modifier,)
        again = seen[card] = seen.get(card, -1) + 1
        ranked.append((again, number, key, kind))
    chosen = []
    for again, number, key, kind in sorted(ranked):
        seen[kind] = seen.get(kind, -1) + 1
        chosen.append((seen[kind], again, number, key))
    first = [key for *_, key in sorted(chosen)[:NUM_ROWS]]
    return sorted(first, key=lambda key: order[labels[key].modifier])


def _columns(labels: list[CardLabel], settings: Settings, another_game: bool) -> dict[str, Draw]:
    """The columns by their titles: those that say something for at least one of these labels."""
    columns: dict[str, Draw] = {"original": lambda rng, label: ()}
    for name in TRANSFORMS:
        if any(name in allowed(label.modifier, settings) for label in labels):
            columns[name] = _one(name, settings)
    columns |= {f"the mix, {number + 1}": _mix(settings) for number in range(NUM_MIXES)}
    for edition in settings.drawn():
        if any(edition in drawn_over(label, settings, another_game) for label in labels):
            columns[f"new {edition}"] = _new(edition, settings, another_game)
    return columns


def _one(name: str, settings: Settings) -> Draw:
    """A single transform, by itself."""

    def draw(rng: np.random.Generator, label: CardLabel) -> tuple[Step, ...] | None:
        if name not in allowed(label.modifier, settings):
            return None
        strength = RULES.get(label.modifier, EVERYTHING).strength
        return (max((draw_step(rng, name, strength) for _ in range(NUM_DRAWS)), key=_force),)

    return draw


def _force(step: Step) -> float:
    """How strong a step is, to be compared with others of its kind."""
    return sum(abs(value - TRANSFORMS[step.name].neutral) for value in step.values)


def _mix(settings: Settings) -> Draw:
    return lambda rng, label: draw_steps(rng, label.modifier, settings) or None


def _new(edition: str, settings: Settings, another_game: bool) -> Draw:
    def draw(rng: np.random.Generator, label: CardLabel) -> tuple[Step, ...] | None:
        return (draw_edition(rng, edition, settings),) if edition in drawn_over(label, settings, another_game) else None

    return draw


def _title(key: str, label: CardLabel, top: int) -> list[_Word]:
    """What stands at the left of a row."""
    lines = [(label.name or "(no name)", 16, _INK), (label.modifier or "(no modifier)", 15, _PALE), (key, 11, _PALE)]
    return [
        _Word(_GAP, top + 4 + 24 * n, _cut(text, size, _SIDE - 2 * _GAP), size, colour, "la")
        for n, (text, size, colour) in enumerate(lines)
    ]


def _cell(
    sheet: np.ndarray, image: np.ndarray, steps: tuple[Step, ...] | None, left: int, top: int, modifier: str
) -> list[_Word]:
    """Put a changed picture onto the sheet. Returns what stands below it, or in its place."""
    if steps is None:
        return [_Word(left + CELL[0] / 2, top + CELL[1] / 2, f"not for {modifier or 'these'}", anchor="mm")]
    shown = _fitted(apply_steps(image, steps))
    y, x = top + (CELL[1] - shown.shape[0]) // 2, left + (CELL[0] - shown.shape[1]) // 2
    sheet[y : y + shown.shape[0], x : x + shown.shape[1]] = shown
    return [_Word(left + CELL[0] / 2, top + CELL[1] + 4 + 14 * n, line, 12) for n, line in enumerate(_lines(steps))]


def _fitted(image: np.ndarray) -> np.ndarray:
    """The picture, reduced until it fits into a cell."""
    height, width = image.shape[:2]
    factor = min(CELL[0] / width, CELL[1] / height, 1.0)
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return image if factor == 1 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _lines(steps: tuple[Step, ...]) -> list[str]:
    """What stands below a picture, at most two lines: the values of a single step if they are few, the names of several."""
    if len(steps) == 1 and len(steps[0].values) > 4:
        return []
    if len(steps) == 1:
        lines = textwrap.wrap(format_steps(steps).removeprefix(steps[0].name).replace(",", ", "), 25)
    else:
        lines = textwrap.wrap(", ".join(step.name for step in steps), 25)
    return [lines[0], lines[1] + " …"] if len(lines) > 2 else lines


def _cut(text: str, size: int, room: float) -> str:
    font = ImageFont.load_default(size)
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"


def _written(sheet: np.ndarray, words: list[_Word]) -> np.ndarray:
    picture = Image.fromarray(sheet)
    pen = ImageDraw.Draw(picture)
    for word in words:
        pen.text((word.x, word.y), word.text, fill=word.colour, font=ImageFont.load_default(word.size), anchor=word.anchor)
    return np.array(picture)
