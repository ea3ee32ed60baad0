"""Numbers on which training and identifying must agree, though neither may import the other."""

from __future__ import annotations

MODEL_FORMAT = 1
"""Version of model.json."""
CARD_SIZE = (96, 128)
"""Width and height in pixels of the rectified card that every encoder takes."""
MARGIN = 0.04
"""How far a card is cut out beyond its sides, as a share of the card."""
STRIDE = 4
"""Pixels of the locator's frame per cell of its maps."""
