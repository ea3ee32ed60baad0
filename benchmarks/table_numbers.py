"""How often each number of a screen is read right, left out, and read wrong, and how long a picture takes.

    python benchmarks/table_numbers.py MODEL_OR_DECK_FOLDER LABELS.jsonl... [--every 1] [--misses]

LABELS: JSON lines beside their pictures, one a screen: file, state (SELECTING_HAND, SHOP, …), dollars, ante, round_number,
max_jokers, max_consumables and, where a hand is played, hands_left, discards_left, chips and blind (score_at_least). The folder
is one with a font.json: a model's or a deck's.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from balatro.identify_card.table.fields import count, number
from balatro.runtime.text.fields import Field
from balatro.runtime.text.screen import load_glyphs, read_fields

ALWAYS = {
    "dollars": "money",
    "ante": "ante",
    "round_number": "round",
    "max_jokers": "joker_slots",
    "max_consumables": "consumable_slots",
}
PLAYING = {"hands_left": "hands", "discards_left": "discards", "chips": "score"}
SCREENS = {"SELECTING_HAND": "hand", "SHOP": "shop", "BLIND_SELECT": "blinds"}
"""Our word for the game's; an opened pack's ends in PACK."""


def truth_of(row: dict[str, Any]) -> dict[str, Any]:
    """What a label says of the numbers that are on the screen."""
    playing = row["state"] == "SELECTING_HAND"
    truth = {ours: row[key] for key, ours in (ALWAYS | (PLAYING if playing else {})).items() if key in row}
    if playing and row.get("blind"):
        truth["score_at_least"] = row["blind"]["score_at_least"]
    truth["screen"] = "pack" if row["state"].endswith("PACK") else SCREENS.get(row["state"])
    return truth


def said_of(fields: list[Field]) -> dict[str, Any]:
    """The same numbers as they were read, None for those that were not."""
    names = ("money", "ante", "round", *PLAYING.values(), "score_at_least")
    slots = {"joker_slots": "jokers", "consumable_slots": "consumables"}
    return {name: number(fields, name) for name in names} | {ours: count(fields, name)[1] for ours, name in slots.items()}


def labelled(paths: list[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The picture and the label of each line."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield path.parent / row["file"], row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("labels", type=Path, nargs="+")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    glyphs = load_glyphs(args.folder)
    if glyphs is None:
        raise SystemExit(f"{args.folder}: no font.json there; make it anew with `balatro art import`")
    asked, right, wrong, seconds = Counter[str](), Counter[str](), Counter[str](), []
    for file, row in list(labelled(args.labels))[:: args.every]:
        picture = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
        start = time.process_time()
        screen, fields = read_fields(picture, glyphs)
        seconds.append(time.process_time() - start)
        said = said_of(fields) | {"screen": screen}
        for name, value in truth_of(row).items():
            asked[name] += 1
            right[name] += said[name] == value
            wrong[name] += said[name] not in (value, None)
            if args.misses and said[name] != value:
                print(f"{file.name} {name}: {value}, read {said[name]}")
    for name, of in asked.items():
        print(f"{name:18s} {right[name]}/{of} = {right[name] / of:.4f}, wrong {wrong[name]}")
    print(f"{np.median(seconds) * 1000:.0f} ms of one thread a picture (median of {len(seconds)})")


if __name__ == "__main__":
    main()
