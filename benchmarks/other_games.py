"""What a model of another game made of pictures costs and how well it names them, without training.

    python benchmarks/other_games.py REFS [--strangers DIR] [--sizes 10000 100000] [--copies 1]

REFS is a folder or table of reference pictures, as `balatro gallery new` takes it. Printed: time and memory to make the model;
for changed copies of every picture, a row for each kind of change, how many are named right, wrong or not at all in any of four
turns, beside a 64-bit perceptual hash (pHash) with the true corners and upright, which always names something; how many
pictures of --strangers are named; and with --sizes, the same model with so many cards more: the file's size, the time to load
it, its memory, and the time a card. Times are those of the processor, on one thread. Those cards are invented: 1,000 of them
are drawn and looked at, and a larger gallery has each of them several times, a little off, which costs the same and says
nothing about names.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from balatro.config.paths import package_weights
from balatro.config.shapes import CARD_SIZE, MARGIN
from balatro.gallery.gallery import Gallery, load_gallery, pack_gallery
from balatro.gallery.make import encoder
from balatro.gallery.references.looks import look_at
from balatro.gallery.references.read import Reference, read_references
from balatro.identify_card.recognizer import Recognizer
from balatro.render.demo_deck import invent_deck
from balatro.runtime.model_json import BundleCard, read_model_json, write_model_json
from balatro.utils.files import write_bytes
from balatro.utils.images import find_images, load_image

INVENTED_SEED = 777
"""Of the cards that fill large galleries."""
MOST_DRAWN = 1_000
HEIGHT = (160, 320)
"""Of the card in a changed copy, pixels."""
Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]
"""(H, W, 3) float32, 0..255 -> the same, perhaps beyond."""


def _glare(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    far = (y - rng.uniform(0.3, 0.7) * height) ** 2 + (x - rng.uniform(0.3, 0.7) * width) ** 2
    return picture + 200 * np.exp(-far / (2 * (0.15 * height) ** 2))[..., None]


def _jpeg(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    done, data = cv2.imencode(".jpg", picture.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 20])
    assert done
    return cv2.imdecode(data, cv2.IMREAD_COLOR).astype(np.float32)


def _small(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(8, 70 * width // height), 70), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


CHANGES: dict[str, Change] = {
    "as it is": lambda picture, rng: picture,
    "dark (0.4)": lambda picture, rng: 0.4 * picture,
    "bright": lambda picture, rng: 255 * (1 - (1 - picture / 255) ** 1.6),
    "warm light": lambda picture, rng: picture * np.array([1.05, 0.8, 0.5], np.float32),
    "cold light": lambda picture, rng: picture * np.array([0.65, 0.85, 1.1], np.float32),
    "dark and warm": lambda picture, rng: 0.4 * picture * np.array([1.05, 0.8, 0.5], np.float32),
    "half in shade": lambda picture, rng: picture * np.linspace(1.1, 0.35, picture.shape[1], dtype=np.float32)[None, :, None],
    "sleeve": lambda picture, rng: 0.7 * picture + 55,
    "glare": _glare,
    "blur": lambda picture, rng: cv2.GaussianBlur(picture, (0, 0), 0.025 * picture.shape[1]),
    "70 pixels high": _small,
    "JPEG at 20": _jpeg,
}


def main() -> None:
    given = _arguments()
    if given.measure:
        print(json.dumps(measure(given.refs)))
        return
    console = Console()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["BALATRO_DATA"] = scratch
        folder, seconds, memory = make(given.refs, Path(scratch))
        references = read_references(given.refs).references
        console.print(f"{len(references)} pictures: made in {seconds:.1f} s, {memory} MB at most")
        recognizer = Recognizer.load(folder, 1)
        console.print(changed_copies(recognizer, references, given.copies))
        if given.strangers:
            paths, _ = find_images([given.strangers])
            named = sum(any(card.known for card in recognizer.identify(path)) for path in paths)
            console.print(f"{named} of {len(paths)} strangers are named")
        if given.sizes:
            console.print(sizes(folder, given.sizes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("refs", type=Path)
    parser.add_argument("--strangers", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)  # in a process of its own
    return parser.parse_args()


def make(refs: Path, scratch: Path) -> tuple[Path, float, int]:
    """The model of a folder, made by the command itself in a process of its own; the processor's seconds, and megabytes."""
    subprocess.run(
        [sys.executable, "-m", "balatro", "gallery", "new", "cards", str(refs)], check=True, stdout=subprocess.DEVNULL
    )
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return scratch / "models" / "cards", used.ru_utime + used.ru_stime, _megabytes(resource.RUSAGE_CHILDREN)


def _megabytes(whose: int) -> int:
    return resource.getrusage(whose).ru_maxrss // 1024


def changed_copies(recognizer: Recognizer, references: Sequence[Reference], copies: int) -> Table:
    """A row for each kind of change."""
    rng = np.random.default_rng(5)
    pictures = [load_image(reference.path) for reference in references]
    names = [reference.name for reference in references]
    hashes = np.stack([phash(picture) for picture in pictures])
    table = Table("change", "right", "wrong", "no name", "pHash right", "pHash wrong")
    for kind, change in CHANGES.items():
        counts: Counter[str] = Counter()
        for picture, name in zip(pictures * copies, names * copies, strict=True):
            scene, quad = draw_scene(picture, change, rng)
            turned = np.roll(quad, int(rng.integers(4)), axis=0)
            [card] = recognizer.read(scene, turned[None], any_turn=True)
            counts["right" if card.name == name else "wrong" if card.known else "no name"] += 1
            nearest = names[int((hashes != phash(cut(scene, quad))).sum(axis=1).argmin())]
            counts["pHash right" if nearest == name else "pHash wrong"] += 1
        table.add_row(kind, *(str(counts[heading]) for heading in ("right", "wrong", "no name", "pHash right", "pHash wrong")))
    return table


