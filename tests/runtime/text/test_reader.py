"""Lines of text drawn in a font come back as they were written, at any size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balatro.runtime.text.edges import with_fine_edges
from balatro.runtime.text.glyphs import make_glyphs
from balatro.runtime.text.lines import WHITE as WHITE_PLANE
from balatro.runtime.text.lines import Line, find_lines, ink_planes
from balatro.runtime.text.words import read_words
from tests.runtime.text.panels import DARK, FONT, GOLD, ORANGE, WHITE, bits_of, write

GLYPHS = make_glyphs(FONT)


def read(text: str, height: float, colour: tuple[int, int, int] = WHITE) -> list[str]:
    picture = np.full((int(20 * height), int(14 * height) + 40, 3), DARK, np.uint8)
    write(picture, text, picture.shape[1] / 2, 10 * height, height, colour)
    planes = ink_planes(picture)
    return [word.text for word in read_words(picture, find_lines(planes), GLYPHS)]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**12), st.floats(16, 60))
def test_a_number_with_commas(number: int, height: float) -> None:
    assert [text.replace(".", ",") for text in read(f"{number:,}", height)] == [f"{number:,}"]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 99), st.integers(1, 99), st.floats(9, 40))
def test_a_count(left: int, of: int, height: float) -> None:
    assert read(f"{left}/{of}", height) == [f"{left}/{of}"]


@pytest.mark.parametrize("colour", [WHITE, GOLD])
def test_colours_are_told(colour: tuple[int, int, int]) -> None:
    picture = np.full((560, 300, 3), DARK, np.uint8)
    write(picture, "$42", 150, 60, 28, colour)
    planes = ink_planes(picture)
    (word,) = read_words(picture, find_lines(planes), GLYPHS)
    assert word.text == "$42" and np.abs(np.subtract(word.colour, colour)).max() < 30 and word.ground == DARK


def test_a_disc_is_no_number() -> None:
    picture = np.full((560, 200, 3), DARK, np.uint8)
    rows, columns = np.mgrid[:560, :200]
    picture[(rows - 60) ** 2 + (columns - 60) ** 2 < 14**2] = WHITE
    write(picture, "7", 90, 60, 28, WHITE)
    planes = ink_planes(picture)
    assert [word.text for word in read_words(picture, find_lines(planes), GLYPHS)] == ["7"]


def test_a_part_of_a_number_is_none() -> None:
    picture = np.full((560, 300, 3), DARK, np.uint8)
    write(picture, "17", 150, 60, 28, GOLD)
    picture[10:50, 160:290] = GOLD  # a frame that the 7 runs into
    planes = ink_planes(picture)
    assert read_words(picture, find_lines(planes), GLYPHS) == []


@settings(max_examples=15, deadline=None)
@given(st.floats(9, 18), st.floats(0, 1))
def test_edges_of_small_digits_lie_between_pixels(height: float, shift: float) -> None:
    fine_ink = np.zeros((16 * 60, 16 * 60), np.float32)
    bits = cv2.resize(
        bits_of("8/8").astype(np.float32), (round(16 * 2 * height), round(16 * height)), interpolation=cv2.INTER_NEAREST
    )
    top = round(16 * (20 + shift))
    fine_ink[top : top + bits.shape[0], 160 : 160 + bits.shape[1]] = bits
    ink = cv2.resize(fine_ink, (60, 60), interpolation=cv2.INTER_AREA)[..., None]
    picture = (DARK + (255 - np.array(DARK)) * ink).astype(np.uint8)
    foot = 20 + shift + height
    line = Line((10, 20, 10 + round(2 * height), round(foot)), WHITE_PLANE, float(round(height)), float(round(foot)))
    fine = with_fine_edges(picture, line, (line.box[0], line.box[2]))
    assert abs(fine.letter - height) < 0.3 and abs(fine.bottom - foot) < 0.3


def test_a_number_that_touches_its_frame_is_read() -> None:
    picture = np.full((560, 300, 3), DARK, np.uint8)
    for inset, colour in ((0, (150, 25, 15)), (8, DARK)):
        picture[220 + inset : 290 - inset, 100 + inset : 180 - inset] = colour
    write(picture, "17", 140, 255, 28, ORANGE)
    picture[269:283, 126:130] = (150, 25, 15)  # colour that a display smears from the frame to the number
    assert [word.text for word in read_words(picture, find_lines(ink_planes(picture)), GLYPHS)] == ["17"]


def test_cards_are_no_text() -> None:
    picture = np.full((560, 300, 3), DARK, np.uint8)
    write(picture, "17", 150, 260, 28, WHITE)
    card = np.array([[100, 200], [200, 200], [200, 320], [100, 320]], np.float32)
    planes = ink_planes(picture)
    assert find_lines(planes) and find_lines(planes, card[None]) == []
