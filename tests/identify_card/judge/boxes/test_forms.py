"""Labels in three forms: what is read, and what is told of damaged ones."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from balatro.config.modifiers import split_class
from balatro.errors import InputError
from balatro.identify_card.judge.boxes.forms import read_boxes
from tests.identify_card.judge.boxes.boxed import write_all

IMAGE = np.full((200, 400, 3), 90, np.uint8)
TRUTH = [
    {"box": [10, 20, 50, 80], "name": "Red", "modifier": "Foil"},
    {"box": [100, 20, 140, 80], "name": "Small Red", "modifier": None},
]
UNSURE = [[200, 20, 240, 80]]


@pytest.mark.parametrize("form", ["lines", "coco", "yolo"])
def test_every_form_tells_the_same(tmp_path, form):
    path = write_all(tmp_path, IMAGE, TRUTH, UNSURE)[form]
    for place in (path, path.parent) if path.is_file() else (path,):
        (picture,) = read_boxes(place)
        picture = picture.in_pixels(400, 200)
        assert picture.path.is_file() and picture.tags == ("night",)
        assert [(card.name, card.modifier) for card in picture.cards] == [("Red", "Foil"), ("Small Red", None)]
        assert [card.box for card in picture.cards] == [pytest.approx(card["box"]) for card in TRUTH]
        assert list(picture.unsure) == [pytest.approx(UNSURE[0])]


def test_a_line_names_its_card_by_id_or_name(tmp_path):
    cards = [{"box": [0, 0, 9, 9], "id": "j_egg"}, {"box": [0, 0, 9, 9], "id": "", "name": "Blue-Eyes", "modifier": "NEGATIVE"}]
    (tmp_path / "labels.jsonl").write_text("\ufeff" + json.dumps({"file": "a.png", "truth": cards}), encoding="utf-8")
    (picture,) = read_boxes(tmp_path)
    assert [(card.id, card.name, card.modifier) for card in picture.cards] == [
        ("j_egg", "Egg", None),
        ("", "Blue-Eyes", "Negative"),
    ]
    assert (picture.unsure, picture.tags) == ((), ())


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("Egg", ("Egg", None)),
        ("Egg foil", ("Egg", "Foil")),
        ("Oops! All 6s_Negative", ("Oops! All 6s", "Negative")),
        ("Egg: Base", ("Egg", "Base")),
        ("Egg (Holographic)", ("Egg", "Holographic")),
        ("Egg(foil)", ("Egg", "Foil")),
        ("j_egg-polychrome", ("j_egg", "Polychrome")),
        ("Tinfoil", ("Tinfoil", None)),
        ("Foil", ("Foil", None)),
    ],
)
def test_a_class_may_end_with_its_modifier(text, card):
    assert split_class(text) == card


BAD_LINES = [
    ("{", "line 1"),
    ("[1]", "line 1"),
    ('{"file": "a.png"}', "'truth' is missing"),
    ('{"file": "a.png", "truth": [{"box": [0, 0, 9, 9]}]}', "without a name"),
    ('{"file": "a.png", "truth": [{"box": [9, 0, 0, 9], "name": "Egg"}]}', "is no box"),
    ('{"file": "a.png", "truth": [{"box": [0, 0, 9], "name": "Egg"}]}', "line 1"),
    ('{"file": "a.png", "truth": [{"box": [0, 0, 9, 9], "name": "Egg", "modifier": "Shiny"}]}', "modifier 'Shiny'"),
    ('{"file": "a.png", "truth": [], "tags": "night"}', "expected a list"),
    ("\n", "no labelled pictures"),
]


@pytest.mark.parametrize(("text", "words"), BAD_LINES)
def test_bad_lines(tmp_path, text, words):
    (tmp_path / "labels.jsonl").write_text(text, encoding="utf-8")
    told(tmp_path / "labels.jsonl", words)


def told(path, words):
    with pytest.raises(InputError) as caught:
        read_boxes(path)
    assert words in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("annotations", {"image_id": 8}, "annotation 0: no image or category has the id 8"),
        ("annotations", {"category_id": 9}, "the id 9"),
        ("annotations", {"bbox": [0, 0, 0, 5]}, "is no box"),
        ("annotations", {"bbox": None}, "annotation 0"),
        ("annotations", {"attributes": {"edition": "odd"}}, "modifier 'odd'"),
        ("images", {"tags": "night"}, "expected a list"),
    ],
)
def test_bad_coco(tmp_path, part, change, words):
    path = write_all(tmp_path, IMAGE, TRUTH, UNSURE)["coco"]
    whole = json.loads(path.read_text(encoding="utf-8"))
    whole[part][0] |= change
    path.write_text(json.dumps(whole), encoding="utf-8")
    told(path, words)


def test_coco_without_a_needed_field(tmp_path):
    path = write_all(tmp_path, IMAGE, TRUTH, UNSURE)["coco"]
    whole = json.loads(path.read_text(encoding="utf-8"))
    del whole["annotations"][0]["bbox"]
    path.write_text(json.dumps(whole), encoding="utf-8")
    told(path, "annotations, entry 0, has no bbox")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("0 0.5 0.5 0.1", "3 numbers behind the class"),
        ("0 0.5 0.5 0 0.1", "is no box"),
        ("Egg 0.5 0.5 0.1 0.1", "line 1"),
        ("7 0.5 0.5 0.1 0.1", "class 7, but there are 3 names"),
        ("-1 0.5 0.5 0.1 0.1", "class -1"),
    ],
)
def test_bad_yolo(tmp_path, line, words):
    path = write_all(tmp_path, IMAGE, TRUTH, UNSURE)["yolo"]
    (path / "labels" / "night" / "a.txt").write_text(line, encoding="utf-8")
    told(path, words)


NAMES = ["Egg", "Oops! All 6s, Foil", "it's: odd"]


@pytest.mark.parametrize(
    "text",
    [
        """path: .\nnames: [Egg, 'Oops! All 6s, Foil', "it's: odd"]\nnc: 3\n""",
        """names:\n  0: Egg\n  1: Oops! All 6s, Foil # the fourth\n  2: 'it''s: odd'\ntrain: images\n""",
        """nc: 3\nnames: # all\n- Egg\n- Oops! All 6s, Foil\n\n- "it's: odd"\n""",
        """names: [\n  Egg,\n  "Oops! All 6s, Foil",\n  'it''s: odd'\n]\n""",
    ],
)
def test_names_of_yaml(tmp_path, text):
    path = write_all(tmp_path, IMAGE, TRUTH, UNSURE)["yolo"]
    (path / "data.yaml").write_text(text, encoding="utf-8")
    for place in (path, path / "data.yaml"):
        (picture,) = read_boxes(place)
        assert [card.name for card in picture.cards] == ["Egg", "Oops! All 6s", "it's: odd"]


