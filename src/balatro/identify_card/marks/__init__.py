"""Pictures with what was read in them."""
