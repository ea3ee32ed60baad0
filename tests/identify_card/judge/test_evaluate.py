"""Scores: what is paired with what, and what counts."""

from __future__ import annotations

import json
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from balatro.errors import InputError
from balatro.identify_card.card import Card, Guess
from balatro.identify_card.judge.evaluate import Truth, align, area_of, evaluate_frames, evaluate_screens, read_labels
from balatro.identify_card.judge.report import misses_page, score_table, write_report
from tests.identify_card.fake_bundle import draw_table


def said(name: str | None, modifier: str = "Base", centre: tuple[int, int] = (0, 0), top: str = "") -> Card:
    x, y = centre
    quad = ((x - 42, y - 56), (x + 42, y - 56), (x + 42, y + 56), (x - 42, y + 56))
    guesses = tuple(Guess(guess, guess, 0.1) for guess in top)
    return Card(name, name, "Joker", "Common", modifier, name is not None, 0.9, 0.9, (0, 0, 1, 1), quad, guesses)


def truth(names: str) -> list[Truth]:
    return [Truth(slot, None if name == "-" else name, name, "Base") for slot, name in enumerate(names)]


@pytest.mark.parametrize(
    ("true", "read", "paired"),
    [
        ("", "", []),
        ("abc", "", [None, None, None]),
        ("", "ab", []),
        ("abc", "abc", ["a", "b", "c"]),
        ("abc", "bc", [None, "b", "c"]),  # one missed does not shift the rest
        ("abc", "ab", ["a", "b", None]),
        ("abc", "ac", ["a", None, "c"]),
        ("abc", "xbc", ["x", "b", "c"]),  # misread, yet found
        ("abc", "axbc", ["a", "b", "c"]),  # one found in between
        ("abc", "a?c", ["a", None, "c"]),  # found and unknown
        ("aab", "ab", ["a", None, "b"]),
        ("abc", "cab", ["a", "b", None]),  # order is kept
        ("-a-", "?a?", [None, "a", None]),
        ("--", "a?", ["a", None]),
    ],
)
def test_alignment(true, read, paired):
    cards = [said(None if name == "?" else name) for name in read]
    assert [card.id if card else None for card in align(truth(true), cards)] == paired


def test_an_unknown_card_is_still_found():
    (partner,) = align(truth("a"), [said(None)])
    assert partner is not None and not partner.known


def test_alignment_looks_at_the_guesses():
    one, other = said("x"), said("y", top="a")
    assert align(truth("a"), [one, other]) == [other]


@pytest.mark.parametrize(
    ("centre", "size", "area"),
    [
        ((320, 85), (1024, 576), "jokers"),
        ((690, 85), (1024, 576), "jokers"),
        ((780, 85), (1024, 576), "consumables"),
        ((900, 85), (1024, 576), "consumables"),
        ((480, 280), (1024, 576), "shop_cards"),
        ((440, 410), (1024, 576), "pack_choices"),
        ((895, 480), (1024, 576), "elsewhere"),
        ((450, 472), (1024, 576), "elsewhere"),
        ((100, 85), (1024, 576), "elsewhere"),
        ((600, 160), (1920, 1080), "jokers"),
        ((600, 220), (1920, 1200), "jokers"),
        ((920, 160), (2560, 1080), "jokers"),
    ],
)
def test_areas(centre, size, area):
    assert area_of(said("a", centre=centre), size) == area


TABLE = [
    ("red", "Foil", 320, 85),
    ("green", "Base", 420, 85),
    ("blue", "Base", 780, 85),
    ("red", "Base", 440, 410),
    ("stranger", "Base", 540, 410),
    ("green", "Base", 900, 480),
]


def slot(number: int, key: str | None, edition: str = "Base") -> dict:
    return {"slot": number, "key": key, "name": (key or "8 of Clubs").title(), "set": "Joker", "edition": edition}


@pytest.fixture
def frames(tmp_path):
    """One picture: a right card, one with a wrong modifier, one missing, one misnamed, and three false names."""
    cv2.imwrite(str(tmp_path / "a.png"), draw_table(TABLE)[..., ::-1])
    label = {
        "file": "a.png",
        "jokers": [slot(0, "red", "Foil"), slot(1, "green", "Negative"), slot(2, "blue")],
        "consumables": [slot(0, "violet")],
        "shop_cards": [],
        "pack_choices": [slot(0, None), slot(1, None)],
    }
    (tmp_path / "labels.jsonl").write_text(json.dumps(label) + "\n\n", encoding="utf-8")
    return tmp_path


