"""Work ahead in a thread: the next batches are made while the network is busy with this one."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

_PATIENCE_S = 0.1
"""How often a thread that waits for room looks whether it is still wanted."""


class _End:
    """What comes after the last item: nothing, or the error that ended it."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def prefetch(items: Iterable[T], depth: int = 4) -> Iterator[T]:
    """The items, up to `depth` of them made ahead in a thread; depth 0 makes each when it is asked for.

    The thread starts with the first item that is asked for. An error of `items` is raised here, after all items before it.
    When this generator is closed or dropped, the thread ends with the item that it is making, and `items` is closed in it.
    """
    if depth <= 0:
        yield from items
        return
    ready: queue.Queue[T | _End] = queue.Queue(depth)
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(items, ready, stop), name="prefetch", daemon=True)
    worker.start()
    try:
        while not isinstance(item := ready.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stop.set()
        worker.join()


def _work(items: Iterable[T], ready: queue.Queue[T | _End], stop: threading.Event) -> None:
    iterator = iter(items)
    end = _End()
    try:
        for item in iterator:
            if not _put(ready, item, stop):
                break
    except BaseException as error:  # whatever it is, it belongs to the one who asked
        end = _End(error)
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
    _put(ready, end, stop)


def _put(ready: queue.Queue[T | _End], item: T | _End, stop: threading.Event) -> bool:
    """Whether the item found room before nobody wanted it any more."""
    while not stop.is_set():
        try:
            ready.put(item, timeout=_PATIENCE_S)
        except queue.Full:
            continue
        return True
    return False
