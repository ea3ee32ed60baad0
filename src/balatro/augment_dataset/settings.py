"""What `balatro augment` is told: the settings, and the flags that become them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from balatro.augment_dataset.steps import LARGEST_SEED, TRANSFORMS
from balatro.config.modifiers import MODIFIERS
from balatro.config.shapes import MARGIN
from balatro.errors import SettingsError
from balatro.utils.flags.options import KNOB, Knob, Option, options_of, turned_by

NEGATIVE = "Negative"
EDITIONS = MODIFIERS[1:]
MANY, HOW, NEW = "How many copies", "What is done to them", "New editions"
"""Headings of the help."""


@dataclass(frozen=True)
class Places:
    """What `balatro augment` reads and writes, which decides nothing about the copies."""

    input: Path | None = turned_by(Knob("", shown=""), None)
    """Folder of labelled pictures; data/dataset_default when left out."""
    labels: Path | None = turned_by(Knob("", shown=""), None)
    """Another file of labels, such as a subset; its pictures lie beside it or in --input. Left out: the labels.json in --input,
    or the names of its sub-folders or files."""
    output: Path | None = turned_by(Knob("", shown=""), None)
    """Folder for the copies; `augmented` beside --input when left out."""
    workers: int = turned_by(Knob("", low=0, high=256), 0)
    """Threads; 0 takes two for each core. Their number changes nothing else."""
    preview: Path | None = turned_by(Knob("", metavar="FILE.png", shown=""), None)
    """Write a sheet of examples, and nothing else."""
    overwrite: bool = turned_by(Knob("", one_way=True), False)
    """Make all copies anew, also in the place of those with other settings."""


@dataclass(frozen=True)
class Settings:
    """All that decides what is made of a set of labels. A field with a knob is a flag of `balatro augment`."""

    seed: int = turned_by(Knob(HOW, low=0), 0)
    """The same seed, the same copies."""
    n: int | None = turned_by(Knob(MANY, low=1, shown=""), None)
    """Copies of every picture, instead of the next two."""
    standard: int = turned_by(Knob(MANY, "standard-aug-per-sample", low=0), 3)
    """Copies of each picture.

    Of a card that has enough of them: STANDARD_AUG_PER_SAMPLE."""
    rare: int = turned_by(Knob(MANY, "rare-aug-per-sample", low=0), 10)
    """Copies of each picture of a rare card.

    RARE_AUG_PER_SAMPLE."""
    rare_threshold: int = turned_by(Knob(MANY, low=0), 3)
    """A card of fewer pictures than this is rare.

    Of originals that bear its name: RARE_THRESHOLD."""
    balance_by: str = turned_by(Knob(MANY, metavar="name|modifier", shown=""), "")
    """More copies for the smaller classes, until all have as many as the largest; at most 50 of a picture."""
    negative_synthetic: bool = turned_by(Knob(NEW), True)
    """Draw a Negative over each Base picture.

    NEGATIVE_SYNTHETIC."""
    editions: tuple[str, ...] = turned_by(Knob(NEW, "synthetic-editions", type=str, metavar="LIST", shown=""), ())
    """Draw these over each Base picture too: some of Foil,Holographic,Polychrome."""
    invert: bool = turned_by(Knob(NEW, one_way=True), False)
    """For other games: invert RGB instead of drawing the game's Negative."""
    margin: float = turned_by(Knob(NEW, low=0, high=0.25), MARGIN)
    """Background around the cards, as a share of the card."""
    crt: bool = turned_by(Knob(NEW), True)
    """Whether the game's CRT setting was on in the pictures, as it is by default.

    New editions are drawn beneath its contrast."""
    without: tuple[str, ...] = ("flip",)
    """The transforms that are left out: flips unless somebody asks for them, since a mirrored card is another picture."""
    image_size: tuple[int, int] | None = turned_by(Knob(HOW, type=str, metavar="SIZE", shown=""), None)
    """Pixels of the copies: 224 for a square, 142x190; each picture's own when left out."""

    def __post_init__(self) -> None:
        _check(self)

    def drawn(self) -> tuple[str, ...]:
        """The editions that are drawn over Base pictures, in the order of MODIFIERS."""
        asked = {*self.editions, *([NEGATIVE] if self.negative_synthetic or self.invert else [])}
        return tuple(edition for edition in EDITIONS if edition in asked)


