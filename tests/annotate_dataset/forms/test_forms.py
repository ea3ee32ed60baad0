"""Other tools' forms: there and back, and nothing that they say is trusted."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from balatro.annotate_dataset.forms import FORMS, export_dataset, guess_form, import_dataset
from balatro.annotate_dataset.forms import items as care
from balatro.annotate_dataset.forms.items import card_name, folder_name, safe_key, unpack
from balatro.annotate_dataset.store.store import DatasetStore
from balatro.config.cards import CATALOGUE, card_names
from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError, SettingsError
from balatro.utils.images import load_image
from balatro.utils.labels import CardLabel, read_labels, write_labels
from tests.annotate_dataset.small_data import picture, write_pictures

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
TEXT = TEXT.map(lambda text: unicodedata.normalize("NFC", text))
ODD_NAMES = ["CON", "a.", ".b", "50%", "%41", "x__2", "Nidoran♂", "x (1)", "x - Copy", "=1+1", 'a"b,c', "a/b"]
OTHER_GAME = st.builds(
    CardLabel,
    name=st.one_of(TEXT, st.sampled_from(ODD_NAMES)),
    type=st.one_of(st.just(""), TEXT),
    rarity=st.one_of(st.just(""), TEXT),
    modifier=st.sampled_from(("", *MODIFIERS)),
    cluster=st.one_of(st.none(), st.integers(0, 99)),
    card_group=st.one_of(st.none(), st.integers(0, 99)),
    more=st.dictionaries(
        st.sampled_from(["hp", "set", "note"]), st.one_of(st.integers(), TEXT, st.lists(st.integers(), max_size=2)), max_size=2
    ),
)
OURS = st.builds(
    lambda card, modifier: CardLabel(card.name, card.type, card.rarity, modifier),
    st.sampled_from(CATALOGUE),
    st.sampled_from(MODIFIERS),
)
OF_CARDS = [form for form in FORMS if form not in ("voc", "cvat")]
"""Forms that may hold a card's own picture; the others have boxes on whole screens only, see `test_detection_sets`."""
KEYS = ("cluster1_card2_id3.png", "run/a.png", "run/b/a.png", "é ü.png", "cluster1_card2_id4.jpg")


def dataset(folder: Path, labels: list[CardLabel]) -> Path:
    keys = KEYS[: len(labels)]
    write_pictures(folder, {key: (n, 0) for n, key in enumerate(keys)})
    write_labels(folder / "labels.json", dict(zip(keys, labels, strict=True)))
    return folder


def kept(label: CardLabel, form: str) -> tuple[Any, ...]:
    return tuple(dict(label.more) if name == "more" else getattr(label, name) for name in FORMS[form].keeps)


def by_picture(folder: Path, form: str) -> list[tuple[bytes, tuple[Any, ...]]]:
    labels = read_labels(folder / "labels.json")
    return sorted(((folder / key).read_bytes(), kept(label, form)) for key, label in labels.items())


@pytest.mark.parametrize("form", OF_CARDS)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=st.one_of(st.lists(OTHER_GAME, min_size=1, max_size=5), st.lists(OURS, min_size=1, max_size=5)))
def test_there_and_back(tmp_path_factory: pytest.TempPathFactory, form: str, labels: list[CardLabel]) -> None:
    place = tmp_path_factory.mktemp("forms")
    original = dataset(place / "original", labels)
    assert export_dataset(form, original, place / "out") == len(labels)
    store = DatasetStore(place / "data")
    done = import_dataset(form, place / "out", store, "me")
    assert (len(done.pictures), done.num_there, done.failures) == (len(labels), 0, ())
    assert by_picture(original, form) == by_picture(store.dataset, form)
    again = import_dataset(form, place / "out", DatasetStore(place / "data"), "me")
    assert len(again.pictures) + again.num_there == len(labels)
    assert DatasetStore(place / "data").undo("me") is not None


