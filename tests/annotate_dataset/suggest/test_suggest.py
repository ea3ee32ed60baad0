"""Suggestions from drawn cards, seen by the package's own encoder."""

from __future__ import annotations

import inspect
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from balatro.annotate_dataset.command import dataset, suggest_command
from balatro.annotate_dataset.suggest.encoder import Encoded, Encoder, load_encoder
from balatro.annotate_dataset.suggest.likeness import (
    NUM_NEAREST,
    REJECT,
    Labelled,
    SuggestSettings,
)
from balatro.annotate_dataset.suggest.suggest import Suggestions, default_labels, read_suggestions, suggest, write_suggestions
from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import data_dir
from balatro.errors import InputError, LabelError, ModelError
from balatro.gallery.views import View, draw_views
from balatro.render.demo_deck import draw_demo_deck
from balatro.utils.labels import CardLabel, write_labels
from tests.identify_card.fake_bundle import write_fake_bundle

CARDS = 4
BASE, NEGATIVE = MODIFIERS.index("Base"), MODIFIERS.index("Negative")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(threads=1)


@pytest.fixture(scope="module")
def deck():
    return draw_demo_deck(0, CARDS)


@pytest.fixture(scope="module")
def drawn(deck) -> dict[str, np.ndarray]:
    """Pictures of four cards: `0_a` and `0_b` show the first, `0_negative` shows it so, and so on."""
    views = [View(card, modifier) for card in range(CARDS) for modifier in (BASE, BASE, NEGATIVE)]
    pictures = draw_views(deck, views, np.random.default_rng(5), (142, 190))
    names = [f"{card}_{what}" for card in range(CARDS) for what in ("a", "b", "negative")]
    return dict(zip(names, pictures, strict=True))


