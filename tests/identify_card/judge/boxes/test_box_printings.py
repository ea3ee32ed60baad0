"""Names, printings and both, of a game whose cards have several printings."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rich.console import Console

from balatro.errors import InputError
from balatro.identify_card.card import Card, Guess
from balatro.identify_card.judge.boxes.evaluate import evaluate_boxes, gather
from balatro.identify_card.judge.boxes.forms import read_boxes
from balatro.identify_card.judge.boxes.labels import BoxLabel, BoxPicture, to_fields
from balatro.identify_card.judge.boxes.match import judge_picture
from balatro.identify_card.judge.boxes.table import box_table
from balatro.identify_card.judge.report import misses_page
from balatro.identify_card.recognizer import Recognizer
from balatro.utils.images import write_png
from tests.identify_card.fake_bundle import draw_table, fake_text, write_fake_bundle

LEA, LEB = {"set": "LEA", "number": "288"}, {"set": "LEB", "number": "289"}
BOX = (100, 50, 150, 120)
QUAD = ((100, 50), (150, 50), (150, 120), (100, 120))


def island(*printings: Guess, fields=LEA) -> Card:
    return Card("island_lea", "Island", "", "", "", True, 0.9, 0.0, BOX, QUAD, (), fields, printings)


def judged(said: Card, label: BoxLabel):
    picture = BoxPicture("a.png", None, (label,)).by_printing({"island_lea": "Island", "island_leb": "Island"})
    [outcome] = judge_picture(picture, draw_table([]), [said]).outcomes
    return outcome.name_right, outcome.is_printing, outcome.both_right, outcome.kind


SAME_ART = (Guess("island_lea", "Island", 0.5, LEA), Guess("island_leb", "Island", 0.4, LEB))


@pytest.mark.parametrize(
    ("said", "label", "expected"),
    [
        (island(), BoxLabel(BOX, "Island", fields=LEA), (True, True, True)),
        (island(), BoxLabel(BOX, "Island", fields={"set": "lea"}), (True, True, True)),
        (island(), BoxLabel(BOX, "Island", fields=LEB), (True, False, False)),
        (island(), BoxLabel(BOX, "Island"), (True, None, True)),
        (island(), BoxLabel(BOX, "Forest", fields=LEA), (False, True, False)),
        (island(), BoxLabel(BOX, "", "island_leb"), (True, False, False)),
        (island(), BoxLabel(BOX, "", "island_lea"), (True, True, True)),
        (island(*SAME_ART, fields={}), BoxLabel(BOX, "Island", fields=LEA), (True, True, True)),
        (island(*SAME_ART, fields={}), BoxLabel(BOX, "Island", fields=LEB), (True, False, False)),
        (island().without_name(), BoxLabel(BOX, "Island", fields=LEA), (False, False, False)),
    ],
)
def test_name_and_printing_are_judged_apart(said, label, expected):
    assert judged(said, label)[:3] == expected


def test_a_miss_tells_both_printings():
    assert judged(island(), BoxLabel(BOX, "Island", fields=LEB))[3] == "printing"
    labels = BoxPicture("a.png", None, (BoxLabel(BOX, "Island", fields=LEB),))
    page = misses_page(gather([judge_picture(labels, draw_table([]), [island()])]), "magic")
    assert '<div class="true">Island LEB 289</div>' in page and '<span class="said">Island LEA 288</span>' in page


def printings_model(folder):
    cards = fake_text(without_head=True)["cards"]
    for card, which in zip(cards, ("LEA", "LEB", "ARN", "", ""), strict=True):
        card |= {"name": "Island" if which else card["name"], "size": [1.0, 1.0]} | (
            {"fields": {"set": which}} if which else {}
        )
    return write_fake_bundle(folder, without_head=True, cards=cards, twins=[], game={"aspect": [0.7, 0.8]})


class NoRefiner:
    """Leaves corners as the locator gives them: the refiner takes plain tiles for no cards."""

    def find(self, image, locator):
        return locator.find(image)


def test_a_model_with_printings_is_scored_by_name_printing_and_both(tmp_path, monkeypatch):
    monkeypatch.setattr(Recognizer, "_refiner", NoRefiner())
    recognizer = Recognizer.load(printings_model(tmp_path / "fake"), 1)
    (tmp_path / "pictures").mkdir()
    picture = draw_table([("green", "Base", 300, 85), ("green", "Base", 500, 85), ("blue", "Base", 700, 300)])
    write_png(tmp_path / "pictures" / "a.png", picture)
    places = [(300, 85, {"fields": {"set": "ARN"}}), (500, 85, {"fields": {"set": "LEA"}}), (700, 300, {})]
    truth = [{"box": [x - 42, y - 56, x + 42, y + 56], "name": "Island" if told else "Blue", **told} for x, y, told in places]
    path = tmp_path / "pictures" / "labels.jsonl"
    path.write_text(json.dumps({"file": "a.png", "truth": truth}), encoding="utf-8")
    scores = evaluate_boxes(recognizer, path, [])
    summary = scores.summary()
    assert (summary["name"], summary["printing"], summary["both"]) == (100.0, 50.0, pytest.approx(66.67))
    console = Console(width=100)
    with console.capture() as capture:
        console.print(box_table(scores))
    [header] = [line for line in capture.get().splitlines() if "found" in line]
    assert header.split() == ["cards", "found", "name", "printing", "both", "wrong", "false/100"]
    assert "printing" not in gather([replace(scores.results[0], outcomes=())]).summary()


def test_fields_of_both_forms(tmp_path):
    truth = [{"box": [0, 0, 9, 9], "name": "Island", "fields": {"set": "LEA", "number": 288, "finish": None}}]
    (tmp_path / "labels.jsonl").write_text(json.dumps({"file": "a.png", "truth": truth}), encoding="utf-8")
    attributes = {"fields": {"set": "LEA", "number": "288"}}
    coco = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 1, "name": "Island"}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9], "attributes": attributes}],
    }
    (tmp_path / "coco.json").write_text(json.dumps(coco), encoding="utf-8")
    for name in ("labels.jsonl", "coco.json"):
        [picture] = read_boxes(tmp_path / name)
        assert picture.cards[0].fields == LEA


@pytest.mark.parametrize("wrong", ["LEA", ["LEA"], {"set": ["LEA"]}])
def test_fields_that_are_none(tmp_path, wrong):
    with pytest.raises(ValueError, match="expected an object of texts"):
        to_fields(wrong)
    path = tmp_path / "labels.jsonl"
    truth = [{"box": [0, 0, 9, 9], "name": "Island", "fields": wrong}]
    path.write_text(json.dumps({"file": "a.png", "truth": truth}), encoding="utf-8")
    with pytest.raises(InputError, match=r"line 1.*expected an object of texts"):
        read_boxes(path)
