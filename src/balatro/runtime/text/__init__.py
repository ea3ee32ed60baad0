"""Reading what a screen says in the game's pixel font: lines of text, their words, and what the numbers mean."""
