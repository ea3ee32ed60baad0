import sys
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from balatro.config.cards import CATALOGUE
from balatro.errors import DeckError
from balatro.render.deck import Deck, deck_card, dressed
from balatro.render.game import game_files
from balatro.render.game.game_art import import_art
from balatro.render.game.steam import find_game, steam_libraries
from balatro.render.sprites import over
from tests.render.game.fake_game import colour, draw_sheet, png, write_archive, write_textures


@pytest.fixture(scope="module")
def textures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_textures(tmp_path_factory.mktemp("game") / "resources" / "textures", sizes=(1,))


@pytest.fixture(scope="module")
def deck(textures: Path) -> Deck:
    return import_art(textures)


def middle(picture: np.ndarray) -> tuple[int, ...]:
    return tuple(int(value) for value in picture[picture.shape[0] // 4, picture.shape[1] // 2])


def test_the_known_cards_are_the_catalogue(deck: Deck):
    assert [(card.id, card.name, card.type, card.rarity) for card in deck.known] == [
        (card.id, card.name, card.type, card.rarity) for card in CATALOGUE
    ]
    assert all(card.body.shape == (95, 71, 4) and card.body.dtype == np.uint8 for card in deck.cards)


@pytest.mark.parametrize(
    ("card_id", "cell"),
    [("j_greedy_joker", ("Jokers", 6, 1)), ("c_fool", ("Tarots", 0, 0)), ("c_black_hole", ("Tarots", 9, 3))],
)
def test_each_card_comes_from_its_cell(deck: Deck, card_id: str, cell: tuple[str, int, int]):
    assert middle(deck_card(deck.cards, card_id).body) == (*colour(*cell), 255)


def test_floating_layers(deck: Deck):
    assert sum(card.floating is not None for card in deck.cards) == 7
    perkeo, soul = deck_card(deck.cards, "j_perkeo"), deck_card(deck.cards, "c_soul")
    assert perkeo.floating is not None and middle(perkeo.floating) == (*colour("Jokers", 7, 9), 255)
    assert soul.floating is not None and middle(soul.floating) == (*colour("Enhancers", 0, 1), 255)


def test_unusual_shapes_and_shines(deck: Deck):
    sizes = {card.id: (card.size, card.scale) for card in deck.known if (card.size, card.scale) != ((1.0, 1.0), 1.0)}
    assert sizes == {
        "j_wee": ((0.7, 0.7), 0.7),
        "j_half": ((1.0, pytest.approx(0.588, abs=1e-3)), 1.0),
        "j_photograph": ((1.0, pytest.approx(0.833, abs=1e-3)), 1.0),
        "j_square": ((1.0, pytest.approx(0.747, abs=1e-3)), 1.0),
    }
    assert {card.id for card in deck.known if card.shine == "voucher"} == {"j_invisible"}
    assert {card.type for card in deck.known if card.shine == "booster"} == {"Spectral"}


def test_strangers(deck: Deck):
    kinds = Counter(card.type for card in deck.strangers)
    assert kinds == {"Playing card": 52 + 1, "Card back": 19, "Voucher": 34, "Booster pack": 35, "Placeholder": 9}
    assert len({card.id for card in deck.cards}) == len(deck.cards)
    assert {card.scale for card in deck.strangers if card.type == "Booster pack"} == {1.27}
    assert (len(deck.stickers), len(deck.seals), len(deck.grounds)) == (11, 4, 8)


def test_undiscovered_cards_have_their_question_mark(deck: Deck):
    marked = deck_card(deck.cards, "unseen_tarot").body
    assert middle(marked) == (*colour("Enhancers", 6, 3), 255)
    assert middle(deck_card(deck.cards, "locked_joker").body) == (*colour("Jokers", 8, 9), 255)


def test_a_playing_card_is_a_face_on_its_ground(deck: Deck):
    card = deck_card(deck.cards, "play_s_ace")
    assert card.name == "Ace of Spades"
    assert middle(card.body) == (*colour("8BitDeck", 12, 3), 255)
    assert tuple(card.body[70, 30]) == (*colour("Enhancers", 1, 0), 255)
    assert (card.rank, card.suit, card.enhancement) == ("Ace", "Spades", "")
    lucky = dressed(deck, card, "Lucky", face=1)
    assert middle(lucky) == (*colour("8BitDeck_opt2", 12, 3), 255)
    assert tuple(lucky[70, 30]) == (*colour("Enhancers", 4, 1), 255)


def test_other_faces_are_those_of_their_suit(deck: Deck):
    assert len(deck_card(deck.cards, "play_s_queen").faces) == len(deck_card(deck.cards, "play_h_ace").faces) == 2
    other = deck_card(deck.cards, "play_h_queen").faces[2]
    assert middle(other) == (*colour("collabs/collab_AU_1", 1, 0), 255)
    assert deck_card(deck.cards, "stone").enhancement == "Stone"


def test_things_have_their_names(deck: Deck):
    assert deck_card(deck.cards, "voucher_5_3").name == "Petroglyph"
    assert [card.name for card in deck.strangers].count("Standard Pack") == 4
    assert deck_card(deck.cards, "back_2_4").name == "Anaglyph Deck"
    assert middle(deck.stickers["Rental"]) == (*colour("stickers", 1, 2), 255)
    assert middle(deck.seals["Purple"]) == (*colour("Enhancers", 4, 4), 255)


def test_jokers_and_tarots_are_enough(tmp_path: Path):
    deck = import_art(write_textures(tmp_path, ("Jokers", "Tarots"), sizes=(1,)))
    assert len(deck.known) == 202
    assert [card.id for card in deck.strangers] == ["locked_joker", "locked_card"]
    assert deck_card(deck.cards, "c_soul").floating is None


@pytest.mark.parametrize("place", ["", "textures", "resources", "resources/textures", "resources/textures/1x"])
def test_folders_at_every_depth(textures: Path, deck: Deck, place: str):
    found = import_art(textures) if place == "textures" else import_art(textures.parent.parent / place)
    assert len(found.cards) == len(deck.cards)


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("Balatro.love", "Balatro.love"),
        ("Balatro.exe", "."),
        ("Balatro.app/Contents/Resources/Balatro.love", "."),
        ("Balatro.app/Contents/Resources/Balatro.love", "Balatro.app"),
    ],
)
def test_archives(tmp_path: Path, deck: Deck, file: str, named: str):
    write_archive(tmp_path / file, stub=b"MZ" + bytes(5000) if file.endswith("exe") else b"")
    found = import_art(tmp_path / named)
    assert len(found.cards) == len(deck.cards)
    assert np.array_equal(deck_card(found.cards, "j_egg").body, deck_card(deck.cards, "j_egg").body)


