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
STRIDES = (4, 8, 16)
"""Pixels of the locator's frame per cell, for each of its levels: each finds cards twice as large as the one before."""
FRAME_PIXELS = 512 * 288
"""Pixels of the frame that a picture becomes for the locator, whatever its shape: a 16:9 one is 512 by 288."""
FRAME_STEP = 32
"""Frames are multiples of so many pixels both ways."""
CLOSER = 2.5
"""How many times larger cards are drawn for a second look, where the first sees cards too small for it."""
SMALLER_STRIDE = 8
"""Pixels per cell of the map that tells where cards lie that are too small for this frame."""
PATCH_SIZE = (96, 128)
"""Width and height in pixels of what the refiner sees of a card and of what lies around it."""
PATCH_MARGIN = 0.3
"""How far such a patch reaches beyond the card's sides, as a share of the card."""
CLOSE_MARGIN = 0.12
"""The same for the last look, which sees the card larger: its corners are nearly right by then."""
PATCH_STRIDE = 4
"""Pixels of a patch per cell of the refiner's maps."""
SEEN_AS = ("auto", "screen", "photo", "card")
"""What a picture may be: whatever its model is for; a screen, whose cards stand upright; a photograph, whose cards lie in any
turn; or one card that fills it."""
