"""The layouts in which the game comes, and what is none of it. Every sheet is drawn here."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from balatro.errors import DeckError
from balatro.render.deck import deck_card
from balatro.render.game import game_files
from balatro.render.game.game_art import import_art
from tests.render.game.fake_game import archive, colour, png, sheet_png, write_textures, zipped

ENOUGH = ("Jokers", "Tarots")
EXE = b"MZ" + bytes(5000)


def love(**how: str) -> bytes:
    return archive(names=ENOUGH, **how)


LAYOUTS: dict[str, Callable[[], dict[str, bytes]]] = {
    "Xbox Game Pass": lambda: {"Content/Balatro.exe": EXE + love(), "Content/MicrosoftGame.config": b"<Game/>"},
    "Xbox, the game apart from its player": lambda: {"Content/Balatro.exe": EXE, "Content/Assets/game.love": love()},
    "Linux, the game apart from its player": lambda: {"Balatro": b"\x7fELF" + bytes(900), "game.love": love()},
    "PortMaster": lambda: {"Balatro.sh": b"#!/bin/bash", "balatro/conf/a.txt": b"", "balatro/Balatro.love": love()},
    "a .love by another name": lambda: {"balatro-1.0.1o.love": love()},
    "one top folder": lambda: {"Balatro.love": love(top="Balatro/")},
    "./ before all names": lambda: {"Balatro.love": love(top="./")},
    "backslashes": lambda: {"Balatro.love": love(slash="\\")},
    "backslashes in a top folder": lambda: {"Balatro.love": love(top="Balatro/", slash="\\")},
    "APK with the game in it": lambda: {"balatro.apk": zipped({"classes.dex": b"dex", "assets/game.love": love()})},
    "APK with the game's files": lambda: {"balatro.apk": love(top="assets/")},
    "XAPK": lambda: {"b.xapk": zipped({"icon.png": b"", "base.apk": zipped({"a": b""}), "main.apk": love(top="assets/")})},
    "iPhone": lambda: {"balatro.ipa": zipped({"Payload/balatro.app/game.love": love()})},
    "macOS": lambda: {"Balatro.app/Contents/Resources/Balatro.love": love(), "Balatro.app/Contents/MacOS/love": b"\xcf\xfa"},
    "unpacked APK": lambda: unpacked("assets/"),
    "unpacked into a folder": lambda: unpacked("Balatro v1.0.1/"),
}


def unpacked(top: str) -> dict[str, bytes]:
    return {f"{top}resources/textures/1x/{name}.png": sheet_png(name) for name in ENOUGH}


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def is_the_game(path: Path, name: str = "game") -> bool:
    body = deck_card(import_art(path, name).cards, "j_greedy_joker").body
    return tuple(body[20, 30]) == (*colour("Jokers", 6, 1), 255)


@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.slow
def test_each_layout_is_the_game(tmp_path: Path, kind: str):
    lay(tmp_path / "game", LAYOUTS[kind]())
    assert is_the_game(tmp_path / "game")
    assert is_the_game(tmp_path)


@pytest.mark.parametrize("kind", [kind for kind, files in LAYOUTS.items() if len(files()) == 1])
def test_the_file_itself_is_the_game(tmp_path: Path, kind: str):
    (name,) = LAYOUTS[kind]()
    assert is_the_game(lay(tmp_path, LAYOUTS[kind]()) / name)


def mod(folder: Path) -> Path:
    """Full sheets of one colour in a mod's own `assets`."""
    for name, size in (("Jokers", (1520, 710)), ("Tarots", (570, 710))):
        lay(folder, {f"assets/1x/{name}.png": png(np.full((*size, 4), 99, np.uint8)), "mod.json": b"{}"})
    return folder


def test_the_game_wins_over_the_mods_beside_it(tmp_path: Path):
    lay(tmp_path / "z" / "game", {"Balatro.exe": EXE + love()})
    mod(tmp_path / "Mods" / "skin")
    mod(tmp_path / "z" / "game" / "Mods" / "skin")
    lay(tmp_path / "z" / "game" / "Mods" / "other", {"game.love": zipped({"resources/textures/1x/Jokers.png": b"no"})})
    assert is_the_game(tmp_path)
    assert is_the_game(tmp_path / "z" / "game")


def test_mods_within_an_archive_are_not_the_game(tmp_path: Path):
    path = tmp_path / "Balatro.love"
    path.write_bytes(archive("a/b/c/", ENOUGH, {"Mods/x/resources/textures/2x/Jokers.png": b"no", "Mods/game.love": b"no"}))
    assert is_the_game(path)


@pytest.mark.parametrize("named", ["Mods/skin/assets", "Mods/skin/assets/1x", "Mods/skin", "Mods", "."])
def test_a_mod_is_not_taken_for_the_game(tmp_path: Path, named: str):
    mod(tmp_path / "Mods" / "skin")
    with pytest.raises(DeckError, match="a mod's pictures, not the game's"):
        import_art(tmp_path / named)


def test_a_mods_textures_are_not_taken_for_the_game(tmp_path: Path):
    write_textures(tmp_path / "Mods" / "skin" / "textures", ENOUGH, sizes=(1,))
    with pytest.raises(DeckError, match="--name modded"):
        import_art(tmp_path / "Mods" / "skin")


def test_a_mods_sheets_become_a_deck_by_a_name_of_its_own(tmp_path: Path):
    deck = import_art(mod(tmp_path / "Mods" / "skin") / "assets", "modded")
    assert deck.name == "modded"
    assert (deck_card(deck.cards, "j_greedy_joker").body == 99).all()


def test_what_is_told_of_a_game_that_cannot_be_used(tmp_path: Path):
    lay(tmp_path, {"Balatro.exe": EXE, "other.love": zipped({"main.lua": b""})})
    with pytest.raises(DeckError, match=r"Balatro\.exe: not the game; .* has none"):
        import_art(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps nothing from its owner by its mode")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = lay(tmp_path, {"Balatro.exe": EXE + love()}) / "Balatro.exe"

    def refuse(self: Path, *args: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DeckError, match=r"Balatro\.exe: cannot be read \(permission denied\)"):
        import_art(path)


def test_archives_within_archives_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    inner = love()
    for _ in range(game_files.MAX_DEEP + 1):
        inner = zipped({"game.love": inner})
    deep = lay(tmp_path, {"deep.apk": inner}) / "deep.apk"
    with pytest.raises(DeckError, match=r"Jokers\.png is missing"):
        import_art(deep)
    monkeypatch.setattr(game_files, "MAX_INNER_BYTES", 100_000)
    bomb = lay(tmp_path, {"bomb.apk": zipped({"game.love": bytes(10_000_000)})}) / "bomb.apk"
    with pytest.raises(DeckError, match="unpacks to more than 100000 bytes"):
        import_art(bomb)


def test_no_more_folders_than_told_are_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lay(tmp_path, {"a/b/c/d/e/Balatro.love": love()})
    with pytest.raises(DeckError, match="neither the game"):
        import_art(tmp_path)
    assert is_the_game(tmp_path / "a")
    monkeypatch.setattr(game_files, "MAX_FOLDERS", 2)
    with pytest.raises(DeckError, match="neither the game"):
        import_art(tmp_path / "a")
