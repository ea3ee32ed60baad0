"""A whole table from what an encoder gave: records, what stands beside the cards, and the JSON of both."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from balatro.config.kinds import KINDS
from balatro.config.modifiers import MODIFIERS
from balatro.config.playing_cards import ENHANCEMENTS, RANKS, SEALS, SUITS
from balatro.identify_card.namer import Namer
from balatro.identify_card.sight import Sight
from balatro.identify_card.table.read import read_table
from balatro.identify_card.table.records import PlayingCard, Table
from balatro.identify_card.table.show import print_table
from balatro.runtime.model_json import BundleCard, Task
from balatro.runtime.text.fields import Field
from tests.identify_card.table.layouts import Thing, fan_of, jokers, pile, row_of
from tests.identify_card.test_namer import HEADLESS

NAMES = (
    ("Red Deck", "Card back"),
    ("Hieroglyph", "Voucher"),
    ("Voucher 3,1", "Voucher"),
    ("Jumbo Buffoon Pack", "Booster pack"),
)
CLASSES = {
    "identification": tuple(name for name, _ in NAMES),
    "modifier": MODIFIERS,
    "kind": KINDS,
    "rank": RANKS,
    "suit": SUITS,
    "enhancement": ("None", *ENHANCEMENTS),
    "seal": ("None", *SEALS),
    "debuffed": ("no", "yes"),
    "sticker": ("None", "Eternal", "Eternal Rental"),
}
BUNDLE = replace(
    HEADLESS,
    cards=tuple(BundleCard(name, name, type, "", False) for name, type in NAMES),
    tasks={task: Task(classes, reject=0.5) for task, classes in CLASSES.items()},
)
PLAIN = {
    "identification": "Red Deck",
    "modifier": "Base",
    "enhancement": "None",
    "seal": "None",
    "debuffed": "no",
    "sticker": "None",
}
SURE = 30.0


def look(things: Sequence[Thing], said: Sequence[dict[str, str]], size: tuple[int, int] = (1024, 576)) -> Sight:
    """A sight of these things of which the encoder says so, surely; nothing of a task that is not named."""
    outputs = {task: np.zeros((len(things), len(classes))) for task, classes in CLASSES.items()}
    for row, (thing, told) in enumerate(zip(things, said, strict=True)):
        for task, value in ({"kind": KINDS[int(thing.kinds.argmax())]} | told).items():
            outputs[task][row, CLASSES[task].index(value)] = SURE
    outputs["embedding"] = np.zeros((len(things), 4), np.float32)
    quads = np.array([thing.quad for thing in things])
    return Sight(np.zeros((size[1], size[0], 3), np.uint8), quads, [thing.card for thing in things], outputs)


def faces(*cards: str, **more: str) -> list[dict[str, str]]:
    return [PLAIN | dict(zip(("rank", "suit"), card.split(), strict=True)) | more for card in cards]


def read(things: Sequence[Thing], said: Sequence[dict[str, str]], **more: object) -> Table:
    return read_table(look(things, said), Namer(BUNDLE), **more)  # type: ignore[arg-type]


def test_a_hand_with_all_that_it_may_have():
    said = faces("King Spades", "10 Hearts", "2 Clubs", "Ace Diamonds")
    said[0] |= {"enhancement": "Steel", "seal": "Blue"}
    said[1] |= {"debuffed": "yes"}
    said[2] |= {"enhancement": "Stone"}
    said[3] |= {"kind": "card back"}
    first, *others = fan_of(4, up=(0,))
    first = replace(first, card=replace(first.card, modifier="Foil"))
    table = read([first, *others, *pile()], [*said, PLAIN])
    king, ten, stone, down = table.hand or ()
    assert (king.rank, king.suit, king.enhancement, king.seal, king.modifier) == ("King", "Spades", "Steel", "Blue", "Foil")
    assert [card.raised for card in (king, ten, stone, down)] == [True, False, False, False]
    assert (ten.rank, ten.debuffed, ten.enhancement, ten.seal) == ("10", True, None, None)
    assert (stone.rank, stone.suit, stone.enhancement) == (None, None, "Stone")
    assert down.face_down and (down.rank, down.suit, down.modifier) == (None, None, None)
    assert all(card.confidence > 0.99 for card in table.hand or ())
    assert table.screen == "hand" and table.deck is not None and table.deck.back == "Red Deck"


def test_what_a_model_cannot_tell_is_none():
    tasks = {task: entry for task, entry in BUNDLE.tasks.items() if task in ("modifier", "kind", "identification")}
    table = read_table(look(fan_of(5), [{}] * 5), Namer(replace(BUNDLE, tasks=tasks)))
    assert [(card.rank, card.suit, card.enhancement, card.seal) for card in table.hand or ()] == [(None,) * 4] * 5


def test_what_is_too_improbable_is_none():
    table = read(fan_of(3), [{}, *faces("King Spades", "2 Clubs")])
    assert [card.rank for card in table.hand or ()] == [None, "King", "2"]


def test_stickers_of_jokers():
    table = read(jokers(2), [PLAIN | {"sticker": "Eternal Rental"}, PLAIN | {"debuffed": "yes"}])
    assert [(card.stickers, card.debuffed) for card in table.jokers or ()] == [(("Eternal", "Rental"), False), ((), True)]


def shop() -> tuple[list[Thing], list[dict[str, str]]]:
    wares = [*row_of("voucher", [374, 450], 465), *row_of("booster pack", [687], 465)]
    named = ["Hieroglyph", "Voucher 3,1", "Jumbo Buffoon Pack"]
    return [*jokers(2), *row_of("card", [560, 660], 280, ["Joker"]), *wares], [PLAIN] * 4 + [
        PLAIN | {"identification": name} for name in named
    ]


def test_a_consumable_that_is_used_over_a_hand_is_no_shop():
    said = [PLAIN] * 2 + faces("King Spades", "10 Hearts", "2 Clubs", "Ace Diamonds") + [PLAIN] * 2
    used = row_of("card", [680], 285, ["Tarot"])
    assert read([*jokers(2), *fan_of(4), *used, *pile()], said).screen == "hand"


def test_a_shop_with_its_prices():
    tags = [(560, 215, "$5", 5), (450, 400, "$10", 10), (687, 402, "$6", 6), (300, 520, "$9", 9)]
    fields = [Field("price", text, value, (x - 12, y - 8, x + 12, y + 8), 0.9) for x, y, text, value in tags]
    table = read(*shop(), fields=[*fields, Field("reroll", "$5", 5, (300, 300, 340, 320), 1.0)])
    sold = table.to_json()["shop"]
    assert [card["price"] for card in sold["cards"]] == [5, None]
    assert sold["vouchers"] == [{"name": "Hieroglyph", "price": None}, {"name": None, "price": 10}]
    assert sold["packs"] == [{"name": "Jumbo Buffoon Pack", "price": 6}] and sold["reroll"] == 5
    assert table.screen == "shop" and len(table.jokers or ()) == 2


def test_numbers_and_words():
    told = [("money", 21.0), ("ante", 4), ("jokers", (2, 6)), ("deck", (37, 54)), ("score", 1.234e11), ("tag", "Double Tag")]
    told += [("blind", "The Goad"), ("score_at_least", 22000), ("reward", 5), ("pack", "Standard Pack"), ("choose", 1)]
    fields = [Field(name, str(value), value, (0, 0, 9, 9), 1.0) for name, value in told]
    table = read(jokers(2), [PLAIN] * 2, screen="pack", fields=[*fields, Field("money", "$3", 3, (0, 0, 9, 9), 0.2)])
    told_json = json.loads(json.dumps(table.to_json()))
    assert (told_json["money"], told_json["ante"], told_json["joker_slots"], told_json["score"]) == (21, 4, 6, 123400000000)
    assert told_json["blind"] == {"kind": "Boss", "name": "The Goad", "score_at_least": 22000, "reward": 5}
    assert told_json["deck"] == {"back": None, "left": 37, "of": 54} and told_json["tags"] == ["Double Tag"]
    assert told_json["pack"] == {"name": "Standard Pack", "choose": 1, "cards": []} and told_json["doubts"] == []
    assert told_json["hands"] is None and told_json["screen"] == "pack"


def test_lists_that_are_not_on_the_picture_are_left_out():
    crop = read_table(look(fan_of(5), faces(*["2 Clubs"] * 5), size=(600, 130)), Namer(BUNDLE)).to_json()
    assert "jokers" not in crop and "played" not in crop and len(crop["hand"]) == 5
    whole = read(fan_of(5), faces(*["2 Clubs"] * 5)).to_json()
    assert whole["jokers"] == [] == whole["consumables"] and "tags" not in whole and whole["shop"] is None


def test_an_empty_picture():
    assert read([], []) == Table()


@pytest.mark.parametrize("kind", ["playing card", "card"])
def test_packs_hold_cards_of_either_kind(kind):
    choices = row_of(kind, [450, 555, 660], 412, [None])
    table = read([*choices, *pile()], [*faces("2 Clubs", "3 Clubs", "4 Clubs"), PLAIN])
    assert (
        table.pack is not None and [isinstance(card, PlayingCard) for card in table.pack.cards] == [kind == "playing card"] * 3
    )


def test_on_a_terminal():
    said = faces("King Spades", "10 Hearts", "2 Clubs")
    said[0] |= {"enhancement": "Steel", "seal": "Blue"}
    things, told = [*jokers(1), *fan_of(3, up=(1,)), *row_of("card back", [893], 478)], [PLAIN, *said, PLAIN]
    out = io.StringIO()
    print_table(read(things, told).to_json(), Console(file=out, width=200))
    lines = [line.split(maxsplit=1) for line in out.getvalue().splitlines()]
    assert [heading for heading, _ in lines] == ["screen", "jokers", "hand", "deck"]
    assert lines[2][1].split("  ")[:3] == ["K♠ (Steel, Blue seal)", "▲10♥", "2♣"] and lines[3][1].strip() == "Red Deck"


def test_a_playing_card_that_is_alone_is_a_hand():
    assert len(read(row_of("playing card", [555], 412), faces("2 Clubs")).hand or ()) == 1
