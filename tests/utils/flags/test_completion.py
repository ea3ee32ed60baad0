"""Tab: what it offers, asked for as a shell asks."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from balatro.utils.flags import completion

WITH_MODEL = (
    "identify", "watch", "evaluate", "calibrate", "bench", "capture", "annotate", "dataset suggest", "gallery add",
    "gallery list", "gallery remove", "regress run",
)  # fmt: skip
"""Commands with a `--model`."""


def make(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()


@cache
def commands() -> Any:
    """As the command line makes them, which takes most of a second."""
    from balatro.cli.main import app

    return typer.main.get_command(app)


def complete(line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What bash is told when Tab is pressed at the end of the line."""
    monkeypatch.setenv("_BALATRO_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
    with pytest.raises(SystemExit):
        commands()(prog_name="balatro")
    return capsys.readouterr().out.split()


def test_names_are_those_of_the_data_folder(tmp_path):
    assert completion.models() == ["auto"]
    assert completion.decks() == ["demo"]
    assert completion.runs() == []
    for name in ("b", "a", ".a.building"):
        make(tmp_path / "data" / "models" / name / "model.json")
    make(tmp_path / "data" / "art" / "game" / "deck.json")
    make(tmp_path / "runs" / "cards" / "settings.json")
    assert completion.models() == ["auto", "a", "b"]
    assert completion.decks() == ["demo", "game"]
    assert completion.starts() == ["auto", "yes", "no", "cards", "a", "b"]
    assert "Blueprint" in completion.cards()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        *((f"{command} --model ", ["auto", "mine"]) for command in WITH_MODEL),
        ("annotate --teach ", ["auto", "mine"]),
        ("export ", ["mine", "trial"]),
        ("export --format o", ["onnx", "openvino"]),
        ("export --precision ", ["fp32", "int8"]),
        ("train --deck ", ["demo", "mod", "invented"]),
        ("train --pretrained ", ["auto", "yes", "no", "trial", "mine"]),
        ("train --resume ", ["trial"]),
        ("train --backbone resnet1", ["resnet18", "resnet101"]),
        ("train --scheduler warm", ["warmup"]),
        ("train --device c", ["cpu", "cuda"]),
        ("compare ", ["trial"]),
        ("art sheet ", ["demo", "mod"]),
        ("art list ", ["demo", "game", "mod"]),
        ("gallery add --deck ", ["demo", "mod"]),
        ("gallery add Bluep", ["Blueprint"]),
        ("gallery remove ", []),
        ("regress add picture.png --card unk", ["unknown"]),
        ("regress add picture.png --card Bluep", ["Blueprint"]),
        ("dataset export out --form c", ["csv", "coco", "cvat"]),
        ("capture --find ", ["auto", "regions", "classic"]),
        ("identify --engine ", ["local", "ray"]),
        ("evaluate --split t", ["test", "train"]),
    ],
)
def test_tab_offers(line, offered, tmp_path, monkeypatch, capsys):
    make(tmp_path / "data" / "models" / "mine" / "model.json")
    make(tmp_path / "data" / "art" / "mod" / "deck.json")
    make(tmp_path / "runs" / "trial" / "settings.json")
    assert complete(f"balatro {line}", capsys, monkeypatch) == offered