def _check(settings: Settings) -> None:
    """SettingsError for settings that make no copies, or none that anybody could want."""
    counts = (settings.standard, settings.rare, settings.n or 0, settings.rare_threshold)
    if min(counts) < 0 or max(counts[:3]) > 10_000:
        raise SettingsError(f"{counts[:3]} copies of a picture; expected 0 to 10000")
    if settings.n is not None and settings.n < 1:
        raise SettingsError(f"--n {settings.n}: no copies; expected at least 1")
    if not 0 <= settings.seed <= LARGEST_SEED:
        raise SettingsError(f"--seed {settings.seed}; expected 0 to {LARGEST_SEED}")
    if settings.balance_by not in ("", "name", "modifier"):
        raise SettingsError(f"--balance-by {settings.balance_by}; expected name or modifier")
    if unknown := [edition for edition in settings.editions if edition not in EDITIONS]:
        raise SettingsError(f"--synthetic-editions {unknown[0]!r}; expected some of {', '.join(EDITIONS)}")
    if unknown := [name for name in settings.without if name not in TRANSFORMS]:
        raise SettingsError(f"no transform is called {unknown[0]!r}; there are {', '.join(TRANSFORMS)}")
    if settings.image_size and not all(8 <= length <= 4096 for length in settings.image_size):
        raise SettingsError(f"--image-size {settings.image_size}; expected 8 to 4096 pixels for width and height")
    if not 0 <= settings.margin <= 0.25:
        raise SettingsError(f"--margin {settings.margin}; expected a share of the card, 0 to 0.25")


def _options() -> Iterator[Option]:
    for option in sorted(options_of(Settings), key=lambda option: (MANY, NEW, HOW).index(option.knob.panel)):
        if option.key == "image_size":
            yield from _switches()
        yield option


def _switches() -> Iterator[Option]:
    """A flag for each transform: leave it out, and to mirror pictures, do it."""
    for name, kind in TRANSFORMS.items():
        if name != "flip":
            yield Option(f"no-{name}", bool, f"Leave out: {kind.told}.", Knob(HOW, one_way=True), False)
    told = "Mirror half of the copies. A mirrored card is another picture."
    yield Option("flip", bool, told, Knob(HOW, one_way=True), False)


OPTIONS = tuple(_options())


def choose_settings(given: Mapping[str, Any]) -> Settings:
    """The settings that the values of OPTIONS make; SettingsError for those that say nothing."""
    switches = {"flip": not given["flip"]} | {name: given[f"no_{name}"] for name in TRANSFORMS if name != "flip"}
    knobs = {f.name: f.metadata[KNOB] for f in fields(Settings) if KNOB in f.metadata}
    values = {name: given[(knob.name or name).replace("-", "_")] for name, knob in knobs.items()}
    values["editions"], values["image_size"] = _editions(values["editions"] or ""), _size(values["image_size"])
    return Settings(**values, without=tuple(name for name, left_out in switches.items() if left_out))


def _editions(text: str) -> tuple[str, ...]:
    """The editions of a list such as `foil,Polychrome`, as they are written, in their order."""
    asked = {word.strip().casefold() for word in text.split(",") if word.strip()}
    known = {modifier.casefold(): modifier for modifier in MODIFIERS[1:]}
    if unknown := sorted(asked - set(known)):
        raise SettingsError(
            f"--synthetic-editions {unknown[0]}: no edition is called that; there are {', '.join(known.values())}"
        )
    return tuple(modifier for folded, modifier in known.items() if folded in asked)


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,5})(?:x([0-9]{1,5}))?", text.strip().lower())
    if found is None:
        raise SettingsError(f"--image-size {text}: expected pixels, such as 224 or 142x190")
    return int(found[1]), int(found[2] or found[1])
