"""`balatro dataset import|export|stats`: what they print, and that mistakes are one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from balatro.annotate_dataset.command import dataset
from balatro.annotate_dataset.forms import FORMS
from balatro.errors import InputError, LabelError
from tests.annotate_dataset.small_data import write_pictures


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    write_pictures(tmp_path / "cards", {"Egg.png": (0, 0), "DNA.png": (1, 0), "DNA__2.png": (1, 1)})
    return tmp_path / "data"


def run(*words: str) -> str:
    result = CliRunner().invoke(dataset, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_import_stats_export(tmp_path: Path, data: Path) -> None:
    told = run("import", str(tmp_path / "cards"))
    assert f"{data / 'dataset_default'}: 3 pictures imported from the form named" in told
    assert "3 labelled, 0 waiting" in run("stats")
    assert json.loads(run("stats", "--json"))["names_by_type"] == {"Joker": 2}
    told = run("export", str(tmp_path / "out"), "--form", "csv")
    assert "3 pictures in the form csv; it keeps name, type" in told
    assert "0 pictures imported from the form csv, 3 were there already" in run("import", str(tmp_path / "out"))


def test_pictures_that_fail_are_listed(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cards" / "bad.png").write_bytes(b"x")
    with pytest.raises(InputError, match=r"1 picture could not be used \(listed above\); the others are done"):
        run("import", str(tmp_path / "cards"), "--form", "named")
    assert "3 labelled" in run("stats")


def test_mistakes(tmp_path: Path, data: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        run("import", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="no such folder"):
        run("stats", "--data", str(tmp_path / "nowhere"))
    with pytest.raises(LabelError, match="no labels yet"):
        run("export", str(tmp_path / "out"), "--form", "csv")
    (data / "dataset_default").mkdir(parents=True)
    (data / "dataset_default" / "labels.json").write_text("{", encoding="utf-8")
    with pytest.raises(LabelError, match="left as it is"):
        run("stats")


def test_help_names_all_forms() -> None:
    for command in ("import", "export"):
        told = " ".join(run(command, "--help").replace("│", " ").split())
        assert all(form in told for form in FORMS)
