"""Records as their source tells them: the sentence under each field, and the rows of a table, without importing it.

Python forgets the sentence under a field, and a table of networks or losses would bring torch along, seconds before the first
line of any help. So both are read from the source.

    sentences(TrainSettings)["batch_size"]                             # 'Labelled pictures a step.'
    read_table("balatro.train_model.lesson.losses", "LOSSES")[1].name  # 'focal'
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast


@dataclass(frozen=True)
class Told:
    """One field of a record, as its source tells it."""

    name: str
    type: type[Any]
    """int, float, str or bool."""
    default: Any
    about: str
    """The sentence under it."""


@dataclass(frozen=True)
class Row:
    """One choice of a table."""

    name: str
    about: str = ""
    """The first line of its record's docstring, or its `about`."""
    fields: tuple[Told, ...] = ()


def sentences(kind: type[Any]) -> dict[str, str]:
    """{field: what stands under it, up to an empty line} of a record that is imported already."""
    return {ast.unparse(node.target): about for node, about in _fields(_block(kind.__module__, kind.__name__))}


@lru_cache
def read_table(module: str, table: str) -> tuple[Row, ...]:
    """The rows of `TABLE = {"name": Record, "other": Row("what it is", …)}` in a module that is not imported.

    A row's `about` is the first line of its record's docstring, or, where the row is made in place, its first text or `about`.
    LookupError when the table is none, or a field is no plain one: a mistake of whoever wrote it.
    """
    node = _block(module, table)
    if not isinstance(node, ast.AnnAssign | ast.Assign) or not isinstance(node.value, ast.Dict):
        raise LookupError(f"{module}.{table} is no table that is written out")
    return tuple(_row(module, *entry) for entry in zip(node.value.keys, node.value.values, strict=True))


def _row(module: str, key: ast.expr | None, value: ast.expr) -> Row:
    name = str(ast.literal_eval(cast(ast.expr, key)))
    if isinstance(value, ast.Name):
        record = cast(ast.ClassDef, _block(module, value.id))
        about = (ast.get_docstring(record) or "").split("\n")[0]
        return Row(name, about, tuple(_told(module, node, text) for node, text in _fields(record)))
    call = cast(ast.Call, value)
    texts = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "about")]
    return Row(name, next((node.value for node in texts if isinstance(node, ast.Constant) and isinstance(node.value, str)), ""))


def _told(module: str, node: ast.AnnAssign, about: str) -> Told:
    kinds: dict[str, type[Any]] = {"int": int, "float": float, "str": str, "bool": bool}
    name, annotation = ast.unparse(node.target), ast.unparse(node.annotation).removesuffix(" | None")
    if annotation not in kinds or node.value is None:
        raise LookupError(f"{module}: {name} must be an int, a float, a str or a bool, and have a default")
    return Told(name, kinds[annotation], ast.literal_eval(node.value), about)


def _fields(record: ast.stmt) -> Iterator[tuple[ast.AnnAssign, str]]:
    """The fields of a record, each with what stands under it."""
    body = cast(ast.ClassDef, record).body
    for node, below in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and "ClassVar" not in ast.unparse(node.annotation):
            text = below.value if isinstance(below, ast.Expr) else None
            told = text.value if isinstance(text, ast.Constant) and isinstance(text.value, str) else ""
            yield node, " ".join(told.split("\n\n")[0].split())


def _block(module: str, name: str) -> ast.stmt:
    """A class or a table of a module. Only that is parsed: whole modules would be felt whenever any command starts."""
    found = re.search(rf"^(?:class {name}\b|{name} *[:=]).*?(?=^[^\s)}}\]]|\Z)", _source(module), re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"{module} has no {name}")
    return ast.parse(found[0]).body[0]


@lru_cache
def _source(module: str) -> str:
    spec = importlib.util.find_spec(module)
    path = Path(spec.origin) if spec and spec.origin else None
    if path is None or path.suffix != ".py":
        raise LookupError(f"{module}: no source, from which the flags are made; install the package with its .py files")
    return path.read_text(encoding="utf-8")
