"""Mistakes that are reported while watching: the frame is kept at the key, and what is right is told now or later."""

from __future__ import annotations

import time
from functools import partial

from balatro.errors import BalatroError
from balatro.identify_card.judge.regress import Case, Shot
from balatro.identify_card.mistakes.finds import Pixel, finds_of
from balatro.identify_card.mistakes.keep import Mistake, Right, keep, tell
from balatro.identify_card.mistakes.to_label import save_crop
from balatro.identify_card.watch.overlay.feed import Feed, Seen
from balatro.identify_card.watch.overlay.panel import move_off
from balatro.identify_card.watch.overlay.wrong import WrongWindow
from balatro.utils.qt.over import on_screens
from balatro.utils.wording.plurals import counted

NOTE_S = 10.0
"""How long the windows say what became of a mistake."""


class Mistakes:
    """The mistakes of one run, and the window that asks what is right. Belongs to Qt's thread."""

    def __init__(self, feed: Feed) -> None:
        self.window: WrongWindow | None = None
        """While it asks."""
        self._feed = feed
        self._untold: set[int] = set()
        self._note, self._until = "", 0.0

    @property
    def note(self) -> str:
        """What became of the last one, for a while."""
        return self._note if time.monotonic() < self._until else ""

    def report(self, seen: Seen) -> None:
        """Keep what was seen, and ask which card is wrong and what it is."""
        self.close()
        image, cards = seen.look.frame.image, [one.card for one in seen.look.shown]
        try:
            case = keep(Mistake(Shot.of_image(image), finds_of(cards), self._feed.reads.model)).case
        except (BalatroError, OSError) as error:
            self._say(f"not kept: {error}")
            return
        self._untold.add(case.id)
        self._say(f"case {case.id} is kept; tell it here, or later by `balatro regress tell {case.id}`")
        tell_it = partial(self._tell, case)
        self.window = WrongWindow(case, image, cards, self._feed.reads, tell_it, self._feed.shows_itself)
        if seen.box is not None:
            move_off(self.window, on_screens(seen.box))
        self.window.show()
        self.window.activateWindow()

    def _tell(self, case: Case, right: Right, at: Pixel | None, to_label: bool) -> str:
        """Write down what is right; why that was not possible, or nothing."""
        try:
            kept = tell(case.id, right, at=at, save=(self._feed.save or save_crop) if to_label else None)
        except (BalatroError, OSError) as error:
            return str(error)
        self._untold.discard(case.id)
        self._say("; ".join(kept.lines))
        return ""

    def _say(self, note: str) -> None:
        self._note, self._until = note, time.monotonic() + NOTE_S

    def left(self) -> list[str]:
        """What is still to be told, in a line; none where nothing is."""
        if not self._untold:
            return []
        first = min(self._untold)
        return [f"{counted(len(self._untold), 'mistake')} kept, to be told: balatro regress tell {first}"]

    def close(self) -> None:
        """Stop asking; what is not told stays to be told."""
        if self.window is not None:
            self.window.close()
            self.window.deleteLater()
            self.window = None
