"""Times as a user writes them."""

from __future__ import annotations

import re

from balatro.errors import SettingsError

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
MAX_SECONDS = 7 * 24 * 3600.0


def read_duration(text: str | None, flag: str = "--for") -> float | None:
    """`90`, `60s`, `1.5m`, `1h` in seconds; None stays None. SettingsError names the flag."""
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)", text.strip().lower())
    if found is None or found[2] not in _UNITS:
        raise SettingsError(f"{flag} {text}: expected a time, such as 60s, 5m or 1h")
    seconds = float(found[1]) * _UNITS[found[2]]
    if not 0 < seconds <= MAX_SECONDS:
        raise SettingsError(f"{flag} {text}: expected more than nothing and at most a week")
    return seconds
