"""How the game draws a card and a screen of cards: with a deck of the game's, or with our own."""