@pytest.mark.parametrize("form", OF_CARDS)
def test_types_and_rarities_follow_from_the_names(tmp_path: Path, form: str) -> None:
    label = CardLabel("Riff-Raff", "Joker", "Common", "Foil", 1, 2)
    export_dataset(form, dataset(tmp_path / "a", [label]), tmp_path / "out")
    store = DatasetStore(tmp_path / "data")
    (key,) = import_dataset(form, tmp_path / "out", store, "me").pictures
    found = store.labels[key]
    assert (found.name, found.type, found.rarity) == ("Riff-Raff", "Joker", "Common")
    assert found.full_path == f"dataset_default/{key}"


@pytest.mark.parametrize("form", OF_CARDS)
def test_a_zip_is_a_folder(tmp_path: Path, form: str) -> None:
    export_dataset(
        form,
        dataset(tmp_path / "a", [CardLabel("Egg", "Joker", "Common", "Base"), CardLabel("DNA", "Joker", "Rare")]),
        tmp_path / "out",
    )
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        for path in sorted((tmp_path / "out").rglob("*")):
            archive.write(path, path.relative_to(tmp_path).as_posix())
    store = DatasetStore(tmp_path / "data")
    assert len(import_dataset(form, tmp_path / "out.zip", store, "me").pictures) == 2
    assert {label.name for label in store.labels.values()} == {"Egg", "DNA"}


@pytest.mark.parametrize("form", OF_CARDS)
def test_forms_are_told_apart(tmp_path: Path, form: str) -> None:
    export_dataset(form, dataset(tmp_path / "a", [CardLabel("Egg", modifier="Base")]), tmp_path / "out")
    assert guess_form(tmp_path / "out") == form


@pytest.mark.parametrize(
    ("text", "form"), [("[]", "labelstudio"), ("\ufeff\n [{}]", "labelstudio"), ('{"images": []}', "coco")]
)
def test_a_lone_json_is_told_by_how_it_begins(tmp_path: Path, text: str, form: str) -> None:
    path = tmp_path / "project-1-at-2026.json"
    path.write_text(text, encoding="utf-8")
    assert guess_form(path) == guess_form(tmp_path) == form


def test_no_form(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="say it with --form"):
        guess_form(tmp_path)
    with pytest.raises(SettingsError, match="expected one of imagefolder, csv"):
        import_dataset("excel", tmp_path, DatasetStore(tmp_path / "data"), "me")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_pictures(tmp_path / "one", {"Pikachu.png": (0, 0), "Raichu.png": (1, 0)})
    write_pictures(tmp_path / "two", {"Pikachu.png": (2, 0), "Raichu.png": (1, 0)})
    store = DatasetStore(tmp_path / "data")
    import_dataset("named", tmp_path / "one", store, "me")
    done = import_dataset("named", tmp_path / "two", store, "me")
    assert (done.pictures, done.num_there) == (("Pikachu-2.png",), 1)
    assert np.array_equal(load_image(store.dataset / "Pikachu.png"), picture(0))


def test_folders_of_equal_file_names(tmp_path: Path) -> None:
    write_pictures(tmp_path / "cards", {"Pikachu/1.png": (0, 0), "Raichu/1.png": (1, 0), "Raichu/holo/2.png": (1, 1)})
    store = DatasetStore(tmp_path / "data")
    done = import_dataset("imagefolder", tmp_path / "cards", store, "me")
    assert done.pictures == ("Pikachu_1.png", "Raichu_1.png", "2.png")
    assert store.labels["2.png"].modifier == ""


