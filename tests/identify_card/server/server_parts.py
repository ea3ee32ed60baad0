"""What the tests of the server share: pictures as bytes, readers on a fake bundle, a server on a free port."""

from __future__ import annotations

import contextlib
import io
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from balatro.identify_card.server.batching import Readers
from balatro.identify_card.server.command import make_server, open_port
from balatro.identify_card.server.limits import Limits
from balatro.runtime.bundle import load_bundle
from tests.identify_card.fake_bundle import card_picture, draw_table

LOCAL = "http://127.0.0.1"
TABLE = [("red", "Foil", 320, 85), ("green", "Base", 420, 85), ("stranger", "Base", 540, 410)]


def as_bytes(picture: np.ndarray, form: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.fromarray(picture).save(data, form)
    return data.getvalue()


def table_bytes(shift: int = 0) -> bytes:
    """A screen; those of different shifts have their cards in different places."""
    return as_bytes(draw_table([(card, modifier, x + shift, y) for card, modifier, x, y in TABLE]))


def card_bytes() -> bytes:
    return as_bytes(card_picture("blue", "Negative", (96, 128)))


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


def make_readers(folder: Path, limits: Limits | None = None, num_readers: int = 2) -> Readers:
    return Readers(load_bundle(folder), limits or Limits(), num_readers, threads=1)


@contextlib.contextmanager
def running(folder: Path, limits: Limits | None = None, token: str = "") -> Iterator[int]:
    """A real server in a thread; gives its port."""
    from balatro.identify_card.server.app import make_app

    limits = limits or Limits()
    with open_port("127.0.0.1", 0) as place:
        server = make_server(make_app(make_readers(folder, limits), token), limits)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]})
        thread.start()
        try:
            end = time.monotonic() + 90
            while not server.started and time.monotonic() < end:
                time.sleep(0.005)
            yield place.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)
