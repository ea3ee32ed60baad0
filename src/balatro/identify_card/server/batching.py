"""Many requests, one encoder: readers that work side by side and name their cards together.

A picture goes through a reader: decode, locate, cut out, name. Readers are a few threads, each with a recognizer of its own,
as those are not to be shared. What they cut out meets in `Gathering`: the encoder runs once for all pictures that are being
read, instead of once for each. The queue before the readers is bounded; a full one refuses, so that a crowd of clients costs
time and never memory.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from balatro.identify_card.bundle import Bundle
from balatro.identify_card.card import Card, picture_json
from balatro.identify_card.recognizer import Recognizer, whole
from balatro.identify_card.server.limits import Limits, Refused, decode

Outputs: TypeAlias = dict[str, np.ndarray]
Whole: TypeAlias = Literal["auto", "card", "screen"]
"""What a picture is the whole of; "auto" tells it by the picture, as `balatro identify` does."""

PATIENCE_S = 0.005
"""How long cut-out cards wait for those of pictures that are still being located."""
log = logging.getLogger(__name__)


def default_readers() -> int:
    """One for each core, as every reader keeps one busy; two at least, so that one decodes while the other reads."""
    return max(2, min(8, os.cpu_count() or 1))


@dataclass(frozen=True, eq=False)
class Upload:
    """A picture as it came."""

    data: bytes
    name: str = ""
    """Its file name, where the client told one."""
    whole: Whole = "auto"


@dataclass(eq=False)
class _Batch:
    parts: list[np.ndarray] = field(default_factory=list)
    taken: bool = False
    outputs: Future[Outputs] = field(default_factory=Future)


class Gathering:
    """Cards of several threads through the encoder in one call."""

    def __init__(self, encode: Callable[[np.ndarray], Outputs], patience_s: float = PATIENCE_S) -> None:
        """encode: (N, h, w, 3) uint8 cards to outputs of N rows each; called by one thread at a time."""
        self._encode, self._patience_s = encode, patience_s
        self._changed = threading.Condition()
        self._batch = _Batch()
        self._away = 0  # readers with a picture that have not come to the encoder
        self._running = False

    @contextmanager
    def picture(self) -> Iterator[None]:
        """Around the reading of one picture: until it comes to the encoder, others may wait for it."""
        self._count(+1)
        try:
            yield
        finally:
            self._count(-1)

    def encode(self, cards: np.ndarray) -> Outputs:
        """The encoder's outputs for these cards; within `picture`. Blocks until all who are on their way have come."""
        with self._changed:
            batch, first = self._batch, sum(map(len, self._batch.parts))
            batch.parts.append(cards)
        self._count(-1)
        try:
            if self._take(batch):
                self._run(batch)
            outputs = batch.outputs.result()
        finally:
            self._count(+1)
        return {name: rows[first : first + len(cards)] for name, rows in outputs.items()}

    def _take(self, batch: _Batch) -> bool:
        """Wait until the batch is to go. True for the one thread that runs it."""
        with self._changed:
            complete = self._changed.wait_for(
                lambda: batch.taken or (not self._running and self._away == 0), timeout=self._patience_s
            )
            if not complete:
                self._changed.wait_for(lambda: batch.taken or not self._running)
            if batch.taken:
                return False
            batch.taken, self._running, self._batch = True, True, _Batch()
            self._changed.notify_all()
            return True

    def _run(self, batch: _Batch) -> None:
        try:
            batch.outputs.set_result(self._encode(np.concatenate(batch.parts)))
        except BaseException as error:  # those who wait for this batch must hear of it too
            batch.outputs.set_exception(error)
        finally:
            with self._changed:
                self._running = False
                self._changed.notify_all()

    def _count(self, change: int) -> None:
        with self._changed:
            self._away += change
            self._changed.notify_all()


class _Gathered(Recognizer):
    """A recognizer whose cards go through the common encoder."""

    def __init__(self, bundle: Bundle, threads: int | None, gathering: Gathering) -> None:
        super().__init__(bundle, threads)
        self._gathering = gathering

    def encode(self, cards: np.ndarray) -> Outputs:
        return self._gathering.encode(cards)


class Readers:
    """Threads that read pictures, behind a bounded queue."""

    def __init__(self, bundle: Bundle, limits: Limits, num_readers: int = 0, threads: int | None = None) -> None:
        """num_readers: 0 chooses. threads: CPU threads of each network, as of `Recognizer`."""
        common = Recognizer(bundle, threads)
        self.bundle, self.limits = common.bundle, limits  # its bundle knows the cards that a person has added, too
        self._gathering = Gathering(common.encode)
        self._queue: deque[tuple[Upload, Future[dict[str, Any]]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        recognizers = [_Gathered(bundle, threads, self._gathering) for _ in range(num_readers or default_readers())]
        self._threads = [
            threading.Thread(target=self._work, args=(recognizer,), name=f"reader-{number}", daemon=True)
            for number, recognizer in enumerate(recognizers)
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

    def _work(self, recognizer: Recognizer) -> None:
        while (job := self._next()) is not None:
            upload, future = job
            if not future.set_running_or_notify_cancel():
                continue  # its client has gone
            try:
                future.set_result(self._read(recognizer, upload))
            except Refused as error:
                future.set_exception(error)
            except BaseException as error:  # this picture's failure; the thread has others to read
                log.exception("a picture could not be read")
                future.set_exception(error)

    def _next(self) -> tuple[Upload, Future[dict[str, Any]]] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            return self._queue.popleft() if self._queue else None

    def _read(self, recognizer: Recognizer, upload: Upload) -> dict[str, Any]:
        picture = decode(upload.data, self.limits)  # outside of the gathering: large pictures are slow, nobody waits for them
        with self._gathering.picture():
            cards = read_picture(recognizer, picture, upload.whole)
        return picture_json(upload.name, picture.shape[1], picture.shape[0], cards)


def read_picture(recognizer: Recognizer, picture: np.ndarray, what: Whole = "auto") -> list[Card]:
    """The cards of an (H, W, 3) uint8 RGB picture; "card": it is one card without a border, "screen": a whole screen."""
    if what == "card":
        return recognizer.read(picture, whole(picture.shape[1], picture.shape[0]), in_frame=False)
    if what == "screen":
        return recognizer.read(picture, recognizer.locate(picture))
    return recognizer.identify(picture)
