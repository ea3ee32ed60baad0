"""Taking a request's bytes: no more than are allowed, in no more time than is allowed, and what a form of them holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from balatro.identify_card.server.batching import Upload
from balatro.identify_card.server.limits import Limits, Refused, Share

DRAIN_S = 2.0
"""How long the rest of a refused upload is thrown away: a client that is still sending would not see the answer otherwise."""
MAX_FIELDS = 32
"""Texts of a form; no address takes more than a handful."""


@dataclass(frozen=True, eq=False)
class Form:
    """What a request holds: pictures, and texts by name."""

    files: tuple[Upload, ...]
    fields: dict[str, str]


async def read_form(request: Request, limits: Limits, share: Share) -> Form:
    """The form that a request is; Refused (415) when it is none, (400) when it has no picture, or as `read_body`."""
    body = await read_body(request, limits, share)
    if not is_form(request):
        raise Refused(415, "expected a form (multipart/form-data) with a file for each picture")
    form = await _parse(request, body, limits)
    if not form.files:
        raise Refused(400, "the form has no file; send a picture as one")
    return form


async def read_one(request: Request, limits: Limits, share: Share) -> Upload:
    """The one picture of a request, bare or in a form; Refused as `read_form`, or (413) when there are more."""
    if not is_form(request):
        return Upload(await read_body(request, limits, share))
    return only_one(await read_form(request, limits, share))


def only_one(form: Form) -> Upload:
    """The one picture of a form; Refused (413) when there are more."""
    if len(form.files) > 1:
        raise Refused(413, f"{len(form.files)} pictures; send one, or all of them to /identify/batch")
    return form.files[0]


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


async def read_body(request: Request, limits: Limits, share: Share) -> bytes:
    """A request's bytes; Refused where they are too many (413, 503), too slow (408), or end half way (400)."""
    try:
        return await asyncio.wait_for(_body(request, limits, share), limits.seconds)
    except asyncio.TimeoutError:
        raise Refused(408, f"the picture did not arrive within {limits.seconds:g} s; send it again") from None
    except ClientDisconnect:
        raise Refused(400, "the upload ended half way") from None


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


async def _parse(request: Request, body: bytes, limits: Limits) -> Form:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(request.headers, stream(), max_files=limits.pictures, max_fields=MAX_FIELDS)
    parser.spool_max_size = limits.bytes + 1  # it is all in memory already: no file for it
    try:
        form = await parser.parse()
    except MultiPartException as error:
        many = "Too many" in error.message
        line = f"more than {limits.pictures} pictures or {MAX_FIELDS} texts; send fewer at once"
        raise Refused(413, line) if many else Refused(400, f"not a form ({error.message})") from None
    except (KeyError, ValueError) as error:
        raise Refused(400, f"not a form ({type(error).__name__}: {error})") from None
    try:
        parts = form.multi_items()
        files = [Upload(await part.read(), part.filename or "") for _, part in parts if isinstance(part, UploadFile)]
        return Form(tuple(files), {name: part for name, part in parts if isinstance(part, str)})
    finally:
        await form.close()
