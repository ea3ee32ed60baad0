"""Where the game's sprite sheets lie in what the player has: the executable, an archive, an app, a phone's package, folders.

Nothing of an archive is ever unpacked: a few members are read into memory, with limits on their size.
"""

from __future__ import annotations

import io
import zipfile
from collections import deque
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import IO

from balatro.errors import DeckError

MAX_SHEET_BYTES = 64 * 2**20
MAX_INNER_BYTES = 512 * 2**20
"""Of an archive within an archive; the game's own has 60 million."""
MAX_INNER = 8
"""Archives within one that are looked into."""
MAX_DEEP = 2
"""A package for phones holds one for each of its parts, and that one the game."""

MAX_FOLDERS, MAX_DOWN = 1000, 4
"""How many folders below the named one are looked into, and how far down: an app's `Contents/Resources` is three."""

SIZES = ("2x", "1x")
FONT = "m6x11plus"
"""The font of the game's numbers and English words; it lies in `fonts`, beside `textures`."""
_TEXTURES = ("resources/textures", "textures")
_NAMES = ("balatro.love", "game.love", "balatro.exe", "balatro")
_SUFFIXES = (".love", ".apk", ".xapk", ".apks", ".ipa")
_MODS = "mods"

Reader = Callable[[str], "bytes | None"]
"""Gives the bytes of the larger sheet called `Jokers` that is there, or of the font, or None when there is none."""


def open_game(path: Path, sheets: Collection[str]) -> tuple[Reader, bool]:
    """What reads the sheets of these names at `path`, and whether they are a mod's. DeckError when there is no game.

    A file is the game, or holds it; of a folder, the nearest to it counts that is the game, never what lies under `Mods`.
    """
    if path.is_file():
        return _file(path, sheets), False
    if not path.is_dir():
        raise DeckError(f"{path}: no such file or folder; name Balatro.exe, Balatro.love, or the game's folder")
    for place in (*(path / name for name in _TEXTURES), path):
        if _has_sheets(place):
            return _folder(place), _is_mod(place)
    complaints = []
    for place in _below(path):
        try:
            return (_folder(place), _is_mod(place)) if place.is_dir() else (_file(place, sheets), False)
        except DeckError as error:
            complaints.append(error)  # a player of the game's may lie beside the game itself
    if complaints:
        raise complaints[0]
    if any(_has_sheets(place) for place in (path / "assets", *path.glob("*/assets"), *path.glob("*/*/assets"))):
        raise DeckError(f"{path}: a mod's pictures, not the game's; name the game's own folder")
    raise DeckError(
        f"{path}: neither the game nor its sprite sheets are in this folder; expected Balatro.exe, Balatro.love, Balatro.app, "
        "or resources/textures with Jokers.png and Tarots.png"
    )


def _is_mod(folder: Path) -> bool:
    """Whether sheets in this folder are a mod's: those lie in its `assets`, and mods in `Mods`."""
    place = folder.resolve()
    place = place.parent if place.name.lower() in SIZES else place
    if (place.parent.name.lower(), place.name.lower()) == ("resources", "textures"):
        return False
    return place.name.lower() == "assets" or any(parent.name.lower() == _MODS for parent in (place, *place.parents))


def _below(path: Path) -> Iterator[Path]:
    """Folders with sheets and files that may be the game, the nearest first; never what lies in a folder of mods."""
    waiting, seen = deque([(path, 0)]), 0
    while waiting and seen < MAX_FOLDERS:
        folder, down = waiting.popleft()
        seen += 1
        try:
            inside = sorted(folder.iterdir())
        except OSError:
            continue  # not ours to read: the game may lie in another
        yield from (folder / name for name in _TEXTURES if _has_sheets(folder / name))
        files = [file for file in inside if file.is_file()]
        yield from sorted((file for file in files if file.name.lower() in _NAMES), key=lambda f: _NAMES.index(f.name.lower()))
        yield from (file for file in files if file.suffix.lower() in _SUFFIXES and file.name.lower() not in _NAMES)
        if down < MAX_DOWN:
            waiting.extend((place, down + 1) for place in inside if place.name.lower() != _MODS and place.is_dir())


def _has_sheets(folder: Path) -> bool:
    return any((folder / size / "Jokers.png").is_file() for size in (*SIZES, "."))


