"""Reported mistakes, kept as cases: a picture, the card that is to be read in it, and which models have read it right once.

data/regressions/cases.json     what is expected
data/regressions/*.png …        the pictures, copied as they were
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from balatro.config.cards import card_names, catalogue_card, fold
from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import data_dir
from balatro.config.suffixes import IMAGE_SUFFIXES
from balatro.errors import InputError, SettingsError, UnknownCardError
from balatro.identify_card.card import Card
from balatro.utils.files import read_json, write_bytes, write_json
from balatro.utils.images import load_image
from balatro.utils.processes.lock import file_lock

if TYPE_CHECKING:
    from balatro.identify_card.recognizer import Recognizer

CASES, LOCK = "cases.json", ".cases.lock"
FORMAT = 1
UNKNOWN = "unknown"
"""Instead of a name: what is there has none."""
MAX_CASES, MAX_NOTE = 10_000, 500


@dataclass(frozen=True)
class Case:
    """One reported mistake."""

    id: int
    file: str
    """Of the picture, in the folder of the cases."""
    name: str
    """The card's name; empty when nothing is to be named."""
    modifier: str = ""
    """One of MODIFIERS; empty when any will do."""
    at: tuple[int, int] | None = None
    """A pixel on the card; None when it may be anywhere in the picture."""
    note: str = ""
    added: str = ""
    """The day, ISO 8601."""
    passed: tuple[str, ...] = ()
    """Names of the models that have read it right."""

    @property
    def expected(self) -> str:
        """In a few words."""
        what = (self.name or UNKNOWN) + (f", {self.modifier}" if self.modifier else "")
        return what + (f" at {self.at[0]},{self.at[1]}" if self.at else "")


@dataclass(frozen=True)
class Result:
    """What a model said of one case."""

    case: Case
    passed: bool
    said: str
    """The card at the place, or all that were named; why, when the picture could not be read."""
    had_passed: bool
    """Whether a model of this name has read it right before."""

    @property
    def is_regression(self) -> bool:
        return self.had_passed and not self.passed


def regressions_dir() -> Path:
    """Where the cases lie."""
    return data_dir() / "regressions"


def parse_card(text: str, names: Collection[str] = ()) -> tuple[str, str]:
    """`Egg`, `Egg:Foil` or `unknown` as (name, modifier); a name of the game's 202 is spelt as the game does.

    names: of the cards that a model knows besides. SettingsError when there is no name, a modifier for what has none, or
    something behind the last colon that was meant as a modifier and is none.
    """
    name, colon, last = text.rpartition(":")
    modifier = next((one for one in MODIFIERS if one.casefold() == last.strip().casefold()), "")
    if not (colon and modifier):
        if colon and _is_misspelt(name, last, text, {fold(one) for one in names}):
            raise SettingsError(f"--card {text!r}: no modifier {last.strip()!r}; expected one of {', '.join(MODIFIERS)}")
        name, modifier = text, ""
    name = name.strip()
    if not name or not name.isprintable() or len(name) > MAX_NOTE:
        raise SettingsError(f"--card {text!r}: expected a card's name, Name:Modifier, or {UNKNOWN}")
    if name.casefold() == UNKNOWN:
        if modifier:
            raise SettingsError(f"--card {text!r}: what is {UNKNOWN} has no modifier; leave it out")
        return "", ""
    try:
        return catalogue_card(name).name, modifier
    except UnknownCardError:
        return name, modifier  # a card of another deck, or one that was added to a model


def _is_misspelt(name: str, last: str, text: str, names: Collection[str]) -> bool:
    """Whether `last` was meant as a modifier: it is nearly one, or stands behind the name of a card. names: folded."""
    if fold(text) in names:
        return False  # a card whose name has a colon
    nearly = difflib.get_close_matches(last.strip().casefold(), [one.casefold() for one in MODIFIERS], n=1)
    return bool(nearly) or fold(name) in names or fold(name) in {fold(one) for one in (*card_names(), UNKNOWN)}


