"""What dedupe makes of cards that a person calls the same or different, and how far apart their keys are.

    python benchmarks/dedupe_quality.py [--deck FOLDER ...] [--real FOLDER ...] [--seed 0]

Rendered, for the demo deck and each --deck (a folder from `balatro art import|demo`): every card in every modifier at one
moment, seen through two random displays (CRT, brightness, compression, a few through noise or scaling), each time cut out up
to two pixels off; and once more five seconds later, when the editions have moved on. Real, for each --real (a folder of
pictures and labels.json, as `benchmarks/capture_road.py cut` writes): its pictures one after the other, as a capture sees them.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import cv2
import numpy as np

from balatro.build_dataset.dedupe import OUTCOMES, SeenCards
from balatro.build_dataset.hashes import Fingerprints, fingerprint
from balatro.config.modifiers import MODIFIERS
from balatro.config.shapes import MARGIN
from balatro.render.deck import Deck, DeckCard, cells, load_deck
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.display import random_display, show
from balatro.render.editions import Phases, draw_editions, random_phases
from balatro.render.layers import Float, Pose, drawn_quad, lay, random_float, stack_layers
from balatro.utils.images import load_image, rectify
from balatro.utils.labels import read_dataset
from balatro.utils.progress import track

CARD_WIDTH = 120
"""Pixels of a card on the screen: 1440x810."""
FELT = np.array([(38, 84, 72), (60, 90, 160), (150, 60, 60), (90, 90, 90)], np.uint8)
HASHES_ALONE = 10
"""Bits of each hash within which a program without a colour key calls two cards duplicates."""
VIEWS = ("first", "repeated", "later")


@dataclass(frozen=True, eq=False)
class Moment:
    """One card as it is drawn at one moment."""

    body: np.ndarray
    hover: Float


def moment_of(card: DeckCard, modifier: int, rng: np.random.Generator, phases: Phases | None = None) -> Moment:
    """The card at a random moment, or at a given one."""
    phases = phases if phases is not None else random_phases(rng, 1)
    return Moment(draw_editions(cells([card], 2), np.array([modifier]), phases, [card.shine])[0], random_float(rng))


def draw_view(card: DeckCard, moment: Moment, rng: np.random.Generator) -> np.ndarray:
    """The card as a capture cuts it out: (H, W, 3) uint8 RGB in its size on the screen."""
    height, width = round(2 * CARD_WIDTH), round(1.5 * CARD_WIDTH)
    image = np.empty((height, width, 3), np.uint8)
    image[:] = FELT[int(rng.integers(len(FELT)))]
    middle = np.array([width, height]) / 2 + rng.uniform(-1, 1, 2)
    tilt = (float(rng.uniform(-0.02, 0.02)), float(rng.uniform(-0.02, 0.02)))
    pose = Pose(float(middle[0]), float(middle[1]), CARD_WIDTH, float(rng.normal(0, 0.015)), 1.0, tilt)
    lay(image, card, stack_layers(moment.body, [], card.floating, moment.hover, False), pose, (-2.0, 5.0), True)
    # The curve of a CRT bends a whole screen; the card's place in it is found with it.
    image = show(image, replace(random_display(rng, 810), curve=0.0), rng)
    quad = drawn_quad(card, pose) + rng.uniform(-0.75, 0.75, (4, 2)) + rng.uniform(-1.25, 1.25, (1, 2))
    lengths = np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[3] - quad[0])
    size = (round(float(lengths[0]) * (1 + 2 * MARGIN)), round(float(lengths[1]) * (1 + 2 * MARGIN)))
    return rectify(image, quad[None].astype(np.float32), size, MARGIN)[0]


def draw_views(deck: Deck, seed: int) -> Fingerprints:
    """Of every known card, modifier and one of VIEWS, in this order."""
    rng = np.random.default_rng(seed)
    crops = []
    for card in track(deck.known, f"Drawing {deck.name}"):
        for modifier in range(len(MODIFIERS)):
            phases = random_phases(rng, 1)
            now = moment_of(card, modifier, rng, phases)
            moved = Phases(phases.swing + np.float32(rng.normal(0, 0.1)), phases.seconds + np.float32(5), phases.field)
            later = moment_of(card, modifier, rng, moved)
            crops += [draw_view(card, moment, rng) for moment in (now, now, later)]
    return fingerprint(crops)


def pick(prints: Fingerprints, rows: np.ndarray) -> Fingerprints:
    return Fingerprints(prints.hashes[rows], prints.thumbs[rows], prints.sizes[rows])


def outcomes(seen: Fingerprints, new: Fingerprints) -> list[str]:
    """What each new card is when only some are seen."""
    cards = SeenCards()
    cards.add(seen)
    return [match.outcome for match in cards.nearest(new)]


def duplicates_by_hashes(seen: Fingerprints, new: Fingerprints) -> int:
    """How many a program would drop that looks at the hashes alone."""
    bits = np.bitwise_count(new.hashes[:, None] ^ seen.hashes[None])
    return int((bits <= HASHES_ALONE).all(axis=2).any(axis=1).sum())


def print_rendered(deck: Deck, seed: int) -> None:
    """The figures of one deck."""
    prints = draw_views(deck, seed)
    rows = np.arange(len(prints)).reshape(-1, len(MODIFIERS), len(VIEWS))
    print(f"\n{deck.name}: {len(rows)} cards, each in {len(MODIFIERS)} modifiers")
    _print_modifiers(prints, rows)
    _print_different(prints, rows)
    for view in (1, 2):
        found = Counter()
        by_modifier = {}
        for modifier, name in enumerate(MODIFIERS):
            pairs = [outcomes(pick(prints, r[:1]), pick(prints, r[view : view + 1]))[0] for r in rows[:, modifier]]
            by_modifier[name] = Counter(pairs)
            found.update(pairs)
        print(f"  {VIEWS[view]} views ({found.total()}): " + shares(found))
        for name, counts in by_modifier.items():
            print(f"    {name:<12} " + shares(counts))


def _print_modifiers(prints: Fingerprints, rows: np.ndarray) -> None:
    dropped = by_hashes = cases = 0
    for views in rows:
        for modifier in range(len(MODIFIERS)):
            seen = pick(prints, np.delete(views, modifier, axis=0)[:, 0])
            for view in (0, 1):
                new = pick(prints, views[modifier, view : view + 1])
                cases += len(seen)
                dropped += outcomes(seen, new)[0] == "duplicate"
                by_hashes += sum(duplicates_by_hashes(seen[n : n + 1], new) for n in range(len(seen)))
    print(f"  another modifier of a seen card: {dropped} of {cases} dropped as duplicates", end="; ")
    print(f"by the hashes alone (each within {HASHES_ALONE} bits) {by_hashes} ({by_hashes / cases:.1%})")


def _print_different(prints: Fingerprints, rows: np.ndarray) -> None:
    merged = by_hashes = 0
    for number, views in enumerate(track(rows, "Comparing cards")):
        others = pick(prints, np.delete(rows, number, axis=0)[..., 0].ravel())
        mine = pick(prints, views[:, :2].ravel())
        merged += outcomes(others, mine).count("duplicate")
        by_hashes += duplicates_by_hashes(others, mine)
    cases = rows[:, :, :2].size
    print(f"  a card when all others are seen in all modifiers: {merged} of {cases} merged as duplicates", end="; ")
    print(f"by the hashes alone {by_hashes} ({by_hashes / cases:.1%})")


def shares(counts: Counter[str]) -> str:
    """`duplicate 61.2 %, same group 33.0 %, ...`, and the sum of these two."""
    total = max(counts.total(), 1)
    told = ", ".join(f"{outcome} {100 * counts[outcome] / total:.1f} %" for outcome in OUTCOMES if counts[outcome])
    return f"{told}; one of the first two {100 * (counts['duplicate'] + counts['same group']) / total:.1f} %"


def print_real(folder: Path) -> None:
    """The figures of a folder of labelled crops, taken in as a capture would."""
    labels = read_dataset(folder)
    prints = fingerprint(load_image(folder / key) for key in track(labels, f"Reading {folder.name}"))
    truth = [(label.name, label.modifier) for label in labels.values()]
    print(f"\n{folder.name}: {len(truth)} pictures, {len({name for name, _ in truth})} names, {len(set(truth))} with modifiers")
    _print_real_modifiers(prints, truth)
    cards, kept, known = SeenCards(), [], set()
    repeated: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: Counter[str] = Counter()
    for row, key in enumerate(truth):
        match = cards.nearest(prints[row : row + 1])[0]
        if key in known:
            repeated[key[1]][match.outcome] += 1
        if match.place is not None and match.outcome in ("duplicate", "same group") and kept[match.place] != key:
            wrong[f"{match.outcome}, another {'modifier' if kept[match.place][0] == key[0] else 'card'}"] += 1
        if match.outcome != "duplicate":
            cards.add(prints[row : row + 1])
            kept.append(key)
        known.add(key)
    every: Counter[str] = sum(repeated.values(), Counter())
    print(f"  views of what was seen before ({every.total()}): " + shares(every))
    for name in MODIFIERS:
        if name in repeated:
            print(f"    {name:<12} {repeated[name].total():>5}  " + shares(repeated[name]))
    print("  put together wrongly: " + (", ".join(f"{count} {what}" for what, count in wrong.items()) or "none"))
    print(f"  saved {len(cards)} of {len(truth)}")


def _print_real_modifiers(prints: Fingerprints, truth: Sequence[tuple[str, str]]) -> None:
    rows: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, (name, modifier) in enumerate(truth):
        rows[name][modifier].append(row)
    cases = dropped = 0
    for by_modifier in rows.values():
        for modifier, some in by_modifier.items():
            others = [row for other, those in by_modifier.items() if other != modifier for row in those]
            if others:
                found = outcomes(pick(prints, np.array(others)), pick(prints, np.array(some)))
                cases += len(some) * len(others)
                dropped += found.count("duplicate")
    print(f"  another modifier of a seen card: {dropped} dropped as duplicates, {cases} pairs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deck", type=Path, nargs="+", default=[])
    parser.add_argument("--real", type=Path, nargs="+", default=[])
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    for deck in [draw_demo_deck(), *map(load_deck, args.deck)]:
        print_rendered(deck, args.seed)
    for folder in args.real:
        print_real(folder)


if __name__ == "__main__":
    main()
