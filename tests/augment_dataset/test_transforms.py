from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.augment_dataset.steps import KINDS, Step
from balatro.augment_dataset.transforms import GEOMETRY, OTHERS, apply_steps, remake
from balatro.errors import LabelError
from tests.augment_dataset.tiny_dataset import draw_card

EXAMPLES = {
    "negative": "negative1.2,300,20,0.04,1.14",
    "foil": "foil1.2,300,20,0.04,1.14",
    "holographic": "holographic1.2,300,20,0.04,1.14",
    "polychrome": "polychrome1.2,300,20,0.04,1.14",
    "invert": "invert",
    "size": "size30,70",
    "flip": "flip",
    "rotate": "rotate+7",
    "crop": "crop0.05,0,0.02,0.01",
    "resize": "resize0.9,0.88",
    "perspective": "perspective0.03,0,0,0.02,-0.03,0,0.01,0",
    "brightness": "brightness-0.1",
    "contrast": "contrast+0.1",
    "blur": "blur2",
    "noise": "noise4@5",
    "compression": "compression50",
}
CARD = draw_card(3, (71, 95))
CARD.flags.writeable = False


def test_every_step_has_its_place():
    assert set(EXAMPLES) == set(KINDS)
    assert sorted([*GEOMETRY, *OTHERS]) == sorted(KINDS)


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=EXAMPLES)
def test_every_step_changes_the_picture_the_same_way_each_time(text: str):
    changed = remake(CARD, text)
    assert changed.dtype == np.uint8
    assert changed.shape == ((70, 30, 3) if text.startswith("size") else CARD.shape)
    assert changed.shape != CARD.shape or (changed != CARD).any()
    assert np.array_equal(changed, remake(CARD, text))


def test_nothing_done_gives_a_copy_of_its_own():
    copy = remake(CARD, "")
    assert np.array_equal(copy, CARD)
    assert copy.flags.writeable


def test_a_damaged_text_makes_nothing():
    with pytest.raises(LabelError, match="is no step"):
        remake(CARD, "rotate+7;what")


def test_steps_that_undo_each_other_are_one_warp():
    # Sampled twice, the picture would be blurred.
    assert np.array_equal(remake(CARD, "rotate+9;resize0.5,0.5;resize2,2;rotate-9"), CARD)


def test_positive_angles_turn_clockwise():
    image = np.zeros((61, 61, 3), np.uint8)
    image[4:9, 28:33] = 255  # at the top
    turned = remake(image, "rotate+90")
    assert turned[28:33, 52:57].min() > 250  # now at the right
    assert np.array_equal(turned, np.rot90(image, -1))


def test_flip_mirrors_exactly():
    assert np.array_equal(remake(CARD, "flip"), CARD[:, ::-1])


def test_crop_cuts_the_named_sides():
    image = np.tile(np.linspace(0, 200, 100)[None, :, None], (40, 1, 3)).astype(np.uint8)
    row = remake(image, "crop0.1,0,0.2,0")[20, :, 0].astype(int)
    assert abs(row[0] - image[20, 10, 0]) <= 1
    assert abs(row[-1] - image[20, 79, 0]) <= 1


@pytest.mark.parametrize(
    ("text", "corner"),
    [
        ("perspective0.1,0,0,0,0,0,0,0", (0, 0)),
        ("perspective0,0,0,0,-0.1,0,0,0", (1, 1)),
        ("perspective0,0,0,0,0,0,0.1,0", (0, 1)),
    ],
)
def test_perspective_moves_the_named_corner(text: str, corner: tuple[int, int]):
    image = np.full((100, 100, 3), 250, np.uint8)
    image[:4], image[-4:], image[:, :4], image[:, -4:] = 10, 10, 10, 10
    dark = {
        place: remake(image, text)[slice(None, 20) if place[1] == 0 else slice(-20, None)][
            :, slice(None, 20) if place[0] == 0 else slice(-20, None)
        ].mean()
        for place in [(0, 0), (1, 0), (0, 1), (1, 1)]
    }
    assert min(dark, key=dark.__getitem__) == corner


@given(st.floats(-30, 30), st.floats(0.6, 1.0))
def test_what_comes_in_at_the_corners_is_background(angle: float, size: float):
    image = draw_card(1)
    turned = apply_steps(image, (Step("rotate", (angle,)), Step("resize", (size, size))))
    for corner in (turned[0, 0], turned[0, -1], turned[-1, 0], turned[-1, -1]):
        assert np.array_equal(corner, (60, 140, 100))


