"""Watch the game, a video or a folder of pictures, and do something when a card appears, changes or goes.

    python examples/watch.py [window:Balatro | monitor:1 | run.mp4 | captures/] [--model NAME]

Put what you want into `on_event`. Ctrl+C ends it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from balatro import watch
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.frame import FrameSource
from balatro.frames.sources import open_source
from balatro.identify_card.watch.events import Event
from balatro.identify_card.watch.watch import Frame, Live, thinned


def on_event(event: Event) -> None:
    """Called for everything that happens; `event.card` is what `identify` gives, with name, modifier and box."""
    print(f"{event.seconds:6.1f} s  {event.kind:<8}  {event.card.name}, {event.card.modifier}")


def frames(source: FrameSource) -> Iterable[Frame]:
    """Ten frames a second: of the screen at the moment, or of a video by its own time; a folder's pictures, all of them."""

    def grab() -> Frame | None:
        frame = source.grab()
        return None if frame is None else Frame(frame.image, frame.seconds)

    if source.live:
        return Live(grab, hidden=NotVisibleError)  # a minimised window is asked again later
    recorded = iter(grab, None)
    return recorded if source.still else thinned(recorded)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", default="window:Balatro")
    parser.add_argument("--model", default="auto")
    args = parser.parse_args()

    with open_source(args.source) as source:
        stats = watch(frames(source), on_event, args.model)
    print(f"{stats.frames} frames, {stats.reads} cards read")


if __name__ == "__main__":
    main()
