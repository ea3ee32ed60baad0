"""Count which cards a video or a stream shows, and how often each comes.

python examples/count_cards.py evening.mp4
python examples/count_cards.py rtsp://camera/live       # until Ctrl+C
"""

from __future__ import annotations

import argparse
import contextlib
from collections import Counter
from collections.abc import Iterator

import cv2

from balatro import watch
from balatro.identify_card.watch.events import APPEARED, Event
from balatro.identify_card.watch.watch import Frame, Latest, thinned


def read_video(place: str) -> Iterator[Frame]:
    """All frames of a file or an address, with their times."""
    video = cv2.VideoCapture(place)
    if not video.isOpened():
        raise SystemExit(f"{place}: no video that can be read")
    while True:
        read, image = video.read()
        if not read:
            return
        yield Frame(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), video.get(cv2.CAP_PROP_POS_MSEC) / 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video")
    parser.add_argument("--model", default="auto")
    args = parser.parse_args()

    counts: Counter[tuple[str, str]] = Counter()

    def count(event: Event) -> None:
        if event.kind == APPEARED and event.card.name:
            counts[event.card.name, event.card.modifier] += 1

    every = read_video(args.video)
    # A stream does not wait: its newest frame is taken, whatever came in between. A file is read ten times a second of its own.
    frames = Latest(every) if "://" in args.video else thinned(every)
    with contextlib.suppress(KeyboardInterrupt):
        watch(frames, count, args.model)
    for (name, modifier), number in counts.most_common():
        print(f"{number:4}  {name}, {modifier}")


if __name__ == "__main__":
    main()
