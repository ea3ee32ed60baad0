"""The one way to show that something is going on.

    with progress("Drawing cards", total=200) as bar:
        for card in cards:
            draw(card)
            bar.advance(note=card.name)

    for path in track(paths, "Reading"):
        ...

A bar goes to stderr. Where stderr is no terminal (a log, a pipe, a test) a plain line is written now and then instead.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")

PLAIN_EVERY_S = 10.0
"""Seconds between two lines where there is no terminal."""


class Bar(Protocol):
    """What `progress` gives."""

    def advance(self, steps: float = 1, note: str = "") -> None:
        """Some steps are done; `note` is shown behind the bar until the next one."""

    def set_total(self, total: float | None) -> None:
        """The number of steps became known, or changed."""


@contextmanager
def progress(label: str, total: float | None = None) -> Iterator[Bar]:
    """Show a bar while the block runs; total None means that the number of steps is unknown."""
    if sys.stderr is not None and sys.stderr.isatty():
        with _rich_bar(label, total) as bar:
            yield bar
    else:
        plain = _PlainBar(label, total)
        yield plain
        plain.finish()


def track(items: Iterable[T], label: str, total: float | None = None) -> Iterator[T]:
    """The items, with a bar that counts them."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    with progress(label, total) as bar:
        for item in items:
            yield item
            bar.advance()


class _PlainBar:
    """A line on stderr every PLAIN_EVERY_S seconds, and one at the end when it took that long."""

    def __init__(self, label: str, total: float | None) -> None:
        self._label = label
        self._total = total
        self._done: float = 0
        self._note = ""
        self._began = self._spoke = time.monotonic()

    def advance(self, steps: float = 1, note: str = "") -> None:
        self._done += steps
        self._note = note or self._note
        if time.monotonic() - self._spoke >= PLAIN_EVERY_S:
            self._speak()

    def set_total(self, total: float | None) -> None:
        self._total = total

    def finish(self) -> None:
        if self._spoke > self._began:
            self._speak()

    def _speak(self) -> None:
        self._spoke = time.monotonic()
        of = f"/{self._total:g}" if self._total is not None else ""
        note = f"  {self._note}" if self._note else ""
        if sys.stderr is not None:
            print(f"{self._label}: {self._done:g}{of}, {self._spoke - self._began:.0f} s{note}", file=sys.stderr, flush=True)


class _RichBar:
    def __init__(self, shown: object, task: object) -> None:
        self._shown = shown
        self._task = task

    def advance(self, steps: float = 1, note: str = "") -> None:
        if note:
            self._shown.update(self._task, advance=steps, note=note)  # type: ignore[attr-defined]
        else:
            self._shown.update(self._task, advance=steps)  # type: ignore[attr-defined]

    def set_total(self, total: float | None) -> None:
        self._shown.update(self._task, total=total)  # type: ignore[attr-defined]


@contextmanager
def _rich_bar(label: str, total: float | None) -> Iterator[_RichBar]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[note]}", style="dim", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        yield _RichBar(shown, shown.add_task(label, total=total, note=""))
