"""The editions against the formulas worked out pixel by pixel in plain Python, and against colours measured in the game."""

from __future__ import annotations

import colorsys
from math import cos, floor, hypot, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balatro.config.modifiers import MODIFIERS
from balatro.render.display import GAME, show
from balatro.render.editions import Phases, draw_debuff, draw_editions, game_phases, random_phases

WIDTH, HEIGHT = 142, 190


def clamp(x, low=0.0, high=1.0):
    return min(max(x, low), high)


def blend(under, top, alpha):
    alpha = clamp(alpha)
    return [u + (clamp(t) - u) * alpha for u, t in zip(under, top, strict=True)]


def field(u, v, size, t):
    x, y = (floor(u * WIDTH) / WIDTH - 0.5) * size, (floor(v * HEIGHT) / HEIGHT - 0.5) * size
    x1, y1 = x + 50 * sin(-t / 143.634), y + 50 * cos(-t / 99.4324)
    x2, y2 = x + 50 * cos(t / 53.1532), y + 50 * cos(t / 61.4532)
    x3, y3 = x + 50 * sin(-t / 87.53218), y + 50 * sin(-t / 49)
    far = hypot(x2, y2) / 33.155
    return (1 + cos(hypot(x1, y1) / 19.483) + sin(far) * cos(y2 / 15.73) + cos(hypot(x3, y3) / 27.193) * sin(x3 / 21.92)) / 2


def foil(rgb, u, v, e1, e2):
    r, g, b = rgb
    x, y = (u - 0.5) * WIDTH / HEIGHT, v - 0.5
    d = min(max(rgb), max(0.5, 1 - min(rgb)))
    q = hypot(x, y)
    a = clamp(2 * sin(90 * q + 2 * e1 + 3 * (1 + 0.8 * cos(113.1121 * q - 3.121 * e1))) - 1 - max(5 - 90 * q, 0))
    ax, ay = cos(0.1221 * e1), sin(0.3512 * e1)
    c = (x * ax + y * ay) / (q * hypot(ax, ay))
    rays = clamp(5 * cos(0.3 * e2 + 3.14 * c * (2.2 + 0.9 * sin(1.65 * e1 + 0.2 * e2))) - 4 - max(2 - 20 * q, 0))
    across = 0.3 * clamp(2 * sin(5 * e1 + 3 * u + 3 * (1 + 0.5 * cos(7 * e1))) - 1, -1)
    down = 0.3 * clamp(2 * sin(6.66 * e1 + 3.8 * v + 3 * (1 + 0.5 * cos(3.414 * e1))) - 1, -1)
    m = max(0, max(a, rays, across, down, 0) + 2.2 * (a + rays + across + down))
    top = (r - d + 0.3 * d * m, g - d + 0.3 * d * m, b + 1.9 * d * m)
    return blend(rgb, top, min(1.0, 0.3 + 0.9 * min(0.5, 0.1 * m)))


def holographic(rgb, u, v, e1, e2, time):
    h, light, s = colorsys.rgb_to_hls(rgb[0] / 2, rgb[1] / 2, 0.5 + rgb[2] / 2)
    wave = 0.5 + 0.5 * cos(2.612 * e1 + 3.14 * (field(u, v, 250, 7.221 * e2 + time) - 0.5))
    a, b = 15.8 * u, 35.55 * v
    grid = 0.5 * max(7 * abs(cos(a)) - 6, 7 * cos(b + a) - 6, 7 * cos(b - a) - 6, 0)
    top = colorsys.hls_to_rgb((h + wave + grid) % 1, 0.6 * light + 0.4, 1.3 * s)
    tinted = [t * k for t, k in zip(top, (0.9, 0.8, 1.2), strict=True)]
    w = 0.2 + 0.3 * (max(rgb) - min(rgb)) + 0.1 * max(rgb)
    return [clamp((1 - w) * c + w * t) for c, t in zip(rgb, tinted, strict=True)]


def polychrome(rgb, u, v, e1, e2, time):
    k = 1 - max(0, 0.05 * (1.1 - (max(rgb) - min(rgb))))
    h, light, s = colorsys.rgb_to_hls(k * rgb[0], k * rgb[1], rgb[2])
    wave = 0.5 + 0.5 * cos(2.612 * e1 + 3.14 * (field(u, v, 50, 2.221 * e2 + time) - 0.5))
    return colorsys.hls_to_rgb((h + wave + 0.04 * e2) % 1, light, min(0.6, s + 0.5))


