"""Keeps what is filled in up to date while a dataset is labelled: from its labels, a trained model, or a file."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

from balatro.annotate_dataset.store.store import DatasetStore
from balatro.annotate_dataset.suggest.embeddings import Embeddings
from balatro.annotate_dataset.suggest.encoder import PACKAGE, Encoded, Encoder, load_encoder, one_card
from balatro.annotate_dataset.suggest.likeness import Labelled, SuggestSettings
from balatro.annotate_dataset.suggest.prefill import FILE_SAYS, LABELS_SAY, MODEL_SAYS, Prefill, combine
from balatro.annotate_dataset.suggest.reader import Reader, load_reader
from balatro.annotate_dataset.suggest.suggest import SUGGESTIONS, read_suggestions
from balatro.annotate_dataset.suggest.suggestion import Suggestion
from balatro.config.model_files import MODEL_FILE
from balatro.config.paths import model_dir
from balatro.errors import BalatroError, InputError, ModelError
from balatro.utils.labels import CardLabel
from balatro.utils.progress import track

CACHE = "cache"
REACH = 0.25
"""A new label changes what is suggested for pictures whose likeness to it is at most this far below that of the best: further
away its share is below exp(-SCALE * REACH) < 1 %."""


class Prefiller:
    """Keeps the prefills of a store's unlabelled pictures up to date. Safe to share between threads.

    model: name or folder of a trained model that names and compares; None compares with the package's encoder, and names with
    the model `game` or `demo` where there is one. encoder, reader: instead of these, for tests.
    """

    def __init__(
        self,
        store: DatasetStore,
        model: str | None = None,
        settings: SuggestSettings | None = None,
        encoder: Encoder | None = None,
        reader: Reader | None = None,
        threads: int | None = None,
    ) -> None:
        self.store = store
        self.settings = settings or SuggestSettings()
        self.problems: list[str] = []
        """What could not be used, one line each."""
        self.prefills: Mapping[str, Prefill] = {}
        """By unlabelled picture, as of the last `update`."""
        self._guard = threading.RLock()
        encoder = encoder or load_encoder(model, threads)
        self.reader = reader or self._find_reader(model, threads)
        self.embeddings = Embeddings(encoder, store.data_dir / CACHE)
        self._from_labels: dict[str, Suggestion] = {}
        self._from_model: dict[str, Suggestion] = {}
        self._from_file = self._read_file()
        self._known: dict[str, CardLabel] = {}
        self._compared: Labelled | None = None
        self._version: int | None = None

    @property
    def ready(self) -> bool:
        """Whether anything can be suggested: a label to compare with, a trained model, or a file of suggestions."""
        return bool(self._known) or self.reader is not None or bool(self._from_file)

    @property
    def about(self) -> str:
        """Where prefills come from, in one line."""
        num = len(self._known)
        parts = [f"{num} labelled picture{'s' * (num != 1)}"] if num else []
        parts += [f"the model {self.reader.name!r}"] if self.reader is not None else []
        parts += [f"{len(self._from_file)} suggestions of {SUGGESTIONS}"] if self._from_file else []
        return "from " + " and ".join(parts) if parts else "label a card, and others like it are filled in"

    def update(self) -> None:
        """Catch up with the store: look at new pictures, and suggest anew where new labels change something."""
        with self._guard:
            self.store.refresh()
            version = self.store.version
            if version == self._version:
                return
            labels = {key: label for key, label in self.store.labels.items() if label.name}
            waiting = [picture.key for picture in self.store.unlabelled()]
            pictures = self.store.pictures
            self.embeddings.add({key: pictures[key].path for key in (*labels, *waiting) if key in pictures})
            waiting = [key for key in waiting if key in self.embeddings]
            self._compare({key: label for key, label in labels.items() if key in self.embeddings}, waiting)
            self._read(waiting)
            self.prefills = {key: self._prefill(key) for key in waiting}
            self._version = version

    def _compare(self, labels: dict[str, CardLabel], waiting: Sequence[str]) -> None:
        """Suggest from the labelled pictures, for those only on which something may have changed."""
        added = [key for key in labels if key not in self._known]
        changed = len(labels) - len(added) < len(self._known) or any(
            _said(labels[key]) != _said(label) for key, label in self._known.items()
        )
        if added or changed:
            keys = list(labels)
            compared = self.embeddings.of(keys) if keys else None
            self._compared = Labelled(keys, list(labels.values()), compared.embedding) if compared is not None else None
        few = len(self._known) < self.settings.k
        self._known = labels
        old = {} if changed else {key: self._from_labels[key] for key in waiting if key in self._from_labels}
        anew = [key for key in waiting if key not in old] + self._reached(list(old), added, few)
        self._from_labels = old
        if self._compared is not None and anew:
            found = self._compared.suggest(self.embeddings.of(anew), self.settings)
            self._from_labels.update(zip(anew, found, strict=True))

    def _reached(self, keys: list[str], added: Sequence[str], few: bool) -> list[str]:
        """Which of the pictures may be suggested otherwise now that some labels were added; all while there were only few."""
        if not keys or not added:
            return []
        if few:
            return keys
        likeness = (self.embeddings.of(keys).embedding @ self.embeddings.of(added).embedding.T).max(axis=1)
        names = {self._known[key].name for key in added}
        return [
            key
            for key, alike in zip(keys, likeness, strict=True)
            if (old := self._from_labels[key]).similarity - REACH <= alike or old.candidates[0].name in names
        ]

    def _read(self, waiting: Sequence[str]) -> None:
        """Ask the trained model about pictures that it has not seen."""
        if self.reader is None:
            return
        new = [key for key in waiting if key not in self._from_model]
        for key in track(new, "Reading cards"):
            try:
                self._from_model[key] = self.reader.read([one_card(self.store.pictures[key].path)])[0]
            except InputError as error:
                self.embeddings.failures[key] = str(error)

    def compare(self, encoded: Encoded) -> list[Suggestion | None]:
        """What the labelled pictures say of others, as of the last `update`; None where nothing is labelled."""
        with self._guard:
            if self._compared is None or not len(encoded):
                return [None] * len(encoded)
            return list(self._compared.suggest(encoded, self.settings))

    def fill(self, said: Sequence[tuple[Suggestion | None, str]]) -> Prefill:
        """One prefill of what several sources say, each with its name."""
        prefill = combine([(suggestion, source) for suggestion, source in said if suggestion is not None])
        # What reads the game's modifiers says nothing of another game's.
        return prefill if prefill.modifier in self.store.modifiers else replace(prefill, modifier="", modifier_confidence=0.0)

    def _prefill(self, key: str) -> Prefill:
        said = [(self._from_labels.get(key), LABELS_SAY), (self._from_model.get(key), MODEL_SAYS)]
        if all(suggestion is None for suggestion, _ in said):
            said = [(self._from_file.get(key), FILE_SAYS)]
        return self.fill(said)

    def _find_reader(self, model: str | None, threads: int | None) -> Reader | None:
        if model == PACKAGE:
            return None
        if model is None and not any((model_dir(name) / MODEL_FILE).is_file() for name in ("game", "demo")):
            return None
        try:
            return load_reader(model or "auto", threads)
        except ModelError as error:
            if model is not None:
                raise
            self.problems.append(str(error))
            return None

    def _read_file(self) -> dict[str, Suggestion]:
        path = self.store.data_dir / SUGGESTIONS
        if not path.is_file():
            return {}
        try:
            return read_suggestions(path)
        except BalatroError as error:
            self.problems.append(str(error))
            return {}


def _said(label: CardLabel) -> tuple[str, str, str, str]:
    return label.name, label.type, label.rarity, label.modifier
