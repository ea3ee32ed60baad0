"""The whole road once: a deck, screens, training, scores, names."""
