"""Names that a user gives to decks, models and runs; each becomes a folder."""

from __future__ import annotations

import re

from balatro.errors import SettingsError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# Windows takes none of these for a file, whatever the suffix.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def checked_name(name: str) -> str:
    """The name, when it can be a folder on every system; else SettingsError."""
    if not _NAME.fullmatch(name) or name.endswith(".") or _RESERVED.fullmatch(name):
        raise SettingsError(f"the name {name!r} cannot be a folder; take letters, digits, '-', '_' and '.', at most 64")
    return name
