"""How exactly `balatro watch --pile` counts: drawn videos of piles that grow under a webcam, whose truth is known.

    python benchmarks/piles.py [--cards DIR] [--piles 8] [--length 12] [--video OUT.mp4]

DIR holds pictures of cards (scans, one card each, named); without it 30 printed cards are drawn, which no network of the
package has seen. The model is made of these pictures alone, as `balatro gallery new` does it. In each video a hand brings
card after card to one place, lays it there askew and goes; one card in six is a copy of the one that lies there, one in six a
copy of an earlier one. After some cards the hand comes once more, rests upon the pile and goes without having laid anything.
The hand is quick, or takes twice the time; the camera gives ten frames a second, and each is looked at. The time a frame is
that of looking, on one thread.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from balatro.gallery.references.make import make_reference_bundle
from balatro.gallery.references.read import read_references
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.watch.pile.count import Pile
from balatro.identify_card.watch.watch import Frame, Look, watch
from balatro.render.photos.grounds import draw_ground
from balatro.render.photos.hands import draw_finger, skin
from balatro.render.photos.lay import Photo, lay_card, shadow
from balatro.render.photos.prints import draw_print
from balatro.utils.images import load_image, write_png
from balatro.utils.progress import track

SEED = 4_400_017
"""Of the drawn cards; training draws others."""
SIZE = (1280, 720)
FPS = 10.0
COPY, EARLIER, EMPTY_HAND = 1 / 6, 1 / 6, 0.25
"""How often a card is a copy of the uppermost, or of an earlier one; and how often the hand comes without a card."""

Rng = np.random.Generator


@dataclass
class Scene:
    """A pile in the making."""

    rng: Rng
    ground: np.ndarray
    cards: list[np.ndarray]
    """(h, w, 3) uint8 RGB."""
    tall: float
    """Pixels of a card's height."""
    skin: np.ndarray
    noise: np.ndarray
    """(720, 1280, 3) float32, of the camera; shifted for each frame."""
    quads: list[tuple[int, np.ndarray]] = field(default_factory=list)
    """What lies there: a card, and its corners (4, 2)."""

    def quad(self, card: int, x: float, y: float, turn: float) -> np.ndarray:
        """(4, 2) float32 corners of a card whose middle lies there."""
        height, width = self.cards[card].shape[:2]
        half = np.array([self.tall * width / height, self.tall]) / 2
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
        spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        return np.asarray(corners @ spin + (x, y), np.float32)

    def draw(
        self, carried: tuple[int, np.ndarray] | None = None, hand: np.ndarray | None = None, lowest: int = -3
    ) -> np.ndarray:
        """A frame (720, 1280, 3) uint8. hand: where its fingers' tips are; lowest: the first card of the pile that may show."""
        photo = Photo(self.ground.copy(), np.full(self.ground.shape[:2], -1, np.int16))
        for card, quad in [*self.quads[lowest:], *([carried] if carried else [])]:
            shadow(photo, quad, np.array([3.0, 4.0]), 4.0, 0.3)
            lay_card(photo, np.dstack([self.cards[card], np.full(self.cards[card].shape[:2], 255, np.uint8)]), quad, 0)
        if hand is not None:
            fixed = np.random.default_rng(7)
            for offset in (-0.28, -0.05, 0.2):
                tip = hand + np.array([0, offset * self.tall])
                draw_finger(photo.image, photo.owner, tip, np.array([1.0, 0.15]), self.tall * 0.16, self.skin, fixed)
        noise = np.roll(self.noise, tuple(self.rng.integers(0, 700, 2)), (0, 1))
        light = np.float32(1 + self.rng.normal(0, 0.01))
        return np.clip(photo.image * light + noise, 0, 255).astype(np.uint8)


def film(cards: list[np.ndarray], length: int, rng: Rng, slow: int) -> tuple[list[int], Iterator[np.ndarray]]:
    """Which cards are laid, and the frames. slow: how many times longer than of a quick hand each step takes."""
    noise = rng.normal(0, 3, (*SIZE[::-1], 3)).astype(np.float32)
    scene = Scene(rng, draw_ground(*SIZE, rng), cards, float(rng.uniform(260, 430)), skin(rng), noise)
    order: list[int] = []
    for _ in range(length):
        kind = rng.random()
        again = order[-1] if order and kind < COPY else int(rng.choice(order)) if order and kind < COPY + EARLIER else -1
        order.append(again if again >= 0 else int(rng.integers(len(cards))))
    return order, _frames(scene, order, slow)


