"""What watching shows: outlines over the game, a preview window, a recorded video; all drawn by `identify_card.draw`."""
