"""Capturing cards: from frames of a game to pictures of single cards, none of them twice."""
