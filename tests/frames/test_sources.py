import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balatro.errors import InputError, MissingPartError, SettingsError
from balatro.frames import screens, videos, windows
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.sources import open_source
from balatro.frames.windows import Window
from balatro.utils.desktop import Box
from tests.build_dataset.drawn_tables import lay, table
from tests.build_dataset.x_display import Desktop, started, wait_for


def write(path: Path, picture: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture[..., ::-1])
    return path


# Files.


def test_pictures_come_in_order_and_a_truncated_one_is_told(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / f"{number}.png", table((number * 50, 1, 2)))
    damaged = tmp_path / "1.png"
    damaged.write_bytes(damaged.read_bytes()[:200])
    for text in (str(tmp_path), str(tmp_path / "*.png")):
        with open_source(text) as source:
            frames = list(source)
            assert [frame.image[0, 0].tolist() for frame in frames] == [[0, 1, 2], [100, 1, 2]]
            assert [frame.seconds for frame in frames] == [0, 2]
            assert frames[0].box == Box(0, 0, 640, 360) and frames[1].name.endswith("2.png")
            assert source.total == 3 and source.still and not source.live
            (told,) = source.skipped
            assert "1.png" in told and "\n" not in told


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "evening.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20, (64, 48))
    for number in range(30):
        writer.write(np.full((48, 64, 3), (8 * number, 0, 200), np.uint8))  # BGR
    writer.release()
    return path


def test_a_video_gives_rgb_frames_with_their_time(video: Path) -> None:
    with open_source(str(video)) as source:
        frames = list(source)
    assert len(frames) == 30 and source.total == 30 and not source.skipped
    assert frames[10].seconds == pytest.approx(0.5)
    assert np.abs(frames[10].image.astype(int) - (200, 0, 80)).max() < 12


def test_a_video_whose_frames_come_at_changing_times(tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="PyAV is not installed")
    path, times = tmp_path / "phone.mp4", [0, 100, 200, 2200, 2300, 7300]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.codec_context.time_base = 64, 48, Fraction(1, 1000)
        for time in times:
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), time // 40, np.uint8), format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    with open_source(str(path)) as source:
        assert [frame.seconds for frame in source] == pytest.approx([time / 1000 for time in times], abs=0.002)


@pytest.mark.skipif(sys.platform == "win32", reason="no colon in a name there")
def test_a_video_whose_name_looks_like_a_protocol(video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(video.parent)
    video.rename("12:30 run #1.avi")
    with open_source("12:30 run #1.avi") as source:
        assert len(list(source)) > 1


def write_av1(path: Path) -> None:
    av = pytest.importorskip("av")
    if "libsvtav1" not in av.codecs_available:
        pytest.skip("this PyAV writes no AV1")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libsvtav1", rate=10, options={"preset": "12"})
        stream.width, stream.height, stream.pix_fmt = 320, 192, "yuv420p"
        for _ in range(3):
            picture = np.full((192, 320, 3), (200, 30, 30), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))


def test_a_video_that_opencv_cannot_decode(tmp_path: Path) -> None:
    write_av1(tmp_path / "a.mp4")
    with open_source(str(tmp_path / "a.mp4")) as source:
        frames = list(source)
    assert [round(frame.seconds, 2) for frame in frames] == [0.0, 0.1, 0.2] and not source.skipped
    assert np.abs(frames[0].image[50, 50].astype(int) - (200, 30, 30)).max() < 12


def test_a_codec_without_pyav_is_told_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_av1(tmp_path / "a.mp4")
    monkeypatch.setattr(videos, "find_spec", lambda name: None)
    with open_source(str(tmp_path / "a.mp4")) as source:
        if list(source):
            pytest.skip("this OpenCV reads AV1")
        assert len(source.skipped) == 1 and "codec av01" in source.skipped[0].lower() and "video" in source.skipped[0]


def test_videos_among_pictures_are_told(tmp_path: Path) -> None:
    write(tmp_path / "a.png", table())
    (tmp_path / "b.mp4").touch()
    with open_source(str(tmp_path)) as source:
        assert len(list(source)) == 1
        assert len(source.skipped) == 1 and "b.mp4: a video among pictures" in source.skipped[0]


