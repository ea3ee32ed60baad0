"""Balatro reads the cards of the game Balatro from the screen.

>>> import balatro
>>> recognizer = balatro.Recognizer.load("demo")
>>> [card.name for card in recognizer.identify("screenshot.png") if card.known]
['Juggler', 'Captain Mildew', 'Frog Regent', 'Juggler', 'Birthday Arson', 'Diploma of Idleness']
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from balatro.identify_card.displayed import find_card as find_card
    from balatro.identify_card.displayed import is_card_displayed as is_card_displayed
    from balatro.identify_card.displayed import wait_for_card as wait_for_card
    from balatro.identify_card.recognizer import Recognizer as Recognizer
    from balatro.identify_card.recognizer import identify as identify
    from balatro.identify_card.watch.watch import watch as watch
    from balatro.utils.images import load_image as load_image

__version__ = "0.1.0"
__all__ = [
    "Recognizer",
    "identify",
    "is_card_displayed",
    "find_card",
    "wait_for_card",
    "watch",
    "load_image",
    "__version__",
]

# Opened on first use, so that `import balatro` takes no time and imports no library.
_DOORS = {
    "Recognizer": "balatro.identify_card.recognizer",
    "identify": "balatro.identify_card.recognizer",
    "is_card_displayed": "balatro.identify_card.displayed",
    "find_card": "balatro.identify_card.displayed",
    "wait_for_card": "balatro.identify_card.displayed",
    "watch": "balatro.identify_card.watch.watch",
    "load_image": "balatro.utils.images",
}


def __getattr__(name: str) -> Any:
    if name not in _DOORS:
        raise AttributeError(f"module 'balatro' has no attribute {name!r}")
    return getattr(importlib.import_module(_DOORS[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
