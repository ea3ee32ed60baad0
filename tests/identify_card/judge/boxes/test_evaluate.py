"""Drawn pictures with labelled boxes, read and scored."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from balatro.cli.main import app
from balatro.identify_card.judge.boxes.evaluate import evaluate_boxes, gather, tally
from balatro.identify_card.judge.boxes.table import box_table
from balatro.identify_card.judge.report import misses_page
from balatro.render.deck import load_deck
from balatro.render.table import PLAY, draw_screen
from tests.identify_card.fake_bundle import draw_table
from tests.identify_card.judge.boxes.boxed import write_all

pytestmark = pytest.mark.slow

TABLE = [
    *(("red", "Foil", 100, 85), ("green", "Base", 300, 85), ("green", "Base", 500, 85)),
    *(("blue", "Base", 700, 300), ("red", "Base", 900, 300), ("stranger", "Base", 100, 400)),
]


def at(x: int, y: int) -> list[int]:
    return [x - 42, y - 56, x + 42, y + 56]


TRUTH = [
    {"box": at(100, 85), "name": "Red", "modifier": "Foil"},
    {"box": at(300, 85), "name": "Green", "modifier": "Negative"},
    {"box": at(500, 85), "name": "Green", "modifier": None},
    {"box": at(700, 300), "name": "Red", "modifier": "Base"},
    {"box": at(300, 500), "name": "Joker", "modifier": "Base"},
]
"""One right, one with a wrong modifier, one whose modifier is not told, one misnamed, one missing; beside a false name."""


@pytest.mark.parametrize("form", ["lines", "coco", "yolo"])
def test_scores_of_every_form(recognizer, tmp_path, form):
    failures: list[str] = []
    scores = evaluate_boxes(recognizer, write_all(tmp_path, draw_table(TABLE), TRUTH, [])[form], failures)
    summary = scores.summary()
    assert failures == []
    expected = {"pictures": 1, "cards": 5, "found": 80.0, "name": 60.0, "modifier": 50.0, "both": 40.0, "wrong": 20.0}
    assert {key: summary[key] for key in expected} == expected
    assert (summary["false_names"], summary["false_names_per_100"], summary["wrong_names"]) == (1, 20.0, 1)
    assert summary["intervals"]["found"] == pytest.approx([37.55, 96.38], abs=0.01)
    assert summary["intervals"]["false_names_per_100"] == pytest.approx([0.51, 111.43], abs=0.01)
    assert list(summary["by_tag"]) == ["night"] and summary["by_tag"]["night"]["false_names"] == 1
    assert {name: counts["cards"] for name, counts in summary["by_size"].items()} == {"15 to 30 %": 5}
    assert {name: counts["found"] for name, counts in summary["by_modifier"].items()} == {
        "Base": 50.0,
        "Foil": 100.0,
        "Negative": 100.0,
    }
    assert {"true": "Red", "said": "Blue", "count": 1} in summary["name_confusions"]
    assert summary["modifier_confusions"] == [{"true": "Negative", "said": "Base", "count": 1}]
    assert summary["not_known"] == ["Joker"]


def test_table_and_page(recognizer, tmp_path):
    scores = evaluate_boxes(recognizer, write_all(tmp_path, draw_table(TABLE), TRUTH, [])["lines"], [])
    console = Console(width=100)
    with console.capture() as capture:
        console.print(box_table(scores))
    text = capture.get()
    assert "80.00" in text and "–96.4" in text and "by tag" in text and "Red as Blue (1)" in text
    assert "names that the model has no card of: Joker" in text
    page = misses_page(scores, "fake")
    assert page.count("<article") == 4 and "15 to 30 %" in page and "night" in page


def test_unsure_places_bad_pictures_and_other_sizes(recognizer, tmp_path):
    paths = write_all(tmp_path, draw_table(TABLE), TRUTH, [at(900, 300)])
    assert evaluate_boxes(recognizer, paths["lines"], []).summary()["false_names"] == 0
    with paths["lines"].open("a", encoding="utf-8") as file:
        file.write('{"file": "gone.png", "truth": []}\n')
    whole = json.loads(paths["coco"].read_text(encoding="utf-8"))
    whole["images"][0] |= {"width": 512, "height": 288}
    paths["coco"].write_text(json.dumps(whole), encoding="utf-8")
    failures: list[str] = []
    assert evaluate_boxes(recognizer, paths["lines"], failures).num_pictures == 1
    assert evaluate_boxes(recognizer, paths["coco"], failures).num_pictures == 0
    assert "gone.png: no such file" in failures[0] and "1024x576 pixels, but its boxes are for 512x288" in failures[1]


def test_pictures_put_together_count_for_their_tags_alone(recognizer, tmp_path):
    (result,) = evaluate_boxes(recognizer, write_all(tmp_path, draw_table(TABLE), TRUTH, [])["yolo"], []).results
    summary = gather([result, replace(result, tags=("synthetic",))]).summary()
    assert (summary["pictures"], summary["cards"]) == (1, 5)
    assert {tag: counts["cards"] for tag, counts in summary["by_tag"].items()} == {"night": 5, "synthetic": 5}


def test_nothing_has_no_share():
    assert tally([], 3) == {
        **dict.fromkeys(("found", "name", "modifier", "both", "wrong", "false_names_per_100")),
        "cards": 0,
        "false_names": 3,
        "intervals": {},
    }


@pytest.mark.parametrize("form", ["lines", "coco", "yolo"])
def test_a_screen_of_the_demo_deck(demo_folder, form):
    screen = draw_screen(
        load_deck(demo_folder / "data" / "art" / "demo"), np.random.default_rng(2), replace(PLAY, sizes=((1280, 720),))
    )
    names = {card.id: card.name for card in load_deck(demo_folder / "data" / "art" / "demo").known}
    height, width = screen.image.shape[:2]
    truth, unsure = [], []
    for card in screen.cards:
        (left, top), (right, bottom) = card.quad.min(axis=0), card.quad.max(axis=0)
        box = [round(float(value)) for value in (max(left, 0), max(top, 0), min(right, width), min(bottom, height))]
        if card.known and card.visible > 0.5:
            truth.append({"box": box, "name": names[card.id], "modifier": card.modifier})
        else:
            unsure.append(box)
    path = write_all(demo_folder / "boxes", screen.image, truth, unsure)[form]
    result = CliRunner().invoke(app, ["evaluate", "--boxes", str(path), "--model", "demo", "--out", "report"])
    assert result.exit_code == 0, result.output
    summary = json.loads((demo_folder / "report" / "scores.json").read_text(encoding="utf-8"))
    assert f"{len(truth)} cards on 1 picture" in result.output and summary["cards"] == len(truth) > 3
    assert summary["found"] > 80 and summary["name"] > 60 and summary["not_known"] == []


def test_one_kind_of_truth_is_asked_for():
    for options in (
        [],
        ["--boxes", "a", "--frames", "b"],
        ["--boxes", "a", "--split", "test"],
        ["--boxes", "a", "--input", "b"],
    ):
        result = CliRunner().invoke(app, ["evaluate", *options])
        assert result.exit_code != 0 and "--boxes" in str(result.exception or result.output) + result.output
