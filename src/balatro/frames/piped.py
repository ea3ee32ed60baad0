"""Standard input: `-`, a picture, many of them one behind the other, or a video, as another program writes it.

grim -g "$(slurp)" - | balatro identify -
ffmpeg -i … -f image2pipe -c:v png - | balatro watch --source -
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any

import numpy as np
from PIL import Image

from balatro.errors import InputError, SettingsError
from balatro.frames.frame import Frame, FrameSource, picture_box
from balatro.utils.images import load_image, open_pillow

MAX_BYTES = 256 * 1024 * 1024
"""Of one picture; more is a mistake."""
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


class Pipe:
    """Bytes that come once, some of which are looked at before they are taken."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._ahead = stream, b""

    def peek(self, count: int) -> bytes:
        """The next bytes; fewer at the end."""
        while len(self._ahead) < count and (more := self._stream.read(count - len(self._ahead))):
            self._ahead += more
        return self._ahead[:count]

    def take(self, count: int) -> bytes:
        """The same, taken; InputError when the input ends before."""
        taken = self.peek(count)
        if len(taken) < count:
            raise InputError("stdin: it ends in the midst of a picture; the last one was left out")
        self._ahead = self._ahead[count:]
        return taken

    def read(self, count: int = -1) -> bytes:
        """As a file's `read`."""
        ahead = self._ahead if count < 0 else self._ahead[:count]
        self._ahead = self._ahead[len(ahead) :]
        return ahead or self._stream.read(count) if count >= 0 else ahead + self._stream.read(MAX_BYTES)


def open_piped(text: str) -> FrameSource:
    """What standard input gives; SettingsError when that is a terminal, InputError when nothing comes."""
    stream = sys.stdin.buffer if sys.stdin is not None else io.BytesIO()
    if stream.isatty():
        raise SettingsError("-: standard input is the terminal; pipe a picture or a video into it")
    pipe = Pipe(stream)
    head = pipe.peek(16)
    if not head:
        raise InputError("stdin: nothing came; pipe a picture or a video into it")
    return PipedPictures(pipe) if _is_picture(head) else PipedVideo(pipe)


def _is_picture(head: bytes) -> bool:
    """Whether Pillow knows what begins so. MP4 and HEIC look alike but for the brand."""
    if head[4:8] == b"ftyp":
        return head[8:12] in (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1", b"hevc")
    Image.init()
    accepts = (accept for name, (_, accept) in Image.OPEN.items() if accept is not None and name != "MPEG")
    return any(accept(head) for accept in accepts)


class PipedPictures(FrameSource):
    """Pictures one behind the other."""

    still = True

    def __init__(self, pipe: Pipe) -> None:
        super().__init__("stdin")
        self._pipe, self._number = pipe, 0

    def grab(self) -> Frame | None:
        """The next picture; None at the end. What cannot be read is passed over and told."""
        while self._pipe.peek(1):
            self._number += 1
            try:
                data = take_picture(self._pipe)
            except InputError as error:  # where the next picture would begin is not known
                self.skipped.append(str(error))
                return None
            try:
                image = _load(data, self._number)
            except InputError as error:
                self.skipped.append(str(error))
                continue
            return Frame(image, float(self._number - 1), picture_box(image), f"stdin {self._number}")
        return None


def _load(data: bytes, number: int) -> np.ndarray:
    try:
        return load_image(open_pillow(io.BytesIO(data)))
    except (InputError, OSError, ValueError) as error:
        raise InputError(f"stdin: picture {number} cannot be read ({error})") from error


def take_picture(pipe: Pipe) -> bytes:
    """The bytes of the next picture: to its own end where it tells that (PNG, JPEG, WebP, BMP), else all that comes."""
    for begin, take in _TAKERS.items():
        if pipe.peek(len(begin)) == begin:
            return take(pipe)
    data = pipe.read()
    if len(data) >= MAX_BYTES:
        raise InputError(f"stdin: a picture of more than {MAX_BYTES // 2**20} MiB; make it smaller")
    return data


def _take_png(pipe: Pipe) -> bytes:
    data = bytearray(pipe.take(len(_PNG)))
    while True:
        head = pipe.take(8)
        data += head + pipe.take(_bounded(int.from_bytes(head[:4], "big"), len(data)) + 4)
        if head[4:] == b"IEND":
            return bytes(data)


def _take_jpeg(pipe: Pipe) -> bytes:
    data = bytearray(pipe.take(2))
    while True:
        marker = pipe.take(2)
        data += marker
        if marker[1] == 0xD9:
            return bytes(data)
        if marker[0] != 0xFF or marker[1] == 0xFF or 0xD0 <= marker[1] <= 0xD8 or marker[1] == 0x01:
            continue
        size = int.from_bytes(length := pipe.take(2), "big")
        data += length + pipe.take(_bounded(max(size - 2, 0), len(data)))
        if data.startswith(b"MPF\0", len(data) - max(size - 2, 0)):
            return bytes(data) + pipe.read()  # several pictures in one file: the first counts
        if marker[1] == 0xDA:
            data += _scan(pipe, len(data))


def _scan(pipe: Pipe, before: int) -> bytes:
    """The coded part of a JPEG, up to its next marker."""
    data = bytearray()
    while True:
        ahead = pipe.peek(4096)
        if len(ahead) < 2:
            raise InputError("stdin: it ends in the midst of a picture; the last one was left out")
        at = _marker(ahead)
        data += pipe.take(at if at >= 0 else len(ahead) - 1)
        _bounded(0, before + len(data))
        if at >= 0:
            return bytes(data)


def _marker(ahead: bytes) -> int:
    """Where a marker begins that ends the coded part; -1 where none does."""
    at = ahead.find(b"\xff")
    while 0 <= at < len(ahead) - 1:
        if ahead[at + 1] != 0 and not 0xD0 <= ahead[at + 1] <= 0xD7:
            return at
        at = ahead.find(b"\xff", at + 1)
    return -1


def _take_riff(pipe: Pipe) -> bytes:
    size = int.from_bytes(pipe.peek(8)[4:], "little")
    return pipe.take(8 + _bounded(size + size % 2, 0))


def _take_bmp(pipe: Pipe) -> bytes:
    return pipe.take(_bounded(int.from_bytes(pipe.peek(6)[2:], "little"), 0))


def _bounded(size: int, before: int) -> int:
    if size + before > MAX_BYTES:
        raise InputError(f"stdin: a picture of more than {MAX_BYTES // 2**20} MiB; make it smaller")
    return size


_TAKERS: dict[bytes, Callable[[Pipe], bytes]] = {_PNG: _take_png, _JPEG: _take_jpeg, b"RIFF": _take_riff, b"BM": _take_bmp}


class PipedVideo(FrameSource):
    """A video, by PyAV."""

    def __init__(self, pipe: Pipe) -> None:
        super().__init__("stdin")
        from balatro.frames.streams import open_file_like

        self._frames: Iterator[tuple[np.ndarray, float]] = open_file_like(_Readable(pipe), self.name)

    def grab(self) -> Frame | None:
        """The next frame; what breaks off is told in `skipped`."""
        try:
            image, seconds = next(self._frames, (None, 0.0))
        except InputError as error:
            self.skipped.append(str(error))
            return None
        return None if image is None else Frame(image, seconds, picture_box(image))


class _Readable:
    """A file that can only be read on."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def read(self, count: int = -1) -> Any:
        """The next bytes."""
        return self._pipe.read(count)
