"""The flags of `balatro train`: one for each knob of the settings; and TOML files, which have the same names.

    balatro train --config my.toml --epochs 30        # flags win

A flag that the chosen data, task or strategy does not use is an error, not a flag that silently does nothing.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from balatro.errors import SettingsError
from balatro.train_model.settings.knobs import DATA, PICTURES, TrainKnob
from balatro.train_model.settings.settings import TrainSettings
from balatro.utils.files import write_text
from balatro.utils.flags.options import Option, options_of

NEW_SPLIT = Option(
    "new-split",
    bool,
    "Make the split anew, though there is one: earlier models may have seen its test pictures.",
    TrainKnob(DATA, needs=PICTURES, one_way=True, fixed=True),
)
"""No setting: a run that goes on keeps its split."""
SPELLINGS = {"scheduler_eta_min": ("scheduler-eta_min",)}


def _options() -> Iterator[Option]:
    for option in options_of(TrainSettings):
        yield replace(option, aliases=SPELLINGS.get(option.key, ()))
        if option.key == "splits":
            yield NEW_SPLIT


OPTIONS = tuple(_options())
"""Everything that a TOML file may hold as well. What concerns one start of the command alone is in command.py."""
BY_KEY = {option.key: option for option in OPTIONS}
LISTS = frozenset(option.key for option in OPTIONS if option.type == list[str])
FIXED = frozenset(option.key for option in OPTIONS if cast(TrainKnob, option.knob).fixed)
"""What makes the classes, the network and the batches of a run."""


START: dict[str, type] = {"name": str, "log_dir": str, "report": bool}
"""Flags of one start of the command that a TOML file may hold, too."""


def read_config(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The flags in a TOML file: those of START, and those of OPTIONS.

    SettingsError for what is no flag, with the nearest, and for values of a wrong type.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: not readable as TOML ({error}); mend it, or leave --config out") from error
    given = {key: _checked(path, key, value) for key, value in ((_key(path, name), value) for name, value in entries.items())}
    return {key: given.pop(key) for key in START if key in given}, given


def _key(path: Path, name: str) -> str:
    key = name.replace("-", "_")
    if key not in BY_KEY and key not in START:
        near = ", ".join(difflib.get_close_matches(key, [*BY_KEY, *START], n=3)) or "see `balatro train --help`"
        raise SettingsError(f"{path}: {name!r} is no setting of training; the nearest: {near}")
    return key


def _checked(path: Path, key: str, value: Any) -> Any:
    wanted = START.get(key) or BY_KEY[key].type
    if wanted == list[str]:
        entries = value if isinstance(value, list) else [value]
        if all(isinstance(entry, str) for entry in entries):
            return entries
    elif wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    elif key == "image_size" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    elif isinstance(value, wanted) and not (wanted is int and isinstance(value, bool)):
        return value
    told = "a list of texts" if wanted == list[str] else wanted.__name__
    raise SettingsError(f"{path}: {key} is {value!r}, expected {told}")


def write_config(path: Path, given: Mapping[str, Any]) -> None:
    """The flags of a run as a TOML file that --config takes."""
    write_text(path, "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in given.items()))