def put(folder: Path, pictures: dict[str, np.ndarray], names: Sequence[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        Image.fromarray(pictures[name]).save(folder / f"{name}.png")
    return folder


def label_of(deck, name: str) -> CardLabel:
    card = deck.cards[int(name[0])]
    return CardLabel(card.name, card.type, card.rarity, "Negative" if "negative" in name else "Base")


def label(folder: Path, deck, drawn: dict[str, np.ndarray], names: Sequence[str]) -> Path:
    put(folder, drawn, names)
    write_labels(folder / "labels.json", {f"{name}.png": label_of(deck, name) for name in names})
    return folder


@pytest.fixture
def labels(tmp_path: Path, deck, drawn: dict[str, np.ndarray]) -> Path:
    """Three of the four cards, each once."""
    return label(tmp_path / "labels", deck, drawn, ["0_a", "1_a", "2_a"])


@pytest.fixture
def new(tmp_path: Path, drawn: dict[str, np.ndarray]) -> Path:
    return put(tmp_path / "new", drawn, ["0_b", "1_b", "2_b", "3_b"])


def test_new_pictures_get_the_labels_of_their_likes(new: Path, labels: Path, encoder: Encoder, deck) -> None:
    found = suggest(new, labels, encoder).pictures
    assert list(found) == ["0_b.png", "1_b.png", "2_b.png", "3_b.png"]
    for card in range(3):
        best = found[f"{card}_b.png"].candidates[0]
        assert (best.name, best.type, best.rarity) == (deck.cards[card].name, deck.cards[card].type, deck.cards[card].rarity)
        assert best.nearest == f"{card}_a.png"
        assert found[f"{card}_b.png"].prefilled
        assert found[f"{card}_b.png"].modifier == "Base"
        assert best.similarity == found[f"{card}_b.png"].similarity >= REJECT
        assert best.confidence > 0.5 and found[f"{card}_b.png"].modifier_confidence > 0.9
        assert len(found[f"{card}_b.png"].candidates) == 3


def test_a_card_without_a_label_is_left_open(new: Path, labels: Path, encoder: Encoder) -> None:
    stranger = suggest(new, labels, encoder).pictures["3_b.png"]
    assert not stranger.prefilled and stranger.similarity < REJECT
    assert stranger.candidates[0].confidence < 0.5
    assert stranger.to_json()["rejected"] is True


def test_one_label_is_enough(tmp_path: Path, new: Path, encoder: Encoder, deck, drawn: dict[str, np.ndarray]) -> None:
    found = suggest(new, label(tmp_path / "one", deck, drawn, ["1_a"]), encoder)
    assert found.num_labelled == 1
    assert [key for key, suggestion in found.pictures.items() if suggestion.prefilled] == ["1_b.png"]
    assert {len(suggestion.candidates) for suggestion in found.pictures.values()} == {1}
    assert found.modifiers() == {"Base": 1}


def test_a_modifier_that_no_label_shows(tmp_path: Path, labels: Path, encoder: Encoder, drawn: dict[str, np.ndarray]) -> None:
    new = put(tmp_path / "negative", drawn, ["0_negative", "2_negative"])
    said = [suggestion.modifier for suggestion in suggest(new, labels, encoder, SuggestSettings(reject=-1)).pictures.values()]
    assert said == ["Negative", "Negative"]


@pytest.mark.parametrize(("reject", "num"), [(-1.0, 4), (0.999, 0)])
def test_the_threshold(new: Path, labels: Path, encoder: Encoder, reject: float, num: int) -> None:
    assert len(suggest(new, labels, encoder, SuggestSettings(reject=reject)).suggested) == num


def test_labelled_pictures_are_not_suggested_again(labels: Path, encoder: Encoder, drawn: dict[str, np.ndarray]) -> None:
    put(labels, drawn, ["3_b"])
    assert list(suggest(labels, labels / "labels.json", encoder).pictures) == ["3_b.png"]


def test_nor_the_raw_pictures_that_they_were_copied_from(
    tmp_path: Path, labels: Path, encoder: Encoder, drawn: dict[str, np.ndarray]
) -> None:
    raw = put(tmp_path / "raw" / "run", drawn, ["0_a", "0_b"])
    # Of a labelled picture's name and length, but another picture.
    Image.fromarray(drawn["1_a"]).save(labels / "1_a.png", compress_level=0)
    Image.fromarray(drawn["3_a"]).save(raw / "1_a.png", compress_level=0)
    assert list(suggest(raw.parent, labels, encoder).pictures) == ["run/0_b.png", "run/1_a.png"]


def test_unnamed_labels_say_nothing(new: Path, labels: Path, encoder: Encoder, deck, drawn: dict[str, np.ndarray]) -> None:
    put(labels, drawn, ["3_a"])
    write_labels(labels / "labels.json", {"0_a.png": label_of(deck, "0_a"), "3_a.png": CardLabel(cluster=3)})
    assert suggest(new, labels, encoder).num_labelled == 1


def test_another_game_has_no_modifiers(tmp_path: Path, new: Path, encoder: Encoder, drawn: dict[str, np.ndarray]) -> None:
    known = tmp_path / "pokemon"
    for name, card in (("Pikachu", "0_a"), ("Mew", "1_a"), ("Mew__2", "1_b")):
        put(known, {name: drawn[card]}, [name])
    said = suggest(new, known, encoder).pictures["0_b.png"]
    assert (said.candidates[0].name, said.candidates[0].type, said.modifier) == ("Pikachu", "", "")


def test_the_catalogue_fills_in_what_the_label_lacks(encoder: Encoder) -> None:
    labelled = Labelled(["a.png", "b.png"], [CardLabel("DNA"), CardLabel("The Fool")], np.eye(2, dtype=np.float32))
    best = [said.candidates[0] for said in labelled.suggest(Encoded(np.eye(2, dtype=np.float32), None), SuggestSettings())]
    assert [(one.name, one.type, one.rarity) for one in best] == [("DNA", "Joker", "Rare"), ("The Fool", "Tarot", "")]


def test_the_file_is_read_back(tmp_path: Path, new: Path, labels: Path, encoder: Encoder) -> None:
    found = suggest(new, labels, encoder)
    path = tmp_path / "suggestions.json"
    write_suggestions(path, found)
    text = json.loads(path.read_text(encoding="utf-8"))
    assert {name: text[name] for name in ("format", "model", "labelled", "reject", "failures")} == {
        "format": 1,
        "model": "package",
        "labelled": 3,
        "reject": REJECT,
        "failures": [],
    }
    assert Path(text["folder"]) == new.resolve()
    again = read_suggestions(path)
    assert list(again) == list(found.pictures)
    assert [one.to_json() for one in again.values()] == [one.to_json() for one in found.pictures.values()]
    first = path.read_bytes()
    write_suggestions(path, suggest(new, labels, encoder))
    assert path.read_bytes() == first


def test_the_folder_is_told_within_the_data(tmp_path: Path) -> None:
    empty = Suggestions(data_dir() / "screenshots", {}, (), 1, "package", SuggestSettings())
    write_suggestions(tmp_path / "a.json", empty)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["folder"] == "screenshots"


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"format": 2}', '{"format": 1}', '{"format": 1, "suggestions": {"a.png": {}}}', "{"]
)
def test_damaged_suggestions(tmp_path: Path, text: str) -> None:
    path = tmp_path / "suggestions.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=str(path)):
        read_suggestions(path)


