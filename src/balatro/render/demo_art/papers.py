"""Kinds of cards that are documents: tickets, letters, forms, lists, signs."""

from __future__ import annotations

import numpy as np

from balatro.render.demo_art.canvas import Canvas, X, Y, box_mask, oval_mask, ring_mask
from balatro.render.demo_art.compose import Drawing, lay_ground, scheme_of, subject_of, toned, word_of
from balatro.render.demo_art.emblems import EMBLEMS, emblem_bits
from balatro.render.demo_art.font import text_bits
from balatro.render.demo_art.frames import BODY, blank, centred, clip, contrast, fitting_font, invented_word, rim
from balatro.render.demo_art.palette import CREAM, GOLD, RED, RGB, SLATE, STEEL, WHITE, Scheme, blend, mix
from balatro.render.demo_art.patterns import PATTERNS, dithered, rough
from balatro.render.demo_art.traits import Dice, Traits


def _lines(c: Canvas, dice: Dice, box: tuple[int, int, int, int], ink: RGB, pitch: int = 3) -> None:
    """Rows of dashes that look like small print."""
    x0, y0, x1, y1 = box
    for y in range(y0, y1, pitch):
        x = x0
        end = x1 - dice.below(max(2, (x1 - x0) // 3))
        while x < end:
            wide = dice.between(1, 6)
            c.paint(box_mask(x, y, min(x + wide, end), y), ink)
            x += wide + 2


def _small_text(c: Canvas, dice: Dice, x: int, y: int, ink: RGB, words: int = 2, font: str = "small") -> None:
    c.stamp(text_bits(" ".join(invented_word(dice, 2, 5) for _ in range(words)), font), x, y, ink)


def _portrait(c: Canvas, t: Traits, s: Scheme, x: int, y: int, width: int, height: int, mono: bool = False) -> None:
    c.paint(box_mask(x - 1, y - 1, x + width, y + height), s.line)
    inside = box_mask(x, y, x + width - 1, y + height - 1)
    c.paint(inside, s.ground[2])
    layer = subject_of(t, s)
    small = layer.resized(int(width * 1.15), int(width * 1.15 * 95 / 71), x - int(width * 0.07), y - int(width * 0.08))
    c.put(toned(small, s.ground) if mono else small, mask=inside)


def _sideways(bits: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(bits, 3))


def _raised(c: Canvas, bits: np.ndarray, x: int, y: int, ink: RGB) -> None:
    """Stamped text with a shadow, readable on any ground."""
    c.stamp(bits, x + 1, y + 1, mix(SLATE, (0, 0, 0), 0.3))
    c.stamp(bits, x, y, ink)


def _finish(c: Canvas, edge: RGB | None = None) -> Drawing:
    clip(c)
    if edge is not None:
        rim(c, edge)
    return Drawing(c.rgba())


def ticket(t: Traits) -> Drawing:
    """A ticket with notched corners, number and title along its length."""
    s = scheme_of(t)
    tone = t.pick("stock", (s.a, s.c, GOLD, s.ground))
    c = blank(tone[1], tone[0])
    c.levels(PATTERNS["glass"](t.dice("gloss"), 2), [tone[1], mix(tone[1], tone[2], 0.4)], BODY)
    rim(c, tone[2], inset=3)
    rim(c, tone[0], inset=5)
    dice = t.dice("print")
    bits = _sideways(text_bits(word_of(t), "bold"))
    bits = bits.repeat(dice.choice((1, 2)), axis=1)
    c.stamp(bits, 35 - bits.shape[1] // 2, 47 - bits.shape[0] // 2, contrast(tone[1], tone[0], WHITE))
    number = str(t.dice("number").below(90000000) + 10000000)[: dice.between(4, 8)]
    centred(c, number, 11, tone[0])
    c.stamp(emblem_bits(t.pick("sign", EMBLEMS)), 32, 78, tone[0])
    for x, y in ((1, 1), (69, 1), (1, 93), (69, 93)):
        c.erase(oval_mask(x, y, 6, 6))
    if dice.chance(0.5):
        for y in range(10, 90, 5):
            c.erase(oval_mask(1, y, 1, 1) | oval_mask(69, y, 1, 1))
    return _finish(c)


def ballot(t: Traits) -> Drawing:
    """A form with boxes, of which some are ticked or cut out."""
    s = scheme_of(t)
    c = blank(mix(s.ground[2], WHITE, 0.7), s.ground[0])
    centred(c, word_of(t), 6, s.ground[0], "bold")
    rows = t.dice("rows").between(4, 6)
    chosen = t.number("chosen", 0, rows - 1)
    for row in range(rows):
        y = 18 + row * (72 // rows)
        c.stroke([(10, y), (60, y), (60, y + 9), (10, y + 9)], s.ground[0], closed=True)
        c.stroke([(14, y + 2), (20, y + 2), (20, y + 7), (14, y + 7)], s.line, closed=True)
        _small_text(c, t.dice(f"row {row}"), 25, y + 2, s.line, 1)
        if row == chosen:
            if t.pick("tick", ("cross", "hole")) == "hole":
                c.erase(box_mask(22, y + 1, 58, y + 8))
            else:
                c.stroke([(13, y + 1), (21, y + 8)], RED[1], 2)
                c.stroke([(21, y + 1), (13, y + 8)], RED[1], 2)
    return _finish(c)


def letter(t: Traits) -> Drawing:
    """An envelope with stamp, postmark and address, along its length."""
    s = scheme_of(t)
    paper = t.pick("paper", (CREAM, WHITE, s.c[2], mix(s.ground[2], WHITE, 0.5)))
    c = blank(paper)
    stripe = (X + Y) // 4 % 4
    if t.chance("airmail", 0.5):
        edge = BODY & ~box_mask(5, 5, 65, 89)
        c.paint(edge & (stripe == 0), s.a[1])
        c.paint(edge & (stripe == 2), s.b[1])
    _portrait(c, t, s, 9, 9, 18, 20)
    for number in range(4):
        c.paint(ring_mask(24, 36, 12 - number * 3, 12 - number * 3, 1), mix(paper, SLATE, 0.5))
    dice = t.dice("address")
    for row in range(dice.between(3, 5)):
        bits = _sideways(text_bits(" ".join(invented_word(dice, 2, 5) for _ in range(2)), "small"))[:60]
        c.stamp(bits, 58 - row * 8, 28, s.line)
    if t.chance("seal", 0.3):
        c.paint(oval_mask(20, 76, 7, 7), RED[0])
        c.stamp(emblem_bits(t.pick("seal sign", EMBLEMS)), 17, 73, RED[2])
    return _finish(c)


def certificate(t: Traits) -> Drawing:
    """A diploma with ornament, medal and signature."""
    s = scheme_of(t)
    paper = t.pick("paper", (CREAM, (236, 232, 216), mix(s.c[2], WHITE, 0.5)))
    c = blank(paper, s.line)
    border = BODY & ~box_mask(7, 7, 63, 87, 3)
    c.levels(
        PATTERNS[t.pick("guilloche", ("scales", "waves", "checker", "argyle", "dots"))](t.dice("border"), 2),
        [paper, mix(paper, s.line, 0.35)],
        border,
    )
    c.paint(box_mask(9, 12, 61, 21, 2), s.line)
    centred(c, word_of(t), 13, paper, "tall")
    _lines(c, t.dice("print"), (13, 25, 57, 34), mix(paper, s.line, 0.6))
    c.paint(oval_mask(35, 50, 14, 14), s.a[0])
    c.paint(oval_mask(35, 50, 12, 12), s.a[1])
    c.stamp(emblem_bits(t.pick("sign", EMBLEMS), 2), 28, 43, s.a[2])
    c.paint(box_mask(29, 63, 33, 73) | box_mask(37, 63, 41, 73), s.b[1])
    dice = t.dice("signature")
    c.stroke([(14 + step * 4, 80 + dice.between(-4, 3)) for step in range(10)], s.line)
    return _finish(c)


def licence(t: Traits) -> Drawing:
    """An identity card on its side, with portrait, rows of data and a bar code."""
    s = scheme_of(t)
    paper = mix(s.ground[2], WHITE, 0.65)
    c = blank(paper, s.ground[0])
    c.levels(PATTERNS["waves"](t.dice("guilloche"), 2), [paper, mix(paper, s.ground[1], 0.15)], BODY)
    c.paint(box_mask(58, 1, 69, 93), s.ground[0])
    c.stamp(_sideways(text_bits(word_of(t) + " ID", "tall")), 60, 8, WHITE)
    _portrait(c, t, s, 32, 8, 22, 28)
    dice = t.dice("data")
    for row in range(5):
        c.stamp(
            _sideways(text_bits(invented_word(dice, 3, 6) + " " + str(dice.below(9999)), "small"))[:48],
            50 - row * 8,
            41,
            s.line,
        )
    for y in range(6, 34):
        if dice.chance(0.55):
            c.paint(box_mask(5, y, 14, y), SLATE)
    return _finish(c)


def bank_card(t: Traits) -> Drawing:
    """A payment card on its side."""
    s = scheme_of(t)
    c = Canvas()
    lay_ground(c, t, s, wild=0.6)
    c.paint(X < t.dice("band").between(8, 24), s.a[1])
    c.line = s.line
    c.box(41, 12, 53, 22, GOLD, 1)
    c.stroke([(47, 12), (47, 22)], GOLD[0])
    dice = t.dice("number")
    bits = _sideways(text_bits(" ".join(str(1000 + dice.below(8999)) for _ in range(4)), "small"))
    _raised(c, bits, 31, 47 - bits.shape[0] // 2, WHITE)
    bits = _sideways(text_bits(word_of(t), "bold"))
    _raised(c, bits, 58, 10, s.c[2])
    c.paint(oval_mask(14, 78, 5, 5), s.b[1])
    c.paint(oval_mask(14, 84, 5, 5), GOLD[1])
    return _finish(c, s.line)


def todo(t: Traits) -> Drawing:
    """A list on lined paper."""
    s = scheme_of(t)
    paper = t.pick("paper", ((252, 246, 170), WHITE, CREAM, (220, 240, 250), mix(s.c[2], WHITE, 0.5)))
    c = blank(paper)
    c.paint(BODY & (Y % 9 == 3) & (Y > 12), mix(paper, (80, 140, 220), 0.5))
    if t.chance("margin", 0.6):
        c.paint(BODY & (X == 10), RED[2])
    ink = t.pick("pen", ((40, 80, 190), SLATE, s.a[0], s.b[0]))
    centred(c, word_of(t), 5, ink, "bold")
    done = t.number("done", 0, 6)
    for row in range(7):
        y = 17 + row * 9 + 2
        _small_text(c, t.dice(f"row {row}"), 14, y, ink, 2)
        c.dot(6, y + 2, ink, 2)
        if row < done:
            c.stroke([(13, y + 3), (54, y + 1)], RED[1])
    return _finish(c)


def trading_card(t: Traits) -> Drawing:
    """A collector's card: picture above, numbers and rules below."""
    s = scheme_of(t)
    c = blank(s.ground[0], s.line)
    window = box_mask(6, 8, 64, 50)
    c.paint(box_mask(5, 7, 65, 51, 1), s.c[1])
    lay_ground(c, t, s, window, wild=0.7)
    layer = subject_of(t, s).resized(46, 61, 12, 0)
    c.put(layer, mask=window)
    centred(c, word_of(t), 54, WHITE, "tall")
    dice = t.dice("rules")
    c.paint(box_mask(5, 64, 65, 89), mix(s.ground[2], WHITE, 0.4))
    _lines(c, dice, (9, 67, 60, 84), s.line, 4)
    for number in range(t.number("power", 1, 5)):
        c.paint(oval_mask(10 + number * 6, 86, 2, 2), s.a[1])
    c.paint(oval_mask(61, 10, 7, 7), s.line)
    c.paint(oval_mask(61, 10, 6, 6), s.b[1])
    centred(c, str(t.number("level", 1, 9)), 7, WHITE, "tall", 61)
    return _finish(c)


def newspaper(t: Traits) -> Drawing:
    """A front page: title, headline, picture, columns."""
    s = scheme_of(t)
    paper = t.pick("paper", ((232, 228, 214), WHITE, (250, 214, 196), (214, 218, 222)))
    c = blank(paper)
    ink = mix(paper, (20, 22, 30), 0.85)
    word = word_of(t)
    centred(c, word, 5, ink, fitting_font(word, 60))
    for y in (14, 17):
        c.paint(BODY & (y == Y), ink)
    dice = t.dice("print")
    centred(c, invented_word(dice, 5, 6) + " " + invented_word(dice, 4, 6), 20, ink)
    _portrait(c, t, s, 6, 29, 30, 28, mono=t.dice("press").chance(0.7))
    _lines(c, dice, (40, 29, 66, 58), mix(paper, ink, 0.6), 2 + dice.below(2))
    for x in (5, 27, 49):
        _lines(c, dice, (x, 62, x + 18, 91), mix(paper, ink, 0.6), 3)
    return _finish(c)


def road_sign(t: Traits) -> Drawing:
    """A sign: large words, an arrow, a picture."""
    s = scheme_of(t)
    tone = s.a[1]
    c = blank(tone, mix(tone, WHITE, 0.5))
    rim(c, WHITE, inset=3)
    dice = t.dice("words")
    for row in range(dice.between(1, 2)):
        word = invented_word(dice, 4, 6)
        centred(c, word, 10 + row * 11, WHITE, fitting_font(word, 58))
    bits = emblem_bits(t.pick("sign", EMBLEMS), t.dice("size").choice((3, 4)))
    c.stamp(bits, 35 - bits.shape[1] // 2, 36, WHITE)
    c.paint(box_mask(8, 71, 62, 72), WHITE)
    centred(c, word_of(t), 77, WHITE, "tall")
    if t.chance("arrow", 0.4):
        c.stroke([(12, 67), (58, 67)], WHITE, 2)
        c.stroke([(16, 63), (12, 67), (16, 71)], WHITE)
    return _finish(c)


def chart(t: Traits) -> Drawing:
    """A curve or bars on squared paper."""
    s = scheme_of(t)
    paper = t.pick("paper", (SLATE, WHITE, CREAM, s.ground[0], (24, 40, 34)))
    ink = contrast(paper, SLATE, WHITE)
    c = blank(paper)
    c.paint(BODY & ((X % 8 == 3) | (Y % 8 == 3)), mix(paper, ink, 0.18))
    kind, dice = t.pick("chart", ("line", "bars", "pie", "dots")), t.dice("data")
    if kind == "line":
        for ramp in (s.a, s.b):
            c.stroke([(8 + step * 6, 84 - dice.below(24) - step * dice.between(0, 6)) for step in range(10)], ramp[1], 2)
    elif kind == "bars":
        for step in range(6):
            c.paint(box_mask(9 + step * 9, 84 - dice.between(6, 62), 15 + step * 9, 84), (s.a, s.b, s.c)[step % 3][1])
    elif kind == "pie":
        angle = np.round(np.arctan2(Y - 50, X - 35) / 6.2832 + 0.5, 4)
        cuts = sorted(dice.uniform() for _ in range(4))
        c.levels(
            np.searchsorted(cuts, angle).astype(np.int32),
            [s.a[1], s.b[1], s.c[1], s.ground[1], s.a[2]],
            oval_mask(35, 50, 24, 24),
        )
    else:
        for _ in range(dice.between(12, 30)):
            c.dot(dice.between(8, 60), dice.between(16, 82), dice.choice((s.a[1], s.b[1])), 3)
    c.stroke([(7, 10), (7, 85), (64, 85)], ink)
    c.stamp(text_bits(word_of(t), "small"), 11, 6, ink)
    return _finish(c)


def photo(t: Traits) -> Drawing:
    """An instant photograph with a white rim, wider below."""
    s = scheme_of(t)
    c = blank((248, 246, 240))
    inside = box_mask(6, 6, 64, 62)
    c.levels(dithered(Y / 94, 4), blend(s.ground[2], s.ground[0], 4), inside)
    if t.chance("backdrop", 0.5):
        lay_ground(c, t, s, inside)
    c.paint((rough(t.dice("fade"), 3, 3) > 0.6) & inside & ((X + Y) % 2 == 0), mix(s.ground[2], WHITE, 0.5))
    c.put(subject_of(t, s), 0, -8, inside)
    centred(c, word_of(t), 67, SLATE, "tall")
    return _finish(c)


def stamp(t: Traits) -> Drawing:
    """A postage stamp over the whole card, its rim in teeth."""
    s = scheme_of(t)
    c = blank(CREAM)
    panel = box_mask(6, 6, 64, 88)
    lay_ground(c, t, s, panel, wild=0.3)
    layer = subject_of(t, s)
    c.put(toned(layer, s.ground) if t.dice("ink").chance(0.5) else layer, mask=panel)
    bits = text_bits(str(t.number("price", 1, 99)), "bold")
    c.paint(box_mask(7, 76, 9 + bits.shape[1] + 1, 87), CREAM)
    c.stamp(bits, 9, 78, s.line)
    for step in range(2, 95, 5):
        c.erase(oval_mask(1, step, 1, 1) | oval_mask(69, step, 1, 1) | oval_mask(step, 1, 1, 1) | oval_mask(step, 93, 1, 1))
    return _finish(c)


def alphabet(t: Traits) -> Drawing:
    """A child's flash card: a large letter, a small picture, a word."""
    s = scheme_of(t)
    c = blank(WHITE, s.ground[0])
    border = BODY & ~box_mask(5, 5, 65, 89, 3)
    c.levels(
        PATTERNS[t.pick("border", ("checker", "dots", "stripes", "zigzag"))](t.dice("border"), 2),
        [s.ground[1], s.ground[2]],
        border,
    )
    bits = text_bits(t.pick("letter", "ABCDEFGHKLMNPRSTUVWXYZ0123456789"), "bold").repeat(3, axis=0).repeat(3, axis=1)
    c.stamp(bits, 35 - bits.shape[1] // 2, 12, s.a[1])
    c.put(subject_of(t, s).resized(36, 48, 18, 34))
    centred(c, word_of(t), 80, s.line)
    return _finish(c)


def menu(t: Traits) -> Drawing:
    """A loyalty card: a row of circles, some of them stamped."""
    s = scheme_of(t)
    c = blank(mix(s.c[2], WHITE, 0.6), s.a[0])
    c.paint(box_mask(42, 4, 66, 90, 3), s.a[1])
    bits = _sideways(text_bits(word_of(t), "bold")).repeat(2, axis=1)
    c.stamp(bits[:, :16], 46, 10, WHITE)
    stamped = t.number("stamped", 0, 10)
    for number in range(10):
        x, y = 12 + number % 2 * 18, 12 + number // 2 * 17
        c.paint(ring_mask(x, y, 7, 7, 1), s.a[0])
        if number < stamped:
            c.stamp(emblem_bits(t.dice("ink").choice(EMBLEMS)), x - 3, y - 3, s.b[0])
    return _finish(c)


def cassette(t: Traits) -> Drawing:
    """A tape, a console or a clock face: a device of boxes and dials."""
    s = scheme_of(t)
    c = blank(s.paper)
    if t.chance("filled", 0.5):
        lay_ground(c, t, s)
    c.line = s.line
    c.box(10, 16, 60, 80, s.a, 3)
    screen = c.box(16, 22, 54, 44, t.pick("screen", (STEEL, s.b, s.c, ((30, 60, 50), (50, 110, 80), (120, 220, 150)))), 1)
    c.stamp(emblem_bits(t.pick("sign", EMBLEMS), 2), 28, 26, s.line)
    c.paint(screen & (Y % 3 == 0) & (X % 2 == 0), s.line)
    for number in range(t.number("buttons", 1, 6)):
        c.oval(19 + number % 3 * 16, 55 + number // 3 * 13, 4, 4, (s.b, s.c, STEEL)[number % 3])
    centred(c, word_of(t), 74, WHITE)
    return _finish(c)
