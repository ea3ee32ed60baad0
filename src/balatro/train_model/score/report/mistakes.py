"""The cards that were misread: which are worst, what they resemble, and how they look side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from matplotlib import colormaps
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.score.predictions import Predictions
from balatro.utils.chances import softmax
from balatro.utils.flat_map import unit

MAX_MISTAKES = 60
"""More than anyone looks at, and the page stays small."""
GOOD, BAD, UNKNOWN = (0, 158, 115), (213, 94, 0), (141, 148, 158)
"""Bluish green, vermilion, grey, RGB: told apart by colour-blind people too; the texts say the same."""
CELL = (112, 150)
"""Width and height in pixels of a card on a sheet of samples."""
GROUND, INK = (29, 35, 42), (236, 234, 227)


@dataclass(frozen=True)
class Answer:
    """What was said of one card in one task."""

    task: str
    true: str
    """Empty where it is not known."""
    said: str
    probability: float
    """Of what was said."""
    true_probability: float
    """Of what is true; nan where that is not known."""

    @property
    def right(self) -> bool:
        """Whether nothing speaks against it."""
        return self.true in ("", self.said)


@dataclass(frozen=True)
class Mistake:
    """A card with at least one task misread."""

    row: int
    answers: tuple[Answer, ...]
    task: str
    """The task whose wrong answer was given with most confidence."""
    said: int
    """That answer's class."""
    alike: int | None
    """The row of a card that is of that class, the nearest by embedding; None where no card of it was looked at."""


def answers_of(predictions: Predictions, row: int, temperatures: Mapping[str, float] | None = None) -> tuple[Answer, ...]:
    """What was said of a card, in every task."""
    answers = []
    for task in predictions.tasks:
        one = softmax(predictions.logits[task][row : row + 1], (temperatures or {}).get(task, 1.0))[0]
        names, true = predictions.class_names[task], int(predictions.labels[task][row])
        said = int(predictions.logits[task][row].argmax())
        told = true != MISSING
        answers.append(
            Answer(task, names[true] if told else "", names[said], float(one[said]), float(one[true]) if told else float("nan"))
        )
    return tuple(answers)


def worst_mistakes(
    predictions: Predictions, limit: int = MAX_MISTAKES, temperatures: Mapping[str, float] | None = None
) -> list[Mistake]:
    """The misread cards, those that the network was surest of first."""
    surest = np.zeros(len(predictions))
    where = np.zeros(len(predictions), np.int64)
    for number, task in enumerate(predictions.tasks):
        sure = predictions.probabilities(task, (temperatures or {}).get(task, 1.0)).max(1) * predictions.wrong(task)
        where[sure > surest] = number
        surest = np.maximum(surest, sure)
    order = np.argsort(-surest, kind="stable")[: min(limit, int((surest > 0).sum()))]
    return [_mistake(predictions, int(row), predictions.tasks[where[row]], temperatures) for row in order]


def _mistake(predictions: Predictions, row: int, task: str, temperatures: Mapping[str, float] | None) -> Mistake:
    said = int(predictions.logits[task][row].argmax())
    answers = answers_of(predictions, row, temperatures)
    return Mistake(row, answers, task, said, nearest_of_class(predictions, row, task, said))


def nearest_of_class(predictions: Predictions, row: int, task: str, label: int) -> int | None:
    """The row of this class that is nearest to `row` by embedding (without one: the first); None where there is no such."""
    rows = np.flatnonzero(predictions.labels[task] == label)
    rows = rows[rows != row]
    if not len(rows):
        return None
    if not predictions.embedding.size:
        return int(rows[0])
    vectors = unit(predictions.embedding[rows])
    return int(rows[(vectors @ unit(predictions.embedding[row : row + 1])[0]).argmax()])


# Pictures.


def overlay(card: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """A card (h, w, 3) uint8 RGB under its heat (h, w) 0..1: grey where nothing mattered, bright where much did."""
    grey = cv2.cvtColor(cv2.cvtColor(card, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.float32)
    colour = 255 * colormaps["inferno"](heat.clip(0, 1))[..., :3].astype(np.float32)
    share = (0.25 + 0.55 * heat.clip(0, 1))[..., None].astype(np.float32)
    return (grey * (1 - share) + colour * share).clip(0, 255).astype(np.uint8)


def sample_sheet(predictions: Predictions, rows: np.ndarray, columns: int = 8) -> np.ndarray:
    """Cards with their answers, (H, W, 3) uint8 RGB: framed green when all is right, vermilion when something is misread.

    Under each card stands, for every task, `+ name` when it is right and `- said (true)` when it is not.
    """
    num_lines = len(predictions.tasks) * 2
    width, height = CELL[0] + 36, CELL[1] + 22 + 13 * num_lines
    columns = max(1, min(columns, len(rows)))
    sheet = Image.new("RGB", (columns * width, max(1, -(-len(rows) // columns)) * height), GROUND)
    pen = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        left, top = number % columns * width + 8, number // columns * height + 8
        answers = answers_of(predictions, int(row))
        told = any(answer.true for answer in answers)
        colour = UNKNOWN if not told else GOOD if all(answer.right for answer in answers) else BAD
        pen.rectangle((left, top, left + CELL[0] + 7, top + CELL[1] + 7), fill=colour)
        sheet.paste(
            Image.fromarray(np.asarray(predictions.cards[row])).resize(CELL, Image.Resampling.LANCZOS), (left + 4, top + 4)
        )
        for line, (text, right) in enumerate(_captions(answers)):
            place = (left, top + CELL[1] + 11 + 13 * line)
            pen.text(place, fit(text, width - 14), font=font(), fill=INK if right else (255, 154, 87))
    return np.asarray(sheet)


def _captions(answers: tuple[Answer, ...]) -> list[tuple[str, bool]]:
    lines = []
    for answer in answers:
        mark = "?" if not answer.true else "+" if answer.right else "-"
        lines.append((f"{mark} {answer.said}", answer.right))
        if not answer.right:
            lines.append((f"   is {answer.true}", True))
    return lines


@cache
def font() -> ImageFont.FreeTypeFont:
    """The font that comes with matplotlib: it has more letters than Pillow's own."""
    return ImageFont.truetype(findfont("DejaVu Sans"), 10)


def fit(text: str, width: float) -> str:
    """A text that is at most so many pixels wide."""
    if font().getlength(text) <= width:
        return text
    while text and font().getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"
