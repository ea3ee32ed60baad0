"""Who may ask: a token when others can reach the server, and no page of another site when only this machine can.

A server on 127.0.0.1 can still be reached by every page open in the machine's browser; its Host and Origin tell those apart
(and end attacks by DNS rebinding).
"""

from __future__ import annotations

import hmac
import ipaddress
from urllib.parse import parse_qs, urlsplit

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from balatro.identify_card.server.limits import Refused

OPEN_PATHS = frozenset(
    {
        *("/", "/page.css", "/page.js", "/teach.js", "/wrong.js", "/overlay", "/overlay.css", "/overlay.js"),
        *("/health", "/openapi.json"),
    }
)
"""What needs no token: nothing of it tells or costs anything."""


def is_local(host: str) -> bool:
    """Whether an address, to bind to or to ask at, is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class TokenGate:
    """ASGI middleware that lets in who may ask."""

    def __init__(self, app: ASGIApp, token: str = "") -> None:
        """token: what others must send; empty: this machine only."""
        self._app, self._token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            try:
                self._check_token(scope) if self._token else check_local(Headers(scope=scope))
            except Refused as error:
                answer = JSONResponse({"error": str(error)}, error.status, {"Connection": "close"})
                if error.status == 401:
                    answer.headers["WWW-Authenticate"] = "Bearer"
                await (answer if scope["type"] == "http" else WebSocketClose(1008, str(error)))(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check_token(self, scope: Scope) -> None:
        if scope["type"] == "http" and scope["path"] in OPEN_PATHS:
            return
        kind, _, sent = Headers(scope=scope).get("authorization", "").partition(" ")
        if scope["type"] == "websocket" and not sent:  # browsers cannot add headers to a WebSocket
            sent = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        elif kind.lower() != "bearer":
            sent = ""
        if not hmac.compare_digest(sent.strip().encode(), self._token.encode()):
            raise Refused(401, "the token is missing or wrong; send the header Authorization: Bearer <token>")


def check_local(headers: Headers) -> None:
    """Refused (403) unless the request was made to this machine by name, and by no page of another site."""
    host, origin = headers.get("host", ""), headers.get("origin")
    if not is_local(_hostname(f"//{host}") or ""):
        raise Refused(403, f"asked as {host!r}; this server answers as localhost only")
    if origin is not None and origin.partition("://")[2] != host:
        raise Refused(403, f"asked by a page of {origin}; only this server's own page may ask")
    if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):  # browsers tell, also where they send no Origin
        raise Refused(403, "asked by another site's page; only this server's own page may ask")


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
