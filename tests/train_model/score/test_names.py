"""The scores that `--best` may name are those that are measured."""

from balatro.train_model.score.metrics import JOINT_METRICS, METRICS
from balatro.train_model.score.names import JOINT, OF_TASKS


def test_the_names_are_those_of_the_metrics() -> None:
    assert OF_TASKS == tuple(metric.name for metric in METRICS if metric.scalar)
    assert JOINT == tuple(metric.name for metric in JOINT_METRICS if metric.scalar)
