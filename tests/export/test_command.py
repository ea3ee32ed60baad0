"""`balatro export`, as a user types it."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from balatro.cli.main import app
from balatro.errors import ModelError
from balatro.export.source import open_source
from balatro.identify_card.recognizer import Recognizer
from tests.export.tiny_model import card, write_tiny_model

pytestmark = pytest.mark.slow

torch.set_num_threads(1)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """data/models/tiny, and pictures to check it on in tmp_path/pictures."""
    (tmp_path / "pictures").mkdir()
    for number in range(6):
        Image.fromarray(card(number)).save(tmp_path / "pictures" / f"{number}.png")
    return write_tiny_model(tmp_path / "data" / "models" / "tiny")


def export(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["export", *map(str, args)], env={"COLUMNS": "120"})
    return result.exit_code, result.output


def test_an_export_is_a_model_and_its_check_is_told(model: Path, tmp_path: Path) -> None:
    status, said = export("tiny", "--precision", "int8", "--check", tmp_path / "pictures", "--force", "--threads", 1)
    assert status == 0, said
    assert "4 of 6 given pictures: 4 cards" in said and "embedding" in said and "largest difference" in said
    assert "--model tiny-int8" in said
    assert len(Recognizer.load("tiny-int8", 1).encode(np.stack([card(1)]))["embedding"]) == 1
    status, said = export("tiny", "--format", "torchscript", "--check", tmp_path / "pictures", "--threads", 1)
    assert status == 0, said
    assert {path.name for path in (tmp_path / "data" / "exports" / "tiny-torchscript").iterdir()} == {
        "model.pt", "locator.pt", "model.json",
    }  # fmt: skip
    with pytest.raises(ModelError, match="TorchScript, which is for other programs"):
        Recognizer.load(tmp_path / "data" / "exports" / "tiny-torchscript")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["none"], "none: neither a model nor a run; there are models tiny"),
        (["tiny"], "ONNX in fp32 already"),
        (["tiny", "--format", "coreml"], "no format 'coreml'"),
        (["tiny", "--precision", "int8"], "no deck 'elsewhere' here"),
        (["tiny", "--precision", "int8", "--check", "nowhere.png"], "nowhere.png: no such file"),
        (["tiny", "--precision", "int8", "--out", "."], "the current folder"),
        (["tiny", "--precision", "int8", "--out", "data/models/tiny"], "name another folder"),
        (["tiny", "--precision", "int8", "--out", "data/models/tiny", "--replace"], "name another folder"),
    ],
)
def test_words_for_mistakes(
    args: list[str],
    words: str,
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(model.parents[2])
    status, said = export(*args)
    assert status == 1 and words in said + capsys.readouterr().err
    assert [path.name for path in model.parent.iterdir()] == ["tiny"]


def test_another_model_is_replaced_only_when_asked(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    precious = write_tiny_model(tmp_path / "data" / "models" / "precious")
    before = {path.name: path.read_bytes() for path in precious.iterdir()}
    args = ("tiny", "--format", "torchscript", "--check", tmp_path / "pictures", "--threads", 1, "--out")
    status, said = export(*args, precious)
    said += capsys.readouterr().err
    assert status == 1 and "--replace" in said and before == {path.name: path.read_bytes() for path in precious.iterdir()}
    assert export(*args, precious, "--replace")[0] == 0 and not (precious / "model.onnx").exists()
    (precious / "model.pt").unlink()
    assert export(*args, precious)[0] == 0 and (precious / "model.pt").exists()  # an older export of the same model
    assert export(*args, write_tiny_model(tmp_path / "data" / "models" / "tiny-torchscript"))[0] == 1


def test_a_run_replaces_its_own_model_only(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []

    def write(run: Path, folder: Path) -> None:
        written.append(folder)
        write_tiny_model(folder)

    monkeypatch.setattr("balatro.export.source.write_run", write)
    run = tmp_path / "runs" / "cards"
    run.mkdir(parents=True)
    for name in ("checkpoint_last.pth", "checkpoint_epoch001.pth"):
        (run / name).touch()
    own = write_tiny_model(tmp_path / "data" / "models" / "cards")
    new = tmp_path / "new"
    for source, out in ((run, own), (run / "checkpoint_epoch001.pth", own), (run, new)):
        assert export(source, "--out", out)[0] == 0
    assert export(run)[0] == 0 and [folder.name for folder in written] == ["cards", "cards", "new", "cards"]
    assert export(run, "--out", model)[0] == 1 and len(written) == 4
    assert export(run, "--out", model, "--replace")[0] == 0 and written[-1].name == model.name


def test_a_model_comes_before_a_run_of_its_name(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def write(run: Path, folder: Path | None = None) -> str:
        written.append((run, folder))
        if folder is not None:
            write_tiny_model(folder)
        return run.name

    monkeypatch.setattr("balatro.export.source.write_run", write)
    for name in ("tiny", "other"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "checkpoint_last.pth").touch()
    with open_source("tiny") as source:
        assert source.bundle.folder == model and source.name == "tiny" and not written
    with open_source("other") as source:
        assert source.name == source.bundle.name == "other" and source.bundle.folder == written[0][1]
    assert not source.bundle.folder.exists()
    assert export("tiny")[0] == 0 and (written[1][0], written[1][1].name) == (tmp_path / "runs" / "tiny", "tiny")
