"""Boxes on whole screens: what a person says of a screen's cards, and the crops in the dataset that follow from that.

A screen's own state in the journal is which cards it has, under a key that no picture can have. A card's crop is made when it
gets a label, and removed when its screen no longer has its box: it can be cut again at any time.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from balatro.annotate_dataset.store.actions import Accept, Around
from balatro.annotate_dataset.store.history import SCREEN_MARK, Change, State
from balatro.annotate_dataset.store.screens import BOX, SCREEN, Box, box_of, screen_of
from balatro.errors import InputError
from balatro.utils.images import load_image, write_png
from balatro.utils.labels import CardLabel

SMALLEST = 4
"""Pixels that a box has in both directions."""


@dataclass(frozen=True)
class PutCard:
    """What lies in this box of a screen is this card; its crop becomes part of the dataset."""

    picture: str
    """The crop's key, see `crop_key`; that of another crop where the card had one already."""
    screen: str
    """Its path in the folder of screens, with `/`."""
    box: Box
    name: str
    modifier: str = ""
    type: str = ""
    rarity: str = ""
    new: bool = False
    """Whether the name may be one that nobody has used yet."""

    def apply(self, state: State, around: Around) -> State:
        left, top, right, bottom = self.box
        if min(right - left, bottom - top) < SMALLEST:
            raise InputError(f"a box of {right - left}x{bottom - top} pixels on {self.screen}; draw one of at least {SMALLEST}")
        said = Accept(self.picture, self.name, self.modifier, self.type, self.rarity, self.new).apply(state, around)
        label = said.label or CardLabel()
        return State(label=replace(label, more={**label.more, SCREEN: self.screen, BOX: list(self.box)}))


@dataclass(frozen=True)
class TakeCard:
    """The screen has no such card: label and crop go."""

    picture: str

    def apply(self, state: State, around: Around) -> State:
        return State()


@dataclass(frozen=True)
class StateScreen:
    """These are all cards of a screen."""

    screen: str
    cards: tuple[str, ...]
    """Their keys."""

    @property
    def picture(self) -> str:
        return screen_key(self.screen)

    def apply(self, state: State, around: Around) -> State:
        return State(cards=self.cards)


def screen_key(screen: str) -> str:
    """The key of a screen's own state."""
    return SCREEN_MARK + screen


def crop_key(screen: str, box: Box) -> str:
    """The key of a card's crop: it follows from its box."""
    stem = PurePosixPath(screen).with_suffix("").as_posix().replace("/", "_")
    return f"{stem}_{'_'.join(map(str, box))}.png"


@contextlib.contextmanager
def cut(changes: Sequence[Change], screens: Path, missing: Collection[str]) -> Iterator[Mapping[str, Path]]:
    """Crops of cards that get a label and have no file; within the block they lie where this tells.

    screens: the folder of whole screens. InputError when a card's screen is gone, or smaller than its box.
    """
    wanted: dict[str, list[tuple[str, Box]]] = {}
    for change in changes:
        label = change.after.label
        if label is not None and change.picture in missing and (box := box_of(label)) and screen_of(label):
            wanted.setdefault(screen_of(label), []).append((change.picture, box))
    with tempfile.TemporaryDirectory(prefix="balatro-crops-") as scratch:
        made: dict[str, Path] = {}
        for screen, some in wanted.items():
            picture = load_image(screens / screen)
            for key, (left, top, right, bottom) in some:
                if not (0 <= left < right <= picture.shape[1] and 0 <= top < bottom <= picture.shape[0]):
                    size = f"{picture.shape[1]}x{picture.shape[0]}"
                    raise InputError(f"{screen}: a box at {left}, {top}, {right}, {bottom} of {size} pixels; draw it anew")
                made[key] = Path(scratch) / f"{len(made)}.png"
                write_png(made[key], picture[top:bottom, left:right])
        yield made


def without_box(changes: Sequence[Change]) -> list[str]:
    """The cards that lose their label in an edit of their very screen: their crops are of no use any more."""
    edited = {change.picture for change in changes}
    return [
        change.picture
        for change in changes
        if change.after.label is None
        and change.before.label is not None
        and screen_key(screen_of(change.before.label)) in edited
    ]
