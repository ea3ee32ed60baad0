"""What the pages share: the desk, the tab's session, and the look."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import streamlit as st
from PIL import Image, ImageDraw

from balatro.annotate_dataset.board import mount
from balatro.annotate_dataset.board.desk import Desk, open_desk
from balatro.annotate_dataset.board.session import Session
from balatro.annotate_dataset.board.showing import SHOWING
from balatro.config.paths import data_dir

MODEL = "BALATRO_ANNOTATE_MODEL"
"""Environment variable with the model that suggests; `balatro annotate --model` sets it."""
TEACH = "BALATRO_ANNOTATE_TEACH"
"""Environment variable with the model that learns from corrections; `balatro annotate --teach` sets it."""
LOOK_EVERY_S = 1.0
"""How often a page asks whether others have changed something, or suggestions are ready."""

STYLE = """
<style>
  .stMainBlockContainer { max-width: none; padding: 4.1rem 1.25rem .5rem; }
  .stMainBlockContainer [data-testid="stVerticalBlock"] { gap: .6rem; }
  [data-testid="stAppDeployButton"], .stAppDeployButton { display: none; }
</style>
"""


@cache
def icon() -> Image.Image:
    """The sign in the browser's tab: a card. Drawn here, because Streamlit fetches its own signs from elsewhere."""
    picture = Image.new("RGBA", (64, 64))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((13, 4, 51, 60), 7, fill="#2b62c9")
    pen.rounded_rectangle((17, 8, 47, 56), 4, fill="#f7f3e3")
    pen.polygon([(32, 18), (42, 32), (32, 46), (22, 32)], fill="#d8453e")
    return picture


def desk() -> Desk:
    """The desk of the data folder that the app was started with."""
    return open_desk(Path(data_dir()).resolve(), os.environ.get(MODEL) or None, os.environ.get(TEACH) or None)


def session() -> Session:
    """This tab's session."""
    if "session" not in st.session_state:
        st.session_state.session = Session(desk())
    found: Session = st.session_state.session
    return found


def findings() -> None:
    """Say once what was noticed on disk."""
    told: set[str] = st.session_state.setdefault("told", set())
    for line in desk().store.findings:
        if line not in told:
            told.add(line)
            st.toast(line, icon=":material/info:", duration="long")


def show_board(page: str) -> None:
    """One of the pages that are a board."""
    here = session()
    desk().refresh()
    shown = desk().generation
    findings()
    mount(f"board-{page}", SHOWING[page](here), here.hear)
    _look_again(shown)


@st.fragment(run_every=LOOK_EVERY_S)
def _look_again(shown: tuple[int, int]) -> None:
    """Run the page anew when another tab, another program or the suggestions have something new."""
    desk().refresh()
    if desk().generation != shown:
        st.rerun()
