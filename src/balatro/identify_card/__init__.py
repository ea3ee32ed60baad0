"""Finding and naming the cards of a picture.

>>> from balatro.identify_card import Recognizer
>>> cards = Recognizer.load("demo").identify("screenshot.png")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from balatro.identify_card.card import Card, Guess
    from balatro.identify_card.recognizer import Recognizer, identify
    from balatro.identify_card.table.records import PlayingCard, Table

__all__ = ["Card", "Guess", "PlayingCard", "Recognizer", "Table", "identify"]

_DOORS = {
    "Card": "card",
    "Guess": "card",
    "PlayingCard": "table.records",
    "Recognizer": "recognizer",
    "Table": "table.records",
    "identify": "recognizer",
}


def __getattr__(name: str) -> Any:
    """Import on use, so that `balatro --help` does not wait for OpenCV and ONNX Runtime."""
    if name not in _DOORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_DOORS[name]}"), name)
