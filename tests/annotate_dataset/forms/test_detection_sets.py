"""Detection sets as other tools write them, recognised by themselves: every box arrives, or is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from balatro.annotate_dataset.forms import FORMS, ExportedScreens, export_boxes, guess_form, import_dataset
from balatro.annotate_dataset.forms.safe_xml import read_xml
from balatro.annotate_dataset.store.store import DatasetStore, StateScreen
from balatro.errors import InputError
from tests.annotate_dataset.small_data import picture

FIRST, SECOND = (20, 10, 44, 42), (50, 20, 74, 52)
"""Where the two cards lie: left, top, right, bottom."""


def screen(path: Path) -> None:
    shown = np.zeros((60, 80, 3), np.uint8)
    for card, (left, top, right, bottom) in enumerate((FIRST, SECOND)):
        shown[top:bottom, left:right] = picture(card)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(shown).save(path)


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


YOLO = "0 0.4 0.43333333 0.3 0.53333333\n1 0.775 0.6 0.3 0.53333333\n1 0.5 0.5 0.2 0.2 0.7 0.7\n"
NAMES = ["Egg (Foil)", "DNA"]


def yolo(folder: Path) -> None:
    screen(folder / "images/train/a.png")
    put(folder / "labels/train/a.txt", YOLO)
    put(folder / "data.yaml", "path: .\ntrain: images/train\nval: images/train\nnames:\n  0: Egg (Foil)\n  1: DNA\n")


def roboflow_yolo(folder: Path) -> None:
    screen(folder / "valid/images/a.png")
    put(folder / "valid/labels/a.txt", YOLO)
    put(folder / "data.yaml", "train: ../train/images\nval: ../valid/images\nnc: 2\nnames: ['Egg (Foil)', 'DNA']\n")


def cvat_yolo(folder: Path) -> None:
    screen(folder / "obj_train_data/a.png")
    put(folder / "obj_train_data/a.txt", YOLO)
    put(folder / "obj.names", "\n".join(NAMES))
    put(folder / "train.txt", "data/obj_train_data/a.png\n")


def labelimg_yolo(folder: Path) -> None:
    screen(folder / "a.png")
    put(folder / "a.txt", YOLO)
    put(folder / "classes.txt", "\n".join(NAMES))


def coco(folder: Path, file: str, name: str) -> None:
    def boxed(number: int, box: tuple[int, ...], **more: int) -> dict[str, object]:
        left, top, right, bottom = box
        return {"id": number, "image_id": 0, "category_id": number, "bbox": [left, top, right - left, bottom - top], **more}

    told = {
        "images": [{"id": 0, "file_name": name, "width": 80, "height": 60}],
        "categories": [{"id": place, "name": name, "supercategory": "none"} for place, name in enumerate(NAMES, 1)],
        "annotations": [boxed(1, FIRST), boxed(2, SECOND), boxed(2, FIRST, iscrowd=1)],
    }
    put(folder / file, json.dumps(told))


def roboflow_coco(folder: Path) -> None:
    screen(folder / "test/a.png")
    coco(folder, "test/_annotations.coco.json", "a.png")


def plain_coco(folder: Path) -> None:
    screen(folder / "val2017/a.png")
    coco(folder, "annotations/instances_val2017.json", "a.png")


def voc_text() -> str:
    def one(name: str, box: tuple[int, ...], more: str = "") -> str:
        left, top, right, bottom = box
        corners = f"<xmin>{left + 1}</xmin><ymin>{top + 1}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax>"
        return f"<object><name>{name}</name><difficult>0</difficult><bndbox>{corners}</bndbox>{more}</object>"

    turned = "<attributes><attribute><name>rotation</name><value>30</value></attribute></attributes>"
    objects = one("Egg (Foil)", FIRST) + one("DNA", SECOND) + one("DNA", FIRST, turned)
    size = "<size><width>80</width><height>60</height><depth>3</depth></size>"
    return f"<annotation><folder>x</folder><filename>a.png</filename>{size}{objects}</annotation>"


def voc(folder: Path) -> None:
    screen(folder / "JPEGImages/a.png")
    put(folder / "Annotations/a.xml", voc_text())


def labelimg_voc(folder: Path) -> None:
    screen(folder / "a.png")
    put(folder / "a.xml", voc_text())


def cvat(folder: Path) -> None:
    def box(label: str, edges: tuple[int, ...], inside: str = "", more: str = "") -> str:
        xtl, ytl, xbr, ybr = edges
        told = f'label="{label}" source="manual" occluded="0" xtl="{xtl}.00" ytl="{ytl}.00" xbr="{xbr}.00" ybr="{ybr}.00"{more}'
        return f'<box {told} z_order="0">{inside}</box>'

    screen(folder / "images/a.png")
    attributes = '<attribute name="name">Egg</attribute><attribute name="modifier">foil</attribute>'
    shapes = box("card", FIRST, attributes) + box("DNA", SECOND) + box("DNA", FIRST, more=' rotation="30.00"')
    image = f'<image id="0" name="a.png" width="80" height="60">{shapes}</image>'
    put(folder / "annotations.xml", f'<?xml version="1.0"?><annotations><version>1.1</version>{image}</annotations>')


def label_studio(folder: Path) -> None:
    def box(name: str, edges: tuple[int, ...], rotation: int = 0) -> dict[str, object]:
        left, top, right, bottom = edges
        value = {"x": left / 0.8, "y": top / 0.6, "width": (right - left) / 0.8, "height": (bottom - top) / 0.6}
        value |= {"rotation": rotation, "rectanglelabels": [name]}
        about = {
            "from_name": "label",
            "to_name": "image",
            "type": "rectanglelabels",
            "original_width": 80,
            "original_height": 60,
        }
        return {"id": f"{name}{rotation}", **about, "value": value}

    screen(folder / "a.png")
    first = box("Egg", FIRST)
    chosen = {"id": first["id"], "from_name": "modifier", "type": "choices"}
    value = {name: one for name, one in first["value"].items() if name != "rectanglelabels"} | {"choices": ["Foil"]}  # type: ignore[attr-defined]
    result = [first, {**first, **chosen, "value": value}, box("DNA", SECOND), box("DNA", FIRST, 30)]
    put(folder / "tasks.json", json.dumps([{"id": 1, "data": {"image": "a.png"}, "annotations": [{"result": result}]}]))


SETS: dict[Callable[[Path], None], str] = {
    yolo: "yolo",
    roboflow_yolo: "yolo",
    cvat_yolo: "yolo",
    labelimg_yolo: "yolo",
    roboflow_coco: "coco",
    plain_coco: "coco",
    voc: "voc",
    labelimg_voc: "voc",
    cvat: "cvat",
    label_studio: "labelstudio",
}
"""Each has two cards, and a third thing that is no upright box of one."""


def cards(store: DatasetStore) -> set[tuple[str, str, tuple[int, ...]]]:
    return {(label.name, label.modifier, tuple(label.more["box"])) for label in store.labels.values()}


@pytest.mark.parametrize("make", SETS, ids=lambda make: make.__name__)
def test_every_box_arrives_or_is_told(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "set")
    assert guess_form(tmp_path / "set") == SETS[make]
    store = DatasetStore(tmp_path / "data")
    done = import_dataset(SETS[make], tmp_path / "set", store, "me")
    assert cards(store) == {("Egg", "Foil", FIRST), ("DNA", "", SECOND)}
    assert len(done.failures) == 1
    kept = {label.more["screen"] for label in store.labels.values()}
    assert [path.name for path in (tmp_path / "data/screens").iterdir()] == list(kept)
    assert import_dataset(SETS[make], tmp_path / "set", store, "me").num_there == 2


@pytest.mark.parametrize("form", [name for name, form in FORMS.items() if form.write_boxes])
def test_exported_screens_come_back_the_same(form: str, tmp_path: Path) -> None:
    voc(tmp_path / "set")
    store = DatasetStore(tmp_path / "data")
    import_dataset("voc", tmp_path / "set", store, "me")
    screen(tmp_path / "data/screens/a.jpg")  # nothing has a box on it
    store.accept([StateScreen("a.jpg", ())], "me")
    assert export_boxes(form, store.dataset, tmp_path / "out") == ExportedScreens(2, 2, 1, 0, ())
    written = {path.stem[0] for path in (tmp_path / "out").rglob("*") if path.suffix in (".png", ".jpg")}
    assert written == {"a"}
    again = DatasetStore(tmp_path / "again")
    assert guess_form(tmp_path / "out") == form
    assert not import_dataset(form, tmp_path / "out", again, "me").failures
    assert cards(again) == cards(store)


def test_accepted_screens_without_boxes_are_empty_in_yolo_and_not_done_in_label_studio(tmp_path: Path) -> None:
    voc(tmp_path / "set")
    store = DatasetStore(tmp_path / "data")
    import_dataset("voc", tmp_path / "set", store, "me")
    screen(tmp_path / "data/screens/b.png")
    screen(tmp_path / "data/screens/open.png")
    store.accept([StateScreen("b.png", ())], "me")
    (tmp_path / "data/screens/c.png").write_bytes(b"no picture")
    done = export_boxes("yolo", store.dataset, tmp_path / "yolo")
    assert (done.num_screens, done.num_empty, done.num_open, len(done.left_out)) == (2, 1, 1, 1)
    assert not (tmp_path / "yolo/labels/open.txt").exists()
    assert (tmp_path / "yolo/labels/b.txt").read_text() == ""
    assert yaml.safe_load((tmp_path / "yolo/data.yaml").read_text())["names"] == {0: "Egg (Foil)", 1: "DNA"}
    export_boxes("labelstudio", store.dataset, tmp_path / "studio")
    tasks = json.loads((tmp_path / "studio/tasks.json").read_text())
    assert [len(task["annotations"]) for task in tasks] == [1, 0]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotation/>',
        "<a>" * 40 + "</a>" * 40,
        "<annotation>",
    ],
)
def test_strange_xml_is_refused(text: str, tmp_path: Path) -> None:
    put(tmp_path / "a.xml", text)
    with pytest.raises(InputError, match=r"a\.xml"):
        read_xml(tmp_path / "a.xml")