def test_brightness_and_contrast_mean_what_they_say():
    image = np.full((4, 4, 3), 100, np.uint8)
    assert (remake(image, "brightness+0.1") == 110).all()
    assert (remake(image, "brightness+9") == 255).all()
    image[:2] = 200
    changed = remake(image, "contrast-0.5")
    assert (changed[:2] == 175).all() and (changed[2:] == 125).all()


def test_noise_is_as_strong_as_told_and_the_same_on_every_thread():
    grey = np.full((100, 100, 3), 128, np.uint8)
    noisy = remake(grey, "noise4@5")
    assert 3.8 < noisy.astype(float).std() < 4.2
    assert abs(noisy.mean() - 128) < 0.2
    assert (noisy != remake(grey, "noise4@6")).any()
    with ThreadPoolExecutor(4) as pool:
        others = list(pool.map(lambda _: remake(grey, "noise4@5"), range(8)))
    assert all(np.array_equal(noisy, other) for other in others)


def test_invert_is_plain():
    assert np.array_equal(remake(CARD, "invert"), 255 - CARD)


@pytest.mark.parametrize("edition", ["negative", "foil", "holographic", "polychrome"])
@pytest.mark.parametrize("margin", [0.04, 0.1])
def test_an_edition_stays_on_the_card(edition: str, margin: float):
    felt = np.array((60, 140, 100), np.uint8)
    image = np.full((190, 142, 3), felt, np.uint8)
    left, top = (
        round(142 * margin / (1 + 2 * margin)) + 1,
        round(190 * margin / (1 + 2 * margin)) - 1,
    )  # not quite where it should be
    image[top : 190 - top, left : 142 - left] = (250, 240, 60)
    changed = remake(image, f"{edition}1.2,300,20,{margin},1")
    outside = np.ones(image.shape[:2], bool)
    outside[top : 190 - top, left : 142 - left] = False
    assert (changed[outside] == felt).all()
    assert (changed[top + 12 : -top - 12, left + 3 : -left - 3] != image[top + 12 : -top - 12, left + 3 : -left - 3]).any(
        -1
    ).mean() > 0.95
    assert (changed[190 // 2, [left, -left - 1]] != (250, 240, 60)).any(-1).all()  # up to the very edge


def test_without_a_margin_the_whole_picture_is_the_card():
    changed = remake(np.full((190, 142, 3), 255, np.uint8), "negative1.2,300,20,0,1")
    # White turns to slate under a glint: the table in docs/editions.md.
    assert (changed.reshape(-1, 3).min(0) > (40, 60, 60)).all()
    assert (changed.reshape(-1, 3).max(0) < (140, 140, 200)).all()


def test_editions_lie_beneath_the_contrast_of_the_display():
    sprite = draw_card(2, (142, 190))
    shown = np.clip(255 - 1.14 * (255 - sprite.astype(float)) + 0.5, 0, 255).astype(np.uint8)
    expected = 255 - 1.14 * (255 - remake(sprite, "negative1.2,300,20,0,1").astype(float))
    drawn = remake(shown, "negative1.2,300,20,0,1.14")
    assert np.abs(drawn - expected.clip(0, 255)).mean() < 1
    assert np.abs(remake(shown, "negative1.2,300,20,0,1") - expected).mean() > 10


def test_editions_are_the_games_own():
    from balatro.config.modifiers import MODIFIERS
    from balatro.render.editions import Phases, draw_editions

    body = np.concatenate([CARD, np.full((*CARD.shape[:2], 1), 255, np.uint8)], axis=2)
    phases = Phases(*(np.array([value], np.float32) for value in (1.2, 300, 20)))
    for index, modifier in enumerate(MODIFIERS[1:], start=1):
        expected = draw_editions(body[None], np.array([index]), phases)[0, ..., :3]
        assert np.array_equal(remake(CARD, f"{modifier.lower()}1.2,300,20,0,1"), expected)


def test_smaller_pictures_are_averaged_not_sampled():
    checks = np.indices((80, 80)).sum(0) % 2 * 255
    small = remake(np.repeat(checks[..., None], 3, 2).astype(np.uint8), "size20,20")
    assert small.std() < 3 and abs(small.mean() - 127.5) < 2


def test_blur_follows_the_width():
    line = np.zeros((64, 64, 3), np.uint8)
    line[:, 32] = 255
    wide = cv2.resize(line, (128, 128), interpolation=cv2.INTER_NEAREST)
    narrow_peak, wide_peak = remake(line, "blur2").max(), remake(wide, "blur2").max()
    assert abs(int(narrow_peak) - int(wide_peak)) < 25
