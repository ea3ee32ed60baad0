"""Pictures in, cards out: reading images of any kind, and cutting cards out of them.

Everywhere in this project a picture is a (H, W, 3) uint8 array, RGB.
"""

from __future__ import annotations

import contextlib
import glob
import io
import math
import os
import warnings
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TypeAlias, cast

import cv2
import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from balatro.config.suffixes import IMAGE_SUFFIXES as IMAGE_SUFFIXES
from balatro.config.suffixes import VIDEO_SUFFIXES
from balatro.errors import InputError
from balatro.utils.extras import how_to_install
from balatro.utils.files import write_bytes

MAX_PIXELS = 64_000_000
"""The largest picture that is read: eight 4K screens' worth. More is a mistake or an attack."""

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_HEIC_SUFFIXES = frozenset({".heic", ".heif"})
"""Found in a folder like pictures, so that reading says what to do about them."""
MAX_FIRST = 100
"""Frames of an animation among which the first that shows something is looked for."""
FAINT = 32
"""Alpha below which nothing can be seen; where all of a picture is so faint, the program that saved it was mistaken."""
_STRIP = 2_000_000
"""Pixels that are turned into an array at a time: whole pictures at once take several times their memory."""
_ORIENTATION = 0x0112
_PROFILED = {"RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK"}
"""Modes of pictures that may be in another colour space, and what their profiles call it."""

_QUICK = (cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE)
"""How pictures of cards are packed: for them this is both the fastest way and the smallest."""
_PACKED = (cv2.IMWRITE_PNG_COMPRESSION, 6, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_DEFAULT)

ImageSource: TypeAlias = "str | os.PathLike[str] | Image.Image | np.ndarray"


def load_image(source: ImageSource) -> np.ndarray:
    """Any picture as (H, W, 3) uint8 RGB.

    source: a path, a PIL image, or an array (H, W), (H, W, 1..4) in RGB order of any number type; floats are 0..1, or 0..255
    when any is above 1; 16 bits are reduced to 8. Transparent parts become black (but not a whole picture of next to
    no alpha), animations give their first frame that is not one flat colour, EXIF rotation is applied, and colours of another
    colour space, told by the picture's ICC profile, become sRGB. Raises InputError for what is missing, truncated, larger than
    MAX_PIXELS, or no picture.

    >>> load_image("screenshot.png").shape
    (720, 1280, 3)
    """
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Image.Image):
        with _one_line("the image"):
            return _from_pil(source, "the image")
    if not isinstance(source, str | os.PathLike):
        raise InputError(f"{type(source).__name__} is no picture; expected a path, a PIL image or an array")
    path = Path(source)
    with _one_line(str(path)):
        if path.is_dir():
            raise InputError(f"{path}: a folder, not a picture; name the picture")
        if not path.exists():
            raise InputError(f"{path}: no such file; check the path")
        if not path.is_file():
            raise InputError(f"{path}: a pipe or a device, not a picture; save what comes from it into a file")
        try:
            with open_pillow(path) as image:
                return _from_pil(image, str(path))
        except UnidentifiedImageError:
            with path.open("rb") as file:
                raise InputError(f"{path}: {why_no_picture(file.read(32))}") from None


def open_pillow(file: Path | IO[bytes]) -> Image.Image:
    """As `PIL.Image.open`, HEIC too where its reader is installed; that is asked only for what Pillow does not know."""
    try:
        return Image.open(file)
    except UnidentifiedImageError:
        if not knows_heic():
            raise
        return Image.open(file)


def knows_heic() -> bool:
    """Whether HEIC is read from now on: where its reader is installed."""
    if find_spec("pi_heif") is None:
        return False
    import pi_heif

    pi_heif.register_heif_opener()
    return True


def orientation(path: Path) -> int:
    """A picture's EXIF orientation, 1 to 8 (1: shown as it is stored), as `load_image` applies it; InputError as there."""
    with _one_line(str(path)), open_pillow(path) as image:
        turn = image.getexif().get(_ORIENTATION, 1)
    return turn if turn in range(1, 9) else 1