def test_exact_doubles_are_reduced_and_finer_sheets_kept(tmp_path: Path):
    write_textures(tmp_path, ("Jokers", "Tarots"), sizes=(2,))
    (tmp_path / "2x" / "Tarots.png").write_bytes(png(draw_sheet("Tarots", 2, fine=True)))
    deck = import_art(tmp_path)
    assert deck_card(deck.cards, "j_egg").body.shape == (95, 71, 4)
    assert deck_card(deck.cards, "c_fool").body.shape == (190, 142, 4)


def test_nothing_of_an_archive_is_written(tmp_path: Path):
    folder = tmp_path / "in" / "deep"
    write_archive(folder / "Balatro.love", extra={"../../evil.txt": b"evil", "/evil.txt": b"evil"})
    import_art(folder / "Balatro.love")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["Balatro.love", "deep", "in"]


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(game_files, "MAX_SHEET_BYTES", 100_000)
    path = write_archive(tmp_path / "a.love", (), extra={"resources/textures/2x/Jokers.png": bytes(10_000_000)})
    with pytest.raises(DeckError, match="unpacks to more than 100000 bytes"):
        import_art(path)


def test_a_picture_of_too_many_pixels_is_refused(tmp_path: Path):
    write_textures(tmp_path, ("Jokers", "Tarots"), sizes=(1,))
    (tmp_path / "1x" / "Tarots.png").write_bytes(png(np.zeros((6000, 6000), np.uint8)))
    with pytest.raises(DeckError, match=r"Tarots\.png is 6000x6000; expected 710x570 or 1420x1140"):
        import_art(tmp_path)


