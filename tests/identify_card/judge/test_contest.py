"""Which of two models keeps a name: fake ones, on screens with a label each."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from PIL import Image

from balatro.config.paths import data_dir, model_dir
from balatro.errors import InputError
from balatro.identify_card.judge import own_screens
from balatro.identify_card.judge.contest import Figure, contest
from balatro.identify_card.judge.regress import Shot, add_case, regressions_dir
from balatro.render.deck import Deck
from balatro.render.table import Screen, ScreenCard
from balatro.runtime.beside import other_of
from tests.identify_card.fake_bundle import CARD, draw_table, write_fake_bundle

BLIND = {"locator": {"threshold": 9.0}}
"""Of a model that finds no card."""
GOOD: dict[str, object] = {}


def label_a_screen() -> None:
    folder = data_dir() / "frames"
    folder.mkdir(parents=True)
    Image.fromarray(draw_table([("red", "Base", 400, 90)])).save(folder / "frame.png")
    truth = {"file": "frame.png", "jokers": [{"slot": 0, "key": "red", "name": "Red", "edition": "Base"}]}
    (folder / "labels.jsonl").write_text(json.dumps(truth))


def challenge(old: dict[str, object], new: dict[str, object], replace: bool = False) -> list[str]:
    """What is `game` and what `game.other` at the end: the old one or the new one."""
    folder = write_fake_bundle(model_dir("game"), mark="old", **old)
    with contest(folder, replace) as place:
        assert place != folder and place.name == "game"
        write_fake_bundle(place, mark="new", **new)
    marks = [json.loads((one / "model.json").read_text())["mark"] for one in (folder, other_of(folder))]
    assert sorted(path.name for path in folder.parent.iterdir()) == ["game", "game.other"]
    return marks


@pytest.mark.parametrize(
    ("old", "new", "replace", "kept"),
    [
        (GOOD, BLIND, False, "old"),
        (BLIND, GOOD, False, "new"),
        (GOOD, GOOD, False, "new"),
        (GOOD, BLIND, True, "new"),
        (GOOD, BLIND | {"deck": "another"}, False, "new"),  # nothing to compare: as asked
    ],
)
def test_the_better_keeps_the_name(old, new, replace, kept, capsys):
    label_a_screen()
    marks = challenge(old, new, replace)
    assert marks == (["old", "new"] if kept == "old" else ["new", "old"])
    said = capsys.readouterr().out
    assert len(said.splitlines()) == 1 and "game.other" in said
    if "deck" in new:
        assert "of the deck 'another', what was there of 'fake'" in said
    else:
        shares = [f"{0 if one is BLIND else 100:.1f} %" for one in (old, new)]
        assert re.search(rf"on 1 labelled screen {shares[0]} right before, {shares[1]} right now", said)


def test_reported_mistakes_count(tmp_path):
    Image.fromarray(draw_table([("blue", "Base", 400, 90)])).save(tmp_path / "blue.png")
    add_case(regressions_dir(), Shot.of_file(tmp_path / "blue.png"), "Blue")
    add_case(regressions_dir(), Shot.of_file(tmp_path / "blue.png"), None)  # nobody has told what is right: it does not count
    assert challenge(GOOD, BLIND) == ["old", "new"]


def test_drawn_screens_count_where_no_labels_are(monkeypatch, capsys):
    x, y, (width, height) = 400, 90, CARD
    corners = [(x - width / 2, y - height / 2), (x + width / 2, y - height / 2), (x + width / 2, y + height / 2)]
    quad = np.array([*corners, (x - width / 2, y + height / 2)], np.float32)
    screen = Screen(draw_table([("red", "Foil", x, y)]), (ScreenCard(0, "red", True, "Foil", quad, 1.0, "jokers"),))
    monkeypatch.setattr(own_screens, "find_deck", lambda bundle: Deck("fake", ()))
    monkeypatch.setattr(own_screens, "own_screens", lambda deck, count, lot: iter([screen] * count))
    assert challenge(GOOD, BLIND) == ["old", "new"]
    assert "on 32 drawn screens 100.0 % right before, 0.0 % right now" in capsys.readouterr().out


def test_added_cards_go_along():
    folder = write_fake_bundle(model_dir("game"), mark="old")
    (folder / "gallery_added.npz").write_bytes(b"what a person added")
    with contest(folder) as place:
        write_fake_bundle(place, mark="new", deck="another")
    assert (folder / "gallery_added.npz").read_bytes() == b"what a person added"


def test_a_damaged_model_is_replaced(capsys):
    folder = write_fake_bundle(model_dir("game"))
    (folder / "model.json").write_text("{")
    with contest(folder) as place:
        write_fake_bundle(place)
    assert "not compared" in capsys.readouterr().out and json.loads((folder / "model.json").read_text())["name"] == "fake"


def test_the_same_model_again_changes_nothing(capsys):
    folder = write_fake_bundle(model_dir("game"))
    with contest(folder) as place:
        write_fake_bundle(place)
    assert "the same model as before" in capsys.readouterr().out and not other_of(folder).exists()


def test_an_error_leaves_all_as_it_was():
    folder = write_fake_bundle(model_dir("game"), mark="old")
    with pytest.raises(ZeroDivisionError), contest(folder) as place:
        write_fake_bundle(place, mark="new")
        1 / 0  # noqa: B018
    assert [path.name for path in folder.parent.iterdir()] == ["game"]


def test_without_a_model_there_or_elsewhere_it_is_written_in_place(tmp_path):
    with contest(model_dir("game")) as place:
        assert place == model_dir("game")
    elsewhere = write_fake_bundle(tmp_path / "elsewhere")
    with contest(elsewhere) as place:
        assert place == elsewhere
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").touch()
    with pytest.raises(InputError, match="not empty"), contest(tmp_path / "photos"):
        pass


def test_figures():
    figure = Figure(100, 97, 1) + Figure(100, 98)
    assert str(figure) == "97.5 % right, 1 false name" and figure.mistakes == 6
    assert str(Figure(0, 0)) == "0.0 % right"
