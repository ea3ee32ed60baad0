"""What is fixed: the cards of the game, the modifiers, and where data and runs lie."""
