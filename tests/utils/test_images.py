import io
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from balatro.errors import InputError
from balatro.utils import images
from balatro.utils.images import MAX_PIXELS, find_images, load_image, rectify, to_png, write_png
from tests.utils.profiles import rgb_profile

RED = (204, 51, 0)


@pytest.fixture
def picture() -> np.ndarray:
    """(40, 60, 3) uint8, smooth, every pixel different."""
    y, x = np.mgrid[:40, :60]
    return np.stack([x * 4, y * 6, 128 + x - y], axis=-1).astype(np.uint8)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.full((2, 3), 90, np.uint8), (90, 90, 90)),
        (np.full((2, 3, 1), 90, np.uint8), (90, 90, 90)),
        (np.full((2, 3, 2), (90, 128), np.uint8), (45, 45, 45)),
        (np.full((2, 3, 3), RED, np.uint8), RED),
        (np.full((2, 3, 4), (*RED, 255), np.uint8), RED),
        (np.full((2, 3, 4), (*RED, 0), np.uint8), (0, 0, 0)),
        (np.full((2, 3, 4), (200, 100, 50, 51), np.uint8), (40, 20, 10)),
        (np.full((2, 3), 0xABCD, np.uint16), (0xAB,) * 3),
        (np.full((2, 3), 90, np.int64), (90,) * 3),
        (np.full((2, 3), 0.5), (128,) * 3),
        (np.full((2, 3), 90.2, np.float32), (90,) * 3),
        (np.full((2, 3), np.nan), (0,) * 3),
        (np.full((2, 3), True), (255,) * 3),
    ],
)
def test_arrays_of_any_mode(array: np.ndarray, expected: tuple[int, int, int]):
    image = load_image(array)
    assert image.shape == (2, 3, 3)
    assert image.dtype == np.uint8
    assert (image == expected).all()


@pytest.mark.parametrize("shape", [(3,), (2, 3, 5), (1, 2, 3, 3), (0, 4, 3)])
def test_arrays_that_are_no_pictures(shape: tuple[int, ...]):
    with pytest.raises(InputError, match="expected"):
        load_image(np.zeros(shape, np.uint8))


def test_arrays_of_words():
    with pytest.raises(InputError, match="expected numbers"):
        load_image(np.array([["a"]]))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "YCbCr", "HSV"])
def test_pil_images_of_colour_modes(mode: str):
    image = load_image(Image.new("RGB", (4, 3), RED).convert(mode))
    assert image.shape == (3, 4, 3)
    assert np.abs(image.astype(int) - RED).max() <= 4


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [("L", 90, 90), ("1", 1, 255), ("LA", (90, 255), 90), ("I;16", 0xAB00, 0xAB), ("F", 0.5, 128)],
)
def test_pil_images_of_grey_modes(mode: str, value, expected: int):
    assert (load_image(Image.new(mode, (4, 3), value)) == expected).all()


def test_transparent_palettes_lie_over_black(tmp_path: Path):
    image = Image.new("P", (4, 3), 0)
    image.putpalette(list(RED))
    image.save(tmp_path / "a.png", transparency=0)
    assert not load_image(tmp_path / "a.png").any()


def test_exif_rotation_is_applied(tmp_path: Path, picture: np.ndarray):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated clockwise
    Image.fromarray(picture).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(load_image(tmp_path / "a.png"), np.rot90(picture, -1))


def test_animations_give_their_first_frame(tmp_path: Path):
    frames = [Image.new("RGB", (4, 3), colour) for colour in (RED, (0, 0, 255))]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    assert (load_image(str(tmp_path / "a.webp")) == RED).all()


