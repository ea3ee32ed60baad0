"""The five modifiers of a card, in the order of every modifier head."""

from __future__ import annotations

MODIFIERS = ("Base", "Foil", "Holographic", "Polychrome", "Negative")
"""Index order, fixed everywhere: heads, galleries and reports."""
