"""Verify: what is labelled, by name and modifier, the suspicious first."""

from balatro.annotate_dataset.pages.common import show_board


def verify_page() -> None:
    """The verifying board."""
    show_board("verify")
