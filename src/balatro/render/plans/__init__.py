"""Plans of screens: which cards lie where, in which look."""
