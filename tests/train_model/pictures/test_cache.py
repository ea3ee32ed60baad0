import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from balatro.errors import InputError
from balatro.train_model.pictures import cache
from balatro.train_model.pictures.cache import OpenCards, open_cards

SIZE = (12, 16)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the pictures that were decoded, in any order."""
    names: list[str] = []
    load = cache.load_image

    def counted(path: str) -> np.ndarray:
        names.append(Path(path).name)
        return load(path)

    monkeypatch.setattr(cache, "load_image", counted)
    yield names


def picture(number: int, size: tuple[int, int] = (24, 32)) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (*size[::-1], 3)).astype(np.uint8)


def write_pictures(folder: Path, count: int) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        Image.fromarray(picture(number)).save(path)
    return paths


def opened(paths: list[Path], folder: Path) -> OpenCards:
    return open_cards(paths, SIZE, folder / "cache", threads=2)


def is_picture(card: np.ndarray, number: int) -> bool:
    return bool((card == cv2.resize(picture(number), SIZE, interpolation=cv2.INTER_AREA)).all())


def test_a_second_opening_decodes_nothing(tmp_path: Path, decoded: list[str]) -> None:
    paths = write_pictures(tmp_path, 5)
    first = opened(paths, tmp_path)
    assert sorted(decoded) == [path.name for path in paths]
    decoded.clear()
    second = opened(paths, tmp_path)
    assert decoded == []
    for cards in (first, second):
        assert cards.cards.shape == (5, 16, 12, 3) and cards.cards.dtype == np.uint8 and not cards.cards.flags.writeable
        assert cards.rows.tolist() == [0, 1, 2, 3, 4] and cards.failures == ()
        assert all(is_picture(card, number) for number, card in enumerate(cards.cards))


def test_only_new_and_changed_pictures_are_decoded(tmp_path: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "CHUNK", 2)
    paths = write_pictures(tmp_path, 4)
    opened(paths, tmp_path)
    decoded.clear()
    Image.fromarray(picture(9)).save(paths[1])
    os.utime(paths[1], ns=(1, 1))
    more = [*paths, *write_pictures(tmp_path / "more", 1)]
    assert opened(paths, tmp_path).cards.shape[0] == 4
    assert decoded == ["1.png"]
    opened(more, tmp_path)  # of other folders: a cache of its own
    decoded.clear()
    cards = opened(more[1:], tmp_path)
    assert decoded == [] and is_picture(cards.cards[0], 9) and is_picture(cards.cards[3], 0)


def test_a_part_in_any_order_is_given_without_writing(tmp_path: Path, decoded: list[str]) -> None:
    paths = write_pictures(tmp_path, 5)
    opened(paths, tmp_path)
    decoded.clear()
    files = sorted(tmp_path.glob("cache/*"))
    cards = opened([paths[3], paths[1], paths[1]], tmp_path)
    assert [is_picture(card, number) for card, number in zip(cards.cards, (3, 1, 1), strict=True)] == [True] * 3
    assert decoded == [] and sorted(tmp_path.glob("cache/*")) == files and not cards.cards.flags.writeable


def test_unreadable_pictures_are_left_out_and_told_each_time(tmp_path: Path, decoded: list[str]) -> None:
    paths = write_pictures(tmp_path, 4)
    paths[1].write_bytes(paths[1].read_bytes()[:60])
    paths.insert(3, tmp_path / "gone.png")
    for round_ in range(2):
        cards = opened(paths, tmp_path)
        assert cards.rows.tolist() == [0, 2, 4] and len(decoded) == 4
        assert [is_picture(card, number) for card, number in zip(cards.cards, (0, 2, 3), strict=True)] == [True] * 3
        assert "1.png" in cards.failures[0] and "gone.png: no such file" in cards.failures[1], round_


@pytest.mark.parametrize("harm", ["shorter", "no array", "rubbish", "other format", "no json", "rows outside"])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, decoded: list[str], harm: str) -> None:
    paths = write_pictures(tmp_path, 3)
    opened(paths, tmp_path)
    decoded.clear()
    (index,), (array,) = tmp_path.glob("cache/*.json"), tmp_path.glob("cache/*.npy")
    told = json.loads(index.read_text())
    if harm == "shorter":
        array.write_bytes(array.read_bytes()[:-1])
    elif harm == "no array":
        array.unlink()
    elif harm == "rubbish":
        array.write_bytes(bytes(5000))
    elif harm == "no json":
        index.write_text("{")
    elif harm == "other format":
        index.write_text(json.dumps({**told, "format": 99}))
    else:
        index.write_text(json.dumps({**told, "rows": {path: [*entry[:2], 7] for path, entry in told["rows"].items()}}))
    cards = opened(paths, tmp_path)
    assert len(decoded) == 3 and all(is_picture(card, number) for number, card in enumerate(cards.cards))
    decoded.clear()
    opened(paths, tmp_path)
    assert decoded == []


def test_two_at_once_do_not_disturb_one_another(tmp_path: Path) -> None:
    paths = write_pictures(tmp_path, 12)
    results: list[OpenCards] = []
    gate = threading.Barrier(4)

    def work() -> None:
        gate.wait()
        results.append(opened(paths, tmp_path))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    for cards in (*results, opened(paths, tmp_path)):
        assert all(is_picture(card, number) for number, card in enumerate(cards.cards))
    assert not list(tmp_path.glob("cache/.*"))


def test_an_error_leaves_the_old_cache(tmp_path: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    paths = write_pictures(tmp_path, 2)
    opened(paths, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("cache/*")}
    os.utime(paths[0], ns=(1, 1))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(cache.os, "fsync", full)
        with pytest.raises(InputError, match=r"cache: decoded pictures cannot be kept here \(No space left on device\)"):
            opened(paths, tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "cache").iterdir()} == before


def test_leftovers_of_killed_processes_are_removed(tmp_path: Path) -> None:
    paths = write_pictures(tmp_path, 2)
    (tmp_path / "cache").mkdir()
    old, young = (tmp_path / "cache" / f".cards_12x16_{name}.part" for name in ("old", "young"))
    old.write_bytes(b"x")
    young.write_bytes(b"x")
    os.utime(old, (1, 1))
    opened(paths, tmp_path)
    assert young.exists() and not old.exists()


@pytest.mark.parametrize("names", [[], ["gone.png"], ["text.png"]])
def test_nothing_to_read_is_one_line(tmp_path: Path, names: list[str]) -> None:
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(InputError, match="no pictures to open|none of 1 pictures can be read"):
        opened([tmp_path / name for name in names], tmp_path)
