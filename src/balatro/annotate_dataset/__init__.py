"""Labelling pictures of cards: suggestions from those that are labelled already."""
