"""A game that plays itself."""

import itertools
from collections import Counter

import numpy as np
import pytest

from balatro.identify_card.table.changes import CHANGES
from balatro.identify_card.watch.gate import ChangeGate
from balatro.render.deck import Deck
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.display import PLAIN
from balatro.render.play import ACTS, TABLE_ACTS, Key, Life, Play, truth, write_play
from balatro.render.rests import earned
from balatro.render.stage import Stage
from balatro.runtime.text.glyphs import make_glyphs
from balatro.runtime.text.screen import read_fields

MINUTE = 60.0


@pytest.fixture(scope="module")
def deck() -> Deck:
    return draw_demo_deck()


def play_of(deck: Deck, seed: int = 0, seconds: float = MINUTE, table: bool = False) -> Play:
    return write_play(deck, np.random.default_rng(seed), seconds, table)


def test_same_seed_same_play_same_pictures(deck: Deck) -> None:
    one, other = play_of(deck), play_of(deck)
    assert one == other != play_of(deck, seed=1)
    pictures = [Stage(deck, play, (320, 180)).draw(7.0) for play in (one, other)]
    assert np.array_equal(*pictures)


def test_every_appearance_has_its_end_or_lasts(deck: Deck) -> None:
    play = play_of(deck, seconds=300)
    kinds = Counter(event.kind for event in truth(deck, play))
    lasting = [life for life in play.lives if deck.cards[life.card].known and life.end >= play.seconds]
    assert kinds["appeared"] == kinds["gone"] + len(lasting) > 40
    assert kinds["changed"] > 0
    assert abs(sum(ACTS.values()) - 1) < 1e-9 > abs(sum(TABLE_ACTS.values()) - 1)


def test_truth_is_in_order_and_tells_of_named_cards_only(deck: Deck) -> None:
    told = truth(deck, play_of(deck, seed=2, seconds=120))
    assert [event.seconds for event in told] == sorted(event.seconds for event in told)
    assert all(card.known for event in told for card in deck.cards if card.id == event.id)


def test_cards_live_long_enough_to_be_seen_and_time_goes_on(deck: Deck) -> None:
    for seed in range(5):
        for life in play_of(deck, seed, 180).lives:
            assert life.end - life.begin > 1
            times = [key.seconds for key in life.keys]
            assert times == sorted(times)


def test_a_card_shows_from_its_first_moment_to_its_last(deck: Deck) -> None:
    card = next(place for place, card in enumerate(deck.cards) if card.known)
    there = Life(0, card, (Key(1, 500, 280), Key(2, 700, 280), Key(3, 700, 280)), ((1, 0), (2.5, 4)), ((2.2, 2.9),))
    stages = [Stage(deck, Play(lives, (), 4), (640, 360), PLAIN) for lives in ((there,), ())]

    def differs(seconds: float) -> np.ndarray:
        pictures = [stage.draw(seconds).astype(int) for stage in stages]
        return np.abs(pictures[0] - pictures[1]).max(axis=2) > 8

    assert not differs(0.9).any() and not differs(3.0).any()
    before, after = differs(1.0), differs(2.1)
    assert np.median(np.nonzero(before)[1]) == pytest.approx(500 * 640 / 1024, abs=8)
    assert np.median(np.nonzero(after)[1]) == pytest.approx(700 * 640 / 1024, abs=8)
    base, negative = stages[0].draw(2.1), stages[0].draw(2.95)  # before and after its edition changed
    assert np.abs(base.astype(int) - negative).max() > 100


def test_the_table_never_rests(deck: Deck) -> None:
    stage, gate = Stage(deck, play_of(deck), (640, 360)), ChangeGate()
    gate.is_same(stage.draw(20.0))
    assert not gate.is_same(stage.draw(20.5))


def test_rests_and_acts_are_in_order(deck: Deck) -> None:
    for seed in range(3):
        play = play_of(deck, seed, 180, table=True)
        times = [moment for rest in play.rests for moment in (rest.since, rest.until)]
        assert times == sorted(times) and len(play.rests) > 40
        assert [act.seconds for act in play.acts] == sorted(act.seconds for act in play.acts)
        assert {act.kind for act in play.acts} <= set(CHANGES)


def test_cards_lie_as_the_rest_says(deck: Deck) -> None:
    play = play_of(deck, 0, 120, table=True)
    for rest in play.rests:
        middle = (rest.since + rest.until) / 2
        there = [life for life in play.lives if life.begin <= middle < life.end]
        cards = sorted(laid.card for row in rest.rows.values() for laid in row)
        assert sorted(life.card for life in there) == cards


def test_every_change_between_rests_is_an_act(deck: Deck) -> None:
    play = play_of(deck, 0, 300, table=True)
    for before, after in itertools.pairwise(play.rests):
        acts = [act.kind for act in play.acts if before.until <= act.seconds < after.since]
        changed = {name for name in ("jokers", "consumables") if len(before.rows[name]) != len(after.rows[name])}
        assert not changed or {"card_bought", "card_sold", "card_used"} & set(acts)
        assert (before.rows["played"] != after.rows["played"]) == bool({"cards_played", "score_counted"} & set(acts))
        assert before.shop_is_open == after.shop_is_open or {"shop_opened", "shop_left"} & set(acts)


def test_money_is_never_owed_and_a_won_round_brings_some(deck: Deck) -> None:
    play = play_of(deck, 0, 600, table=True)
    money = [tally.money for _, tally in play.tallies]
    assert min(money) >= 0
    won = [act.seconds for act in play.acts if act.kind == "round_won"]
    before = [[tally for since, tally in play.tallies if since < second][-1] for second in won]
    after = [[tally for since, tally in play.tallies if since <= second][-1] for second in won]
    assert won and all(two.money == one.money + earned(one) for one, two in zip(before, after, strict=True))


def test_the_side_panel_tells_the_tally(deck: Deck) -> None:
    play = play_of(deck, 0, 300, table=True)
    glyphs = make_glyphs(deck.font)
    stage = Stage(deck, play, (1920, 1080))
    for since, tally in play.tallies[::15]:
        _, fields = read_fields(stage.draw(since + 0.01), glyphs)
        told = {field.name: field.value for field in fields}
        for name in ("hands", "discards", "money", "ante", "round"):
            assert told[name] == getattr(tally, name)
