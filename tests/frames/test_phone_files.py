"""Photographs and videos as people send them from their telephones: each is shown as its camera held it."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from balatro.annotate_dataset.forms.items import check_picture
from balatro.frames.sources import open_source
from balatro.frames.videos import VideoSource, _PyavVideo
from balatro.gallery.references.looks import load_card
from balatro.gallery.references.read import read_references
from balatro.utils.images import find_images, load_image, open_pillow, orientation
from tests.frames.phone_files import TURNS, exif, scene, stored, write_heic, write_mpo, write_video

SHOWN = scene()
NEAR = 12.0
"""Grey levels by which a picture may differ from what was packed, on the average."""
needs_av = pytest.mark.skipif(find_spec("av") is None, reason="PyAV is not installed")
needs_heif = pytest.mark.skipif(find_spec("pi_heif") is None, reason="pi-heif is not installed")


def near(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and bool(np.abs(one.astype(int) - other.astype(int)).mean() < NEAR)


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_pictures_are_shown_as_they_were_taken(tmp_path: Path, form: str, degrees: int) -> None:
    Image.init()
    if form not in Image.SAVE:
        pytest.skip(f"this Pillow writes no {form}")
    path = tmp_path / f"IMG_0001.{form.lower()}"
    Image.fromarray(stored(SHOWN, degrees)).save(path, form, exif=exif(degrees))
    assert near(load_image(path), SHOWN)
    assert near(load_image(open_pillow(io.BytesIO(path.read_bytes()))), SHOWN)


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("suffix", [".jpg", ".mpo", ".JPG"])
def test_of_several_pictures_in_a_file_the_photograph_is_read(tmp_path: Path, degrees: int, suffix: str) -> None:
    path = tmp_path / f"20261130_081502{suffix}"
    write_mpo(path, SHOWN, degrees)
    with Image.open(path) as image:
        assert image.format == "MPO" and image.n_frames == 2
    assert near(load_image(path), SHOWN) and orientation(path) == TURNS[degrees]
    assert find_images([tmp_path]) == ([path], [])


def test_a_dark_photograph_is_not_passed_over_for_its_map(tmp_path: Path) -> None:
    """The second picture of such a file is no later frame of an animation."""
    path = tmp_path / "dark.jpg"
    flat, other = Image.new("RGB", (64, 48), (9, 9, 9)), Image.fromarray(SHOWN)
    flat.save(path, "MPO", save_all=True, append_images=[other])
    assert load_image(path).shape == (48, 64, 3)


@needs_av
@needs_heif
@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("name", ["IMG_0001.HEIC", "IMG_0001.heif", "renamed.jpg"])
def test_photographs_of_iphones_are_turned_once(tmp_path: Path, degrees: int, name: str) -> None:
    path = tmp_path / name
    write_heic(path, SHOWN, degrees)
    assert near(load_image(path), SHOWN)
    assert find_images([tmp_path]) == ([path], [])
    with open_source(str(path)) as source:
        frame = source.grab()
    assert frame is not None and near(frame.image, SHOWN)
    assert check_picture(path) == SHOWN.shape[1::-1] and orientation(path) == 1  # as it is given, it stands upright


@needs_av
@needs_heif
@pytest.mark.parametrize("write", [write_mpo, write_heic])
def test_what_a_telephone_sends_to_the_server_is_read(tmp_path: Path, write: Callable[[Path, np.ndarray, int], None]) -> None:
    pytest.importorskip("starlette", reason="the server is not installed")
    from balatro.identify_card.server.limits import Limits, decode

    write(tmp_path / "IMG_0001", SHOWN, 90)
    assert near(decode((tmp_path / "IMG_0001").read_bytes(), Limits()), SHOWN)


@needs_av
@needs_heif
def test_photographs_become_cards_of_another_game(tmp_path: Path) -> None:
    """Pictures of cards taken with a telephone, named, are what `balatro gallery new` takes."""
    for name, write in (("Pikachu.jpg", write_mpo), ("Eevee.HEIC", write_heic)):
        write(tmp_path / name, SHOWN, 270)
    found = read_references(tmp_path)
    assert sorted(one.name for one in found.references) == ["Eevee", "Pikachu"] and not found.failures
    assert all(near(load_card(one), SHOWN) for one in found.references)


@needs_av
@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize(("codec", "name"), [("libx264", "VID_0001.mp4"), ("libx265", "IMG_0001.MOV")])
def test_videos_stand_upright(tmp_path: Path, degrees: int, codec: str, name: str) -> None:
    path = tmp_path / name
    write_video(path, [SHOWN] * 4, [0.0, 0.1, 0.2, 0.3], degrees, codec)
    with VideoSource(path) as video:
        frames = list(video)
    assert len(frames) == 4 and all(near(frame.image, SHOWN) for frame in frames)
    reader = _PyavVideo(path)
    read, image = reader.read()
    reader.release()
    assert read and image is not None and near(image[..., ::-1], SHOWN)


@needs_av
@pytest.mark.parametrize("times", [[0.0, 0.033, 0.1, 0.9, 0.93, 2.5], [0.0, 0.5, 0.51, 0.52, 0.53, 4.0]])
def test_frames_come_at_their_own_time(tmp_path: Path, times: list[float]) -> None:
    """Telephones give fewer frames a second in low light, and none while they look for focus."""
    path = tmp_path / "VID_0002.mp4"
    frames = [np.roll(SHOWN, 20 * number, axis=1) for number in range(len(times))]
    write_video(path, frames, times, 90)
    with VideoSource(path) as video:
        read = list(video)
    assert [frame.seconds for frame in read] == pytest.approx(times, abs=0.002)
    assert all(near(frame.image, shown) for frame, shown in zip(read, frames, strict=True))
    assert video.skipped == []
