"""The CSV of a pile: a row a card, whole at any moment, and gone on with by the next run."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

from balatro.errors import InputError
from balatro.identify_card.card import Card
from balatro.identify_card.watch.pile.count import Pile

if TYPE_CHECKING:
    from balatro.identify_card.watch.watch import Look

BEFORE, BEHIND = ("time", "name"), ("printings", "count", "seconds", "confidence")
"""Columns on both sides of what tells printings apart: the modifier where a model has one, then each field of the game."""
MODIFIER = "modifier"


@dataclass(frozen=True)
class Counted:
    """A card that was counted, and the how many-th of its kind it is."""

    card: Card
    count: int

    def to_text(self) -> str:
        """One line for people."""
        modifier = f" ({self.card.modifier})" if self.card.modifier not in ("", "Base") else ""
        fields = "".join(f" [{value}]" for value in self.card.fields.values())
        return f"{self.card.name}{modifier}{fields}  {self.count}"


def now() -> str:
    """The time of the day, with that of the zone: `2026-11-30T08:15:02+01:00`."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


class PileFile:
    """A CSV of counted cards, to be used with `with`. Who opens it makes sure that nobody else does."""

    def __init__(self, path: Path, fields: Sequence[str], has_modifier: bool, clock: Callable[[], str] = now) -> None:
        """Begin a file, or go on with it: half a row at its end, left by a run that was killed, is taken off and told.

        fields: of the game's cards. has_modifier: whether its model tells one. InputError for a file of other columns, which is
        another model's, or no pile's.
        """
        self.path = path
        self._clock = clock
        self._fields, self._has_modifier = fields, has_modifier
        first = [*BEFORE, *([MODIFIER] if has_modifier else [])]
        own = {*first, *BEHIND}
        self.columns = [*first, *(f"{name}_" if name in own else name for name in fields), *BEHIND]
        self._kind = slice(1, len(self.columns) - len(BEHIND))
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._file = path.open("a+b", buffering=0)
        try:
            self._begin()
        except BaseException:
            self._file.close()
            raise

    @property
    def total(self) -> int:
        """Cards in the file."""
        return self._counts.total()

    @property
    def kinds(self) -> int:
        """Different ones."""
        return len(self._counts)

    def add(self, card: Card, seconds: float) -> Counted:
        """Count a card and write its row. seconds: in the time of the frames."""
        kind = (card.name or "", *([card.modifier] if self._has_modifier else []))
        kind = tuple(_one_line(text) for text in (*kind, *(card.fields.get(name, "") for name in self._fields)))
        count = self._counts[kind] + 1
        printings = "; ".join(" ".join(guess.fields.values()) for guess in card.printings)
        self._write(_row([self._clock(), *kind, printings, str(count), f"{seconds:.3f}", f"{card.confidence:.4f}"]))
        self._counts[kind] = count
        return Counted(card, count)

    def _begin(self) -> None:
        self._file.seek(0)
        data = self._file.read()
        whole = data[: data.rfind(b"\n") + 1]
        rest = data[len(whole) :]
        rows = self._rows(whole if whole or not rest else rest)
        if rows and rows[0] != self.columns and (whole or not self._head.startswith(rest)):
            raise InputError(
                f"{self.path}: its columns are {_listed(rows[0])}, those of a pile {_listed(self.columns)}; name another file"
            )
        if whole and rest and self._is_row(last := self._rows(rest)[-1]):
            self._write(b"\n")  # an editor has left out the last line's end
            rows.append(last)
        elif rest:
            print(f"{self.path}: its last row was not whole, and is taken off", file=sys.stderr)
            self._file.truncate(len(whole))
        if not whole:
            self._write(self._head)
        self._counts.update(tuple(row[self._kind]) for row in rows[1:])

    def _is_row(self, cells: Sequence[str]) -> bool:
        return len(cells) == len(self.columns) and re.fullmatch(r"[01]\.\d{4}", cells[-1]) is not None

    def _rows(self, whole: bytes) -> list[list[str]]:
        """The rows of a file; an empty line is none."""
        try:
            rows = [row for row in csv.reader(io.StringIO(whole.decode("utf-8-sig"), newline="")) if row]
        except (UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"{self.path}: no CSV in UTF-8 ({error}); name another file") from error
        for number, row in enumerate(rows, 1):
            if len(row) != len(rows[0]):
                raise InputError(f"{self.path}: row {number} has {len(row)} cells, the first {len(rows[0])}; mend it")
        return rows

    @property
    def _head(self) -> bytes:
        return _row(self.columns)

    def _write(self, row: bytes) -> None:
        """Write a row, on the disk before the next card; whole or not at all."""
        before = self._file.seek(0, os.SEEK_END)
        try:
            if self._file.write(row) != len(row):
                raise OSError("the disk is full")
            os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(before)
            raise InputError(f"{self.path}: a row cannot be written ({error}); free the disk and go on") from error

    def line(self) -> str:
        """What the file holds, for people."""
        return f"{self.path}: {self.total} cards, {self.kinds} different ones"

    def __enter__(self) -> PileFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()


class PileOut:
    """Where the cards of a pile go: counted into a file, and told to people."""

    def __init__(self, pile: Pile, file: PileFile, stdout: IO[bytes] | None = None) -> None:
        self._pile, self._file, self._stdout = pile, file, stdout

    def see(self, look: Look) -> list[Counted]:
        """The cards that lie there for the first time, written and told."""
        seconds = look.frame.seconds
        counted = [self._file.add(card, seconds) for card in self._pile.see(look.shown, seconds)]
        if self._stdout is not None:
            for one in counted:
                self._stdout.write(f"{one.to_text()}\n".encode("utf-8", "backslashreplace"))
                self._stdout.flush()
        return counted

    def line(self) -> str:
        """What the file holds, for people."""
        return self._file.line()


def _one_line(text: str) -> str:
    """A cell without line ends, so that a row is a line."""
    return " ".join(text.split()) if "\n" in text or "\r" in text else text


def _row(cells: Iterable[str]) -> bytes:
    """Cells as a line of CSV in UTF-8."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([_one_line(cell) for cell in cells])
    return text.getvalue().encode("utf-8", "backslashreplace")


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(columns)[:200]
