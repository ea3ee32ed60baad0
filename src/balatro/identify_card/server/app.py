"""The server's addresses: what is asked, and what is answered.

The answers are `balatro identify`'s own (docs/formats.md); the recognizer knows nothing of HTTP, this file nothing of cards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from balatro import __version__
from balatro.config.modifiers import MODIFIERS
from balatro.identify_card.server.answers import Classes, Health, Info, Picture, Pictures, refusals
from balatro.identify_card.server.batching import Readers, Upload, Whole
from balatro.identify_card.server.gate import Gate
from balatro.identify_card.server.limits import RETRY_S, Limits, Refused, Share, Uploads
from balatro.identify_card.server.live import live

DRAIN_S = 2.0
"""How long the rest of a refused upload is thrown away: a client that is still sending would not see the answer otherwise."""
CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
}
"""The page's files by address, and their types."""
PICTURE = {"schema": {"type": "string", "format": "binary"}}
MANY = {
    "schema": {
        "type": "object",
        "required": ["images"],
        "properties": {"images": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}},
    }
}
ONE = {"schema": {"type": "object", "required": ["image"], "properties": {"image": {"type": "string", "format": "binary"}}}}
BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": PICTURE, "multipart/form-data": ONE}}}
BATCH_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": MANY}}}
UPLOADING = (400, 403, 408, 413, 415, 422, 503)


def make_app(readers: Readers, token: str = "") -> FastAPI:
    """The ASGI application; it closes the readers when it ends.

    token: what clients must send; empty: only this machine's own requests are answered.
    """
    limits = readers.limits
    uploads = Uploads(limits)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        readers.close()

    app = FastAPI(
        title="Balatro",
        summary="Names the cards of pictures of the game Balatro.",
        version=__version__,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(Gate, token=token)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _wrong_parameter)
    app.add_exception_handler(Exception, _unexpected)
    _add_page(app)
    _add_facts(app, readers, guarded=(401,) if token else (), security=[HTTPBearer(auto_error=False)] if token else [])

    refused = refusals(*((401, *UPLOADING) if token else UPLOADING))

    @app.post("/identify", response_model=Picture, responses=refused, openapi_extra=BODY, tags=["identify"])
    async def identify(request: Request, whole: Whole = "auto") -> Response:
        """The cards of one picture: its bytes as the body, or a form with one file.

        whole: `card` for a picture of one card without a border, `screen` for a whole screen; `auto` tells by the picture.
        """
        with uploads.hold() as share:
            found = await _uploads(request, whole, limits, share, single=True)
            (future,) = readers.submit(found)
            return JSONResponse(await asyncio.wrap_future(future))

    @app.post("/identify/batch", response_model=Pictures, responses=refused, openapi_extra=BATCH_BODY, tags=["identify"])
    async def identify_batch(request: Request, whole: Whole = "auto") -> Response:
        """The cards of several pictures, files of a form, in their order. One that cannot be read has an `error` instead."""
        with uploads.hold() as share:
            found = await _uploads(request, whole, limits, share, single=False)
            futures = [asyncio.wrap_future(future) for future in readers.submit(found)]
            answers = await asyncio.gather(*futures, return_exceptions=True)
            return JSONResponse({"pictures": [_in_batch(*pair) for pair in zip(found, answers, strict=True)]})

    @app.websocket("/live")
    async def live_socket(socket: WebSocket) -> None:
        await live(socket, readers, uploads)

    return app


def _add_page(app: FastAPI) -> None:
    """The page for people: three files, nothing from elsewhere."""
    for path, (name, kind) in PAGE.items():
        text = files(__package__).joinpath(name).read_text(encoding="utf-8")
        headers = {
            "Content-Security-Policy": CONTENT_SECURITY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
        }
        headers["Referrer-Policy"] = "no-referrer"
        answer = Response(text, media_type=kind, headers=headers)
        app.add_api_route(path, _always(answer), include_in_schema=False)


def _always(answer: Response) -> Any:
    async def give() -> Response:
        return answer

    return give


