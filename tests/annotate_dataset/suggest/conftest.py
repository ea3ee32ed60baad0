"""A small dataset whose pictures wait for labels, and what fills them in."""

from __future__ import annotations

from pathlib import Path

import pytest

from balatro.annotate_dataset.store.store import DatasetStore
from balatro.annotate_dataset.suggest.prefiller import Prefiller
from tests.annotate_dataset.small_data import fake_encoder, small_data


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DatasetStore:
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path))
    return DatasetStore(small_data(tmp_path, num=12))


@pytest.fixture
def prefiller(store: DatasetStore) -> Prefiller:
    return Prefiller(store, encoder=fake_encoder())
