"""What large pictures have left goes back to the system when it is quiet, and not before."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from balatro.identify_card.server import batching, memory
from balatro.identify_card.server.batching import Upload
from tests.identify_card.server.server_parts import card_bytes, make_readers


def resident() -> float:
    (line,) = re.findall(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(line) / 1024


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.skipif(memory._trim() is None or not Path("/proc/self/status").is_file(), reason="only glibc on Linux can")
def test_freed_memory_goes_back() -> None:
    blocks = [bytearray(64 << 10) for _ in range(1600)]  # 100 MiB, too small each to be mapped on its own
    blocks[:-1] = []  # the last one holds the heap's end where it is, so that nothing goes back by itself
    before = resident()
    assert memory.give_back()
    assert resident() < before - 50


def test_without_glibc_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_trim", lambda: None)
    assert not memory.give_back()


def test_every_reader_gives_back_once_when_it_is_quiet(fake_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(batching, "QUIET_S", 0.2)
    monkeypatch.setattr(batching, "give_back", lambda: given.append(threading.current_thread().name))
    readers = make_readers(fake_folder)
    try:
        until(lambda: len(given) == 2)
        time.sleep(0.5)
        assert sorted(given) == ["reader-0", "reader-1"]  # once, however long it is quiet
        for future in readers.submit([Upload(card_bytes())] * 4):
            assert future.result(10)["cards"]
        until(lambda: len(given) > 2)
    finally:
        readers.close()
