"""What `streamlit run` serves: the pages, and the pictures beside them. Started by `balatro annotate`, see `run.py`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route
from streamlit.starlette import App

from balatro.annotate_dataset.board.pictures import ROUTE, answer
from balatro.annotate_dataset.pages.common import desk

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

HOSTS = ("127.0.0.1", "localhost")
"""The names under which the app answers: a page elsewhere that points its own name here gets nothing."""


def crop(request: Request) -> Response:
    """A picture of the dataset; Starlette calls this in a thread."""
    return answer(desk().store, request)


# Streamlit looks for this name and call in the file's text.
app = App(
    Path(__file__).parent / "pages" / "main.py",
    routes=[Route(f"{ROUTE}/{{key:path}}", crop, methods=["GET"])],
    middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))],
)
