"""Draw screens of a deck with the truth about every card on them, to train or to try anything of your own.

    python examples/draw_screens.py 100 screens/ [--deck demo]

Writes screens/0000.png and so on, and screens/truth.jsonl with a line for each: every card's id, modifier, corners and how much
of it shows. Make the deck first: `balatro art demo`, or `balatro art import` for the game's.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from balatro.config.paths import art_dir
from balatro.render.deck import load_deck
from balatro.render.table import PLAY, draw_screen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--deck", default="demo")
    args = parser.parse_args()

    deck = load_deck(art_dir(args.deck))
    args.folder.mkdir(parents=True, exist_ok=True)
    with (args.folder / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for number in range(args.count):
            screen = draw_screen(deck, np.random.default_rng(number), PLAY)  # the same seed draws the same screen
            name = f"{number:04}.png"
            Image.fromarray(screen.image).save(args.folder / name)
            cards = [
                {
                    "id": card.id,
                    "known": card.known,  # playing cards, vouchers and the like have no name to be told
                    "modifier": card.modifier,
                    "quad": card.quad.round(1).tolist(),
                    "visible": round(float(card.visible), 3),
                }
                for card in screen.cards
            ]
            lines.write(json.dumps({"file": name, "cards": cards}) + "\n")
    print(f"{args.folder}: {args.count} screens")


if __name__ == "__main__":
    main()