def negative(rgb, u, v, e1):
    h, light, s = colorsys.rgb_to_hls(*rgb)
    under = [clamp(c + t) for c, t in zip(colorsys.hls_to_rgb((0.2 - h) % 1, 1 - light, s), (0.248, 0.311, 0.323), strict=True)]
    d = max(rgb) - min(rgb) - 0.1
    f1 = 0.8 + 0.9 * sin(11 * u + 4.32 * v + 12 * e1 + cos(5.3 * e1 + 4.2 * v - 4 * u))
    f2 = 0.5 + 0.5 * sin(8 * u + 2.32 * v + 5 * e1 - cos(2.3 * e1 + 8.2 * u))
    f3 = 0.5 + 0.5 * sin(10 * u + 5.32 * v + 6.111 * e1 + sin(5.3 * e1 + 3.2 * v))
    f4 = 0.5 + 0.5 * sin(3 * u + 2.32 * v + 8.111 * e1 + sin(1.3 * e1 + 11.2 * v))
    f5 = sin(14.4 * u + 5.32 * v + 12 * e1 + cos(5.3 * e1 + 4.2 * v - 4 * u))
    m = 0.7 * max(0, max(f1, f2, f3, 0) + f1 + f2 + f3 * f4)
    r, g, b = (0.5 * c + t - d - 0.1 for c, t in zip(rgb, (0.4, 0.4, 0.8), strict=True))
    top = (r + d * m * (0.7 + 0.27 * f5), g + d * m * (0.7 - 0.27 * f5), b + 0.7 * d * m)
    alpha = 0.5 * clamp(0.3 * max(0.2 * min(rgb), d) + clamp(0.1 * m, 0, 0.4)) + 0.15 * m * (0.1 + d)
    return blend(under, top, alpha)


COLOUR = st.tuples(*[st.integers(0, 255)] * 3)
PLACE = st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1))


@settings(max_examples=60, deadline=None)
@given(
    modifier=st.sampled_from(["Foil", "Holographic", "Polychrome", "Negative"]),
    colour=COLOUR,
    place=PLACE,
    swing=st.floats(0, 2.5, width=32),
    seconds=st.floats(1, 600, width=32),
    time=st.floats(0, 3000, width=32),
)
def test_every_pixel_follows_the_formulas(modifier, colour, place, swing, seconds, time):
    body = np.zeros((1, HEIGHT, WIDTH, 4), np.uint8)
    body[..., :3], body[..., 3] = colour, 255
    phases = Phases(*(np.array([v], np.float32) for v in (swing, seconds, time)))
    drawn = draw_editions(body, np.array([MODIFIERS.index(modifier)]), phases)[0]
    x, y = place
    u, v = (x + 0.5) / WIDTH, (y + 0.5) / HEIGHT
    rgb = [c / 255 for c in colour]
    expected = {
        "Foil": lambda: foil(rgb, u, v, swing, seconds),
        "Holographic": lambda: holographic(rgb, u, v, swing, seconds, time),
        "Polychrome": lambda: polychrome(rgb, u, v, swing, seconds, time),
        "Negative": lambda: negative(rgb, u, v, swing),
    }[modifier]()
    assert drawn[y, x, 3] == 255
    np.testing.assert_allclose(drawn[y, x, :3] / 255, expected, atol=0.02)


def white_cards(modifier: str, count: int = 40) -> np.ndarray:
    body = np.full((count, HEIGHT, WIDTH, 4), 255, np.uint8)
    return draw_editions(body, np.full(count, MODIFIERS.index(modifier)), random_phases(np.random.default_rng(0), count))


@pytest.mark.parametrize(
    ("modifier", "measured"),
    [
        ("Base", (250, 250, 250)),
        ("Foil", (210, 211, 246)),
        ("Holographic", (235, 224, 250)),
        ("Polychrome", (252, 253, 244)),
        ("Negative", (57, 69, 81)),
    ],
)
def test_white_cards_have_the_colours_measured_on_screenshots(modifier, measured):
    cards = white_cards(modifier)[..., :3].reshape(-1, WIDTH, 3)
    shown = show(np.ascontiguousarray(cards), GAME, np.random.default_rng(0))
    # One screenshot shows one phase; Polychrome's white turns through all pale hues, by 0.055 of each channel.
    np.testing.assert_allclose(np.median(shown, axis=(0, 1)), measured, atol=15 if modifier == "Polychrome" else 10)


