"""Does the watcher tell exactly what happens in a running game? A play of the demo deck, whose truth is known, is watched.

    python benchmarks/live_game.py --model demo --minutes 10            # a real window, 30 frames a second
    python benchmarks/live_game.py --model demo --minutes 10 --offline  # no window: frames are handed over, ten a second

The window is shown by a program of its own and watched by `balatro watch` in another one, on the present display or, where
there is none, on Xvfb with openbox. Told are events that are missing, too many or wrong, the delay from the first (last) pixel
of a card to its event, and the share of the processor that watching takes. Ends with status 1 unless every event is right.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import cv2
import numpy as np

from balatro.render.demo_deck import draw_demo_deck
from balatro.render.play import Play, truth, write_play
from balatro.render.rests import Truth
from balatro.render.stage import Stage

SIZE = (1280, 720)
PLAYER_FPS, WATCH_FPS = 30.0, 10.0
LATEST_S = 6.0
"""An event that comes later than this after its cause is no longer counted as telling it."""
LEAD_S = 3.0
"""Seconds that the watcher is given to start before the play does."""


class Told(NamedTuple):
    """An event of the watcher, in the play's time."""

    seconds: float
    kind: str
    id: str
    modifier: str


class Result(NamedTuple):
    delays: dict[str, list[float]]
    missing: list[Truth]
    extra: list[Told]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="demo", help="name or folder of a model of the demo deck")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--offline", action="store_true", help="no window; the watcher is handed ten frames a second")
    parser.add_argument("--show", type=float, default=None, metavar="START", help=argparse.SUPPRESS)
    args = parser.parse_args()
    deck = draw_demo_deck()
    play = write_play(deck, np.random.default_rng(args.seed), 60 * args.minutes)
    if args.show is not None:
        show_window(Stage(deck, play, SIZE), play, args.show)
        return
    told = watch_offline(Stage(deck, play, SIZE), play, args.model) if args.offline else watch_window(args, play)
    report(compare(truth(deck, play), told))


# Watching.


def watch_offline(stage: Stage, play: Play, model: str) -> list[Told]:
    """What a watcher in this process says; the time is that of the frames."""
    from balatro.identify_card.recognizer import Recognizer
    from balatro.identify_card.watch.watch import Watcher

    cv2.setNumThreads(1)
    watcher = Watcher(Recognizer.load(model, threads=1))
    told = []
    for number in range(int(play.seconds * WATCH_FPS)):
        now = number / WATCH_FPS
        for event in watcher.look(stage.draw(now), now).events:
            told.append(Told(now, event.kind, event.card.id or "", event.card.modifier))
    return told


def watch_window(args: argparse.Namespace, play: Play) -> list[Told]:
    """What `balatro watch` says of a real window; the time is when its lines are read."""
    start = time.monotonic() + LEAD_S + 2
    with desktop() as env, tempfile.TemporaryFile("w+") as player_said:
        player = [sys.executable, __file__, "--minutes", str(args.minutes), "--seed", str(args.seed), "--show", str(start)]
        playing = subprocess.Popen(player, env=env, stdout=player_said)
        time.sleep(2)
        command = [sys.executable, "-m", "balatro", "watch", "--window", "Balatro", "--model", args.model, "--json", "-"]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        watching = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        assert watching.stdout is not None
        told = []
        for line in watching.stdout:  # ends when the player's window is closed
            event = json.loads(line)
            told.append(Told(time.monotonic() - start, event["event"], event["card"]["id"], event["card"]["modifier"]))
        watching.wait()
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
        playing.wait()
        player_said.seek(0)
        print(player_said.read().strip())
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"watching took {100 * spent / wall:.0f} % of one core, of {os.cpu_count()}, over {wall:.0f} s")
    return [event for event in told if event.seconds < play.seconds]


def show_window(stage: Stage, play: Play, start: float) -> None:
    """Show the play in a window, 30 frames a second; say how many came."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtGui import QImage, QPixmap
    from PySide6.QtWidgets import QApplication, QLabel

    cv2.setNumThreads(1)
    application = QApplication([])
    window = QLabel()
    window.setWindowTitle("Balatro")
    window.setFixedSize(*SIZE)
    shown: list[float] = []

    def draw() -> None:
        now = time.monotonic() - start
        if now >= play.seconds:
            application.quit()
        image = np.ascontiguousarray(stage.draw(max(now, 0.0)) if now > -0.5 else np.zeros((SIZE[1], SIZE[0], 3), np.uint8))
        window.setPixmap(QPixmap.fromImage(QImage(image.data, *SIZE, 3 * SIZE[0], QImage.Format.Format_RGB888)))
        if now >= 0:
            shown.append(now)

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(draw)
    timer.start(round(1000 / PLAYER_FPS))
    window.show()
    application.exec()
    longest = 1000 * max(np.diff(shown))
    print(f"the game showed {len(shown) / play.seconds:.1f} frames a second, the longest gap {longest:.0f} ms")


@contextmanager
def desktop() -> Iterator[dict[str, str]]:
    """The environment of programs with windows: the present display, or one of our own."""
    if os.environ.get("DISPLAY"):
        yield dict(os.environ)
        return
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as said:
        env = {**os.environ, "DISPLAY": f":{said.readline().strip()}", "QT_QPA_PLATFORM": "xcb"}
    manager = subprocess.Popen(["openbox", "--sm-disable"], env=env, stderr=subprocess.DEVNULL)
    try:
        yield env
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait()


# Judging.


def compare(wanted: list[Truth], told: list[Told]) -> Result:
    """Each truth is told by the first event of its kind, card and modifier that comes soon enough; each event tells one."""
    left = sorted(told)
    delays: dict[str, list[float]] = defaultdict(list)
    missing = []
    for true in wanted:
        for event in left:
            fits = event.kind == true.kind and event.id == true.id and event.modifier == true.modifier
            if fits and 0 <= event.seconds - true.seconds + 0.1 <= LATEST_S:
                delays[true.kind].append(event.seconds - true.seconds)
                left.remove(event)
                break
        else:
            missing.append(true)
    return Result(delays, missing, left)


def report(result: Result) -> None:
    num_right = sum(len(values) for values in result.delays.values())
    num_missing, num_extra = len(result.missing), len(result.extra)
    print(f"{num_right + num_missing} events: {num_right} right, {num_missing} missing, {num_extra} too many")
    for kind, values in result.delays.items():
        median, late = 1000 * statistics.median(values), 1000 * np.quantile(values, 0.95)
        print(f"{kind:<9} {len(values):4d}   delay: median {median:.0f} ms, 95 % within {late:.0f} ms")
    for name, events in (("missing", result.missing), ("too many", result.extra)):
        for event in events:
            print(f"{name:<9} {event.seconds:7.1f} s  {event.kind:<8} {event.id} {event.modifier}")
    if result.missing or result.extra:
        sys.exit(1)


if __name__ == "__main__":
    main()
