import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from balatro.errors import DeckError
from balatro.render.deck import (
    Deck,
    DeckCard,
    bounds,
    cells,
    deck_card,
    deck_hash,
    drawn_size,
    dressed,
    load_deck,
    save_deck,
    to_scale,
)
from balatro.render.sprites import over


def sprite(seed: int, scale: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (95 * scale, 71 * scale, 4), np.uint8)


@pytest.fixture
def deck() -> Deck:
    cards = (
        DeckCard("d_one", "Séance One", "Joker", "Rare", sprite(1), floating=sprite(2)),
        DeckCard("d_two", "Two", "Joker", "Common", sprite(3, 2), size=(0.7, 0.7), scale=0.7, shine="voucher"),
        DeckCard(
            "p_one", "Seven", "Playing card", "", sprite(4), known=False, rank="7", suit="Clubs", faces=(sprite(6), sprite(7))
        ),
    )
    return Deck("small", cards, {"Eternal": sprite(5)}, {"Red": sprite(8)}, {"": sprite(9), "Gold": sprite(10, 2)}, "a test")


def test_a_deck_comes_back_as_it_was(deck: Deck, tmp_path: Path):
    save_deck(deck, tmp_path / "small")
    back = load_deck(tmp_path / "small")
    assert (back.name, back.source) == ("small", "a test")
    for card, again in zip(deck.cards, back.cards, strict=True):
        for field in ("id", "name", "type", "rarity", "size", "scale", "shine", "known", "rank", "suit", "enhancement"):
            assert getattr(card, field) == getattr(again, field)
        assert np.array_equal(card.body, again.body)
        assert (card.floating is None) == (again.floating is None)
    assert np.array_equal(back.cards[0].floating, deck.cards[0].floating)  # type: ignore[arg-type]
    assert [face.tobytes() for face in back.cards[2].faces] == [face.tobytes() for face in deck.cards[2].faces]
    for part in ("stickers", "seals", "grounds"):
        before, after = getattr(deck, part), getattr(back, part)
        assert {name: picture.tobytes() for name, picture in after.items()} == {n: p.tobytes() for n, p in before.items()}
    assert deck_hash(back) == deck_hash(deck)
    assert [card.id for card in back.known] == ["d_one", "d_two"]
    assert [card.id for card in back.strangers] == ["p_one"]


def test_saving_again_replaces_the_whole_deck(deck: Deck, tmp_path: Path):
    save_deck(deck, tmp_path / "small")
    save_deck(Deck("small", deck.cards[:1]), tmp_path / "small")
    assert len(load_deck(tmp_path / "small").cards) == 1
    assert [path.name for path in (tmp_path / "small" / "sprites").iterdir() if "one" not in path.name] == []


CHANGES = {
    "no size": {"size": []},
    "three sizes": {"size": [1, 1, 1]},
    "size of nothing": {"size": [0, 1]},
    "size beyond numbers": {"size": [10**400, 1]},
    "scale in words": {"scale": "x"},
    "scale of nothing": {"scale": float("nan")},
    "other shine": {"shine": "glitter"},
    "sprite by number": {"body": 3},
    "rank of another game": {"rank": "Knight"},
    "faces by number": {"faces": 1},
}


def damage(folder: Path, kind: str) -> None:
    path = folder / "deck.json"
    text = json.loads(path.read_text(encoding="utf-8"))
    if kind == "newer":
        text["format"] = 99
    elif kind == "entry":
        del text["cards"][1]["name"]
    elif kind == "outside":
        text["cards"][0]["body"] = "../../secret.png"
    elif kind == "stickers without names":
        text["stickers"] = ["sprites/sticker_0.png"]
    elif kind == "list":
        text = []
    elif kind == "missing sprite":
        (folder / "sprites" / "d_one.png").unlink()
    elif kind in CHANGES:
        text["cards"][1].update(CHANGES[kind])
    elif kind == "empty sprite":
        (folder / "sprites" / "d_one.png").write_bytes(b"")
    elif kind == "deep sprite":
        cv2.imwrite(str(folder / "sprites" / "d_one.png"), np.zeros((95, 71, 4), np.uint16))
    elif kind == "odd sprite":
        (folder / "sprites" / "d_one.png").write_bytes(b"no picture")
    path.write_text("{" if kind == "json" else json.dumps(text), encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("newer", "format 99"),
        ("entry", "an entry is damaged"),
        ("outside", "is missing"),
        ("list", "not a deck"),
        ("missing sprite", "is missing"),
        ("stickers without names", "an entry is damaged"),
        ("odd sprite", "71x95"),
        ("empty sprite", "71x95"),
        ("deep sprite", "71x95"),
        *((kind, "an entry is damaged") for kind in CHANGES),
    ],
)
def test_damaged_decks_get_one_line(deck: Deck, tmp_path: Path, kind: str, words: str):
    save_deck(deck, tmp_path / "small")
    (tmp_path / "secret.png").write_bytes(b"")
    damage(tmp_path / "small", kind)
    with pytest.raises(DeckError, match=words) as caught:
        load_deck(tmp_path / "small")
    assert "\n" not in str(caught.value)


def test_a_deck_that_a_killed_process_left_beside_its_place_is_read(deck: Deck, tmp_path: Path):
    save_deck(deck, tmp_path / ".a.x1y2z3.old")
    assert len(load_deck(tmp_path / "a").cards) == len(deck.cards)


def test_no_deck_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(DeckError, match="balatro art import"):
        load_deck(tmp_path / "none")


def test_sprites_change_scale_without_smoothing(deck: Deck):
    one = deck.cards[0].body
    assert np.array_equal(to_scale(to_scale(one, 2), 1), one)
    assert np.array_equal(to_scale(one, 2)[::2, 1::2], one)
    assert to_scale(one, 1) is one
    assert cells(deck.cards, 2).shape == (3, 190, 142, 4)


def test_a_playing_card_is_a_face_on_a_ground():
    face, plain, gold = (np.zeros((95, 71, 4), np.uint8) for _ in range(3))
    face[:40] = (10, 20, 30, 255)
    plain[:], gold[:] = (255, 255, 255, 255), (240, 200, 100, 255)
    other = face[::-1]
    card = DeckCard("p", "P", "Playing card", "", over(face, plain), known=False, rank="2", suit="Clubs", faces=(face, other))
    deck = Deck("small", (card,), grounds={"": plain, "Gold": gold})
    assert dressed(deck, card) is card.body
    on_gold, turned = dressed(deck, card, "Gold"), dressed(deck, card, face=1)
    assert tuple(on_gold[0, 0]) == (10, 20, 30, 255) and tuple(on_gold[94, 0]) == (240, 200, 100, 255)
    assert tuple(turned[0, 0]) == (255, 255, 255, 255) and tuple(turned[94, 0]) == (10, 20, 30, 255)


def test_bounds_are_those_of_the_drawn_part():
    body = np.zeros((95, 71, 4), np.uint8)
    body[:71, 1:70, 3] = 255
    card = DeckCard("d", "D", "Joker", "", body, scale=0.5)
    assert bounds(card) == pytest.approx((1 / 71, 0, 70 / 71, 71 / 95))
    assert drawn_size(card) == pytest.approx((69 / 71 / 2, 71 / 95 / 2))


def test_find_card(deck: Deck):
    assert deck_card(deck.cards, "d_two").name == "Two"
    with pytest.raises(DeckError, match="'d_three'"):
        deck_card(deck.cards, "d_three")
