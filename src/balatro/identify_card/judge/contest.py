"""Before a model is replaced: what is there and what comes read the same screens, and the better keeps the name.

    with contest(model_dir("game")) as folder:       # a place of that name beside it, where a model is there
        make_gallery_bundle(deck, folder)
    # data/models/game is the better of both now, data/models/game.other the other one

Screens that a person labelled decide, where there are any; else, and between equals, screens drawn of the model's own deck,
of which neither training nor calibration took any. The new one is kept unless it makes more mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from balatro.config.model_files import MODEL_FILE
from balatro.config.paths import data_dir
from balatro.errors import BalatroError
from balatro.runtime.beside import is_same, other_of, put_beside, take_added
from balatro.runtime.bundle import Bundle, load_bundle
from balatro.utils.files import check_place, exchange, put_back
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.identify_card.judge.scores import FalseName, Outcome
    from balatro.identify_card.recognizer import Recognizer
    from balatro.render.deck import Deck

LOT = 3
"""Of the deck's own screens, apart from those that exports are checked on and calibrated with."""
MOST_DRAWN, MOST_FRAMES = 32, 40
"""Screens that are read: a few seconds."""


@dataclass(frozen=True)
class Figure:
    """How one model read some screens."""

    cards: int
    right: int
    """Cards of which name and modifier are right."""
    false_names: int = 0

    @property
    def mistakes(self) -> int:
        return self.cards - self.right + self.false_names

    def __add__(self, more: Figure) -> Figure:
        return Figure(self.cards + more.cards, self.right + more.right, self.false_names + more.false_names)

    def __str__(self) -> str:
        false = f", {counted(self.false_names, 'false name')}" if self.false_names else ""
        return f"{100 * self.right / max(self.cards, 1):.1f} % right{false}"


@dataclass(frozen=True)
class Round:
    """Both models on the same screens."""

    on: str
    old: Figure
    new: Figure

    def __str__(self) -> str:
        return f"on {self.on} {self.old} before, {self.new} now"


@contextmanager
def contest(folder: Path, replace: bool = False, deck: Deck | None = None) -> Iterator[Path]:
    """Where a new model is to be written that shall be called like `folder`; afterwards the better one lies there.

    Where no model is there yet, or `folder` is none of the data folder's models, that is `folder` itself. Else it is a place
    beside it; when the block ends, both models are read, one line on stdout tells both figures, and the one that is not kept
    becomes NAME.other. replace: the new one is kept, whatever the figures. deck: of the new model, where it is at hand.
    InputError when something else than a model lies there.
    """
    put_back(folder)
    check_place(folder, MODEL_FILE)
    if not (folder / MODEL_FILE).is_file() or folder.parent.resolve() != (data_dir() / "models").resolve():
        yield folder
        return
    place = folder.resolve()  # behind a link lies the folder that is replaced
    with TemporaryDirectory(dir=place.parent, prefix=f".{folder.name}.") as building:
        new = Path(building) / folder.name
        yield new
        take_added(place, new)
        print(f"{folder}: {_settle(place, new, replace, deck)}")


def _settle(old: Path, new: Path, replace: bool, deck: Deck | None) -> str:
    """Give the better one the name, and say so."""
    if is_same(old, new):
        return "the same model as before"
    rounds, why_not = _compare(old, new, deck)
    is_worse = [entry.new.mistakes for entry in rounds] > [entry.old.mistakes for entry in rounds]
    keeps_old = is_worse and not replace
    if not keeps_old:
        exchange(new, old)
    put_beside(new, old)
    told = "; ".join(map(str, rounds)) or why_not
    kept = "what was there is kept, the new one is" if keeps_old else "the new one is kept, what was there is"
    return f"{told}: {kept} {other_of(old).name} (`balatro models use {old.name}` changes them)"


def _compare(old: Path, new: Path, deck: Deck | None) -> tuple[list[Round], str]:
    """What both read, the screens that decide first; or why they cannot be compared."""
    from balatro.identify_card.judge.own_screens import find_deck
    from balatro.identify_card.recognizer import Recognizer

    try:
        one = load_bundle(old)
        other = load_bundle(new)
        if not _same_cards(one, other):
            return [], f"of the deck {other.deck!r}, what was there of {one.deck!r}, so not compared"
        readers = Recognizer(one), Recognizer(other)
        rounds = [*_own_rounds(*readers), drawn_round(*readers, deck or find_deck(other))]
    except BalatroError as error:
        return [], f"not compared ({error})"
    told = [entry for entry in rounds if entry is not None and entry.old.cards]
    return told, "not compared, as there are neither labelled screens nor a deck to draw them of"


def _same_cards(one: Bundle, other: Bundle) -> bool:
    """Whether two models are of one deck, which may have grown."""
    return one.deck == other.deck and bool({card.id for card in one.cards} & {card.id for card in other.cards})


def _own_rounds(old: Recognizer, new: Recognizer) -> Iterator[Round]:
    """On screens that a person labelled, and on reported mistakes."""
    from balatro.identify_card.judge.evaluate import LABELS, evaluate_frames
    from balatro.identify_card.judge.regress import regressions_dir, run_cases, told_cases

    frames = data_dir() / "frames"
    if (frames / LABELS).is_file():
        scores = [evaluate_frames(reader, frames, [], MOST_FRAMES) for reader in (old, new)]
        yield Round(
            f"{counted(scores[0].num_pictures, 'labelled screen')}", *(_figure(s.outcomes, s.false_names) for s in scores)
        )
    if cases := told_cases(regressions_dir()):
        right = [sum(result.passed for result in run_cases(reader, regressions_dir(), cases)) for reader in (old, new)]
        yield Round(f"{counted(len(cases), 'reported mistake')}", *(Figure(len(cases), count) for count in right))


def drawn_round(old: Recognizer, new: Recognizer, deck: Deck | None) -> Round | None:
    """On screens drawn of a deck; None without one."""
    from balatro.identify_card.judge.evaluate import score_screen
    from balatro.identify_card.judge.own_screens import own_screens
    from balatro.utils.progress import track

    if deck is None:
        return None
    figures = [Figure(0, 0), Figure(0, 0)]
    for screen in track(own_screens(deck, MOST_DRAWN, LOT), "Comparing both models", MOST_DRAWN):
        for place, reader in enumerate((old, new)):
            figures[place] += _figure(*score_screen("", screen, reader.identify(screen.image), {}))
    return Round(f"{MOST_DRAWN} drawn screens", *figures)


def _figure(outcomes: Sequence[Outcome], false_names: Sequence[FalseName]) -> Figure:
    return Figure(len(outcomes), sum(outcome.both_right for outcome in outcomes), len(false_names))