def _folder(folder: Path) -> Reader:
    def read(name: str) -> bytes | None:
        # The last: sheets that lie in the folder itself, without 1x and 2x.
        places = (*(folder / size / f"{name}.png" for size in SIZES), folder / f"{name}.png")
        if name == FONT:
            places = tuple(above / "fonts" / f"{FONT}.ttf" for above in (folder.parent, folder.parent.parent))
        for path in places:
            if path.is_file():
                if path.stat().st_size > MAX_SHEET_BYTES:
                    raise DeckError(f"{path}: {path.stat().st_size} bytes; a sprite sheet has at most {MAX_SHEET_BYTES}")
                return path.read_bytes()
        return None

    return read


def _file(path: Path, sheets: Collection[str]) -> Reader:
    """The sheets in a .love file, in an executable with one behind it, or in what holds such a file; all are zip archives."""
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise DeckError(
                    f"{path}: not the game; Balatro.exe and Balatro.love have a zip archive inside, this file has none; "
                    "name one of them, or the folder in which they or the sprite sheets lie"
                )
            reader = _archive(file, path, sheets)
    except OSError as error:
        raise DeckError(
            f"{path}: cannot be read ({(error.strerror or str(error)).lower()}); copy the game elsewhere"
        ) from error
    if reader is None:
        raise DeckError(f"{path}: Jokers.png is missing; expected the game's resources/textures with 1x or 2x sheets")
    return reader


def _archive(file: IO[bytes], path: Path, sheets: Collection[str], deep: int = 0) -> Reader | None:
    """A reader of the sheets in an open archive, or in one within it; None when there are none. path: for what is told."""
    now = "its list of files"
    try:
        with zipfile.ZipFile(file) as archive:
            found = _members(archive, sheets)
            read: dict[str, bytes] = {}
            for name, member in found.items():
                now = member.filename
                read[name] = _unpacked(archive, member, MAX_SHEET_BYTES, path)
            if read:
                return read.get
            for member in _inner(archive) if deep < MAX_DEEP else ():
                now = member.filename
                inner = io.BytesIO(_unpacked(archive, member, MAX_INNER_BYTES, path))
                reader = _archive(inner, path, sheets, deep + 1) if zipfile.is_zipfile(inner) else None
                if reader is not None:
                    return reader
    except DeckError:
        raise
    except Exception as error:  # a damaged archive raises whatever its packing makes the reader stumble on
        raise DeckError(f"{path}: {now!r} cannot be read ({error}); have Steam verify the game's files") from error
    return None


def _members(archive: zipfile.ZipFile, sheets: Collection[str]) -> dict[str, zipfile.ZipInfo]:
    """The larger of each sheet's two, in the topmost resources/textures; {} when there is none."""
    files = {_plain_name(member): member for member in archive.infolist()}
    tops = [name.removesuffix(f"{size}/jokers.png") for size in SIZES for name in files if name.endswith(f"{size}/jokers.png")]
    tops = [top for top in tops if f"/{top}".endswith(f"/{_TEXTURES[0]}/") and f"/{_MODS}/" not in f"/{top}"]
    if not tops:
        return {}
    top = min(tops, key=lambda top: (top.count("/"), top))
    places = {sheet: [f"{top}{size}/{sheet}.png".lower() for size in SIZES] for sheet in sheets}
    places[FONT] = [f"{top.removesuffix('textures/')}fonts/{FONT}.ttf".lower()]
    there = {sheet: next((files[place] for place in places[sheet] if place in files), None) for sheet in places}
    return {sheet: member for sheet, member in there.items() if member is not None}


def _plain_name(member: zipfile.ZipInfo) -> str:
    """A member's name with slashes, in small letters; for comparing alone: no file is ever called by it."""
    return member.filename.replace("\\", "/").removeprefix("./").lower()


def _inner(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The archives within one, the likeliest first."""
    names = {member: _plain_name(member).rpartition("/")[2] for member in archive.infolist()}
    mods = [member for member in names if f"/{_MODS}/" in f"/{_plain_name(member)}"]
    likely = [member for member, name in names.items() if member not in mods and (name in _NAMES or name.endswith(_SUFFIXES))]
    return sorted(likely, key=lambda member: (names[member] not in _NAMES, member.filename))[:MAX_INNER]


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int, path: Path) -> bytes:
    with archive.open(member) as file:
        data = file.read(most + 1)  # what the archive says of its sizes is not believed
    if len(data) > most:
        raise DeckError(f"{path}: {member.filename!r} unpacks to more than {most} bytes; nothing of the game does")
    return data