def test_yolo_validates_only_what_it_trains(tmp_path: Path) -> None:
    labels = {f"{n}.png": CardLabel("Egg" if n < 40 else f"Lone {n}", card_group=n // 2, cluster=0) for n in range(60)}
    write_pictures(tmp_path / "a", {key: (n, 0) for n, key in enumerate(labels)})
    write_labels(tmp_path / "a" / "labels.json", labels)
    export_dataset("yolo", tmp_path / "a", tmp_path / "out")
    train, val = (
        {path.stem: path.parent.name for path in (tmp_path / "out" / part).rglob("*.png")} for part in ("train", "val")
    )
    assert train.keys() | val.keys() == {str(n) for n in range(60)} and not train.keys() & val.keys()
    assert 0 < len(val) < 25 and set(val.values()) <= set(train.values())
    assert all((str(n) in val) == (str(n ^ 1) in val) for n in range(40))  # groups stay together


def test_coco_boxes_are_cut_out(tmp_path: Path) -> None:
    screen = np.zeros((60, 80, 3), np.uint8)
    screen[10:42, 20:44] = picture(3)
    Image.fromarray(screen).save(tmp_path / "screen.png")
    boxes = [[20, 10, 24, 32], [70, 50, 50, 50], [90, 10, 5, 5], ["x", 1, 2, 3], [float("nan")] * 4, [1, 2]]
    told = {
        "images": [{"id": 1, "file_name": "screen.png"}],
        "categories": [{"id": 5, "name": "Pikachu", "supercategory": "Electric"}],
        "annotations": [{"image_id": 1, "category_id": 5, "bbox": box} for box in boxes]
        + [{"image_id": 9, "category_id": 5}, 7],
    }
    (tmp_path / "_annotations.coco.json").write_text(json.dumps(told), encoding="utf-8")
    store = DatasetStore(tmp_path / "data")
    done = import_dataset("coco", tmp_path, store, "me")
    assert done.pictures == ("screen_0.png", "screen_1.png") and len(done.failures) == 6
    assert np.array_equal(load_image(store.dataset / "screen_0.png"), picture(3))
    assert load_image(store.dataset / "screen_1.png").shape == (10, 10, 3)
    assert store.labels["screen_0.png"].type == "Electric"


TASK = {
    "data": {"image": "/data/upload/3/0a1b2c3d-a.png"},
    "annotations": [{"result": [{"from_name": "label", "value": {"choices": ["Egg"]}}]}],
}


@pytest.mark.parametrize(
    ("task", "names"),
    [
        (TASK, ["Egg"]),
        ({**TASK, "annotations": []}, []),
        ({**TASK, "annotations": [{**TASK["annotations"][0], "was_cancelled": True}]}, []),
        ({"image": "/data/local-files/?d=cards/a.png", "name": "DNA", "modifier": "foil", "annotator": 1}, ["DNA"]),
        ({"image": "http://host/x/a.png?token=1", "label": "Egg"}, ["Egg"]),
        ({**TASK, "annotations": [{"result": [{"from_name": "name", "value": {"taxonomy": [["Joker", "Egg"]]}}]}]}, ["Egg"]),
    ],
)
def test_label_studio_exports(tmp_path: Path, task: dict[str, Any], names: list[str]) -> None:
    write_pictures(tmp_path, {"a.png": (0, 0)})
    (tmp_path / "project.json").write_text(json.dumps([task]), encoding="utf-8")
    store = DatasetStore(tmp_path / "data")
    if names:
        import_dataset("labelstudio", tmp_path, store, "me")
    else:
        with pytest.raises(InputError, match="no labelled pictures"):
            import_dataset("labelstudio", tmp_path, store, "me")
    assert [label.name for label in store.labels.values()] == names
    assert names != ["DNA"] or store.labels["cards_a.png"].modifier == "Foil"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_of_other_programs(tmp_path: Path, separator: str) -> None:
    write_pictures(tmp_path, {"images/a.png": (0, 0)})
    rows = [
        ["File", "Label", "HP", "Modifier"],
        ["images\\a.png", " Pikachu ", "60", "NEGATIVE"],
        ["images/a.png", "Raichu", "", "Shiny"],
    ]
    (tmp_path / "cards.csv").write_text("\ufeff" + "\r\n".join(separator.join(row) for row in rows), encoding="utf-8")
    store = DatasetStore(tmp_path / "data")
    done = import_dataset("csv", tmp_path, store, "me")
    assert done.pictures == ("a.png",) and "'Shiny', not one of" in done.failures[0]
    assert (store.labels["a.png"].name, store.labels["a.png"].modifier, store.labels["a.png"].more) == (
        "Pikachu",
        "Negative",
        {"HP": "60"},
    )


HOSTILE = [
    "../secret.png",
    "/etc/passwd",
    "..\\secret.png",
    "pictures/../../secret.png",
    "link.png",
    "",
    "a\0.png",
    "x" * 5000,
    ".",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", ["csv", "coco", "labelstudio"])
def test_paths_that_lead_out_are_not_followed(tmp_path: Path, form: str, name: str) -> None:
    folder = write_pictures(tmp_path / "in", {"good.png": (0, 0)})
    write_pictures(tmp_path, {"secret.png": (1, 0)})
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    write: dict[str, Callable[[list[str]], str]] = {
        "csv": lambda names: "picture,name\n" + "".join(f"{one},Egg\n" for one in names),
        "coco": lambda names: json.dumps(
            {
                "images": [{"id": n, "file_name": one} for n, one in enumerate(names)],
                "annotations": [{"image_id": n, "category_id": 0} for n in range(len(names))],
                "categories": [{"id": 0, "name": "Egg"}],
            }
        ),
        "labelstudio": lambda names: json.dumps([{"image": f"/data/local-files/?d={one}", "name": "Egg"} for one in names]),
    }
    (folder / ("t.csv" if form == "csv" else "t.json")).write_text(write[form]([name, "good.png"]), encoding="utf-8")
    store = DatasetStore(tmp_path / "data")
    done = import_dataset(form, folder, store, "me")
    assert done.pictures == ("good.png",) and len(done.failures) == 1
    assert "\n" not in done.failures[0]


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"images": 1}', '[{"data": 3}]', "\x00\x01", "a,b\n1,2\n"])
@pytest.mark.parametrize("form", ["csv", "coco", "labelstudio"])
def test_files_of_no_form(tmp_path: Path, form: str, text: str) -> None:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    store = DatasetStore(tmp_path / "data")
    with pytest.raises(InputError) as caught:
        import_dataset(form, path, store, "me")
    assert "\n" not in str(caught.value) and not store.dataset.exists()


def test_pictures_that_are_none(tmp_path: Path) -> None:
    write_pictures(tmp_path / "in", {"Egg.png": (0, 0)})
    (tmp_path / "in" / "DNA.png").write_bytes(b"no picture")
    done = import_dataset("named", tmp_path / "in", DatasetStore(tmp_path / "data"), "me")
    assert done.pictures == ("Egg.png",) and "not a picture" in done.failures[0]


@pytest.mark.parametrize("form", OF_CARDS)
def test_a_zip_made_on_windows_is_a_folder(tmp_path: Path, form: str) -> None:
    export_dataset(form, dataset(tmp_path / "a", [CardLabel("Egg", modifier="Base"), CardLabel("DNA")]), tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        for path in sorted((tmp_path / "out").rglob("*")):
            name = path.relative_to(tmp_path).as_posix().replace("/", "\\")
            archive.writestr(name + "\\" * path.is_dir(), b"" if path.is_dir() else path.read_bytes())
    store = DatasetStore(tmp_path / "data")
    assert len(import_dataset(form, tmp_path / "out.zip", store, "me").pictures) == 2
    assert {label.name for label in store.labels.values()} == {"Egg", "DNA"}


LEADING_OUT = ["../a.png", "/a.png", "a/../../b.png", "C:\\a.png", "\\\\host\\a.png", "..\\a.png", "\\a.png"]


@pytest.mark.parametrize("name", [*LEADING_OUT, "a\\..\\..\\b.png", "C:a.png", "a/..\\..\\b.png"])
def test_archives_that_lead_out(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, b"x")
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="leads out"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*"))


def test_archives_with_links_too_much_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", bytes(5_000_000))
    (tmp_path / "half.zip").write_bytes((tmp_path / "bomb.zip").read_bytes()[:200])
    monkeypatch.setattr(care, "MAX_ARCHIVE", 1_000_000)
    for name, told in (("link.zip", "leads out"), ("bomb.zip", "more than"), ("half.zip", "cannot be unpacked")):
        folder = tmp_path / name[:4]
        folder.mkdir()
        with pytest.raises(InputError, match=told):
            unpack(tmp_path / name, folder)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_any_name_can_be_a_folder(name: str) -> None:
    quoted = folder_name(name)
    assert card_name(quoted) == name
    assert quoted not in ("", ".", "..") and not set(quoted) & set('<>:"/\\|?*\0\n') and quoted[-1] not in ". "


def test_cards_keep_their_names_as_folders() -> None:
    assert [card_name(folder_name(name)) for name in card_names()] == list(card_names())
    assert folder_name("Oops! All 6s") == "Oops! All 6s"


@given(st.text(max_size=30))
def test_keys_become_safe(text: str) -> None:
    key = safe_key(text)
    assert key and "\\" not in key and not key.startswith("/") and not {"..", ".", ""} & set(key.split("/"))


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("named", ["Se\u0301ance", "To the Moon (1)", "Egg - Copy (2)", "dna (copy)", "oops all 6s"]),
        ("imagefolder", ["Se\u0301ance", "To the Moon (1)", "Egg - Copy", "DNA (another copy)", "OOPS! ALL 6S"]),
        ("yolo", ["seance", "To the Moon (12)", "Egg (1) (2)", "DNA", "Oops_all_6s"]),
        ("csv", ["Se\u0301ance", "To the Moon (1)", "egg", "DNA", "Oops! All 6s"]),
        ("coco", ["SEANCE", "to-the-moon", "Egg (1)", "DNA", "Oops! All 6s"]),
        ("labelstudio", ["Seance", "To The Moon", "Egg (1)", "DNA", "Oops! All 6s"]),
    ],
)
def test_a_card_is_one_card_by_any_spelling(tmp_path: Path, form: str, names: list[str]) -> None:
    folder = tmp_path / "in"
    places = {"named": "{0}.png", "imagefolder": "{0}/{1}.png", "yolo": "train/{0}/{1}.png"}
    files = [places.get(form, "{1}.png").format(name, number) for number, name in enumerate(names)]
    write_pictures(folder, {file: (number, 0) for number, file in enumerate(files)})
    coco = {
        "images": [{"id": n, "file_name": file} for n, file in enumerate(files)],
        "annotations": [{"image_id": n, "category_id": n} for n in range(len(files))],
        "categories": [{"id": n, "name": name} for n, name in enumerate(names)],
    }
    tables = {
        "csv": "picture,name\n" + "".join(f"{file},{name}\n" for file, name in zip(files, names, strict=True)),
        "coco": json.dumps(coco),
        "labelstudio": json.dumps([{"image": file, "name": name} for file, name in zip(files, names, strict=True)]),
    }
    if form in tables:
        (folder / ("t.csv" if form == "csv" else "t.json")).write_text(tables[form], encoding="utf-8")
    store = DatasetStore(tmp_path / "data")
    assert import_dataset(form, folder, store, "me").failures == ()
    assert {label.name for label in store.labels.values()} == {"Séance", "To the Moon", "Egg", "DNA", "Oops! All 6s"}


def test_a_type_of_some_pictures_of_a_card_is_not_given_to_the_others(tmp_path: Path) -> None:
    original = dataset(tmp_path / "a", [CardLabel("Pikachu"), CardLabel("Pikachu", "Electric")])
    export_dataset("coco", original, tmp_path / "out")
    store = DatasetStore(tmp_path / "data")
    import_dataset("coco", tmp_path / "out", store, "me")
    assert by_picture(original, "coco") == by_picture(store.dataset, "coco")


def test_another_game_keeps_its_names_but_one_for_each_card(tmp_path: Path) -> None:
    cards = ["Nidoran♂", "Nidoran♀", "Sun", "Pikachu", "Mr. Mime", "Pokémon Trainer", "Raichu"]
    write_pictures(tmp_path / "one", {f"{name}.png": (number, 0) for number, name in enumerate(cards)})
    again = ["nidoran ♂", "Nidoran♀ (1)", "Pikachu (2)", "mr mime", "Poke\u0301mon Trainer"]
    write_pictures(tmp_path / "two", {f"{name}.png": (number, 1) for number, name in enumerate(again)})
    store = DatasetStore(tmp_path / "data")
    for folder in ("one", "two"):
        assert import_dataset("named", tmp_path / folder, store, "me").failures == ()
    assert sorted(label.name for label in store.labels.values()) == sorted([*cards, *cards[:2], *cards[3:6]])


def test_a_spelling_of_a_card_with_the_wrong_type_is_told(tmp_path: Path) -> None:
    write_pictures(tmp_path / "in", {"a.png": (0, 0), "b.png": (1, 0)})
    (tmp_path / "in/t.csv").write_text("picture,name,type\na.png,egg,Tarot\nb.png,dna,Joker\n", encoding="utf-8")
    done = import_dataset("csv", tmp_path / "in", DatasetStore(tmp_path / "data"), "me")
    assert done.pictures == ("b.png",) and "type 'Tarot', but Egg is a Joker" in done.failures[0]


def test_exporting_replaces_only_exports(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "a", [CardLabel("Egg")])
    for _ in range(2):
        assert export_dataset("csv", folder, tmp_path / "out") == 1
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="nothing of ours to replace"):
        export_dataset("csv", folder, tmp_path / "mine")
    (tmp_path / "a" / KEYS[0]).unlink()
    with pytest.raises(InputError, match="no labelled pictures"):
        export_dataset("csv", folder, tmp_path / "other")