def test_transparent_pixels_stay_transparent():
    body = np.zeros((5, 95, 71, 4), np.uint8)
    drawn = draw_editions(body, np.arange(5), random_phases(np.random.default_rng(1), 5), ["booster"] * 5)
    assert not drawn[..., 3].any()


def test_a_batch_equals_its_cards_one_by_one():
    rng = np.random.default_rng(2)
    bodies = rng.integers(0, 256, (10, 95, 71, 4), np.uint8)
    modifiers, phases = np.arange(10) % 5, random_phases(rng, 10)
    shines = ["none", "booster", "voucher", "none", "booster"] * 2
    whole = draw_editions(bodies, modifiers, phases, shines)
    for row in range(10):
        one = draw_editions(bodies[row : row + 1], modifiers[row : row + 1], phases[np.array([row])], shines[row : row + 1])
        np.testing.assert_array_equal(one[0], whole[row])


def test_base_is_left_alone_and_the_input_never_changes():
    bodies = np.random.default_rng(3).integers(0, 256, (5, 95, 71, 4), np.uint8)
    before = bodies.copy()
    drawn = draw_editions(bodies, np.arange(5), random_phases(np.random.default_rng(4), 5))
    np.testing.assert_array_equal(bodies, before)
    np.testing.assert_array_equal(drawn[0], before[0])
    assert all((drawn[i] != before[i]).any() for i in range(1, 5))


def test_spectrals_shimmer_without_an_edition():
    bodies = np.full((2, 95, 71, 4), 255, np.uint8)
    bodies[..., :3] = (70, 90, 160)
    phases = random_phases(np.random.default_rng(5), 2)
    still, shimmering = draw_editions(bodies, np.zeros(2, int), phases, ["none", "booster"]).astype(int)
    assert (still[..., :3] == (70, 90, 160)).all()
    assert shimmering[..., :3].std(axis=(0, 1)).min() > 1


@given(st.floats(0, 1e5), st.integers(1, 500))
def test_game_phases_stay_in_range(seconds, number):
    phases = game_phases(seconds, [number])
    assert -1 < phases.swing[0] < 3 and 0 <= phases.field[0] < 3000
    angle = seconds * (1.56 + number / 1.14212 % 1) + number / 1.35122
    assert phases.swing[0] == pytest.approx(sin(seconds / 28) + 1 + 0.06 * (0.5 + cos(angle)), abs=1e-4)


def test_foil_lies_on_pips_twice():
    ground, face = np.full((95, 71, 4), 255, np.uint8), np.zeros((95, 71, 4), np.uint8)
    face[30:60, 20:50] = (240, 107, 63, 255)
    body = np.where(face[..., 3:] > 0, face, ground)
    phases = random_phases(np.random.default_rng(3), 1)
    once = draw_editions(body[None], np.array([1]), phases)[0].astype(int)
    twice = draw_editions(body[None], np.array([1]), phases, None, [(ground, face)])[0].astype(int)
    pips = face[..., 3] > 0
    assert np.array_equal(once[~pips], twice[~pips])
    # An orange pip turns purple, as screenshots show it: the white ground's foil lies between.
    assert (twice[pips] - once[pips])[:, 2].mean() > 30 and (twice[pips] - once[pips])[:, 0].mean() < 0


def debuffed(colour: tuple[int, int, int]) -> np.ndarray:
    """A card of one colour with the debuff pass over it, 0..255."""
    body = np.broadcast_to(np.array(colour, np.float32) / 255, (95, 71, 3)).copy()
    top, alpha = draw_debuff(body)
    return 255 * (top * alpha[..., None] + body * (1 - alpha[..., None]))


def test_a_debuffed_card_has_the_colours_measured_on_screenshots():
    white, heart = debuffed((255, 255, 255)), debuffed((240, 52, 100))
    assert np.abs(white[20, 35] - (229, 215, 216)).max() < 8  # the tint
    assert np.abs(white[47, 35] - (226, 132, 132)).max() < 8  # the cross
    assert np.abs(heart[47, 35] - (187, 35, 34)).max() < 12
    assert np.allclose([white[2, 2], white[92, 68], white[2, 68]], white[47, 35], atol=0.01)
