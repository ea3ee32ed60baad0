"""The five modifiers of a card, in the order of every modifier head."""

from __future__ import annotations

import re

MODIFIERS = ("Base", "Foil", "Holographic", "Polychrome", "Negative")
"""Index order, fixed everywhere: heads, galleries and reports."""
_SUFFIX = re.compile(
    rf"(?P<name>.*[^\s_:/,|-])\s*(?:[\s_:/,|-]\s*|(?=[(\[]))[(\[]?(?P<modifier>{'|'.join(MODIFIERS)})[)\]]?", re.I
)


def split_class(text: str) -> tuple[str, str | None]:
    """A class's name as card and modifier: `Egg`, `Egg Foil`, `Egg_foil`, `Egg (Foil)`, `Egg: Foil`.

    >>> split_class("Egg (foil)")
    ('Egg', 'Foil')
    >>> split_class("The Fool")
    ('The Fool', None)
    """
    found = _SUFFIX.fullmatch(text.strip())
    return (found["name"], found["modifier"].capitalize()) if found else (text.strip(), None)
