"""Things in words: durations, and numbers with their plurals."""
