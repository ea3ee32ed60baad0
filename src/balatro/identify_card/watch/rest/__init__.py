"""The table over frames: when it has come to rest, what it is by the votes of several looks, and what has happened since."""
