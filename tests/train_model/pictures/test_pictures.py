import numpy as np
import pytest

from balatro.config.modifiers import MODIFIERS
from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.pictures.pictures import Pictures, draw_pictures, modifiers_of
from balatro.utils.labels import CardLabel


def pictures() -> Pictures:
    """Four pictures in a file that holds more, in another order."""
    labels = {"identification": np.array([1, 0, 1, MISSING]), "modifier": np.array([1, 0, MISSING, 4])}
    return Pictures(
        keys=("a.png", "b.png", "a_aug0.png", "c.png"),
        cards=np.random.default_rng(0).integers(0, 256, (6, 16, 12, 3)).astype(np.uint8),
        labels=labels,
        modifier=np.array([1, 0, -1, 4], np.int8),
        is_original=np.array([True, True, False, True]),
        places=np.array([5, 0, 2, 3]),
    )


def test_pictures_of_a_larger_file() -> None:
    some = pictures()
    assert len(some) == 4 and some.size == (12, 16)
    assert (some.read() == some.cards[[5, 0, 2, 3]]).all() and (some.read(slice(1, 3)) == some.cards[[0, 2]]).all()
    assert (draw_pictures(some, np.array([3, 0]), "none", 0, 0)["cards"] == some.cards[[3, 5]]).all()


def test_modifiers_are_told_by_their_places() -> None:
    assert modifiers_of([CardLabel(modifier=name) for name in (*MODIFIERS, "")]).tolist() == [0, 1, 2, 3, 4, -1]


@pytest.mark.parametrize("transform", ["none", "train", "heavy"])
def test_processes_that_share_a_batch_draw_what_one_would(transform: str) -> None:
    some, rows = pictures(), np.array([3, 1, 0, 2, 2, 1, 0, 3])
    whole = draw_pictures(some, rows, transform, 1, 7)
    assert set(whole) == {"cards", "label.identification", "label.modifier"}
    assert whole["label.modifier"].tolist() == some.labels["modifier"][rows].tolist()
    for part in (slice(0, 4), slice(4, 8), slice(1, None, 2)):
        own = draw_pictures(some, rows, transform, 1, 7, part, threads=2)
        assert all((own[name] == whole[name][part]).all() for name in whole)
    other = draw_pictures(some, rows, transform, 1, 8)
    assert (other["cards"] == whole["cards"]).all() == (transform == "none")
    assert (whole["cards"][1] == whole["cards"][5]).all() == (transform == "none")  # a picture twice is changed in two ways
