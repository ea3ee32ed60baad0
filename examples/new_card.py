"""Teach a model a card that it does not know by one picture of it, without training.

    python examples/new_card.py "My Joker" picture.png [--model NAME] [--try screenshot.png]

The picture shows the card alone: a sprite with a transparent ground, or a cut-out of a screenshot.
"""

from __future__ import annotations

import argparse

from balatro import Recognizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("pictures", nargs="+", help="one is enough")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--try", dest="picture", help="a picture to read with what was learned")
    args = parser.parse_args()

    recognizer = Recognizer.load(args.model)
    card = recognizer.add(args.name, args.pictures)  # kept in the model's folder
    print(f"{card.name}: known as {card.id} from now on")
    if args.picture:
        for found in recognizer.identify(args.picture):
            print(f"{found.name or 'unknown'}, {found.modifier} ({found.confidence:.0%})")


if __name__ == "__main__":
    main()
