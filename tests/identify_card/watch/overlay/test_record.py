"""Videos of what is watched."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from balatro.errors import InputError, SettingsError
from balatro.identify_card.card import Card
from balatro.identify_card.marks.labels import COLOURS, Drawing
from balatro.identify_card.watch.overlay import record
from balatro.identify_card.watch.overlay.record import Recorder, check_video, fitted, part_of
from balatro.identify_card.watch.track import Shown
from balatro.identify_card.watch.watch import Frame, Look

av = pytest.importorskip("av", reason="PyAV is not installed")

QUAD = ((100, 60), (190, 60), (190, 180), (100, 180))
EGG = Card("egg", "Egg", "Joker", "", "Foil", True, 0.9, 0.9, (100, 60, 190, 180), QUAD, ())


def look(seconds: float, size: tuple[int, int] = (321, 241), grey: int = 90) -> Look:
    image = np.full((size[1], size[0], 3), grey, np.uint8)
    return Look(Frame(image, seconds), (), (Shown(1, EGG, False),))


def read(path: Path) -> list[tuple[float, np.ndarray]]:
    """Times and frames; of a video that is cut off, those before its end."""
    frames = []
    with av.open(str(path)) as video, contextlib.suppress(av.error.InvalidDataError):
        frames.extend((frame.time, frame.to_ndarray(format="rgb24")) for frame in video.decode(video=0))
    return frames


def test_frames_keep_their_times_and_show_the_marks(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    times = [5.0, 5.1, 5.25, 5.25, 6.0]
    with Recorder(path, 10, Drawing(), is_live=False) as recorder:
        for number, seconds in enumerate(times):
            recorder.add(look(seconds, grey=60 + 20 * number))
        assert not path.exists()  # not before it is complete
    frames = read(path)
    assert [time for time, _ in frames] == pytest.approx([0.0, 0.1, 0.25, 1.0], abs=1e-4)  # two of one moment are one
    assert all(image.shape == (240, 320, 3) for _, image in frames)
    assert [int(image[220, 20, 0]) for _, image in frames] == pytest.approx([60, 80, 100, 140], abs=4)
    edge = frames[0][1][120, 97:104].astype(int)
    assert np.abs(edge - COLOURS["Foil"]).sum(axis=1).min() < 60  # colours of a video are coarse
    assert [file.name for file in tmp_path.iterdir()] == ["out.mp4"]


def test_every_browser_plays_it(tmp_path: Path) -> None:
    with Recorder(tmp_path / "out.mp4", 10, Drawing(), is_live=False) as recorder:
        recorder.add(look(0))
    with av.open(str(tmp_path / "out.mp4")) as video:
        codec = video.streams.video[0].codec_context
        assert codec.name in ("h264", "vp9") and codec.pix_fmt == "yuv420p"


def test_marks_are_drawn_once(tmp_path: Path) -> None:
    with Recorder(tmp_path / "out.mp4", 10, Drawing(), is_live=False) as recorder:
        recorder.add(look(0), is_marked=True)
    ((_, image),) = read(tmp_path / "out.mp4")
    assert np.ptp(image) < 6


def test_a_window_that_changes_its_size_is_fitted_in(tmp_path: Path) -> None:
    with Recorder(tmp_path / "out.mp4", 10, Drawing("label"), is_live=False) as recorder:
        recorder.add(look(0, (640, 360)), True)
        recorder.add(look(1, (360, 360), grey=200), True)
    _, (_, image) = read(tmp_path / "out.mp4")
    assert image.shape == (360, 640, 3)
    assert image[180, 320, 0] > 190 and image[180, 60, 0] < 20 and image[180, 580, 0] < 20


@pytest.mark.parametrize("size", [(320, 240), (321, 241), (100, 400), (4, 4), (900, 30)])
def test_whatever_comes_is_fitted(size: tuple[int, int]) -> None:
    image = np.full((size[1], size[0], 3), 200, np.uint8)
    whole = fitted(image, (320, 240))
    assert whole.shape == (240, 320, 3) and whole[120, 160, 0] == 200


def test_nothing_seen_leaves_no_file(tmp_path: Path) -> None:
    with Recorder(tmp_path / "out.mp4", 10, Drawing(), is_live=True):
        pass
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_completes_the_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Recorder(tmp_path / "out.mp4", 10, Drawing(), is_live=False) as recorder:
        recorder.add(look(0))
        raise KeyboardInterrupt
    assert len(read(tmp_path / "out.mp4")) == 1


def test_a_busy_machine_leaves_frames_out_of_a_live_video_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    gate = threading.Event()
    monkeypatch.setattr(record._Video, "write", lambda self, image, seconds: gate.wait(60))
    with Recorder(tmp_path / "out.mp4", 10, Drawing(), is_live=True) as recorder:
        for number in range(10):
            recorder.add(look(number / 10))
        assert 10 - record.QUEUE - 1 <= recorder.dropped <= 10 - record.QUEUE
        gate.set()


@pytest.fixture
def little_room() -> Iterator[None]:
    """Files may have 200,000 bytes, no more."""
    resource = pytest.importorskip("resource", reason="not on Windows")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("little_room")
def test_no_room_left_is_one_line_and_what_there_is_can_be_played(tmp_path: Path) -> None:
    noise = np.random.default_rng(0)
    path = tmp_path / "out.mp4"
    # A folder, not the recorder, decides when data is written: keep on until it is.
    with pytest.raises(InputError, match="cannot be written") as told, Recorder(path, 10, Drawing(), False) as recorder:
        for number in range(600):
            image = noise.integers(0, 255, (240, 320, 3), dtype=np.uint8)
            recorder.add(Look(Frame(image, number / 10), (), ()))
    assert "\n" not in str(told.value) and str(part_of(path)) in str(told.value)
    assert not path.exists() and len(read(part_of(path))) >= 1


def test_the_first_error_is_the_one_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(record._Video, "_open", fail)
    with pytest.raises(ZeroDivisionError), Recorder(tmp_path / "out.mp4", 10, Drawing(), False) as recorder:
        recorder.add(look(0))
        raise ZeroDivisionError


def test_where_a_video_may_be_written(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    check_video(path, False)
    with pytest.raises(SettingsError, match=r"ends in \.mp4"):
        check_video(tmp_path / "out.avi", False)
    path.write_bytes(b"theirs")
    with pytest.raises(InputError, match="--force"):
        check_video(path, False)
    check_video(path, True)
    path.unlink()
    part_of(path).write_bytes(b"rescued")
    with pytest.raises(InputError, match="cut off"):
        check_video(path, False)
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(InputError, match="a folder"):
        check_video(tmp_path / "folder.mp4", True)
