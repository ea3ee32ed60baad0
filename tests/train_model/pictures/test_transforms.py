from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.config.modifiers import MODIFIERS
from balatro.errors import SettingsError
from balatro.train_model.pictures.transforms import (
    EDITION_JITTER,
    TRANSFORMS,
    Transform,
    apply_changes,
    draw_changes,
    pick_transform,
)

SIZE = (24, 32)
BASE, NEGATIVE = MODIFIERS.index("Base"), MODIFIERS.index("Negative")


def cards(num: int = 6, size: tuple[int, int] = SIZE) -> np.ndarray:
    rough = np.random.default_rng(3).integers(40, 216, (num, 8, 6, 3)).astype(np.uint8)
    return np.stack([cv2.resize(card, size, interpolation=cv2.INTER_CUBIC) for card in rough])


def changed(transform: Transform, some: np.ndarray, modifier: int = BASE, seed: int = 0) -> np.ndarray:
    size = (some.shape[2], some.shape[1])
    changes = draw_changes(transform, np.full(len(some), modifier), size, np.random.default_rng(seed))
    return apply_changes(some, np.arange(len(some)), changes)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_is_repeatable_and_leaves_its_input_alone(name: str) -> None:
    some = cards()
    some.flags.writeable = False
    first, second = (changed(TRANSFORMS[name], some, seed=5) for _ in range(2))
    assert first.shape == some.shape and first.dtype == np.uint8
    assert (first == second).all()
    assert (first == some).all() == (name in ("none", "test"))
    if name not in ("none", "test"):
        assert (first != changed(TRANSFORMS[name], some, seed=6)).any()


@pytest.mark.parametrize("name", TRANSFORMS)
@given(begin=st.integers(0, 40), length=st.integers(1, 40), threads=st.integers(1, 3))
@pytest.mark.slow
def test_any_part_and_any_threads_give_the_same_pixels(name: str, begin: int, length: int, threads: int) -> None:
    some, rows = cards(), np.arange(40) % 6
    changes = draw_changes(TRANSFORMS[name], rows - 1, SIZE, np.random.default_rng(2))
    part = slice(begin, begin + length)
    whole = apply_changes(some, rows, changes)
    assert (apply_changes(some, rows[part], changes[part], threads) == whole[part]).all()


def test_flips_only_on_request() -> None:
    some = cards(40)
    assert all(transform.flip == 0 for transform in TRANSFORMS.values())
    mirrored = changed(pick_transform("none", flip=True), some)
    is_mirrored = (mirrored == some[:, :, ::-1]).all((1, 2, 3))
    assert 8 < is_mirrored.sum() < 32
    assert (mirrored[~is_mirrored] == some[~is_mirrored]).all()


@pytest.mark.parametrize("modifier", range(1, len(MODIFIERS)))
def test_editions_keep_their_colours(modifier: int) -> None:
    """Of all colour fields an edition takes only a little brightness and contrast."""
    grey = np.full((200, *SIZE[::-1], 3), 128, np.uint8)
    strong = Transform("", brightness=0.5, contrast=0.5, saturation=0.9, hue=0.4)
    drawn = changed(strong, grey, modifier).astype(int)
    assert np.abs(drawn - 128).max() <= 128 * EDITION_JITTER + 1
    assert np.abs(changed(strong, grey, BASE).astype(int) - 128).max() > 40
    coloured = cards(50)
    only_colour = replace(strong, brightness=0, contrast=0)
    assert (changed(only_colour, coloured, modifier) == coloured).all()
    assert (changed(only_colour, coloured, BASE) != coloured).any()
    assert (changed(only_colour, coloured, -1) != coloured).any()


def test_free_corners_repeat_the_border() -> None:
    framed = np.full((20, 64, 48, 3), 200, np.uint8)
    framed[:, 16:-16, 12:-12] = (10, 90, 30)
    turned = changed(Transform("", degrees=45), framed)
    assert (turned[:, [0, 0, -1, -1], [0, -1, 0, -1]] == 200).all()


@pytest.mark.parametrize("field", ["degrees", "shift", "scale", "shear", "perspective"])
def test_geometry_moves_pixels_as_far_as_it_says(field: str) -> None:
    """A picture of its own coordinates tells where each pixel came from."""
    width, height = 96, 128
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    ramp = np.dstack([2 * x, y, 0 * x]).astype(np.uint8)[None].repeat(50, 0)
    most = {"degrees": 10.0, "shift": 0.05, "scale": 0.1, "shear": 8.0, "perspective": 0.1}[field]
    came = changed(replace(Transform(""), **{field: most}), ramp)[:, 32:96, 24:72].astype(float) / (2, 1, 1)
    off = np.hypot(came[..., 0] - x[32:96, 24:72], came[..., 1] - y[32:96, 24:72])
    reach = np.hypot(24, 32)  # of the window seen here, from the middle
    bound = {
        "degrees": reach * 2 * np.sin(np.deg2rad(5)),
        "shift": np.hypot(0.05 * width, 0.05 * height),
        "scale": reach * (np.exp(0.1) - 1),
        "shear": reach * np.tan(np.deg2rad(8)),
        "perspective": reach * (1 / (1 - 0.1) - 1),
    }[field]
    assert 0.5 * bound < off.max() < bound + 2


def test_colour_follows_its_formulas() -> None:
    some = cards(30)
    assert (
        np.ptp(changed(Transform("", saturation=1.0), some).astype(int), axis=3).max() > np.ptp(some.astype(int), axis=3).max()
    )
    hued = changed(Transform("", hue=0.5), some).astype(float) @ [0.299, 0.587, 0.114]
    assert np.abs(np.median(hued - some @ [0.299, 0.587, 0.114])) < 1.5  # brightness stays, but for what saturates
    bright = changed(Transform("", brightness=0.2), np.full((300, 2, 2, 3), 100, np.uint8))
    assert 80 <= bright.min() < 84 and 116 < bright.max() <= 120


def test_noise_blur_and_erasing_do_what_they_say() -> None:
    flat = np.full((60, 64, 48, 3), 128, np.uint8)
    noisy = changed(Transform("", noise=4), flat).astype(float)
    assert 3.5 < noisy.std((1, 2, 3)).max() < 4.5 and abs(noisy.mean() - 128) < 0.2
    some = cards(60, (48, 64))
    blurred = changed(Transform("", blur=1.0, blur_sigma=2.0), some)
    assert (
        np.abs(np.diff(blurred.astype(int), axis=1)).mean((1, 2, 3)) < np.abs(np.diff(some.astype(int), axis=1)).mean((1, 2, 3))
    ).all()
    erased = (changed(Transform("", erase=0.5, erase_area=0.2), some) != some).any(3).mean((1, 2))
    assert 15 < (erased > 0).sum() < 45 and erased.max() < 0.22


def test_unknown_transforms_are_an_error_that_lists_them() -> None:
    with pytest.raises(SettingsError, match="no transforms 'hevy'; choose one of: none, test, light, train, heavy"):
        pick_transform("hevy")