def why_no_picture(head: bytes) -> str:
    """What is wrong with a file that Pillow does not know. head: its first bytes, 16 or more."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return f"a HEIC picture, which is not read here; {how_to_install('heic')}, or save it as JPEG or PNG"
    return "not a picture; PNG, JPEG, WebP and the like are read"


@contextlib.contextmanager
def _one_line(name: str) -> Iterator[None]:
    """Whatever goes wrong with a picture as an InputError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower and gives one line
            yield
    except InputError:
        raise
    except Image.DecompressionBombError:
        raise InputError(f"{name}: too large; at most {MAX_PIXELS // 1_000_000} million pixels are read") from None
    except UnidentifiedImageError:
        raise InputError(f"{name}: {why_no_picture(b'')}") from None
    except Exception as error:  # Pillow's readers raise whatever a damaged file makes them stumble on
        raise InputError(f"{name}: the picture is damaged or cannot be read ({error}); save it anew") from error


def to_png(picture: np.ndarray, packed: bool = False) -> bytes:
    """A picture (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA, uint8, as a PNG file; the same picture gives the same bytes.

    packed: take the time to make charts, sheets and screens small; cards are neither smaller nor quicker in any other way.
    InputError for an array of another form.
    """
    shown = picture.shape[2:] in ((), (3,), (4,)) and picture.ndim in (2, 3) and picture.dtype == np.uint8 and picture.size
    if not shown:
        raise InputError(f"an array of shape {picture.shape} and {picture.dtype} is no picture; expected (H, W, 3) uint8")
    turn = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    picture = np.ascontiguousarray(picture)
    coded = cv2.cvtColor(picture, turn[picture.shape[2]]) if picture.ndim == 3 else picture
    done, data = cv2.imencode(".png", coded, _PACKED if packed else _QUICK)
    if not done:
        raise InputError(f"a picture of {picture.shape[1]}x{picture.shape[0]} pixels cannot be written as PNG")
    return data.tobytes()


def write_png(path: Path, picture: np.ndarray, packed: bool = False) -> None:
    """Write a picture as PNG, whole or not at all; see `to_png`."""
    write_bytes(path, to_png(picture, packed))


def find_images(paths: Iterable[str | os.PathLike[str]], videos: bool = False) -> tuple[list[Path], list[str]]:
    """The pictures meant by files, folders (searched to the bottom) and globs (`**` too), each once, in a steady order.

    videos: whether the videos in folders and among what fits a glob are meant, too.

    Second, one line for each path that means none, so that the others can still be done: a folder without pictures, a glob
    that fits nothing, an empty path. A file that does not exist is kept among the pictures: reading it names it.
    """
    wanted = IMAGE_SUFFIXES | _HEIC_SUFFIXES | (VIDEO_SUFFIXES if videos else frozenset())
    found: dict[Path, None] = {}
    failures: list[str] = []
    for path in paths:
        try:
            found.update(dict.fromkeys(_expand(os.fspath(path), wanted)))
        except InputError as error:
            failures.append(str(error))
        except OSError as error:
            failures.append(f"{path}: {(error.strerror or str(error)).lower()}; check the path")
    return list(found), failures


def rectify(image: np.ndarray, quads: np.ndarray, size: tuple[int, int], margin: float = 0.04) -> np.ndarray:
    """Cut cards out of a picture, straightened.

    image: (H, W, 3) uint8. quads: (N, 4, 2) float32, corners top left, top right, bottom right, bottom left in pixels, where
    a whole picture is (0, 0)..(W, H). size: (w, h) of the result. margin: how far each side is moved out, as a share of the
    card. Returns (N, h, w, 3) uint8; what lies outside the picture repeats its border.

    >>> card = [[580, 48], [673, 50], [671, 184], [578, 181]]
    >>> rectify(load_image("screenshot.png"), np.array([card], np.float32), size=(96, 128)).shape
    (1, 128, 96, 3)
    """
    quads = np.asarray(quads, np.float32).reshape(-1, 4, 2)
    width, height = size
    cards = np.zeros((len(quads), height, width, 3), np.uint8)
    target = _target_corners(size, margin)
    for card, quad in zip(cards, quads, strict=True):
        if np.isfinite(quad).all():
            _cut(image, quad, target, margin, card)
    return cards


