"""The whole screens of one server: which there are, and what was found on those that somebody looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from balatro.annotate_dataset.store.screens import SCREENS, screen_of
from balatro.annotate_dataset.store.screenshots import PictureFolder
from balatro.annotate_dataset.store.store import DatasetStore
from balatro.annotate_dataset.suggest.prefiller import Prefiller
from balatro.annotate_dataset.suggest.screens import FoundCard, ScreenPrefiller
from balatro.errors import BalatroError

DONE, BEGUN, OPEN = "done", "begun", "open"
"""How far a screen is: a person has said that these are all its cards; some have labels; none has."""


class ScreenDesk:
    """The folder of whole screens, and what the suggestions' thread has found on them."""

    def __init__(self, store: DatasetStore) -> None:
        self.store = store
        self.folder = PictureFolder(store.data_dir / SCREENS)
        self.folder.refresh()
        self.found: Mapping[str, tuple[FoundCard, ...]] = {}
        """By screen, of those that were asked for and looked at."""
        self.failures: Mapping[str, str] = {}
        """Why a screen could not be looked at."""
        self._wanted: tuple[str, ...] = ()
        self._prefiller: ScreenPrefiller | None = None
        self._labelled: tuple[int, dict[str, list[str]]] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """All screens, in the order in which they are shown."""
        return self.folder.keys

    def path_of(self, screen: str) -> Path:
        return self.folder.folder / screen

    def state_of(self, screen: str) -> str:
        """DONE, BEGUN or OPEN."""
        if self.store.cards_of(screen) is not None:
            return DONE
        return BEGUN if self.cards_of(screen) else OPEN

    def cards_of(self, screen: str) -> Sequence[str]:
        """The keys of the labelled cards of a screen."""
        version = self.store.version
        if self._labelled is None or self._labelled[0] != version:
            labelled: dict[str, list[str]] = {}
            for key, label in self.store.labels.items():
                if name := screen_of(label):
                    labelled.setdefault(name, []).append(key)
            self._labelled = version, labelled
        return self._labelled[1].get(screen, ())

    def want(self, screens: Sequence[str]) -> bool:
        """Have these looked at soon; True when that is to be done yet."""
        self._wanted = tuple(screens)
        return any(screen not in self.found and screen not in self.failures for screen in screens)

    def look(self, prefiller: Prefiller) -> bool:
        """Look at one of the wanted screens, and name anew what was found; whether one is left. For the desk's thread."""
        if not self._wanted:
            return False
        if self._prefiller is None:
            self._prefiller = ScreenPrefiller(prefiller)
        finder, wanted = self._prefiller, self._wanted
        new = [screen for screen in wanted if not finder.has(self.path_of(screen)) and screen not in self.failures]
        for screen in new[:1]:
            try:
                finder.look(self.path_of(screen))
            except BalatroError as error:
                self.failures = {**self.failures, screen: str(error)}
        seen = [screen for screen in wanted if finder.has(self.path_of(screen))]
        self.found = {screen: finder.cards(self.path_of(screen)) for screen in seen}
        return len(new) > 1
