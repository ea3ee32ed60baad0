"""Reported mistakes, kept as cases: a picture, the card that is to be read in it, and which models have read it right once.

data/regressions/cases.json     what is expected
data/regressions/*.png …        the pictures, copied as they were

A case may be kept before anybody has said what is right: it is told later (`tell_case`), and no model is asked about it before.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from balatro.config.cards import card_names, catalogue_card, fold
from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import data_dir
from balatro.config.suffixes import IMAGE_SUFFIXES
from balatro.errors import InputError, SettingsError, UnknownCardError
from balatro.identify_card.card import Card
from balatro.identify_card.mistakes.finds import Find, covers
from balatro.utils.files import read_json, write_bytes, write_json
from balatro.utils.images import load_image, to_png
from balatro.utils.processes.lock import file_lock

if TYPE_CHECKING:
    from balatro.identify_card.recognizer import Recognizer

CASES, LOCK = "cases.json", ".cases.lock"
FORMAT = 2
OLDER = 1
"""A format that is read too: every case of it is told, and none has finds."""
UNKNOWN = "unknown"
"""Instead of a name: what is there has none."""
MAX_CASES, MAX_NOTE = 10_000, 500


@dataclass(frozen=True)
class Case:
    """One reported mistake."""

    id: int
    file: str
    """Of the picture, in the folder of the cases."""
    name: str | None
    """The card's name; empty when nothing is to be named; None when nobody has told it yet."""
    modifier: str = ""
    """One of MODIFIERS; empty when any will do."""
    at: tuple[int, int] | None = None
    """A pixel on the card; None when it may be anywhere in the picture."""
    note: str = ""
    added: str = ""
    """The day, ISO 8601."""
    passed: tuple[str, ...] = ()
    """Names of the models that have read it right."""
    finds: tuple[Find, ...] = ()
    """What was found in the picture when the mistake was reported; empty where that is not known."""
    model: str = ""
    """That had found it."""

    @property
    def is_told(self) -> bool:
        """Whether it is known what is right."""
        return self.name is not None

    @property
    def expected(self) -> str:
        """In a few words."""
        if not self.is_told:
            return "to be told"
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


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture to be kept."""

    image: np.ndarray = field(repr=False)
    """(H, W, 3) uint8 RGB."""
    data: bytes = field(repr=False)
    """Its file."""
    suffix: str = ".png"
    """Of the file's name."""

    @classmethod
    def of_file(cls, path: Path) -> Shot:
        """A file as it is; InputError when it cannot be read as a picture."""
        image = load_image(path)
        return cls(image, path.read_bytes(), path.suffix.lower())

    @classmethod
    def of_image(cls, image: np.ndarray) -> Shot:
        """Of an (H, W, 3) uint8 RGB picture that has no file."""
        return cls(image, to_png(image))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]


def regressions_dir() -> Path:
    """Where the cases lie."""
    return data_dir() / "regressions"


def marked_path(folder: Path, number: int) -> Path:
    """Where a case's picture is drawn with its finds marked and numbered, until it is told."""
    return folder / "marked" / f"{number}.png"


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
    return spelt(name), modifier


def spelt(name: str) -> str:
    """A name as the game spells it; one of another deck, or of a card that was added to a model, as it is."""
    try:
        return catalogue_card(name).name
    except UnknownCardError:
        return name


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
    if version not in (OLDER, FORMAT):
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
        name=None if entry["name"] is None else str(entry["name"]),
        modifier=str(entry.get("modifier", "")),
        at=None if at is None else (int(at[0]), int(at[1])),
        note=str(entry.get("note", "")),
        added=str(entry.get("added", "")),
        passed=tuple(map(str, entry.get("passed", ()))),
        finds=tuple(map(Find.of_json, entry.get("finds", ()))),
        model=str(entry.get("model", "")),
    )


