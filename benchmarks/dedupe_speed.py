"""What one more card costs when many were seen: deciding, beside a loop over `imagehash` objects, and saving.

    python benchmarks/dedupe_speed.py [--most 1000000] [--stored 100000]

One thread; deciding is measured in its processor time, since other programs may be running. The seen cards are views of the
demo deck in all modifiers with some bits and levels changed, so that many are near each other, as they are after long play.
The loop is what one writes first: a list of `imagehash` objects (pHash, aHash, dHash), and the nearest by the sum of their
distances; it sees no colours. Saving is measured on the disk of the current folder.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import cv2
import numpy as np
from dedupe_quality import draw_view, moment_of
from PIL import Image

from balatro.build_dataset.dedupe import SeenCards
from balatro.build_dataset.entries import make_entry
from balatro.build_dataset.hashes import Fingerprints, fingerprint
from balatro.build_dataset.records import write_records
from balatro.build_dataset.seen import SEEN, SeenStore
from balatro.render.demo_deck import draw_demo_deck

ASKED, LOOPED, SAVED = 100, 3, 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--stored", type=int, default=100_000)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    deck = draw_demo_deck().known
    crops = [draw_view(card, moment_of(card, number % 5, rng), rng) for number, card in enumerate(deck)]
    prints = fingerprint(crops)
    print_deciding(crops, prints, args.most, rng)
    print_saving(crops, prints, args.stored, rng)


def varied(prints: Fingerprints, count: int, rng: np.random.Generator) -> Fingerprints:
    """So many fingerprints like these: about 5 bits of each hash and some levels of the key are changed."""
    rows = rng.integers(0, len(prints), count)
    masks = [rng.integers(0, 2**64, (count, 3), dtype=np.uint64) for _ in range(4)]
    hashes = prints.hashes[rows] ^ (masks[0] & masks[1] & masks[2] & masks[3])
    noise = rng.integers(-12, 13, (count, 1, 1, 3), dtype=np.int16)
    return Fingerprints(hashes, np.clip(prints.thumbs[rows] + noise, 0, 255).astype(np.uint8), prints.sizes[rows])


def print_deciding(crops: list[np.ndarray], prints: Fingerprints, most: int, rng: np.random.Generator) -> None:
    """The table of deciding."""
    height, width = crops[0].shape[:2]
    print(f"deciding about one card of {width}x{height} pixels, medians of {ASKED}, ms")
    print(f"{'seen':>10} {'hash it':>9} {'compare':>9} {'together':>9} {'imagehash loop':>15} {'ratio':>8}")
    cards = SeenCards()
    for seen in (10_000, 100_000, 1_000_000):
        if seen > most:
            break
        while len(cards) < seen:
            cards.add(varied(prints, min(seen - len(cards), 50_000), rng))
        asked = [*range(min(ASKED, len(crops)))]
        hashing = median_ms(lambda n: fingerprint([crops[n]]), asked)
        comparing = median_ms(lambda n: cards.nearest(prints[n : n + 1]), asked)
        together = median_ms(lambda n: cards.nearest(fingerprint([crops[n]])), asked)
        line = f"{seen:>10,} {hashing:>9.3f} {comparing:>9.3f} {together:>9.3f}"
        print(line + (f" {(looped := loop_ms(crops, seen)):>15.1f} {looped / together:>8.0f}" if seen == 10_000 else ""))


def loop_ms(crops: list[np.ndarray], seen: int) -> float:
    """Milliseconds a card of the plain loop."""
    import imagehash

    def all_of(crop: np.ndarray) -> tuple[imagehash.ImageHash, ...]:
        picture = Image.fromarray(crop)
        return imagehash.phash(picture), imagehash.average_hash(picture), imagehash.dhash(picture)

    known = [all_of(crop) for crop in crops]
    listed = [known[n % len(known)] for n in range(seen)]

    def nearest(n: int) -> int:
        hashes = all_of(crops[n])
        return min(sum(a - b for a, b in zip(hashes, other, strict=True)) for other in listed)

    return median_ms(nearest, range(LOOPED))


def median_ms(action: Callable[[int], object], cases: Sequence[int]) -> float:
    """The median time of an action over its cases; the first is not counted."""
    taken = []
    for case in [cases[0], *cases]:
        start = time.thread_time()
        action(case)
        taken.append(time.thread_time() - start)
    return float(np.median(taken[1:])) * 1e3


def print_saving(crops: list[np.ndarray], prints: Fingerprints, most: int, rng: np.random.Generator) -> None:
    """The table of saving: all that `save` does, decision apart."""
    print(f"\nsaving one card, {SAVED} in a row, ms (picture to PNG and to the disk, entry; 'entry' is that alone)")
    print(f"{'stored':>10} {'median':>9} {'mean':>9} {'largest':>9} {'entry':>9} {'all entries anew':>17}")
    for stored in (10, 1_000, 100_000):
        if stored > most:
            break
        with tempfile.TemporaryDirectory(dir=".") as name:
            print(f"{stored:>10,} " + saving_line(Path(name), crops, varied(prints, stored, rng)))


def saving_line(folder: Path, crops: list[np.ndarray], prints: Fingerprints) -> str:
    """One row of the table."""
    names = [f"cluster0_card0_id{n}.png" for n in range(len(prints))]
    entries = {name: make_entry(name, 0, 0, prints[n : n + 1]) | {"missing": True} for n, name in enumerate(names)}
    write_records(folder / SEEN, entries)
    with SeenStore(folder) as store:
        taken, entry_only = [], []
        append = store._records.append  # type: ignore[union-attr]

        def timed(key: str, value: dict[str, object]) -> None:
            start = time.perf_counter()
            append(key, value)
            entry_only.append(time.perf_counter() - start)

        store._records.append = timed  # type: ignore[union-attr, method-assign, assignment]
        for n in range(SAVED):
            decision = store.decide(crops[n % len(crops)])
            start = time.perf_counter()
            store.force(crops[n % len(crops)], decision)
            taken.append(time.perf_counter() - start)
    start = time.perf_counter()
    (folder / "all.json").write_text(json.dumps(entries))
    anew = time.perf_counter() - start
    values = [np.median(taken), np.mean(taken), max(taken), np.median(entry_only)]
    return " ".join(f"{1e3 * value:>9.3f}" for value in values) + f" {1e3 * anew:>17.1f}"


if __name__ == "__main__":
    main()