def draw_scene(picture: np.ndarray, change: Change, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A card on some ground under a change: (H, W, 3) uint8 RGB, and its (4, 2) quad, a percent off as a locator's is."""
    height = int(rng.integers(*HEIGHT))
    width = max(8, round(picture.shape[1] * height / picture.shape[0]))
    card = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    room = round(0.3 * width)
    ground = rng.integers(20, 200, (3, 3, 3)).astype(np.uint8)
    scene = cv2.resize(ground, (width + 2 * room, height + 2 * room), interpolation=cv2.INTER_CUBIC)
    scene[room : room + height, room : room + width] = card
    seen = change(scene.astype(np.float32), rng) + rng.normal(0, 4, scene.shape)
    corners = [(room, room), (room + width, room), (room + width, room + height), (room, room + height)]
    quad = np.array(corners, np.float32) + rng.normal(0, 0.01, (4, 2)) * width
    return seen.clip(0, 255).astype(np.uint8), quad.astype(np.float32)


def cut(scene: np.ndarray, quad: np.ndarray) -> np.ndarray:
    target = np.array([(0, 0), (96, 0), (96, 128), (0, 128)], np.float32)
    return cv2.warpPerspective(scene, cv2.getPerspectiveTransform(quad, target), (96, 128), flags=cv2.INTER_LINEAR)


def phash(picture: np.ndarray) -> np.ndarray:
    """(64,) bool: the signs of the lowest frequencies against their median (Zauner 2010)."""
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    low = cv2.dct(grey.astype(np.float32))[:8, :8].ravel()
    return low > np.median(low[1:])


def sizes(folder: Path, wanted: Sequence[int]) -> Table:
    """The model with more cards."""
    drawn = look_at_invented(min(max(wanted), MOST_DRAWN))
    table = Table("cards", "files (MB)", "to load (s)", "first card (s)", "a card (ms)", "memory (MB)")
    for number in wanted:
        large = enlarge(folder, drawn, number)
        told = subprocess.run([sys.executable, __file__, str(large), "--measure"], check=True, capture_output=True, text=True)
        row = json.loads(told.stdout)
        table.add_row(str(number), *(row[key] for key in ("files", "load", "first", "card", "memory")))
    return table


def look_at_invented(count: int) -> np.ndarray:
    """(count, D) float32: the looks of invented cards."""
    cards = [card for card in invent_deck(INVENTED_SEED, count).cards if card.known]
    bodies = {card.id: card.body[..., :3] for card in cards}
    references = [Reference(Path(card.id), card.id) for card in cards]
    encode = encoder(package_weights() / "encoder.onnx")
    return look_at(references, encode, CARD_SIZE, MARGIN, lambda one: np.ascontiguousarray(bodies[one.name])).embedding


def enlarge(folder: Path, looks: np.ndarray, number: int) -> Path:
    """A copy of a model with so many cards more."""
    rng = np.random.default_rng(0)
    rows = looks[np.arange(number) % len(looks)]
    rows = rows + (rng.normal(0, 0.02, rows.shape) if number > len(looks) else 0)
    model, gallery = read_model_json(folder / "model.json"), load_gallery(folder / "gallery.npz")
    more = [BundleCard(f"i_{place}", f"i {place}", "", "", True, fields={"number": str(place)}) for place in range(number)]
    places = np.concatenate([gallery.card, np.arange(number) + len(model.cards)]).astype(np.int32)
    joined = Gallery(
        np.concatenate([gallery.embedding, rows]).astype(np.float32), places, np.zeros(len(places), np.int8), gallery.stretch
    )
    large = folder.with_name(f"cards_{number}")
    large.mkdir()
    for name in ("model.onnx", "locator.onnx"):
        write_bytes(large / name, (folder / name).read_bytes())
    write_bytes(large / "gallery.npz", pack_gallery(joined))
    write_model_json(large / "model.json", replace(model, cards=(*model.cards, *more)))
    return large


def measure(folder: Path) -> dict[str, Any]:
    """What a model costs in this process, on one thread: seconds of the processor, whatever else the machine does."""
    began = time.process_time()
    recognizer = Recognizer.load(folder, 1)
    loaded = time.process_time()
    picture = np.random.default_rng(0).integers(0, 255, (300, 220, 3)).astype(np.uint8)
    quad = np.array([[(10, 10), (210, 10), (210, 290), (10, 290)]], np.float32)
    recognizer.read(picture, quad, any_turn=True)
    first = time.process_time()
    for _ in range(20):
        recognizer.read(picture, quad, any_turn=True)
    each = (time.process_time() - first) / 20
    return {
        "files": f"{sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.0f}",
        "load": f"{loaded - began:.1f}",
        "first": f"{first - loaded:.2f}",
        "card": f"{each * 1000:.1f}",
        "memory": str(_megabytes(resource.RUSAGE_SELF)),
    }


if __name__ == "__main__":
    main()
