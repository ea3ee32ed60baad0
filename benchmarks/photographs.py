"""How well cards are found on photographs: drawn ones of real cards, with true corners, in eight kinds.

    python benchmarks/photographs.py --cards DIR [--locator X.onnx] [--refiner Y.onnx] [--rough] [--num 320]

DIR holds pictures of cards (scans, one card each, cut at its edges; none is part of this project). The photographs are drawn by
this script alone, with nothing of what training draws with: grounds of spectral noise, planks and checks of its own, fingers as
thick strokes. A card counts as found when a quad covers it with IoU of at least 0.5, best first, one to one. The corners' error
is the mean distance of the four corners, begun at whichever fits best, in percent of the card's height; its median and 90th
percentile are over the cards found. Without --locator and --refiner the package's own are
measured, at the threshold of its weights.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from balatro.config.model_files import LOCATOR_FILE, PACKAGE_ABOUT, REFINER_FILE
from balatro.config.paths import package_weights
from balatro.identify_card.judge.intervals import count_interval, share_interval
from balatro.render.sheet import write_sheet
from balatro.runtime.locator import Locator
from balatro.runtime.refiner import Refiner
from balatro.utils.files import read_json
from balatro.utils.images import find_images, load_image
from balatro.utils.progress import track

SEED = 20_261_129
SIZES = ((1280, 960), (960, 1280), (1000, 1000), (1280, 720), (720, 1280), (1600, 1200))
SAME = 0.5
"""IoU from which on a quad has found a card."""
CELL, COLUMNS, ROWS = 300, 8, 4

Rng = np.random.Generator


@dataclass(eq=False)
class Scene:
    """A photograph being drawn: image (H, W, 3) float32 RGB, the corners (4, 2) of its cards, and the pictures they show."""

    image: np.ndarray
    quads: list[np.ndarray] = field(default_factory=list)
    cards: list[np.ndarray] = field(default_factory=list)


@dataclass
class Count:
    """What was found of one kind."""

    pictures: int = 0
    cards: int = 0
    false: int = 0
    errors: list[float] = field(default_factory=list)

    def add(self, other: Count) -> None:
        self.pictures += other.pictures
        self.cards += other.cards
        self.false += other.false
        self.errors += other.errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=Path, required=True, help="folder of pictures of cards")
    parser.add_argument("--locator", type=Path, help="locator.onnx; the package's own where not given")
    parser.add_argument("--refiner", type=Path, help="refiner.onnx; the package's own where not given")
    parser.add_argument("--rough", action="store_true", help="the locator alone, without fitted corners")
    parser.add_argument("--threshold", type=float, help="that of the package's weights where not given")
    parser.add_argument("--num", type=int, default=320, help="photographs, as many of each kind as can be")
    parser.add_argument("--sheet", type=Path, help="PNG of the first photographs, with what was found")
    args = parser.parse_args()
    about = read_json(package_weights() / PACKAGE_ABOUT)
    path = args.locator or package_weights() / LOCATOR_FILE
    locator = Locator(path, 1, args.threshold or float(about["locator"]["threshold"]))
    refiner = None if args.rough else Refiner(args.refiner or package_weights() / REFINER_FILE, 1)
    cards = [load_image(card) for card in find_images([args.cards])[0]]
    counts = {kind: Count() for kind in KINDS}
    shown: list[np.ndarray] = []
    for number in track(range(args.num), "Photographs"):
        kind = list(KINDS)[number % len(KINDS)]
        scene, picture = draw(kind, cards, number)
        found = [thing.quad for thing in (locator.find(picture) if refiner is None else refiner.find(picture, locator))]
        counts[kind].add(judge(scene.quads, found))
        if len(shown) < COLUMNS * ROWS:
            shown.append(marked(picture, scene.quads, found))
    tell(path, counts)
    if args.sheet is not None:
        write_sheet(sheet(shown), args.sheet)


# Judging.


def judge(truth: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> Count:
    """One photograph's cards against what was found."""
    taken = matched(truth, found)
    errors = [corner_error(truth[i], found[j]) for i, j in taken.items()]
    return Count(1, len(truth), len(found) - len(taken), errors)