def test_a_picture_of_next_to_no_alpha_is_seen(tmp_path: Path, picture: np.ndarray):
    for alpha in (0, 1, 31):
        rgba = np.dstack([picture, np.full(picture.shape[:2], alpha, np.uint8)])
        Image.fromarray(rgba).save(tmp_path / "a.png")
        assert np.array_equal(load_image(tmp_path / "a.png"), picture)
        assert np.array_equal(load_image(rgba), picture)
    rgba[0, 0, 3] = 255
    Image.fromarray(rgba).save(tmp_path / "a.png")
    assert load_image(tmp_path / "a.png")[1:].max() <= 31


@pytest.mark.parametrize("options", [{"default_image": True}, {}])
@pytest.mark.parametrize("name", ["a.png", "a.gif", "a.webp"])
def test_an_animation_s_black_first_frames_are_passed_over(tmp_path: Path, picture: np.ndarray, name: str, options: dict):
    black = Image.new("RGB", (60, 40))
    frames = [black, Image.fromarray(picture).quantize(256).convert("RGB")]
    black.save(tmp_path / name, save_all=True, append_images=frames, lossless=True, **(options if name == "a.png" else {}))
    assert np.abs(load_image(tmp_path / name).astype(int) - np.asarray(frames[1])).max() <= 4
    black.save(tmp_path / name, save_all=True, append_images=[black])
    assert not load_image(tmp_path / name).any()


@pytest.mark.slow
def test_a_picture_takes_no_more_than_a_few_times_its_pixels(tmp_path: Path):
    pytest.importorskip("resource")
    Image.new("RGBA", (4000, 4000), (9, 9, 9, 255)).save(tmp_path / "a.png")
    code = (
        "import resource, sys\nfrom balatro.utils.images import load_image\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\nload_image(sys.argv[1])\nprint(peak() - before)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.png")], check=True, capture_output=True, text=True)
    megabytes = int(told.stdout) / (1024 if sys.platform != "darwin" else 1024**2)
    assert megabytes < 160  # Pillow's 64 and our 48; it was 286


