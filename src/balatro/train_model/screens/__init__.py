"""Drawn screens to learn from."""
