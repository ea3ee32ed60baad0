"""What `streamlit run` serves: the pages, and the pictures beside them. Started by `balatro annotate`, see `run.py`."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route
from streamlit.starlette import App

from balatro.annotate_dataset.board.desk import open_desk
from balatro.annotate_dataset.board.pictures import ROUTE, SCREENS_ROUTE, answer, answer_screen
from balatro.annotate_dataset.pages.common import desk
from balatro.annotate_dataset.suggest.teach import EXIT_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

HOSTS = ("127.0.0.1", "localhost")
"""The names under which the app answers: a page elsewhere that points its own name here gets nothing."""


def crop(request: Request) -> Response:
    """A picture of the dataset; Starlette calls this in a thread."""
    return answer(desk().store, request)


def screen(request: Request) -> Response:
    """A whole screen; the same."""
    return answer_screen(desk().screens, request)


@asynccontextmanager
async def finish_teaching(app: App) -> AsyncIterator[None]:
    """Lets what was labelled last be learned when the app is told to end."""
    yield
    teacher = desk().teacher if open_desk.cache_info().currsize else None
    if teacher is not None:
        await asyncio.to_thread(teacher.wait, EXIT_S)


# Streamlit looks for this name and call in the file's text.
app = App(
    Path(__file__).parent / "pages" / "main.py",
    routes=[
        Route(f"{ROUTE}/{{key:path}}", crop, methods=["GET"]),
        Route(f"{SCREENS_ROUTE}/{{key:path}}", screen, methods=["GET"]),
    ],
    lifespan=finish_teaching,
    middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS))],
)
