"""What each step does to a picture, and the way from a parent and a text to its copy.

Steps are done in the order of the text. Those that move pixels and follow one another are one warp, so a picture is sampled
once however many there are. What comes in from outside the picture repeats its border, as in `utils.images.rectify`: felt goes
on as felt and a neighbouring card as a card. One flat colour would leave the picture's outline as a hard edge, and mirroring
shows half of a second card.

The same steps over the same picture give the same bytes, on any number of threads, with one build of OpenCV and numpy; another
build may round a few values differently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import groupby

import cv2
import numpy as np

from balatro.augment_dataset.steps import Step, parse_steps
from balatro.config.modifiers import MODIFIERS
from balatro.render.editions import Phases, draw_editions

CORNER = 0.06
"""Radius of a card's corners, in card widths."""


def remake(parent: np.ndarray, augmentation: str) -> np.ndarray:
    """The copy that an entry of augmented.json tells of.

    parent: (H, W, 3) uint8 RGB, the original as `load_image` reads it. augmentation: the entry's field of that name. Returns
    (h, w, 3) uint8 RGB, the very pixels that the copy has; LabelError when the text is none.
    """
    return apply_steps(parent, parse_steps(augmentation))


def apply_steps(image: np.ndarray, steps: tuple[Step, ...]) -> np.ndarray:
    """A picture (H, W, 3) uint8 RGB after some steps; a new one of that kind, of another size after a `size` step."""
    changed = image
    for warped, group in groupby(steps, key=lambda step: step.name in GEOMETRY):
        if warped:
            changed = _warp(changed, tuple(group))
            continue
        for step in group:
            changed = OTHERS[step.name](changed, step)
    return changed.copy() if changed is image else changed


def _warp(image: np.ndarray, steps: tuple[Step, ...]) -> np.ndarray:
    height, width = image.shape[:2]
    moved = np.eye(3)
    for step in steps:
        moved = GEOMETRY[step.name](step.values, width, height) @ moved
    # The steps speak of a picture from (0, 0) to (width, height), OpenCV of pixel centres.
    centred = _shift(-0.5, -0.5) @ moved @ _shift(0.5, 0.5)
    return cv2.warpPerspective(image, centred, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _shift(x: float, y: float) -> np.ndarray:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def _about_middle(matrix: np.ndarray, width: int, height: int) -> np.ndarray:
    return _shift(width / 2, height / 2) @ matrix @ _shift(-width / 2, -height / 2)


def _rotate(values: tuple[float, ...], width: int, height: int) -> np.ndarray:
    angle = np.deg2rad(values[0])
    cos, sin = np.cos(angle), np.sin(angle)
    return _about_middle(np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]), width, height)


def _crop(values: tuple[float, ...], width: int, height: int) -> np.ndarray:
    left, top, right, bottom = values
    across, down = 1 / (1 - left - right), 1 / (1 - top - bottom)
    return np.array([[across, 0, -left * width * across], [0, down, -top * height * down], [0, 0, 1]])


def _resize(values: tuple[float, ...], width: int, height: int) -> np.ndarray:
    return _about_middle(np.diag([*values, 1.0]), width, height)


def _perspective(values: tuple[float, ...], width: int, height: int) -> np.ndarray:
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moves = np.array(values, np.float32).reshape(4, 2) * np.array((width, height), np.float32)
    return cv2.getPerspectiveTransform(corners, corners + moves)


def _flip(values: tuple[float, ...], width: int, height: int) -> np.ndarray:
    return np.array([[-1, 0, width], [0, 1, 0], [0, 0, 1]], np.float64)


GEOMETRY: Mapping[str, Callable[[tuple[float, ...], int, int], np.ndarray]] = {
    "flip": _flip,
    "rotate": _rotate,
    "crop": _crop,
    "resize": _resize,
    "perspective": _perspective,
}
"""For each step that moves pixels: values, width and height to the (3, 3) homography of its points."""


def _size(image: np.ndarray, step: Step) -> np.ndarray:
    width, height = (int(value) for value in step.values)
    smaller = width * height < image.shape[0] * image.shape[1]
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


def _brightness(image: np.ndarray, step: Step) -> np.ndarray:
    return _look_up(image, np.arange(256) * (1 + step.values[0]))


def _contrast(image: np.ndarray, step: Step) -> np.ndarray:
    grey = cv2.mean(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))[0]
    return _look_up(image, grey + (np.arange(256) - grey) * (1 + step.values[0]))


