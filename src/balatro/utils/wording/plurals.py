"""Numbers of things in words: 1 card, 2 cards."""

from __future__ import annotations


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 card`, `2 cards`; things: the plural, where it is not thing + s.

    >>> counted(1, "picture"), counted(0, "picture"), counted(2, "copy", "copies")
    ('1 picture', '0 pictures', '2 copies')
    """
    return f"{number} {thing if number == 1 else things or thing + 's'}"
