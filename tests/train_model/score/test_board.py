from dataclasses import replace

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from balatro.train_model.score.board import Board, confusion_picture, epoch_scalars
from balatro.train_model.score.history import EpochRecord
from balatro.train_model.score.scores import score_predictions
from tests.train_model.fake_predictions import fake_history, fake_predictions


def read(folder):
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0, "tensors": 0})
    events.Reload()
    return events


def curve(events, tag):
    return [(event.step, pytest.approx(event.value)) for event in events.Scalars(tag)]


@pytest.fixture
def samples():
    return fake_predictions(10, 6)


def test_all_of_an_epoch_is_there(tmp_path, samples):
    record = fake_history(3)[2]
    with Board(tmp_path, samples.class_names) as board:
        board.write_settings({"backbone": "cardnet", "a|b": "x\ny"})
        board.write_epoch(record, score_predictions(samples), samples)
    events = read(tmp_path)
    assert {tag: events.Scalars(tag)[0].value for tag in events.Tags()["scalars"]} == pytest.approx(epoch_scalars(record))
    assert {"loss/train_total", "loss/val_total", "rate/heads", "identification/top1", "all/both_right"} <= set(
        events.Tags()["scalars"]
    )
    assert set(events.Tags()["images"]) == {"confusion/identification", "confusion/modifier", "samples"}
    assert events.Images("samples")[0].step == 3
    (text,) = events.Tensors("settings/text_summary")
    assert "| backbone | cardnet |" in text.tensor_proto.string_val[0].decode()
    assert r"| a\|b | x y |" in text.tensor_proto.string_val[0].decode()


def test_curves_go_on_after_a_resume(tmp_path, samples):
    first, again = fake_history(4), fake_history(4, start=9.0)
    with Board(tmp_path, samples.class_names) as board:
        for record in first:
            board.write_epoch(record)
    with Board(tmp_path, samples.class_names, next_epoch=3) as board:
        for record in again[2:]:
            board.write_epoch(record)
    assert curve(read(tmp_path), "loss/train_total") == [(1, 2.0), (2, 1.0), (3, 3.0), (4, 2.25)]


def test_numbers_that_are_none_are_left_out():
    record = EpochRecord(1, 10, 1.0, val_loss={"total": float("nan"), "modifier": 0.5})
    assert epoch_scalars(record) == {"loss/val_modifier": 0.5}


def test_a_task_without_labels_is_passed_over(tmp_path, samples):
    blank = replace(samples, labels={**samples.labels, "modifier": np.full(10, -1)})
    with Board(tmp_path, samples.class_names) as board:
        board.write_epoch(fake_history(1)[0], score_predictions(blank), blank)
    assert "confusion/modifier" not in read(tmp_path).Tags()["images"]


@pytest.mark.parametrize("classes", [6, 200])
def test_confusions_are_a_picture_whatever_the_number_of_classes(classes):
    predictions = fake_predictions(60, classes)
    computed = score_predictions(predictions)["identification"]
    picture = confusion_picture("identification", computed, predictions.class_names["identification"])
    assert picture.dtype == np.uint8 and picture.ndim == 3 and max(picture.shape) < 2200
    assert len(np.unique(picture)) > 20
