"""The one way in which a mistake is kept where it is seen: picture, finds and the right name as a case, and a crop to label.

    kept = keep(Mistake(Shot.of_image(frame), finds_of(cards), "game"), number=3, right=("Egg", "Foil"), save=save_crop)
    kept.lines   # what is to be told to the person

Who does not know the name yet, or is busy playing, keeps it without one; `tell` adds it to the case later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from balatro.errors import BalatroError
from balatro.identify_card.judge.regress import (
    Case,
    Shot,
    add_case,
    find_case,
    marked_path,
    read_cases,
    regressions_dir,
    tell_case,
)
from balatro.identify_card.marks.draw import draw_cards
from balatro.identify_card.marks.labels import NUMBERED
from balatro.identify_card.mistakes.finds import Find, Pixel, check_number, number_at, place_of
from balatro.identify_card.mistakes.to_label import cut_out
from balatro.utils.images import write_png

Right: TypeAlias = tuple[str, str]
"""Name and modifier of what is there; an empty name for what is to have none, an empty modifier for any."""
Save: TypeAlias = Callable[[np.ndarray], Path | None]
"""Writes a crop to be labelled; None when it waits there already."""


@dataclass(frozen=True, eq=False)
class Mistake:
    """What was seen: a picture, and all that was found in it."""

    shot: Shot
    finds: tuple[Find, ...] = ()
    model: str = ""
    """Which had found it."""


@dataclass(frozen=True)
class Kept:
    """What became of it."""

    case: Case
    label: str = ""
    """What became of the crop, in one line; empty where none was asked for."""

    @property
    def lines(self) -> list[str]:
        """For people."""
        told = f"case {self.case.id}: {self.case.expected}, in {regressions_dir() / self.case.file}"
        return [told, self.label] if self.label else [told]


def keep(
    mistake: Mistake,
    number: int | None = None,
    right: Right | None = None,
    at: Pixel | None = None,
    note: str = "",
    save: Save | None = None,
) -> Kept:
    """Keep a mistake as a case.

    number: of the find that is wrong; None where it is none of them, or nobody has said yet. right: None where that is to be
    told. at: a pixel on the card, where no find tells it. save: takes its crop, if that is to be labelled. SettingsError for a
    number that no find has; what goes wrong with the crop only stands in the answer.
    """
    shot, finds = mistake.shot, mistake.finds
    number, place = _place(finds, number, at, shot.size)
    name, modifier = (None, "") if right is None else right
    case = add_case(regressions_dir(), shot, name, modifier, place, note, finds, mistake.model)
    return Kept(case, _label(shot.image, finds, number, save))


def tell(case: int, right: Right, number: int | None = None, at: Pixel | None = None, save: Save | None = None) -> Kept:
    """Say what is right in a case that was kept before; see `keep`. Without number and at, the place stays what it was."""
    folder = regressions_dir()
    kept = find_case(read_cases(folder), case)
    shot = Shot.of_file(folder / kept.file)
    number, place = _place(kept.finds, number, at or kept.at, shot.size)
    told = tell_case(folder, case, *right, place)
    return Kept(told, _label(shot.image, told.finds, number, save))


def _place(
    finds: tuple[Find, ...], number: int | None, at: Pixel | None, size: tuple[int, int]
) -> tuple[int | None, Pixel | None]:
    """The find that is meant, and a pixel on it, by whichever of both is given."""
    if number is None and at is not None:
        number = number_at(finds, at)
    return number, at if number is None else place_of(finds, number, size)


def draw_case(case: Case) -> Path:
    """Write a case's picture with its finds marked and numbered, and say where."""
    shot = Shot.of_file(regressions_dir() / case.file)
    marked = draw_cards(shot.image, [find.to_card(shot.size) for find in case.finds], NUMBERED)
    path = marked_path(regressions_dir(), case.id)
    write_png(path, marked, packed=True)
    return path


def _label(image: np.ndarray, finds: tuple[Find, ...], number: int | None, save: Save | None) -> str:
    """Save the crop of a find, if that is wanted; what became of it."""
    if save is None:
        return ""
    if number is None:
        return "no picture to label: the card is none of the finds, so it is not known where to cut"
    check_number(finds, number)
    crop = cut_out(image, finds[number - 1].quad)
    if crop is None:
        return f"no picture to label: find {number} is not whole, or too small"
    try:
        path = save(crop)
    except BalatroError as error:  # the case is kept all the same
        return f"no picture to label: {error}"
    return f"{path}: name it with `balatro annotate`" if path else "no new picture to label: one of this card is there already"
