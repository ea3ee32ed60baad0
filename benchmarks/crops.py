"""Crops of labelled screens at random edges and sizes, read as they are: right answers over card height and over place.

    python benchmarks/crops.py FRAMES --model game [--num 3] [--plot crops.png]

A crop's truth follows from what is read on the whole screen: its known cards, those of which at least 60 % lie in the crop.
A card is right when a find overlaps it by half (intersection over union) with the same name and modifier. The crop is resized
to 200 to 1080 pixels' height; its cards are 5 to 90 % of its height, wherever they lie, and at least 24 pixels high.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from balatro.identify_card.card import Card
from balatro.identify_card.recognizer import Recognizer
from balatro.utils.images import find_images, load_image
from balatro.utils.progress import track

HEIGHTS = (0.05, 0.08, 0.12, 0.18, 0.27, 0.4, 0.6, 0.9)
SHOWN = 0.6
EDGES = 5


def box_of(card: Card) -> np.ndarray:
    return np.array(card.box, float)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Area that two boxes share."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    return float(sides.prod()) if (sides > 0).all() else 0.0


def area(box: np.ndarray) -> float:
    return float((box[2:] - box[:2]).prod())


def random_crop(cards: list[Card], size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Left, top, right, bottom around one of the cards, or the screen on a larger page where cards are to be very small."""
    card = box_of(cards[int(rng.integers(len(cards)))])
    tall = (card[3] - card[1]) / float(np.exp(rng.uniform(*np.log((HEIGHTS[0], HEIGHTS[-1])))))
    wide = tall * float(rng.uniform(0.6, 2.2))
    left = rng.uniform(card[2] - wide, card[0])
    top = rng.uniform(card[3] - tall, card[1])
    return np.array([left, top, left + wide, top + tall])


def cut(picture: np.ndarray, crop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The crop, on a grey page where it reaches over the screen; and its box in whole pixels."""
    height, width = picture.shape[:2]
    crop = np.round(crop).astype(int)
    page = np.full((crop[3] - crop[1], crop[2] - crop[0], 3), 40, np.uint8)
    low, high = np.maximum(crop[:2], 0), np.minimum(crop[2:], (width, height))
    part = picture[low[1] : high[1], low[0] : high[0]]
    x, y = low - crop[:2]
    page[y : y + part.shape[0], x : x + part.shape[1]] = part
    return page, crop.astype(float)


def score(
    recognizer: Recognizer, picture: np.ndarray, whole: list[Card], rng: np.random.Generator
) -> tuple[list[list[float]], int]:
    """Rows of height share, x, y (shares of the crop) and right (0 or 1), and how many false names there are."""
    page, crop = cut(picture, random_crop(whole, picture.shape[1::-1], rng))
    factor = float(rng.uniform(200, 1080)) / page.shape[0]
    factor = min(factor, 2.0, (4_000_000 / (page.shape[0] * page.shape[1])) ** 0.5)
    shown = cv2.resize(page, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    found = [(box_of(card) / factor, card) for card in recognizer.identify(shown) if card.known]
    size = crop[2:] - crop[:2]
    rows, used = [], set()
    for card in whole:
        box = box_of(card) - np.tile(crop[:2], 2)
        inside = np.concatenate([np.maximum(box[:2], 0), np.minimum(box[2:], size)])
        if (inside[2:] <= inside[:2]).any():
            continue
        shares = [overlap(inside, other) / (area(inside) + area(other) - overlap(inside, other)) for other, _ in found]
        best = int(np.argmax(shares)) if shares and max(shares) >= 0.5 else None
        if best is not None:
            used.add(best)
        if area(inside) < SHOWN * area(box) or (box[3] - box[1]) * factor < 24:
            continue  # hardly there, or too few pixels to read
        right = best is not None and (found[best][1].id, found[best][1].modifier) == (card.id, card.modifier)
        rows.append([(box[3] - box[1]) / size[1], *((inside[:2] + inside[2:]) / 2 / size), float(right)])
    return rows, len(found) - len(used)


def plot(rows: np.ndarray, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    middles = [(a * b) ** 0.5 for a, b in pairwise(HEIGHTS)]
    left.plot(middles, [100 * v for v, _ in by_height(rows)], "o-", color="#2a6f97")
    left.set(xscale="log", xlabel="card height, share of the picture's", ylabel="name and modifier right, %", ylim=(0, 101))
    left.set_xticks(HEIGHTS, [f"{100 * h:.0f} %" for h in HEIGHTS])
    left.minorticks_off()
    left.grid(alpha=0.3)
    table = 100 * by_place(rows)
    shown = right.imshow(table, vmin=0, vmax=100, cmap="viridis")
    for y, x in np.ndindex(table.shape):
        right.text(x, y, f"{table[y, x]:.1f}", ha="center", va="center", color="black" if table[y, x] > 60 else "white")
    right.set(title="over the place of the card's middle", xticks=[], yticks=[])
    figure.colorbar(shown, label="%")
    figure.savefig(path, dpi=110)


def by_height(rows: np.ndarray) -> list[tuple[float, int]]:
    """Share right and number of cards between each two of HEIGHTS."""
    bins = [rows[(rows[:, 0] >= low) & (rows[:, 0] < high), 3] for low, high in pairwise(HEIGHTS)]
    return [(float(values.mean()) if len(values) else float("nan"), len(values)) for values in bins]


def by_place(rows: np.ndarray) -> np.ndarray:
    """(EDGES, EDGES) share right over the picture."""
    cells = np.minimum((rows[:, 1:3] * EDGES).astype(int), EDGES - 1)
    return np.array([[rows[(cells == (x, y)).all(1), 3].mean() for x in range(EDGES)] for y in range(EDGES)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("frames")
    parser.add_argument("--model", default="game")
    parser.add_argument("--num", type=int, default=3, help="crops a screen")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    recognizer, rng = Recognizer.load(arguments.model), np.random.default_rng(arguments.seed)
    all_rows, false, crops = [], 0, 0
    for path in track(find_images([arguments.frames])[0], "Reading crops"):
        picture = load_image(path)
        whole = [card for card in recognizer.identify(picture) if card.known]
        for _ in range(arguments.num if whole else 0):
            rows, wrong = score(recognizer, picture, whole, rng)
            all_rows, false, crops = all_rows + rows, false + wrong, crops + 1
    rows = np.array(all_rows)
    right, wrong = 100 * rows[:, 3].mean(), 100 * false / len(rows)
    print(f"{crops} crops, {len(rows)} cards: {right:.2f} % right; {wrong:.2f} false names in 100 cards")
    for low, high, (share, number) in zip(HEIGHTS, HEIGHTS[1:], by_height(rows), strict=False):
        print(f"  height {100 * low:3.0f} to {100 * high:3.0f} %: {100 * share:6.2f} % of {number}")
    for line in by_place(rows):
        print("  place  " + "  ".join(f"{100 * share:6.2f}" for share in line))
    if arguments.plot:
        plot(rows, arguments.plot)


if __name__ == "__main__":
    main()