@pytest.mark.parametrize("name", ["a.heic", "a.jpg"])
def test_heic_is_told_by_what_it_is(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    files, failures = find_images([tmp_path])
    assert files == [tmp_path / name] and not failures
    with pytest.raises(InputError, match="HEIC .* JPEG"):
        load_image(files[0])


def test_a_glob_in_a_folder_with_brackets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("shots [2026]/a.png", "shots [2026]/deep/b.png", "shots 2/c.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    for start in (Path(), tmp_path):
        assert find_images([start / "shots [2026]/*.png"])[0] == [start / "shots [2026]/a.png"]
        assert len(find_images([start / "shots [2026]/**/*.png"])[0]) == 2
        assert find_images([start / "shots [2]/*.png"])[0] == [start / "shots 2/c.png"]


def test_a_pipe_is_no_picture_and_nothing_waits_for_it(tmp_path: Path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with a name on this system")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="a pipe"):
        load_image(tmp_path / "pipe")


def test_folders_give_jfif_and_videos_where_they_are_wanted(tmp_path: Path):
    for name in ("a.jfif", "b.mp4", "c.txt"):
        (tmp_path / name).touch()
    assert find_images([tmp_path])[0] == [tmp_path / "a.jfif"]
    for place in (tmp_path, tmp_path / "*"):
        assert find_images([place], videos=True)[0] == [tmp_path / "a.jfif", tmp_path / "b.mp4"]


def test_unusable_files_get_one_line(tmp_path: Path, picture: np.ndarray):
    Image.fromarray(picture).save(tmp_path / "whole.png")
    data = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "truncated.png").write_bytes(data[: len(data) // 2])
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "empty.png").touch()
    Image.new("1", (8100, 8000)).save(tmp_path / "huge.png")
    assert MAX_PIXELS < 8100 * 8000
    for name, words in {
        "truncated.png": "damaged",
        "text.png": "not a picture",
        "empty.png": "not a picture",
        "huge.png": "8100x8000.*64 million",
        "missing.png": "no such file",
        ".": "a folder",
    }.items():
        with pytest.raises(InputError, match=words) as caught:
            load_image(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_pil_images_that_are_cut_off_show_it_when_read(tmp_path: Path):
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:4000])
    with Image.open(tmp_path / "a.png") as image, pytest.raises(InputError, match="the image: .*damaged"):
        load_image(image)


@pytest.mark.parametrize("source", [Image.new("La", (4, 3)), Image.new("RGB", (0, 3)), None, b"a", 3])
def test_things_that_are_no_pictures_get_one_line(source):
    with pytest.raises(InputError) as caught:
        load_image(source)
    assert "\n" not in str(caught.value)


def test_sixteen_bits_in_either_order_of_bytes():
    for kind in ("<u2", ">u2"):
        assert (load_image(np.full((2, 3), 0x00CD, kind)) == 0).all()


def test_find_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("b.png", "a.JPG", "deep/c.webp", "notes.txt", ".hidden.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    assert find_images(["."]) == ([Path("a.JPG"), Path("b.png"), Path("deep/c.webp")], [])
    assert find_images(["*.png", "b.png"]) == ([Path("b.png")], [])
    assert find_images(["**/*.webp"]) == ([Path("deep/c.webp")], [])
    assert find_images(["notes.txt", "missing.png"]) == ([Path("notes.txt"), Path("missing.png")], [])


def test_paths_that_mean_no_picture_are_told_and_the_others_found(tmp_path: Path):
    (tmp_path / "none").mkdir()
    (tmp_path / "a.png").touch()
    found, failures = find_images([tmp_path / "none", tmp_path / "*.jpg", "", tmp_path])
    assert found == [tmp_path / "a.png"]
    assert len(failures) == 3 and not any("\n" in line for line in failures)
    for line, words in zip(failures, ("no pictures in this folder", "no picture fits", "an empty path"), strict=True):
        assert words in line


def corners(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([[(left, top), (right, top), (right, bottom), (left, bottom)]], np.float32)


def test_rectify_takes_a_whole_picture_as_it_is(picture: np.ndarray):
    assert np.array_equal(rectify(picture, corners(0, 0, 60, 40), (60, 40), margin=0)[0], picture)


def test_rectify_cuts_at_pixel_edges(picture: np.ndarray):
    assert np.array_equal(rectify(picture, corners(10, 5, 30, 25), (20, 20), margin=0)[0], picture[5:25, 10:30])


def test_rectify_grows_by_the_margin(picture: np.ndarray):
    # A tenth of 20 on each side: 2 px more all around.
    card = rectify(picture, corners(10, 10, 30, 30), (24, 24), margin=0.1)[0]
    assert np.abs(card.astype(int) - picture[8:32, 8:32]).max() <= 1


def test_rectify_keeps_the_order_of_corners(picture: np.ndarray):
    square = picture[:40, :40]
    turned = np.roll(corners(0, 0, 40, 40), -1, axis=1)  # its top left is the picture's top right
    assert np.array_equal(rectify(square, turned, (40, 40), margin=0)[0], np.rot90(square))


@pytest.mark.parametrize("times", [2, 3, 5, 8])
def test_rectify_averages_large_cards(times: int):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (48 * times, 36 * times, 3), np.uint8)
    card = rectify(noise, corners(0, 0, 36 * times, 48 * times), (36, 48), margin=0)[0]
    means = noise.reshape(48, times, 36, times, 3).mean((1, 3))
    assert np.abs(card - means).max() <= 1


def test_rectify_averages_the_same_wherever_the_card_lies():
    y, x = np.mgrid[:300, :300]
    smooth = np.stack([127 + 100 * np.sin(x / 30), 127 + 100 * np.cos(y / 40), x / 2], axis=-1).astype(np.uint8)
    large = smooth.repeat(3, axis=0).repeat(3, axis=1)
    quad = np.array([[(110, 100), (160, 108), (152, 172), (102, 165)]], np.float32)
    small = rectify(smooth, quad, (48, 64))[0].astype(int)
    assert np.abs(rectify(large, quad * 3, (48, 64))[0] - small).mean() < 1.5


def test_rectify_beyond_the_border_repeats_it(picture: np.ndarray):
    assert (rectify(picture, corners(-30, -30, -10, -10), (20, 20))[0] == picture[0, 0]).all()
    half_out = rectify(picture, corners(-10, 10, 10, 30), (20, 20), margin=0)[0]
    assert (half_out[:, :10] == picture[10:30, :1]).all()
    assert (half_out[:, 10:] == picture[10:30, :10]).all()


def test_rectify_survives_senseless_quads(picture: np.ndarray):
    quads = np.array([[(5, 5)] * 4, [(np.nan, 0)] * 4, [(1e9, 1e9)] * 4], np.float32)
    assert rectify(picture, quads, (9, 12)).shape == (3, 12, 9, 3)
    assert rectify(picture, np.zeros((0, 4, 2)), (9, 12)).shape == (0, 12, 9, 3)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3), (7, 5, 4)])
