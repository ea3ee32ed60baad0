"""What does watching cost the game? A window that shows 60 frames a second counts those that it loses, with and without.

    python benchmarks/yields.py [--model NAME] [--seconds 20] [--rounds 3] [--work 8]

The window of 1280x720 shows a play of the demo deck on Xvfb with openbox. Its screens were drawn before; instead of drawing,
the game computes for a while, so that it needs about half a core. `balatro watch` watches it from another process, with its
defaults. In turns: nothing else runs, and each core is kept full by a program of normal priority. A frame is lost when it is
not on the screen before the next one is due. Ends with status 1 when watching loses the game 2 % of its frames or more, beyond
those that it loses anyway.
Without --model the package's networks are used, with a gallery of the demo deck.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import cv2
import numpy as np
from live_game import desktop

from balatro.gallery.make import make_gallery_bundle
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.play import write_play
from balatro.render.stage import Stage

SIZE = (1280, 720)
FPS = 60
DRAWN_FPS = 10
"""Different screens a second; a moving bar makes each of the sixty frames another one."""
DRAWN_S = 12.0
MOST_LOST = 0.02
READY = "appeared"
"""What the watcher says when it sees the cards."""
BUSY = "while True: pass"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="", help="name or folder of a model of the demo deck")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--work", type=float, default=8.0, metavar="MS", help="of the processor, that the game needs for a frame"
    )
    parser.add_argument("--show", default="", metavar="FRAMES", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.show:
        show(np.load(args.show, mmap_mode="r"), args.seconds, args.work / 1000)
        return
    with tempfile.TemporaryDirectory() as folder:
        model = args.model or str(make_gallery_bundle(draw_demo_deck(), Path(folder) / "demo"))
        frames = Path(folder) / "frames.npy"
        np.save(frames, draw_frames())
        report(measure(frames, model, args))


def draw_frames() -> np.ndarray:
    """The play's screens, (N, H, W, 3) uint8 RGB."""
    deck = draw_demo_deck()
    play = write_play(deck, np.random.default_rng(0), 60.0)
    stage = Stage(deck, play, SIZE)
    return np.stack([stage.draw(20 + number / DRAWN_FPS) for number in range(int(DRAWN_S * DRAWN_FPS))])


# The game.


def show(frames: np.ndarray, seconds: float, work_s: float) -> None:
    """Show frames 60 times a second when a line comes in; say how many were due, and how many were lost, as JSON."""
    from PySide6.QtGui import QImage, QPixmap
    from PySide6.QtWidgets import QApplication, QLabel

    application = QApplication([])
    window = QLabel()
    window.setWindowTitle("Balatro")
    window.setFixedSize(*SIZE)
    window.show()

    def draw(number: int) -> None:
        until = time.thread_time() + work_s
        while time.thread_time() < until:
            pass
        image = np.array(frames[number * DRAWN_FPS // FPS % len(frames)])
        image[-8:, : 8 * (number % 100)] = 255
        window.setPixmap(QPixmap.fromImage(QImage(image.data, *SIZE, 3 * SIZE[0], QImage.Format.Format_RGB888)))
        window.repaint()
        application.processEvents()
        application.sync()

    for number in range(len(frames) * FPS // DRAWN_FPS):  # once before it counts: all are in memory then
        draw(number)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(count(draw, seconds)), flush=True)


def count(draw: Callable[[int], None], seconds: float) -> tuple[int, int]:
    """Frames that were due, and those of them that were lost."""
    due, lost = int(seconds * FPS), 0
    began = time.monotonic()
    number = 0
    while number < due:
        time.sleep(max(0.0, began + number / FPS - time.monotonic()))
        draw(number)
        now = int((time.monotonic() - began) * FPS)
        lost += max(0, now - number)
        number = max(number, now) + 1
    return due, lost


# Beside it.


@contextmanager
def watched(env: dict[str, str], model: str, out: Path) -> Iterator[None]:
    """While `balatro watch` watches, after it has seen its first card."""
    command = [sys.executable, "-m", "balatro", "watch", "--window", "Balatro", "--model", model, "--json", str(out)]
    watching = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        while not (out.is_file() and READY in out.read_text()):
            time.sleep(0.2)
        yield
    finally:
        watching.terminate()
        watching.wait()


@contextmanager
def full() -> Iterator[None]:
    """While each core has something to do."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def measure(frames: Path, model: str, args: argparse.Namespace) -> dict[tuple[bool, bool], list[float]]:
    """Shares of lost frames, by whether the processor is full and whether the game is watched."""
    lost: dict[tuple[bool, bool], list[float]] = {}
    with desktop() as env:
        words = [sys.executable, __file__, "--show", str(frames), "--seconds", str(args.seconds), "--work", str(args.work)]
        game = subprocess.Popen(words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert game.stdin is not None and game.stdout is not None
        game.stdout.readline()
        for number in range(args.rounds):
            for is_full in (False, True):
                for is_watched in (False, True):
                    with ExitStack() as stack:
                        if is_watched:
                            stack.enter_context(watched(env, model, frames.with_name(f"{number}{is_full}.jsonl")))
                        if is_full:
                            stack.enter_context(full())
                        print("go", file=game.stdin, flush=True)
                        due, gone = json.loads(game.stdout.readline())
                    lost.setdefault((is_full, is_watched), []).append(gone / due)
        game.stdin.close()
        game.wait()
    return lost


def report(lost: dict[tuple[bool, bool], list[float]]) -> None:
    print(f"a window of {SIZE[0]}x{SIZE[1]}, {FPS} frames a second, {os.cpu_count()} cores; frames lost, each turn and median")
    worst = 0.0
    for is_full, what in ((False, "nothing else runs"), (True, "each core is full")):
        alone, watched_too = lost[is_full, False], lost[is_full, True]
        for name, shares in (("alone", alone), ("watched", watched_too)):
            print(
                f"{what}, {name:<8}",
                *(f"{100 * share:6.2f} %" for share in shares),
                f"  {100 * statistics.median(shares):6.2f} %",
            )
        worst = max(worst, statistics.median(watched_too) - statistics.median(alone))
    print(f"lost by watching: {100 * worst:.2f} % at most   (allowed: {100 * MOST_LOST:g} %)")
    if worst >= MOST_LOST:
        sys.exit("too many")


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
