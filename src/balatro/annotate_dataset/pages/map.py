"""Map: all pictures by what they look like, chosen with a lasso and labelled or set aside together."""

from balatro.annotate_dataset.pages.common import show_board


def map_page() -> None:
    """The map of the pictures."""
    show_board("map")
