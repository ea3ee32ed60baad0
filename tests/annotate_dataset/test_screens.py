"""Whole screens in the dataset: what a person says of a screen, its crops, undo, and what is prefilled."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from PIL import Image

from balatro.annotate_dataset.board.desk import Desk
from balatro.annotate_dataset.board.screen_actions import stated
from balatro.annotate_dataset.board.screen_showing import screens_json
from balatro.annotate_dataset.board.session import Session
from balatro.annotate_dataset.board.showing import screens_data
from balatro.annotate_dataset.forms import export_boxes
from balatro.annotate_dataset.store.boxing import crop_key
from balatro.annotate_dataset.store.store import DatasetStore
from balatro.annotate_dataset.suggest.prefiller import Prefiller
from balatro.annotate_dataset.suggest.screens import ScreenPrefiller
from balatro.annotate_dataset.suggest.suggestion import Suggestion
from balatro.errors import InputError
from balatro.utils.images import load_image
from tests.annotate_dataset.small_data import fake_encoder, picture

FIRST, SECOND = (20, 10, 44, 42), (50, 20, 74, 52)


def draw_screen(path: Path, cards: tuple[int, int] = (0, 1)) -> np.ndarray:
    """(60, 80, 3) uint8: two small cards at FIRST and SECOND."""
    shown = np.zeros((60, 80, 3), np.uint8)
    for card, (left, top, right, bottom) in zip(cards, (FIRST, SECOND), strict=True):
        shown[top:bottom, left:right] = picture(card)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(shown).save(path)
    return shown


def told(box: tuple[int, ...], name: str, key: str = "", modifier: str = "Base") -> dict[str, Any]:
    return {"key": key, "box": box, "name": name, "modifier": modifier, "type": "", "rarity": "", "isNew": False}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Of two screens; nothing is worked out in the background."""
    monkeypatch.setattr(Desk, "wake", lambda desk: None)
    draw_screen(tmp_path / "screens/a.png")
    draw_screen(tmp_path / "screens/b.png", (1, 2))
    return Desk(tmp_path)


def state(desk: Desk, *boxes: dict[str, Any], screen: str = "a.png") -> None:
    desk.store.accept(stated(desk, {"screen": screen, "boxes": boxes}), "me")


def files(desk: Desk) -> set[str]:
    return {path.name for path in desk.store.dataset.glob("*.png")}


def test_a_stated_screen_gives_labels_and_crops_that_follow_from_the_boxes(desk: Desk) -> None:
    state(desk, told(FIRST, "Egg", modifier="Foil"), told(SECOND, "DNA"))
    first, second = crop_key("a.png", FIRST), crop_key("a.png", SECOND)
    assert desk.store.cards_of("a.png") == (first, second)
    assert desk.screens.state_of("a.png") == "done"
    label = desk.store.labels[first]
    assert (label.name, label.type, label.modifier, label.more) == (
        "Egg",
        "Joker",
        "Foil",
        {"screen": "a.png", "box": list(FIRST)},
    )
    assert (load_image(desk.store.path_of(first)) == picture(0)).all()
    done = export_boxes("yolo", desk.store.dataset, desk.store.data_dir / "out")
    assert (done.num_screens, done.num_boxes, done.num_empty, done.num_open) == (1, 2, 0, 1)
    assert DatasetStore(desk.store.data_dir).cards_of("a.png") == (first, second)


def test_a_moved_box_is_another_crop_and_undo_brings_back_the_first(desk: Desk) -> None:
    state(desk, told(FIRST, "Egg"), told(SECOND, "DNA"))
    first, second = crop_key("a.png", FIRST), crop_key("a.png", SECOND)
    moved = (21, 10, 45, 42)
    state(desk, told(moved, "Egg", key=first))
    assert set(desk.store.labels) == files(desk) == {crop_key("a.png", moved)}
    assert desk.store.undo("me") is not None
    assert set(desk.store.labels) == files(desk) == {first, second}
    assert (load_image(desk.store.path_of(first)) == picture(0)).all()
    assert desk.store.undo("me") is not None
    assert not desk.store.labels
    assert not files(desk)
    assert desk.store.cards_of("a.png") is None
    assert not desk.store.unlabelled()
    assert desk.store.redo("me") is not None
    assert files(desk) == {first, second}


def test_another_name_keeps_the_crop_and_no_card_is_a_statement_too(desk: Desk) -> None:
    state(desk, told(FIRST, "Egg"))
    key = crop_key("a.png", FIRST)
    state(desk, told(FIRST, "DNA", key=key))
    assert [(name, label.name) for name, label in desk.store.labels.items()] == [(key, "DNA")]
    state(desk, screen="b.png")
    assert desk.store.cards_of("b.png") == ()
    assert desk.screens.state_of("b.png") == "done"