def _target_corners(size: tuple[int, int], margin: float) -> np.ndarray:
    """Where the card's corners come to lie in the result, at pixel centres: (4, 2) float32."""
    width, height = size
    left, top = width * margin / (1 + 2 * margin), height * margin / (1 + 2 * margin)
    corners = [(left, top), (width - left, top), (width - left, height - top), (left, height - top)]
    return np.array(corners, np.float32) - 0.5


def _cut(image: np.ndarray, quad: np.ndarray, target: np.ndarray, margin: float, card: np.ndarray) -> None:
    """Warp one card into `card` (h, w, 3)."""
    height, width = card.shape[:2]
    across = _length(quad[1] - quad[0]) + _length(quad[2] - quad[3])
    down = _length(quad[3] - quad[0]) + _length(quad[2] - quad[1])
    # Bilinear sampling skips pixels of a card much larger than the result, so such a card is first reduced by averaging; by
    # whole numbers, which OpenCV does many times faster than by others.
    times = round((across * down / (4 * width * height)) ** 0.5)
    if times > 1:
        image, quad = _reduced(image, quad, times, margin)
    turn = cv2.getPerspectiveTransform(target, quad - np.float32(0.5))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cv2.warpPerspective(image, turn, (width, height), dst=card, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _length(side: np.ndarray) -> float:
    return float(np.hypot(side[0], side[1]))


def _reduced(image: np.ndarray, quad: np.ndarray, times: int, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """The part of the picture around a card, made `times` smaller by averaging, and the quad in it."""
    low, high = quad.min(0), quad.max(0)
    # Twice the margin and two result pixels more, so that the border which is repeated lies outside the result.
    room = 2 * margin * (high - low) + 2 * times
    left, right = _span(low[0] - room[0], high[0] + room[0], image.shape[1], times)
    top, bottom = _span(low[1] - room[1], high[1] + room[1], image.shape[0], times)
    part = image[top:bottom, left:right]
    small = cv2.resize(part, ((right - left) // times, (bottom - top) // times), interpolation=cv2.INTER_AREA)
    return small, (quad - np.array((left, top), np.float32)) / np.float32(times)


def _span(low: float, high: float, length: int, times: int) -> tuple[int, int]:
    """The pixels from low to high that a picture of this length has, their number a multiple of `times`."""
    count = max(times, min(math.ceil((high - low) / times), length // times) * times)
    begin = int(np.clip(math.floor(low), 0, max(length - count, 0)))
    return begin, begin + count


def _expand(text: str, suffixes: frozenset[str]) -> list[Path]:
    if not text:
        raise InputError("an empty path; name a picture, a folder or a pattern")
    path = Path(text)
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if _is_wanted(file, suffixes))
        if not found:
            raise InputError(f"{path}: no pictures in this folder; PNG, JPEG, WebP and the like are read")
        return found
    if path.exists() or not glob.has_magic(str(path)):
        return [path]
    found = sorted(file for file in map(Path, glob.glob(_pattern(path), recursive=True)) if _is_wanted(file, suffixes))
    if not found:
        raise InputError(f"{path}: no picture fits this pattern; check it, and put it in quotes")
    return found


def _pattern(path: Path) -> str:
    """A glob in which the folders that are there are meant as they are called, as of `shots [2026]/*.png`."""
    place, parts = Path(path.anchor), []
    for part in path.parts[1:] if path.anchor else path.parts:
        place /= part
        parts.append(glob.escape(part) if part != "**" and place.exists() else part)
    return str(Path(path.anchor, *parts))


def _is_wanted(path: Path, suffixes: frozenset[str]) -> bool:
    return path.suffix.lower() in suffixes and not path.name.startswith(".") and path.is_file()


def _from_pil(image: Image.Image, name: str) -> np.ndarray:
    if image.width * image.height == 0:
        raise InputError(f"{name}: {image.width}x{image.height} pixels; expected at least one")
    if image.width * image.height > MAX_PIXELS:
        raise InputError(
            f"{name}: {image.width}x{image.height} pixels; at most {MAX_PIXELS // 1_000_000} million are read, make it smaller"
        )
    # A telephone's second picture is a map of depth or brightness.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        _seek_shown(image)
    image.load()
    if image.getexif().get(_ORIENTATION, 1) != 1:
        image = ImageOps.exif_transpose(image)
    image = _to_srgb(image)
    if image.mode.startswith("I") or image.mode == "F":
        return _from_array(np.asarray(image))
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image if image.mode == "RGBA" else image.convert("RGBA")
        faint = cast("tuple[int, int]", image.getchannel("A").getextrema())[1] < FAINT
        image = image.convert("RGB") if faint and not _is_flat(image.convert("RGB")) else image
    return _in_strips(image)


def _to_srgb(image: Image.Image) -> Image.Image:
    """A picture with a profile of another colour space (Display P3 of Macs and phones, Adobe RGB, CMYK) in sRGB.

    The numbers of such a picture mean other colours than the game's: read as they are, cards look paler or more vivid, which is
    what tells some modifiers.
    """
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in _PROFILED:
        return image
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(given) or given.profile.xcolor_space.strip() != _PROFILED[image.mode]:
            return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError):  # a damaged profile: the numbers are all there is
        return image


def _seek_shown(image: Image.Image) -> None:
    """Go to the first frame that shows something: recorders begin with a flat one, and PNGs have one for old programs."""
    for number in range(min(MAX_FIRST, getattr(image, "n_frames", 1))):
        image.seek(number)
        if not _is_flat(image.convert("RGB")):
            return
    image.seek(0)


def _is_flat(image: Image.Image) -> bool:
    """Whether an RGB image is one colour all over."""
    return all(low == high for low, high in cast("tuple[tuple[int, int], ...]", image.getextrema()))


def _in_strips(image: Image.Image) -> np.ndarray:
    """A picture as (H, W, 3) uint8, a strip of rows at a time; RGBA over black."""
    array = np.empty((image.height, image.width, 3), np.uint8)
    rows = max(1, _STRIP // image.width)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        array[top : top + rows] = _over_black(np.asarray(strip)) if strip.mode == "RGBA" else np.asarray(strip.convert("RGB"))
    return array


def _from_array(array: np.ndarray) -> np.ndarray:
    planes = array[..., None] if array.ndim == 2 else array
    if planes.ndim != 3 or not 1 <= planes.shape[2] <= 4 or planes.size == 0:
        raise InputError(f"an array of shape {array.shape}; expected (H, W), (H, W, 3) or (H, W, 4) with at least one pixel")
    if planes.shape[0] * planes.shape[1] > MAX_PIXELS:
        raise InputError(f"an array of shape {array.shape}; at most {MAX_PIXELS // 1_000_000} million pixels are read")
    planes = _to_bytes(planes)
    channels = planes.shape[2]
    if channels in (2, 4):
        colour = planes[..., :-1].repeat(4 - channels + 1 if channels == 2 else 1, axis=2)
        if planes[..., -1].max() < FAINT and (colour != colour[0, 0]).any():
            return np.ascontiguousarray(colour)
        return _over_black(np.concatenate([colour, planes[..., -1:]], axis=2))
    return np.ascontiguousarray(planes if channels == 3 else planes.repeat(3, axis=2))


def _to_bytes(planes: np.ndarray) -> np.ndarray:
    """Numbers of any type as uint8."""
    kind = planes.dtype.kind
    if planes.dtype == np.uint8:
        return planes
    if kind == "b":
        return planes.astype(np.uint8) * np.uint8(255)
    if kind == "f":
        finite = np.nan_to_num(planes, nan=0.0, posinf=255.0, neginf=0.0)
        scale = 255.0 if finite.max() <= 1.0 else 1.0
        return (finite * scale).clip(0, 255).round().astype(np.uint8)
    if kind in "iu":
        deep = (kind, planes.dtype.itemsize) == ("u", 2) or planes.max() > 255
        shifted = planes >> 8 if deep else planes
        return (shifted.astype(np.int16) if planes.dtype.itemsize == 1 else shifted).clip(0, 255).astype(np.uint8)
    raise InputError(f"an array of {planes.dtype}; expected numbers")


def _over_black(rgba: np.ndarray) -> np.ndarray:
    alpha = rgba[..., 3:].astype(np.uint16)
    return ((rgba[..., :3] * alpha + 127) // 255).astype(np.uint8)
