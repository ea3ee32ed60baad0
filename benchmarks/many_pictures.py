"""Very many pictures: is memory flat, and is nothing lost or doubled when a run is killed and goes on?

    python benchmarks/many_pictures.py [--num 100000] [--jobs 2] [--engine local] [--model FOLDER] [--work FOLDER]

Draws cards of the demo deck in all modifiers, 120x160 pixels, and links them into folders until there are `--num` pictures
(every thousandth is damaged). `balatro identify` reads them; after 40 % it is killed (SIGKILL, the parent alone) and started
again with --resume. Printed are the memory of all processes on the way (PSS: what they share counts once), the rate, and
whether the output has each picture once, in order, with its own card. Linux only. Without --model the package's networks are
used, with a gallery of the demo deck.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from balatro.config.modifiers import MODIFIERS
from balatro.gallery.make import make_gallery_bundle
from balatro.gallery.views import View, draw_views
from balatro.render.deck import Deck
from balatro.render.demo_deck import draw_demo_deck

SIZE = (120, 160)
DISTINCT = 2000
"""Pictures that are drawn; the others are links to them."""
PER_FOLDER = 1000
DAMAGED = 1000
"""Each picture of this number is half a file."""
KILL_AT = 0.4
SAMPLE_S = 0.5
LINES = 12
"""Rows of the table of memory."""


@dataclass(frozen=True)
class Sample:
    """The memory at one moment, in MB."""

    seconds: float
    done: int
    parent: float
    others: float
    num_others: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--engine", default="local")
    parser.add_argument("--model", default="", help="name or folder of a model; left out: the package's networks")
    parser.add_argument("--work", type=Path, help="an empty folder to work in, which is kept; left out: a temporary one")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        work = args.work or Path(place)
        deck = draw_demo_deck()
        model = args.model or str(make_gallery_bundle(deck, work / "model"))
        truth = make_pictures(deck, work / "pictures", args.num)
        out = work / "cards.jsonl"
        words = [sys.executable, "-m", "balatro", "identify", str(work / "pictures"), "--model", model, "--json", str(out)]
        words += ["--jobs", str(args.jobs), "--engine", args.engine]
        print(
            f"{args.num} pictures of {SIZE[0]}x{SIZE[1]}, engine {args.engine}, {args.jobs or os.cpu_count()} jobs", flush=True
        )
        killed = run(words, out, round(args.num * KILL_AT))
        report("until it was killed", killed)
        resumed = run([*words, "--resume"], out, None)
        report("resumed", resumed)
        verify(out, truth, args.num)


def make_pictures(deck: Deck, folder: Path, num: int) -> list[str]:
    """`num` files; gives the id of the card on each distinct one, empty for things without a name."""
    rng = np.random.default_rng(0)
    views = [View(place % len(deck.cards), int(rng.integers(len(MODIFIERS)))) for place in range(min(num, DISTINCT))]
    views = [view if deck.cards[view.card].known else View(view.card, 0) for view in views]
    drawn = folder.with_name("drawn")
    drawn.mkdir(parents=True)
    for first in range(0, len(views), 100):
        pictures = draw_views(deck, views[first : first + 100], rng, SIZE)
        for number, picture in enumerate(pictures, first):
            Image.fromarray(picture).save(drawn / f"{number}.jpg", quality=90)
    half = drawn / "half.jpg"
    half.write_bytes((drawn / "0.jpg").read_bytes()[:900])
    for number in range(num):
        place = folder / f"{number // PER_FOLDER:04d}" / f"{number:07d}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        os.link(half if is_damaged(number) else drawn / f"{number % len(views)}.jpg", place)
    return [deck.cards[view.card].id if deck.cards[view.card].known else "" for view in views]


def is_damaged(number: int) -> bool:
    return number % DAMAGED == DAMAGED - 1


def run(words: Sequence[str], out: Path, kill_after: int | None) -> list[Sample]:
    """Start it, look at its memory now and then, and kill it after so many lines."""
    lines = out.with_name(f"{out.name}.unfinished") / "lines.jsonl"
    count = LineCount(lines)
    began, samples = time.monotonic(), []
    process = subprocess.Popen(words)
    while process.poll() is None:
        time.sleep(SAMPLE_S)
        count.update()
        samples.append(measure(process.pid, time.monotonic() - began, count.lines))
        if kill_after is not None and count.lines >= kill_after:
            killed = [process.pid, *descendants(process.pid)]
            process.send_signal(signal.SIGKILL)
            process.wait()
            print(f"killed after {count.lines} lines; {wait_for_end(killed)}", flush=True)
            return samples
    if kill_after is not None:
        raise SystemExit(f"it ended with {process.returncode} before it was killed: give more pictures")
    print(f"ended with {process.returncode} after {time.monotonic() - began:.0f} s", flush=True)
    return samples


class LineCount:
    """Counts the lines of a file that grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = self.lines = 0

    def update(self) -> None:
        if self._path.is_file():
            with self._path.open("rb") as file:
                file.seek(self._read)
                while data := file.read(1 << 20):
                    self.lines += data.count(b"\n")
                    self._read += len(data)


