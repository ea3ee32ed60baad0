"""A pile of cards laid under a camera one after another: each is counted once, and has a row in a CSV."""
