from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from balatro.config.cards import CATALOGUE
from balatro.errors import InputError, SettingsError, UnknownCardError
from balatro.frames.desktop.errors import NotVisibleError, NoWindowError
from balatro.frames.frame import Frame
from balatro.identify_card import displayed
from balatro.identify_card.added.added import remove_card
from balatro.identify_card.displayed import card_id, find_card, is_card_displayed, wait_for_card
from balatro.identify_card.recognizer import Recognizer
from balatro.runtime.bundle import Bundle
from balatro.runtime.model_json import BundleCard, GallerySettings
from balatro.utils.desktop import Box
from tests.identify_card.fake_bundle import card_picture, draw_table, write_fake_bundle

TABLE = draw_table(
    [("red", "Base", 300, 150), ("green", "Foil", 500, 150), ("green", "Base", 700, 400), ("small_red", "Base", 850, 400)]
)


@pytest.mark.parametrize(
    ("card", "modifier", "region", "count"),
    [
        ("red", None, None, 1),
        ("Red", None, None, 1),
        ("Small Red", None, None, 1),
        ("smallred", None, None, 1),
        ("green", None, None, 2),
        ("green", "Foil", None, 1),
        ("green", "foil", None, 1),
        ("green", "Negative", None, 0),
        ("blue", None, None, 0),
        ("green", None, (600, 300, 300, 200), 1),
        ("green", "Foil", (600, 300, 300, 200), 0),
        ("red", None, (295, 145, 10, 10), 1),
        ("red", None, (0, 0, 300, 150), 0),
    ],
)
def test_find_card(
    recognizer: Recognizer, card: str, modifier: str | None, region: tuple[int, int, int, int] | None, count: int
) -> None:
    found = find_card(card, modifier, region, source=TABLE, model=recognizer)
    assert len(found) == count
    assert is_card_displayed(card, modifier, region, source=TABLE, model=recognizer) == (count > 0)


@pytest.mark.parametrize("make", [lambda path: str(path), lambda path: path, lambda path: Image.open(path)])
def test_sources_of_pictures(recognizer: Recognizer, tmp_path: Path, make: object) -> None:
    path = tmp_path / "table.png"
    Image.fromarray(TABLE).save(path)
    assert is_card_displayed("red", source=make(path), model=recognizer)  # type: ignore[operator]


def test_missing_picture(recognizer: Recognizer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        is_card_displayed("red", source=tmp_path / "none.png", model=recognizer)


class Screen:
    """Shows an empty table first, and the card after some looks."""

    def __init__(self, empty: int) -> None:
        self.empty = empty
        self.looks = 0

    def __call__(self) -> np.ndarray:
        self.looks += 1
        return TABLE if self.looks > self.empty else draw_table([])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(displayed, "POLL_S", 0.001)
    yield


def test_wait_until_it_comes(recognizer: Recognizer, quick: None) -> None:
    screen = Screen(3)
    card = wait_for_card("green", "Foil", timeout=90, source=screen, model=recognizer)
    assert card is not None and (card.id, card.modifier) == ("green", "Foil")
    assert screen.looks == 4


def test_time_is_up(recognizer: Recognizer, quick: None) -> None:
    screen = Screen(10**9)
    assert wait_for_card("red", timeout=0.05, source=screen, model=recognizer) is None
    assert screen.looks >= 2


def test_without_timeout_it_looks_once(recognizer: Recognizer) -> None:
    screen = Screen(1)
    assert not is_card_displayed("red", source=screen, model=recognizer)
    assert screen.looks == 1


def test_the_end_of_the_source_ends_the_wait(recognizer: Recognizer, quick: None) -> None:
    pictures = iter([draw_table([]), TABLE])
    assert wait_for_card("blue", timeout=90, source=lambda: next(pictures, None), model=recognizer) is None


class Windows:
    """Stands for `open_source`: windows that are not there, minimised or closed at some looks, and show the table at others."""

    def __init__(self, *looks: str) -> None:
        self.looks, self.opened, self.closed = list(looks), 0, 0

    def __call__(self, text: str) -> Windows:
        assert text == "window:Balatro"
        if self.looks[0] == "none":
            self.looks.pop(0)
            raise NoWindowError("no window is called 'Balatro'")
        assert self.opened == self.closed  # nothing is left of the window before
        self.opened += 1
        return self

    def grab(self) -> Frame:
        look = self.looks.pop(0)
        if look == "minimised":
            raise NotVisibleError("minimised")
        if look == "closed":
            raise NoWindowError("closed")
        return Frame(TABLE, 0.0, Box(0, 0, 1024, 576))

    def __enter__(self) -> Windows:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed += 1


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch, quick: None) -> Callable[..., Windows]:
    def show(*looks: str) -> Windows:
        windows = Windows(*looks)
        monkeypatch.setattr("balatro.frames.sources.open_source", windows)
        return windows

    return show


