from __future__ import annotations

from pathlib import Path

import pytest

from balatro.identify_card.recognizer import Recognizer
from tests.identify_card.fake_bundle import write_fake_bundle


@pytest.fixture(scope="session")
def fake_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with an identification head. Not to be written to."""
    return write_fake_bundle(tmp_path_factory.mktemp("bundle") / "fake")


@pytest.fixture(scope="session")
def fake_gallery_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that names cards by its gallery. Not to be written to."""
    return write_fake_bundle(tmp_path_factory.mktemp("bundle") / "fake_gallery", without_head=True)


@pytest.fixture(scope="session")
def recognizer(fake_folder: Path) -> Recognizer:
    return Recognizer.load(fake_folder, threads=1)