def read_cases(folder: Path) -> list[Case]:
    """The cases of a folder, none when there is no such folder; InputError when cases.json is damaged."""
    path = folder / CASES
    if not path.exists():
        return []
    text = read_json(path)
    version = text.get("format") if isinstance(text, dict) else None
    if version != FORMAT:
        raise InputError(f"{path}: format {version!r}, expected {FORMAT}; update Balatro, or remove it")
    try:
        cases = [_case(entry) for entry in text["cases"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: damaged ({error!r}); mend or remove it") from error
    if len(cases) > MAX_CASES or len({case.id for case in cases}) < len(cases):
        raise InputError(f"{path}: more than {MAX_CASES} cases, or two of one number; mend it")
    return cases


def _case(entry: dict[str, Any]) -> Case:
    at = entry.get("at")
    file = str(entry["file"])
    if Path(file).name != file or not isinstance(entry["id"], int):
        raise ValueError(f"case {entry['id']!r} of {file!r}")
    return Case(
        id=entry["id"],
        file=file,
        name=str(entry["name"]),
        modifier=str(entry.get("modifier", "")),
        at=None if at is None else (int(at[0]), int(at[1])),
        note=str(entry.get("note", "")),
        added=str(entry.get("added", "")),
        passed=tuple(map(str, entry.get("passed", ()))),
    )


def add_case(
    folder: Path, picture: Path, name: str, modifier: str = "", at: tuple[int, int] | None = None, note: str = ""
) -> Case:
    """Copy a picture and note what is to be read in it; a case that is there already is given back as it is.

    InputError for a picture that cannot be read, or a place outside it.
    """
    image = load_image(picture)
    height, width = image.shape[:2]
    if at is not None and not (0 <= at[0] < width and 0 <= at[1] < height):
        raise InputError(f"--at {at[0]},{at[1]}: outside of {picture}, which has {width}x{height} pixels")
    data = picture.read_bytes()
    suffix = picture.suffix.lower() if picture.suffix.lower() in IMAGE_SUFFIXES else ".png"
    file = f"{hashlib.sha256(data).hexdigest()[:16]}{suffix}"
    with file_lock(folder / LOCK):
        cases = read_cases(folder)
        for case in cases:
            if (case.file, case.name, case.modifier, case.at) == (file, name, modifier, at):
                return case
        if len(cases) >= MAX_CASES:
            raise InputError(f"{folder}: {MAX_CASES} cases are kept; remove some")
        number = max((case.id for case in cases), default=0) + 1
        case = Case(number, file, name, modifier, at, note[:MAX_NOTE], date.today().isoformat())
        write_bytes(folder / file, data)
        _save(folder, [*cases, case])
    return case


def remove_case(folder: Path, number: int) -> Case:
    """Forget a case, and its picture unless another case needs it; InputError when there is no such case."""
    with file_lock(folder / LOCK):
        cases = read_cases(folder)
        found = [case for case in cases if case.id == number]
        if not found:
            raise InputError(f"no case {number}; expected a number of `balatro regress list`")
        left = [case for case in cases if case.id != number]
        _save(folder, left)
        if found[0].file not in {case.file for case in left}:
            (folder / found[0].file).unlink(missing_ok=True)
    return found[0]


def _save(folder: Path, cases: Sequence[Case]) -> None:
    write_json(folder / CASES, {"format": FORMAT, "cases": [asdict(case) for case in cases]})


def run_cases(recognizer: Recognizer, folder: Path, cases: Sequence[Case]) -> Iterator[Result]:
    """Read each case's picture; a picture that cannot be read has not passed."""
    model = recognizer.bundle.name
    for case in cases:
        try:
            cards = recognizer.identify(folder / case.file)
        except InputError as error:
            yield Result(case, False, str(error), model in case.passed)
            continue
        there = [card for card in cards if case.at is None or _covers(card, case.at)]
        yield Result(case, is_right(case, there), _told(there), model in case.passed)


def keep_passed(folder: Path, results: Sequence[Result], model: str) -> None:
    """Note which cases a model has read right: it shall not lose them again."""
    right = {result.case.id for result in results if result.passed}
    with file_lock(folder / LOCK):
        cases = read_cases(folder)
        new = [
            replace(case, passed=(*case.passed, model)) if case.id in right and model not in case.passed else case
            for case in cases
        ]
        if new != cases:
            _save(folder, new)


def is_right(case: Case, cards: Sequence[Card]) -> bool:
    """Whether the cards that were read at a case's place are what it expects."""
    named = [card for card in cards if card.known]
    if not case.name:
        return not named
    wanted = fold(case.name)
    return any(
        wanted in (fold(card.name or ""), fold(card.id or "")) and case.modifier in ("", card.modifier) for card in named
    )


def _covers(card: Card, at: tuple[int, int]) -> bool:
    """Whether a pixel lies on a card."""
    outline = np.array(card.quad, np.float32)
    return cv2.pointPolygonTest(outline, (at[0] + 0.5, at[1] + 0.5), False) >= 0


def _told(cards: Sequence[Card]) -> str:
    named = [f"{card.name}, {card.modifier}" if card.modifier else str(card.name) for card in cards if card.known]
    if named:
        return "; ".join(named[:4]) + (f" and {len(named) - 4} more" if len(named) > 4 else "")
    return UNKNOWN if cards else "no card there"
