"""Cards added by a picture: the store, how it answers beside heads and gallery, and the commands."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from balatro.config.modifiers import MODIFIERS
from balatro.errors import BalatroError, InputError, ModelError, SettingsError, UnknownCardError
from balatro.identify_card.added import added as store
from balatro.identify_card.added.added import add_looks, load_added, new_entry, remove_card
from balatro.identify_card.added.cards import EMPTY, LEVEL, ROOM, AddedCard, AddedCards, Looks
from balatro.identify_card.added.command import gallery
from balatro.identify_card.added.joining import join_logits, log_sum, trust
from balatro.identify_card.added.pictures import KEPT_SIDE
from balatro.identify_card.added.views import (
    NUM_MOMENTS,
    NUM_MOVED,
    Sample,
    deck_sprite,
    load_sample,
    make_views,
    stranger_views,
)
from balatro.identify_card.recognizer import Recognizer
from balatro.render.deck import Deck, DeckCard, save_deck
from balatro.runtime.locator import Found
from balatro.runtime.model_json import BundleCard
from balatro.utils.chances import softmax
from tests.identify_card.fake_bundle import CARD, COLOURS, card_picture, draw_table, fake_text, write_fake_bundle

pytestmark = pytest.mark.slow

PURPLE = (200, 30, 200)
MARGIN, SIZE = 0.04, (96, 128)


@pytest.fixture(autouse=True)
def few_strangers(monkeypatch):
    monkeypatch.setattr("balatro.identify_card.added.views.NUM_STRANGERS", 6)


def purple_card() -> np.ndarray:
    picture = card_picture("red")
    picture[: round(CARD[1] * 0.75)] = PURPLE
    return picture


def some_looks(rows: list[list[float]], claim: float = 0.0) -> Looks:
    embedding = np.array(rows, np.float32)
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    return Looks(embedding, np.zeros(len(rows), np.int8), np.full(len(rows), claim, np.float32))


def fresh(folder: Path, without_head: bool) -> Recognizer:
    return Recognizer.load(write_fake_bundle(folder / "fake", without_head), threads=1)


def read_whole(recognizer: Recognizer, picture: np.ndarray):
    [card] = recognizer.identify(picture)
    return card


@pytest.mark.parametrize("without_head", [False, True], ids=["head", "gallery"])
def test_one_picture_is_enough_and_the_others_stay(tmp_path, without_head):
    recognizer = fresh(tmp_path, without_head)
    before = {name: read_whole(recognizer, card_picture(name)) for name in COLOURS}
    assert read_whole(recognizer, purple_card()).name != "My Joker"
    entry = recognizer.add("My Joker", [purple_card()], type="Joker")
    assert (entry.id, entry.pictures) == ("my_joker", 1)
    said = read_whole(recognizer, purple_card()).to_json()
    assert (said["id"], said["name"], said["type"], said["rarity"], said["known"]) == (
        "my_joker",
        "My Joker",
        "Joker",
        "",
        True,
    )
    assert said["top"][0]["name"] == "My Joker" and said["confidence"] > 0.9
    for name, card in before.items():
        now = read_whole(recognizer, card_picture(name))
        assert (now.id, now.known) == (card.id, card.known), name
        assert now.confidence == pytest.approx(card.confidence, abs=0.02)
    again = Recognizer.load(recognizer.bundle.folder, threads=1)
    assert read_whole(again, purple_card()).to_json() == said
    remove_card(recognizer.bundle.folder, "my joker")
    recognizer.read_added()
    assert read_whole(recognizer, purple_card()).name != "My Joker"
    assert {name: read_whole(recognizer, card_picture(name)) for name in COLOURS} == before


@pytest.mark.parametrize("without_head", [False, True], ids=["head", "gallery"])
def test_below_its_level_an_added_card_is_not_named(tmp_path, monkeypatch, without_head):
    recognizer = fresh(tmp_path, without_head)
    recognizer.add("My Joker", [purple_card()])
    monkeypatch.setattr(AddedCards, "levels", property(lambda self: np.full(len(self.cards), 1.5)))
    assert read_whole(recognizer, purple_card()).id != "my_joker"


def test_an_added_card_is_found_on_a_table(tmp_path):
    recognizer = fresh(tmp_path, without_head=False)
    recognizer.add("My Joker", [purple_card()])
    table = draw_table([("red", "Base", 200, 200), ("green", "Foil", 500, 200)])
    table[200 - 56 : 200 + 28, 200 - 42 : 200 + 42] = PURPLE
    table[195:205, 195:205] = (255, 0, 255)
    assert [card.name for card in recognizer.identify(table)] == ["My Joker", "Green"]


def test_a_known_card_gets_more_looks(tmp_path):
    recognizer = fresh(tmp_path, without_head=False)
    entry = recognizer.add("green", [purple_card()])
    assert (entry.id, entry.name, entry.type) == ("green", "Green", "Joker")
    assert [card.id for card in recognizer.bundle.cards] == list(COLOURS)
    assert read_whole(recognizer, purple_card()).id == read_whole(recognizer, card_picture("green")).id == "green"


def test_what_is_never_named_takes_the_name_away(tmp_path):
    recognizer = fresh(tmp_path, without_head=True)
    recognizer.add("My Joker", [purple_card()])
    assert read_whole(recognizer, purple_card()).known
    sign = purple_card()
    sign[:20] = 255
    recognizer.add("Sign", [sign], known=False)
    assert read_whole(recognizer, sign).to_json()["id"] is None


def test_same_picture_same_bytes(tmp_path):
    files = []
    for name in "ab":
        recognizer = fresh(tmp_path / name, without_head=True)
        recognizer.add("My Joker", [purple_card()])
        with np.load(recognizer.bundle.folder / store.FILE) as data:
            files.append({key: data[key].tobytes() for key in data})
    files[1]["about"] = files[0]["about"]  # names the encoder, which both have
    assert files[0] == files[1]


# Logits.


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(0, 4))
def test_likeness_is_that_of_the_most_alike_view(owner, asked):
    rng = np.random.default_rng(len(owner))
    rows, embedding = rng.normal(size=(len(owner), 3)).astype(np.float32), rng.normal(size=(asked, 3)).astype(np.float32)
    cards = tuple(AddedCard(str(n), str(n)) for n in range(4))
    looks = Looks(rows, np.zeros(len(owner), np.int8), np.zeros(len(owner), np.float32))
    likeness = AddedCards(cards, looks, np.array(owner, np.int32)).likeness(embedding)
    for n, card in np.ndindex(asked, 4):
        mine = [float(embedding[n] @ row) for row, whose in zip(rows, owner, strict=True) if whose == card]
        assert likeness[n, card] == pytest.approx(max(mine, default=-1.0), abs=1e-5)


@given(st.floats(-1, 1), st.floats(-5, 5), st.integers(1, 6))
def test_at_the_level_an_added_card_is_as_probable_as_all_others_together(claim, top, classes):
    logits = np.full((1, classes), top)
    looks = some_looks([[1, 0]], claim=float(log_sum(logits)[0]))
    added = EMPTY.with_looks(AddedCard("new", "New"), looks)
    for likeness, check in ((LEVEL, 0.5), (0.99, 1.0), (0.2, 0.0)):
        joined = join_logits(logits, logits, added, np.array([classes]), np.array([[likeness]]), classes + 1)
        assert softmax(joined)[0, -1] == pytest.approx(check, abs=1e-5)


def test_where_strangers_come_near_the_level_rises():
    named = EMPTY.with_looks(AddedCard("new", "New"), some_looks([[1, 0]]))
    assert named.levels == pytest.approx([LEVEL])
    near = named.with_strangers(some_looks([[0.9, np.sqrt(1 - 0.81)], [0, 1]]))
    assert near.levels == pytest.approx([0.9], abs=0.02) and near.cards == named.cards
    far = named.with_strangers(some_looks([[0, 1]]))
    assert far.levels == pytest.approx([LEVEL])


def test_where_added_cards_are_alike_the_level_rises():
    """What is as alike to an added card as another added card is, may be a third of their style."""
    own = [[1, 0.05], [1, -0.05], [1, 0]]
    one = EMPTY.with_looks(AddedCard("one", "One"), some_looks(own))
    assert one.levels == pytest.approx([LEVEL])
    both = one.with_looks(AddedCard("two", "Two"), some_looks([[0.8, 0.6], [0.8, 0.59]]))
    assert both.levels == pytest.approx([0.83, 0.83], abs=0.01)
    assert trust(both, np.array([[0.83, 0.7]])) == pytest.approx(np.array([[0.5, 0.0]]), abs=0.15)
    twins = one.with_looks(AddedCard("two", "Two"), some_looks(own))
    assert twins.levels == pytest.approx([0.9988 - ROOM] * 2, abs=1e-3)  # no higher than a card's own views reach


def test_of_many_cards_the_nearest_are_compared_view_by_view(monkeypatch):
    rng = np.random.default_rng(0)
    added = EMPTY
    for number in range(40):
        views = rng.normal(size=(1, 8)) + rng.normal(0, 0.1, (3, 8))
        added = added.with_looks(AddedCard(str(number), str(number)), some_looks(views.tolist()))
    every = added.looks.embedding @ added.looks.embedding.T
    every[added.owner[:, None] == added.owner[None]] = -1
    exact = every.max(axis=1).reshape(40, 3).max(axis=1)
    monkeypatch.setattr("balatro.identify_card.added.cards.NEIGHBOURS", 3)
    assert added._between_cards() == pytest.approx(exact, abs=1e-6)
    assert EMPTY.claims.shape == (0,) and EMPTY._between_cards().shape == (0,)


def test_a_class_that_claims_the_picture_keeps_it():
    added = EMPTY.with_looks(AddedCard("new", "New"), some_looks([[1, 0]], claim=6.0))
    likeness = np.array([[0.7], [0.7]])
    logits = np.array([[5.0, 2.0], [16.0, 2.0]])
    chances = softmax(join_logits(logits, logits, added, np.array([2]), likeness, 3))
    assert chances.argmax(axis=1).tolist() == [2, 0]


# The store.


def test_store_keeps_what_it_is_given(tmp_path):
    folder = write_fake_bundle(tmp_path)
    assert load_added(folder).cards == ()
    add_looks(folder, lambda _: AddedCard("a", "A", pictures=1), some_looks([[1, 0, 0], [0, 1, 0]]))
    add_looks(folder, lambda _: AddedCard("b", "B", "Joker", pictures=2), some_looks([[0, 0, 1]]))
    add_looks(folder, lambda _: AddedCard("a", "A", rarity="Rare", pictures=3), some_looks([[1, 1, 0]]))
    added = load_added(folder)
    assert added.cards == (AddedCard("a", "A", rarity="Rare", pictures=4), AddedCard("b", "B", "Joker", pictures=2))
    assert added.owner.tolist() == [0, 0, 1, 0]
    assert np.allclose(added.likeness(np.eye(3, dtype=np.float32)), [[1, 0], [1, 0], [0, 1]], atol=1e-3)
    assert remove_card(folder, "A").id == "a"
    left = load_added(folder)
    assert [card.id for card in left.cards] == ["b"] and left.owner.tolist() == [0]
    assert left.looks.embedding.tolist() == [[0, 0, 1]]
    with pytest.raises(UnknownCardError, match=r"'A'.*\(B\)"):
        remove_card(folder, "A")


def _add_many(folder: Path, letter: str) -> None:
    for number in range(5):
        add_looks(folder, lambda _, id=f"{letter}{number}": AddedCard(id, id), some_looks([[1, 0, 0]]))


def test_two_who_add_at_one_time_lose_nothing(tmp_path):
    folder = write_fake_bundle(tmp_path)
    fork = multiprocessing.get_context("fork" if hasattr(__import__("os"), "fork") else "spawn")
    workers = [fork.Process(target=_add_many, args=(folder, letter)) for letter in "xy"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert {card.id for card in load_added(folder).cards} == {f"{letter}{n}" for letter in "xy" for n in range(5)}


def test_a_failed_write_leaves_the_old_store(tmp_path, monkeypatch):
    recognizer = fresh(tmp_path, without_head=True)
    recognizer.add("My Joker", [purple_card()])
    before = (recognizer.bundle.folder / store.FILE).read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        recognizer.add("Other", [purple_card()])
    assert (recognizer.bundle.folder / store.FILE).read_bytes() == before
    assert not list(recognizer.bundle.folder.glob("*.part"))


@pytest.mark.parametrize("damage", [b"", b"no zip", None], ids=["empty", "other", "cut"])
def test_a_damaged_store_is_told(tmp_path, damage):
    recognizer = fresh(tmp_path, without_head=True)
    recognizer.add("My Joker", [purple_card()])
    path = recognizer.bundle.folder / store.FILE
    path.write_bytes(path.read_bytes()[:200] if damage is None else damage)
    with pytest.raises(ModelError, match="damaged.*remove it"):
        Recognizer.load(recognizer.bundle.folder, threads=1)


def test_an_older_store_is_refused(tmp_path):
    folder = write_fake_bundle(tmp_path / "fake")
    np.savez(folder / store.FILE, about=np.frombuffer(b'{"format": 1}', np.uint8))
    with pytest.raises(ModelError, match="format 1, expected 2; remove it"):
        Recognizer.load(folder, threads=1)


# When the model is made anew.


def kept_pictures(folder: Path) -> list[Path]:
    return sorted((folder / "gallery_added").iterdir())


def test_added_cards_are_looked_at_anew_by_another_encoder(tmp_path):
    recognizer = fresh(tmp_path, without_head=True)
    recognizer.add("My Joker", [purple_card()], rarity="Rare")
    folder = write_fake_bundle(recognizer.bundle.folder)  # another encoder, with a head, in the same folder
    assert not store.is_current(folder, load_added(folder))
    again = Recognizer.load(folder, threads=1)
    said = read_whole(again, purple_card())
    assert (said.name, said.rarity) == ("My Joker", "Rare") and read_whole(again, card_picture("green")).id == "green"
    added = load_added(folder)
    assert store.is_current(folder, added) and (added.looks.claim[added.owner == 0] != 0).all()
    assert added.has_strangers and added.cards[0].pictures == 1


def test_the_kept_pictures_give_the_same_views(tmp_path):
    recognizer = fresh(tmp_path, without_head=True)
    recognizer.add("My Joker", [purple_card(), np.dstack([purple_card(), np.full(CARD[::-1], 255, np.uint8)])])
    before = load_added(recognizer.bundle.folder)
    stale = dataclasses.replace(before, encoder="another")
    again = recognizer._look_anew(stale)
    assert (again.of_picture == before.of_picture).all() and again.pictures == before.pictures
    assert np.allclose(again.looks.embedding, before.looks.embedding, atol=1e-3)


def test_a_card_that_the_new_model_knows_becomes_its_own(tmp_path):
    recognizer = fresh(tmp_path, without_head=True)
    recognizer.add("My Joker", [purple_card()])
    cards = fake_text()["cards"]
    cards[2] = {**cards[2], "name": "My Joker"}
    folder = write_fake_bundle(recognizer.bundle.folder, cards=cards)
    again = Recognizer.load(folder, threads=1)
    assert [card.name for card in again.bundle.cards].count("My Joker") == 1
    assert read_whole(again, purple_card()).id == "green"


def test_a_lost_picture_is_told_and_its_card_can_be_removed(tmp_path):
    recognizer = fresh(tmp_path, without_head=True)
    recognizer.add("My Joker", [purple_card()])
    [path] = kept_pictures(recognizer.bundle.folder)
    path.unlink()
    folder = write_fake_bundle(recognizer.bundle.folder)
    with pytest.raises(ModelError, match="gallery remove my_joker"):
        Recognizer.load(folder, threads=1)
    remove_card(folder, "my_joker")
    Recognizer.load(folder, threads=1)


def test_pictures_are_kept_small_and_go_with_their_card(tmp_path):
    recognizer = fresh(tmp_path, without_head=True)
    large = np.repeat(np.repeat(purple_card(), 9, axis=0), 9, axis=1)
    recognizer.add("Large", [large])
    recognizer.add("Small", [purple_card()])
    sizes = []
    for path in kept_pictures(recognizer.bundle.folder):
        with Image.open(path) as image:
            sizes.append(max(image.size))
    assert sorted(sizes) == [CARD[1], KEPT_SIDE]
    remove_card(recognizer.bundle.folder, "large")
    assert len(kept_pictures(recognizer.bundle.folder)) == 1


def test_pictures_of_an_origin_are_taken_back(tmp_path):
    recognizer = fresh(tmp_path, without_head=True)
    recognizer.add("My Joker", [purple_card()], origin="a.png")
    recognizer.add("My Joker", [card_picture("stranger")], origin="b.png")
    assert recognizer.forget("b.png") and not recognizer.forget("b.png")
    added = load_added(recognizer.bundle.folder)
    assert added.cards[0].pictures == 1 and [picture.origin for picture in added.pictures] == ["a.png"]
    assert set(added.of_picture.tolist()) == {-1, 0} and read_whole(recognizer, purple_card()).name == "My Joker"
    assert recognizer.forget("a.png") and load_added(recognizer.bundle.folder).cards == ()
    assert not kept_pictures(recognizer.bundle.folder)


# Names.

CARDS = (BundleCard("j_egg", "Egg", "Joker", "Common", True), BundleCard("back", "Back", "Card back", "", False))


@pytest.mark.parametrize(
    ("name", "known", "entry"),
    [
        ("My Joker!", True, AddedCard("my_joker", "My Joker!")),
        ("Séance II", True, AddedCard("seance_ii", "Séance II")),
        ("egg", True, AddedCard("j_egg", "Egg", "Joker", "Common")),
        ("J_EGG", True, AddedCard("j_egg", "Egg", "Joker", "Common")),
        ("Egg", False, AddedCard("egg", "Egg", known=False)),
        ("Back", True, AddedCard("back_2", "Back")),
        ("back", False, AddedCard("back", "Back", "Card back", "", known=False)),
    ],
)
def test_a_name_becomes_an_entry(name, known, entry):
    assert new_entry(name, CARDS, EMPTY, known=known) == entry


def test_a_name_in_another_script_has_an_id_too():
    one, other = new_entry("小丑", CARDS, EMPTY), new_entry("愚者", CARDS, EMPTY)
    assert one.name == "小丑" and one.id.isascii() and one.id != other.id


@given(st.text(max_size=100))
def test_any_text_is_a_name_or_an_input_error(text):
    try:
        entry = new_entry(text, CARDS, EMPTY)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert entry.id and entry.name.isprintable()
        added = EMPTY.with_looks(entry, some_looks([[1, 0]]))
        assert new_entry(text, CARDS, added).id == entry.id


# Views.


def as_sample(picture: np.ndarray, alpha: np.ndarray | None = None) -> Sample:
    height, width = picture.shape[:2]
    return Sample(picture, np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32), alpha)


def test_strangers_are_as_many_pictures_always_the_same():
    views = stranger_views(SIZE, MARGIN)
    assert views.shape == (6, 128, 96, 3) and len({view.tobytes() for view in views}) == 6
    assert (views == stranger_views(SIZE, MARGIN)).all()


@pytest.mark.parametrize("with_alpha", [False, True])
@pytest.mark.parametrize("modifier", range(len(MODIFIERS)), ids=MODIFIERS)
def test_views_of_a_modifier(modifier, with_alpha):
    alpha = np.full(CARD[::-1], 255, np.uint8) if with_alpha else None
    views, modifiers = make_views(as_sample(purple_card(), alpha), modifier, SIZE, MARGIN)
    assert views.shape == (len(modifiers), 128, 96, 3) and views.dtype == np.uint8
    drawn = [number for number in range(5) for _ in range(NUM_MOMENTS)]
    seen = [modifier] * NUM_MOVED
    expected = ([] if with_alpha else seen) + drawn if modifier == 0 else seen
    assert modifiers.tolist() == expected
    base = views[modifiers == modifier]
    assert np.abs(np.median(base[:, 30:80, 20:76].reshape(-1, 3), axis=0) - PURPLE).max() < 45
    assert (views == make_views(as_sample(purple_card(), alpha), modifier, SIZE, MARGIN)[0]).all()


def test_a_sprite_is_cut_at_its_alpha(tmp_path, recognizer):
    sprite = np.zeros((140, 120, 4), np.uint8)
    sprite[20:112, 10:80] = (*PURPLE, 255)
    path = tmp_path / "sprite.png"
    Image.fromarray(sprite).save(path)
    for source in (path, sprite, Image.fromarray(sprite)):
        sample = load_sample(source, recognizer.locator)
        assert sample.alpha is not None and sample.quad.tolist() == [[10, 20], [80, 20], [80, 112], [10, 112]]


def test_a_card_with_a_border_is_located():
    spot = np.zeros((150, 112, 3), np.uint8)
    located = [Found(np.array([(14, 19), (98, 19), (98, 131), (14, 131)], np.float32), 0.9)]
    locator = SimpleNamespace(find=lambda picture: located)
    assert (load_sample(spot, locator).quad == located[0].quad).all()
    located[0] = Found(located[0].quad * 0.4, 0.9)  # too small a part of the picture to be its card
    assert np.ptp(load_sample(spot, locator).quad, axis=0).tolist() == [112, 150]


@pytest.mark.parametrize(
    ("size", "words"), [((20, 28), "at least 24"), ((1024, 576), "shape of one card"), ((30, 200), "shape of one card")]
)
def test_pictures_of_no_single_card_are_refused(tmp_path, size, words):
    recognizer = fresh(tmp_path, without_head=True)
    with pytest.raises(InputError, match=words):
        recognizer.add("My Joker", [purple_card(), np.zeros((size[1], size[0], 3), np.uint8)])
    assert load_added(recognizer.bundle.folder).cards == ()


def test_an_unknown_modifier_is_told(recognizer):
    with pytest.raises(SettingsError, match="'Shiny'.*Polychrome"):
        recognizer.add("My Joker", [purple_card()], modifier="Shiny")


# Commands.


@pytest.fixture
def model(tmp_path) -> Path:
    Image.fromarray(purple_card()).save(tmp_path / "purple.png")
    return write_fake_bundle(tmp_path / "fake")


def run(*words: str | Path) -> str:
    result = CliRunner().invoke(gallery, [str(word) for word in words])
    if result.exception is not None:
        raise result.exception
    return result.output


def test_commands_add_list_and_remove(model, tmp_path):
    assert "no card was added" in run("list", "--model", model)
    said = run("add", "My Joker", tmp_path / "purple.png", "--model", model, "--rarity", "Rare", "--modifier", "base")
    assert "My Joker added by 1 picture, id my_joker" in said and "add more" not in said
    assert run("list", "--model", model).split() == ["My", "Joker", "(my_joker)", "1", "picture", "Rare"]
    assert json.loads(run("list", "--model", model, "--json")) == [
        {"id": "my_joker", "name": "My Joker", "type": "", "rarity": "Rare", "known": True, "pictures": 1}
    ]
    assert "My Joker removed" in run("remove", "my joker", "--model", model)
    assert "no card was added" in run("list", "--model", model)


def test_add_tells_when_the_picture_showed_another_card(model, tmp_path):
    Image.fromarray(card_picture("green")).save(tmp_path / "green.png")
    said = run("add", "My Joker", tmp_path / "green.png", "--model", model)
    assert "was read as Green" in said and "gallery remove my_joker" in said


def test_add_tells_when_two_added_cards_look_the_same(model, tmp_path):
    run("add", "My Joker", tmp_path / "purple.png", "--model", model)
    said = run("add", "Other", tmp_path / "purple.png", "--model", model)
    assert "was read as My Joker" in said and "another card may look nearly the same" in said


def tiny_deck(folder: Path) -> Path:
    """Purple, Green, which the model knows, and a stranger."""
    body = np.zeros((95, 71, 4), np.uint8)
    body[1:94, 1:70, 3] = 255
    cards = []
    for name, colour in (("Purple", PURPLE), ("Green", COLOURS["green"]), ("Nobody", (90, 90, 90))):
        body[..., :3] = colour
        body[71:, :, :3] = 20
        cards.append(DeckCard(f"t_{name.lower()}", name, "Joker", "Rare", body.copy(), known=name != "Nobody"))
    save_deck(Deck("tiny", tuple(cards)), folder)
    return folder


def test_cards_of_a_deck_are_added_that_the_model_lacks(model, tmp_path):
    deck = tiny_deck(tmp_path / "tiny")
    assert "1 card of" in run("add", "--deck", deck, "--model", model)
    [card] = load_added(model).cards
    assert (card.name, card.type, card.rarity, card.known) == ("Purple", "Joker", "Rare", True)
    assert read_whole(Recognizer.load(model, threads=1), purple_card()).name == "Purple"
    assert "knows all 2 cards" in run("add", "--deck", deck, "--model", model)
    run("add", "--deck", deck, "nobody", "--never-named", "--model", model)
    assert [(card.name, card.known) for card in load_added(model).cards] == [("Purple", True), ("Nobody", False)]
    with pytest.raises(UnknownCardError, match="'Purpel'; the nearest are: Purple"):
        run("add", "--deck", deck, "Purpel", "--model", model)


def test_what_hovers_above_a_card_lies_on_its_sprite():
    body = np.full((95, 71, 4), 255, np.uint8)
    above = np.zeros((95, 71, 4), np.uint8)
    above[40:50, 30:40] = (200, 0, 0, 255)
    sprite = deck_sprite(DeckCard("a", "A", "", "", body, floating=above))
    assert sprite.shape == (190, 142, 4) and sprite[90, 70].tolist() == [200, 0, 0, 255] and sprite[10, 10, 0] == 255


@pytest.mark.parametrize("words", [("add",), ("add", "My Joker"), ("add", "A", "b.png", "--deck", "x", "--type", "Joker")])
def test_words_that_are_missing_or_too_many_are_told(model, words):
    with pytest.raises(SettingsError, match="needed|are for pictures"):
        run(*words, "--model", model)


@pytest.mark.parametrize(
    "words", [("add", "My Joker", "missing.png"), ("add", "", "purple.png"), ("remove", "My Joker")], ids=" ".join
)
def test_mistakes_are_one_line(model, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BalatroError) as error:
        run(*words, "--model", model)
    assert "\n" not in str(error.value)
    assert load_added(model).cards == ()
