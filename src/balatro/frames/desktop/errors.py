"""Why a window cannot be read at the moment."""

from __future__ import annotations

from balatro.errors import InputError


class NotVisibleError(InputError):
    """The window is there, but too little of it is to be seen now: minimised, covered, off the screen, or behind a lock."""


class NoWindowError(InputError):
    """There is no such window, or it was closed; it may be opened (again) later."""
