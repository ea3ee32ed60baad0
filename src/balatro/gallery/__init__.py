"""The pictures of a deck that cards are named by before any training."""
