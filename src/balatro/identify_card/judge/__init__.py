"""How well a model reads: scores, thresholds, reported mistakes, speed."""
