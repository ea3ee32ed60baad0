"""What the server takes: how many bytes, pixels and pictures, and what it says of everything else.

Refusing is part of the interface: each refusal is one line and a status, so that a client can tell a broken picture (its own
fault) from a full server (try again). Nothing is decoded before its size is known.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from balatro.errors import BalatroError, InputError
from balatro.utils.images import knows_heic, load_image, why_no_picture

MIB = 1 << 20
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF", "PPM", "TGA", "HEIF")
"""What is decoded. Pillow knows more, some of which start other programs: not for what comes over a network."""
RETRY_S = 1
"""Seconds after which a client may try again when the server was full."""


class Refused(BalatroError):
    """A request that is not answered; the message is the answer's `error`."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status = status
        """HTTP status."""


@dataclass(frozen=True)
class Limits:
    """What one request, and all of them together, may cost."""

    bytes: int = 32 * MIB
    """Of one request, all its pictures together, or of one frame of the WebSocket."""
    pixels: int = 24_000_000
    """Of one picture: three 4K screens' worth."""
    pictures: int = 16
    """Of one request."""
    waiting: int = 64
    """Pictures in the queue; further requests are told to try again."""
    uploads: int = 256 * MIB
    """Bytes of all requests at once, and of all frames of the WebSockets."""
    seconds: float = 30.0
    """Time for a request's headers to arrive, then for its bytes, and for a client to take an answer."""
    silence: float = 120.0
    """Time in which a WebSocket's client must send a frame, whole; then its place is another's."""

    @property
    def sockets(self) -> int:
        """WebSockets at once: each may always have one frame on its way, and all of them no more than half of `uploads`."""
        return max(1, self.uploads // (2 * self.bytes))

    def check_bytes(self, num_bytes: int) -> None:
        """Refused (413) when a request is larger than it may be."""
        if num_bytes > self.bytes:
            raise Refused(413, f"more than {self.bytes / MIB:g} MiB; send smaller or fewer pictures")


class Uploads:
    """Counts the bytes that all requests hold, so that many clients cost no more memory than was allowed.

    Used from the event loop's thread only.
    """

    def __init__(self, limits: Limits) -> None:
        self.held = self.sockets = 0
        self._limits = limits

    @contextmanager
    def hold(self) -> Iterator[Share]:
        """One request's share; given back at the block's end."""
        share = Share(self, self._limits)
        try:
            yield share
        finally:
            share.clear()

    @contextmanager
    def socket(self) -> Iterator[None]:
        """A WebSocket's place and room for the frame that arrives, of which nothing is seen before it is whole.

        Refused (503) when there is none.
        """
        if self.sockets >= self._limits.sockets:
            raise Refused(
                503, f"{self.sockets} clients are at /live already; try again later, or serve with a smaller --max-mib"
            )
        with self.hold() as share:
            share.add(self._limits.bytes)
            self.sockets += 1
            try:
                yield
            finally:
                self.sockets -= 1

    def change(self, num_bytes: int) -> None:
        """Count bytes in, or (negative) out; Refused (503) when there is no room for them."""
        if num_bytes > 0 and self.held + num_bytes > self._limits.uploads:
            raise Refused(503, "too many uploads at once; try again in a moment")
        self.held += num_bytes


class Share:
    """Bytes that one request or frame holds."""

    def __init__(self, uploads: Uploads, limits: Limits) -> None:
        self._uploads, self._limits = uploads, limits
        self._held = 0

    def add(self, num_bytes: int) -> None:
        """Refused when the request (413) or all of them (503) would hold too much."""
        self._limits.check_bytes(self._held + num_bytes)
        self._uploads.change(num_bytes)
        self._held += num_bytes

    def clear(self) -> None:
        """Give all of it back."""
        self._uploads.change(-self._held)
        self._held = 0


def decode(data: bytes, limits: Limits) -> np.ndarray:
    """A picture's bytes as (H, W, 3) uint8 RGB, as `load_image` gives for a file of them; Refused as `open_picture`."""
    with open_picture(data, limits) as image:
        try:
            return load_image(image)
        except InputError as error:
            raise Refused(422, str(error)) from error


def open_picture(data: bytes, limits: Limits) -> Image.Image:
    """A picture's bytes as an image that is not decoded yet, of no more pixels than are read; to be closed.

    Raises Refused: 400 for no bytes, 415 for no picture, 413 for too many pixels, 422 for damage.
    """
    if not data:
        raise Refused(400, "no bytes; send a picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is lower
            image = Image.open(BytesIO(data), formats=_formats())
    except Image.DecompressionBombError:
        raise _too_many_pixels("far too many", limits) from None
    except UnidentifiedImageError:
        raise Refused(415, f"{why_no_picture(data[:32])}; send another") from None
    except Exception as error:  # Pillow's readers raise whatever a damaged file makes them stumble on
        raise Refused(422, f"the picture is damaged or cannot be read ({error}); save it anew") from error
    if image.width * image.height > limits.pixels:
        image.close()
        raise _too_many_pixels(f"{image.width}x{image.height}", limits)
    return image


def _too_many_pixels(size: str, limits: Limits) -> Refused:
    return Refused(413, f"{size} pixels; at most {limits.pixels / 1e6:g} million are read, make the picture smaller")


@lru_cache(maxsize=1)
def _formats() -> tuple[str, ...]:
    """Those that this Pillow was built with, and HEIC where its reader is installed: it stumbles over names of others."""
    Image.init()
    knows_heic()
    return tuple(name for name in FORMATS if name in Image.OPEN)