def test_what_cannot_be_used_is_listed(new: Path, labels: Path, encoder: Encoder) -> None:
    (new / "damaged.png").write_bytes((new / "0_b.png").read_bytes()[:200])
    Image.new("RGB", (320, 180)).save(new / "screen.png")
    (labels / "1_a.png").unlink()
    found = suggest(new, labels, encoder)
    assert len(found.pictures) == 4 and found.num_labelled == 2
    lines = sorted(line.split("/")[-1] for line in found.failures)
    assert [line.split(":")[0] for line in lines] == ["1_a.png", "damaged.png", "screen.png"]
    assert "320x180 pixels, no picture of one card" in lines[2]


def test_nothing_to_compare_with(new: Path, labels: Path, encoder: Encoder) -> None:
    for path in labels.glob("*.png"):
        path.write_bytes(b"")
    with pytest.raises(LabelError, match="none of its 3 labelled pictures can be read"):
        suggest(new, labels, encoder)
    write_labels(labels / "labels.json", {})
    with pytest.raises(LabelError, match="no labels yet, at least one is needed"):
        suggest(new, labels, encoder)
    with pytest.raises(LabelError, match=r"dataset_default/labels.json: no labels yet"):
        default_labels()


def test_no_pictures(tmp_path: Path, labels: Path, encoder: Encoder) -> None:
    with pytest.raises(InputError, match="no such folder"):
        suggest(tmp_path / "nowhere", labels, encoder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no pictures"):
        suggest(tmp_path / "empty", labels, encoder)


def test_other_models(tmp_path: Path, new: Path, labels: Path) -> None:
    other = load_encoder(str(write_fake_bundle(tmp_path / "fake")), threads=1)
    found = suggest(new, labels, other, SuggestSettings(reject=-1))
    assert found.model == other.name != "package"
    assert len(found.suggested) == 4
    with pytest.raises(ModelError, match="no model 'nobody'"):
        load_encoder("nobody")


class Broken:
    """A network that gives no numbers."""

    def run(self, names: Sequence[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        return [np.full((len(inputs["cards"]), 8), np.nan, np.float32)]


def test_a_broken_model(new: Path, labels: Path) -> None:
    with pytest.raises(ModelError, match="its embeddings are no numbers"):
        suggest(new, labels, Encoder("odd", Broken()))  # type: ignore[arg-type]


def run(*args: str) -> tuple[int, str, str]:
    app = typer.Typer()
    app.add_typer(dataset, name="dataset")
    done = CliRunner().invoke(app, ["dataset", "suggest", *args])
    error = f"{done.exception}" if isinstance(done.exception, (InputError, LabelError)) else ""
    return done.exit_code, done.output, error


def test_the_command(new: Path, labels: Path) -> None:
    shutil.move(new, data_dir() / "screenshots")
    shutil.move(labels, data_dir() / "dataset_default")
    status, said, _ = run("--threads", "1")
    assert status == 0
    assert said.splitlines()[0] == (
        f"{data_dir() / 'suggestions.json'}: 3 of 4 pictures have a suggestion, from 3 labelled ones (3 Base)"
    )
    assert "1 are left open" in said
    assert "next:  balatro annotate" in said
    assert len(read_suggestions(data_dir() / "suggestions.json")) == 4


def test_the_command_goes_on_after_a_bad_picture(tmp_path: Path, new: Path, labels: Path) -> None:
    (new / "bad.png").write_bytes(b"no picture")
    out = tmp_path / "out.json"
    status, said, error = run("--input", str(new), "--labels", str(labels), "--out", str(out))
    assert status == 1
    assert error == "1 picture could not be used (listed above); the others are done"
    assert "bad.png: not a picture" in said
    assert len(read_suggestions(out)) == 4


def test_the_command_when_all_is_labelled(tmp_path: Path, labels: Path) -> None:
    status, said, _ = run("--input", str(labels), "--labels", str(labels), "--out", str(tmp_path / "out.json"))
    assert (status, said.strip()) == (0, f"{tmp_path / 'out.json'}: nothing new, all pictures are labelled")


def test_the_command_has_the_measured_defaults() -> None:
    defaults = {name: parameter.default for name, parameter in inspect.signature(suggest_command).parameters.items()}
    assert (defaults["reject"], defaults["k"]) == (REJECT, NUM_NEAREST)
