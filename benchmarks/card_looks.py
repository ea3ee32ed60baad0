"""How well a model reads how cards look, on screens drawn of its deck: rank, suit, enhancement, seal, edition and more.

    python benchmarks/card_looks.py --model game [--num 300] [--state hand] [--visible 0.3] [--sheet worst.png]

Screens are drawn as a player sees them, none of which training saw. Cards are found by the model's own locator. Counted is
every card of which at least the share --visible shows; each class has a row, with a 95 % interval. --sheet shows cards
that were read wrong.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from balatro.config.kinds import KINDS, NOTHING
from balatro.config.seeds import OWN_SCREENS_SEED
from balatro.identify_card.judge.intervals import share_interval
from balatro.identify_card.judge.own_screens import find_deck
from balatro.identify_card.recognizer import Recognizer
from balatro.render.sheet import write_sheet
from balatro.render.table import PLAY, STATES, Screen, draw_screen
from balatro.train_model.lesson.tasks import LOOKS, MISSING, TASKS
from balatro.train_model.screens.deck_lesson import DeckLesson, make_deck_lesson
from balatro.train_model.screens.looks import labels_of
from balatro.utils.images import rectify
from balatro.utils.progress import track

READ = ("kind", "modifier", *LOOKS)
NEAR = 0.25
"""A card is found where one was read whose middle is at most so many of its heights away."""
LOT = 77
Count = Counter[tuple[str, str]]
"""By task and class."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="auto", help="name or folder of a model")
    parser.add_argument("--num", type=int, default=300, help="screens")
    parser.add_argument("--state", choices=STATES, default="hand", help="which screens")
    parser.add_argument("--visible", type=float, default=0.3, help="least share of a card that shows")
    parser.add_argument("--sheet", type=Path, help="PNG of cards that were read wrong")
    args = parser.parse_args()
    recognizer = Recognizer.load(args.model, 1)
    deck = find_deck(recognizer.bundle)
    if deck is None:
        parser.error(f"the deck {recognizer.bundle.deck} of this model is not in data/art")
    lesson = make_deck_lesson(deck)
    settings = replace(PLAY, states=tuple(float(state == args.state) for state in STATES), sizes=((1280, 720),))
    right, asked = Count(), Count()
    wrong: list[np.ndarray] = []
    for number in track(range(args.num), "Reading screens"):
        screen = draw_screen(deck, np.random.default_rng([OWN_SCREENS_SEED, LOT, number]), settings)
        wrong += read(recognizer, lesson, screen, args.visible, right, asked)
    for name, total in sorted(asked.items()):
        low, high = share_interval(right[name], total)
        print(f"{name[0]:12} {name[1]:18} {right[name]:6}/{total:<6} {right[name] / total:8.2%}  {low:.1%} to {high:.1%}")
    if args.sheet and wrong:
        write_sheet(tiled(wrong[:200]), args.sheet)


def read(
    recognizer: Recognizer,
    lesson: DeckLesson,
    screen: Screen,
    visible: float,
    right: Counter[tuple[str, str]],
    asked: Counter[tuple[str, str]],
) -> list[np.ndarray]:
    """Count what is read of a screen; the pictures of cards of which something was read wrong."""
    quads = recognizer.locate(screen.image)
    bundle = recognizer.bundle
    cut = rectify(screen.image, quads, bundle.input_size, bundle.margin) if len(quads) else np.zeros((0, 1, 1, 3), np.uint8)
    outputs = recognizer.encode(cut) if len(quads) else {}
    taken: set[int] = set()
    wrong = []
    for card in screen.cards:
        if card.visible < visible:
            continue
        row = nearest(card.quad, quads, taken)
        asked["found", ""] += 1
        right["found", ""] += row is not None
        if row is None:
            continue
        taken.add(row)
        labels = labels_of(card, lesson)
        good = [count(task, labels[task], outputs, row, right, asked) for task in READ if task in outputs]
        if labels["kind"] == KINDS.index("playing card"):
            asked["whole card", ""] += 1
            right["whole card", ""] += all(good)
        if not all(good):
            wrong.append(cut[row])
    others = [row for row in range(len(quads)) if row not in taken and outputs["kind"][row].argmax() != NOTHING]
    asked["no other find", ""] += 1
    right["no other find", ""] += not others
    return wrong


def nearest(quad: np.ndarray, quads: np.ndarray, taken: set[int]) -> int | None:
    """The row of the quad that lies at this one's place, of those that are not taken."""
    if not len(quads):
        return None
    apart = np.linalg.norm(quads.mean(1) - quad.mean(0), axis=1)
    apart[list(taken)] = np.inf
    row = int(apart.argmin())
    return row if apart[row] <= NEAR * np.ptp(quad[:, 1]) else None


def count(
    task: str,
    label: int,
    outputs: dict[str, np.ndarray],
    row: int,
    right: Counter[tuple[str, str]],
    asked: Counter[tuple[str, str]],
) -> bool:
    """Whether a task's answer is right, or has none to give."""
    if label == MISSING:
        return True
    is_right = bool(outputs[task][row].argmax() == label)
    asked[task, TASKS[task].classes[label]] += 1
    right[task, TASKS[task].classes[label]] += is_right
    return is_right


def tiled(pictures: list[np.ndarray], columns: int = 20) -> np.ndarray:
    """Pictures of one size as a sheet, (H, W, 3) uint8."""
    edged = [cv2.copyMakeBorder(picture, 2, 2, 2, 2, cv2.BORDER_CONSTANT) for picture in pictures]
    edged += [np.zeros_like(edged[0])] * (-len(edged) % columns)
    return np.vstack([np.hstack(edged[start : start + columns]) for start in range(0, len(edged), columns)])


if __name__ == "__main__":
    main()
