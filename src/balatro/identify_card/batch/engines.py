"""Where many pictures are read: in this process, in several on this machine, or on a Ray cluster.

>>> for answer in ENGINES["local"].read(work, Share(jobs=4)):      # doctest: +SKIP
...     out.write(answer.line)

Whatever the engine, the answers come in the order of the work, and no more pictures are on their way than keep all busy.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process

from balatro.errors import InputError
from balatro.identify_card.batch.many import Answer, Item, Reader, ReaderSettings, Work, chunks, items
from balatro.utils.processes.signals import deaf_children

CHUNK = 8
"""Pictures that go to a process at once, so that sending them costs little."""
AHEAD = 3
"""Chunks for each process that are read, wait to be read, or wait for an earlier one's answer."""
WORTH = 24
"""Pictures for each process that are worth its start, which takes about a second."""


@dataclass(frozen=True)
class Share:
    """How much of a machine, or of a cluster, is used."""

    jobs: int = 0
    """Processes; 0: one for each core, fewer for few pictures."""
    threads: int = 0
    """CPU threads of each; 0: one, or as many as one process alone can use."""
    address: str | None = None
    """Of a Ray cluster; None: the one that is known here, else one of our own on this machine."""
    num_items: int | None = None
    """About how many pictures there are; None: not known."""


@dataclass(frozen=True)
class Engine:
    """One way to have the work done."""

    about: str
    read: Callable[[Work, Share], Generator[Answer, None, None]]
    """All answers in order. A generator: closing it ends what it started."""
    takes_address: bool = False


def _read_local(work: Work, share: Share) -> Generator[Answer, None, None]:
    jobs = share.jobs or _worth(share.num_items)
    if jobs > 1:
        yield from _read_in_processes(work, jobs, share.threads or 1)
        return
    reader = Reader(work.reader(share.threads or None))
    yield from map(reader.read, items(work))


def _worth(num_items: int | None) -> int:
    cores = os.cpu_count() or 1
    return cores if num_items is None else max(1, min(cores, num_items // WORTH))


def _read_in_processes(work: Work, jobs: int, threads: int) -> Generator[Answer, None, None]:
    with _few_threads(threads):
        # Spawned, not forked: a fork of a process with threads, such as the progress bar's, may hang.
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (work.reader(threads),))
        try:
            waiting: deque[Future[list[Answer]]] = deque()
            for chunk in chunks(work, CHUNK):
                with deaf_children():  # each of the first ones starts a process
                    waiting.append(pool.submit(_read_chunk, chunk))
                if len(waiting) == AHEAD * jobs:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool:
            raise InputError(
                "a reading process was ended from outside, perhaps for want of memory; give fewer --jobs"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _few_threads(threads: int) -> Iterator[None]:
    """Processes that are started within leave the cores to each other: numpy's own threads, too, are bounded."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, str(threads)))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


# In each reading process.

_settings: ReaderSettings
_reader: Reader | None = None


def _begin(settings: ReaderSettings) -> None:
    global _settings
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Windows it is not handed down
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _settings = settings


def _end_with_parent() -> None:
    """A parent that is killed says nothing, and its queues do not close."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _read_chunk(chunk: list[Item]) -> list[Answer]:
    global _reader
    if _reader is None:  # here and not in _begin: what is wrong with the model comes back as an error
        import cv2

        cv2.setNumThreads(_settings.threads or 1)
        _reader = Reader(_settings)
    return [_reader.read(item) for item in chunk]


def _read_on_ray(work: Work, share: Share) -> Generator[Answer, None, None]:
    from balatro.identify_card.batch.ray_engine import read_on_ray

    return read_on_ray(work, share.jobs, share.threads or 1, share.address)


ENGINES = {
    "local": Engine("processes on this machine", _read_local),
    "ray": Engine("a Ray cluster", _read_on_ray, takes_address=True),
}
"""The engines of `balatro identify --engine`."""
