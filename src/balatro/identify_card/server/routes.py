"""The server's addresses: what is asked, and what is answered.

The answers are `balatro identify`'s own (docs/formats.md); the recognizer knows nothing of HTTP, this file nothing of cards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, TypeVar

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError

from balatro import __version__
from balatro.config.modifiers import MODIFIERS
from balatro.identify_card.server.answers import (
    Added,
    AddedCards,
    Classes,
    Health,
    Info,
    KeptMistake,
    NewCard,
    NewMistake,
    Picture,
    Pictures,
    State,
    TablePicture,
    refusals,
)
from balatro.identify_card.server.batching import Readers, Upload, Whole
from balatro.identify_card.server.gallery import ServedGallery
from balatro.identify_card.server.limits import Limits, Refused, Uploads
from balatro.identify_card.server.mistakes import ServedMistakes
from balatro.identify_card.server.state import LastState
from balatro.identify_card.server.uploads import only_one, read_form, read_one

BYTES = {"type": "string", "format": "binary"}
Told = TypeVar("Told", bound=BaseModel)
UPLOADING = (400, 408, 413, 415, 422, 503)


def add_health(app: FastAPI, readers: Readers) -> None:
    """What tells that the server is there, to whoever may ask."""

    @app.get("/health", response_model=Health, responses=refusals(403), tags=["about"])
    async def health() -> Response:
        """Whether the server works; needs no token."""
        return JSONResponse({"status": "ok", "waiting": readers.waiting})


def add_about(router: APIRouter, readers: Readers, gallery: ServedGallery) -> None:
    """What a client may want to know before it sends anything."""

    @router.get("/info", response_model=Info, responses=refusals(409, 503), tags=["about"])
    async def info() -> Response:
        """Which model answers here, and within which limits."""
        bundle = await gallery.bundle()
        facts = {"version": __version__, "model": bundle.name, "deck": bundle.deck, "tasks": sorted(bundle.tasks)}
        return JSONResponse(
            facts
            | {
                "balatro": bundle.game is None,
                "cards": sum(card.known for card in bundle.cards),
                "limits": asdict(readers.limits),
            }
        )

    @router.get("/classes", response_model=Classes, responses=refusals(409, 503), tags=["about"])
    async def classes() -> Response:
        """All cards that can be named, those that are told from them (known: false), and the modifiers."""
        bundle = await gallery.bundle()
        cards = [
            {"id": card.id, "name": card.name, "type": card.type, "rarity": card.rarity, "known": card.known}
            for card in bundle.cards
        ]
        return JSONResponse({"cards": cards, "modifiers": list(MODIFIERS) if "modifier" in bundle.tasks else []})


def add_identify(router: APIRouter, readers: Readers, uploads: Uploads) -> None:
    """Pictures in, cards out."""
    refused, limits = refusals(*UPLOADING), readers.limits

    @router.post("/identify", response_model=Picture, responses=refused, openapi_extra=_takes(ONE), tags=["identify"])
    async def identify(request: Request, whole: Whole = "auto") -> Response:
        """The cards of one picture: its bytes as the body, or a form with one file.

        whole: `card` for a picture of one card without a border, `screen` for a whole screen; `auto` tells by the picture.
        """
        with uploads.hold() as share:
            upload = await read_one(request, limits, share)
            # The future has no name: with that it would live on in a cycle with its error, and keep the picture.
            return JSONResponse(await asyncio.wrap_future(readers.submit([replace(upload, whole=whole)])[0]))

    many = _form({"images": _files(limits)}, ["images"])

    @router.post("/identify/batch", response_model=Pictures, responses=refused, openapi_extra=_takes(many), tags=["identify"])
    async def identify_batch(request: Request, whole: Whole = "auto") -> Response:
        """The cards of several pictures, files of a form, in their order. One that cannot be read has an `error` instead."""
        with uploads.hold() as share:
            found = [replace(upload, whole=whole) for upload in (await read_form(request, limits, share)).files]
            futures = [asyncio.wrap_future(future) for future in readers.submit(found)]
            answers = await asyncio.gather(*futures, return_exceptions=True)
            return JSONResponse({"pictures": [_in_batch(*pair) for pair in zip(found, answers, strict=True)]})


def add_table(router: APIRouter, readers: Readers, uploads: Uploads, state: LastState) -> None:
    """The whole table of a picture, and the state that was seen last."""

    @router.post(
        "/table", response_model=TablePicture, responses=refusals(*UPLOADING), openapi_extra=_takes(ONE), tags=["identify"]
    )
    async def table(request: Request) -> Response:
        """The cards of one picture and its whole table: hand, shop, deck, and what contradicts itself. It is the state then."""
        with uploads.hold() as share:
            upload = await read_one(request, readers.limits, share)
            upload = replace(upload, table=True, seen=state.take)
            return JSONResponse(await asyncio.wrap_future(readers.submit([upload])[0]))

    @router.get("/state", response_model=State, tags=["identify"])
    async def last_state() -> Response:
        """The table that was seen last: by /table at once, by /live?table=true once several frames agree. null: none yet."""
        return JSONResponse(state.to_json())


def add_gallery(router: APIRouter, gallery: ServedGallery, limits: Limits, uploads: Uploads) -> None:
    """Cards added without training; whoever may ask this server at all may do it."""
    fields = NewCard.model_json_schema()["properties"] | {"images": _files(limits)}
    body = _takes(_form(fields, ["name", "images"]))

    @router.get("/gallery", response_model=AddedCards, responses=refusals(409, 503), tags=["gallery"])
    async def added_cards() -> Response:
        """The cards that were added."""
        return JSONResponse({"cards": [asdict(card) for card in await gallery.cards()]})

    @router.post(
        "/gallery",
        status_code=201,
        response_model=Added,
        responses=refusals(409, *UPLOADING),
        openapi_extra=body,
        tags=["gallery"],
    )
    async def add_card(request: Request) -> Response:
        """Add a card by its name and pictures of it alone, files of a form; one is enough. The next request knows it."""
        with uploads.hold() as share:
            form = await read_form(request, limits, share)
            return JSONResponse(asdict(await gallery.add(_told(NewCard, form.fields), form.files)), 201)

    @router.delete("/gallery/{name:path}", response_model=Added, responses=refusals(404, 409, 503), tags=["gallery"])
    async def remove_card(name: str) -> Response:
        """Take an added card out, by name or id; what the model itself knows stays. Answers with what it was."""
        return JSONResponse(asdict(await gallery.remove(name)))


def add_mistakes(router: APIRouter, mistakes: ServedMistakes, limits: Limits, uploads: Uploads) -> None:
    """What was read wrongly, kept on the server's machine; whoever may ask this server at all may do it."""
    body = _takes(_form(NewMistake.model_json_schema()["properties"] | {"image": BYTES}, ["image"]))

    @router.post(
        "/mistakes",
        status_code=201,
        response_model=KeptMistake,
        responses=refusals(409, *UPLOADING),
        openapi_extra=body,
        tags=["mistakes"],
    )
    async def report_mistake(request: Request) -> Response:
        """Keep a picture in which a card was read wrongly, one file of a form, and what is right: a case of `regress`."""
        with uploads.hold() as share:
            form = await read_form(request, limits, share)
            kept = await mistakes.keep(_told(NewMistake, form.fields), only_one(form))
            told = {"case": kept.case.id, "expected": kept.case.expected, "label": kept.label}
            return JSONResponse(told, 201)


def _form(fields: dict[str, Any], required: Sequence[str]) -> dict[str, Any]:
    """A form as OpenAPI describes it."""
    return {"multipart/form-data": {"schema": {"type": "object", "required": required, "properties": fields}}}


def _takes(content: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": content}}


def _files(limits: Limits) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": limits.pictures, "items": BYTES}


def _told(kind: type[Told], fields: dict[str, str]) -> Told:
    """The texts of a form; Refused (422) where they do not fit."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise Refused(422, "; ".join(lines)) from None


ONE = {"application/octet-stream": {"schema": BYTES}} | _form({"image": BYTES}, ["image"])
"""How one picture may be sent."""


def _in_batch(upload: Upload, answer: dict[str, Any] | BaseException) -> dict[str, Any]:
    if isinstance(answer, Refused):
        return {"file": upload.name, "error": str(answer)}
    if isinstance(answer, BaseException):
        raise answer
    return answer
