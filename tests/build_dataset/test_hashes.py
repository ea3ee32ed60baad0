"""Hashes equal to those of `imagehash`, and keys that survive being written."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from balatro.build_dataset.hashes import THUMB_SIZE, fingerprint, from_hex, from_text, to_hex, to_text
from tests.build_dataset.card_crops import crop


def drawn(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = (int(rng.integers(12, 200)), int(rng.integers(12, 260)))
    noisy = crop(seed, size) + rng.normal(0, 12, (size[1], size[0], 3))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def test_hashes_are_those_of_imagehash() -> None:
    imagehash = pytest.importorskip("imagehash")
    crops = [drawn(seed) for seed in range(150)]
    prints = fingerprint(crops)
    for image, hashes in zip(crops, prints.hashes, strict=True):
        picture = Image.fromarray(image)
        theirs = [imagehash.phash(picture), imagehash.average_hash(picture), imagehash.dhash(picture)]
        assert [to_hex(value) for value in hashes] == [str(value) for value in theirs]


@pytest.mark.parametrize(
    ("level", "ph"), [(0, "0000000000000000"), (7, "8000000000000000"), (128, "8000000000000000"), (255, "8000000000000000")]
)
def test_flat_pictures_have_steady_hashes(level: int, ph: str) -> None:
    prints = fingerprint([np.full((90, 70, 3), level, np.uint8)])
    assert [to_hex(value) for value in prints.hashes[0]] == [ph, "0" * 16, "0" * 16]


def test_a_batch_is_its_crops_one_by_one() -> None:
    crops = [drawn(seed) for seed in range(5)]
    batch = fingerprint(crops)
    for row, image in enumerate(crops):
        alone = fingerprint([image])
        assert np.array_equal(batch.hashes[row], alone.hashes[0])
        assert np.array_equal(batch.thumbs[row], alone.thumbs[0])
        assert tuple(batch.sizes[row]) == image.shape[1::-1]


def test_no_crops_have_no_fingerprints() -> None:
    prints = fingerprint([])
    assert (prints.hashes.shape, prints.thumbs.shape[0], prints.sizes.shape) == ((0, 3), 0, (0, 2))


def test_crops_need_not_be_contiguous() -> None:
    image = drawn(1)
    assert np.array_equal(fingerprint([image[:, ::-1]]).hashes, fingerprint([image[:, ::-1].copy()]).hashes)


def test_smallest_crops_have_fingerprints() -> None:
    assert len(fingerprint([np.zeros((1, 1, 3), np.uint8), np.zeros((300, 2, 3), np.uint8)])) == 2


@given(st.integers(0, 2**64 - 1))
@settings(max_examples=50)
def test_hex_round_trip(value: int) -> None:
    assert from_hex(to_hex(value)) == value


@given(st.binary(min_size=576, max_size=576))
@settings(max_examples=30)
def test_colour_key_round_trip(data: bytes) -> None:
    width, height = THUMB_SIZE
    thumb = np.frombuffer(data, np.uint8).reshape(height, width, 3)
    again = from_text(to_text(thumb))
    assert again is not None
    assert np.array_equal(again, thumb)


@pytest.mark.parametrize("text", ["", "12", "g" * 16, "0x" + "1" * 14, " " * 16, "1_1" * 5 + "1", "é" * 16, None, 7, ["a"]])
def test_what_is_no_hash(text: object) -> None:
    assert from_hex(text) is None


@pytest.mark.parametrize("text", ["", "AAAA", "?" * 768, "A" * 767, None, 7])
def test_what_is_no_colour_key(text: object) -> None:
    assert from_text(text) is None
