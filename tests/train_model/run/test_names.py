"""What runs are called, and what gives way to a new one."""

import pytest

from balatro.config.paths import runs_dir
from balatro.errors import SettingsError
from balatro.train_model import command
from balatro.train_model.run.checkpoint import LAST, clear_run
from balatro.train_model.settings.settings import TrainSettings
from balatro.train_model.settings.start import Start, configured

PICTURES = TrainSettings(data=("originals",), epochs=1)


def leave_a_run(name):
    (runs_dir() / name).mkdir(parents=True)
    (runs_dir() / name / LAST).touch()


@pytest.mark.parametrize(
    ("there", "start", "settings", "name"),
    [
        ([], Start(), PICTURES, "cards"),
        (["cards"], Start(), PICTURES, "cards-2"),
        (["cards", "cards-2", "cards-4"], Start(), PICTURES, "cards-3"),
        (["cards"], Start(overwrite=True), PICTURES, "cards"),
        (["mine"], Start(name="mine"), PICTURES, "mine"),  # which is refused later, unless it may be overwritten
        (["game"], Start(), TrainSettings(deck="game"), "game-2"),
        (["poke"], Start(), TrainSettings(data=("originals",), input="some/poke", epochs=1), "poke-2"),
    ],
)
def test_runs_number_themselves(there, start, settings, name):
    for run in there:
        leave_a_run(run)
    assert command._run_folder(start, settings) == runs_dir() / name


def test_going_on_and_beginning_anew_are_two_things():
    with pytest.raises(SettingsError, match="give one of them"):
        command.open_run(Start(resume="cards", overwrite=True), {})


def test_only_what_a_run_left_gives_way(tmp_path):
    for name in (LAST, "checkpoint_epoch005.pth", "best_model.pth", "config.toml", "events.out.tfevents.1.x", "history.jsonl"):
        (tmp_path / name).touch()
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "weights").mkdir()
    clear_run(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "runs") == ["notes.txt", "weights"]


def test_flags_win_over_the_file(tmp_path):
    (tmp_path / "my.toml").write_text('name = "filed"\nlog_dir = "logs"\nreport = false\nepochs = 7\nseed = 3\n')
    start, flags = configured(Start(name="given", config=tmp_path / "my.toml"), {"epochs": 2, "seed": None})
    assert (start.name, str(start.log_dir), start.report) == ("given", "logs", False) and flags == {"epochs": 2, "seed": 3}