def test_a_table_of_unknown_columns_with_a_longer_row(tmp_path: Path) -> None:
    write_pictures(tmp_path / "in", {"a.png": (1, 0)})
    (tmp_path / "in/labels.csv").write_text("image;title\na.png;Egg;x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no column for the name; call one `name` \(there are image, title\)"):
        import_dataset("csv", tmp_path / "in", DatasetStore(tmp_path / "data"), "me")
    (tmp_path / "in/labels.csv").write_text("image;name\na.png;Egg;x\n", encoding="utf-8")
    assert len(import_dataset("csv", tmp_path / "in", DatasetStore(tmp_path / "data"), "me").pictures) == 1


@pytest.mark.parametrize(
    ("form", "images", "labels"),
    [
        ("imagefolder", "images", "labels"),
        ("named", "images", "labels"),
        ("named", "train/images", "train/labels"),
        ("imagefolder", "images/train", "labels/train"),
    ],
)
def test_a_detection_folder_has_no_cards_called_images(tmp_path: Path, form: str, images: str, labels: str) -> None:
    write_pictures(tmp_path / "in", {f"{images}/a.png": (1, 0)})
    (tmp_path / "in" / labels).mkdir(parents=True)
    (tmp_path / "in" / labels / "a.txt").write_text("0 0.5 0.5 0.2 0.2\n", encoding="utf-8")
    with pytest.raises(InputError, match="YOLO detection.*take the form yolo"):
        import_dataset(form, tmp_path / "in", DatasetStore(tmp_path / "data"), "me")


def test_modifiers_of_another_game_are_taken_where_it_lists_them(tmp_path: Path) -> None:
    write_pictures(tmp_path / "in", {"a.png": (0, 0), "b.png": (1, 0)})
    (tmp_path / "in/t.csv").write_text("picture,name,modifier\na.png,Pikachu,Reverse Holo\nb.png,Eevee,\n", encoding="utf-8")
    done = import_dataset("csv", tmp_path / "in", DatasetStore(tmp_path / "none"), "me")
    assert done.pictures == ("b.png",) and "modifier 'Reverse Holo', not one of Base" in done.failures[0]
    data = tmp_path / "data" / "dataset_default"
    data.mkdir(parents=True)
    (data / "game.json").write_text('{"modifiers": ["Normal", "Reverse Holo"]}', encoding="utf-8")
    done = import_dataset("csv", tmp_path / "in", DatasetStore(tmp_path / "data"), "me")
    assert done.failures == () and read_labels(data / "labels.json")["a.png"].modifier == "Reverse Holo"
