"""Cards that were added by a picture."""
