"""Photographs of cards: on tables and playmats, in hands, sleeves and binders, under any light, with the truth about each."""
