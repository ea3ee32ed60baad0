"""A deck's gallery: the pictures that cards are named by before any training, and doubted by after it."""
