"""Colours that go together: ramps of three tones, and schemes of ramps for a whole card."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

from balatro.render.demo_art.traits import Dice

RGB = tuple[int, int, int]
Ramp = tuple[RGB, RGB, RGB]
"""Shadow, body, light."""

WHITE: RGB = (255, 255, 255)
SLATE: RGB = (58, 68, 82)
NIGHT: RGB = (34, 38, 58)
CREAM: RGB = (250, 243, 224)
GOLD: Ramp = ((190, 128, 40), (240, 184, 66), (255, 228, 140))
STEEL: Ramp = ((108, 122, 146), (164, 178, 198), (224, 232, 242))
WOOD: Ramp = ((112, 70, 52), (158, 104, 70), (204, 152, 104))
LEAF: Ramp = ((52, 112, 84), (86, 158, 98), (156, 208, 120))
SNOW: Ramp = ((188, 200, 220), (236, 240, 248), (255, 255, 255))
COAL: Ramp = ((38, 42, 58), (66, 74, 94), (116, 126, 150))
RED: Ramp = ((168, 44, 62), (228, 82, 78), (255, 148, 118))
PINK: Ramp = ((206, 96, 130), (246, 148, 166), (255, 200, 204))
GLASS: Ramp = ((120, 170, 200), (178, 216, 232), (236, 250, 255))

SKINS: tuple[Ramp, ...] = (
    ((204, 210, 224), (248, 248, 252), (255, 255, 255)),
    ((226, 172, 138), (252, 214, 178), (255, 236, 210)),
    ((188, 122, 86), (226, 164, 118), (246, 200, 156)),
    ((122, 76, 58), (164, 108, 80), (200, 146, 110)),
    ((90, 150, 96), (138, 196, 118), (190, 230, 150)),
    ((94, 134, 186), (136, 180, 224), (190, 222, 246)),
    ((140, 108, 176), (184, 152, 216), (220, 196, 240)),
    ((214, 178, 72), (250, 218, 112), (255, 240, 176)),
)
MOODS = (
    *("bright",) * 5, "pastel", "pastel", "muted", "muted", "dark", "dark", "neon", "lavender", "slate", "mono", "pink", "warm",
    "cold",
)  # fmt: skip
_HUES = (0.005, 0.035, 0.075, 0.11, 0.145, 0.24, 0.37, 0.44, 0.5, 0.56, 0.6, 0.66, 0.74, 0.82, 0.92, 0.965)
_SPREADS = ((0.0, 0.5, 0.12), (0.0, 0.08, 0.5), (0.0, 0.33, 0.66), (0.0, 0.42, 0.58), (0.0, 0.06, 0.12), (0.0, 0.25, 0.5))


@dataclass(frozen=True)
class Scheme:
    """The colours of one card: three ramps for the subject, one for skin, one for the ground, and the plain tones."""

    a: Ramp
    b: Ramp
    c: Ramp
    skin: Ramp
    ground: Ramp
    line: RGB
    ink: RGB
    paper: RGB
    mood: str


def hsl(hue: float, saturation: float, lightness: float) -> RGB:
    """A colour from hue, saturation and lightness, each 0..1 (hue wraps, the others are clipped)."""
    red, green, blue = colorsys.hls_to_rgb(hue % 1.0, min(1.0, max(0.0, lightness)), min(1.0, max(0.0, saturation)))
    return int(red * 255 + 0.5), int(green * 255 + 0.5), int(blue * 255 + 0.5)


_CALM = (
    (0.94, 1.0), (0.96, 1.0), (0.8, 0.92), (0.62, 0.86), (0.58, 0.84), (0.66, 0.86),
    (0.82, 0.9), (0.8, 1.03), (0.74, 1.04), (0.66, 1.04), (0.62, 0.98), (0.85, 1.0),
)  # fmt: skip
"""How much saturation and lightness each twelfth of the wheel keeps, from red on."""


def make_ramp(hue: float, saturation: float, lightness: float) -> Ramp:
    """Shadows turn towards blue and lights towards yellow, as painters do; loud greens and magentas are calmed."""
    calm = _CALM[int(hue % 1.0 * 12)]
    saturation, lightness = saturation * calm[0], lightness * calm[1]
    return (
        hsl(_towards(hue, 0.7, 0.055), saturation * 0.92, lightness * 0.66),
        hsl(hue, saturation, lightness),
        hsl(_towards(hue, 0.14, 0.04), saturation, lightness + (1.0 - lightness) * 0.48),
    )


def mix(first: RGB, second: RGB, share: float) -> RGB:
    """The first colour with a share 0..1 of the second."""
    return (
        int(first[0] + (second[0] - first[0]) * share + 0.5),
        int(first[1] + (second[1] - first[1]) * share + 0.5),
        int(first[2] + (second[2] - first[2]) * share + 0.5),
    )


def blend(first: RGB, second: RGB, count: int) -> list[RGB]:
    """count colours from the first to the second."""
    return [mix(first, second, step / max(1, count - 1)) for step in range(count)]


def lightness(colour: RGB) -> float:
    """How light a colour looks, 0..1."""
    return (0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]) / 255


def scale_of(ramp: Ramp, count: int) -> list[RGB]:
    """count colours along a ramp, dark to light."""
    if count == 1:
        return [ramp[1]]
    place = [2 * step / (count - 1) for step in range(count)]
    return [mix(ramp[0], ramp[1], p) if p <= 1 else mix(ramp[1], ramp[2], p - 1) for p in place]


def make_scheme(dice: Dice, mood: str, hue: float | None = None) -> Scheme:
    """A scheme of one mood; the hues come from the dice, or from the first ramp's hue 0..1."""
    base = dice.choice(_HUES) + dice.uniform(-0.015, 0.015)
    base = base if hue is None else hue
    spread = dice.choice(_SPREADS)
    if mood == "mono":
        spread = (0.0, 0.02, 0.04)
    saturation, light = _TONES.get(mood, (0.78, 0.6))
    ramps = [
        make_ramp(_mood_hue(mood, base + shift), saturation * dice.uniform(0.85, 1.1), light + dice.uniform(-0.07, 0.07))
        for shift in spread
    ]
    if mood == "mono":
        ramps[1] = make_ramp(base, saturation * 0.7, 0.36)
        ramps[2] = make_ramp(base, saturation * 0.5, 0.8)
    elif dice.chance(0.25):
        ramps[2] = dice.choice((GOLD, SNOW, COAL, STEEL))
    ground_hue = _mood_hue(mood, base + dice.choice((0.5, 0.45, 0.55, 0.33, 0.08, 0.92, 0.0)))
    ground = make_ramp(ground_hue, *_ground_tone(dice, mood))
    skin = ramps[2] if mood == "mono" else dice.choice(SKINS[:1] * 4 + SKINS)
    line = dice.choice((SLATE, SLATE, NIGHT, mix(ramps[0][0], NIGHT, 0.65)))
    paper = _PAPERS.get(mood, WHITE) if dice.chance(0.8) else dice.choice((WHITE, CREAM))
    ink = SLATE if lightness(paper) > 0.5 else WHITE
    return Scheme(ramps[0], ramps[1], ramps[2], skin, ground, line, ink, paper, mood)


