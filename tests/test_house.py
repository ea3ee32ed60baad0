"""The house stays small enough to read: lines a file, lines a function, modules a folder."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "balatro"
MOST_LINES, MOST_FUNCTION_LINES, MOST_MODULES = 400, 40, 15
DRAWN_ART = "render/demo_art"
"""Pictures of cards as code: as long as there are figures to draw."""


@pytest.fixture(scope="module")
def without_collecting() -> Iterator[None]:
    """CPython 3.11 counts the depth of a parse wrongly when the garbage collector runs code in the middle of it."""
    gc.disable()
    yield
    gc.enable()


def too_large() -> set[str]:
    """Every file, function and folder over its limit, as `path`, `path:function` and `path/`."""
    found = set()
    for path in (path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(PACKAGE / DRAWN_ART)):
        name, text = path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")
        if len(text.splitlines()) > MOST_LINES:
            found.add(name)
        for node in ast.walk(ast.parse(text)):
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if is_function and (node.end_lineno or 0) - node.lineno + 1 > MOST_FUNCTION_LINES:
                found.add(f"{name}:{node.name}")
    for folder in {path.parent for path in PACKAGE.rglob("*.py")} - {PACKAGE / DRAWN_ART}:
        if len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) > MOST_MODULES:
            found.add(f"{folder.relative_to(PACKAGE).as_posix()}/")
    return found


@pytest.mark.usefixtures("without_collecting")
def test_nothing_outgrows_the_limits() -> None:
    assert sorted(too_large()) == []
