"""The examples in docstrings are run as they stand, in the folder that `balatro demo` leaves: what they show is what comes."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCE.rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)
DOORS = (
    *("Recognizer", "identify", "is_card_displayed", "find_card", "wait_for_card", "watch", "load_image"),
    *("DatasetStore", "draw_screen", "draw_cards", "rectify", "open_source", "write_play"),
)
"""What programs of others use; each shows in its docstring how."""


def examples(module: str) -> list[doctest.DocTest]:
    return [found for found in doctest.DocTestFinder().find(importlib.import_module(module)) if found.examples]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.slow
def test_examples_in_docstrings(module: str, demo_folder: Path) -> None:
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for found in examples(module):
        runner.run(found, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


def test_every_door_shows_how_it_is_used() -> None:
    shown = {
        found.name.rpartition(".")[2]
        for module in MODULES
        for found in examples(module)
        if not all(example.options.get(doctest.SKIP) for example in found.examples)
    }
    assert set(DOORS) <= shown
