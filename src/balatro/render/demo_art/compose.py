"""What the kinds of cards share: a drawing, its scheme, its subject, its ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from balatro.render.demo_art.busts import draw_bust
from balatro.render.demo_art.canvas import Canvas, box_mask, oval_mask
from balatro.render.demo_art.creatures import draw_creature
from balatro.render.demo_art.emblems import EMBLEMS, SUITS, emblem_bits
from balatro.render.demo_art.frames import invented_word, side_text
from balatro.render.demo_art.objects import draw_object
from balatro.render.demo_art.palette import (
    MOODS,
    RED,
    RGB,
    SKINS,
    SLATE,
    WHITE,
    Ramp,
    Scheme,
    blend,
    lightness,
    make_ramp,
    make_scheme,
    mix,
    scale_of,
)
from balatro.render.demo_art.patterns import CALM, PATTERNS, WILD
from balatro.render.demo_art.people import draw_person
from balatro.render.demo_art.traits import Traits

_SUBJECTS = {"bust": draw_bust, "creature": draw_creature, "object": draw_object, "person": draw_person}
_WEIGHTED = ("person",) * 3 + ("bust",) * 9 + ("creature",) * 5 + ("object",) * 6
_STYLES = (("rim", True),) * 6 + (
    ("hatch", True),
    ("hatch", True),
    ("dither", True),
    ("soft", True),
    ("flat", True),
    ("rim", False),
    ("dither", False),
)


@dataclass(frozen=True, eq=False)
class Drawing:
    """A finished card: body and floating layer, (95, 71, 4) uint8 RGBA."""

    body: np.ndarray
    floating: np.ndarray | None = None


def scheme_of(t: Traits, moods: Sequence[str] = MOODS) -> Scheme:
    """The card's colours; they vary where siblings vary in `colours`."""
    mood = t.forced.get("mood") or t.dice("colours").choice(moods)
    scheme = make_scheme(t.dice("colours"), mood, t.forced.get("hue"))
    if "skin" in t.forced:
        scheme = replace(scheme, skin=SKINS[t.forced["skin"]])
    return replace(scheme, ground=make_ramp(*t.forced["tone"])) if "tone" in t.forced else scheme


def subject_of(t: Traits, s: Scheme, line: RGB | None = None) -> Canvas:
    """The figure, animal or thing on a clear ground."""
    shading, lined = t.pick("style", _STYLES)
    layer = Canvas((line or s.line) if lined else None, shading)
    _SUBJECTS[t.pick("subject", _WEIGHTED)](layer, t, s)
    if t.chance("flip", 0.3) and "flip" not in t.varied:
        layer.index = np.ascontiguousarray(layer.index[:, ::-1])
    return layer


def toned(layer: Canvas, ramp: Ramp, count: int = 5) -> Canvas:
    """The layer in the tones of one ramp, by how light its colours are."""
    tones = scale_of((mix(ramp[0], (16, 18, 34), 0.35), ramp[1], mix(ramp[2], WHITE, 0.5)), count)
    light = [lightness(colour) for colour in layer.palette[1:]]
    rank = {value: place / max(1, len(light) - 1) for place, value in enumerate(sorted(light))}
    # Half by lightness, half by rank: parts of like lightness stay apart, and black and white stay where they are.
    return layer.mapped([tones[min(count - 1, int((value + rank[value]) / 2 * count))] for value in light])


def pattern_name(t: Traits, wild: float = 0.5) -> str:
    """The name of the ground's pattern."""
    return t.pick("pattern", WILD if t.dice("wild").chance(wild) else CALM)


def ground_tones(t: Traits, s: Scheme) -> list[RGB]:
    """Two to five tones for a ground: near each other, or in full colour."""
    dice = t.dice("tones")
    count = dice.choice((2, 2, 3, 3, 4, 5))
    kind = dice.choice(("close", "close", "ramp", "ramp", "two", "full"))
    if kind == "close":
        return blend(
            s.ground[1], mix(s.ground[1], dice.choice((WHITE, s.ground[0], s.ground[2])), dice.uniform(0.25, 0.6)), count
        )
    if kind == "ramp":
        return scale_of(s.ground, count)
    if kind == "two":
        return blend(s.ground[0], s.c[1], count)
    return [s.ground[1], s.a[1], s.b[1], s.c[1], s.ground[2]][:count]


def lay_ground(c: Canvas, t: Traits, s: Scheme, mask: np.ndarray | None = None, wild: float = 0.5) -> None:
    """Fill with a pattern in the scheme's ground tones."""
    tones = ground_tones(t, s)
    c.levels(PATTERNS[pattern_name(t, wild)](t.dice("ground"), len(tones)), tones, mask)


def word_of(t: Traits) -> str:
    """The word of the side text: most families share the deck's own."""
    own = t.forced.get("deck word")
    dice = t.dice("word")
    return own if own and dice.chance(t.forced.get("own word", 0.6)) else invented_word(dice)


def label(c: Canvas, t: Traits, ink: RGB, halo: RGB | None = None, share: float = 0.85) -> None:
    """The side text, in most families."""
    if t.chance("labelled", share):
        side_text(c, word_of(t), ink, halo, t.pick("font", ("tall", "bold", "bold", "small")))


def minis(c: Canvas, count: int, s: Scheme, t: Traits, y: int = 80) -> None:
    """A fan of little cards at the foot of the card."""
    back = t.dice("minis style")
    sign = back.choice((*SUITS, "", "", "star"))
    inverse = back.chance(0.25)
    for number in range(count):
        x = 35 + int((number - (count - 1) / 2) * 8 + 0.5) - 3
        top = y + int(abs(number - (count - 1) / 2) * 1.2)
        c.paint(box_mask(x - 1, top - 1, x + 7, top + 10, 1), SLATE)
        c.paint(box_mask(x, top, x + 6, top + 9, 1), s.a[1] if inverse else WHITE)
        tone = WHITE if inverse else (s.a[1], s.b[1])[number % 2]
        if sign:
            c.stamp(emblem_bits(sign)[1:6, 1:6], x + 1, top + 2, tone)
        else:
            c.paint(oval_mask(x + 3, top + 4.5, 1, 1), tone)


def extras(c: Canvas, t: Traits, s: Scheme) -> None:
    """Little cards at the foot, and a mark in a corner: what siblings often differ in."""
    if t.chance("minis", 0.12):
        minis(c, t.number("minis count", 1, 5), s, t)
    if t.chance("badge", 0.1):
        sign = t.pick("badge sign", EMBLEMS)
        place = t.dice("badge place").choice(((52, 8), (54, 10), (10, 78), (50, 12)))
        if t.dice("badge place").chance(0.6):
            c.paint(oval_mask(place[0] + 3, place[1] + 3, 6, 6), s.line)
            c.paint(oval_mask(place[0] + 3, place[1] + 3, 5, 5), s.b[1])
            c.stamp(emblem_bits(sign), *place, WHITE)
        else:
            c.stamp(emblem_bits(sign), *place, RED[1])


SUBJECT_DETAILS = {
    "bust": ("hat", "mouth", "eyes", "collar", "hair", "head", "nose", "minis count", "badge sign"),
    "creature": ("eyes", "minis count", "badge sign", "creature"),
    "object": ("object", "minis count", "badge sign"),
    "person": ("pose", "held", "hat", "garb", "minis count", "badge sign"),
}


def subject_details(t: Traits) -> tuple[str, ...]:
    """The traits in which this family's siblings may differ."""
    return SUBJECT_DETAILS[t.pick("subject", _WEIGHTED)]