@pytest.mark.parametrize(
    ("looks", "opened"),
    [
        (["minimised", "minimised", "table"], 1),
        (["none", "none", "table"], 1),
        (["minimised", "closed", "none", "table"], 2),
    ],
)
def test_a_hidden_or_missing_window_is_waited_for(
    recognizer: Recognizer, show: Callable[..., Windows], looks: list[str], opened: int
) -> None:
    windows = show(*looks)
    assert wait_for_card("red", timeout=90, model=recognizer) is not None
    assert (windows.opened, windows.closed, windows.looks) == (opened, opened, [])


def test_a_minimised_window_shows_no_card(recognizer: Recognizer, show: Callable[..., Windows]) -> None:
    show("minimised")
    assert is_card_displayed("red", model=recognizer) is False
    show(*["minimised"] * 10_000)
    assert wait_for_card("red", timeout=0.05, model=recognizer) is None


@pytest.mark.parametrize("timeout", [0, 0.05])
def test_a_window_that_is_not_there_at_the_end_is_an_error(
    recognizer: Recognizer, show: Callable[..., Windows], timeout: float
) -> None:
    show(*["none"] * 10_000)
    with pytest.raises(NoWindowError, match="no window is called"):
        is_card_displayed("red", timeout=timeout, model=recognizer)


def test_added_cards_are_known_at_the_next_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balatro.identify_card.added.views.NUM_STRANGERS", 4)
    folder = write_fake_bundle(tmp_path / "fake")
    picture = card_picture("blue", "Base", (96, 128))
    with pytest.raises(UnknownCardError):
        is_card_displayed("My Joker", source=picture, model=folder)
    Recognizer.load(folder).add("My Joker", [picture])
    is_card_displayed("My Joker", source=picture, model=folder)
    remove_card(folder, "My Joker")
    with pytest.raises(UnknownCardError):
        is_card_displayed("My Joker", source=picture, model=folder)


def test_the_model_is_loaded_once(fake_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads = []
    load = Recognizer.load

    def counted(*args: object) -> Recognizer:
        loads.append(args)
        return load(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(Recognizer, "load", counted)
    monkeypatch.setattr(displayed, "_loaded", {})
    for _ in range(3):
        assert is_card_displayed("red", source=TABLE, model=fake_folder)
    assert len(loads) == 1


@pytest.mark.parametrize(
    ("error", "match", "arguments"),
    [
        (UnknownCardError, "nearest are: Green", {"card": "gren"}),
        (UnknownCardError, "knows 4 cards", {"card": "xyzxyz"}),
        (UnknownCardError, "no card called 'stranger'", {"card": "stranger"}),
        (SettingsError, "expected one of Base, Foil", {"modifier": "Shiny"}),
        (SettingsError, "left, top, width, height", {"region": (0, 0, 0, 5)}),
        (SettingsError, "timeout", {"timeout": -1}),
        (SettingsError, "timeout", {"timeout": float("nan")}),
    ],
)
def test_mistakes(recognizer: Recognizer, error: type[Exception], match: str, arguments: dict[str, object]) -> None:
    with pytest.raises(error, match=match) as caught:
        is_card_displayed(**{"card": "red", "source": TABLE, "model": recognizer, **arguments})  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def game_bundle(count: int) -> Bundle:
    """A model of the game's first cards."""
    cards = tuple(BundleCard(card.id, card.name, card.type, card.rarity, True) for card in CATALOGUE[:count])
    return Bundle(Path(), "game", "game", (96, 128), 0.04, {}, cards, (), 0.3, GallerySettings())


@pytest.mark.parametrize("text", ["c_soul", "soul", "The Soul", "the soul "])
def test_the_games_cards_by_any_spelling(text: str) -> None:
    assert card_id(text, game_bundle(len(CATALOGUE))) == "c_soul"


def test_a_game_card_that_the_model_has_not_learned() -> None:
    with pytest.raises(UnknownCardError, match="has not learned 'The Soul'"):
        card_id("soul", game_bundle(5))


def test_an_unknown_game_card_has_neighbours_of_the_catalogue() -> None:
    with pytest.raises(UnknownCardError, match="Blueprint"):
        card_id("bluprint", game_bundle(5))
