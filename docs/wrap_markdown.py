"""Wraps the prose of Markdown at 120 columns: `python docs/wrap_markdown.py`. Tables and code stay as they are.

A paragraph none of whose lines is too long stays as it is too, so that a change shows as little else as can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
WIDTH = 120
MARKER = re.compile(r"\s*(?:[-*+]|\d+\.)\s+")
"""What begins an item of a list."""
ALONE = re.compile(r"\s*(?:#|\||<!--|>|$)")
"""Lines that are no prose: headings, tables, comments, quotes, and empty ones."""
FENCE = re.compile(r"\s*(?:```|~~~)")
ATOM = re.compile(r"(?:`[^`]*`|\S)+")
"""What is not broken: a word, or code between backticks, with what touches it."""
NOT_FIRST = re.compile(r"(?:[-*+>|]|#+|\d+\.)$")
"""Words that would begin something else at the beginning of a line."""


def documents() -> list[Path]:
    """All Markdown of the project."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "benchmarks").glob("*.md")]
    return sorted([*found, ROOT / "src" / "balatro" / "weights" / "README.md"])


def wrap(text: str) -> str:
    """A document with no line of prose over WIDTH, but for words that are longer themselves."""
    lines: list[str] = []
    for paragraph in _paragraphs(text.splitlines()):
        is_prose = not (FENCE.match(paragraph[0]) or ALONE.match(paragraph[0]))
        lines += _wrapped(paragraph) if is_prose and max(map(len, paragraph)) > WIDTH else paragraph
    return "".join(f"{line}\n" for line in lines)


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    """The lines in groups: a paragraph or an item of a list, a block of code, or any other line alone."""
    group: list[str] = []
    in_code = False
    for line in lines:
        if FENCE.match(line) and not in_code:
            if group:
                yield group
            group, in_code = [line], True
        elif in_code:
            group.append(line)
            if FENCE.match(line):
                yield group
                group, in_code = [], False
        else:
            if group and (ALONE.match(line) or MARKER.match(line) or ALONE.match(group[0])):
                yield group
                group = []
            group.append(line)
    if group:
        yield group


def _wrapped(paragraph: list[str]) -> list[str]:
    marker = MARKER.match(paragraph[0])
    first = marker.group() if marker else re.match(r"\s*", paragraph[0]).group()  # type: ignore[union-attr]
    words = ATOM.findall(" ".join([paragraph[0][len(first) :], *paragraph[1:]]))
    rest = " " * len(first)
    lines = [first + words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) > WIDTH and not NOT_FIRST.match(word):
            lines.append(rest + word)
        else:
            lines[-1] += f" {word}"
    return lines


if __name__ == "__main__":
    for path in documents():
        before = path.read_text(encoding="utf-8")
        if (after := wrap(before)) != before:
            path.write_text(after, encoding="utf-8", newline="\n")
            print(path)
