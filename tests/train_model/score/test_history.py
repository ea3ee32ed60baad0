import json
import math

import pytest

from balatro.train_model.score.history import (
    HISTORY,
    EpochRecord,
    append_epoch,
    best_epoch,
    cut_history,
    epoch_line,
    read_history,
)
from tests.train_model.fake_predictions import fake_history


@pytest.fixture
def folder(tmp_path):
    for record in fake_history(4):
        append_epoch(tmp_path / "run", record)
    return tmp_path / "run"


def test_what_is_appended_is_read(folder):
    assert read_history(folder) == fake_history(4)


def test_no_history_is_empty(tmp_path):
    assert read_history(tmp_path) == []
    cut_history(tmp_path, 3)
    assert not (tmp_path / HISTORY).exists()


def test_nan_is_null_in_the_file(tmp_path):
    append_epoch(tmp_path, EpochRecord(1, 10, 1.0, val_loss={"total": math.nan}))
    line = (tmp_path / HISTORY).read_text()
    assert "NaN" not in line and json.loads(line)["val_loss"] == {"total": None}
    assert math.isnan(read_history(tmp_path)[0].val_loss["total"])


def test_half_a_line_is_passed_over_and_the_next_survives(folder):
    with (folder / HISTORY).open("a") as file:
        file.write('{"epoch": 5, "step": 5')
    assert [record.epoch for record in read_history(folder)] == [1, 2, 3, 4]
    append_epoch(folder, fake_history(5)[4])
    assert [record.epoch for record in read_history(folder)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("line", ["", "null", "[1]", '{"step": 3}', '{"epoch": "x", "step": 1, "seconds": 1}', "\x00\xff"])
def test_damaged_lines_are_passed_over(folder, line):
    with (folder / HISTORY).open("a") as file:
        file.write(line + "\n")
    assert read_history(folder) == fake_history(4)


def test_fields_of_a_later_version_are_passed_over(tmp_path):
    (tmp_path / HISTORY).write_text('{"epoch": 1, "step": 2, "seconds": 3.0, "humidity": 4}\n')
    (record,) = read_history(tmp_path)
    assert (record.epoch, record.step, record.seconds) == (1, 2, 3.0)


def test_cut_back_and_go_on(folder):
    cut_history(folder, 2)
    assert [record.epoch for record in read_history(folder)] == [1, 2]
    append_epoch(folder, fake_history(4, start=9.0)[2])
    assert read_history(folder)[2].train_loss["total"] == pytest.approx(3.0)


def test_of_an_epoch_twice_the_later_counts(folder):
    append_epoch(folder, fake_history(4, start=9.0)[1])
    assert [record.epoch for record in read_history(folder)] == [1, 2, 3, 4]
    assert read_history(folder)[1].train_loss["total"] == pytest.approx(4.5)


def test_value_by_its_path():
    record = fake_history(2)[1]
    assert record.value("epoch") == 2
    assert record.value("metrics.modifier.top1") == pytest.approx(0.85)
    assert math.isnan(record.value("metrics.finish.top1"))


def test_best_epoch_is_the_marked_or_the_lowest():
    records = fake_history(5)
    assert best_epoch(records) == records[3]
    unmarked = [EpochRecord(n, n, 1.0, val_loss={"total": loss}) for n, loss in enumerate((0.5, 0.2, math.nan, 0.3), start=1)]
    assert best_epoch(unmarked) == unmarked[1]
    assert best_epoch([]) is None


def test_a_line_an_epoch():
    records = fake_history(3)
    line = epoch_line(records[1], 20, records[0])
    assert line.startswith(
        "epoch  2/20   12 s   480 img/s   loss 1.000, val 1.100   identification 70.0   modifier 85.0   both 60.0"
    )
    assert line.endswith("rate 5.0e-05/5.0e-06   best")
    assert "\n" not in epoch_line(EpochRecord(1, 1, 0.5), 1)