_TONES = {
    "bright": (0.86, 0.58),
    "pastel": (0.62, 0.76),
    "muted": (0.34, 0.56),
    "dark": (0.55, 0.42),
    "neon": (1.0, 0.55),
    "lavender": (0.5, 0.7),
    "slate": (0.2, 0.5),
    "mono": (0.55, 0.58),
    "pink": (0.7, 0.72),
    "warm": (0.78, 0.58),
    "cold": (0.62, 0.58),
}
_PAPERS = {"lavender": (226, 224, 250), "slate": (66, 82, 86), "pink": (250, 226, 238), "dark": (62, 72, 88)}


def _ground_tone(dice: Dice, mood: str) -> tuple[float, float]:
    if mood in ("dark", "slate", "neon"):
        return dice.uniform(0.15, 0.5), dice.uniform(0.2, 0.38)
    if mood in ("pastel", "lavender", "pink"):
        return dice.uniform(0.35, 0.7), dice.uniform(0.72, 0.86)
    return dice.uniform(0.3, 0.8), dice.uniform(0.4, 0.72)


def _mood_hue(mood: str, hue: float) -> float:
    centre = {"lavender": 0.7, "pink": 0.92, "warm": 0.06, "cold": 0.56, "slate": 0.53}.get(mood)
    return hue if centre is None else centre + ((hue % 1.0) - 0.5) * 0.28


def _towards(hue: float, goal: float, step: float) -> float:
    gap = (goal - hue + 0.5) % 1.0 - 0.5
    return hue + max(-step, min(step, gap))
