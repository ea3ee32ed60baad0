"""Read the whole table of a screenshot: the cards by area, and what contradicts itself.

python examples/table.py screenshot.png [--model NAME]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from balatro import Recognizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--model", default="auto")
    args = parser.parse_args()

    table = Recognizer.load(args.model).read_table(args.picture)
    print(f"screen: {table.screen}, money: {table.money}")  # None: not on the picture, or the model cannot tell
    for area in ("jokers", "consumables"):
        for card in getattr(table, area) or ():
            print(f"{area}: {card.name}, {card.modifier}")
    for number, card in enumerate(table.hand or (), 1):
        what = "face down" if card.face_down else f"{card.rank} of {card.suit}"
        print(f"hand {number}: {what}{', chosen' if card.raised else ''}")
    for doubt in table.doubts:
        print(f"doubt: {doubt}")


if __name__ == "__main__":
    main()
