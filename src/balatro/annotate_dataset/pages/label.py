"""Label: group by group, prefilled, with the keyboard."""

from balatro.annotate_dataset.pages.common import show_board


def label_page() -> None:
    """The labelling board."""
    show_board("label")
