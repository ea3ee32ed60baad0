"""The ASGI application: its addresses (routes.py), its page, who may ask (gate.py), and how errors are told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.routing import Match

from balatro import __version__
from balatro.identify_card.server.answers import refusal, refusals
from balatro.identify_card.server.batching import Readers
from balatro.identify_card.server.gallery import ServedGallery
from balatro.identify_card.server.gate import TokenGate
from balatro.identify_card.server.limits import Refused, Uploads
from balatro.identify_card.server.live import live
from balatro.identify_card.server.mistakes import ServedMistakes
from balatro.identify_card.server.routes import add_about, add_gallery, add_health, add_identify, add_mistakes, add_table
from balatro.identify_card.server.state import LastState

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGES = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/teach.js": ("teach.js", "text/javascript"),
    "/wrong.js": ("wrong.js", "text/javascript"),
    "/overlay": ("overlay.html", "text/html"),
    "/overlay.css": ("overlay.css", "text/css"),
    "/overlay.js": ("overlay.js", "text/javascript"),
}
"""The pages' files by address, and their types."""
OWN_STYLE = "style-src 'self' 'unsafe-inline'"
"""For the overlay: stream software puts its user's own CSS into the page as a style element."""


def make_app(readers: Readers, token: str = "") -> FastAPI:
    """The ASGI application; it closes the readers when it ends.

    token: what clients must send; empty: only this machine's own requests are answered.
    """
    gallery = ServedGallery(readers.common, readers.limits)
    app = _bare_app(token, [gallery.close, readers.close])
    _add_pages(app)
    _add_addresses(app, readers, gallery, token)
    return app


def _bare_app(token: str, at_the_end: Sequence[Callable[[], None]]) -> FastAPI:
    """Without any address: who may ask, how errors are told, and what is done when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        for end in at_the_end:
            end()

    app = FastAPI(
        title="Balatro",
        summary="Names the cards of pictures of the game Balatro.",
        version=__version__,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(TokenGate, token=token)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _wrong_parameter)
    app.add_exception_handler(Exception, _unexpected)
    return app


def _add_addresses(app: FastAPI, readers: Readers, gallery: ServedGallery, token: str) -> None:
    """What programs ask."""
    uploads, state = Uploads(readers.limits), LastState()
    # The gate has looked at the token already; this tells the description that there is one.
    guard = [Depends(HTTPBearer(auto_error=False))] if token else []
    router = APIRouter(dependencies=guard, responses=refusals(403, *((401,) if token else ())))
    add_about(router, readers, gallery)
    add_identify(router, readers, uploads)
    add_table(router, readers, uploads, state)
    add_gallery(router, gallery, readers.limits, uploads)
    add_mistakes(router, ServedMistakes(readers, gallery.in_turn), readers.limits, uploads)
    add_health(app, readers)
    app.include_router(router)
    app.state.routes = [*app.routes, *router.routes]  # an included router does not show its own

    @app.websocket("/live")
    async def live_socket(socket: WebSocket) -> None:
        await live(socket, readers, uploads, state)


def _add_pages(app: FastAPI) -> None:
    """The pages for people and for streams: a few files, nothing from elsewhere."""
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
    for path, (name, kind) in PAGES.items():
        if path == "/overlay":
            headers = headers | {"Content-Security-Policy": CONTENT_SECURITY.replace("style-src 'self'", OWN_STYLE)}
        text = files(__package__).joinpath(name).read_text(encoding="utf-8")
        app.add_api_route(path, _always(Response(text, media_type=kind, headers=headers)), include_in_schema=False)


def _always(answer: Response) -> Any:
    async def give() -> Response:
        return answer

    return give


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refusal(error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = {"Allow": _methods(request)} if error.status_code == 405 else error.headers
    return JSONResponse({"error": f"{request.method} {request.url.path}: {error.detail}"}, error.status_code, headers)


def _methods(request: Request) -> str:
    """What may be done at an address; Starlette tells the methods of its first route alone."""
    routes = [route for route in request.app.state.routes if route.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for route in routes for method in getattr(route, "methods", None) or ()}))


async def _wrong_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    lines = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    return JSONResponse({"error": "; ".join(lines)}, 422)


async def _unexpected(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"unexpected {type(error).__name__}; the server's log tells more, please report it"}, 500)
