"""Where the game lies: the places where Steam puts it on Windows, macOS and Linux."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from balatro.errors import DeckError

_GAME = Path("steamapps/common/Balatro")
_LINUX_STEAM = (
    ".steam/steam",
    ".steam/root",
    ".local/share/Steam",
    ".var/app/com.valvesoftware.Steam/.local/share/Steam",
    ".var/app/com.valvesoftware.Steam/data/Steam",
    "snap/steam/common/.local/share/Steam",
)


def find_game() -> Path:
    """The game's folder, in the first Steam library that has it; DeckError says where was looked."""
    looked = []
    for library in steam_libraries():
        folder = library / _GAME
        if folder.is_dir():
            return folder
        looked.append(folder)
    where = ", ".join(map(str, looked)) or "no Steam library found"
    raise DeckError(f"Balatro was not found; looked in: {where}; name its place: balatro art import PATH")


def steam_libraries() -> list[Path]:
    """Steam's own folders that could be on this system, then the further libraries they name, each once."""
    found: dict[Path, None] = {}
    for root in _steam_roots():
        for library in (root, *_further_libraries(root)):
            # Linux has several links to one folder.
            found.setdefault(library.resolve() if library.exists() else library)
    return list(found)


def _steam_roots() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "win32":
        yield from _registered()
        for variable in ("ProgramFiles(x86)", "ProgramFiles"):
            if folder := os.environ.get(variable):
                yield Path(folder) / "Steam"
    elif sys.platform == "darwin":
        yield home / "Library/Application Support/Steam"
    else:
        yield from (home / folder for folder in _LINUX_STEAM)
        # Windows' disks, seen from the Linux inside Windows.
        yield from (Path(f"/mnt/{disk}/Program Files (x86)/Steam") for disk in "c" if Path(f"/mnt/{disk}/Windows").is_dir())


def _registered() -> Iterator[Path]:
    """Steam's folder as the Windows registry has it."""
    if sys.platform != "win32":
        return
    import winreg

    keys = ((winreg.HKEY_CURRENT_USER, r"Software\Valve\Steam", "SteamPath"),)
    keys += ((winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\WOW6432Node\Valve\Steam", "InstallPath"),)
    for root, key, name in keys:
        try:
            with winreg.OpenKey(root, key) as opened:
                yield Path(str(winreg.QueryValueEx(opened, name)[0]))
        except OSError:
            continue


def _further_libraries(root: Path) -> Iterator[Path]:
    """The libraries on other disks that Steam's libraryfolders.vdf names."""
    try:
        text = (root / "steamapps/libraryfolders.vdf").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    # "path"  "D:\\Games\\Steam", or "1"  "D:\\Games\\Steam" in older files.
    for path in re.findall(r'^\s*"(?:path|\d+)"\s+"([^"]+[\\/][^"]*)"', text, re.MULTILINE):
        yield Path(path.replace("\\\\", "\\"))
