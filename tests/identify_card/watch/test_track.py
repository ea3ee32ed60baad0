"""Scripted games with the truth known: what the tracker says must be what happened, each thing once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balatro.errors import SettingsError
from balatro.identify_card.card import Card
from balatro.identify_card.watch.events import Event
from balatro.identify_card.watch.followed import STILLS, Ballot, TrackSettings
from balatro.identify_card.watch.looks import ALIKE, distances, print_distance
from balatro.identify_card.watch.track import Tracker

FRAME_S = 0.1
CARD_SIZE = (80.0, 110.0)
SCREEN = (1000, 600)


@dataclass(frozen=True)
class Thing:
    """A card of a scripted frame. `says` is what the network reads, if that is not what it is."""

    name: str
    x: float
    y: float = 100.0
    modifier: str = "Base"
    size: float = 1.0
    covered: float = 0.0
    """Share of it that something lies over, from the left."""
    shown: float = 1.0
    """Share of its width that shows at the left; `under` lies over the rest."""
    under: str = ""
    found: bool = True
    """Whether the locator finds it."""
    says: str | None = ""
    """What is read; "" for what it is, None for unknown."""
    confidence: float = 0.99
    modifier_confidence: float = 0.95
    edition: int = 25
    """Grey levels by which an edition differs from the base look."""

    def quad(self) -> np.ndarray:
        half = np.array(CARD_SIZE) * self.size / 2
        return (np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half + (self.x, self.y)).astype(np.float32)

    def print(self) -> np.ndarray:
        look = picture(self.name).astype(int) + self.edition * (self.modifier != "Base")
        look[:, : round(12 * self.covered)] = picture("a tooltip")[:, : round(12 * self.covered)]
        cut = round(12 * self.shown)
        if cut < 12:
            look[:, cut:] = picture(self.under)[:, : 12 - cut]
        return look.clip(0, 255).astype(np.uint8)

    def card(self) -> Card:
        name = self.name if self.says == "" else self.says
        known = name is not None
        quad = tuple((round(float(x)), round(float(y))) for x, y in self.quad())
        sure = self.confidence if known else 0.1
        box = (int(self.quad()[0, 0]), 0, 1, 1)
        return Card(name, name, "Joker", "Common", self.modifier, known, sure, self.modifier_confidence, box, quad, ())


@cache
def picture(name: str) -> np.ndarray:
    """A fingerprint of its own for each name."""
    return np.random.default_rng(list(name.encode())).integers(0, 256, (16, 12, 3)).astype(np.uint8)


class FakeView:
    """A frame of things."""

    size = SCREEN

    def __init__(self, things: Sequence[Thing], noise: np.random.Generator | None = None) -> None:
        self.things = [thing for thing in things if thing.found]
        self.all = list(things)
        self.num_reads = 0
        self.quads = np.array([thing.quad() for thing in self.things], np.float32).reshape(-1, 4, 2)
        if noise is not None:
            self.quads += noise.normal(0, 1, self.quads.shape).astype(np.float32)

    def prints(self, quads: np.ndarray) -> np.ndarray:
        """What lies nearest to each quad, or the table."""
        result = [picture("the table")] * len(quads)
        there = np.array([thing.quad() for thing in self.all], np.float32).reshape(-1, 4, 2)
        for row, far in enumerate(distances(quads, there)):
            if len(far) and far.min() < 0.2:
                result[row] = self.all[int(far.argmin())].print()
        return np.array(result, np.uint8).reshape(-1, 16, 12, 3)

    def read(self, rows: Sequence[int]) -> list[Card]:
        self.num_reads += len(rows)
        return [self.things[row].card() for row in rows]


class Game:
    """Frames played to a tracker; remembers what it said."""

    def __init__(self, settings: TrackSettings | None = None) -> None:
        self.tracker = Tracker(settings) if settings else Tracker()
        self.events: list[Event] = []
        self.num_reads = 0
        self.seconds = 0.0
        self.noise = np.random.default_rng(3)

    def play(self, *things: Thing, frames: int = 10) -> list[str]:
        """Show the same for some frames; what was said, as `appeared a`."""
        start = len(self.events)
        for _ in range(frames):
            view = FakeView(things, self.noise)
            self.events += self.tracker.update(view, self.seconds)
            self.num_reads += view.num_reads
            self.seconds += FRAME_S
        return [f"{event.kind} {event.card.name}" for event in self.events[start:]]

    def tracks(self) -> dict[str, list[int]]:
        """Numbers of the shown cards, by name."""
        found: dict[str, list[int]] = {}
        for shown in self.tracker.shown():
            found.setdefault(shown.card.name or "", []).append(shown.track)
        return found


A, B, C = Thing("a", 200), Thing("b", 320), Thing("c", 440)


def dealt(*things: Thing) -> Game:
    game = Game()
    assert sorted(game.play(*things)) == sorted(f"appeared {thing.name}" for thing in things)
    return game


def test_announced_once_after_enough_votes() -> None:
    game = Game()
    assert [game.play(A, frames=1) for _ in range(5)] == [[], [], ["appeared a"], [], []]
    assert game.events[0].since == 0.0 and game.events[0].seconds == pytest.approx(0.2)
    assert game.num_reads == 3


def test_steady_table_is_hardly_read() -> None:
    game = dealt(A, B, C)
    before = game.num_reads
    assert game.play(A, B, C, frames=20) == []
    assert game.num_reads - before <= 3  # each once, since its reading had become old


def test_sold_then_next_card_takes_its_place() -> None:
    game = dealt(A, B, C)
    numbers = game.tracks()
    # The row closes up: c lies where b lay.
    assert game.play(A, replace(C, x=320), frames=20) == ["gone b"]
    assert game.tracks() == {"a": numbers["a"], "c": numbers["c"]}
    gone = game.events[-1]
    assert gone.since == pytest.approx(0.9) and gone.seconds - gone.since == pytest.approx(1.3, abs=0.11)


@pytest.mark.parametrize(
    "moved",
    [
        pytest.param((replace(A, y=60, size=1.1), B), id="hovered"),
        pytest.param((replace(A, x=700, y=400), B), id="moved far at once"),
        pytest.param((replace(A, x=B.x), replace(B, x=A.x)), id="swapped places"),
        pytest.param((replace(A, says="b"), B), id="misread though it looks the same"),
        pytest.param((replace(A, says="z", confidence=0.7), B), id="misread, not sure"),
    ],
)
def test_nothing_is_said_and_numbers_stay(moved: tuple[Thing, ...]) -> None:
    game = dealt(A, B)
    numbers = game.tracks()
    assert game.play(*moved, frames=3) + game.play(A, B, frames=30) == []
    assert game.tracks() == numbers


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param(replace(A, found=False), id="not found"),
        pytest.param(replace(A, covered=1.0, found=False), id="all covered"),
        pytest.param(replace(A, covered=0.4, says=None), id="half covered and unknown"),
        pytest.param(replace(A, covered=1.0, says=None), id="a tooltip located and unknown"),
        pytest.param(replace(A, covered=0.7, found=False), id="mostly covered"),
    ],
)
def test_covered_for_ten_frames(hidden: Thing) -> None:
    game = dealt(A, B)
    numbers = game.tracks()
    assert game.play(hidden, B) + game.play(A, B, frames=30) == []
    assert game.tracks() == numbers


def test_half_covered_and_not_found_is_held() -> None:
    game = dealt(A, B)
    assert game.play(replace(A, covered=0.4, found=False), B, frames=100) == []
    assert [(shown.covered, shown.peeks) for shown in game.tracker.shown()] == [(True, True), (False, False)]
    assert game.play(B, frames=20) == ["gone a"]


def test_misread_in_one_frame_while_dealt() -> None:
    game = Game()
    assert game.play(replace(A, x=120, says="z", covered=0.3), frames=1) == []
    assert game.play(A, frames=20) == ["appeared a"]


def test_rerolled_in_place() -> None:
    game = dealt(A, B)
    number = game.tracks()["a"]
    assert game.play(replace(C, x=A.x), B, frames=10) == ["gone a", "appeared c"]
    assert game.tracks()["c"] != number
    assert game.play(replace(C, x=A.x), B, frames=40) == []


def test_the_same_card_in_another_modifier_elsewhere_is_another_one() -> None:
    game = dealt(A, B)
    assert sorted(game.play(replace(A, x=800, y=500, modifier="Foil"), B, frames=30)) == ["appeared a", "gone a"]


def test_a_card_moved_far_and_misread_on_its_way_stays_itself() -> None:
    game = dealt(A, B)
    numbers = game.tracks()
    game.play(replace(A, x=800, y=500, modifier="Foil", covered=0.3), B, frames=1)
    assert game.play(replace(A, x=800, y=500), B, frames=30) == []
    assert game.tracks() == numbers


def test_two_editions_of_a_card_that_pass_each_other_change_places_silently() -> None:
    foil = replace(A, x=320, modifier="Foil")
    game = dealt(A, foil)
    numbers = {shown.card.modifier: shown.track for shown in game.tracker.shown()}
    assert game.play(replace(A, x=320), replace(foil, x=200), frames=40) == []
    assert {shown.card.modifier: shown.track for shown in game.tracker.shown()} == numbers
    places = {shown.card.modifier: shown.card.box[0] for shown in game.tracker.shown()}
    assert places["Foil"] < places["Base"]


def test_a_card_that_lies_where_its_copy_was_is_not_taken_for_it() -> None:
    foil = replace(A, x=320, modifier="Foil", edition=8)
    game = dealt(A, foil)
    numbers = {shown.card.modifier: shown.track for shown in game.tracker.shown()}
    told = game.play(replace(A, x=260, found=False), replace(foil, x=215), frames=2)  # one is dragged over the other
    told += game.play(replace(A, x=330), replace(foil, x=200), frames=30)
    assert told == []
    assert {shown.card.modifier: shown.track for shown in game.tracker.shown()} == numbers


def test_what_shimmers_slowly_into_the_look_of_another_card_keeps_its_name_for_long() -> None:
    game = dealt(A, B)
    assert game.play(replace(A, says="z"), B, frames=30) == []
    assert game.play(replace(A, says="z"), B, frames=40) == ["gone a", "appeared z"]


def test_another_modifier_needs_certainty() -> None:
    game = dealt(A, B)
    assert game.play(replace(A, modifier="Foil", modifier_confidence=0.8), B, frames=40) == []
    assert game.play(replace(A, modifier="Foil", modifier_confidence=0.95), B, frames=20) == ["changed a"]


@pytest.mark.parametrize(("over", "held"), [(False, False), (True, True)])
def test_a_strip_beside_the_cards_that_cover_it_shows_that_it_is_there(over: bool, held: bool) -> None:
    """Two cards lie over most of it: what is left shows the card, or the table."""
    game = dealt(A, B, C)
    left, right = replace(A, x=B.x - 60), replace(C, x=B.x + 60)
    strip = replace(B, found=False, covered=0.0 if over else 1.0)
    told = game.play(left, strip, right, frames=40)
    assert ("gone b" not in told) == held


@pytest.mark.parametrize(("name", "told"), [("a", ["appeared a"]), ("half of a and half of b", [])])
def test_a_copy_almost_on_its_like_looks_like_it(name: str, told: list[str]) -> None:
    game = dealt(A, B)
    assert game.play(A, Thing(name, A.x + 0.45 * CARD_SIZE[0], says="a"), B, frames=60) == told


def test_a_fan_of_copies_is_announced_whole() -> None:
    game = Game()
    fan = [replace(A, x=200 + 0.4 * CARD_SIZE[0] * place, shown=0.4 if place < 4 else 1.0, under="a") for place in range(5)]
    assert game.play(*fan, frames=60) == ["appeared a"] * 5


def test_replaced_by_a_stranger() -> None:
    game = dealt(A, B)
    assert game.play(Thing("back", A.x, says=None), B, frames=20) == ["gone a"]
    assert game.play(Thing("back", A.x, says=None), B, frames=20) == []


def test_never_flickers_between_two_names() -> None:
    game = dealt(A)
    for number in range(60):
        game.play(replace(A, covered=0.3 + 0.3 * (number % 2), says="z" if number % 2 else ""), frames=1)
    assert len(game.events) == 1


def test_unsure_reading_is_not_announced() -> None:
    assert Game().play(replace(A, confidence=0.7), frames=50) == []


def test_modifier_changes_once() -> None:
    game = dealt(A, B)
    number = game.tracks()["a"]
    assert game.play(replace(A, modifier="Foil"), B, frames=20) == ["changed a"]
    event = game.events[-1]
    assert (event.before, event.card.modifier, event.track) == ("Base", "Foil", number[0])
    assert game.play(replace(A, modifier="Foil"), B, frames=20) == []


def test_copies_are_told_apart() -> None:
    game = dealt(A, replace(A, x=500))
    left, right = game.tracks()["a"]
    assert game.play(replace(A, x=490), frames=20) == ["gone a"]
    assert game.events[-1].track == left and game.tracks()["a"] == [right]


@pytest.mark.parametrize("frames", [1, 5])
def test_a_double_is_not_announced(frames: int) -> None:
    game = dealt(A, B)
    double = replace(A, x=A.x + 0.3 * CARD_SIZE[0])
    assert game.play(A, double, B, frames=frames) + game.play(A, B, frames=20) == []


def test_two_real_copies_close_together_are_announced() -> None:
    game = Game()
    assert game.play(A, replace(A, x=A.x + 0.31 * CARD_SIZE[0]), frames=40) == ["appeared a", "appeared a"]


def test_window_resized() -> None:
    game = dealt(A, B)
    numbers = game.tracks()
    half = [replace(thing, x=thing.x / 2, y=thing.y / 2, size=0.5) for thing in (A, B)]
    view = FakeView(half)
    view.size = (500, 300)
    assert game.tracker.update(view, game.seconds) == []
    assert game.tracks() == numbers
    assert game.tracker.shown()[0].card.box == (80, 22, 120, 78)


def test_repeated_frames_count_as_votes_and_as_time() -> None:
    tracker = Tracker()
    for number in range(3):
        assert tracker.is_unsettled == (number > 0)
        events = tracker.update(FakeView([A]), number * FRAME_S)
    assert [event.kind for event in events] == ["appeared"] and not tracker.is_unsettled
    assert tracker.repeat(5.0) == []
    assert tracker.update(FakeView([]), 5.1) == []
    assert tracker.repeat(6.0) == []
    assert [event.kind for event in tracker.repeat(6.4)] == ["gone"]


def test_stills_stand_for_themselves() -> None:
    game = Game(STILLS)
    assert game.play(A, B, frames=1) == ["appeared a", "appeared b"]
    assert game.play(A, frames=1) == ["gone b"]
    assert game.play(replace(C, x=A.x), frames=1) == ["gone a", "appeared c"]


def test_empty_frames() -> None:
    assert Game().play(frames=3) == []


@settings(max_examples=12, deadline=None)
@given(
    steps=st.lists(st.tuples(st.sampled_from("abcde"), st.booleans(), st.integers(0, 5)), max_size=6),
    seed=st.integers(0, 9),
)
def test_what_appeared_less_what_is_gone_is_the_table(steps: list[tuple[str, bool, int]], seed: int) -> None:
    """Cards come, go, move and are covered in any order: each of it is said once."""
    game = Game()
    game.noise = np.random.default_rng(seed)
    table: dict[str, Thing] = {}
    for name, covered, place in steps:
        if name in table and not covered:
            del table[name]
        elif name not in table:
            others = {thing.x for thing in table.values()}
            free = [100.0 + 100 * number for number in range(9) if 100.0 + 100 * number not in others]
            table[name] = Thing(name, free[place % len(free)])
        else:
            game.play(*(replace(thing, found=thing.name != name) for thing in table.values()), frames=8)
        said = game.play(*table.values(), frames=16)
        assert len(said) <= 1
        assert sorted(game.tracks()) == sorted(table)


@pytest.mark.parametrize(
    ("votes", "answer"),
    [("aab", "a"), ("abb", "b"), ("ab", "a")],
)
def test_ballot_leader(votes: str, answer: str) -> None:
    ballot = Ballot(TrackSettings())
    for number, vote in enumerate(votes):
        ballot.vote(vote, number)
    assert ballot.leader == answer


def test_ballot_rival_needs_votes_time_and_no_opposition() -> None:
    ballot = Ballot(TrackSettings(votes=2))
    ballot.say("a")
    for seconds, vote in enumerate("bab"):
        ballot.vote(vote, seconds)
    assert ballot.overturned(9.0, patience=1.0) is None  # one vote since a was read
    ballot.vote("b", 2.5)
    assert ballot.overturned(2.5, patience=1.0) is None  # not for a second yet
    assert ballot.overturned(3.0, patience=1.0) == "b"


@pytest.mark.parametrize("wrong", [{"votes": 0}, {"share": 1.5}, {"gone_s": -1.0}, {"confidence": float("nan")}])
def test_settings_are_checked(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        TrackSettings(**wrong)  # type: ignore[arg-type]


def test_print_distance_broadcasts() -> None:
    looks = np.stack([picture("a"), picture("b")])
    far = print_distance(looks[:, None], looks[None])
    assert far.shape == (2, 2) and far[0, 0] == 0 and far[0, 1] == far[1, 0] > ALIKE


def test_what_has_just_gone_does_not_peek() -> None:
    game = dealt(A, B)
    assert game.play(B, frames=2) == []
    assert [(shown.covered, shown.peeks) for shown in game.tracker.shown()] == [(True, False), (False, False)]
