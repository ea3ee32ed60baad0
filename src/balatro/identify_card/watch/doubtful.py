"""Cards that were read doubtfully come back as pictures to be labelled, each once: crops in the form that capturing has.

    with DoubtfulSaver(Path("data/screenshots")) as saver:
        watch(frames, on_event, on_look=lambda look, stats: saver.see(look.frame.image, look.readings, look.frame.seconds))

`balatro annotate` shows them, prefilled. Only crops of cards are ever written, never the screen around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import TracebackType

import numpy as np

from balatro.build_dataset.seen import SeenStore
from balatro.errors import BalatroError
from balatro.identify_card.card import Card
from balatro.identify_card.mistakes.to_label import cut_out, save_new
from balatro.identify_card.watch.followed import USUAL
from balatro.identify_card.watch.looks import distances
from balatro.identify_card.watch.matching import NEAR

SURE = USUAL.confidence
"""A name less probable than this is no vote for what is said either."""
SURE_MODIFIER = 0.6
"""A modifier less probable than this is doubtful."""
PLAUSIBLE = 0.2
"""Something unknown is most likely no card of the deck when its best name is less probable than this."""
REST_S = 1.0
"""A card in motion is read doubtfully for a moment; one that is so for this long is doubtful. Seconds of the frames."""
SPLIT_S = 3.0
"""Votes are split when a sure name comes back within this time after another sure one."""
FORGET_S = 6.0
"""A place where nothing was read for so long is another card's; what rests is read anew every two seconds."""
MOST = 1000
"""Pictures that one saver writes, at most: who left it running does not come back to a full disk."""


@dataclass(eq=False)
class _Place:
    """Where a card lies, and what was read there lately."""

    quad: np.ndarray
    last: float
    doubtful_since: float | None = None
    num_doubtful: int = 0
    """Doubtful readings, one after the other."""
    crop: np.ndarray | None = None
    """What the latest of these saw; None when too little of the card is on the screen."""
    names: list[tuple[str, float]] = field(default_factory=list)
    """Sure names, each with the time of its last reading; one after another is never the same."""
    is_split: bool = False
    saved: bool = False

    def take_in(self, card: Card, crop: np.ndarray | None, seconds: float) -> None:
        """Note a reading."""
        if is_unsure(card):
            self.doubtful_since = seconds if self.doubtful_since is None else self.doubtful_since
            self.num_doubtful += 1
            self.crop = crop
            return
        self.doubtful_since, self.num_doubtful = None, 0
        if card.id is not None and self._was_another(card.id, seconds):
            self.is_split, self.crop = True, crop

    def is_due(self, seconds: float, rest_s: float) -> bool:
        """Whether the card is to be saved now. On an unchanged screen nothing is read again: the latest reading counts."""
        if self.saved or self.crop is None:
            return False
        if self.is_split:
            return True
        return self.num_doubtful >= USUAL.votes and self.doubtful_since is not None and seconds - self.doubtful_since >= rest_s

    def _was_another(self, name: str, seconds: float) -> bool:
        """Note a sure name; whether it was read before, and another one in between."""
        self.names = [(old, when) for old, when in self.names if seconds - when <= SPLIT_S]
        if self.names and self.names[-1][0] == name:
            self.names[-1] = (name, seconds)
            return False
        self.names.append((name, seconds))
        return any(old == name for old, _ in self.names[:-1])


class DoubtfulSaver:
    """Writes what was read doubtfully into a folder of captured cards. For one thread, but for `add`.

    What looks like a picture that is there already, labelled or not, is not written again. InputError when another program has
    the folder open, or when it cannot be written; once it is open, a failure only ends the saving, and `trouble` tells.
    """

    def __init__(self, folder: Path, rest_s: float = REST_S, most: int = MOST) -> None:
        self.folder = folder
        self.saved: list[Path] = []
        self.trouble = ""
        """Why nothing more is saved; empty while all is well."""
        self._store, self._writing = SeenStore(folder), Lock()
        self._rest_s, self._most = rest_s, most
        self._places: list[_Place] = []

    def __enter__(self) -> DoubtfulSaver:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the folder go; a second time does nothing."""
        self._store.close()

    def add(self, crop: np.ndarray) -> Path | None:
        """Write a card, (h, w, 3) uint8 RGB, that a person has pointed at; None when it is there already. For any thread."""
        with self._writing:
            return save_new(self._store, crop)

    def see(self, image: np.ndarray, cards: Sequence[Card], seconds: float | None = None) -> list[Path]:
        """Take in the cards that were read in a picture, (H, W, 3) uint8 RGB; what was saved of them.

        cards: known or not; of a running game those that were read in this frame, see `Look.readings`. seconds: the frame's
        time; None for a picture that stands for itself, of which each doubtful card is saved at once.
        """
        if seconds is None:
            return self._save([crop for card in cards if is_unsure(card) and (crop := cut_out(image, card.quad)) is not None])
        for card in cards:
            self._place_of(card, seconds).take_in(card, cut_out(image, card.quad), seconds)
        due = [place for place in self._places if place.is_due(seconds, self._rest_s)]
        for place in due:
            place.saved = True
        self._places = [place for place in self._places if 0 <= seconds - place.last <= FORGET_S]
        return self._save([place.crop for place in due if place.crop is not None])

    def line(self) -> str:
        """One line for people."""
        what = f"{len(self.saved)} doubtful card{'' if len(self.saved) == 1 else 's'} saved"
        then = "; name them with `balatro annotate`" if self.saved else ""
        return f"{self.folder}: {what}{f', then no more: {self.trouble}' if self.trouble else ''}{then}"

    def _place_of(self, card: Card, seconds: float) -> _Place:
        """Where this card was read before, or a new place."""
        quad = np.array(card.quad, np.float32)
        if self._places:
            far = distances(quad[None], np.stack([place.quad for place in self._places]))[0]
            nearest = int(far.argmin())
            if far[nearest] < NEAR:
                place = self._places[nearest]
                place.quad, place.last = quad, seconds
                return place
        self._places.append(_Place(quad, seconds))
        return self._places[-1]

    def _save(self, crops: Sequence[np.ndarray]) -> list[Path]:
        saved: list[Path] = []
        try:
            for crop in crops if not self.trouble else ():
                if len(self.saved) >= self._most:
                    self.trouble = f"{self._most} pictures are enough for once"
                    break
                path = self.add(crop)
                if path is not None:
                    saved.append(path)
                    self.saved.append(path)
        except BalatroError as error:  # the game is watched on: a full disk is told at the end
            self.trouble = str(error)
        return saved


def is_unsure(card: Card) -> bool:
    """Whether a person had better look at it: an improbable name or modifier, or something unknown that may have a name."""
    if not card.known:
        return bool(card.top) and card.top[0].confidence >= PLAUSIBLE
    return card.confidence < SURE or (bool(card.modifier) and card.modifier_confidence < SURE_MODIFIER)