def bad_place(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / kind
    if kind == "foreign.exe":
        path.write_bytes(b"MZ" + bytes(1000))
    elif kind == "foreign.zip":
        write_archive(path, ())
    elif kind == "no tarots":
        write_textures(path, ("Jokers",), sizes=(1,))
    elif kind == "other size":
        write_textures(path, ("Jokers", "Tarots"), sizes=(1,))
        (path / "1x" / "Jokers.png").write_bytes(png(np.zeros((1500, 710, 4), np.uint8)))
    elif kind == "blank":
        write_textures(path, ("Jokers", "Tarots"), sizes=(1,))
        (path / "1x" / "Tarots.png").write_bytes(png(np.zeros((570, 710, 4), np.uint8)))
    elif kind == "truncated":
        write_textures(path, ("Jokers", "Tarots"), sizes=(1,))
        (path / "1x" / "Jokers.png").write_bytes(png(draw_sheet("Jokers"))[:2000])
    elif kind == "damaged.love":
        data = bytearray(write_archive(path, ("Jokers", "Tarots")).read_bytes())
        data[200:400] = bytes(200)
        path.write_bytes(data)
    elif kind == "damaged lzma":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
            archive.writestr("resources/textures/1x/Jokers.png", bytes(5000))
        data = bytearray(path.read_bytes())
        start = data.index(b"Jokers.png") + len("Jokers.png")
        data[start + 9 : start + 40] = b"\xff" * 31
        path.write_bytes(data)
    elif kind == "empty":
        path.mkdir()
    return path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "no such file or folder"),
        ("foreign.exe", "not the game"),
        ("foreign.zip", r"Jokers\.png is missing"),
        ("empty", "neither the game nor its sprite sheets"),
        ("no tarots", r"Tarots\.png is missing"),
        ("other size", r"Jokers\.png is 710x1500; expected 710x1520 or 1420x3040"),
        ("blank", "The Fool .* is empty"),
        ("truncated", r"Jokers\.png is damaged"),
        ("damaged.love", "cannot be read|is damaged"),
        ("damaged lzma", "cannot be read"),
    ],
)
def test_unusable_places_get_one_line(tmp_path: Path, kind: str, words: str):
    with pytest.raises(DeckError, match=words) as caught:
        import_art(bad_place(tmp_path, kind))
    assert "\n" not in str(caught.value)
    assert kind in str(caught.value) or kind == "blank"


@pytest.fixture
def linux_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


def test_the_game_is_found_where_steam_puts_it(linux_home: Path):
    game = linux_home / ".var/app/com.valvesoftware.Steam/.local/share/Steam/steamapps/common/Balatro"
    write_archive(game / "Balatro.exe", ("Jokers", "Tarots"), stub=b"MZ")
    assert find_game() == game.resolve()
    assert len(import_art().known) == 202


def test_further_libraries_are_looked_into(linux_home: Path):
    steam, other = linux_home / ".local/share/Steam", linux_home / "disk" / "Games"
    (steam / "steamapps").mkdir(parents=True)
    (other / "steamapps/common/Balatro").mkdir(parents=True)
    text = f'"libraryfolders"\n{{\n\t"0"\n\t{{\n\t\t"path"\t\t"{other.as_posix()}"\n\t\t"apps" {{ "2379780" "1" }}\n\t}}\n}}\n'
    (steam / "steamapps/libraryfolders.vdf").write_text(text)
    assert find_game() == (other / "steamapps/common/Balatro").resolve()


@pytest.mark.parametrize(
    ("system", "place"), [("linux", ".local/share/Steam"), ("darwin", "Library/Application Support/Steam")]
)
def test_a_miss_says_where_was_looked(linux_home: Path, monkeypatch: pytest.MonkeyPatch, system: str, place: str):
    monkeypatch.setattr(sys, "platform", system)
    assert linux_home / place in steam_libraries()
    with pytest.raises(DeckError, match="balatro art import PATH") as caught:
        find_game()
    assert str(linux_home / place) in str(caught.value)


def test_over_mixes_straight_alpha():
    top = np.full((1, 1, 4), (255, 0, 0, 51), np.uint8)
    under = np.full((1, 1, 4), (0, 0, 255, 255), np.uint8)
    assert over(top, under)[0, 0].tolist() == [51, 0, 204, 255]
    assert over(top, np.zeros_like(under))[0, 0].tolist() == [255, 0, 0, 51]
    assert over(top, under.repeat(2, 0).repeat(2, 1)).shape == (2, 2, 4)
