"""How much longer the whole table of a picture takes than its cards alone, measured side by side in one run.

    python benchmarks/table_time.py MODEL LABELS.jsonl... [--every 17] [--rounds 4]

LABELS: JSON lines beside their pictures, one a screen: file. Each picture is enlarged to 1920 × 1080. Of each the least time of
some rounds is taken, as others work on the machine besides; one thread.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from balatro import Recognizer
from balatro.identify_card.sight import Sight

SIZE = (1920, 1080)


def pictures_of(paths: list[Path], every: int) -> list[np.ndarray]:
    """(1080, 1920, 3) uint8 RGB pictures."""
    files = [path.parent / json.loads(line)["file"] for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    read = (cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB) for file in files[::every])
    return [cv2.resize(picture, SIZE, interpolation=cv2.INTER_CUBIC) for picture in read]


def least(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the process."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("labels", type=Path, nargs="+")
    parser.add_argument("--every", type=int, default=17)
    parser.add_argument("--rounds", type=int, default=4)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    recognizer = Recognizer.load(args.model)
    rows = []
    for picture in pictures_of(args.labels, args.every):
        sight: Sight = recognizer.see(picture)
        cards = least(lambda picture=picture: recognizer.see(picture), args.rounds)  # type: ignore[misc]
        table = least(lambda sight=sight: recognizer.table_of(sight), args.rounds)  # type: ignore[misc]
        rows.append((cards, table, len(sight.cards)))
    cards, table, count = np.mean(rows, axis=0)
    ratios = [1 + table / cards for cards, table, _ in rows]
    print(f"{len(rows)} pictures of {SIZE[0]} × {SIZE[1]} with {count:.1f} things each")
    print(f"cards {cards:.0f} ms, table besides {table:.0f} ms: {1 + table / cards:.2f} times as long as the cards alone")
    print(f"of a single picture {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
