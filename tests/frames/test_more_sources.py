"""Every row of the table of sources, cameras, streams, folders that fill, the clipboard and stdin."""

import io
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image

from balatro.errors import BalatroError, InputError, SettingsError
from balatro.frames import cameras, clipboard, latest, piped
from balatro.frames.cameras import Camera, read_camera
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.latest import LatestSource
from balatro.frames.sources import FORMS, KINDS, check_follow, open_source, shown, source_kind
from balatro.identify_card.batch.many import items_of, read_every


@pytest.mark.parametrize("name", KINDS)
def test_every_source_is_told_opened_by_a_function_and_found_by_its_name(name: str) -> None:
    kind = KINDS[name]
    assert kind.about == "the same, encrypted" or kind.form in FORMS
    for opener in filter(None, (kind.opener, kind.follower)):
        module, _, function = opener.partition(":")
        assert callable(getattr(import_module(f"balatro.frames.{module}"), function))
    assert source_kind("-" if name == "-" else f"{name}://x" if kind.takes_all else f"{name}:0") is kind


@pytest.mark.parametrize("text", ["12:30 run.mp4", "C:\\run.mp4", "shots/", "-x.png", "http:x", "a.png"])
def test_files_are_no_other_source(text: str) -> None:
    assert source_kind(text) is None


@pytest.mark.parametrize("text", ["camera:x", "clipboard:x", "http://", "camera:0,9x9"])
def test_what_means_no_source_is_one_line(text: str) -> None:
    with pytest.raises(SettingsError) as told:
        open_source(text)
    assert "\n" not in str(told.value)


# Cameras: recorded facts, and a device of our own.


def test_cameras_are_read_from_text() -> None:
    assert read_camera("1,1280x720") == Camera(1, 1280, 720)
    assert read_camera("/dev/video2") == Camera("/dev/video2")


class FakeDevice:
    """What cv2.VideoCapture does of a camera that gives so many pictures."""

    def __init__(self, count: int) -> None:
        self.left, self.asked, self.released = count, {}, False

    def isOpened(self) -> bool:
        return self.left >= 0

    def set(self, what: int, value: float) -> None:
        self.asked[what] = value

    def read(self) -> tuple[bool, np.ndarray | None]:
        if self.left == 0:
            return False, None
        self.left -= 1
        return True, np.full((4, 6, 3), (9, 5, 1), np.uint8)

    def release(self) -> None:
        self.released = True


@pytest.mark.parametrize(("platform", "backend"), cameras.BACKENDS.items())
def test_a_camera_is_opened_by_its_system(platform: str, backend: int, monkeypatch: pytest.MonkeyPatch) -> None:
    device, asked = FakeDevice(2), []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(cv2, "VideoCapture", lambda *given: (asked.append(given), device)[1])
    pictures = cameras._connect(Camera(1, 1280, 720))
    assert next(pictures)[0, 0].tolist() == [1, 5, 9] and asked == [(1, backend)]
    assert (device.asked[cv2.CAP_PROP_FRAME_WIDTH], device.asked[cv2.CAP_PROP_FRAME_HEIGHT]) == (1280, 720)
    next(pictures)
    with pytest.raises(InputError, match="gone"):
        next(pictures)
    assert device.released


def test_a_camera_that_is_not_there_is_told_in_our_words_alone(capfd: pytest.CaptureFixture[str]) -> None:
    level = cv2.utils.logging.getLogLevel()
    with pytest.raises(InputError, match="no such camera"):
        open_source("camera:987")
    assert capfd.readouterr().err == "" and cv2.utils.logging.getLogLevel() == level


