"""Labelled pictures to learn from: which there are, their split, how they are kept and changed."""
