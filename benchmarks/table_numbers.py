"""How often each number of a screen is read right, left out, and read wrong, and how long a picture takes.

    python -m benchmarks.table_numbers MODEL_OR_DECK_FOLDER LABELS.jsonl... [--every 1] [--misses]
    python -m benchmarks.table_numbers MODEL_OR_DECK_FOLDER --written 200

LABELS: JSON lines beside their pictures, one a screen: file, state (SELECTING_HAND, SHOP, …), dollars, ante, round_number,
max_jokers, max_consumables and, where a hand is played, hands_left, discards_left, chips and blind (kind, score_at_least).
Where they are there, jokers, consumables and hand are lists of cards: their lengths are the counts on the screen. Of the deck
no label tells, but where no hand is dealt all of it is left. --written: as many screens written in the deck's font, for what
no label has: prices, rewards, levels, money that is owed. The folder is one with a font.json: a model's or a deck's.
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
from benchmarks.written_screens import written_screens

from balatro.identify_card.table.fields import count, number, word
from balatro.identify_card.table.read import KINDS_OF_BLIND
from balatro.runtime.text.fields import Field
from balatro.runtime.text.screen import load_glyphs, read_fields
from balatro.utils.images import load_image
from balatro.utils.pixel_font import FONT_FILE, load_font

ALWAYS = {
    "dollars": "money",
    "ante": "ante",
    "round_number": "round",
    "max_jokers": "joker_slots",
    "max_consumables": "consumable_slots",
}
PLAYING = {"hands_left": "hands", "discards_left": "discards", "chips": "score"}
NUMBERS = (
    "money", "ante", "antes", "round", "hands", "discards", "score", "score_at_least", "reward", "chips", "mult", "hand_level",
    "reroll",
)  # fmt: skip
UNDEALT = ("SHOP", "BLIND_SELECT", "PLANET_PACK", "BUFFOON_PACK", "STANDARD_PACK")
"""States in which no card is dealt: all of the deck is left."""
SCREENS = {"SELECTING_HAND": "hand", "SHOP": "shop", "BLIND_SELECT": "blinds"}
"""Our word for the game's; an opened pack's ends in PACK."""


def truth_of(row: dict[str, Any]) -> dict[str, Any]:
    """What a label says of the numbers that are on the screen."""
    playing = row["state"] == "SELECTING_HAND"
    truth = {ours: row[key] for key, ours in (ALWAYS | (PLAYING if playing else {})).items() if key in row}
    truth |= {f"{name} held": len(row[name]) for name in ("jokers", "consumables") if name in row}
    if playing and row.get("blind"):
        truth["score_at_least"] = row["blind"]["score_at_least"]
        truth["kind of blind"] = row["blind"]["kind"]
    if playing and row.get("hand"):
        truth["hand held"] = len(row["hand"])
    if row["state"] in UNDEALT:
        truth["whole deck"] = True
    truth["screen"] = "pack" if row["state"].endswith("PACK") else SCREENS.get(row["state"])
    return truth


def said_of(screen: str | None, fields: list[Field]) -> dict[str, Any]:
    """The same as it was read, None for what was not."""
    said: dict[str, Any] = {name: number(fields, name) for name in NUMBERS}
    pairs = {name: count(fields, name) for name in ("jokers", "consumables", "hand_count", "deck")}
    said |= {name: pair if None not in pair else None for name, pair in pairs.items()}
    said |= {ours: pairs[name][1] for ours, name in (("joker_slots", "jokers"), ("consumable_slots", "consumables"))}
    said |= {f"{name} held": pairs[name][0] for name in ("jokers", "consumables")} | {"hand held": pairs["hand_count"][0]}
    left, of = pairs["deck"]
    said["whole deck"] = None if left is None or of is None else left == of
    said |= {"screen": screen, "blind": word(fields, "blind"), "hand_type": word(fields, "hand_type")}
    said["kind of blind"] = None if said["blind"] is None else KINDS_OF_BLIND.get(said["blind"], "Boss")
    prices = [field.value for field in fields if field.name == "price"]
    return said | {"prices": sorted(prices) or None}  # type: ignore[type-var]


def verdict(true: Any, said: Any) -> str:
    """right, null or wrong. Prices of which some are left out, and none is another, are null."""
    if said == true:
        return "right"
    if isinstance(true, list) and said is not None:
        return "wrong" if Counter(said) - Counter(true) else "null"
    return "null" if said is None else "wrong"


def labelled(paths: list[Path]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The picture and the label of each line."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield path.parent / row["file"], row


def screens_of(args: argparse.Namespace) -> Iterator[tuple[str, np.ndarray, dict[str, Any]]]:
    """Each screen's name, picture (H, W, 3) uint8 RGB, and truth by field."""
    for file, row in list(labelled(args.labels))[:: args.every]:
        yield file.name, load_image(file), truth_of(row)
    written = written_screens(load_font(args.folder / FONT_FILE), args.written, args.seed)
    for place, (picture, truth) in enumerate(written):
        yield f"written {place}, {picture.shape[0]} rows", picture, truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("labels", type=Path, nargs="*")
    parser.add_argument("--written", type=int, default=0, help="so many screens written in the deck's font")
    parser.add_argument("--seed", type=int, default=0, help="of the written screens")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    glyphs = load_glyphs(args.folder)
    if glyphs is None:
        raise SystemExit(f"{args.folder}: no font.json there; make it anew with `balatro art import`")
    verdicts, seconds = Counter[tuple[str, str]](), []
    for file, picture, truth in screens_of(args):
        start = time.process_time()
        screen, fields = read_fields(picture, glyphs)
        seconds.append(time.process_time() - start)
        said = said_of(screen, fields)
        for name, value in truth.items():
            verdicts[name, verdict(value, said[name])] += 1
            if args.misses and said[name] != value:
                print(f"{file} {name}: {value}, read {said[name]}")
    for name in dict.fromkeys(name for name, _ in verdicts):
        right, null, wrong = (verdicts[name, kind] for kind in ("right", "null", "wrong"))
        print(f"{name:18s} {right}/{right + null + wrong} = {right / (right + null + wrong):.4f}, wrong {wrong}")
    print(f"{np.median(seconds) * 1000:.0f} ms of one thread a picture (median of {len(seconds)})")


if __name__ == "__main__":
    main()