@pytest.mark.parametrize(("count", "told"), [(-1, "no such camera"), (0, "gives no picture")])
def test_no_camera_and_one_that_is_forbidden(count: int, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", lambda *given: FakeDevice(count))
    with pytest.raises(InputError, match=told) as error:
        open_source("camera:0")
    assert "\n" not in str(error.value)


def test_what_is_gone_is_told_and_comes_back() -> None:
    gone, connections = threading.Event(), []

    def connect() -> Iterator[np.ndarray]:
        connections.append(1)
        if len(connections) == 2:
            raise InputError("cam: nobody answers")
        return pictures(len(connections))

    def pictures(number: int) -> Iterator[np.ndarray]:
        yield np.full((2, 2, 3), number, np.uint8)
        if number > 1:
            gone.wait(10)

    with LatestSource("cam", connect, again_s=(0.0,), next_s=0.05) as source:
        told, values = set(), []
        for _ in range(200):
            try:
                values.append(int(source.grab().image[0, 0, 0]))
            except NotVisibleError as error:
                told.add(str(error))
            if 3 in values:
                break
        gone.set()
    assert values[-1] == 3 and all("\n" not in line and line.startswith("cam: ") for line in told)


# Streams, from a server on this machine.


@contextmanager
def served(handler: object) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *given: object) -> None:
        pass


def write_video(path: Path, form: str | None = None, **options: str) -> None:
    av = pytest.importorskip("av", reason="PyAV is not installed")
    with av.open(str(path), "w", format=form, options=options) as out:
        stream = out.add_stream("mpeg4" if form is None else "libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(20):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 10 * number, np.uint8), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


@pytest.mark.parametrize(("name", "form"), [("a.mp4", None), ("a.m3u8", "hls")])
def test_a_recorded_video_of_a_web_server_gives_every_frame(name: str, form: str | None, tmp_path: Path) -> None:
    write_video(tmp_path / name, form, **({"hls_list_size": "0", "hls_playlist_type": "vod"} if form else {}))
    with served(partial(Quiet, directory=str(tmp_path))) as address, open_source(f"{address}/{name}") as source:
        frames = list(source)
    assert not source.live and len(frames) == 20 and not source.skipped
    assert abs(int(frames[10].image.mean()) - 100) < 12


def test_a_playlist_may_not_name_files_of_this_machine(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4")
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "a.m3u8").write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{tmp_path}/a.mp4\n#EXT-X-ENDLIST\n"
    )
    with served(partial(Quiet, directory=str(tmp_path / "web"))) as address, pytest.raises(InputError) as told:
        open_source(f"{address}/a.m3u8")
    assert "\n" not in str(told.value)


def jpeg(value: int) -> bytes:
    return cv2.imencode(".jpg", np.full((48, 64, 3), value, np.uint8))[1].tobytes()


class Mjpeg(BaseHTTPRequestHandler):
    """A network camera: each connection gives other pictures, and the first breaks off."""

    connections: list[int]

    def log_message(self, *given: object) -> None:
        pass

    def do_GET(self) -> None:
        self.connections.append(1)
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=x")
        self.end_headers()
        picture = jpeg(60 * len(self.connections))
        head = b"--x\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
        try:
            for _ in range(20 if len(self.connections) == 1 else 400):
                self.wfile.write(head + picture + b"\r\n")
                time.sleep(0.02)
        except OSError:
            pass


def test_a_live_stream_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("av", reason="PyAV is not installed")
    monkeypatch.setattr(latest.LatestSource.__init__, "__defaults__", ((0.05,), 0.3))
    handler = type("OneMjpeg", (Mjpeg,), {"connections": []})
    seen: set[int] = set()
    with served(handler) as address, open_source(address + "/live") as source:
        assert source.live and not source.on_screen
        until = time.monotonic() + 20
        while len(seen) < 2 and time.monotonic() < until:
            try:
                seen.add(round(int(source.grab().image.mean()) / 60))
            except NotVisibleError:
                continue
    assert max(seen) >= 2


def test_nobody_there_and_passwords_are_not_told() -> None:
    pytest.importorskip("av", reason="PyAV is not installed")
    with pytest.raises(InputError) as told:
        open_source("http://me:secret@127.0.0.1:9/live")
    assert "secret" not in str(told.value) and "\n" not in str(told.value)
    assert shown("rtsp://me:secret@host:554/a?b=c") == "rtsp://host:554/a?b=c"
    assert shown("shots/me@home.png") == "shots/me@home.png"
    (item,) = items_of("http://me:secret@127.0.0.1:9/live", "", 0, read_every("1"))
    assert item.file == "http://127.0.0.1:9/live" and "secret" not in item.error


