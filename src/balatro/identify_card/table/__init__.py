"""The whole table from one look: what every card is, where the areas lie, and what contradicts itself."""
