"""Names that the watcher shows as sure on labelled screens of the game, played as a video, that are wrong.

    python benchmarks/watch_frames.py FOLDER --model game

FOLDER holds pictures and labels.jsonl, as `balatro evaluate --frames` takes them. The pictures of one recording (a file's name
up to its last number) are shown in order, each for a second, ten frames a second. After every frame each card that is shown,
and not marked as covered, is compared with the truth.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import cv2

from balatro.identify_card.judge.evaluate import LABELS, Frame, read_labels, score_frame
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.watch.watch import Watcher
from balatro.utils.images import load_image
from balatro.utils.progress import track

FPS, SHOWN_S = 10, 1.0
ALLOWED = 0.01
"""Share of the shown names that may be wrong."""


@dataclass
class Count:
    """Cards shown as sure, over all frames."""

    shown: int = 0
    wrong: int = 0
    worst: Counter[str] = field(default_factory=Counter)
    """Wrong names by picture."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="game")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    recognizer = Recognizer.load(args.model)
    frames = read_labels(args.folder / LABELS)
    every, last = Count(), Count()
    for _, recording in groupby(track(sorted(frames, key=_order), "Watching"), key=lambda frame: _order(frame)[0]):
        watch(recognizer, args.folder, list(recording), every, last)
    for name, count in (("after every frame", every), ("after a second", last)):
        share = count.wrong / max(count.shown, 1)
        print(f"{name}: {count.shown} cards shown as sure, {count.wrong} wrong names, {100 * share:.2f} in 100 (allowed: 1)")
    print("most often wrong:", "; ".join(f"{name} ({number})" for name, number in last.worst.most_common(12)) or "none")
    if every.wrong > ALLOWED * every.shown:
        sys.exit(1)


def _order(frame: Frame) -> tuple[str, int]:
    """The recording that a picture belongs to, and its number in it."""
    recording, _, number = Path(frame.file).stem.rpartition("_")
    return recording, int(number) if number.isdigit() else 0


def watch(recognizer: Recognizer, folder: Path, frames: list[Frame], every: Count, last: Count) -> None:
    """Watch one recording, and count."""
    watcher = Watcher(recognizer)
    looks = round(FPS * SHOWN_S)
    for number, frame in enumerate(frames):
        picture = load_image(folder / frame.file)
        for count in range(looks):
            look = watcher.look(picture, number * SHOWN_S + count / FPS)
            sure = [shown.card for shown in look.shown if not shown.covered]
            outcomes, false = score_frame(frame, picture, sure)
            misnamed = [one.said for one in outcomes if one.said is not None and one.misnamed]
            wrong = [f"{frame.file} {card.name}" for card in [*misnamed, *(one.said for one in false)]]
            for total in (every, last) if count == looks - 1 else (every,):
                total.shown += len(sure)
                total.wrong += len(wrong)
                total.worst.update(wrong)


if __name__ == "__main__":
    main()
