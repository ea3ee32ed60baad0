"""The words of a screen that are known: phrases read with all letters and likened to the lexicon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from balatro.runtime.text.glyphs import Alphabet, Glyphs
from balatro.runtime.text.lines import WHITE, Line
from balatro.runtime.text.reader import read_lines

MOST = 24
"""Phrases that are read of a picture, the largest first."""
SPACE = 1.2
"""Widest space between words, in heights of a letter."""
TITLES = 2
"""Titles beside a panel: the blind's name and the hand's, the largest of its words."""
SIZES = (1.0, 0.94, 0.88, 1.06)
"""Heights at which a title that swings is tried: turned letters are higher than they are, and a g may hang on its neighbour."""
LONGEST = 14
"""Widest phrase, in heights of a letter."""
ALIKE = str.maketrans("l!08", "iiob")
"""Signs that look like others."""
LEAST_LIKE = 0.8
"""How alike what is read and the word of the lexicon must be, 0 to 1."""


@dataclass(frozen=True)
class Phrase:
    """What was read, the text of the lexicon that it is ("" for none), box (left, top, right, bottom), letter height in
    pixels, and likeness of the two, 0 to 1."""

    read: str
    text: str
    box: tuple[int, int, int, int]
    letter: float
    likeness: float


def no_title(line: Line) -> bool:
    """For a picture without titles that swing."""
    return False


def read_phrases(
    picture: np.ndarray,
    lines: Sequence[Line],
    glyphs: Glyphs,
    known: Iterable[str],
    swings: Callable[[Line], bool] = no_title,
) -> list[Phrase]:
    """The phrases of a (H, W, 3) uint8 RGB picture in white, the largest MOST of them.

    swings: which lines may be titles that swing; of those that are not known the letters are read again, wherever they bob.
    """
    joined = sorted(_joined(lines), key=lambda line: -line.letter)[:MOST]
    plain = _plain_words(tuple(known))
    found = _liken(picture, joined, glyphs.letters, plain)
    titles = [place for place, line in enumerate(joined) if swings(line)][:TITLES]
    for size in SIZES:
        unknown = [place for place in titles if not found[place].text]
        again = _liken(picture, [_from_top(joined[place], size) for place in unknown], glyphs.swung, plain)
        for place, phrase in zip(unknown, again, strict=True):
            found[place] = phrase if phrase.text else found[place]
    return found


def _from_top(line: Line, size: float) -> Line:
    """The line with letters of another height under the same top: capitals reach it, but not all stand on the same foot."""
    letter = line.letter * size
    return replace(line, letter=letter, bottom=line.box[1] + letter)


def _liken(picture: np.ndarray, lines: Sequence[Line], alphabet: Alphabet, plain: dict[str, str]) -> list[Phrase]:
    found = []
    for line, reading in zip(lines, read_lines(picture, lines, alphabet), strict=True):
        likeness, word = most_alike(_plain(reading.text), tuple(plain))
        text = plain[word] if likeness >= LEAST_LIKE else ""
        found.append(Phrase(reading.text, text, line.box, line.letter, likeness))
    return found


@lru_cache(maxsize=4)
def _plain_words(known: tuple[str, ...]) -> dict[str, str]:
    return {_plain(text): text for text in known}


def _joined(lines: Sequence[Line]) -> list[Line]:
    """White lines, those beside each other as one."""
    rows: list[Line] = []
    for line in sorted((line for line in lines if line.plane == WHITE), key=lambda line: line.box[0]):
        for place, row in enumerate(rows):
            tall = max(row.letter, line.letter)
            level = abs(row.bottom - line.bottom) < 0.35 * tall and 0.55 * tall < min(row.letter, line.letter)
            if level and -0.3 * tall < line.box[0] - row.box[2] < SPACE * tall:
                rows[place] = _union(row, line)
                break
        else:
            rows.append(line)
    return [row for row in rows if 1.8 * row.letter < row.box[2] - row.box[0] < LONGEST * row.letter]


def _union(a: Line, b: Line) -> Line:
    taller = a if a.letter >= b.letter else b
    box = (min(a.box[0], b.box[0]), min(a.box[1], b.box[1]), max(a.box[2], b.box[2]), max(a.box[3], b.box[3]))
    return replace(taller, box=box, icons=())


def _plain(text: str) -> str:
    """Letters and digits alone, small, with what looks alike as one."""
    return "".join(sign for sign in text.lower().translate(ALIKE) if sign.isalnum())


def most_alike(text: str, words: tuple[str, ...]) -> tuple[float, str]:
    """The word that is most like a text, and 1 less the share of letters that must be changed, put in or left out for it; 0
    and no word where that is less than LEAST_LIKE."""
    own, counts = _letters(text), _counts(words)
    lengths = counts.sum(axis=1)
    changed = np.maximum(np.clip(counts - own, 0, None).sum(axis=1), np.clip(own - counts, 0, None).sum(axis=1))
    able = np.flatnonzero(1 - changed / np.maximum(np.maximum(lengths, len(text)), 1) >= LEAST_LIKE)
    found = max(((_alike(text, words[place]), words[place]) for place in able), default=(0.0, ""))
    return found if found[0] >= LEAST_LIKE else (0.0, "")


@lru_cache(maxsize=4)
def _counts(words: tuple[str, ...]) -> np.ndarray:
    return np.stack([_letters(word) for word in words])


def _letters(text: str) -> np.ndarray:
    """How often each letter is in a text, (128,)."""
    return np.bincount(np.frombuffer(text.encode("ascii", "ignore"), np.uint8), minlength=128)


def _alike(a: str, b: str) -> float:
    """1 less the share of letters that must be changed, put in or left out to make one of the other."""
    row = np.arange(len(b) + 1)
    for i, sign in enumerate(a, 1):
        above, row = row, np.empty_like(row)
        row[0] = i
        for j, other in enumerate(b, 1):
            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (sign != other))
    return 1 - int(row[-1]) / max(len(a), len(b), 1)
