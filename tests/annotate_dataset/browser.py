"""The app in a real browser: a dataset of small drawn crops, the app on a free port of this machine, and pages of it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from balatro.annotate_dataset.run import HOST, command_line, free_port, stop, wait_until_ready
from balatro.config.modifiers import MODIFIERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WAIT_MS = 90_000
"""A machine that is busy with other things is slow to start a browser."""


def draw_crops(data: Path, num_cards: int = 4, num_views: int = 3) -> list[list[str]]:
    """Pictures of `num_cards` cards, one capture group each: their file names by card. A card is a pattern of large squares."""
    rng = np.random.default_rng(4)
    folder = data / "screenshots"
    folder.mkdir(parents=True)
    groups = []
    for card in range(num_cards):
        cells = rng.integers(0, 255, (8, 6, 3), dtype=np.uint8)
        names = []
        for view in range(num_views):
            picture = cells.repeat(12, 0).repeat(12, 1).astype(np.int16) + rng.integers(-6, 7, (96, 72, 3))
            names.append(f"cluster{card}_card{card}_id{card * num_views + view}.png")
            Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(folder / names[-1])
        groups.append(names)
    return groups


def labels_of(data: Path) -> dict[str, dict[str, Any]]:
    """What labels.json says at this moment."""
    path = data / "dataset_default" / "labels.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@dataclass
class App:
    """The running app."""

    data: Path
    browser: Browser
    port: int = 0
    requests: list[str] = field(default_factory=list)
    """Addresses that its pages have asked for."""
    faults: list[str] = field(default_factory=list)
    """Errors of its scripts."""
    _server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.port = free_port(0)
        settings = os.environ | {"BALATRO_DATA": str(self.data), "OMP_NUM_THREADS": "1", "BALATRO_ANNOTATE_MODEL": "package"}
        self._server = subprocess.Popen(command_line(self.port), env=settings, stdout=subprocess.DEVNULL)
        wait_until_ready(self._server, self.port)

    def stop(self) -> None:
        for context in self.browser.contexts:
            context.close()
        if self._server is not None:
            stop(self._server)

    def open(self, page: str = "") -> Page:
        """A tab of its own."""
        tab = self.browser.new_page(viewport={"width": 1280, "height": 800})
        tab.set_default_timeout(WAIT_MS)
        tab.on("request", lambda request: self.requests.append(request.url))
        tab.on("pageerror", lambda error: self.faults.append(str(error)))
        tab.goto(f"http://{HOST}:{self.port}/{page}")
        tab.wait_for_selector(".board > *")
        return tab

    def close_tabs(self) -> None:
        for context in self.browser.contexts:
            context.close()


def saved(tab: Page) -> None:
    """Wait until the page says that everything is saved."""
    tab.wait_for_selector('.status.good[data-saving="0"]')


def name_it(tab: Page, name: str, modifier: str) -> None:
    """Type a card's name and choose its modifier, with the keyboard only; a new name is confirmed by a second Enter."""
    tab.keyboard.press("t")
    tab.keyboard.type(name)
    tab.keyboard.press("Enter")
    tab.keyboard.press(str(MODIFIERS.index(modifier) + 1))


def until(true: Any, seconds: float = 60.0) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False