# A folder that fills.


def test_a_folder_is_followed(tmp_path: Path) -> None:
    def put(name: str, age_s: float) -> None:
        assert cv2.imwrite(str(tmp_path / name), np.zeros((4, 4, 3), np.uint8))
        os.utime(tmp_path / name, (time.time() - age_s,) * 2)

    put("a.png", 60)
    with open_source(str(tmp_path), follow=True) as source:
        assert source.live and source.still and source.grab().name.endswith("a.png")
        put("b.png", 0)
        with pytest.raises(NotVisibleError, match="waiting for a picture"):
            source.grab()  # perhaps it is still being written
        assert source.grab().name.endswith("b.png")
        (tmp_path / "c.png").write_bytes(b"no picture")
        os.utime(tmp_path / "c.png", (0, 0))
        with pytest.raises(NotVisibleError, match=r"c\.png"):
            source.grab()
        with pytest.raises(NotVisibleError, match="waiting"):
            source.grab()
    assert len(source.skipped) == 1


@pytest.mark.parametrize("text", ["camera:0", "a.png", "-"])
def test_what_cannot_be_followed(text: str) -> None:
    for ask in (check_follow, partial(open_source, follow=True)):
        with pytest.raises(SettingsError, match="cannot be followed"):
            ask(text)


# The clipboard.


def test_the_clipboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[object] = [Image.new("RGB", (5, 3), (1, 2, 3))]
    monkeypatch.setattr(clipboard, "_held", lambda: held[0])
    with open_source("clipboard:") as source:
        (frame,) = list(source)
    assert frame.image.shape == (3, 5, 3)
    with open_source("clipboard:", follow=True) as source:
        source.grab()
        with pytest.raises(NotVisibleError):
            source.grab()
        held[0] = Image.new("RGB", (7, 7))
        assert source.grab().image.shape == (7, 7, 3)
    held[0] = None
    with pytest.raises(InputError, match="no picture in it"):
        open_source("clipboard:")


# Standard input.


def coded(form: str, value: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 8), (value, 0, 0)).save(file, form)
    return file.getvalue()


def piping(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


def test_pictures_one_behind_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    forms = ("PNG", "JPEG", "WEBP", "BMP", "JPEG", "PNG", "GIF")
    piping(b"".join(coded(form, 30 * number) for number, form in enumerate(forms)), monkeypatch)
    with open_source("-") as source:
        values = [int(frame.image[0, 0, 0]) for frame in source]
    assert not source.skipped
    assert np.abs(np.array(values) - 30 * np.arange(len(forms))).max() < 8


def test_a_large_jpeg_whose_coded_part_spans_many_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    piping(cv2.imencode(".jpg", noise)[1].tobytes() * 3, monkeypatch)
    with open_source("-") as source:
        assert [frame.image.shape for frame in source] == [(200, 200, 3)] * 3


def test_a_picture_that_breaks_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    piping(coded("PNG", 1) + coded("PNG", 2)[:40], monkeypatch)
    with open_source("-") as source:
        assert len(list(source)) == 1
    assert len(source.skipped) == 1 and "ends in the midst" in source.skipped[0]


def test_a_video_through_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_video(tmp_path / "a.ts", "mpegts")
    piping((tmp_path / "a.ts").read_bytes(), monkeypatch)
    with open_source("-") as source:
        assert len(list(source)) == 20


@pytest.mark.parametrize("data", [b"", b"no picture and no video at all"])
def test_nothing_and_nonsense(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    piping(data, monkeypatch)
    with pytest.raises(BalatroError) as told:
        list(open_source("-"))
    assert "\n" not in str(told.value)


def test_pipe_reads_what_was_looked_at_first() -> None:
    pipe = piped.Pipe(io.BytesIO(b"abcdef"))
    assert pipe.peek(2) == b"ab" and pipe.read(1) == b"a" and pipe.read() == b"bcdef" and pipe.read(4) == b""
