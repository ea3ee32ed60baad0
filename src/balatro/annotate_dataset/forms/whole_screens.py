"""The screens from which a dataset's cards were cut, with their boxes: what detection sets are made of."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from balatro.annotate_dataset.forms.items import check_picture
from balatro.annotate_dataset.store.screens import Box, box_of, screen_of
from balatro.annotate_dataset.store.screenshots import natural, scan
from balatro.errors import InputError
from balatro.utils.images import orientation
from balatro.utils.labels import CardLabel


@dataclass(frozen=True)
class CardInBox:
    """A card on a screen."""

    box: Box
    """Left, top, right, bottom in pixels of the screen."""
    label: CardLabel

    @property
    def attributes(self) -> dict[str, str]:
        """What is known of it beside the name."""
        known = {name: self.label.get(name) for name in ("modifier", "type", "rarity")}
        return {name: value for name, value in known.items() if value}

    @property
    def class_name(self) -> str:
        """Name and modifier in one, for forms that have nothing but a class: `Egg`, `Egg (Foil)`."""
        return self.label.name if self.label.modifier in ("", "Base") else f"{self.label.name} ({self.label.modifier})"


@dataclass(frozen=True)
class ScreenOfCards:
    """A whole screen and the cards on it."""

    key: str
    """Its path in the folder of screens, with `/`; no two screens have the same but for the suffix."""
    name: str
    """The same as the folder has it."""
    path: Path
    size: tuple[int, int]
    """Width and height as it is shown."""
    cards: tuple[CardInBox, ...]
    """None where no card has a box on it."""

    def copy_to(self, folder: Path) -> None:
        """Put the picture into a folder, under its key."""
        target = folder / self.key
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.path, target)


def gather_screens(labels: Mapping[str, CardLabel], folder: Path) -> tuple[list[ScreenOfCards], list[str]]:
    """The screens of a folder with their labelled cards, and a line for each card or screen that cannot be used.

    Screens on which no card has a box come last.
    """
    cards: dict[str, list[CardInBox]] = {}
    left_out: list[str] = []
    screens: dict[str, tuple[Path, tuple[int, int]] | str] = {}
    for key, label in labels.items():
        screen, box = screen_of(label), box_of(label)
        if not label.name or not screen or box is None:
            left_out.append(f"{key}: on no screen that is known")
            continue
        if screen not in screens:
            screens[screen] = _look_at(folder, screen)
        if isinstance(why := screens[screen], str):
            left_out.append(f"{key}: {why}")
            continue
        cards.setdefault(screen, []).append(CardInBox(box, label))
    for name in sorted(scan(folder), key=natural):
        if name not in screens:
            screens[name] = told = _look_at(folder, name)
            left_out += [f"{name}: {told}"] if isinstance(told, str) else []
    found = {name: told for name, told in screens.items() if not isinstance(told, str)}
    keys = _own_stems(found)
    return [ScreenOfCards(keys[name], name, *told, tuple(cards.get(name, ()))) for name, told in found.items()], left_out


def _own_stems(names: Iterable[str]) -> dict[str, str]:
    """A key for each name: a later one of the same stem gets its suffix into the stem, as forms have a text by stem."""
    keys: dict[str, str] = {}
    taken: set[PurePosixPath] = set()
    for name in names:
        path = PurePosixPath(name)
        while path.with_suffix("") in taken:
            path = path.with_stem(f"{path.stem}_{path.suffix[1:]}")
        taken.add(path.with_suffix(""))
        keys[name] = path.as_posix()
    return keys


def _look_at(folder: Path, screen: str) -> tuple[Path, tuple[int, int]] | str:
    """Where a screen lies and how large it is shown; else what is wrong with it."""
    path = folder / screen
    try:
        if not path.is_file():
            raise InputError(f"its screen {screen} is not in {folder}")
        width, height = check_picture(path)
        return path, (height, width) if orientation(path) >= 5 else (width, height)
    except InputError as error:
        return str(error)
