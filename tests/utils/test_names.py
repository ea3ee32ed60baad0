import pytest

from balatro.errors import SettingsError
from balatro.utils.names import checked_name


@pytest.mark.parametrize("name", ["game", "my-deck_2.1", "7"])
def test_names_that_can_be_folders(name: str):
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", "../game", "a/b", "a\\b", "C:", "nul", "COM1.x", "a.", "-x", "é", "a" * 65])
def test_names_that_cannot(name: str):
    with pytest.raises(SettingsError, match="cannot be a folder"):
        checked_name(name)
