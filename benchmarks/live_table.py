"""Does the watcher know how a running game stands? A play whose states and acts are known is watched with its table.

    python benchmarks/live_table.py --model demo [--deck demo] [--minutes 10] [--misses]

Frames are handed over, ten a second. At the end of each rest (no card moves but under the mouse) the state that was told last
is compared with the truth, field by field: right, null, or wrong; and each event with what was done in the play. Rests of less
than a second are counted apart: a watcher needs some looks. --deck: `demo`, drawn, or the name of a deck in data/art; the model
must have learned its playing cards for their ranks and suits.
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

import cv2
import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import art_dir
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.table.records import PlayingCard, Table
from balatro.identify_card.watch.rest.told import GameEvent, State, Told
from balatro.identify_card.watch.watch import Watcher
from balatro.render.deck import Deck, load_deck
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.play import Play, write_play
from balatro.render.rests import Act, Laid, Rest
from balatro.render.stage import Stage

SIZE, FPS = (1280, 720), 10.0
LATEST_S = 6.0
"""An event that comes later than this after its act is no longer counted as telling it."""
LONG_S = 1.0
"""A rest of so long is long enough for a watcher that looks ten times a second."""
NUMBERS = ("money", "hands", "discards", "ante", "round", "score")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="demo", help="name or folder of a model of the deck")
    parser.add_argument("--deck", default="demo")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--misses", action="store_true", help="print each miss")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    deck = draw_demo_deck() if args.deck == "demo" else load_deck(art_dir(args.deck))
    play = write_play(deck, np.random.default_rng(args.seed), 60 * args.minutes, table=True)
    told = watch_play(Stage(deck, play, SIZE), play, Recognizer.load(args.model, threads=1))
    report_states(deck, play, [one for one in told if isinstance(one, State)], args.misses)
    report_events(play, [one for one in told if isinstance(one, GameEvent)], args.misses)


def watch_play(stage: Stage, play: Play, recognizer: Recognizer) -> list[Told]:
    watcher = Watcher(recognizer, table=True)
    times = [number / FPS for number in range(int(play.seconds * FPS))]
    return [one for now in times for one in watcher.look(stage.draw(now), now).told]


# States.


def true_fields(deck: Deck, rest: Rest) -> dict[str, Any]:
    """What is true, by field."""
    rows = {area: [true_card(deck, laid) for laid in row] for area, row in rest.rows.items()}
    numbers = {name: getattr(rest.tally, name) for name in NUMBERS}
    screen = "shop" if rest.shop_is_open else "hand" if rows["hand"] else None
    return {"screen": screen, **rows, **numbers}


def true_card(deck: Deck, laid: Laid) -> tuple[Any, ...]:
    card = deck.cards[laid.card]
    if card.type == "Playing card":
        return (card.rank or None, card.suit or None, laid.raised)
    return (card.id, MODIFIERS[laid.modifier])


def told_fields(table: Table) -> dict[str, Any]:
    """The same as a state tells it; None where it does not."""
    rows = {area: told_row(getattr(table, area)) for area in ("jokers", "consumables", "hand", "played")}
    shop = None if table.shop is None else told_row([offer.card for offer in table.shop.cards])
    return {"screen": table.screen, **rows, "shop": shop, **{name: getattr(table, name) for name in NUMBERS}}


def told_row(cards: Any) -> list[tuple[Any, ...]] | None:
    if cards is None:
        return None
    return [(one.rank, one.suit, one.raised) if isinstance(one, PlayingCard) else (one.id, one.modifier) for one in cards]


def judge(true: Any, told: Any) -> str:
    """right, null or wrong. A row that is not told is right where it is empty."""
    if true == told or (true == [] and told is None):
        return "right"
    return "null" if told is None or has_nulls(true, told) else "wrong"


def has_nulls(true: Any, told: Any) -> bool:
    """Whether rows differ only in what is not told of a card."""
    if not isinstance(true, list) or len(true) != len(told):
        return False
    pairs = [pair for one, other in zip(true, told, strict=True) for pair in zip(one, other, strict=True)]
    return all(one == other or other is None for one, other in pairs)


def report_states(deck: Deck, play: Play, states: list[State], misses: bool) -> None:
    fields: Counter[tuple[str, str]] = Counter()
    exact: Counter[tuple[bool, bool]] = Counter()
    for rest in play.rests:
        before = [state for state in states if state.seconds <= rest.until]
        true, told = true_fields(deck, rest), told_fields(before[-1].table if before else Table())
        is_long = rest.until - rest.since >= LONG_S
        verdicts = {name: judge(true[name], told[name]) for name in true}
        exact[is_long, all(verdict == "right" for verdict in verdicts.values())] += 1
        for name, verdict in verdicts.items() if is_long else ():
            fields[name, verdict] += 1
            if misses and verdict != "right":
                print(f"{rest.since:6.1f}-{rest.until:.1f} s  {name}: {true[name]}, told {told[name]}")
    for is_long, what in ((True, "a second or more"), (False, "less")):
        print(f"rests of {what}: {exact[is_long, True] + exact[is_long, False]}, exact {exact[is_long, True]}")
    print("of those of a second or more:")
    for name in dict.fromkeys(name for name, _ in fields):
        right, null, wrong = (fields[name, verdict] for verdict in ("right", "null", "wrong"))
        print(f"  {name:<12} {right:4d} right {null:4d} null {wrong:4d} wrong")
    print(f"{len(states)} states told")


# Events.


def report_events(play: Play, told: list[GameEvent], misses: bool) -> None:
    left = list(told)
    right: Counter[str] = Counter()
    missing: list[Act] = []
    acts = [act for act in play.acts if act.seconds >= play.rests[0].until]  # before, there was nothing to compare with
    for act in acts:
        fits = [one for one in left if one.change.kind == act.kind and -0.2 <= one.seconds - act.seconds <= LATEST_S]
        if fits:
            left.remove(fits[0])
            right[act.kind] += 1
        else:
            missing.append(act)
    print(f"{len(acts)} acts: {sum(right.values())} told, {len(missing)} missing, {len(left)} too many")
    asked, extra = Counter(act.kind for act in acts), Counter(one.change.kind for one in left)
    for kind in sorted(asked | extra):
        print(f"  {kind:<16} {right[kind]:4d} of {asked[kind]:4d}, {extra[kind]:4d} too many")
    if misses:
        for act in missing:
            print(f"missing  {act.seconds:6.1f} s  {act.kind}")
        for one in left:
            print(f"too many {one.seconds:6.1f} s  {one.change.kind} {one.change.facts}")


if __name__ == "__main__":
    main()
