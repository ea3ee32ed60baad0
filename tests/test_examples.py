"""The examples do what they say."""

import runpy
import sys
from pathlib import Path

import pytest
from PIL import Image

from balatro.utils.images import load_image
from tests.identify_card.fake_bundle import draw_table, write_fake_bundle

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_identify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    model = write_fake_bundle(tmp_path / "fake")
    picture = tmp_path / "table.png"
    Image.fromarray(draw_table([("red", "Foil", 320, 85), ("stranger", "Base", 540, 410)])).save(picture)
    monkeypatch.setattr(sys, "argv", ["identify.py", str(picture), "--model", str(model)])
    runpy.run_path(str(EXAMPLES / "identify.py"), run_name="__main__")
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1 and said[0].startswith("table.png: Red, Foil (")
    assert load_image(tmp_path / "table.marked.png").shape == (576, 1024, 3)
