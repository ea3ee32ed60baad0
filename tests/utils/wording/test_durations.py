"""Times as a user writes them."""

import pytest

from balatro.errors import SettingsError
from balatro.utils.wording.durations import read_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("60s", 60), ("1.5m", 90), ("2 min", 120), ("1h", 3600), (None, None)]
)
def test_times(text: str | None, seconds: float | None) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-5", "0s", "1d", "99999h", "1e3"])
def test_no_times(text: str) -> None:
    with pytest.raises(SettingsError, match="--wait"):
        read_duration(text, "--wait")
