import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

from balatro import __version__
from balatro.utils.extras import how_to_install

HERE = "file:///home/eve/balatro"
WHEEL = "file:///home/eve/balatro-1.0-py3-none-any.whl"


class Installed:
    """A distribution that tells where it came from, or nothing."""

    def __init__(self, told: object) -> None:
        self.told = told

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return None if self.told is None else json.dumps(self.told)


def told_as(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: object, keeper: str = "") -> str:
    monkeypatch.setattr(metadata, "distribution", lambda name: Installed(told))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    if keeper:
        (tmp_path / keeper).touch()
    return how_to_install("serve")


@pytest.mark.parametrize(
    ("told", "keeper", "command"),
    [
        (
            {"url": "file:///home/eve/balatro", "dir_info": {"editable": True}},
            "",
            'pip install -e ".[serve]" in /home/eve/balatro',
        ),
        ({"url": WHEEL, "archive_info": {}}, "", f'pip install "balatro[serve] @ {WHEEL}"'),
        ({"url": WHEEL}, "uv-receipt.toml", f'uv tool install --force "balatro[serve] @ {WHEEL}"'),
        (None, "pipx_metadata.json", f'pipx install --force "balatro[serve]=={__version__}"'),
        (None, "", f'pip install "balatro[serve]=={__version__}"'),
    ],
)
def test_a_part_is_installed_as_the_program_was(monkeypatch, tmp_path, told, keeper, command):
    assert told_as(monkeypatch, tmp_path, told, keeper) == command


def test_a_program_that_was_never_installed_is_taken_from_the_index(monkeypatch, tmp_path):
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert how_to_install() == f'pip install "balatro=={__version__}"'


def test_a_one_folder_build_takes_no_parts(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert how_to_install("train").endswith("with the part train")
