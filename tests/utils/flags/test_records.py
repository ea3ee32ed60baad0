"""What is read from the source is what importing would give."""

import importlib
from dataclasses import fields

import pytest

from balatro.train_model.settings.settings import TrainSettings
from balatro.utils.flags.records import read_table, sentences

TABLES = [
    pytest.param("balatro.models.backbones", "BACKBONES", marks=pytest.mark.slow),  # brings timm along
    ("balatro.models.heads", "HEADS"),
    ("balatro.train_model.lesson.losses", "LOSSES"),
    ("balatro.train_model.pictures.transforms", "TRANSFORMS"),
    ("balatro.train_model.settings.strategies.freeze", "FREEZE"),
    ("balatro.train_model.settings.strategies.optimizers", "OPTIMIZERS"),
    ("balatro.train_model.settings.strategies.schedulers", "SCHEDULERS"),
]


@pytest.mark.parametrize(("module", "table"), TABLES)
def test_a_table_read_is_the_table_imported(module: str, table: str) -> None:
    entries = getattr(importlib.import_module(module), table)
    rows = read_table(module, table)
    assert [row.name for row in rows] == list(entries)
    for row, entry in zip(rows, entries.values(), strict=True):
        assert row.about == getattr(entry, "about", None) or row.about == (entry.__doc__ or "").split("\n")[0]
        assert row.about
        if isinstance(entry, type) and hasattr(entry, "__dataclass_fields__"):
            assert [(told.name, told.default) for told in row.fields] == [(f.name, f.default) for f in fields(entry)]
            assert all(told.about.endswith(".") for told in row.fields)


def test_the_sentence_ends_at_an_empty_line() -> None:
    told = sentences(TrainSettings)
    assert told["batch_size"] == "Labelled pictures a step."
    assert told["val_split"] == "Share of the originals that validate, when the split is made."
    assert list(told) == [f.name for f in fields(TrainSettings)]


@pytest.mark.parametrize(
    ("module", "table", "fault"),
    [
        ("balatro.models.heads", "FEET", "has no FEET"),
        ("balatro.models.heads", "Needs", "no table"),
        ("balatro.models.hearts", "HEADS", "no source"),
    ],
)
def test_what_is_no_table_is_told(module: str, table: str, fault: str) -> None:
    with pytest.raises(LookupError, match=fault):
        read_table(module, table)
