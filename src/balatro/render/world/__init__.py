"""The world around the game: what people post of it. Crops, pages, streams, sheets of cards, and pages without any."""