def matched(truth: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> dict[int, int]:
    """{card: find}, one to one, best first."""
    pairs = sorted(((overlap(t, f), i, j) for i, t in enumerate(truth) for j, f in enumerate(found)), reverse=True)
    taken: dict[int, int] = {}
    for value, i, j in pairs:
        if value >= SAME and i not in taken and j not in taken.values():
            taken[i] = j
    return taken


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two convex quads (4, 2)."""
    shared, _ = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))
    both = cv2.contourArea(one.astype(np.float32)) + cv2.contourArea(other.astype(np.float32))
    return float(shared / max(both - shared, 1e-6))


def corner_error(true: np.ndarray, found: np.ndarray) -> float:
    """Mean distance of the corners, in percent of the card's height."""
    height = (np.linalg.norm(true[3] - true[0]) + np.linalg.norm(true[2] - true[1])) / 2
    ways = [np.linalg.norm(np.roll(found, turn, axis=0) - true, axis=1).mean() for turn in range(4)]
    return float(100 * min(ways) / height)


def tell(path: Path, counts: dict[str, Count]) -> None:
    """Print a row a kind."""
    table = Table(title=f"{path.parent.name}/{path.name}", title_justify="left")
    for name in ("", "pictures", "cards", "found %", "95 %", "false in 100 pictures", "95 %", "corners off %: median", "90th"):
        table.add_column(name, justify="left" if not name else "right")
    total = Count()
    for count in counts.values():
        total.add(count)
    for kind, count in (*counts.items(), ("all", total)):
        low, high = share_interval(len(count.errors), count.cards)
        less, more = (100 * bound / max(count.pictures, 1) for bound in count_interval(count.false))
        ends = np.percentile(count.errors, (50, 90)) if count.errors else (np.nan, np.nan)
        table.add_row(
            *(kind, str(count.pictures), str(count.cards), f"{100 * len(count.errors) / max(count.cards, 1):.1f}"),
            *(f"{100 * low:.1f} to {100 * high:.1f}", f"{100 * count.false / max(count.pictures, 1):.1f}"),
            *(f"{less:.1f} to {more:.1f}", f"{ends[0]:.2f}", f"{ends[1]:.2f}"),
        )
    Console(width=130).print(table)


# Drawing.


def draw(kind: str, cards: Sequence[np.ndarray], number: int) -> tuple[Scene, np.ndarray]:
    """The photograph of this number: its truth, and the picture (H, W, 3) uint8 RGB."""
    rng = np.random.default_rng([SEED, number])
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    scene = Scene(GROUNDS[int(rng.integers(len(GROUNDS)))](width, height, rng))
    KINDS[kind](scene, cards, rng)
    return scene, finish(scene.image, rng, dim=kind == "dim")


def noise(width: int, height: int, rng: Rng, power: float) -> np.ndarray:
    """(H, W) float32 of 0..1: noise whose spectrum falls with this power of the frequency."""
    size = 256
    x, y = np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size))
    far = np.maximum(np.hypot(x, y), 1 / size)
    waves = (rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))) / far**power
    field_ = np.real(np.fft.ifft2(waves)).astype(np.float32)
    low, high = np.percentile(field_, (1, 99))
    field_ = np.clip((field_ - low) / (high - low), 0, 1)
    return np.asarray(cv2.resize(field_, (width, height), interpolation=cv2.INTER_CUBIC))


def two_colours(value: np.ndarray, rng: Rng) -> np.ndarray:
    """(H, W) of 0..1 as a run between two colours that lie near each other."""
    first = rng.uniform(10, 240, 3)
    second = np.clip(first * rng.uniform(0.5, 1.5) + rng.normal(0, 25, 3), 0, 255)
    return (first + (second - first) * value[..., None]).astype(np.float32)


def smooth_ground(width: int, height: int, rng: Rng) -> np.ndarray:
    return two_colours(noise(width, height, rng, float(rng.uniform(1.0, 2.0))), rng)


def planks(width: int, height: int, rng: Rng) -> np.ndarray:
    lines = cv2.resize(noise(8, height, rng, 0.6), (width, height))
    image = two_colours(np.clip(0.6 * lines + 0.4 * noise(width, height, rng, 1.6), 0, 1), rng)
    image *= np.array([1.1, 0.9, 0.7], np.float32)
    for x in range(int(rng.integers(0, 200)), width, int(rng.integers(150, 500))):
        image[:, x : x + 3] *= 0.5
    return image


