"""Training: what is learned, from which pictures, how, and how well it is read after."""
