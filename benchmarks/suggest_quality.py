"""How good `balatro dataset suggest` is: labels of one data set suggested for the pictures of another.

    python benchmarks/suggest_quality.py --labelled DIR/real/dataset_default --new DIR/real/test DIR/real/new_names

Folders as benchmarks/capture_road.py cuts them. Told for one and for five labelled pictures of a name, with all names of the
first folder labelled and with half of them by lot: of pictures whose name is labelled, how many get a suggestion and how many
of these are right; of the others, how many are rejected, as all should be; and whether a confidence of 0.9 is right nine times
in ten.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
from rich.console import Console
from rich.table import Table

from balatro.annotate_dataset.suggest.encoder import Encoded, Encoder, load_encoder
from balatro.annotate_dataset.suggest.likeness import Labelled, SuggestSettings
from balatro.annotate_dataset.suggest.suggestion import Suggestion
from balatro.config.modifiers import MODIFIERS
from balatro.utils.images import load_image
from balatro.utils.labels import CardLabel, read_dataset

LOTS = 4
"""Draws of the labelled pictures, for each row."""
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.0001)


@dataclass(frozen=True, eq=False)
class Pictures:
    """Labelled pictures as the encoder sees them."""

    keys: list[str]
    labels: list[CardLabel]
    encoded: Encoded

    def some(self, rows: np.ndarray) -> Labelled:
        return Labelled([self.keys[n] for n in rows], [self.labels[n] for n in rows], self.encoded.embedding[rows])


@dataclass(frozen=True)
class Answer:
    """A picture's truth and what was suggested."""

    truth: CardLabel
    labelled: bool
    """Whether its name was among the labels."""
    said: Suggestion

    @property
    def name_right(self) -> bool:
        return self.said.candidates[0].name == self.truth.name

    @property
    def modifier_right(self) -> bool:
        return self.said.modifier == self.truth.modifier


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labelled", type=Path, required=True)
    parser.add_argument("--new", type=Path, nargs="+", required=True)
    parser.add_argument("--model")
    args = parser.parse_args()
    encoder = load_encoder(args.model, threads=1)
    labelled, new = look([args.labelled], encoder), look(args.new, encoder)
    answers = {(per_name, share): list(ask(labelled, new, per_name, share)) for per_name in (1, 5) for share in (1.0, 0.5)}
    console = Console(width=120)
    console.print(_quality(answers))
    console.print(_modifiers(answers[5, 1.0]))
    console.print(_confidence([answer for some in answers.values() for answer in some]))


def look(folders: Sequence[Path], encoder: Encoder) -> Pictures:
    """Every picture of some data sets."""
    entries = [(folder / key, label) for folder in folders for key, label in read_dataset(folder).items()]
    encoded = encoder.encode([load_image(path) for path, _ in entries])
    return Pictures([path.name for path, _ in entries], [label for _, label in entries], encoded)


def ask(labelled: Pictures, new: Pictures, per_name: int, share: float) -> Iterator[Answer]:
    """Suggest for all new pictures, from some labelled ones of some names by lot, a few times."""
    names = np.array([label.name for label in labelled.labels])
    for seed in range(LOTS):
        rng = np.random.default_rng(seed)
        have = rng.permutation(np.unique(names))
        have = have[: round(share * len(have))]
        rows = np.concatenate([rng.permutation(np.flatnonzero(names == name))[:per_name] for name in have])
        said = labelled.some(rows).suggest(new.encoded, SuggestSettings())
        known = set(have.tolist())
        for label, suggestion in zip(new.labels, said, strict=True):
            yield Answer(label, label.name in known, suggestion)


def _quality(answers: dict[tuple[int, float], list[Answer]]) -> Table:
    table = Table(
        "labels a name",
        "names labelled",
        "suggested",
        "name right",
        "right in three",
        "others rejected",
        "right of all suggested",
    )
    for (per_name, share), some in answers.items():
        own = [answer for answer in some if answer.labelled]
        others = [answer for answer in some if not answer.labelled]
        given = [answer for answer in own if answer.said.prefilled]
        everything = [answer for answer in some if answer.said.prefilled]
        table.add_row(
            str(per_name),
            f"{share:.0%}",
            percent(answer.said.prefilled for answer in own),
            percent(answer.name_right for answer in given),
            percent(answer.truth.name in {c.name for c in answer.said.candidates} for answer in own),
            percent(not answer.said.prefilled for answer in others),
            percent(answer.name_right for answer in everything),
        )
    return table


def _modifiers(answers: Sequence[Answer]) -> Table:
    table = Table("modifier", "pictures", "right", title="five labels a name, whether prefilled or not")
    for modifier in MODIFIERS:
        some = [answer.modifier_right for answer in answers if answer.truth.modifier == modifier]
        if some:
            table.add_row(modifier, str(len(some) // LOTS), percent(some))
    return table


def _confidence(answers: Sequence[Answer]) -> Table:
    table = Table("confidence", "answers", "mean", "right", title="all names, labelled or not")
    sure = np.array([answer.said.candidates[0].confidence for answer in answers])
    right = np.array([answer.name_right for answer in answers])
    for low, high in pairwise(BINS):
        here = (sure >= low) & (sure < high)
        if here.any():
            table.add_row(
                f"{low:g} to {min(high, 1):g}", str(here.sum()), f"{sure[here].mean():.3f}", f"{right[here].mean():.3f}"
            )
    return table


def percent(right: Iterator[bool] | Sequence[bool]) -> str:
    some = list(right)
    return f"{100 * sum(some) / len(some):.1f} %" if some else "-"


if __name__ == "__main__":
    main()
