"""Reading pictures with labelled boxes and counting what is right, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balatro.config.cards import fold
from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError
from balatro.identify_card.judge.boxes.forms import read_boxes
from balatro.identify_card.judge.boxes.labels import BoxLabel, BoxPicture
from balatro.identify_card.judge.boxes.match import BoxFalseName, BoxOutcome, PictureResult, judge_picture
from balatro.identify_card.judge.intervals import count_interval, share_interval
from balatro.identify_card.judge.scores import Outcome, Scores
from balatro.utils.images import load_image
from balatro.utils.progress import track

if TYPE_CHECKING:
    from balatro.identify_card.recognizer import Recognizer

APART = "synthetic"
"""Pictures with this tag were put together from parts: they count in the rows of their tags alone."""
SIZES = ((0.08, "under 8 %"), (0.15, "8 to 15 %"), (0.30, "15 to 30 %"), (0.60, "30 to 60 %"), (float("inf"), "over 60 %"))
"""A card's height as a share of its picture's: below which bound, and what that is called."""
RATE = "false_names_per_100"


@dataclass(frozen=True, eq=False)
class BoxScores(Scores):
    """All outcomes of some pictures with labelled boxes; those of the tag APART are in `results` alone."""

    results: tuple[PictureResult, ...] = ()
    """One a picture."""
    not_known: tuple[str, ...] = ()
    """Labelled names that the model has no card of."""

    def summary(self) -> dict[str, Any]:
        """As of all scores, in percent; with `wrong`, and with `intervals` [low, high] for each measure."""
        outcomes: Sequence[Any] = self.outcomes
        false_names: Sequence[Any] = self.false_names
        sizes = [name for _, name in SIZES]
        by_size = {
            name: ([one for one in outcomes if size_of(one) == name], [one for one in false_names if size_of(one) == name])
            for name in sizes
        }
        return {
            "pictures": self.num_pictures,
            **tally(outcomes, len(false_names)),
            "wrong_names": sum(outcome.misnamed for outcome in outcomes),
            "not_known": list(self.not_known),
            "by_tag": {tag: self._of_tag(tag) for tag in sorted({tag for result in self.results for tag in result.tags})},
            "by_size": {name: tally(cards, len(false)) for name, (cards, false) in by_size.items() if cards or false},
            "by_modifier": self.by(lambda outcome: outcome.modifier, MODIFIERS),
            "name_confusions": self.name_confusions(),
            "modifier_confusions": self.modifier_confusions(),
            "by_name": self.by(lambda outcome: outcome.name),
        }

    def counted(self, outcomes: Sequence[Outcome]) -> dict[str, Any]:
        """Without false names, which belong to no group of cards."""
        return tally(outcomes)

    def _of_tag(self, tag: str) -> dict[str, Any]:
        results = [result for result in self.results if tag in result.tags]
        outcomes = [outcome for result in results for outcome in result.outcomes]
        return {"pictures": len(results)} | tally(outcomes, sum(len(result.false_names) for result in results))


def evaluate_boxes(recognizer: Recognizer, path: Path, failures: list[str]) -> BoxScores:
    """Read every labelled picture of a file or folder and score it. InputError for labels that cannot be used.

    A picture that cannot be read is left out of the scores, and what is wrong with it goes into failures.
    """
    pictures = read_boxes(path)
    results = []
    for labels in track(pictures, "Reading pictures"):
        try:
            results.append(_read(recognizer, labels))
        except InputError as error:
            failures.append(str(error))
    return gather(results, _not_known(recognizer, pictures))


def gather(results: Iterable[PictureResult], not_known: Sequence[str] = ()) -> BoxScores:
    """The scores of all pictures."""
    results = tuple(results)
    counted = [result for result in results if APART not in result.tags]
    return BoxScores(
        tuple(outcome for result in counted for outcome in result.outcomes),
        tuple(false for result in counted for false in result.false_names),
        len(counted),
        results,
        tuple(not_known),
    )


def tally(outcomes: Sequence[Outcome], num_false: int | None = None) -> dict[str, Any]:
    """Number of cards; shares in percent of all cards (modifiers: of those whose modifier is told); false names in 100 cards.

    None where there is no card to have a share of. `intervals`: [low, high] of each. Where printings are told, `printing` is
    the share of these that are right, and `both` has them right as well.
    """
    num, told = len(outcomes), [outcome for outcome in outcomes if outcome.modifier]
    right = {
        "found": (sum(outcome.found for outcome in outcomes), num),
        "name": (sum(outcome.name_right for outcome in outcomes), num),
        "modifier": (sum(outcome.modifier_right for outcome in told), len(told)),
        "both": (sum(outcome.both_right for outcome in outcomes), num),
        "wrong": (sum(outcome.misnamed for outcome in outcomes), num),
    }
    printings = [one.is_printing for one in outcomes if isinstance(one, BoxOutcome) and one.is_printing is not None]
    if printings:
        right["printing"] = (sum(printings), len(printings))
    counts: dict[str, Any] = {"cards": num}
    counts |= {name: round(100 * part / of, 2) if of else None for name, (part, of) in right.items()}
    intervals = {name: _percents(share_interval(part, of)) for name, (part, of) in right.items() if of}
    if num_false is not None:
        counts |= {"false_names": num_false, RATE: round(100 * num_false / num, 2) if num else None}
        if num:
            low, high = count_interval(num_false)
            intervals[RATE] = _percents((low / num, high / num))
    return counts | {"intervals": intervals}


def size_of(one: BoxOutcome | BoxFalseName) -> str:
    """Which of SIZES a card has."""
    return next(name for bound, name in SIZES if one.height < bound)


def _read(recognizer: Recognizer, labels: BoxPicture) -> PictureResult:
    picture = load_image(labels.path)
    height, width = picture.shape[:2]
    if labels.size not in (None, (width, height)):
        told = "{}x{}".format(*labels.size or ())
        raise InputError(f"{labels.path}: {width}x{height} pixels, but its boxes are for {told}; label the picture as it is")
    if recognizer.bundle.same_name is not None:
        labels = labels.by_printing({card.id: card.name for card in recognizer.bundle.cards if card.known})
    return judge_picture(labels.in_pixels(width, height), picture, recognizer.identify(picture))


def _not_known(recognizer: Recognizer, pictures: Iterable[BoxPicture]) -> list[str]:
    """Labelled cards of which the model knows none, by name."""
    cards = [card for card in recognizer.bundle.cards if card.known]
    ids = {card.id for card in cards}
    names = {fold(card.name) for card in cards} | {fold(card.id) for card in cards}

    def is_known(label: BoxLabel) -> bool:
        return label.id in ids if label.id else fold(label.name) in names

    return sorted({label.name for picture in pictures for label in picture.cards if not is_known(label)})


def _percents(bounds: tuple[float, float]) -> list[float]:
    return [round(100 * bound, 2) for bound in bounds]