def _look_up(image: np.ndarray, table: np.ndarray) -> np.ndarray:
    return cv2.LUT(image, np.clip(table + 0.5, 0, 255).astype(np.uint8))


def _blur(image: np.ndarray, step: Step) -> np.ndarray:
    sigma = step.values[0] / 100 * image.shape[1]
    return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE) if sigma > 0 else image


def _noise(image: np.ndarray, step: Step) -> np.ndarray:
    cv2.setRNGSeed(step.seed or 0)  # of this thread alone
    noise = np.empty(image.shape, np.int16)
    cv2.randn(noise, np.zeros(3), np.full(3, step.values[0]))
    return cv2.add(image, noise, dtype=cv2.CV_8U)


def _compression(image: np.ndarray, step: Step) -> np.ndarray:
    _, coded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, int(step.values[0])])
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert decoded is not None  # it was encoded a line above
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)


def _invert(image: np.ndarray, step: Step) -> np.ndarray:
    return cv2.bitwise_not(image)


def _edition(image: np.ndarray, step: Step) -> np.ndarray:
    """The edition that the step is called after, drawn over the card but not over the background around it.

    The game draws editions before its display raises the contrast, so the display's share is taken away first and added again.
    """
    *phases, margin, contrast = step.values
    left, top, right, bottom = _card_edges(image, margin)
    inside = slice(top, bottom), slice(left, right)
    card = np.full((bottom - top, right - left, 4), 255, np.uint8)
    card[..., :3] = _display(image[inside], 1 / contrast)
    index = [modifier.lower() for modifier in MODIFIERS].index(step.name)
    moment = Phases(*(np.array([value], np.float32) for value in phases))
    drawn = _display(draw_editions(card[None], np.array([index]), moment)[0, ..., :3], contrast)
    changed = image.copy()
    changed[inside] = _over(image[inside], drawn, _outline(*card.shape[:2], margin > 0))
    return changed


def _display(image: np.ndarray, contrast: float) -> np.ndarray:
    """Every level that many times as far below white."""
    return _look_up(np.ascontiguousarray(image), 255 - (255 - np.arange(256)) * contrast)


def _card_edges(image: np.ndarray, margin: float) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the card in a picture with about `margin` of the card's size around it, in pixels.

    A rim of one pixel that an edition leaves out shows, most of all on a white Negative, and no margin is that exact. So each
    side goes where the picture changes most across it, at most the margin away from where it should be.
    """
    height, width = image.shape[:2]
    share = margin / (1 + 2 * margin)
    left, right = _two_edges(image, share)
    top, bottom = _two_edges(np.swapaxes(image, 0, 1), share)
    return left, top, width - right, height - bottom


def _two_edges(image: np.ndarray, share: float) -> tuple[int, int]:
    """How many columns at the left and at the right are background, near `share` of the width."""
    height, width = image.shape[:2]
    reach = round(2 * share * width)
    if reach < 2:
        return 0, 0
    middle = image[height // 5 : height - height // 5].astype(np.float32)
    change = np.abs(np.diff(middle, axis=1)).mean(axis=(0, 2))
    return 1 + int(change[:reach].argmax()), 1 + int(change[::-1][:reach].argmax())


def _over(under: np.ndarray, top: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    wide = alpha[..., None].astype(np.uint16)
    return ((top * wide + under * (255 - wide) + 127) // 255).astype(np.uint8)


@lru_cache(maxsize=16)
def _outline(height: int, width: int, rounded: bool) -> np.ndarray:
    """Where a card covers its rectangle: (H, W) uint8, 0 outside its round corners."""
    radius = width * CORNER if rounded else 0.0
    x = np.maximum(np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - radius), 0)
    y = np.maximum(np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - radius), 0)
    beyond = np.hypot(x[None], y[:, None]) - radius
    return (np.clip(0.5 - beyond, 0, 1) * 255 if rounded else np.full((height, width), 255)).astype(np.uint8)


OTHERS: Mapping[str, Callable[[np.ndarray, Step], np.ndarray]] = {
    "negative": _edition,
    "foil": _edition,
    "holographic": _edition,
    "polychrome": _edition,
    "invert": _invert,
    "size": _size,
    "brightness": _brightness,
    "contrast": _contrast,
    "blur": _blur,
    "noise": _noise,
    "compression": _compression,
}
"""For each step that leaves pixels where they are, or brings the picture to a size: what it does."""
