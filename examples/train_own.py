"""Train on your own pictures of cards, of any game: a folder of pictures named by card (`egg/1.png`, `egg_2.png`, labels.json).

    python examples/train_own.py pokemon/ --name pokemon [--epochs 20]

Needs `pip install "balatro[train]"`. `balatro train --input pokemon/ --name pokemon` does the same with a flag for everything.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from balatro import Recognizer
from balatro.config.paths import model_dir, runs_dir
from balatro.train_model.command import run_training
from balatro.train_model.run.finish import finish_bundle
from balatro.train_model.settings.choose import choose_settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--name", required=True, help="what the model is called")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--backbone", default="cardnet", help="`balatro train --list` lists them")
    args = parser.parse_args()

    # Flags of `balatro train`, with its defaults for what is left out.
    flags = {"input": str(args.pictures), "epochs": args.epochs, "batch_size": 32, "backbone": args.backbone}
    run = run_training(choose_settings(flags), runs_dir() / args.name)
    finish_bundle(run, model_dir(args.name))

    recognizer = Recognizer.load(args.name)
    print(f"{args.name}: {sum(card.known for card in recognizer.bundle.cards)} cards, in {model_dir(args.name)}")


if __name__ == "__main__":
    main()