def wait_for_end(processes: list[int], patience_s: float = 60) -> str:
    """Only the parent was killed: its processes are to end by themselves."""
    began = time.monotonic()
    while any(Path(f"/proc/{pid}").exists() for pid in processes):
        if time.monotonic() - began > patience_s:
            return "some of its processes did not end"
        time.sleep(0.05)
    return f"its {len(processes) - 1} processes ended within {time.monotonic() - began:.1f} s"


def descendants(parent: int) -> list[int]:
    """All processes below one."""
    found = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            children = [int(word) for word in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *descendants(child)]
    return found


def measure(parent: int, seconds: float, done: int) -> Sample:
    others = descendants(parent)
    return Sample(seconds, done, megabytes(parent), sum(map(megabytes, others)), len(others))


def megabytes(pid: int) -> float:
    """A process's share of memory."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0  # it has just ended
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def report(title: str, samples: list[Sample]) -> None:
    print(f"{title}\n{'seconds':>8} {'lines':>8} {'parent, MB':>11} {'others, MB':>11} {'processes':>10}")
    step = max(1, len(samples) // LINES)
    for sample in samples[step - 1 :: step]:
        print(f"{sample.seconds:8.0f} {sample.done:8} {sample.parent:11.0f} {sample.others:11.0f} {sample.num_others:10}")
    early, late = samples[len(samples) // 4], samples[-2]
    rate = (late.done - early.done) / max(late.seconds - early.seconds, 1e-9)
    print(f"{rate:.0f} pictures a second", flush=True)


def verify(out: Path, truth: list[str], num: int) -> None:
    """Each picture once, in order, damaged ones with an error; and how many have their own card's name."""
    num_lines = num_wrong_place = num_errors = num_right = 0
    seen: set[bytes] = set()
    for number, line in enumerate(open_lines(out)):
        num_lines += 1
        told = json.loads(line)
        seen.add(hashlib.blake2b(told["file"].encode(), digest_size=8).digest())
        num_wrong_place += not told["file"].endswith(f"/{number // PER_FOLDER:04d}/{number:07d}.jpg")
        num_errors += ("error" in told) == is_damaged(number) and "error" in told
        num_right += "error" not in told and truth[number % len(truth)] in [card["id"] or "" for card in told["cards"]]
    num_damaged = sum(map(is_damaged, range(num)))
    print(f"{num_lines} lines for {num} pictures, {len(seen)} different, {num_wrong_place} out of order")
    print(f"{num_errors} errors for {num_damaged} damaged; {num_right} of {num - num_damaged} others have their card's name")
    if (num_lines, len(seen), num_wrong_place, num_errors) != (num, num, 0, num_damaged):
        raise SystemExit("not complete")
    print("complete, without doubles")


def open_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


if __name__ == "__main__":
    main()
