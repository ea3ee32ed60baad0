"""Monitors that lie anywhere, and change."""

import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest

from balatro.errors import InputError
from balatro.frames import screens
from balatro.frames.desktop import wayland
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.sources import open_source
from balatro.utils.desktop import Box
from tests.build_dataset.x_display import Desktop

LEFT, FIRST = (-1920, -200, 1920, 1080), (0, 0, 2560, 1440)


class Grabber:
    """As mss: the desktop over all monitors first; each pixel tells where it lies."""

    def __init__(self, *monitors: tuple[int, int, int, int]) -> None:
        left, top = min(m[0] for m in monitors), min(m[1] for m in monitors)
        right, bottom = max(m[0] + m[2] for m in monitors), max(m[1] + m[3] for m in monitors)
        boxes = [(left, top, right - left, bottom - top), *monitors]
        self.monitors = [dict(zip(("left", "top", "width", "height"), box, strict=True)) for box in boxes]

    def grab(self, part: dict[str, int]) -> np.ndarray:
        ys, xs = np.mgrid[part["top"] : part["top"] + part["height"], part["left"] : part["left"] + part["width"]]
        return np.stack([xs % 251, ys % 251, xs // 251 + 50, 0 * xs], axis=2).astype(np.uint8)

    def close(self) -> None:
        pass


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int, int]]:
    """The monitors that are connected; to be changed at will."""
    connected = [FIRST, LEFT]
    monkeypatch.setattr(screens, "check_screen", lambda: None)
    monkeypatch.setattr(screens, "_open_mss", lambda: Grabber(*connected))
    monkeypatch.setattr(screens, "LAYOUT_S", -1.0)
    return connected


def test_a_region_left_of_and_above_the_first_monitor(plug: list[tuple[int, int, int, int]]) -> None:
    with open_source("region:-1000,-150,300,200") as source:
        frame = source.grab()
        assert frame is not None and frame.box == Box(-1000, -150, 300, 200) and frame.image.shape == (200, 300, 3)
        assert frame.image[7, 9].tolist() == [-991 // 251 + 50, -143 % 251, -991 % 251]  # RGB
    with open_source("region:-100,100,300,200") as source:  # on both
        frame = source.grab()
        assert frame is not None and frame.image.shape == (200, 300, 3)
    with pytest.raises(InputError, match=r"off the screen, which is 4480x1640 at -1920,-200"):
        open_source("region:-2000,0,300,200")


def test_a_monitor_s_resolution_changes_and_it_is_unplugged(plug: list[tuple[int, int, int, int]]) -> None:
    with open_source("monitor:2") as source:
        assert source.grab().box == Box(*LEFT)  # type: ignore[union-attr]
        plug[1] = (-1280, 0, 1280, 720)
        frame = source.grab()
        assert frame is not None and frame.box == Box(-1280, 0, 1280, 720) and frame.image.shape == (720, 1280, 3)
        del plug[1]
        with pytest.raises(NotVisibleError, match="monitor 2 is no longer connected"):
            source.grab()
        plug.append(LEFT)
        assert source.grab() is not None


def test_the_resolution_of_a_real_screen_changes(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "LAYOUT_S", 0.1)

    def xrandr(*words: str) -> None:
        subprocess.run(["xrandr", *words], env=desktop.env, check=True)

    with open_source("monitor:1") as source:
        assert source.grab().image.shape == (900, 1280, 3)  # type: ignore[union-attr]
        xrandr("--newmode", "small", "63.5", "1024", "1072", "1176", "1328", "768", "771", "775", "798")
        xrandr("--addmode", "screen", "small")
        try:
            xrandr("--output", "screen", "--mode", "small")
            time.sleep(0.2)
            assert source.grab().image.shape == (768, 1024, 3)  # type: ignore[union-attr]
        finally:
            xrandr("--output", "screen", "--mode", "1280x900")


# Who may read the screen.


def test_wayland_is_told_from_an_x11_server_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    both = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}
    for env, xwayland, told in (
        ({"WAYLAND_DISPLAY": "wayland-0"}, False, True),
        (both, True, True),
        (both, False, False),  # a nested server
        ({"DISPLAY": ":0"}, True, False),
    ):
        monkeypatch.setattr(wayland, "_is_xwayland", lambda xwayland=xwayland: xwayland)
        assert wayland.is_wayland(env) is told
    monkeypatch.setattr(sys, "platform", "win32")
    assert not wayland.is_wayland(both)


@pytest.mark.parametrize(
    ("extension", "outputs", "told"), [(True, [], True), (False, ["XWAYLAND0"], True), (False, ["screen"], False)]
)
def test_xwayland_names_itself(extension: bool, outputs: list[str], told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    display = pytest.importorskip("Xlib.display")
    resources = SimpleNamespace(outputs=range(len(outputs)), config_timestamp=1)
    root = SimpleNamespace(xrandr_get_screen_resources_current=lambda: resources)
    server = SimpleNamespace(
        has_extension=lambda name: name == "XWAYLAND" and extension,
        screen=lambda: SimpleNamespace(root=root),
        xrandr_get_output_info=lambda number, when: SimpleNamespace(name=outputs[number]),
        close=lambda: None,
    )
    monkeypatch.setattr(display, "Display", lambda: server)
    assert wayland._is_xwayland() is told


def test_a_real_server_is_not_xwayland(desktop: Desktop) -> None:
    assert not wayland.is_wayland({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": desktop.display})


def test_what_must_be_allowed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens.wayland, "is_wayland", lambda: True)
    with pytest.raises(InputError, match=r"Wayland.*X11.*camera:0"):
        screens.check_allowed()
    monkeypatch.setattr(screens.wayland, "is_wayland", lambda: False)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(screens.macos, "may_read_screen", lambda: False)
    with pytest.raises(InputError, match="System Settings.*Screen & System Audio Recording"):
        screens.check_allowed()
    monkeypatch.setattr(screens.macos, "may_read_screen", lambda: True)
    screens.check_allowed()
