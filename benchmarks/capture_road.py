"""The capture road on real pictures: a few labelled crops, rendered cards, and both together.

    python benchmarks/capture_road.py cut   --textures PATH --frames DIR --train-run U15QWQGE --work DIR
    python benchmarks/capture_road.py train --work DIR [--only real rendered both]
    python benchmarks/capture_road.py score --work DIR [--only real rendered both game]

PATH is the game's sheets (or the game), DIR of --frames holds labelled screens (docs/formats.md); neither is part of this
project. `cut` imports the deck, finds the cards of the screens with the model that the import makes, and writes data sets of
real cards, labelled by the game's own state (`real_crops` says how): DIR/real/dataset_default from the screens whose file names
hold --train-run, few of each card, to train on; DIR/real/test from all other screens, for the names that both show; and
DIR/real/new_names, what only the others show. `train` runs the trainings of `TRAININGS`, `score` reads the test pictures with
each (and, as `game`, with the model that the import made, which was never trained on the game's cards).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
from rich.console import Console
from rich.table import Table

from balatro.config.modifiers import MODIFIERS

MOST_TRAIN, MOST_TEST = 5, 20
"""Pictures of each name and modifier."""


@dataclass(frozen=True)
class Training:
    """One column of the table: what is run, in the order given; {work} is replaced."""

    name: str
    title: str
    commands: tuple[str, ...]


REAL = "{work}/real/dataset_default"
# The training run shows no Polychrome and no Negative card: those are made from Base pictures.
AUGMENT = f"augment --input {REAL} --output {{work}}/real/augmented --synthetic-editions Polychrome --seed 0"
TRAININGS = (
    Training(
        "real",
        "real crops only",
        (AUGMENT, f"train --input {REAL} --data originals,augmented --epochs 40 --name real --seed 0"),
    ),
    Training("rendered", "rendered only", ("train --deck game --steps 1200 --name rendered --seed 0",)),
    Training(
        "both",
        "both",
        (AUGMENT, f"train --input {REAL} --data originals,augmented,rendered --deck game --steps 1200 --name both --seed 0"),
    ),
)


def main() -> None:
    args = _arguments()
    # Everything lies in the work folder, also what the commands write.
    os.environ["BALATRO_DATA"], os.environ["BALATRO_RUNS"] = str(args.work / "data"), str(args.work / "runs")
    args.do(args)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(required=True)
    names = [training.name for training in TRAININGS]
    models = [*names, "game"]
    for name, do in (("cut", cut), ("train", train), ("score", score)):
        step = steps.add_parser(name)
        step.set_defaults(do=do)
        step.add_argument("--work", type=lambda text: Path(text).resolve(), required=True)
        if name == "cut":
            step.add_argument("--textures", type=Path, required=True)
            step.add_argument("--frames", type=Path, required=True)
            step.add_argument("--train-run", required=True)
        else:
            step.add_argument("--only", nargs="+", choices=names if name == "train" else models, default=names)
    return parser.parse_args()


def cut(args: argparse.Namespace) -> None:
    """Write both data sets and say what is in them."""
    from real_crops import choose, cut_frames, write_crops

    from balatro.identify_card.recognizer import Recognizer

    if not (args.work / "data/models/game/model.json").is_file():
        _balatro("art", "import", str(args.textures.resolve()))
    cuts = cut_frames(Recognizer.load("game", threads=1), args.frames)
    mine = [crop for crop in cuts.crops if args.train_run in crop.series]
    other = [crop for crop in cuts.crops if args.train_run not in crop.series]
    both_show = {crop.truth.name for crop in mine} & {crop.truth.name for crop in other}
    train = choose(mine, MOST_TRAIN)
    test = choose([crop for crop in other if crop.truth.name in both_show], MOST_TEST)
    new = choose([crop for crop in other if crop.truth.name not in both_show], MOST_TEST)
    print(f"cut {len(cuts.crops)} cards; left out: {', '.join(f'{n} {why}' for why, n in cuts.left_out.items())}")
    for folder, title, crops in (
        ("dataset_default", "to train on", train),
        ("test", "to test on", test),
        ("new_names", "names that only the other screens show", new),
    ):
        shutil.rmtree(args.work / "real" / folder, ignore_errors=True)
        write_crops(crops, args.work / "real" / folder, args.work / "real")
        counts = Counter(crop.truth.modifier for crop in crops)
        by_modifier = ", ".join(f"{counts[modifier]} {modifier}" for modifier in MODIFIERS)
        names = len({crop.truth.name for crop in crops})
        misread = sum(crop.read_as != crop.truth.id for crop in crops)
        print(f"{folder}: {len(crops)} pictures {title}, {names} names; {by_modifier}; {misread} read otherwise by the model")


def train(args: argparse.Namespace) -> None:
    """Run the trainings, one after the other."""
    for training in TRAININGS:
        if training.name in args.only:
            for command in training.commands:
                _balatro(*(part.format(work=args.work) for part in command.split()))


def _balatro(*command: str) -> None:
    print("$ balatro " + " ".join(command), flush=True)
    subprocess.run([sys.executable, "-m", "balatro", *command], check=True)


def score(args: argparse.Namespace) -> None:
    """Read the test pictures with each model and print the table."""
    from balatro.utils.images import load_image
    from balatro.utils.labels import read_dataset

    folder = args.work / "real/test"
    labels = read_dataset(folder)
    pictures = [load_image(folder / key) for key in labels]
    truth = np.array([[label.name, label.modifier] for label in labels.values()])
    said = {name: read_pictures(name, pictures) for name in args.only}
    _print_table(truth, said)


def read_pictures(model: str, pictures: Sequence[np.ndarray]) -> np.ndarray:
    """(N, 2) names and modifiers that a model gives to pictures of single cards: the likeliest name, however unsure."""
    from real_crops import inner_quad

    from balatro.identify_card.recognizer import Recognizer

    recognizer = Recognizer.load(model, threads=1)
    cards = [recognizer.read(picture, inner_quad(picture)[None])[0] for picture in pictures]
    return np.array([[card.top[0].name, card.modifier] for card in cards])


def _print_table(truth: np.ndarray, said: dict[str, np.ndarray]) -> None:
    titles = {training.name: training.title for training in TRAININGS} | {"game": "straight after the import"}
    table = Table("cards", "pictures", *(titles[name] for name in said), title="names / modifiers / both right, %")
    rows: list[tuple[str, np.ndarray]] = [("all", np.ones(len(truth), bool))]
    rows += [(modifier, truth[:, 1] == modifier) for modifier in MODIFIERS]
    for title, rows_of in rows:
        if rows_of.any():
            right = [(answers == truth)[rows_of] for answers in said.values()]
            shares = [(r[:, 0].mean(), r[:, 1].mean(), r.all(axis=1).mean()) for r in right]
            table.add_row(title, str(rows_of.sum()), *(" / ".join(f"{100 * share:.1f}" for share in some) for some in shares))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
