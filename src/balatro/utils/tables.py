"""Tables of pictures as other programs write them: CSV with any separator, JSON, and what they call the usual columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from balatro.errors import InputError

WORDS = {
    "picture": ("picture", "image", "file", "filename", "file_name", "image_path", "path", "full_path"),
    "name": ("name", "label", "class", "card", "card_name", "class_name"),
}
"""What other programs call these columns; the first that a table has is taken."""


def read_csv_rows(path: Path, max_bytes: int) -> tuple[list[str], list[dict[str | None, Any]]]:
    """The head and the rows of a table with commas, semicolons or tabs, in UTF-8; InputError when it is none.

    A row with more values than the head has them as a list under None; one with fewer has None for the rest.
    """
    try:
        if path.stat().st_size > max_bytes:
            raise InputError(f"{path}: {path.stat().st_size} bytes; at most {max_bytes} are read")
        text = path.read_text(encoding="utf-8-sig")
        head = text.partition("\n")[0]
        reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=head.count))
        rows: list[dict[str | None, Any]] = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: not readable as a table ({error}); save it as CSV in UTF-8") from error
    return list(reader.fieldnames or ()), rows


def find_columns(path: Path, head: Sequence[str], known: Iterable[str] = ()) -> dict[str, str]:
    """The table's own name for the columns of WORDS, each of which it must have, and for those of `known` that it has."""
    lower = {name.strip().strip('"').casefold(): name for name in reversed(head) if name}
    found = {name: lower[name] for name in known if name in lower}
    for name, words in WORDS.items():
        word = next((word for word in words if word in lower), None)
        if word is None:
            raise InputError(f"{path}: no column for the {name}; call one `{name}` (there are {', '.join(head)[:200]})")
        found[name] = lower[word]
    return found