def test_what_cannot_be_is_told_and_nothing_is_saved(desk: Desk) -> None:
    for box, why in (((20, 10, 22, 42), "2x32"), ((60, 10, 90, 42), "80x60")):
        with pytest.raises(InputError, match=why):
            state(desk, told(SECOND, "DNA"), told(box, "Egg"))
    with pytest.raises(InputError, match="no such screen"):
        state(desk, screen="../a.png")
    assert not desk.store.labels
    assert not files(desk)


def test_two_people_never_overwrite_a_screen_unseen(desk: Desk) -> None:
    one, two = Session(desk), Session(desk)
    for session, name in ((one, "Egg"), (two, "DNA")):
        action = {"seq": 1, "kind": "screen", "revision": 0, "screen": "a.png", "next": "b.png", "boxes": [told(FIRST, name)]}
        session.hear({"session": session.id, "actions": [action]})
    assert [label.name for label in desk.store.labels.values()] == ["Egg"]
    (failure,) = two.failures_json()
    assert failure["conflict"]["pictures"]
    assert two.screen == "b.png"


def test_what_is_sent_again_while_it_is_done_is_done_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    session, accept = Session(desk), desk.store.accept

    def slowly(*args: Any) -> Any:
        time.sleep(0.2)
        return accept(*args)

    monkeypatch.setattr(desk.store, "accept", slowly)
    action = {"seq": 1, "kind": "screen", "revision": 0, "screen": "a.png", "next": "b.png", "boxes": [told(FIRST, "Egg")]}
    threads = [Thread(target=session.hear, args=({"session": session.id, "actions": [action]},)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(desk.store.labels) == [crop_key("a.png", FIRST)]
    assert len(desk.store.recent()) == 1


class FakeFinder:
    """Finds both places, and names nothing."""

    def find(self, screen: np.ndarray) -> list[tuple[tuple[int, int, int, int], Suggestion]]:
        return [(FIRST, Suggestion(False, 0.0, ())), (SECOND, Suggestion(False, 0.0, ()))]


def test_labelled_cards_name_those_on_other_screens(desk: Desk) -> None:
    state(desk, told(FIRST, "Egg"), told(SECOND, "DNA"))
    prefiller = Prefiller(desk.store, "package", encoder=fake_encoder())
    prefiller.update()
    found = ScreenPrefiller(prefiller, finder=FakeFinder())
    found.look(desk.screens.path_of("b.png"))
    first, second = found.cards(desk.screens.path_of("b.png"))
    assert (first.box, first.prefill.name, first.prefill.candidates[0].nearest) == (FIRST, "DNA", crop_key("a.png", SECOND))
    assert not second.prefill.prefilled
    assert found.card_in(desk.screens.path_of("b.png"), FIRST).prefill.name == "DNA"
    with pytest.raises(InputError, match="outside"):
        found.card_in(desk.screens.path_of("b.png"), (70, 10, 94, 42))
    desk.screens.found = {"b.png": (first, second)}
    shown = screens_json(desk, "b.png")
    assert [(one["name"], one["prefilled"]) for one in shown["open"]["b.png"]["boxes"]] == [("DNA", True), ("", False)]
    assert [entry[:2] for entry in shown["screens"]] == [["a.png", "done"], ["b.png", "open"]]
    state(desk, told(SECOND, "Egg"), screen="b.png")
    assert [one["name"] for one in screens_json(desk, "b.png")["open"]["b.png"]["boxes"]] == ["Egg"]


def test_a_drawn_box_is_named_and_another_ones_is_not_told(desk: Desk) -> None:
    prefiller = Prefiller(desk.store, "package", encoder=fake_encoder())
    state(desk, told(FIRST, "Egg"), told(SECOND, "DNA"))
    prefiller.update()
    desk.screens.want(["b.png"])
    desk.screens.ask("b.png", FIRST)
    desk.screens.ask("no such.png", FIRST)
    desk.screens._prefiller = ScreenPrefiller(prefiller, FakeFinder())
    assert not desk.screens.look(prefiller)
    assert [one["name"] for one in screens_json(desk, "b.png")["open"]["b.png"]["drawn"]] == ["DNA"]
    assert screens_json(desk, "b.png")["open"]["a.png"]["drawn"] == []


def test_a_screen_that_cannot_be_read_is_told(desk: Desk) -> None:
    (desk.screens.folder.folder / "c.png").write_bytes(b"no picture")
    desk.screens.folder.refresh()
    session = Session(desk, screen="c.png")
    assert "not a picture" in screens_data(session)["open"]["c.png"]["trouble"]