def told_cases(folder: Path) -> list[Case]:
    """The cases of which it is known what is right; see `read_cases`."""
    return [case for case in read_cases(folder) if case.is_told]


def add_case(
    folder: Path,
    shot: Shot,
    name: str | None,
    modifier: str = "",
    at: tuple[int, int] | None = None,
    note: str = "",
    finds: tuple[Find, ...] = (),
    model: str = "",
) -> Case:
    """Keep a picture and note what is to be read in it; a case that is there already is given back as it is.

    name: None where that is to be told later. InputError for a place outside the picture.
    """
    _check_place(at, shot.size)
    suffix = shot.suffix if shot.suffix in IMAGE_SUFFIXES else ".png"
    file = f"{hashlib.sha256(shot.data).hexdigest()[:16]}{suffix}"
    with file_lock(folder / LOCK):
        cases = read_cases(folder)
        for case in cases:
            if (case.file, case.name, case.modifier, case.at) == (file, name, modifier, at):
                return case
        if len(cases) >= MAX_CASES:
            raise InputError(f"{folder}: {MAX_CASES} cases are kept; remove some")
        number = max((case.id for case in cases), default=0) + 1
        today = date.today().isoformat()
        case = Case(number, file, name, modifier, at, note[:MAX_NOTE], today, finds=finds, model=model)
        write_bytes(folder / file, shot.data)
        _save(folder, [*cases, case])
    return case


def tell_case(folder: Path, number: int, name: str, modifier: str = "", at: tuple[int, int] | None = None) -> Case:
    """Say what is right in a case, also when something else was said before; InputError when there is no such case."""
    with file_lock(folder / LOCK):
        cases = read_cases(folder)
        case = replace(find_case(cases, number), name=name, modifier=modifier, at=at, passed=())
        _save(folder, [case if one.id == number else one for one in cases])
        marked_path(folder, number).unlink(missing_ok=True)
    return case


def find_case(cases: Sequence[Case], number: int) -> Case:
    """The case of this number; InputError when there is none."""
    for case in cases:
        if case.id == number:
            return case
    raise InputError(f"no case {number}; expected a number of `balatro regress list`")


def _check_place(at: tuple[int, int] | None, size: tuple[int, int]) -> None:
    if at is not None and not (0 <= at[0] < size[0] and 0 <= at[1] < size[1]):
        raise InputError(f"{at[0]},{at[1]}: outside of the picture, which has {size[0]}x{size[1]} pixels")


def remove_case(folder: Path, number: int) -> Case:
    """Forget a case, and its picture unless another case needs it; InputError when there is no such case."""
    with file_lock(folder / LOCK):
        cases = read_cases(folder)
        removed = find_case(cases, number)
        left = [case for case in cases if case.id != number]
        _save(folder, left)
        if removed.file not in {case.file for case in left}:
            (folder / removed.file).unlink(missing_ok=True)
        marked_path(folder, number).unlink(missing_ok=True)
    return removed


def _save(folder: Path, cases: Sequence[Case]) -> None:
    write_json(folder / CASES, {"format": FORMAT, "cases": [asdict(case) for case in cases]})


def run_cases(recognizer: Recognizer, folder: Path, cases: Sequence[Case]) -> Iterator[Result]:
    """Read the picture of each case, all of them told; a picture that cannot be read has not passed."""
    model = recognizer.bundle.name
    for case in cases:
        try:
            cards = recognizer.identify(folder / case.file)
        except InputError as error:
            yield Result(case, False, str(error), model in case.passed)
            continue
        there = [card for card in cards if case.at is None or covers(np.array(card.quad, np.float32), case.at)]
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


def _told(cards: Sequence[Card]) -> str:
    named = [f"{card.name}, {card.modifier}" if card.modifier else str(card.name) for card in cards if card.known]
    if named:
        return "; ".join(named[:4]) + (f" and {len(named) - 4} more" if len(named) > 4 else "")
    return UNKNOWN if cards else "no card there"
