"""Network streams and files: `rtsp://`, `http://`, `https://`, also HLS and MJPEG. By PyAV; only what the user has named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from balatro.errors import InputError, MissingPartError, SettingsError
from balatro.frames.frame import Frame, FrameSource, picture_box
from balatro.frames.latest import LatestSource
from balatro.frames.sources import shown
from balatro.frames.videos import upright
from balatro.utils.extras import how_to_install

OPEN_S, READ_S = 10.0, 10.0
"""Seconds that connecting, and a read, may take."""
PROTOCOLS = "http,https,tcp,tls,udp,rtp,rtsp,crypto,httpproxy"
"""What a stream may refer to in its turn: never to files of this machine."""


def open_stream(text: str) -> FrameSource:
    """A live stream, its newest picture at each grab; or a recorded video, every frame, where the server tells its length.

    MissingPartError without PyAV; InputError, one line, when nothing answers in time or it is no video.
    """
    name, address = shown(text), urlsplit(text)
    if not address.hostname:
        raise SettingsError(f"{name}: no address; give it whole, such as rtsp://192.168.1.20/live or http://host/stream.m3u8")
    container = connect(text)
    if container.duration:
        return RemoteVideo(name, container)
    first = [container]
    return LatestSource(name, lambda: pictures(first.pop() if first else connect(text), name))


def connect(address: str) -> Any:
    """PyAV's container of an address that has a video stream."""
    try:
        import av
    except ImportError as error:
        raise MissingPartError(f"{shown(address)}: streams are read by PyAV; {how_to_install('video')}") from error
    options = {"protocol_whitelist": PROTOCOLS, "rtsp_transport": "tcp", "fflags": "nobuffer"}
    wanted = options if address.lower().startswith("rtsp") else {"protocol_whitelist": PROTOCOLS}
    try:
        container = av.open(address, options=wanted, timeout=(OPEN_S, READ_S))
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputError(f"{shown(address)}: {reason(error)}; check the address, and that it is there") from error
    if not container.streams.video:
        container.close()
        raise InputError(f"{shown(address)}: no video in it; give the address of a picture, a video or a stream")
    return container


def reason(error: Exception) -> str:
    """What went wrong with a connection, in a few words."""
    if type(error).__name__ in ("ExitError", "TimeoutError"):
        return f"no answer within {OPEN_S:.0f} s"
    told = getattr(error, "strerror", "") or str(error)
    return " ".join(str(told).split()).lower() or type(error).__name__


def pictures(container: Any, name: str) -> Iterator[np.ndarray]:
    """(H, W, 3) uint8 RGB pictures until the stream ends; InputError when it breaks off."""
    for frame in _decoded(container, name):
        yield upright(frame.to_ndarray(format="rgb24"), frame.rotation)


def _decoded(container: Any, name: str) -> Iterator[Any]:
    import av

    stream = container.streams.video[0]
    try:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except av.InvalidDataError:
                continue  # who joins a stream in its midst has no picture to build on yet
    except (av.FFmpegError, OSError) as error:
        raise InputError(f"{name}: the connection broke off ({reason(error)})") from error
    finally:
        container.close()


def open_file_like(file: Any, name: str) -> Iterator[tuple[np.ndarray, float]]:
    """The frames of a video that comes through a file that is only read on: (H, W, 3) uint8 RGB, and the time in seconds."""
    try:
        import av
    except ImportError as error:
        raise MissingPartError(
            f"{name}: no picture; a video through a pipe is read by PyAV; {how_to_install('video')}"
        ) from error
    try:
        container = av.open(file)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputError(f"{name}: neither a picture nor a video that can be read ({reason(error)})") from error
    if not container.streams.video:
        raise InputError(f"{name}: no video in it")
    return (
        (upright(frame.to_ndarray(format="rgb24"), frame.rotation), frame.time or 0.0) for frame in _decoded(container, name)
    )


class RemoteVideo(FrameSource):
    """A recorded video or picture of a web server, every frame."""

    def __init__(self, name: str, container: Any) -> None:
        super().__init__(name)
        self.total = container.streams.video[0].frames or None
        self._frames = _decoded(container, name)

    def grab(self) -> Frame | None:
        """The next frame; what breaks off is told in `skipped`."""
        try:
            frame = next(self._frames, None)
        except InputError as error:
            self.skipped.append(str(error))
            return None
        if frame is None:
            return None
        image = upright(frame.to_ndarray(format="rgb24"), frame.rotation)
        return Frame(image, frame.time or 0.0, picture_box(image))

    def close(self) -> None:
        """Let the connection go."""
        self._frames.close()  # type: ignore[attr-defined]
