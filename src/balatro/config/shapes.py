"""Numbers on which training and identifying must agree, though neither may import the other."""

from __future__ import annotations

MODEL_FORMAT = 1
"""Version of model.json."""
CARD_SIZE = (96, 128)
"""Width and height in pixels of the rectified card that every encoder takes."""
MARGIN = 0.04
"""How far a card is cut out beyond its sides, as a share of the card."""
LARGEST_DIFFERENCE = 0.02
"""By how much a network in another form may differ from the original in any output, in full precision. Logits and corners (in
cells of 4 pixels) reach 20 and more: 0.02 moves a probability by half a percent at most, a corner by a tenth of a pixel."""
STRIDE = 4
"""Pixels of the locator's frame per cell of its maps."""
