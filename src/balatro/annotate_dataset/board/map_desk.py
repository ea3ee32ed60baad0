"""The map of one server: where the pictures lie, worked out when somebody looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from balatro.annotate_dataset.store.store import DatasetStore
from balatro.annotate_dataset.suggest.layout import Layout, uniqueness
from balatro.annotate_dataset.suggest.prefiller import Prefiller


@dataclass(frozen=True, eq=False)
class Points:
    """Pictures on the map, labelled ones and those that wait for a label."""

    keys: Sequence[str] = ()
    places: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    """(n, 2), 0..1; without rows where there are too few pictures for a map."""
    unique: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    """(n,), 0..1: see `uniqueness`."""


class MapDesk:
    """The points of the map as the suggestions' thread has worked them out last."""

    def __init__(self, store: DatasetStore) -> None:
        self.store = store
        self.points = Points()
        self._layout = Layout()
        self._version = -1
        self._wanted = False

    @property
    def is_current(self) -> bool:
        """Whether the map has all pictures that there are now."""
        return self._version == self.store.version

    def want(self) -> bool:
        """Have the map worked out soon; True when that is to be done yet."""
        self._wanted = self._wanted or not self.is_current
        return self._wanted

    def look(self, prefiller: Prefiller) -> bool:
        """Work out the map where it is wanted; True when it was. For the desk's thread."""
        if not self._wanted:
            return False
        self._wanted = False
        version, store = self.store.version, self.store
        keys = [key for key in store.labels if key in prefiller.embeddings]
        keys += [picture.key for picture in store.unlabelled() if picture.key in prefiller.embeddings]
        if set(keys) != set(self.points.keys):
            embedding = prefiller.embeddings.of(keys).embedding
            self.points = Points(keys, self._layout.place(keys, embedding), uniqueness(embedding))
        self._version = version
        return True
