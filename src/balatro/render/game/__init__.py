"""The game's own files: where they lie, their sprite sheets, and the deck that is made of them."""
