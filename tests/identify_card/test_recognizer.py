"""From pictures to names, with networks that know five coloured patches."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import onnx
import pytest
from PIL import Image

from balatro.errors import InputError
from balatro.identify_card.recognizer import BATCH, Recognizer
from tests.identify_card.fake_bundle import card_picture, draw_table

TABLE = [
    ("green", "Holographic", 600, 300),
    ("red", "Foil", 200, 80),
    ("stranger", "Base", 500, 80),
    ("blue", "Negative", 350, 80),
]


def test_names_modifiers_and_order(recognizer):
    cards = recognizer.identify(draw_table(TABLE))
    assert [(card.id, card.modifier, card.known) for card in cards] == [
        ("red", "Foil", True),
        ("blue", "Negative", True),
        (None, "Base", False),
        ("green", "Holographic", True),
    ]
    assert cards[0].name == "Red" and cards[0].box == pytest.approx((158, 24, 242, 136), abs=6)
    assert all(card.confidence > 0.9 and card.modifier_confidence > 0.9 for card in cards if card.known)


def test_strangers_have_no_name_but_guesses_among_the_known(recognizer):
    stranger = recognizer.identify(draw_table(TABLE))[2]
    assert stranger.name is stranger.id is stranger.type is stranger.rarity is None
    assert len(stranger.top) == 4 and "stranger" not in {guess.id for guess in stranger.top}
    assert stranger.confidence == stranger.top[0].confidence < 0.5


def test_gallery_names_without_a_head(fake_gallery_folder):
    cards = Recognizer.load(fake_gallery_folder, threads=1).identify(draw_table(TABLE))
    assert [card.id for card in cards] == ["red", "blue", None, "green"]


def test_twins_are_told_apart_by_their_size(recognizer):
    places = [("red", "Base", 200, 80), ("small_red", "Base", 300, 80), ("green", "Base", 400, 80)]
    assert [card.id for card in recognizer.identify(draw_table(places))] == ["red", "small_red", "green"]


@pytest.mark.parametrize("card", ["red", "small_red"])
def test_twins_are_told_apart_by_whatever_else_has_a_cards_shape(recognizer, card):
    table = draw_table([(card, "Base", 300, 80), ("stranger", "Base", 500, 80)])
    assert [found.id for found in recognizer.identify(table)] == [card, None]


def test_cards_under_the_threshold_are_unknown(fake_folder):
    recognizer = Recognizer.load(fake_folder, threads=1)
    task = recognizer.bundle.tasks["identification"]
    recognizer.bundle.tasks["identification"] = type(task)(task.classes, temperature=1000.0, reject=task.reject)
    cards = recognizer.identify(draw_table(TABLE))
    assert len(cards) == 4 and not any(card.known for card in cards)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_pil_images_of_any_mode(recognizer, mode):
    image = Image.fromarray(draw_table(TABLE)).convert(mode)
    assert [card.id for card in recognizer.identify(image)] == ["red", "blue", None, "green"]


@pytest.mark.parametrize("mode", ["L", "1", "I;16", "LA", "CMYK"])
def test_colourless_images_are_read_too(recognizer, mode):
    image = Image.fromarray(draw_table(TABLE))
    image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    assert isinstance(recognizer.identify(image), list)


def test_arrays_and_paths(recognizer, tmp_path):
    table = draw_table(TABLE)
    Image.fromarray(table).save(tmp_path / "table.png")
    alpha = np.dstack([table, np.full(table.shape[:2], 255, np.uint8)])
    results = recognizer.identify_many([table, alpha, table / 255.0, tmp_path / "table.png", str(tmp_path / "table.png")])
    assert results[1:] == [results[0]] * 4


def test_truncated_image(recognizer, tmp_path):
    Image.fromarray(draw_table(TABLE)).save(tmp_path / "whole.png")
    data = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "half.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError):
        recognizer.identify(tmp_path / "half.png")


@pytest.mark.parametrize("size", [(84, 112), (710, 950), (40, 54)])
def test_a_picture_of_one_card_is_that_card(recognizer, size):
    cards = recognizer.identify(card_picture("blue", "Polychrome", size))
    assert [(card.id, card.modifier, card.box) for card in cards] == [("blue", "Polychrome", (0, 0, *size))]


def test_empty_table(recognizer):
    assert recognizer.identify(draw_table([])) == []
    assert recognizer.read(draw_table([]), np.zeros((0, 4, 2), np.float32)) == []


def test_many_cards_go_in_chunks(recognizer):
    one = np.array([[200 - 42, 80 - 56], [242, 24], [242, 136], [158, 136]], np.float32)
    cards = recognizer.read(draw_table(TABLE), np.stack([one] * (BATCH + 3)))
    assert [card.id for card in cards] == ["red"] * (BATCH + 3)


def test_identifying_never_imports_torch():
    code = "import balatro.identify_card, balatro.identify_card.recognizer, balatro.identify_card.judge.evaluate, sys"
    check = f"{code}; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True)


def test_fake_networks_are_valid(fake_folder):
    for name in ("model.onnx", "locator.onnx"):
        onnx.checker.check_model(str(fake_folder / name))