def _frames(scene: Scene, order: Sequence[int], slow: int) -> Iterator[np.ndarray]:
    rng = scene.rng
    middle = np.array(SIZE) / 2 + rng.normal(0, 40, 2)
    base = float(rng.uniform(0, 6.283))
    yield from (scene.draw() for _ in range(5))
    for card in order:
        x, y = middle + rng.normal(0, 0.05 * scene.tall, 2)
        turn = base + float(rng.normal(0, 0.07))
        start = np.array([SIZE[0] + scene.tall * 0.5, y + rng.normal(0, 80)])
        for share in np.linspace(0, 1, 5 * slow):
            at = start + (np.array([x, y]) - start) * share
            quad = scene.quad(card, at[0], at[1], turn + (1 - share) * 0.4)
            yield scene.draw((card, quad), at + np.array([scene.tall * 0.25, 0]))
        scene.quads.append((card, scene.quad(card, x, y, turn)))
        yield from _hand_leaves(scene, np.array([x + scene.tall * 0.25, y]), slow)
        yield from (scene.draw() for _ in range(7 * slow))
        if rng.random() < EMPTY_HAND:
            yield from (scene.draw(None, np.array([x - scene.tall * 0.1, y])) for _ in range(8 * slow))
            yield from _hand_leaves(scene, np.array([x, y]), slow)
            yield from (scene.draw() for _ in range(6 * slow))


def _hand_leaves(scene: Scene, start: np.ndarray, slow: int) -> Iterator[np.ndarray]:
    for share in np.linspace(0, 1, 4 * slow):
        yield scene.draw(None, start + (SIZE[0] + 200 - start[0], 0) * np.array(share))


def references(folder: Path | None, place: Path) -> Path:
    """The pictures of the cards: those of a folder, or drawn ones."""
    if folder is not None:
        return folder
    for number in range(30):
        write_png(place / f"Card {number:02}.png", draw_print(SEED, number * 4, 480)[..., :3])
    return place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=Path, help="folder of pictures of cards, named")
    parser.add_argument("--piles", type=int, default=8)
    parser.add_argument("--length", type=int, default=12, help="cards of a pile")
    parser.add_argument("--video", type=Path, help="the first video, to look at")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        pictures = read_references(references(args.cards, Path(place) / "cards")).references
        model = Path(place) / "pile"
        make_reference_bundle(pictures, model)
        recognizer = Recognizer.load(model, 1)
        cards = [load_image(one.path) for one in pictures]
        names = [one.name for one in pictures]
    table = Table(title=f"Piles of {args.length} cards, {args.piles} videos a row")
    for column in ("hand", "laid", "counted", "missed", "twice or wrong", "ms a frame"):
        table.add_column(column, justify="left" if column == "hand" else "right")
    for label, slow in (("quick, a card in 2 s", 1), ("slow, a card in 4 s", 2)):
        laid = counted = missed = extra = 0
        spent, frames = 0.0, 0
        for number in track(range(args.piles), label):
            order, shown = film(cards, args.length, np.random.default_rng([SEED, number]), slow)
            if args.video is not None and number == 0 and slow == 1:
                shown = write_video(args.video, list(shown))
            found, looked, seconds = count(recognizer, shown)
            truth = Counter(names[card] for card in order)
            laid, counted = laid + len(order), counted + found.total()
            missed, extra = missed + (truth - found).total(), extra + (found - truth).total()
            spent, frames = spent + seconds, frames + looked
        table.add_row(label, str(laid), str(counted), str(missed), str(extra), f"{1000 * spent / frames:.0f}")
    Console().print(table)


def count(recognizer: Recognizer, frames: Iterable[np.ndarray]) -> tuple[Counter[str], int, float]:
    """How often each name was counted, the frames, and the seconds that looking at them took."""
    pile, found, drawing = Pile(), Counter[str](), 0.0

    def see(look: Look, _: object) -> None:
        found.update(card.name or "" for card in pile.see(look.shown, look.frame.seconds))

    def timed() -> Iterator[Frame]:
        nonlocal drawing
        since = time.perf_counter()
        for number, frame in enumerate(frames):
            drawing += time.perf_counter() - since
            yield Frame(frame, number / FPS)
            since = time.perf_counter()

    began = time.perf_counter()
    stats = watch(timed(), lambda event: None, recognizer, on_look=see)
    return found, stats.frames, time.perf_counter() - began - drawing


def write_video(path: Path, frames: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
    """Write frames, and give them back."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, SIZE)
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return frames


if __name__ == "__main__":
    main()
