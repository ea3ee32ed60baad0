"""Wait until a card lies on the screen, for a script that acts on it. Exit status 1 when it did not come.

python examples/wait_for_card.py Blueprint [--modifier Foil] [--seconds 60] [--source window:Balatro] [--model NAME]
"""

from __future__ import annotations

import argparse

from balatro import wait_for_card


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("card", help="its name, in any spelling")
    parser.add_argument("--modifier", help="one modifier alone, such as Foil")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--source", default="window:Balatro")
    parser.add_argument("--model", default="auto")
    args = parser.parse_args()

    # The model is loaded once and kept for all later questions.
    card = wait_for_card(args.card, args.modifier, timeout=args.seconds, source=args.source, model=args.model)
    if card is None:
        raise SystemExit(f"no {args.card} in {args.seconds:g} seconds")
    left, top, right, bottom = card.box
    print(f"{card.name}, {card.modifier}: its middle is at {(left + right) // 2}, {(top + bottom) // 2}")


if __name__ == "__main__":
    main()
