"""The road of somebody who has thirty pictures of cards and nothing else: a fresh environment, two commands, named cards.

    python benchmarks/strangers_road.py [--cards DIR] [--keep DIR]

Without --cards, DIR being a folder of named pictures, 30 printed cards are drawn, which no network of the package has seen.
The core alone is installed from this source into an environment of its own, without torch. Then, in an empty folder and as a
user types them: `balatro gallery new mine refs/`, `balatro identify table.jpg --model mine` of six cards on a table, and
`balatro watch --source webcam.mp4 --model mine --pile pile.csv` of six that are laid under a webcam. Printed: how long each
took, and what came of it. --keep leaves the folder there.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import cv2
import numpy as np
from piles import FPS, Scene, film
from rich.console import Console
from rich.table import Table

from balatro.render.photos.grounds import draw_ground
from balatro.render.photos.prints import draw_print
from balatro.utils.images import find_images, load_image, write_png

SEED = 4_400_017
HERE = Path(__file__).resolve().parents[1]
NAMES = (
    "Amber Gull", "Ash Drake", "Bell Tower", "Blue Lantern", "Bog Witch", "Brass Key", "Cinder Cat", "Clay Golem",
    "Cold Spring", "Copper Fox", "Crow Market", "Dawn Rider", "Deep Well", "Dust Storm", "Elder Oak",
    "Fen Walker", "Gilded Cage", "Grey Heron", "Hollow Hill", "Iron Bark", "Jade Serpent", "Kestrel", "Last Ferry",
    "Moss Giant", "Night Post", "Old Bridge", "Pale Moth", "Quick Silver", "River Mouth", "Salt Road",
)  # fmt: skip


class Road:
    """Commands that are run in a folder, and how long each took."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.table = Table()
        for column in ("command", "seconds", "what came of it"):
            self.table.add_column(column, justify="right" if column == "seconds" else "left")

    def run(self, told: str, command: list[str]) -> tuple[subprocess.CompletedProcess[str], float]:
        """Run a command as a user would: nothing of this environment but the path to it."""
        kept = {
            name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT", "TEMP", "PIP_INDEX_URL") if name in os.environ
        }
        env = kept | {"HOME": str(self.folder), "COLUMNS": "120"}
        began = time.perf_counter()
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True)
        spent = time.perf_counter() - began
        if done.returncode:
            raise SystemExit(f"{told}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        return done, spent

    def note(self, told: str, spent: float, came: str) -> None:
        self.table.add_row(told, f"{spent:.1f}", came)


def draw_references(given: Path | None, place: Path) -> list[str]:
    """Named pictures of cards, as the stranger has them."""
    place.mkdir()
    if given is not None:
        for path in find_images([given])[0]:
            shutil.copyfile(path, place / path.name)
    else:
        for number, name in enumerate(NAMES):
            write_png(place / f"{name}.png", draw_print(SEED, number * 4, 480)[..., :3])
    return sorted(path.stem for path in place.iterdir())


def draw_table(cards: list[np.ndarray], path: Path) -> list[int]:
    """A photograph of six cards on a table; which they are."""
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 3, (720, 1280, 3)).astype(np.float32)
    scene = Scene(rng, draw_ground(1280, 720, rng, "wood"), cards, 250.0, np.zeros(3), noise)
    shown = [int(one) for one in rng.choice(len(cards), 6, replace=False)]
    for number, card in enumerate(shown):
        x, y = 240 + 400 * (number % 3), 190 + 340 * (number // 3)
        scene.quads.append((card, scene.quad(card, x, y, float(rng.normal(0, 0.5)))))
    image = scene.draw(lowest=0)
    Path(path).write_bytes(cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])[1])
    return shown


def draw_video(cards: list[np.ndarray], path: Path) -> list[int]:
    """Six cards laid under a webcam one after another; which they are."""
    order, frames = film(cards, 6, np.random.default_rng([SEED, 1]), 2)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (1280, 720))
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return order


def install(road: Road) -> Path:
    """The core in a fresh environment; the folder of its programs."""
    begun = time.perf_counter()
    road.run("venv", [sys.executable, "-m", "venv", "env"])
    programs = road.folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    road.run("pip install", [str(programs / "python"), "-m", "pip", "install", "-q", str(HERE)])
    spent = time.perf_counter() - begun
    done, _ = road.run("pip list", [str(programs / "python"), "-m", "pip", "list", "--format", "json"])
    there = {entry["name"].lower() for entry in json.loads(done.stdout)}
    assert "torch" not in there
    road.note("pip install .", spent, f"{len(there)} packages, torch is none of them")
    return programs


def walk(road: Road, cards: Path | None) -> None:
    names = draw_references(cards, road.folder / "refs")
    pictures = [load_image(path) for path in sorted((road.folder / "refs").iterdir(), key=lambda path: path.stem)]
    on_table, in_video = draw_table(pictures, road.folder / "table.jpg"), draw_video(pictures, road.folder / "webcam.mp4")
    balatro = str(install(road) / "balatro")
    done, spent = road.run("gallery new", [balatro, "gallery", "new", "mine", "refs/"])
    road.note("balatro gallery new mine refs/", spent, (done.stdout + done.stderr).strip().splitlines()[-1])
    identify = [balatro, "identify", "table.jpg", "--model", "mine"]
    done, spent = road.run("identify", [*identify, "--json", "table.jsonl"])
    [line] = [json.loads(line) for line in (road.folder / "table.jsonl").read_text(encoding="utf-8").splitlines()]
    said = Counter(card["name"] for card in line["cards"] if card["known"])
    road.note("balatro identify table.jpg --model mine", spent, score(said, Counter(names[card] for card in on_table)))
    watch = [balatro, "watch", "--source", "webcam.mp4", "--model", "mine", "--pile", "pile.csv"]
    done, spent = road.run("watch", watch)
    with (road.folder / "pile.csv").open(encoding="utf-8", newline="") as file:
        said = Counter(row["name"] for row in csv.DictReader(file))
    told = score(said, Counter(names[card] for card in in_video))
    road.note("balatro watch --source webcam.mp4 --model mine --pile pile.csv", spent, told)


def score(said: Counter[str], truth: Counter[str]) -> str:
    return f"{(said & truth).total()} of {truth.total()} cards named right, {(said - truth).total()} wrong"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=Path, help="folder of named pictures of cards")
    parser.add_argument("--keep", type=Path, help="a new folder to walk in, which is left there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = args.keep or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        road = Road(folder)
        walk(road, args.cards)
    Console(width=140).print(road.table)


if __name__ == "__main__":
    main()