def test_evaluate_frames(recognizer, frames):
    scores = evaluate_frames(recognizer, frames)
    summary = scores.summary()
    assert {key: summary[key] for key in ("pictures", "cards", "found", "name", "modifier", "both")} == {
        "pictures": 1,
        "cards": 4,
        "found": 75.0,
        "name": 50.0,
        "modifier": 50.0,
        "both": 25.0,
    }
    assert (summary["false_names"], summary["false_names_per_100"], summary["wrong_names"]) == (2, 50.0, 1)
    assert summary["by_modifier"]["Negative"] == {"cards": 1, "found": 100.0, "name": 100.0, "modifier": 0.0, "both": 0.0}
    assert list(summary["by_modifier"]) == ["Base", "Foil", "Negative"]
    assert summary["by_area"]["jokers"]["cards"] == 3 and summary["by_area"]["jokers"]["found"] == pytest.approx(66.67)
    assert {"true": "Violet", "said": "Blue", "count": 1} in summary["name_confusions"]
    assert {"true": "Blue", "said": "(not found)", "count": 1} in summary["name_confusions"]
    assert summary["modifier_confusions"] == [{"true": "Negative", "said": "Base", "count": 1}]
    assert sorted((false.area, false.said.id) for false in scores.false_names) == [
        ("elsewhere", "green"),
        ("pack_choices", "red"),
    ]
    assert [outcome.name for outcome in scores.misses()] == ["Blue", "Violet", "Green"]


def test_report(recognizer, frames, tmp_path):
    from rich.console import Console

    scores = evaluate_frames(recognizer, frames)
    numbers, page = write_report(scores, tmp_path / "report", "fake <model>")
    assert json.loads(numbers.read_text(encoding="utf-8"))["cards"] == 4
    text = page.read_text(encoding="utf-8")
    assert "fake &lt;model&gt;" in text and text.count("<article") == 5 and "http" not in text
    assert text.count("data:image/jpeg") == 5
    console = Console(width=120)
    with console.capture() as capture:
        console.print(score_table(scores))
    assert "false names: 2" in capture.get() and "75.00 %" in capture.get()


def test_page_without_misses(recognizer):
    scores = evaluate_screens(recognizer, [])
    assert "every card was read right" in misses_page(scores, "fake")


def test_evaluate_screens(recognizer):
    places = [("red", "Foil", 200, 85), ("green", "Base", 300, 85), ("stranger", "Base", 400, 85), ("blue", "Base", 500, 85)]
    image = draw_table(places)

    def truth_at(card: str, x: int, known: bool = True, visible: float = 1.0) -> SimpleNamespace:
        quad = np.array([(x - 42, 29), (x + 42, 29), (x + 42, 141), (x - 42, 141)], np.float32)
        return SimpleNamespace(id=card, known=known, modifier="Base", quad=quad, visible=visible, area="jokers")

    cards = (
        truth_at("red", 200),  # wrong modifier
        truth_at("green", 300),
        truth_at("stranger", 400, known=False),
        truth_at("blue", 500, known=False),  # a stranger that is given a name
        truth_at("blue", 700),  # not found
        truth_at("blue", 800, visible=0.05),  # hidden: does not count
    )
    summary = evaluate_screens(recognizer, [SimpleNamespace(image=image, cards=cards)], {"red": "Red"}).summary()
    assert (summary["cards"], summary["found"], summary["both"]) == (3, 66.67, 33.33)
    assert summary["false_names"] == 1 and "Red" in summary["by_name"]


@pytest.mark.parametrize("text", ["", "{", '{"file": "a.png", "jokers": [{"slot": 0}]}', "[1]"])
def test_bad_labels(tmp_path, text):
    (tmp_path / "labels.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"labels\.jsonl") as caught:
        read_labels(tmp_path / "labels.jsonl")
    assert "\n" not in str(caught.value)


def test_labels_with_a_byte_order_mark_and_without_utf_8(tmp_path):
    (tmp_path / "labels.jsonl").write_text('{"file": "a.png"}', encoding="utf-8-sig")
    assert read_labels(tmp_path / "labels.jsonl")[0].file == "a.png"
    (tmp_path / "labels.jsonl").write_bytes('{"file": "é.png"}'.encode("latin-1"))
    with pytest.raises(InputError, match=r"labels\.jsonl: no UTF-8"):
        read_labels(tmp_path / "labels.jsonl")


def test_bad_frames_are_collected_where_there_is_a_list(recognizer, frames):
    with (frames / "labels.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"file": "gone.png"}\n')
    with pytest.raises(InputError, match=r"gone\.png"):
        evaluate_frames(recognizer, frames)
    failures: list[str] = []
    assert evaluate_frames(recognizer, frames, failures).num_pictures == 1
    assert len(failures) == 1 and "gone.png" in failures[0]


def test_no_labels(tmp_path):
    with pytest.raises(InputError, match="is missing"):
        read_labels(tmp_path / "labels.jsonl")
