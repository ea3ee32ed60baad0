"""Many requests, one encoder: readers that work side by side and name their cards together.

A picture goes through a reader: decode, locate, cut out, name. Readers are a few threads, each with a recognizer of its own,
as those are not to be shared. What they cut out meets in `Gathering`: when the encoder is busy, what waits goes through it
together. The queue before the readers is bounded; a full one refuses, so that a crowd of clients costs
time and never memory.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from balatro.errors import ModelError
from balatro.identify_card.card import picture_json
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.server.limits import Limits, Refused, decode
from balatro.identify_card.server.memory import QUIET_S, give_back
from balatro.identify_card.table.records import Table
from balatro.runtime.bundle import Bundle, load_bundle
from balatro.runtime.stamps import stamp_model

Outputs: TypeAlias = dict[str, np.ndarray]
Whole: TypeAlias = Literal["auto", "card", "screen", "photo"]
"""What a picture is the whole of; "auto" tells it by the picture, as `balatro identify` does."""

MAX_READERS = 8
log = logging.getLogger(__name__)


def default_readers() -> int:
    """One for each core, as every reader keeps one busy, and another, so that none idles while one waits for the encoder."""
    return min(MAX_READERS, _cores() + 1)


def default_slots() -> int:
    """Runs of the encoder at once: one for each core, as each keeps one busy."""
    return min(MAX_READERS, _cores())


def _cores() -> int:
    return os.cpu_count() or 1


@dataclass(frozen=True, eq=False)
class Upload:
    """A picture as it came."""

    data: bytes
    name: str = ""
    """Its file name, where the client told one."""
    whole: Whole = "auto"
    table: bool = False
    """Whether the table is asked for, too."""
    seen: Callable[[Table], None] = field(default=lambda table: None)
    """Is told the table, where that is asked for; called by a reader's thread."""


@dataclass(eq=False)
class _Batch:
    parts: list[np.ndarray] = field(default_factory=list)
    taken: bool = False
    outputs: Future[Outputs] = field(default_factory=Future)


class Gathering:
    """Cards of several threads through the encoder. While all its slots are taken, what comes waits, and goes in one run."""

    def __init__(self, encode: Callable[[np.ndarray], Outputs], num_slots: int = 1) -> None:
        """encode: (N, h, w, 3) uint8 cards to outputs of N rows each; called by num_slots threads at a time."""
        self._encode, self._num_free = encode, num_slots
        self._changed = threading.Condition()
        self._batch = _Batch()

    def encode(self, cards: np.ndarray) -> Outputs:
        """The encoder's outputs for these cards. Blocks until they have gone through, with whatever else was waiting."""
        with self._changed:
            batch, first = self._batch, sum(map(len, self._batch.parts))
            batch.parts.append(cards)
            self._changed.wait_for(lambda: batch.taken or self._num_free > 0)
            mine = not batch.taken
            if mine:
                batch.taken, self._batch = True, _Batch()
                self._num_free -= 1
                self._changed.notify_all()  # the others of this batch wait for its outputs now
        if mine:
            self._run(batch)
        return {name: rows[first : first + len(cards)] for name, rows in batch.outputs.result().items()}

    def _run(self, batch: _Batch) -> None:
        try:
            batch.outputs.set_result(self._encode(np.concatenate(batch.parts)))
        except BaseException as error:  # those who wait for this batch must hear of it too
            batch.outputs.set_exception(error)
        finally:
            with self._changed:
                self._num_free += 1
                self._changed.notify_all()


class Following:
    """Keeps a recognizer up with what is added to its model and how that is calibrated, by this server or any other program."""

    def __init__(
        self, bundle: Bundle, threads: int | None, gathering: Gathering | None = None, common: Recognizer | None = None
    ) -> None:
        """gathering: the common encoder that its cards go through; common: whose that is."""
        self._stamp = stamp_model(bundle.folder)
        self.recognizer = Recognizer(bundle, threads, encode=gathering.encode if gathering else None, beside=common)

    @property
    def bundle(self) -> Bundle:
        """The model as it is in use now."""
        return self.recognizer.bundle

    def follow(self) -> None:
        """Take over what was calibrated or added since; ModelError where it cannot be read or the model was made anew, and
        the former stays in use."""
        stamp = stamp_model(self.bundle.folder)
        if stamp.networks != self._stamp.networks:
            raise self._made_anew()
        if stamp.settings != self._stamp.settings:
            self._take_settings(load_bundle(self.bundle.folder))
        if stamp.added != self._stamp.added:
            self.recognizer.read_added()
        self._stamp = stamp

    def _take_settings(self, bundle: Bundle) -> None:
        try:
            self.recognizer.take_settings(bundle)
        except ModelError as error:
            raise self._made_anew() from error

    def _made_anew(self) -> ModelError:
        return ModelError(f"{self.bundle.folder}: the model was made anew; start the server again to use it")