@pytest.mark.parametrize("text", ["names: {1: Egg}\n", "names:\n  1: Egg\n  2: Joker\n", "nc: 3\n", "names: [Egg\n", "Egg\n"])
def test_names_of_yaml_that_cannot_be_read(tmp_path, text):
    path = write_all(tmp_path, IMAGE, TRUTH, UNSURE)["yolo"]
    (path / "data.yaml").write_text(text, encoding="utf-8")
    told(path, "write them to classes.txt")


def test_yolo_corners_and_a_picture_without_cards(tmp_path):
    path = write_all(tmp_path, IMAGE, TRUTH, [])["yolo"]
    Image.fromarray(IMAGE).save(path / "images" / "empty.png")
    (path / "labels" / "night" / "a.txt").write_text("0 0.1 0.2 0.3 0.25 0.2 0.5", encoding="utf-8")
    empty, full = read_boxes(path)
    assert (empty.file, empty.cards, empty.tags) == ("empty.png", (), ())
    assert full.cards[0].box == (0.1, 0.2, 0.3, 0.5)


def test_what_is_no_form_at_all(tmp_path):
    told(tmp_path, "no JSON files in it")
    told(tmp_path / "gone", "no such file or folder")
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\xfa")
    told(tmp_path, "no text in UTF-8")
    (tmp_path / "b.json").write_text("{}", encoding="utf-8")
    told(tmp_path, "2 JSON files in it")
    told(tmp_path / "b.json", "line 1")
    for name in ("images", "labels"):
        (tmp_path / "yolo" / name).mkdir(parents=True)
    told(tmp_path / "yolo", "no names of the classes")
    (tmp_path / "yolo" / "classes.txt").write_text("Egg\n", encoding="utf-8")
    told(tmp_path / "yolo", "no pictures in images/")