def checks(width: int, height: int, rng: Rng) -> np.ndarray:
    step = int(rng.integers(20, 120))
    y, x = np.mgrid[0:height, 0:width]
    value = ((x // step + y // step) % 2).astype(np.float32) * 0.7 + 0.3 * noise(width, height, rng, 1.2)
    return two_colours(value, rng)


def fabric(width: int, height: int, rng: Rng) -> np.ndarray:
    grain = rng.normal(0.5, 0.15, (height, width)).astype(np.float32)
    return two_colours(np.clip(cv2.GaussianBlur(grain, (0, 0), 0.8) * 0.5 + noise(width, height, rng, 2.0) * 0.5, 0, 1), rng)


def colours(width: int, height: int, rng: Rng) -> np.ndarray:
    """Three fields of noise: a mat with a picture."""
    return np.dstack([noise(width, height, rng, 1.5) * 255 for _ in range(3)]).astype(np.float32)


GROUNDS = (smooth_ground, planks, checks, fabric, colours)


def place(
    card: np.ndarray, middle: np.ndarray, height: float, turn: float = 0.0, tilt: float = 0.0, axis: float = 0.0
) -> np.ndarray:
    """Corners (4, 2) of a card of this height in pixels, turned on the table, then tilted about an axis through its middle."""
    half = np.array([height * card.shape[1] / card.shape[0] / 2, height / 2])
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    turned = flat @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    about, _ = cv2.Rodrigues(np.array([np.cos(axis), np.sin(axis), 0.0]) * tilt)
    space = np.c_[turned, np.zeros(4)] @ about.T
    away = 3 * height
    return np.asarray(space[:, :2] * (away / (away + space[:, 2:])) + middle, np.float32)


def lay(scene: Scene, card: np.ndarray, quad: np.ndarray, rng: Rng) -> None:
    """A card with round corners and a soft shadow."""
    image = scene.image
    height, width = image.shape[:2]
    tall = float(np.linalg.norm(quad[3] - quad[0]))
    factor = min(1.0, 1.3 * tall / card.shape[0])
    small = cv2.resize(card, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    rows, columns = small.shape[:2]
    mask = np.zeros((rows, columns), np.uint8)
    radius = max(round(0.045 * columns), 1)
    cv2.rectangle(mask, (radius, radius), (columns - 1 - radius, rows - 1 - radius), 255, -1)
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - np.float32(0.5)
    turn = cv2.getPerspectiveTransform(corners, quad - np.float32(0.5))
    alpha = cv2.warpPerspective(mask, turn, (width, height)).astype(np.float32) / 255
    shift = np.array([[1, 0, rng.uniform(-6, 6)], [0, 1, rng.uniform(2, 8)]], np.float32)
    fall = cv2.GaussianBlur(cv2.warpAffine(alpha, shift, (width, height)), (0, 0), float(rng.uniform(2, 7)))
    image *= (1 - np.float32(rng.uniform(0.2, 0.6)) * fall)[..., None]
    laid = cv2.warpPerspective(small, turn, (width, height), borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    image += (laid - image) * alpha[..., None]
    scene.quads.append(quad)
    scene.cards.append(card)


def alone(scene: Scene, cards: Sequence[np.ndarray], rng: Rng, turned: bool = False, tilted: bool = False) -> np.ndarray:
    """One card, anywhere where all of it shows; its corners."""
    card = cards[int(rng.integers(len(cards)))]
    height, width = scene.image.shape[:2]
    tall = min(height, width) * float(np.exp(rng.uniform(np.log(0.15), np.log(0.95))))
    turn = float(rng.uniform(0, 2 * np.pi)) if turned else float(rng.normal(0, 0.04))
    tilt, axis = (np.radians(rng.uniform(20, 55)), float(rng.uniform(0, 2 * np.pi))) if tilted else (0.0, 0.0)
    middle = np.zeros(2, np.float32)
    quad = place(card, middle, tall, turn, float(tilt), axis)
    quad *= min(1.0, 0.97 * float((np.array([width, height]) / np.ptp(quad, axis=0)).min()))
    low, high = -quad.min(0), np.array([width, height]) - quad.max(0)
    quad = quad + rng.uniform(low, np.maximum(high, low)).astype(np.float32)
    return finish_laying(scene, card, quad.astype(np.float32), rng)


def finish_laying(scene: Scene, card: np.ndarray, quad: np.ndarray, rng: Rng) -> np.ndarray:
    lay(scene, card, quad, rng)
    return quad


def flat(scene: Scene, cards: Sequence[np.ndarray], rng: Rng) -> None:
    alone(scene, cards, rng)


def turned(scene: Scene, cards: Sequence[np.ndarray], rng: Rng) -> None:
    alone(scene, cards, rng, turned=True)


def tilted(scene: Scene, cards: Sequence[np.ndarray], rng: Rng) -> None:
    alone(scene, cards, rng, turned=bool(rng.random() < 0.5), tilted=True)


def sleeve(scene: Scene, cards: Sequence[np.ndarray], rng: Rng) -> None:
    """A card in a sleeve with a rim, a veil and a line of light."""
    below = scene.image.copy()
    quad = alone(scene, cards, rng, turned=bool(rng.random() < 0.5))
    middle = quad.mean(0)
    outer = middle + (quad - middle) * (1 + rng.uniform(0.05, 0.14))
    rim = np.zeros(scene.image.shape[:2], np.uint8)
    cv2.fillConvexPoly(rim, np.round(outer).astype(np.int32), 255, cv2.LINE_AA)
    inner = np.zeros_like(rim)
    cv2.fillConvexPoly(inner, np.round(quad).astype(np.int32), 255, cv2.LINE_AA)
    border = np.clip(rim.astype(np.float32) - inner, 0, 255)[..., None] / 255
    tone = rng.uniform(0, 255, 3) if rng.random() < 0.5 else np.full(3, 230.0)
    hides = float(rng.uniform(0.15, 1.0))
    rimmed = below + (tone.astype(np.float32) - below) * np.float32(hides)
    scene.image += (rimmed - scene.image) * border
    scene.image += (np.float32(235) - scene.image) * (inner[..., None] / np.float32(255)) * np.float32(rng.uniform(0.02, 0.2))
    streak(scene.image, quad, rng, float(rng.uniform(0.1, 0.5)))


def streak(image: np.ndarray, quad: np.ndarray, rng: Rng, strength: float) -> None:
    """A band of light across a quad."""
    band = np.zeros(image.shape[:2], np.float32)
    inside = np.zeros(image.shape[:2], np.float32)
    cv2.fillConvexPoly(inside, np.round(quad).astype(np.int32), 1.0)
    one, other = quad[0] + (quad[1] - quad[0]) * rng.random(), quad[3] + (quad[2] - quad[3]) * rng.random()
    wide = max(round(float(np.linalg.norm(quad[1] - quad[0]) * rng.uniform(0.03, 0.2))), 1)
    cv2.line(band, np.round(one).astype(int).tolist(), np.round(other).astype(int).tolist(), 1.0, wide)
    band = cv2.GaussianBlur(band, (0, 0), max(wide / 3, 1)) * inside * np.float32(strength)
    image += (np.float32(255) - image) * band[..., None]


def glare(scene: Scene, cards: Sequence[np.ndarray], rng: Rng) -> None:
    """White spots on the card, and a band."""
    quad = alone(scene, cards, rng, turned=bool(rng.random() < 0.5))
    spots = np.zeros(scene.image.shape[:2], np.float32)
    side = float(np.linalg.norm(quad[1] - quad[0]))
    for _ in range(int(rng.integers(1, 4))):
        x, y = quad.mean(0) + rng.normal(0, 0.35, 2) * side
        radius = side * float(rng.uniform(0.05, 0.25))
        cv2.circle(spots, (round(float(x)), round(float(y))), max(round(radius), 1), 1.0, -1)
    soft = cv2.GaussianBlur(spots, (0, 0), max(side * 0.06, 1.0))
    scene.image += np.float32(rng.uniform(150, 400)) * soft[..., None]
    streak(scene.image, quad, rng, float(rng.uniform(0.4, 0.9)))


def hand(scene: Scene, cards: Sequence[np.ndarray], rng: Rng) -> None:
    """A card held over something out of focus, a thumb and fingers over its edges."""
    scene.image = cv2.GaussianBlur(scene.image, (0, 0), float(rng.uniform(4, 20)))
    quad = alone(scene, cards, rng, turned=bool(rng.random() < 0.4), tilted=bool(rng.random() < 0.4))
    flesh = np.array([225, 175, 145]) * rng.uniform(0.4, 1.1) + rng.normal(0, 8, 3)
    side = int(rng.integers(4))
    one, other = quad[side], quad[(side + 1) % 4]
    out = np.array([other[1] - one[1], one[0] - other[0]])
    out = out / max(float(np.linalg.norm(out)), 1e-3)
    wide = float(np.linalg.norm([quad[1] - quad[0], quad[2] - quad[1]], axis=1).min() * rng.uniform(0.18, 0.33))
    for share in rng.uniform(0.05, 0.95, int(rng.integers(1, 4))).tolist():
        root = one + (other - one) * share
        tip = root - out * wide * rng.uniform(0.3, 1.2)
        end = root + out * wide * 4 + rng.normal(0, wide, 2)
        finger(scene.image, tip, end, wide, flesh)


def finger(image: np.ndarray, tip: np.ndarray, end: np.ndarray, wide: float, flesh: np.ndarray) -> None:
    """A thick stroke with round ends, darker at its sides."""
    mask = np.zeros(image.shape[:2], np.float32)
    start, stop = np.round(np.stack([tip, end])).astype(int).tolist()
    cv2.line(mask, start, stop, 1.0, max(round(wide), 2), cv2.LINE_AA)
    high = cv2.GaussianBlur(mask, (0, 0), max(wide * 0.25, 1.0))
    image += (flesh.astype(np.float32) * (0.45 + 0.6 * high[..., None]) - image) * mask[..., None]


def rows(scene: Scene, cards: Sequence[np.ndarray], rng: Rng) -> None:
    """Rows of cards, or a loose spread; sometimes each covers a part of the next."""
    height, width = scene.image.shape[:2]
    columns, lines = int(rng.integers(2, 6)), int(rng.integers(1, 4))
    tall = min(height / lines * 0.85, width / columns * 1.3)
    loose = float(rng.choice([0.01, 0.15]))
    near = float(rng.choice([1.0, 0.75]))
    for row in range(lines):
        for column in range(columns):
            middle = np.array([width * (0.5 + (column - (columns - 1) / 2) / columns * near), height * (row + 0.5) / lines])
            card = cards[int(rng.integers(len(cards)))]
            lay(scene, card, place(card, middle, tall, float(rng.normal(0, loose))), rng)


def dim(scene: Scene, cards: Sequence[np.ndarray], rng: Rng) -> None:
    alone(scene, cards, rng, turned=bool(rng.random() < 0.5))


Kind = Callable[[Scene, Sequence[np.ndarray], Rng], None]
KINDS: dict[str, Kind] = {
    "flat": flat,
    "turned": turned,
    "tilted": tilted,
    "sleeve": sleeve,
    "glare": glare,
    "hand": hand,
    "rows": rows,
    "dim": dim,
}


def finish(image: np.ndarray, rng: Rng, dim: bool) -> np.ndarray:
    """Light from a side, white balance, noise, a little blur, JPEG."""
    _height, width = image.shape[:2]
    ramp = np.linspace(1, float(rng.uniform(0.6, 1.0)), width, dtype=np.float32)[None, :, None]
    image = image * (ramp if rng.random() < 0.5 else ramp[:, ::-1]) * np.exp(rng.normal(0, 0.07, 3)).astype(np.float32)
    image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.4, 1.6)))
    if dim:
        image = image * np.array([1.15, 1, 0.75], np.float32) * np.float32(rng.uniform(0.2, 0.45))
    image = image + rng.normal(0, 7 if dim else 2.5, image.shape).astype(np.float32)
    done, data = cv2.imencode(
        ".jpg", np.clip(image, 0, 255).astype(np.uint8), (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 95)))
    )
    assert done
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))


# The sheet.


def marked(picture: np.ndarray, truth: Sequence[np.ndarray], found: Sequence[np.ndarray]) -> np.ndarray:
    """The picture in a cell: true corners green, found ones red."""
    factor = CELL / max(picture.shape[:2])
    cell = np.zeros((CELL, CELL, 3), np.uint8)
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    for quads, colour in ((truth, (0, 255, 0)), (found, (255, 40, 40))):
        for quad in quads:
            cv2.polylines(small, [np.round(quad * factor).astype(np.int32)], True, colour, 1, cv2.LINE_AA)
    cell[: small.shape[0], : small.shape[1]] = small[:CELL, :CELL]
    return cell


def sheet(cells: Sequence[np.ndarray]) -> np.ndarray:
    blank = [np.zeros((CELL, CELL, 3), np.uint8)] * (-len(cells) % COLUMNS)
    every = [*cells, *blank]
    return np.vstack([np.hstack(every[start : start + COLUMNS]) for start in range(0, len(every), COLUMNS)])


if __name__ == "__main__":
    main()
