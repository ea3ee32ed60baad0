import json
import sys
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from balatro.errors import InputError, MissingPartError
from balatro.train_model.command import compare
from balatro.train_model.score.compare import PAGE, PICTURE, compare_runs, flatten_settings
from balatro.train_model.score.history import append_epoch
from balatro.train_model.score.report import CLASSIFICATION
from balatro.train_model.score.report.write import classification_report
from balatro.train_model.score.scores import score_predictions
from tests.train_model.fake_predictions import fake_history, fake_predictions

pytestmark = pytest.mark.slow


def make_run(folder, start=2.0, right=0.8, settings=None, report=True):
    for record in fake_history(4, start):
        append_epoch(folder, record)
    if settings is not None:
        (folder / "settings.json").write_text(json.dumps(settings))
    if report:
        predictions = fake_predictions(80, 5, right)
        found = classification_report(predictions, score_predictions(predictions), {"split": "test"}, {})
        (folder / "report").mkdir()
        (folder / "report" / CLASSIFICATION).write_text(json.dumps(found))
    return folder


@pytest.fixture
def runs(tmp_path):
    first = make_run(tmp_path / "frozen", settings={"backbone": "cardnet", "seed": 0, "optimizer": {"lr": 0.1}})
    second = make_run(tmp_path / "free", 1.0, 0.97, {"backbone": "resnet18", "seed": 0, "optimizer": {"lr": 0.1}})
    return [first, second]


def rows(comparison, title):
    (group,) = [group for group in comparison.groups if group.title == title]
    return {row.title: row for row in group.rows}


def printed(comparison):
    out = StringIO()
    Console(file=out, width=100).print(comparison)
    return out.getvalue()


def test_what_differs_and_who_is_best(runs):
    comparison = compare_runs(runs)
    assert {title: row.texts for title, row in rows(comparison, "Settings that differ").items()} == {
        "backbone": ("cardnet", "resnet18")
    }
    training = rows(comparison, "Training")
    assert training["best epoch"].texts == ("3", "3")
    assert training["validation loss, best epoch"].texts == ("0.767", "0.433")
    assert training["validation loss, best epoch"].best == {1}
    assert training["epochs"].best == frozenset()
    assert rows(comparison, "identification")["top1"].best == {1}
    assert rows(comparison, "identification")["loss"].best == {1}
    assert rows(comparison, "By modifier")["Negative: both"].best == {1}
    text = printed(comparison)
    assert "frozen" in text and "0.433 *" in text and "\x1b" not in text


def test_page_and_picture(runs, tmp_path):
    compare_runs(runs, tmp_path / "out")
    page = (tmp_path / "out" / PAGE).read_text()
    assert "Negative: both" in page and "★" in page and 'src="data:image/png' in page
    assert (tmp_path / "out" / PICTURE).read_bytes().startswith(b"\x89PNG")


def test_scores_of_other_cards_have_no_best(runs):
    path = runs[0] / "report" / CLASSIFICATION
    path.write_text(json.dumps(json.loads(path.read_text()) | {"cards": 7}))
    comparison = compare_runs(runs)
    assert rows(comparison, "identification")["top1"].best == frozenset()
    assert rows(comparison, "Training")["validation loss, best epoch"].best == {1}


def test_what_is_missing_is_said(tmp_path, runs):
    bare = make_run(tmp_path / "bare", report=False)
    comparison = compare_runs([*runs, bare], tmp_path / "out")
    assert "bare has no settings.json and no classification_report.json" in " ".join(printed(comparison).split())
    top1 = rows(comparison, "identification")["top1"]
    assert top1.texts[2] == "80.0\u00a0%", "of its best epoch"
    assert rows(comparison, "Settings that differ")["backbone"].texts[2] == "–"


@pytest.mark.parametrize("damage", ["{", "[]", '{"tasks": 3, "by_modifier": [1]}', '{"tasks": {"a": {"top1": "x"}}}'])
def test_a_damaged_report_is_no_crash(runs, tmp_path, damage):
    (runs[0] / "report" / CLASSIFICATION).write_text(damage)
    compare_runs(runs, tmp_path / "out")
    assert (tmp_path / "out" / PAGE).is_file()


def test_settings_as_toml(runs):
    (runs[0] / "settings.toml").write_text('backbone = "vit"\n[optimizer]\nlr = 0.2\n')
    differing = rows(compare_runs(runs), "Settings that differ")
    assert differing["optimizer.lr"].texts == ("0.2", "0.1")


def test_names_are_as_long_as_needed(tmp_path):
    folders = [make_run(tmp_path / part / "run", report=False) for part in ("a", "b")]
    assert [run.name for run in compare_runs(folders).runs] == ["a/run", "b/run"]


def test_names_are_escaped(tmp_path, runs):
    odd = make_run(tmp_path / "<b>[red]x", report=False, settings={"<i>": "&"})
    comparison = compare_runs([*runs, odd], tmp_path / "out")
    page = (tmp_path / "out" / PAGE).read_text()
    assert "<b>" not in page and "&lt;b&gt;[red]x" in page and "<i>" not in page
    assert "<b>[red]x" in printed(comparison)


def test_bad_folders_are_refused(tmp_path, runs):
    (tmp_path / "empty").mkdir()
    for folders, fault in (
        ([runs[0]], "1 run to compare"),
        ([runs[0], runs[0]], "1 run to compare"),
        ([runs[0], tmp_path / "none"], "no such folder"),
        ([runs[0], tmp_path / "empty"], "no run's folder"),
    ):
        with pytest.raises(InputError, match=fault):
            compare_runs(folders)


def test_flat_settings():
    assert flatten_settings({"a": {"b": [1, 2], "c": {}}, "d": None}) == {"a.b": "1, 2", "a.c": "{}", "d": "None"}


def test_a_run_of_another_length_and_without_metrics(tmp_path, runs):
    folder = tmp_path / "short"
    append_epoch(folder, replace(fake_history(1)[0], metrics={}, val_loss={}))
    compare_runs([*runs, folder], tmp_path / "out")
    assert (tmp_path / "out" / PAGE).is_file()


def test_the_command_says_where_the_page_lies(runs, tmp_path, capsys):
    compare(list(map(str, runs)), tmp_path / "out")
    assert capsys.readouterr().out.splitlines()[-1] == f"{tmp_path / 'out' / PAGE}: the page, open it in a browser"


def test_without_torch_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingPartError, match=r"comparing runs needs torch.*pip install"):
        compare(["a", "b"])
