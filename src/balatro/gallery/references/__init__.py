"""Models of any card game from one picture a card, without training."""
