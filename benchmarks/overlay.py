"""Whether the overlay disturbs what it shows, and what drawing costs.

    python benchmarks/overlay.py [--model NAME] [--seconds 60] [--fps 10] [--seed 0]

On X11 the picture that is watched shows the overlay too. Here each frame is watched as it is, and again with the overlay of the
look before drawn into it, runners-up and all; the events of both are compared with each other. Without --model the package's
networks are used, with a gallery of the demo deck.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from balatro.gallery.make import make_gallery_bundle
from balatro.identify_card.marks.draw import draw_cards, draw_layer
from balatro.identify_card.marks.labels import Drawing
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.watch.events import Event
from balatro.identify_card.watch.overlay.marks import Marks, Steady, marks_of
from balatro.identify_card.watch.watch import Watcher
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.play import write_play
from balatro.render.stage import Stage
from balatro.utils.progress import track

OVER = Drawing(runners_up=True, beside=True)
SIZES = ((1280, 720), (1920, 1080))
LATE_S = 0.5
"""Seconds by which the same event may come earlier or later."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="", help="name or folder of a model; left out: the package's networks")
    parser.add_argument("--seconds", type=float, default=60.0, help="of play")
    parser.add_argument("--fps", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    deck = draw_demo_deck()
    with tempfile.TemporaryDirectory() as folder:
        model = args.model or make_gallery_bundle(deck, Path(folder) / "demo")
        recognizer = Recognizer.load(model, threads=1)
    stage = Stage(deck, write_play(deck, np.random.default_rng(args.seed), args.seconds))
    plain, over = Watcher(recognizer), Watcher(recognizer)
    steady, marks = Steady(), Marks()
    events: tuple[list[Event], list[Event]] = ([], [])
    marked: list[Marks] = []
    for number in track(range(round(args.seconds * args.fps)), "Watching twice"):
        seconds = number / args.fps
        frame = stage.draw(seconds)
        look = plain.look(frame, seconds)
        events[0].extend(look.events)
        look = over.look(draw_cards(frame, marks.cards, OVER, marks.doubtful), seconds)
        events[1].extend(look.events)
        marks = marks_of(steady.hold(look.shown))
        marked.append(marks)
    report(*events, args.seconds, args.fps)
    report_costs([one for one in marked if len(one.cards) >= 3] or marked)


def report(plain: list[Event], over: list[Event], seconds: float, fps: float) -> None:
    """Print how many events both have in common."""
    rest = list(over)
    for event in plain:
        same = [one for one in rest if named(one) == named(event) and abs(one.seconds - event.seconds) <= LATE_S]
        if same:
            rest.remove(same[0])
    print(f"{seconds:g} s of play at {fps:g} frames/s")
    for name, told in (("without overlay", plain), ("with overlay", over)):
        kinds = Counter(event.kind for event in told)
        print(f"{name:<16} {len(told):4} events: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    print(f"the same name, modifier and kind within {LATE_S:g} s: {len(over) - len(rest)}")


def named(event: Event) -> tuple[str, str | None, str]:
    """What an event says."""
    return event.kind, event.card.id, event.card.modifier


def report_costs(marked: list[Marks]) -> None:
    """Print what one drawing takes."""
    for width, height in SIZES:
        frame = np.full((height, width, 3), 90, np.uint8)
        times: dict[str, list[float]] = {"the overlay": [], "a whole frame": []}
        for marks in marked[:100]:
            began = time.perf_counter()
            draw_layer((width, height), marks.cards, OVER, marks.doubtful)
            times["the overlay"].append(time.perf_counter() - began)
            began = time.perf_counter()
            draw_cards(frame, marks.cards, Drawing(), marks.doubtful)
            times["a whole frame"].append(time.perf_counter() - began)
        cards = statistics.median(len(marks.cards) for marks in marked[:100])
        for name, taken in times.items():
            print(f"drawing {name}, {width}x{height}, {cards:g} cards: {1000 * statistics.median(taken):.1f} ms")


if __name__ == "__main__":
    main()
