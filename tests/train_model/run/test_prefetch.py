import threading
import time
from collections.abc import Iterator

import pytest

from balatro.train_model.run.prefetch import prefetch


def workers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "prefetch"]


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_items_come_in_order_and_the_thread_ends(depth: int) -> None:
    assert list(prefetch(range(20), depth)) == list(range(20))
    assert not workers()


def test_it_works_ahead_but_not_too_far() -> None:
    made = []

    def items() -> Iterator[int]:
        for n in range(100):
            made.append(n)
            yield n

    ahead = prefetch(items(), 3)
    assert next(ahead) == 0
    deadline = time.monotonic() + 60
    while len(made) < 5 and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.02)
    assert len(made) == 5  # the one that was taken, three that wait, and one that waits for room
    ahead.close()
    assert not workers()


@pytest.mark.parametrize("depth", [0, 2])
def test_an_error_comes_after_the_items_before_it(depth: int) -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise ZeroDivisionError("in the middle")

    seen = []
    with pytest.raises(ZeroDivisionError, match="in the middle"):
        seen.extend(iter_into(prefetch(items(), depth), seen))
    assert seen == [1, 2] and not workers()


def iter_into(items: Iterator[int], seen: list[int]) -> list[int]:
    for item in items:
        seen.append(item)
    return []


def test_closing_closes_the_source() -> None:
    closed = threading.Event()

    def items() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            closed.set()

    ahead = prefetch(items(), 2)
    next(ahead)
    ahead.close()
    assert closed.is_set() and not workers()
