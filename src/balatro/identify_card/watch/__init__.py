"""Watching a screen: which card came, changed and went."""
