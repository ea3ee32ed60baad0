"""Two small pixel fonts, capitals and digits, drawn for this project."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

# Each glyph is its rows from the top, one hexadecimal number a row, the rightmost pixel being the lowest bit.
_TALL = """
A0E11111F111111 B1E11111E11111E C0E11101010110E D1E11111111111E E1F10101E10101F F1F10101E101010 G0E11101711110F
H1111111F111111 I0E04040404040E J0702020202120C K11121418141211 L1010101010101F M111B1515111111 N11191915131311
O0E11111111110E P1E11111E101010 Q0E11111115120D R1E11111E141211 S0F10100E01011E T1F040404040404 U1111111111110E
V11111111110A04 W1111111515150A X11110A040A1111 Y11110A04040404 Z1F01020408101F 00E11131519110E 1040C040404040E
20E11010608101F 31E01010E01011E 402060A121F0202 51F101E0101110E 60608101E11110E 71F010204040808 80E11110E11110E
90E11110F01020C $040F140E051E04 +0004041F040400 /01020204080810 -0000001F000000 ,000000000C0408 .00000000000C0C
"""
_SMALL = """
A25755 B65656 C34443 D65556 E74647 F74644 G34553 H55755 I72227 J11152 K55655 L44447 M57755 N65555 O75557 P65644 Q25563
R65655 S34216 T72222 U55557 V55552 W55775 X55255 Y55222 Z71247 075557 126227 261247 361216 455711 574616 634757 771222
875757 975716
"""
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def _read(text: str, width: int, step: int) -> dict[str, np.ndarray]:
    glyphs = {}
    for word in text.split():
        rows = [int(word[at : at + step], 16) for at in range(1, len(word), step)]
        glyphs[word[0]] = np.array([[row >> (width - 1 - x) & 1 for x in range(width)] for row in rows], bool)
    return glyphs


_FONTS = {"tall": _read(_TALL, 5, 2), "small": _read(_SMALL, 3, 1)}


@lru_cache(maxsize=2048)
def text_bits(text: str, font: str = "tall") -> np.ndarray:
    """The text in one row as a bool picture; `tall` 5x7, `bold` 6x7, `small` 3x5. Unknown signs are blanks."""
    glyphs = _FONTS["small" if font == "small" else "tall"]
    size = (5, 3) if font == "small" else (7, 5)
    gap = np.zeros((size[0], 1), bool)
    pieces: list[np.ndarray] = []
    for sign in text.upper():
        pieces += [_bold(glyphs.get(sign, np.zeros(size, bool)), font), gap]
    return np.concatenate(pieces[:-1], axis=1) if pieces else np.zeros((size[0], 0), bool)


def tall_font() -> dict[str, np.ndarray]:
    """The glyphs of the tall font without the blank columns beside them, (7, width) bool: what the demo deck is read by."""
    return {sign: bits[:, bits.any(axis=0)] for sign, bits in _FONTS["tall"].items()}


@lru_cache(maxsize=512)
def stacked_bits(text: str, font: str = "tall") -> np.ndarray:
    """The text as a column of upright letters, one pixel between them."""
    letters = [text_bits(sign, font) for sign in text]
    gap = np.zeros((1, letters[0].shape[1]), bool)
    return np.concatenate([piece for letter in letters for piece in (letter, gap)][:-1], axis=0)


def roman(number: int) -> str:
    """1 to 39 in Roman numerals."""
    signs = ""
    for value, sign in _ROMAN:
        while number >= value:
            signs += sign
            number -= value
    return signs


def _bold(glyph: np.ndarray, font: str) -> np.ndarray:
    if font != "bold":
        return glyph
    wide = np.zeros((glyph.shape[0], glyph.shape[1] + 1), bool)
    wide[:, :-1] |= glyph
    wide[:, 1:] |= glyph
    return wide
