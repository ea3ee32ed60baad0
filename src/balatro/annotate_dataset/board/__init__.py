"""The board in the browser: one Streamlit component of ours, in plain HTML, CSS and JavaScript, and what speaks with it.

`mount` shows it. It draws itself from `data`, follows keys and drags without asking Python, and tells of finished actions; the
`Session` does these, each once, and its answer goes out with the next `data`. See `session.py` for what passes between the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

PARTS = (
    "common.js", "fields.js", "label.js", "sheet.js", "screen_drafts.js", "screens.js", "verify.js", "map_view.js", "map.js",
    "map_panels.js", "board.js",
)  # fmt: skip
"""Joined in this order to the one module that the browser loads."""
STYLES = ("board.css", "screens.css", "map.css")
EVENT = "done"
"""What the board's messages are called; see `Session.hear`."""
_FOLDER = Path(__file__).parent


@cache
def sources() -> tuple[str, str]:
    """The board's style sheet and its script."""
    script = "\n".join((_FOLDER / part).read_text(encoding="utf-8") for part in PARTS)
    return "\n".join((_FOLDER / part).read_text(encoding="utf-8") for part in STYLES), script


def mount(key: str, data: Mapping[str, Any], hear: Callable[[Any], None]) -> None:
    """Show the board in the page that is being run.

    key: of the component, one for each page. data: what it shows. hear: called with each message, before the page runs again.
    """
    import streamlit as st

    css, js = sources()
    board = st.components.v2.component("balatro_board", html='<div class="board"></div>', css=css, js=js)
    board(key=key, data=dict(data), height="content", on_done_change=lambda: hear(st.session_state[key].get(EVENT)))
