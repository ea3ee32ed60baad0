"""Models without training, from a deck and the package's kind of networks."""

from __future__ import annotations

import json

import numpy as np
import pytest

from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError, ModelError
from balatro.gallery.draw import draw_gallery
from balatro.gallery.gallery import Gallery
from balatro.gallery.make import ORDER, encoder, make_gallery_bundle
from balatro.gallery.views import draw_views, plan_views
from balatro.identify_card.recognizer import Recognizer
from balatro.render.deck import Deck, DeckCard
from tests.identify_card.fake_bundle import COLOURS, SMALL, fake_text, write_fake_bundle
from tests.runtime.written_again import check_written_again

pytestmark = pytest.mark.slow


def sprite(colour: tuple[int, int, int]) -> np.ndarray:
    body = np.zeros((95, 71, 4), np.uint8)
    body[1:94, 1:70] = (*colour, 255)
    return body


@pytest.fixture(scope="module")
def deck() -> Deck:
    """The fake networks' colours as a deck."""
    cards = []
    for name, colour in COLOURS.items():
        small = SMALL if name.startswith("small") else 1.0
        cards.append(
            DeckCard(name, name, "Joker", "Common", sprite(colour), None, (small, small), small, known=name != "stranger")
        )
    return Deck("colours", tuple(cards))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A folder like the package's."""
    folder = write_fake_bundle(tmp_path_factory.mktemp("weights"), without_head=True)
    (folder / "model.onnx").rename(folder / "encoder.onnx")
    about = fake_text(without_head=True) | {"cards": [], "twins": [], "locator": {"threshold": 0.4}}
    about["tasks"] = {"modifier": {"classes": list(MODIFIERS), "temperature": 0.5}}
    (folder / "weights.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def test_every_known_card_is_seen_in_every_modifier(deck):
    views = plan_views(deck, num_phases=2, num_stranger_views=3)
    assert len(views) == 4 * 5 * 2 + 3
    assert {(view.card, view.modifier) for view in views} == {(card, m) for card in range(4) for m in range(5)} | {(4, 0)}


def test_views_show_the_card_and_little_else(deck):
    views = plan_views(deck, 1, 1)
    pictures = draw_views(deck, views, np.random.default_rng(0), (96, 128))
    assert pictures.shape == (len(views), 128, 96, 3) and pictures.dtype == np.uint8
    for view, picture in zip(views, pictures, strict=True):
        if view.modifier == 0:
            middle = np.median(picture[20:-20, 16:-16].reshape(-1, 3), axis=0)
            assert np.abs(middle - list(COLOURS.values())[view.card]).max() < 45
    again = draw_views(deck, views, np.random.default_rng(0), (96, 128))
    assert (pictures == again).all()


def test_bundle_is_complete_and_reads(deck, weights, tmp_path):
    folder = make_gallery_bundle(deck, tmp_path / "models" / "colours", weights)
    assert sorted(path.name for path in folder.iterdir()) == ["gallery.npz", "locator.onnx", "model.json", "model.onnx"]
    assert tuple(check_written_again(folder / "model.json").to_dict()) == ORDER
    bundle = Recognizer.load(folder, threads=1).bundle
    assert (bundle.name, bundle.deck, bundle.locator_threshold) == ("colours", "colours", 0.4)
    assert bundle.tasks["modifier"].temperature == 0.5 and "identification" not in bundle.tasks
    assert bundle.twins == ((0, 1),) and bundle.cards[1].size == (SMALL, SMALL) and not bundle.cards[4].known


def test_gallery_names_what_it_was_made_from(deck, weights):
    gallery = draw_gallery(deck, encoder(weights / "encoder.onnx"), seed=1)
    likeness = gallery.nearest(gallery.embedding, len(deck.cards))
    assert likeness.shape == (len(gallery.card), len(deck.cards))
    right = likeness[np.arange(len(likeness)), gallery.card]
    base = gallery.modifier == 0
    # Twins have one picture: either may be the more alike. A mean colour, all that these networks see, is not every edition's.
    assert (right[base] >= likeness[base].max(axis=1) - 0.1).all() and (right > 0.5).mean() > 0.9


def test_directions_in_which_views_differ_count_less():
    rng = np.random.default_rng(0)
    card = np.repeat(np.arange(3, dtype=np.int32), 40)
    embedding = np.array([(1.0, 0.1, 0.0), (1.0, -0.1, 0.0), (1.0, 0.0, 0.2)])[card]
    embedding[:, 2] += rng.normal(0, 0.4, len(card))  # noise, larger than what tells card 0 from card 1
    gallery = Gallery(embedding.astype(np.float32), card, np.zeros(len(card), np.int8))
    asked = np.array([(1.0, 0.1, 0.5), (1.0, -0.1, -0.5)], np.float32)
    assert gallery.nearest(asked, 3).argmax(axis=1).tolist() == [0, 1]


def test_a_card_seen_in_every_modifier_tells_its_modifier():
    rng = np.random.default_rng(1)
    card, modifier = np.repeat([0, 1, 2], [5, 5, 1]).astype(np.int32), np.array([*range(5), *range(5), 0], np.int8)
    embedding = rng.normal(size=(11, 16)).astype(np.float32)
    gallery = Gallery(embedding, card, modifier)
    likeness = gallery.modifiers(embedding, card)
    assert likeness[:10].argmax(axis=1).tolist() == [*range(5), *range(5)]
    assert not likeness[10].any()
    assert gallery.modifiers(embedding[:0], card[:0]).shape == (0, 5)


def test_one_view_a_card_is_enough():
    gallery = Gallery(np.eye(4, dtype=np.float32), np.arange(4, dtype=np.int32), np.zeros(4, np.int8))
    likeness = gallery.nearest(np.eye(4, dtype=np.float32), 5)
    np.testing.assert_allclose(likeness, np.pad(np.eye(4), ((0, 0), (0, 1)), constant_values=-1), atol=1e-4)


def test_an_old_model_stays_when_the_new_one_fails(deck, weights, tmp_path, monkeypatch):
    folder = make_gallery_bundle(deck, tmp_path / "colours", weights)
    before = (folder / "model.json").read_bytes()
    monkeypatch.setattr("balatro.gallery.make.pack_gallery", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_gallery_bundle(deck, folder, weights)
    assert (folder / "model.json").read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_a_folder_of_other_things_is_told_before_the_work(deck, weights, tmp_path, monkeypatch):
    (tmp_path / "mine.txt").touch()
    monkeypatch.setattr("balatro.gallery.make.draw_gallery", lambda *_: pytest.fail("the long work must not begin"))
    with pytest.raises(InputError, match=r"without a model\.json"):
        make_gallery_bundle(deck, tmp_path, weights)


@pytest.mark.parametrize("name", ["encoder.onnx", "locator.onnx", "weights.json"])
def test_missing_weights(deck, tmp_path, name):
    folder = write_fake_bundle(tmp_path / "weights", without_head=True)
    (folder / "model.onnx").rename(folder / "encoder.onnx")
    (folder / "weights.json").write_text("{}", encoding="utf-8")
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        make_gallery_bundle(deck, tmp_path / "out", folder)
    assert not (tmp_path / "out").exists()


def test_damaged_weights_are_told_before_the_work(deck, tmp_path, monkeypatch):
    monkeypatch.setattr("balatro.gallery.make.draw_gallery", lambda *_: pytest.fail("the long work must not begin"))
    folder = write_fake_bundle(tmp_path / "weights", without_head=True)
    (folder / "model.onnx").rename(folder / "encoder.onnx")
    (folder / "weights.json").write_text(json.dumps(fake_text(True) | {"locator": {}}), encoding="utf-8")
    with pytest.raises(ModelError, match=r"weights\.json: damaged \('locator' has no 'threshold'\); install Balatro anew"):
        make_gallery_bundle(deck, tmp_path / "out", folder)


def test_looks_of_a_stranger_are_not_averaged():
    embedding = np.eye(4, dtype=np.float32)
    gallery = Gallery(embedding, np.zeros(4, np.int32), np.array([0, 5, 6, 7], np.int8))
    assert gallery.nearest(embedding, 1)[:, 0] == pytest.approx(np.ones(4), abs=1e-5)
    assert not gallery.modifiers(embedding, np.zeros(4, int)).any(), "it was not seen in every modifier"
