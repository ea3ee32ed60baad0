"""Which of the open windows a user means: by program where the system tells it, else by title, and never by chance."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from balatro.errors import InputError
from balatro.frames.desktop.errors import NoWindowError

NAMED = 5
"""Windows that a message names at most."""


@dataclass(frozen=True)
class Named:
    """A window as it can be asked for."""

    title: str
    program: str = ""
    """The file name of the program that it belongs to, such as Balatro.exe; empty where the system doesn't tell."""
    number: int = 0
    """The system's own number of it, which no other window has; 0 where it has none."""

    def __str__(self) -> str:
        program = f" of {self.program}" if self.program else ""
        return f"{hex(self.number)} ({self.title!r}{program})" if self.number else f"{self.title!r}{program}"


N = TypeVar("N", bound=Named)


def choose(wanted: str, windows: Sequence[N]) -> N:
    """The window that is meant by a title, a program's name or a number (`0x3a00007`), whatever the case.

    The first of these that any window fits: its number; its program; its title exactly, with a version after it (`Balatro
    1.0.1o`), at its beginning, anywhere. NoWindowError names the nearest when there is none, InputError all when several fit
    equally well.
    """
    text = wanted.strip().casefold()
    fitting = [window for window in windows if window.number and text == hex(window.number)]
    if not fitting:
        owned = [window for window in windows if text and text == _stem(window.program)]
        fitting = _by_title(text, owned) or owned or _by_title(text, windows)
    if not fitting:
        raise NoWindowError(f"no window is called {wanted!r}; {_nearest(wanted, [window.title for window in windows])}")
    if len(fitting) > 1:
        raise InputError(_doubt(wanted, fitting))
    return fitting[0]


def _by_title(text: str, windows: Sequence[N]) -> list[N]:
    """Those that the title fits best."""
    rules: tuple[Callable[[str, str], bool], ...] = (str.__eq__, _has_version, str.startswith, str.__contains__)
    for fits in rules if text else ():
        fitting = [window for window in windows if fits(window.title.casefold(), text)]
        if fitting:
            return fitting
    return []


def _stem(program: str) -> str:
    """`Balatro.exe`, which Proton's processes are called too, is Balatro."""
    return re.sub(r"\.(exe|app|x86_64|appimage)$", "", program.casefold())


def _has_version(title: str, wanted: str) -> bool:
    """Whether a title is the wanted one with a version after it, as the game's own is; `Balatro Wiki` is a browser's."""
    return re.fullmatch(r"[\s-]*v?\d[\w.+-]*", title.removeprefix(wanted)) is not None and title.startswith(wanted)


def _nearest(title: str, titles: list[str]) -> str:
    if not titles:
        return "no window is open at all; start the game first"
    folded = {name.casefold(): name for name in titles}
    near = difflib.get_close_matches(title.casefold(), list(folded), n=3, cutoff=0.4)
    named = [folded[name] for name in near] or titles[:NAMED]
    return f"{'nearest' if near else 'open'}: {', '.join(repr(name) for name in named)}"


def _doubt(wanted: str, fitting: Sequence[Named]) -> str:
    named = ", ".join(str(window) for window in fitting[:NAMED])
    more = f" and {len(fitting) - NAMED} more" if len(fitting) > NAMED else ""
    if len({window.title for window in fitting}) == len(fitting):
        how = f"the whole title, such as window:{fitting[0].title}"
    elif fitting[0].number:
        how = f"its number, such as window:{hex(fitting[0].number)}"
    else:
        how = "a title that only one has, or close the others"
    return f"{len(fitting)} windows may be meant by {wanted!r}: {named}{more}; give {how}"