def test_a_png_is_the_picture_again(tmp_path: Path, shape: tuple[int, ...], packed: bool):
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    for shown in (picture, picture[::-1, ::2]):
        write_png(tmp_path / "new" / "a.png", shown, packed)
        with Image.open(tmp_path / "new" / "a.png") as read:
            assert read.format == "PNG"
            assert np.array_equal(np.asarray(read), shown)
        assert to_png(shown, packed) == (tmp_path / "new" / "a.png").read_bytes()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    "array", [np.zeros((0, 5, 3), np.uint8), np.zeros((4, 5, 2), np.uint8), np.zeros((4, 5, 3)), np.zeros(3)]
)
def test_what_is_no_picture_becomes_no_png(tmp_path: Path, array: np.ndarray):
    with pytest.raises(InputError, match="is no picture; expected"):
        write_png(tmp_path / "a.png", array)
    assert list(tmp_path.iterdir()) == []


def test_there_is_one_way_to_write_a_png():
    source = Path(images.__file__).parents[1]
    texts = {path.name: path.read_text(encoding="utf-8") for path in source.rglob("*.py") if path.name != "images.py"}
    other = re.compile(r"""imwrite\(|imencode\(\s*["']\.png|fromarray\(.*\)\.save\(|\.save\(.*["']PNG|savefig\(""")
    assert len(texts) > 100
    assert [name for name, text in texts.items() if other.search(text)] == []


@pytest.mark.parametrize(
    ("suffix", "mode"), [("png", "RGB"), ("png", "RGBA"), ("webp", "RGB"), ("webp", "RGBA"), ("jpg", "RGB")]
)
def test_colours_of_another_space_become_srgb(tmp_path, suffix, mode):
    shown = np.full((40, 60, 3), (250, 90, 80), np.uint8)
    shown[:, 30:] = (60, 160, 240)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(rgb_profile("Display P3")))
    stored = ImageCms.profileToProfile(Image.fromarray(shown), ImageCms.createProfile("sRGB"), profile).convert(mode)
    assert np.abs(np.asarray(stored)[..., :3].astype(int) - shown).max() > 12
    stored.save(tmp_path / f"x.{suffix}", icc_profile=profile.tobytes(), **({} if suffix == "png" else {"quality": 100}))
    read = load_image(tmp_path / f"x.{suffix}").astype(int)
    assert np.abs(read - shown)[:, [10, 50]].max() <= 4
    stored.save(tmp_path / f"plain.{suffix}", icc_profile=None, **({} if suffix == "png" else {"quality": 100}))
    assert np.abs(load_image(tmp_path / f"plain.{suffix}").astype(int) - shown).max() > 12


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("profile", [b"no profile at all", rgb_profile("cut")[:200], SRGB])
def test_profiles_that_change_nothing(tmp_path, profile):
    picture = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    Image.fromarray(picture).save(tmp_path / "x.png", icc_profile=profile)
    np.testing.assert_array_equal(load_image(tmp_path / "x.png"), picture)
