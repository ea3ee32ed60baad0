"""A person's corrections teach a model at once: what it reads otherwise is added to its gallery, see docs/identify.md.

A picture's label is what counts, not how it came to be: whoever undoes a label, or gives another one, takes back what the
picture taught. Each picture is told by its key in the dataset. What could not be taught is tried again until it is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from balatro.annotate_dataset.store.store import DatasetStore
from balatro.annotate_dataset.suggest.reader import load_reader
from balatro.config.cards import fold
from balatro.errors import BalatroError
from balatro.utils.images import load_image

if TYPE_CHECKING:
    from balatro.utils.labels import CardLabel

RETRY_S = 5.0
"""After this quiet time what failed is tried again."""
EXIT_S = 10.0
"""At the end what was heard is waited for, no longer than this."""


class Teacher:
    """Keeps what a model was taught by a dataset in step with its labels, in a thread of its own."""

    def __init__(self, store: DatasetStore, model: str) -> None:
        """model: name or folder; ModelError when there is none."""
        self.store = store
        self.num_taught = 0
        """Pictures that the model has learned from, in this session."""
        self._reader = load_reader(model)
        self._waiting: dict[str, None] = {}
        self._failed: dict[str, str] = {}
        """Why a picture could not be taught, of those that are tried again."""
        self._news = threading.Condition()
        self._is_busy = False
        threading.Thread(target=self._work, name="teaching", daemon=True).start()

    @property
    def trouble(self) -> str:
        """Why pictures could not be taught, until they are; empty while all is well."""
        with self._news:
            reasons = list(self._failed.values())
        if not reasons:
            return ""
        return f"not taught, tried again: {reasons[-1]}" + (f", and {len(reasons) - 1} more" if reasons[1:] else "")

    @property
    def about(self) -> str:
        """In a few words, for the page."""
        if trouble := self.trouble:
            return trouble
        taught = f", {self.num_taught} correction{'s' * (self.num_taught != 1)} so far" if self.num_taught else ""
        return f"teaching {self._reader.name}{taught}"

    def hear(self, pictures: Iterable[str]) -> None:
        """The labels of these pictures have changed. Comes back at once."""
        with self._news:
            self._waiting.update(dict.fromkeys(pictures))
            self._news.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until everything that was heard was tried, see `trouble` for how it went; whether it was."""
        with self._news:
            return self._news.wait_for(lambda: not self._waiting and not self._is_busy, seconds)

    def _work(self) -> None:
        while True:
            key, reason = self._next(), ""
            try:
                self._learn(key)
            except BalatroError as error:
                reason = str(error)
            except Exception as error:  # the thread must live on: labelling goes on without teaching
                reason = f"unexpected {type(error).__name__}: {error}"
            with self._news:
                self._failed.pop(key, None)
                if reason:
                    self._failed[key] = reason
                self._is_busy = False
                self._news.notify_all()

    def _next(self) -> str:
        """Wait for a picture; when nothing else is left, and a while after, those that failed are due again."""
        with self._news:
            while not self._news.wait_for(lambda: self._waiting, RETRY_S if self._failed else None):
                self._waiting.update(dict.fromkeys(self._failed))
            key = next(iter(self._waiting))
            del self._waiting[key]
            self._is_busy = True
        return key

    def _learn(self, key: str) -> None:
        """Make the model know what a picture's label is now, and nothing else by that picture."""
        recognizer = self._reader.recognizer
        recognizer.read_added()  # others may have taught it meanwhile
        recognizer.forget(key)
        label = self.store.labels.get(key)
        if label is None or not label.name:
            return
        path = self.store.path_of(key)
        if self._differs(label, path):
            modifier = label.modifier or "Base"
            recognizer.add(label.name, [path], modifier, label.type, label.rarity, origin=key)
            self.num_taught += 1

    def _differs(self, label: CardLabel, path: Path) -> bool:
        """Whether the model does not name what a picture shows as its label does. Editions alone teach nothing new."""
        (said,) = self._reader.read([load_image(path)])
        name = said.candidates[0].name if said.prefilled and said.candidates else ""
        return fold(name) != fold(label.name)
