"""How well real screens of the game are read: straight after the import, and after training.

    python benchmarks/real_frames.py --game PATH --frames DIR [--minutes 60 | --steps N]

PATH is the game (or its resources folder), DIR holds labelled screens (`labels.jsonl`, see docs/formats.md). Neither is part of
this project. Everything else happens in a temporary folder. Without --minutes or --steps nothing is trained.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from rich.console import Console

from balatro.gallery.make import make_gallery_bundle
from balatro.identify_card.judge.evaluate import evaluate_frames
from balatro.identify_card.judge.report import score_table
from balatro.identify_card.recognizer import Recognizer
from balatro.render.deck import save_deck
from balatro.render.game.game_art import import_art


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", type=Path, required=True)
    parser.add_argument("--frames", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--steps", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        start = time.monotonic()
        deck = import_art(args.game)
        save_deck(deck, folder / "deck")
        bundle = make_gallery_bundle(deck, folder / "fresh")
        tell("straight after the import", bundle, args.frames, start)
        if args.minutes or args.steps:
            tell("after training", train(folder, args.minutes, args.steps), args.frames, start)


def train(folder: Path, minutes: float, steps: int) -> Path:
    """Train on the deck and give the model's folder."""
    from balatro.train_model.command import run_training
    from balatro.train_model.run.finish import finish_bundle
    from balatro.train_model.settings.settings import TrainSettings

    settings = TrainSettings(deck=str(folder / "deck"), steps=steps)
    run = run_training(replace(settings, minutes=minutes) if minutes else settings, folder / "run")
    finish_bundle(run, folder / "trained")
    return folder / "trained"


def tell(title: str, bundle: Path, frames: Path, start: float) -> None:
    """Print the scores, and the time since the start of everything."""
    minutes = (time.monotonic() - start) / 60
    scores = evaluate_frames(Recognizer.load(bundle), frames)
    print(f"\n{title}, {minutes:.1f} minutes after the start")
    console = Console(width=100)
    console.print(score_table(scores))
    summary = scores.summary()
    print(f"false names: {summary['false_names']}, {summary['false_names_per_100']} per 100 cards")


if __name__ == "__main__":
    main()
