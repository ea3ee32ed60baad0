"""Watching with a model of another game: cards lie in any turn, and one name may have several printings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from balatro.errors import SettingsError, UnknownCardError
from balatro.identify_card.displayed import find_card, is_card_displayed
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.watch.events import Event
from balatro.identify_card.watch.watch import Frame, Watcher, watch
from balatro.runtime.locator import Found, Locator
from tests.identify_card.fake_bundle import draw_table, fake_text, write_fake_bundle

CARDS = [("red", "Base", 300, 150), ("green", "Base", 700, 400)]
ON_THEIR_HEADS = np.ascontiguousarray(draw_table(CARDS)[::-1, ::-1])
GAME = {"game": {"aspect": [0.7, 0.8]}}


class NoRefiner:
    """Stands for the package's refiner, which takes no flat patch for a card: the locator's finds as they are."""

    def find(self, image: np.ndarray, locator: Locator) -> list[Found]:
        return locator.find(image)


@pytest.fixture
def other_game(tmp_path: Path) -> Recognizer:
    """A model whose cards are of another game; the strip at a card's foot tells which way round it is."""
    recognizer = Recognizer.load(write_fake_bundle(tmp_path / "fake", without_head=True, **GAME), 1)
    recognizer.__dict__["_refiner"] = NoRefiner()
    return recognizer


def frames(picture: np.ndarray, count: int = 5) -> Iterator[Frame]:
    return (Frame(picture, number / 10) for number in range(count))


def seen(recognizer: Recognizer, picture: np.ndarray, seen_as: str = "auto") -> list[tuple[str | None, str]]:
    events: list[Event] = []
    watch(frames(picture), events.append, recognizer, seen_as=seen_as)
    return sorted((event.card.name, event.card.modifier) for event in events)


def turned_over(recognizer: Recognizer) -> list[str]:
    """How each look was asked for, as the recogniser was."""
    asked = []
    look = recognizer.look_at

    def spy(picture: np.ndarray, quads: np.ndarray, any_turn: bool = False) -> object:
        asked.append("any turn" if any_turn else "as it stands")
        return look(picture, quads, any_turn)

    recognizer.look_at = spy  # type: ignore[method-assign, assignment]
    return asked


@pytest.mark.parametrize(
    ("seen_as", "how"), [("auto", "any turn"), ("photo", "any turn"), ("card", "any turn"), ("screen", "as it stands")]
)
def test_frames_of_another_game_are_photographs(other_game: Recognizer, seen_as: str, how: str) -> None:
    asked = turned_over(other_game)
    Watcher(other_game, seen_as=seen_as).look(ON_THEIR_HEADS, 0.0)
    assert set(asked) == {how}


@pytest.mark.parametrize(("seen_as", "how"), [("auto", "as it stands"), ("photo", "any turn")])
def test_frames_of_balatro_are_screens_unless_told_otherwise(tmp_path: Path, seen_as: str, how: str) -> None:
    recognizer = Recognizer.load(write_fake_bundle(tmp_path / "fake"), 1)
    recognizer.__dict__["_refiner"] = NoRefiner()
    asked = turned_over(recognizer)
    watcher = Watcher(recognizer, seen_as=seen_as, table=seen_as == "photo")
    for number in range(12):
        watcher.look(draw_table(CARDS), number / 10)
    assert set(asked) == {how}


def test_cards_on_their_heads_are_named_as_identify_names_them(other_game: Recognizer) -> None:
    named = sorted((card.name, card.modifier) for card in other_game.identify(ON_THEIR_HEADS))
    assert seen(other_game, ON_THEIR_HEADS) == named and [name for name, _ in named] == ["Green", "Red"]


def test_a_quad_begins_at_the_cards_own_top_left(other_game: Recognizer) -> None:
    """As `identify` tells it, whichever way round the card lies, and in frames in which it is not read, too."""
    watcher = Watcher(other_game)
    moved = np.roll(ON_THEIR_HEADS, 30, axis=1)
    looks = [watcher.look(picture, number / 10) for number, picture in enumerate([ON_THEIR_HEADS] * 5 + [moved] * 2)]
    for look in (looks[3], looks[6]):
        told = {card.name: card.quad for card in other_game.identify(look.frame.image)}
        assert {shown.card.name: shown.card.quad for shown in look.shown} == told and len(told) == 2


def test_the_refiner_says_where_cards_lie(other_game: Recognizer) -> None:
    class Shifted(NoRefiner):
        def find(self, image: np.ndarray, locator: Locator) -> list[Found]:
            return [Found(found.quad + 3, found.score) for found in locator.find(image)]

    plain = Watcher(other_game, seen_as="screen")._eyes.locate(draw_table(CARDS))
    other_game.__dict__["_refiner"] = Shifted()
    assert np.allclose(Watcher(other_game)._eyes.locate(draw_table(CARDS)), plain + 3)


def test_a_frame_may_be_one_card(other_game: Recognizer) -> None:
    picture = draw_table(CARDS)[94:206, 258:342]
    assert [name for name, _ in seen(other_game, np.ascontiguousarray(picture[::-1, ::-1]), "card")] == ["Red"]
    with pytest.raises(SettingsError, match="--as is film"):
        seen(other_game, picture, "film")


def test_printings_of_one_name_are_one_card(tmp_path: Path) -> None:
    """What is read as one printing now and as another then is still one card of one name."""
    cards = [card | {"fields": {"set": card["id"]}} for card in fake_text(True)["cards"]]
    cards[2]["name"] = "Red"  # green is a printing of Red
    recognizer = Recognizer.load(write_fake_bundle(tmp_path / "fake", without_head=True, cards=cards, twins=[], **GAME), 1)
    recognizer.__dict__["_refiner"] = NoRefiner()
    one, other = draw_table(CARDS[:1]), draw_table([("green", "Base", 300, 150)])
    events: list[Event] = []
    stream = (Frame(other if number % 2 else one, number / 10) for number in range(30))
    watch(stream, events.append, recognizer)
    assert [(event.kind, event.card.name) for event in events] == [("appeared", "Red")]
    both = draw_table([CARDS[0], CARDS[1]])
    assert len(find_card("Red", source=both, model=recognizer)) == 2
    assert len(find_card("green", source=both, model=recognizer)) == 1  # an id is that printing


def test_is_a_card_of_another_game_displayed(other_game: Recognizer) -> None:
    assert is_card_displayed("Red", source=ON_THEIR_HEADS, model=other_game)
    assert is_card_displayed("Red", source=ON_THEIR_HEADS, model=other_game, seen_as="photo")
    with pytest.raises(SettingsError, match="--as is film"):
        is_card_displayed("Red", source=ON_THEIR_HEADS, model=other_game, seen_as="film")
    with pytest.raises(UnknownCardError):
        is_card_displayed("Pikachu", source=ON_THEIR_HEADS, model=other_game)


def test_a_model_without_modifiers(tmp_path: Path) -> None:
    tasks = fake_text(True)["tasks"]
    del tasks["modifier"]
    recognizer = Recognizer.load(write_fake_bundle(tmp_path / "fake", without_head=True, tasks=tasks, **GAME), 1)
    recognizer.__dict__["_refiner"] = NoRefiner()
    assert seen(recognizer, draw_table(CARDS)) == [("Green", ""), ("Red", "")]
    with pytest.raises(SettingsError, match="modifier 'Foil': the model 'fake' tells none; leave it out"):
        is_card_displayed("Red", "Foil", source=ON_THEIR_HEADS, model=recognizer)