def _add_facts(app: FastAPI, readers: Readers, guarded: tuple[int, ...], security: list[SecurityBase]) -> None:
    """What a client may want to know before it sends anything."""
    bundle, limits = readers.bundle, readers.limits
    known = sum(card.known for card in bundle.cards)
    facts = {
        "version": __version__,
        "model": bundle.name,
        "deck": bundle.deck,
        "tasks": sorted(bundle.tasks),
        "cards": known,
        "limits": asdict(limits),
    }
    cards = [
        {"id": card.id, "name": card.name, "type": card.type, "rarity": card.rarity, "known": card.known}
        for card in bundle.cards
    ]
    modifiers = list(MODIFIERS) if "modifier" in bundle.tasks else []

    @app.get("/health", response_model=Health, responses=refusals(403), tags=["about"])
    async def health() -> Response:
        """Whether the server works; needs no token."""
        return JSONResponse({"status": "ok", "waiting": readers.waiting})

    @app.get("/info", response_model=Info, responses=refusals(403, *guarded), tags=["about"])
    async def info() -> Response:
        """Which model answers here, and within which limits."""
        return JSONResponse(facts)

    @app.get("/classes", response_model=Classes, responses=refusals(403, *guarded), tags=["about"])
    async def classes() -> Response:
        """All cards that can be named, those that are told from them (known: false), and the modifiers."""
        return JSONResponse({"cards": cards, "modifiers": modifiers})


async def _uploads(request: Request, whole: Whole, limits: Limits, share: Share, single: bool) -> list[Upload]:
    """The pictures of a request; Refused where there are none, too many or too large ones, or they do not arrive."""
    try:
        body = await asyncio.wait_for(_body(request, limits, share), limits.seconds)
    except asyncio.TimeoutError:
        raise Refused(408, f"the picture did not arrive within {limits.seconds:g} s; send it again") from None
    except ClientDisconnect:
        raise Refused(400, "the upload ended half way") from None
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        pictures = await _form(request, body, whole, limits)
    elif single:
        return [Upload(body, "", whole)]
    else:
        raise Refused(415, "expected a form (multipart/form-data) with a file for each picture")
    if not pictures:
        raise Refused(400, "the form has no file; send a picture as one")
    if single and len(pictures) > 1:
        raise Refused(413, f"{len(pictures)} pictures; send one, or all of them to /identify/batch")
    return pictures


async def _body(request: Request, limits: Limits, share: Share) -> bytes:
    """The request's bytes, no more than are allowed."""
    length = request.headers.get("content-length", "")
    parts: list[bytes] = []
    more = True
    try:
        limits.check_bytes(int(length) if length.isascii() and length.isdigit() else 0)
        while more:
            part, more = await _next_part(request)
            share.add(len(part))
            parts.append(part)
    except Refused:
        parts.clear()
        if more:
            await _drain(request)
        raise
    return b"".join(parts)


async def _next_part(request: Request) -> tuple[bytes, bool]:
    """Bytes of the body, and whether there are more."""
    message = await request.receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


async def _drain(request: Request) -> None:
    """Throw the rest of the body away for a while."""

    async def read() -> None:
        with suppress(ClientDisconnect):
            while (await _next_part(request))[1]:
                pass

    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(read(), DRAIN_S)


async def _form(request: Request, body: bytes, whole: Whole, limits: Limits) -> list[Upload]:
    """The files of a form."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(request.headers, stream(), max_files=limits.pictures, max_fields=limits.pictures)
    parser.spool_max_size = limits.bytes + 1  # it is all in memory already: no file for it
    try:
        form = await parser.parse()
    except MultiPartException as error:
        many = "Too many" in error.message
        line = f"more than {limits.pictures} pictures; send fewer at once" if many else f"not a form ({error.message})"
        raise Refused(413 if many else 400, line) from None
    except (KeyError, ValueError) as error:
        raise Refused(400, f"not a form ({type(error).__name__}: {error})") from None
    sent = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    try:
        return [Upload(await file.read(), file.filename or "", whole) for file in sent]
    finally:
        await form.close()


def _in_batch(upload: Upload, answer: dict[str, Any] | BaseException) -> dict[str, Any]:
    if isinstance(answer, Refused):
        return {"file": upload.name, "error": str(answer)}
    if isinstance(answer, BaseException):
        raise answer
    return answer


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    headers = {"Retry-After": str(RETRY_S)} if error.status == 503 else None
    return JSONResponse({"error": str(error)}, error.status, headers)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": f"{request.method} {request.url.path}: {error.detail}"}, error.status_code, error.headers)


async def _wrong_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    lines = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return JSONResponse({"error": "; ".join(lines)}, 422)


async def _unexpected(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"unexpected {type(error).__name__}; the server's log tells more, please report it"}, 500)
