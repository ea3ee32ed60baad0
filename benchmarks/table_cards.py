"""How often the playing cards of a screen are read right, aspect by aspect.

    python -m benchmarks.table_cards MODEL LABELS.jsonl... [--misses]

LABELS: JSON lines beside their pictures, one a screen: file, `hand` and `pack`, lists of cards from left to right with rank,
suit, enhancement, seal, edition and facing (front or back). Read and true cards are aligned by rank and suit, as difflib does:
`face` counts those. `whole` counts the cards of which all is right. Run from the repository's root.
"""

from __future__ import annotations

import argparse
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from benchmarks.table_numbers import labelled

from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.table.records import PlayingCard
from balatro.utils.progress import track

ASPECTS = ("enhancement", "seal", "modifier")


def true_face(card: dict[str, Any]) -> str:
    """What the card is told by."""
    if card["facing"] == "back":
        return "face down"
    return "Stone" if card["enhancement"] == "Stone" else f"{card['rank']} of {card['suit']}"


def read_face(card: PlayingCard) -> str:
    """The same of a card that was read."""
    if card.face_down:
        return "face down"
    return "Stone" if card.enhancement == "Stone" else f"{card.rank} of {card.suit}"


def judge(truth: list[dict[str, Any]], cards: list[PlayingCard]) -> tuple[Counter[str], list[str]]:
    """Counts of one row, and what is wrong with it."""
    names = [true_face(card) for card in truth]
    blocks = SequenceMatcher(None, names, [read_face(card) for card in cards], autojunk=False).get_matching_blocks()
    pairs = {block.a + n: cards[block.b + n] for block in blocks for n in range(block.size)}
    counts = Counter(cards=len(truth), extra=max(len(cards) - len(truth), 0), face=len(pairs))
    misses = [f"{name} is not read" for n, name in enumerate(names) if n not in pairs]
    for place, read in pairs.items():
        true = {**truth[place], "modifier": truth[place]["edition"]}
        wrong = (
            [] if read.face_down else [name for name in ASPECTS if (getattr(read, name) or "Base") != (true[name] or "Base")]
        )
        counts["whole"] += not wrong
        misses += [f"{names[place]}: {name} {true[name]}, read {getattr(read, name)}" for name in wrong]
    return counts, misses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("labels", type=Path, nargs="+")
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    recognizer, total, screens = Recognizer.load(args.model, 1), Counter[str](), 0
    for file, row in track(list(labelled(args.labels)), "Reading screens"):
        opened = row.get("pack")
        if not (row.get("hand") or opened):
            continue
        table, screens = recognizer.read_table(file), screens + 1
        in_pack = [card for card in (table.pack.cards or ()) if isinstance(card, PlayingCard)] if opened and table.pack else []
        for truth, cards in ((row.get("hand") or [], list(table.hand or ())), (opened or [], in_pack)):
            counts, misses = judge(truth, cards)
            total += counts
            if args.misses:
                print(*(f"{file.name}: {miss}" for miss in misses), sep="\n", end="\n" if misses else "")
    cards = total["cards"]
    print(f"{screens} screens with playing cards, {cards} cards; {100 * total['extra'] / cards:.2f} extra in 100")
    for name in ("face", "whole"):
        print(f"{name} {total[name]} = {100 * total[name] / cards:.2f} %")


if __name__ == "__main__":
    main()
