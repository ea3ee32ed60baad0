"""Screens: whole screens with a box around each card, prefilled, with mouse and keyboard."""

from balatro.annotate_dataset.pages.common import show_board


def screens_page() -> None:
    """The board of whole screens."""
    show_board("screens")
