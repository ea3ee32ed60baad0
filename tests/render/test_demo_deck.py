"""The demo deck and the invented decks: what they hold, that they can be repeated, and that their families are confusable."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from balatro.config.playing_cards import ENHANCEMENTS, RANKS, SEALS, STICKERS
from balatro.render.deck import Deck, deck_card, load_deck, save_deck
from balatro.render.demo_art.canvas import HEIGHT, WIDTH, Canvas, oval_mask
from balatro.render.demo_art.emblems import EMBLEMS, emblem_bits
from balatro.render.demo_art.families import KINDS, FamilyPlan, draw_family
from balatro.render.demo_art.finishes import FINISHES, finished
from balatro.render.demo_art.font import roman, text_bits
from balatro.render.demo_art.patterns import PATTERNS
from balatro.render.demo_art.scenes import SCENES
from balatro.render.demo_art.traits import Dice, Traits
from balatro.render.demo_deck import draw_demo_deck, invent_deck

pytestmark = pytest.mark.slow


def digest(deck: Deck) -> str:
    """One hash of all that a deck shows and says."""
    total = hashlib.sha256()
    for card in deck.cards:
        total.update(repr((card.id, card.name, card.type, card.rarity, card.size, card.scale, card.shine, card.known)).encode())
        total.update(card.body.tobytes())
        total.update(b"" if card.floating is None else card.floating.tobytes())
    for overlays in (deck.stickers, deck.seals, deck.grounds):
        for name, picture in overlays.items():
            total.update(name.encode() + picture.tobytes())
    return total.hexdigest()


def changed_share(first: np.ndarray, second: np.ndarray) -> float:
    """The share of a cell's pixels that differ."""
    return float((first != second).any(axis=-1).mean())


@pytest.fixture(scope="module")
def demo() -> Deck:
    return draw_demo_deck(0)


@pytest.fixture(scope="module")
def invented() -> Deck:
    return invent_deck(3, 300)


def test_demo_deck_has_the_counts_of_the_real_one(demo: Deck) -> None:
    assert Counter(card.type for card in demo.known) == {"Joker": 150, "Tarot": 22, "Planet": 12, "Spectral": 18}
    kinds = Counter(card.type for card in demo.strangers)
    assert kinds["Playing card"] == 53 and min(kinds[name] for name in ("Card back", "Voucher", "Booster pack")) >= 12
    assert set(STICKERS[:3]) <= set(demo.stickers)
    assert set(demo.seals) == set(SEALS) and set(demo.grounds) == {"", *ENHANCEMENTS} - {"Stone"}
    faces = [(card.rank, card.suit) for card in demo.strangers if card.faces]
    assert faces == [(rank, suit) for suit in ("Spades", "Hearts", "Clubs", "Diamonds") for rank in RANKS]


def test_a_sample_of_the_demo_deck(demo: Deck) -> None:
    sample = draw_demo_deck(0, cards=20)
    assert len(sample.known) == 20 and {card.type for card in sample.known} == {"Joker", "Tarot", "Planet", "Spectral"}
    assert len(sample.strangers) == len(demo.strangers)


def test_ids_and_names_are_unique(demo: Deck) -> None:
    assert len({card.id for card in demo.cards}) == len(demo.cards)
    assert len({card.name for card in demo.known}) == 202
    assert deck_card(demo.cards, "d_clockwork_heron").name == "Clockwork Heron"
    assert all(card.id.startswith("d_") and card.id.replace("_", "").isalnum() for card in demo.known)


def test_rarities(demo: Deck, invented: Deck) -> None:
    jokers = Counter(card.rarity for card in demo.known if card.type == "Joker")
    assert set(jokers) == {"Common", "Uncommon", "Rare", "Legendary"} and jokers["Legendary"] == 5
    assert {card.rarity for deck in (demo, invented) for card in deck.cards if card.type != "Joker"} == {""}
    assert {card.rarity for card in invented.known if card.type == "Joker"} == {"Common", "Uncommon", "Rare"}


