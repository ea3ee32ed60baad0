"""What the Verify page shows stays in its columns: long names, wide pictures, narrow windows. In a browser, without the app."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from balatro.annotate_dataset.board import sources
from balatro.config.modifiers import MODIFIERS
from tests.chromium import needs_chromium, open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
    # Playwright's own loop is closed when its process ends.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
NAMES = (
    "Egg",
    "The name of a card that is much too long for one line",
    "Donaudampfschifffahrtsgesellschaftskapitän",
)
PAGE = """<style>body { margin: 16px; --st-text-color: #222; --st-background-color: #fff; --st-primary-color: #06c;
--st-secondary-background-color: #eee; }</style><div id="host"></div>"""
SHOW = """([css, data]) => { const root = document.getElementById("host").attachShadow({mode: "open"});
  root.innerHTML = `<style>${css}</style><div class="board"></div>`;
  const board = new VerifyBoard(root, data); board.hand = {whenFree: (draw) => draw()}; board.take(data); }"""
SPILLS = """() => { const root = document.getElementById("host").shadowRoot, spills = [];
  for (const whole of root.querySelectorAll(".desk, .list, .grid, .details, .thumbs, .thumb, .pair, .list button"))
    for (const part of whole.querySelectorAll("*")) {
      const [a, b] = [whole.getBoundingClientRect(), part.getBoundingClientRect()];
      if (b.width && (b.left < a.left - 1 || b.right > a.right + 1))
        spills.push(`${part.tagName}.${part.className} ${Math.round(b.left)}-${Math.round(b.right)} out of ` +
          `${whole.className} ${Math.round(a.left)}-${Math.round(a.right)}`);
    }
  if (root.querySelectorAll(".thumb").length !== 6) spills.push("not all pictures are shown");
  if (document.documentElement.scrollWidth > innerWidth) spills.push(`${document.documentElement.scrollWidth} pixels wide`);
  return spills; }"""


def url_of(width: int, height: int) -> str:
    data = cv2.imencode(".png", np.full((height, width, 3), 90, np.uint8))[1].tobytes()
    return "data:image/png;base64," + base64.b64encode(data).decode()


def shown() -> dict[str, Any]:
    """What Python would tell the board: pictures with long names, some of them wide, some beside another one."""
    pictures = []
    for number in range(6):
        name, card, wide = NAMES[number % 3], url_of(72, 96), url_of(400, 96)
        key = f"{'cluster1_card2_id' * 4}{number}.png"
        picture = {
            "key": key,
            "name": name,
            "modifier": MODIFIERS[number % 5],
            "url": wide if number % 2 else card,
            "large": wide,
        }
        doubt = {"why": f"reads as {NAMES[2]}", "other": {"url": card}, "proposal": {"name": NAMES[2], "modifier": "Foil"}}
        pictures.append(picture | {"author": "me", "time": "2026-01-01T00:00:00Z"} | (doubt if number > 2 else {}))
    rows = [
        {"name": name, "modifier": "Holographic", "type": NAMES[2], "rarity": "", "count": 9, "missing": 0} for name in NAMES
    ]
    return {
        "page": "verify", "session": "s", "handled": 0, "failures": [], "revision": 1, "names": [], "ofCatalogue": True,
        "modifiers": list(MODIFIERS), "pictures": pictures, "rows": rows, "title": NAMES[1], "subtitle": NAMES[2], "total": 6,
        "view": {"what": "", "name": NAMES[0], "modifier": "", "page": 0}, "pages": 2, "empty": "", "checking": "",
        "counts": {"labelled": 6, "names": 3, "kinds": 3, "missing": 0}, "canUndo": False, "canRedo": False,
        "kinds": [{"what": "doubts", "title": "Labels that are doubtful", "about": "", "count": 3}],
    }  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.mark.parametrize("width", [600, 800, 1000, 1400, 1900])
def test_nothing_spills_over_its_column(browser: Browser, width: int) -> None:
    css, js = sources()
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.set_content(PAGE)
    tab.add_script_tag(content=js.replace("export default function", "function show") + "\nwindow.VerifyBoard = VerifyBoard;")
    tab.evaluate(SHOW, json.loads(json.dumps([css, shown()])))
    tab.wait_for_timeout(200)
    spills = tab.evaluate(SPILLS)
    tab.close()
    assert spills == []