def test_a_video_that_breaks_off_is_told(video: Path) -> None:
    data = video.read_bytes()
    video.write_bytes(data[: len(data) // 2])
    with open_source(str(video)) as source:
        source.total = 30  # what its header says
        num_frames = len(list(source))
    assert 0 < num_frames < 25
    assert f"damaged after frame {num_frames} of 30" in source.skipped[0]


@pytest.mark.parametrize(
    ("text", "kind", "fault"),
    [
        ("", InputError, "empty"),
        ("nothing.mp4", InputError, "no such file"),
        ("nothing/*.png", InputError, "nothing"),
        ("monitr:1", InputError, "window:TITLE"),
        ("window:", SettingsError, "--list-windows"),
        ("region:1,2,3", SettingsError, "region:X,Y,WIDTH,HEIGHT"),
        ("region:0,0,4,4", SettingsError, "at least"),
        ("region:0,0,9999999,4", SettingsError, "expected"),
    ],
)
def test_what_means_no_source(text: str, kind: type[Exception], fault: str) -> None:
    with pytest.raises(kind, match=fault) as told:
        open_source(text)
    assert "\n" not in str(told.value)


def test_no_video_and_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no video")
    with pytest.raises(InputError, match="neither a picture nor a video"):
        open_source(str(tmp_path / "notes.txt"))
    with pytest.raises(InputError, match="no pictures|empty|monitor:1"):
        (tmp_path / "empty").mkdir()
        open_source(str(tmp_path / "empty"))


@pytest.mark.parametrize("text", ["monitor:1", "region:0,0,99,99", "window:x"])
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_without_a_screen(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(InputError, match="no screen here"):
        open_source(text)


@pytest.mark.parametrize("module", ["mss", "pywinctl"])
def test_what_is_not_installed(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingPartError, match=rf"without {module}.*desktop"):
        windows.list_windows() if module == "pywinctl" else open_source("monitor:1")


# Windows, without a desktop.


class NoSystem:
    """A window system that tells nothing more than titles."""

    def program(self, handle: object) -> str:
        return ""

    def number(self, handle: object) -> int:
        return 0


def show(monkeypatch: pytest.MonkeyPatch, *titles: str) -> None:
    """Let windows of these titles be open."""
    opened = [SimpleNamespace(title=title) for title in titles]
    monkeypatch.setattr(windows, "_pywinctl", lambda: SimpleNamespace(getAllWindows=lambda: opened))
    monkeypatch.setattr(windows, "open_system", NoSystem)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Balatro", "Balatro"),
        ("balatro", "Balatro"),
        ("wiki", "Balatro Wiki - Web"),
        ("balatro w", "Balatro Wiki - Web"),
    ],
)
def test_a_window_is_found_by_its_title(wanted: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    show(monkeypatch, "", "Balatro Wiki - Web", windows.OWN_TITLES[0], "Balatro")
    assert windows.find_window(wanted).title == found


@pytest.mark.parametrize(
    ("titles", "told"), [(("Balatro", "Mail"), "nearest: 'Balatro'"), (("Mail",), "open: 'Mail'"), ((), "start the game")]
)
def test_no_such_window(titles: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    show(monkeypatch, *titles, windows.OWN_TITLES[0])
    with pytest.raises(InputError, match=told):
        windows.find_window("Balarto")


@pytest.mark.parametrize("game", ["Balatro 1.0.1o", "Balatro 1.0.1o-FULL", "balatro v1.0.1"])
def test_the_game_s_window_comes_before_a_page_about_it(game: str, monkeypatch: pytest.MonkeyPatch) -> None:
    show(monkeypatch, "Balatro Wiki", "Balatro 2 guides", game, "My Balatro 1.0")
    assert windows.find_window("Balatro").title == game


def test_a_list_of_windows_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> list[object]:
        raise TypeError("'NoneType' object is not\nsubscriptable")

    monkeypatch.setattr(windows, "_pywinctl", lambda: SimpleNamespace(getAllWindows=refuse))
    with pytest.raises(InputError, match="Wayland.*monitor:1") as told:
        windows.find_window("Balatro")
    assert "\n" not in str(told.value)


def test_on_windows_the_title_bar_is_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = SimpleNamespace(left=10, top=40, right=650, bottom=400)
    handle = SimpleNamespace(
        isAlive=True, isMinimized=False, getClientFrame=lambda: frame, box=SimpleNamespace(left=0, top=0, width=660, height=410)
    )
    monkeypatch.setattr(sys, "platform", "win32")
    assert Window("x", handle=handle).box() == Box(10, 40, 640, 360)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert Window("x", handle=handle).box() == Box(0, 0, 660, 410)


def test_minimised_and_closed_windows() -> None:
    with pytest.raises(NotVisibleError, match="minimised"):
        Window("x", handle=SimpleNamespace(isAlive=True, isMinimized=True)).box()
    with pytest.raises(InputError, match="closed"):
        Window("x", handle=SimpleNamespace(isAlive=False, isMinimized=False)).box()
    with pytest.raises(InputError, match="closed"):
        Window("x", handle=object()).box()


boxes = st.builds(Box, st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 60), st.integers(1, 60))


@given(boxes, boxes)
def test_overlap_counts_the_common_pixels(one: Box, other: Box) -> None:
    common = one.overlap(other)
    assert common == other.overlap(one)
    columns = set(range(one.left, one.left + one.width)) & set(range(other.left, other.left + other.width))
    rows = set(range(one.top, one.top + one.height)) & set(range(other.top, other.top + other.height))
    assert common.width * common.height == len(columns) * len(rows)
    assert common.is_empty == (not columns or not rows)


# A real desktop.


def test_monitors_and_regions(desktop: Desktop) -> None:
    with open_source("monitor:1") as source:
        frame = source.grab()
        assert frame is not None and frame.image.shape == (900, 1280, 3) and frame.image.dtype == np.uint8
        assert source.live and not source.still
    with open_source("region: 100, 200, 64,48") as source:
        frame = source.grab()
        assert frame is not None and frame.image.shape == (48, 64, 3) and frame.box == Box(100, 200, 64, 48)
    with pytest.raises(InputError, match=r"no monitor '7'; there is monitor:1 \(1280x900"):
        open_source("monitor:7")
    with pytest.raises(InputError, match="off the screen"):
        open_source("region:1200,0,100,100")


_FOLLOW = """
import sys, numpy as np, cv2
from balatro.frames.sources import open_source
from balatro.errors import BalatroError
shown = cv2.imread(sys.argv[1])[..., ::-1]
with open_source("window:table of CARDS") as source:
    for line in sys.stdin:
        try:
            frame = source.grab()
        except BalatroError as error:
            print(type(error).__name__, error, flush=True)
            continue
        h, w = min(frame.image.shape[0], 360), min(frame.image.shape[1], 640)
        alike = (np.abs(frame.image[:h, :w].astype(int) - shown[:h, :w]).max(2) < 4)
        black = (frame.image[:h, :w] == 0).all(2)
        print(*frame.image.shape[:2], f"{alike.mean():.2f} {black.mean():.2f}", flush=True)
"""


def test_a_window_is_followed_until_it_is_closed(desktop: Desktop, tmp_path: Path) -> None:
    """In a process of its own: pywinctl keeps the display that it met first."""
    picture = table((200, 90, 60))
    lay(picture, 3, 200, 180)
    command = [sys.executable, "-c", _FOLLOW, str(write(tmp_path / "shown.png", picture))]
    with desktop.showing("Table of cards", [picture], tmp_path) as window:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with started(command, desktop.env, **pipes) as child:

            def ask() -> str:
                child.stdin.write("\n")
                child.stdin.flush()
                return str(child.stdout.readline()).strip()

            wait_for(lambda: ask() == "360 640 1.00 0.00")
            desktop.xdotool("windowmove", "--sync", window, "300", "400")
            wait_for(lambda: ask() == "360 640 1.00 0.00")
            desktop.xdotool("windowmove", window, "960", "400")  # half of it off the screen
            wait_for(lambda: ask().split()[:2] == ["360", "640"] and 0.4 < float(ask().split()[3]) < 0.6)
            desktop.xdotool("windowminimize", window)
            wait_for(lambda: ask().startswith("NotVisibleError"))
            desktop.xdotool("windowmap", window)
            desktop.xdotool("windowclose", window)
            wait_for(lambda: ask() == "NoWindowError the window 'Table of cards' was closed")
            child.stdin.close()


def test_a_window_partly_off_the_screen_keeps_its_fractions() -> None:
    seen, box = Box(0, 10, 50, 90), Box(-50, -10, 100, 110)
    padded = screens._padded(np.full((180, 100, 3), 7, np.uint8), seen, box)  # two pixels for a unit, as on Retina screens
    assert padded.shape == (220, 200, 3)
    assert (padded[40:, 100:] == 7).all() and padded[:40].max() == 0 and padded[:, :100].max() == 0