class Readers:
    """Threads that read pictures, behind a bounded queue."""

    def __init__(self, bundle: Bundle, limits: Limits, num_readers: int = 0, threads: int | None = None) -> None:
        """num_readers: 0 chooses. threads: CPU threads of each network, as of `Recognizer`."""
        self.limits = limits
        self.common = Following(bundle, threads)
        """Reads no pictures; what the cards are added with."""
        self.gathering = Gathering(self.common.recognizer.encode, default_slots())
        self._queue: deque[tuple[Upload, Future[dict[str, Any]]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._trouble = ""
        common = self.common.recognizer
        followings = [Following(bundle, threads, self.gathering, common) for _ in range(num_readers or default_readers())]
        self._threads = [
            threading.Thread(target=self._work, args=(following,), name=f"reader-{number}", daemon=True)
            for number, following in enumerate(followings)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Pictures in the queue."""
        return len(self._queue)

    def submit(self, uploads: Sequence[Upload]) -> list[Future[dict[str, Any]]]:
        """Queue pictures, all or none; each future gives what `picture_json` does, or raises Refused.

        Raises Refused (503) when the queue has no room for them.
        """
        with self._changed:
            if self._closed:
                raise Refused(503, "the server is being stopped; try again later")
            if len(self._queue) + len(uploads) > self.limits.waiting:
                raise Refused(503, f"{len(self._queue)} pictures are waiting already; try again in a moment")
            futures: list[Future[dict[str, Any]]] = [Future() for _ in uploads]
            self._queue.extend(zip(uploads, futures, strict=True))
            self._changed.notify(len(uploads))
        return futures

    def close(self) -> None:
        """Stop the threads; pictures that still wait are refused."""
        with self._changed:
            self._closed = True
            left = [future for _, future in self._queue]
            self._queue.clear()
            self._changed.notify_all()
        for future in left:
            if future.set_running_or_notify_cancel():
                future.set_exception(Refused(503, "the server is being stopped; try again later"))
        for thread in self._threads:
            thread.join()

    def _work(self, following: Following) -> None:
        while self._work_once(following):  # no name here keeps a picture's bytes while the next is waited for
            pass

    def _work_once(self, following: Following) -> bool:
        """Wait for a picture and read it; False when there will be none."""
        job = self._next()
        if job is None:
            return False
        upload, future = job
        if not future.set_running_or_notify_cancel():
            return True  # its client has gone
        try:
            future.set_result(self._read(following, upload))
        except Refused as error:  # without its traceback, whose frames would keep the picture's bytes
            future.set_exception(Refused(error.status, str(error)))
        except BaseException as error:  # this picture's failure; the thread has others to read
            log.exception("a picture could not be read")
            future.set_exception(error)
        return True

    def _next(self) -> tuple[Upload, Future[dict[str, Any]]] | None:
        quiet: float | None = QUIET_S
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._queue or self._closed, quiet):
                    return self._queue.popleft() if self._queue else None
            give_back()
            quiet = None

    def _read(self, following: Following, upload: Upload) -> dict[str, Any]:
        picture = decode(upload.data, self.limits)
        self._follow(following)
        if upload.table and following.bundle.game is not None:
            raise Refused(422, f"the model {following.bundle.name!r} is of another game, a table is Balatro's; ask /identify")
        sight = following.recognizer.see(picture, upload.whole)
        table = following.recognizer.table_of(sight) if upload.table else None
        if table is not None:
            upload.seen(table)
        return picture_json(upload.name, *sight.size, sight.cards, table)

    def _follow(self, following: Following) -> None:
        """Go on with the cards of before where new ones cannot be read; say so once, and once that it is over."""
        try:
            following.follow()
        except ModelError as error:
            trouble = str(error)
        else:
            trouble = ""
        before, self._trouble = self._trouble, trouble
        if trouble and trouble != before:
            log.error("%s", trouble)
        elif before and not trouble:
            log.warning("%s: what was added or set is read again", following.bundle.folder)