def test_shapes_and_layers(demo: Deck) -> None:
    sizes = Counter(card.size for card in demo.known)
    assert sizes[(0.7, 0.7)] == sizes[(1.0, 0.747)] == sizes[(1.0, 1 / 1.7)] == sizes[(1.0, 1 / 1.2)] == 1
    twin = next(card for card in demo.known if card.scale == 0.7)
    assert sum(np.array_equal(card.body, twin.body) for card in demo.known) == 2
    for card in demo.known:
        rows = round(95 * card.size[1] / card.scale)
        assert not card.body[rows + 1 :].any(), card.id
    floating = [card for card in demo.known if card.floating is not None]
    assert len(floating) == 6 and sum(card.rarity == "Legendary" for card in floating) == 5


def test_shines(demo: Deck) -> None:
    assert all((card.shine == "booster") == (card.type == "Spectral") for card in demo.known)
    assert sum(card.shine == "voucher" for card in demo.known) == 1
    shines = {"Voucher": "voucher", "Booster pack": "booster", "Playing card": "none", "Card back": "none"}
    assert all(card.shine == shines[card.type] for card in demo.strangers)
    assert {card.scale for card in demo.strangers if card.type == "Booster pack"} == {1.27}


@pytest.mark.parametrize("deck_name", ["demo", "invented"])
def test_pictures_are_cells_with_hard_alpha(deck_name: str, request: pytest.FixtureRequest) -> None:
    deck: Deck = request.getfixturevalue(deck_name)
    layers = [layer for card in deck.cards for layer in (card.body, card.floating) if layer is not None]
    layers += [face for card in deck.cards for face in card.faces]
    for layer in [*layers, *deck.stickers.values(), *deck.seals.values(), *deck.grounds.values()]:
        assert layer.shape == (HEIGHT, WIDTH, 4) and layer.dtype == np.uint8
        assert set(np.unique(layer[..., 3])) <= {0, 255}
        assert not layer[layer[..., 3] == 0].any()
    for card in deck.cards:
        edge = np.concatenate([card.body[0, :, 3], card.body[-1, :, 3], card.body[:, 0, 3], card.body[:, -1, 3]])
        assert not edge.any(), card.id


def test_no_two_known_bodies_are_alike_but_the_twin(demo: Deck) -> None:
    assert len({card.body.tobytes() for card in demo.known}) == 201
    shown = {card.body.tobytes() + (b"" if card.floating is None else card.floating.tobytes()) for card in demo.known}
    assert len(shown) == 201


def test_strangers_show_many_things(demo: Deck) -> None:
    assert len({card.body.tobytes() for card in demo.strangers}) == len(demo.strangers)


def test_the_same_seed_gives_the_same_bytes(demo: Deck) -> None:
    assert digest(draw_demo_deck(0)) == digest(demo)
    other = draw_demo_deck(1)
    same = sum(np.array_equal(a.body, b.body) for a, b in zip(demo.known, other.known, strict=True))
    assert [card.id for card in other.known] == [card.id for card in demo.known] and same < 20


def test_bytes_do_not_hang_on_the_process() -> None:
    program = (
        "import hashlib; from balatro.render.demo_deck import invent_deck; "
        "print(hashlib.sha256(b''.join(c.body.tobytes() for c in invent_deck(5, 40).known)).hexdigest())"
    )
    answers = []
    for salt in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": salt, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
        answers.append(done.stdout)
    assert answers[0] == answers[1]


def test_a_shorter_invented_deck_is_the_beginning_of_a_longer_one(invented: Deck) -> None:
    short = invent_deck(3, 90)
    assert len(short.known) == 90 and len(short.strangers) == 60
    for first, second in zip(short.known, invented.known, strict=False):
        assert first.id == second.id and np.array_equal(first.body, second.body) and first.shine == second.shine


def test_invented_cards_are_all_different(invented: Deck) -> None:
    assert [card.id for card in invented.known] == [f"i_{number}" for number in range(300)]
    assert len({card.body.tobytes() for card in invented.known}) > 290
    assert digest(invent_deck(4, 30)) != digest(invent_deck(5, 30))


