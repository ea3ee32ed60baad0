"""Pictures and videos in the forms in which telephones keep them, made here."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

ORIENTATION = 0x0112
_MILLISECOND = Fraction(1, 1000)
TURNS = {0: 1, 90: 6, 180: 3, 270: 8}
"""By how many degrees clockwise a picture is shown turned, and EXIF's number for that."""


def scene(width: int = 320, height: int = 240) -> np.ndarray:
    """(h, w, 3) uint8: a red, a green, a blue and a white corner on grey, so that every turn and mirroring shows."""
    picture = np.full((height, width, 3), 90, np.uint8)
    third, across = height // 3, width // 3
    picture[:third, :across] = (220, 30, 30)
    picture[:third, -across:] = (30, 200, 30)
    picture[-third:, :across] = (30, 30, 220)
    picture[-third:, -across:] = (235, 235, 235)
    return picture


def stored(shown: np.ndarray, degrees: int) -> np.ndarray:
    """How a camera that was turned keeps a picture that is to be shown like this, turned clockwise by so many degrees."""
    return np.ascontiguousarray(np.rot90(shown, degrees // 90))


def exif(degrees: int) -> bytes:
    """EXIF with this turn alone."""
    data = Image.Exif()
    data[ORIENTATION] = TURNS[degrees]
    return data.tobytes()


def write_mpo(path: Path, shown: np.ndarray, degrees: int = 0) -> None:
    """Two pictures in one file, as telephones keep a depth or brightness map beside the photograph."""
    first, second = Image.fromarray(stored(shown, degrees)), Image.fromarray(np.zeros((24, 32, 3), np.uint8))
    first.save(path, "MPO", save_all=True, append_images=[second], exif=exif(degrees), quality=95, subsampling=0)


def write_heic(path: Path, shown: np.ndarray, degrees: int = 0) -> None:
    """HEVC in a HEIF file, turned both by the file's own box and by EXIF, as iPhones keep their photographs."""
    height, width = stored(shown, degrees).shape[:2]
    configuration, sample = _hevc(stored(shown, degrees))
    told = struct.pack(">I", 0) + exif(degrees).removeprefix(b"Exif\0\0")
    properties = [
        configuration,
        _box(b"ispe", struct.pack(">III", 0, width, height)),
        _box(b"irot", bytes([-degrees // 90 % 4])),
    ]
    associations = _box(b"ipma", struct.pack(">IIHB3B", 0, 1, 1, 3, 0x81, 0x02, 0x83))
    entries = [
        _box(b"infe", struct.pack(">IHH4sB", 2 << 24, number, 0, kind, 0)) for number, kind in ((1, b"hvc1"), (2, b"Exif"))
    ]
    fixed = [
        _box(b"hdlr", struct.pack(">II4s12sB", 0, 0, b"pict", b"", 0)),
        _box(b"pitm", struct.pack(">IH", 0, 1)),
        _box(b"iinf", struct.pack(">IH", 0, 2) + b"".join(entries)),
        _box(b"iref", struct.pack(">I", 0) + _box(b"cdsc", struct.pack(">HHH", 2, 1, 1))),
        _box(b"iprp", _box(b"ipco", b"".join(properties)) + associations),
    ]
    head = _box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(start: int) -> bytes:
        places = ((1, start, len(sample)), (2, start + len(sample), len(told)))
        listed = b"".join(struct.pack(">HHHII", number, 0, 1, at, length) for number, at, length in places)
        return _box(
            b"meta", struct.pack(">I", 0) + b"".join(fixed) + _box(b"iloc", struct.pack(">IBBH", 0, 0x44, 0, 2) + listed)
        )

    path.write_bytes(head + meta(len(head) + len(meta(0)) + 8) + _box(b"mdat", sample + told))


def write_video(
    path: Path, frames: Sequence[np.ndarray], times: Sequence[float], degrees: int = 0, codec: str = "libx264"
) -> None:
    """A video whose frames are shown at these seconds, turned by so many degrees clockwise when they are shown."""
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=30, options={"x265-params": "log-level=none", "crf": "12"})
        first = stored(frames[0], degrees)
        stream.height, stream.width, stream.pix_fmt = first.shape[0], first.shape[1], "yuv420p"
        stream.time_base = stream.codec_context.time_base = _MILLISECOND
        for picture, seconds in zip(frames, times, strict=True):
            frame = av.VideoFrame.from_ndarray(stored(picture, degrees), format="rgb24")
            frame.pts, frame.time_base = round(seconds * 1000), _MILLISECOND
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    path.write_bytes(_turned(path.read_bytes(), degrees))


def _turned(data: bytes, degrees: int) -> bytes:
    """An MP4 file with the turn in its track's header, where cameras leave it."""
    matrix = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[degrees]
    a, b, c, d = (value << 16 for value in matrix)
    start = data.index(b"tkhd") + 4 + 40
    return data[:start] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + data[start + 36 :]


def _hevc(picture: np.ndarray) -> tuple[bytes, bytes]:
    """A picture as HEVC: the box of its configuration, and its sample."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", "mp4") as out:
        stream = out.add_stream("libx265", rate=1, options={"x265-params": "log-level=none", "crf": "10"})
        stream.height, stream.width, stream.pix_fmt = *picture.shape[:2], "yuv420p"
        stream.codec_context.codec_tag = "hvc1"
        for packet in [*stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")), *stream.encode()]:
            packet.pts = packet.dts = 0  # x265 leaves the time of a single picture open
            out.mux(packet)
    data = file.getvalue()
    file.seek(0)
    with av.open(file) as made:
        sample = next(bytes(packet) for packet in made.demux(video=0) if packet.size)
    at = data.index(b"hvcC") - 4
    return data[at : at + struct.unpack(">I", data[at : at + 4])[0]], sample


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(data), kind) + data
