"""Name the cards of pictures from Python.

    python examples/identify.py screenshot.png [more.png …] [--model NAME]

Marked copies are written beside the pictures.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

from balatro import Recognizer, load_image
from balatro.identify_card.marks.draw import draw_cards


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="+", type=Path)
    parser.add_argument("--model", default="auto")
    args = parser.parse_args()

    recognizer = Recognizer.load(args.model)  # once; reading a frame takes milliseconds
    for path in args.pictures:
        picture = load_image(path)  # (H, W, 3) uint8 RGB; identify() takes paths, PIL images and arrays alike
        cards = recognizer.identify(picture)
        for card in cards:
            if card.known:
                print(f"{path.name}: {card.name}, {card.modifier} ({card.confidence:.0%}) at {card.box}")
        marked = path.with_name(f"{path.stem}.marked.png")
        Image.fromarray(draw_cards(picture, cards)).save(marked)


if __name__ == "__main__":
    main()