def test_invented_cards_have_all_that_real_ones_have() -> None:
    deck = invent_deck(0, 500)
    assert 0.04 < np.mean([card.floating is not None for card in deck.known]) < 0.25
    assert 0.08 < np.mean([card.shine == "booster" for card in deck.known]) < 0.3
    assert 0.005 < np.mean([card.size != (1.0, 1.0) for card in deck.known]) < 0.06
    assert {card.type for card in deck.known} == {"Joker", "Tarot", "Planet", "Spectral"}


def test_families_are_confusable(demo: Deck, invented: Deck) -> None:
    first, second = (deck_card(demo.cards, f"d_{name}_busker").body for name in ("trio", "quartet"))
    assert 0 < changed_share(first, second) < 0.15
    bodies = [card.body for card in invented.known]
    close = [changed_share(a, b) < 0.15 for a, b in pairwise(bodies)]
    assert np.mean(close) > 0.15


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_siblings(kind: str) -> None:
    plan = FamilyPlan(kind, "colours", frozenset({"colours"}), 2, False, "")
    drawings = [drawing for key in range(4) for drawing in draw_family(f"test {key}", plan)]
    assert len({drawing.body.tobytes() for drawing in drawings}) >= 4
    assert all((drawing.body[..., 3] > 0).mean() > 0.3 for drawing in drawings)


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("count", [2, 5])
def test_patterns_give_tones_for_every_pixel(name: str, count: int) -> None:
    for throw in range(3):
        tones = PATTERNS[name](Dice(f"pattern {throw}"), count)
        assert tones.shape == (HEIGHT, WIDTH) and np.issubdtype(tones.dtype, np.integer) and tones.min() >= 0


@pytest.mark.parametrize("name", SCENES)
def test_scenes_fill_the_cell(name: str) -> None:
    canvas = Canvas()
    SCENES[name](canvas, Traits("scene"))
    assert canvas.solid.all() and len(np.unique(canvas.index)) > 4


@pytest.mark.parametrize("name", FINISHES)
def test_finishes_leave_alpha(name: str, demo: Deck) -> None:
    body = deck_card(demo.cards, "d_torn_invitation").body
    out = finished(body, name, Dice("finish"))
    assert np.array_equal(out[..., 3], body[..., 3]) and (out[..., :3] != body[..., :3]).any()


def test_siblings_differ_in_the_named_trait_only() -> None:
    first, second = (Traits("family", number, frozenset({"hat"})) for number in (0, 1))
    assert first.pick("hat", "abc") != second.pick("hat", "abc")
    assert all(first.number(name, 0, 99) == second.number(name, 0, 99) for name in ("eyes", "mouth", "collar"))


def test_dice_stay_as_they_are() -> None:
    """Other dice would give other decks: the shipped networks were trained on these."""
    dice = Dice("balatro")
    assert [dice.below(1000) for _ in range(5)] == [203, 655, 513, 307, 619]


def test_text_and_signs() -> None:
    assert text_bits("A", "small").shape == (5, 3) and text_bits("AB").shape == (7, 11)
    assert (roman(4), roman(19), roman(22)) == ("IV", "XIX", "XXII")
    assert all(emblem_bits(name).shape == (7, 7) and emblem_bits(name).any() for name in EMBLEMS)


def test_ovals_are_symmetric() -> None:
    mask = oval_mask(35, 47, 11, 13)
    assert np.array_equal(mask, mask[:, ::-1]) and np.array_equal(mask, mask[::-1])


def test_a_deck_can_be_saved_and_read_again(demo: Deck, tmp_path: Path) -> None:
    part = Deck("part", demo.known[:3] + demo.strangers[-2:], demo.stickers, demo.seals, demo.grounds, demo.source)
    save_deck(part, tmp_path / "part")
    assert digest(load_deck(tmp_path / "part")) == digest(part)
