"""Pictures of cards for the browser: small, made when they are looked at, and kept there.

A page of 20,000 crops sends none of them; it sends addresses. The browser asks for those that come into sight.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import cv2

from balatro.errors import InputError
from balatro.utils.images import load_image

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from balatro.annotate_dataset.board.screens import ScreenDesk
    from balatro.annotate_dataset.store.store import DatasetStore

ROUTE, SCREENS_ROUTE = "/crops", "/screens-shown"
SMALL, LARGE = 160, 640
"""Heights in pixels that are sent at most; smaller pictures are sent as they are."""
SCREEN = 1080
"""The same for a whole screen."""
QUALITY = 90
KEPT = 4096
"""Encoded pictures that are kept in memory, some 5 kB each."""
KEPT_SCREENS = 64
"""The same of whole screens, some 300 kB each."""
FOR_EVER = "private, max-age=31536000, immutable"
"""An address with the time of its file gives the same for ever; one without is asked again."""
UNREADABLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 71 95"><rect x="1" y="1" width="69" height="93" rx="6" fill="none" '
    'stroke="#888" stroke-dasharray="4"/><text x="35.5" y="44" font-size="9" font-family="sans-serif" fill="#888" '
    'text-anchor="middle">cannot</text><text x="35.5" y="56" font-size="9" font-family="sans-serif" fill="#888" '
    'text-anchor="middle">be read</text></svg>'
)


def address(store: DatasetStore, key: str, height: int = SMALL) -> str:
    """Where the browser finds a picture, relative to the app."""
    try:
        stamp = store.path_of(key).stat().st_mtime_ns
    except OSError:
        stamp = 0
    return f"{ROUTE}/{quote(key)}?h={height}&t={stamp:x}"


def screen_address(path: Path, screen: str, height: int) -> str:
    """Where the browser finds a whole screen."""
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        stamp = 0
    return f"{SCREENS_ROUTE}/{quote(screen)}?h={height}&t={stamp:x}"


def encoded(path: Path, height: int) -> bytes:
    """A picture as WebP, at most `height` pixels high; InputError when it cannot be read."""
    try:
        stamp = path.stat().st_mtime_ns
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}; it may have been moved") from error
    return (_encoded_screen if height == SCREEN else _encoded)(path, stamp, height)


@lru_cache(maxsize=KEPT)
def _encoded(path: Path, _stamp: int, height: int) -> bytes:
    return _encode(path, height)


@lru_cache(maxsize=KEPT_SCREENS)
def _encoded_screen(path: Path, _stamp: int, height: int) -> bytes:
    return _encode(path, height)


def _encode(path: Path, height: int) -> bytes:
    picture = load_image(path)
    if picture.shape[0] > height:
        width = max(1, round(picture.shape[1] * height / picture.shape[0]))
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    good, data = cv2.imencode(".webp", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
    if not good:
        raise InputError(f"{path}: cannot be shown; save it anew as PNG")
    return bytes(data)


def answer(store: DatasetStore, request: Request) -> Response:
    """The answer to a request for a picture: only those that the store lists, in one of two sizes."""
    key = request.path_params["key"]
    height = LARGE if request.query_params.get("h") == str(LARGE) else SMALL
    return _answer(store.path_of(key) if key in store.pictures else None, height, "t" in request.query_params)


def answer_screen(screens: ScreenDesk, request: Request) -> Response:
    """The same for a whole screen."""
    screen = request.path_params["key"]
    height = SCREEN if request.query_params.get("h") == str(SCREEN) else SMALL
    return _answer(screens.path_of(screen) if screen in screens.keys else None, height, "t" in request.query_params)


def _answer(path: Path | None, height: int, stamped: bool) -> Response:
    from starlette.responses import Response

    if path is None:
        return Response("no such picture", status_code=404)
    try:
        data = encoded(path, height)
    except InputError:
        return Response(UNREADABLE, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
    return Response(data, media_type="image/webp", headers={"Cache-Control": FOR_EVER if stamped else "no-cache"})
