"""Where cards lie, told from layouts as the game has them, at any place and scale, and from drawn screens."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balatro.identify_card.table.areas import Areas, find_areas
from balatro.identify_card.table.things import Thing
from balatro.render.deck import Deck
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.table import PLAY, ScreenCard, draw_screen
from tests.identify_card.table.layouts import (
    consumables,
    fan_of,
    jokers,
    pile,
    quad_at,
    row_of,
    thing_of,
)

FEW = settings(max_examples=40, deadline=None)
COUNTS = st.fixed_dictionaries({"jokers": st.integers(0, 8), "consumables": st.integers(0, 3)})
MOVES = st.tuples(st.floats(0.3, 4), st.floats(-200, 2000), st.floats(-200, 2000))


def found(named: dict[str, list[Thing]], move: tuple[float, float, float] = (1, 0, 0), screen: str | None = None) -> Areas:
    """The areas of these things, moved and scaled together."""
    things = [thing for part in named.values() for thing in part]
    return find_areas([replace(thing, quad=thing.quad * move[0] + move[1:]) for thing in things], screen)


def expected(named: dict[str, list[Thing]]) -> dict[str, tuple[int, ...]]:
    starts = np.cumsum([0, *map(len, named.values())])
    return {name: tuple(range(start, start + len(part))) for (name, part), start in zip(named.items(), starts, strict=False)}


def check(named: dict[str, list[Thing]], move: tuple[float, float, float] = (1, 0, 0), screen: str | None = None) -> None:
    areas, wanted = found(named, move, screen), expected(named)
    deck = wanted.pop("pile", ())
    assert areas.pile == (deck[0] if deck else None)
    assert {name: getattr(areas, name) for name in wanted} == wanted
    others = vars(Areas()).keys() - wanted.keys() - {"pile"}
    assert not any(getattr(areas, name) for name in others)


def upper(counts: dict[str, int]) -> dict[str, list[Thing]]:
    return {"jokers": jokers(counts["jokers"]), "consumables": consumables(counts["consumables"])}


@FEW
@given(COUNTS, st.integers(3, 13), st.integers(0, 5), MOVES)
def test_a_hand_and_what_was_played_of_it(counts, size, played, move):
    cards = row_of("playing card", 555 + 100 * (np.arange(played) - (played - 1) / 2), 262)
    check(upper(counts) | {"played": cards, "hand": fan_of(size), "pile": pile()}, move)


@FEW
@given(COUNTS, st.integers(1, 4), st.integers(0, 2), st.integers(0, 2), MOVES)
def test_a_shop(counts, cards, vouchers, packs, move):
    shop = row_of("card", 613 + 104 * (np.arange(cards) - (cards - 1) / 2), 280, ["Joker", "Planet"])
    wares = {
        "vouchers": row_of("voucher", 440 + 70 * np.arange(vouchers), 465),
        "packs": [thing_of("booster pack", quad_at(635 + 104 * at, 465, height=144, width=99)) for at in range(packs)],
    }
    check(upper(counts) | {"shop": shop} | wares | {"pile": pile()}, move)


@FEW
@given(COUNTS, st.integers(1, 5), st.sampled_from(["Tarot", "Joker"]), st.integers(0, 10), MOVES)
def test_an_opened_pack(counts, choices, type, size, move):
    hand = fan_of(size, y=255) if size >= 3 else []
    pack = row_of("card", 555 + 100 * (np.arange(choices) - (choices - 1) / 2), 412, [type])
    check(upper(counts) | {"hand": hand, "pack": pack, "pile": pile()}, move)


@FEW
@given(COUNTS, st.integers(3, 5))
def test_a_standard_pack(counts, choices):
    pack = row_of("playing card", 555 + 100 * (np.arange(choices) - (choices - 1) / 2), 412)
    check(upper(counts) | {"pack": pack, "pile": pile()})


def test_what_was_read_of_the_screen_decides_where_the_cards_leave_it_open():
    two = row_of("playing card", [500, 610], 412)
    assert found({"pack": two}).hand == (0, 1)
    assert found({"pack": two}, screen="pack").pack == (0, 1)
    assert found({"jokers": jokers(3)}, screen="collection") == Areas()


@pytest.mark.parametrize("part", [{"hand": fan_of(8)}, {"jokers": jokers(5)}, {"hand": fan_of(12, up=(2, 3))}])
def test_crops(part):
    check(part)


def test_consumables_alone():
    check({"consumables": consumables(2)})


def test_a_hand_that_lies_face_down_is_no_pile():
    backs = [thing_of("card back", thing.quad) for thing in fan_of(7)]
    check({"hand": backs, "pile": pile()})


def test_jokers_that_lie_face_down():
    check({"jokers": row_of("card back", np.linspace(323, 684, 5), 87), "hand": fan_of(8), "pile": pile()})


def test_a_text_over_a_card_is_none():
    bubble = [thing_of("card", quad_at(591, 330))]
    areas = found({"hand": fan_of(8), "pile": pile(), "none": bubble})
    assert areas == Areas(hand=tuple(range(8)), pile=8)


def test_things_far_larger_or_smaller_than_the_cards_are_none():
    others = [
        thing_of("card", quad_at(800, 360, height=220, width=150)),
        thing_of("card", quad_at(967, 520, height=33, width=25)),
    ]
    assert found({"jokers": jokers(5), "pile": pile(), "none": others}) == Areas(jokers=tuple(range(5)), pile=5)


@pytest.mark.parametrize("nothing", [0.0, 0.4])
def test_finds_between_the_cards_of_a_hand_are_none(nothing):
    ghosts = [thing_of("playing card", quad_at(x, 400), nothing=nothing) for x in (424, 691)]
    assert found({"hand": fan_of(8), "none": ghosts}).hand == tuple(range(8))


def test_nothing_lies_on_an_empty_picture():
    assert find_areas([]) == Areas()


AREAS = {"jokers": "jokers", "consumables": "consumables", "shop": "shop", "voucher": "vouchers", "booster": "packs",
         "pack": "pack", "hand": "hand", "played": "played"}  # fmt: skip


@pytest.mark.slow
@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_drawn_screens(seed):
    deck = _deck()
    tidy = replace(PLAY, disturbed=0.0, sizes=((640, 360),))
    screen = draw_screen(deck, np.random.default_rng(seed), tidy)
    cards = sorted(screen.cards, key=lambda card: float(card.quad[:, 0].mean()))
    things = [_truth(deck.cards[card.card].type, card) for card in cards]
    wanted = {ours: tuple(at for at, card in enumerate(cards) if card.area == area) for area, ours in AREAS.items()}
    areas = find_areas(things, "pack" if wanted["pack"] else None)
    assert {name: getattr(areas, name) for name in wanted} == wanted
    assert [card.area for at, card in enumerate(cards) if at == areas.pile] in (["deck"], [])
    assert (areas.pile is not None) == any(card.area == "deck" for card in cards)


@cache
def _deck() -> Deck:
    return draw_demo_deck(cards=20)


def _truth(type: str, card: ScreenCard) -> Thing:
    """Any card may be drawn in any place; the game deals consumables into theirs."""
    named = ("Tarot" if card.area == "consumables" else "Joker") if card.known else None
    return thing_of("card" if card.known else type.lower(), card.quad, named)
