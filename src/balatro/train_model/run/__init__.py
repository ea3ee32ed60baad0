"""One run: its parts, the loop, first weights, checkpoints, several processes, what it leaves."""
