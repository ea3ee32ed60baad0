"""The board of whole screens in a real browser: boxes drawn, moved, resized, removed, named, copied, accepted, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from balatro.render.demo_deck import draw_demo_deck
from balatro.render.table import PLAY, draw_screen
from tests.annotate_dataset.browser import App, labels_of, saved, until
from tests.chromium import needs_chromium, open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
    # Playwright's own loop is closed when its process ends.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
SIZE = (1280, 720)
DRAWN, MOVED, RESIZED = (300, 100, 380, 210), (320, 130, 400, 240), (320, 130, 420, 260)
NEAR = 3
"""Pixels of the screen by which a box that was drawn with the mouse may be off: the page shows the screen smaller."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with open_browser() as browser:
        app = App(tmp_path_factory.mktemp("app") / "data", browser)
        folder = app.data / "screens"
        folder.mkdir(parents=True)
        for number in range(2):  # nothing is on these: what is drawn on them is the test's
            Image.fromarray(np.full((SIZE[1], SIZE[0], 3), 60 + number, np.uint8)).save(folder / f"empty{number}.png")
        screen = draw_screen(draw_demo_deck(), np.random.default_rng(5), replace(PLAY, sizes=(SIZE,)))
        Image.fromarray(screen.image).save(folder / "table.png")
        app.start()
        yield app
        app.stop()


@pytest.fixture
def app(running: App) -> Iterator[App]:
    yield running
    running.close_tabs()
    assert not running.faults


def open_screen(app: App, name: str) -> Page:
    tab = app.open("screens")
    tab.click(f'[data-focus="film-{name}"]')
    tab.wait_for_selector(f'.about-screen h2:has-text("{name}")')
    tab.locator(".about-screen p", has_not_text="Looking").wait_for()
    return tab


def place_of_sheet(tab: Page) -> dict[str, float]:
    """Where the screen is on the page, in one step: what is drawn anew meanwhile has no place."""
    found: dict[str, float] = tab.evaluate(
        """() => {
          const root = [...document.querySelectorAll("*")].map((e) => e.shadowRoot).find((e) => e?.querySelector(".sheet"));
          const { x, y, width, height } = root.querySelector(".sheet").getBoundingClientRect();
          return { x, y, width, height };
        }"""
    )
    return found


def drag(tab: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """The mouse from one place of the screen to another, both in its pixels."""
    sheet = place_of_sheet(tab)
    (x1, y1), (x2, y2) = (
        (sheet["x"] + x * sheet["width"] / SIZE[0], sheet["y"] + y * sheet["height"] / SIZE[1]) for x, y in (start, end)
    )
    tab.mouse.move(x1, y1)
    tab.mouse.down()
    tab.mouse.move((x1 + x2) / 2, (y1 + y2) / 2)
    tab.mouse.move(x2, y2)
    tab.mouse.up()


def boxes(tab: Page) -> list[list[int]]:
    return [
        list(map(int, edges.split())) for edges in tab.locator(".box").evaluate_all("(all) => all.map((e) => e.dataset.edges)")
    ]


def near(one: list[int], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= NEAR


def write(tab: Page, name: str) -> None:
    tab.keyboard.press("t")
    tab.keyboard.type(name)
    tab.keyboard.press("Enter")


def draw_two(tab: Page) -> None:
    """A Greedy Joker, moved and resized, and a DNA, each seen to be where it was drawn; a third box is removed."""
    assert boxes(tab) == []
    drag(tab, DRAWN[:2], DRAWN[2:])
    assert near(boxes(tab)[0], DRAWN)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("text=Which card is it?")
    drag(tab, (340, 160), (360, 190))
    assert near(boxes(tab)[0], MOVED)
    drag(tab, MOVED[2:], RESIZED[2:])
    assert near(boxes(tab)[0], RESIZED)
    write(tab, "greed")
    tab.keyboard.press("2")
    drag(tab, (700, 300), (760, 390))
    write(tab, "dna")
    drag(tab, (900, 300), (960, 390))
    tab.keyboard.press("x")
    assert len(boxes(tab)) == 2
    tab.keyboard.press("u")
    assert len(boxes(tab)) == 3
    tab.keyboard.press("Shift+u")


def test_boxes_are_drawn_moved_resized_named_copied_and_taken_back(app: App) -> None:
    tab = open_screen(app, "empty0.png")
    draw_two(tab)
    assert tab.locator(".box.chosen").get_attribute("aria-label") == "DNA"
    tab.keyboard.press("Tab")
    assert tab.locator(".box.chosen").get_attribute("aria-label") == "Greedy Joker, Foil"
    first = boxes(tab)
    tab.keyboard.press("c")
    tab.wait_for_selector('.about-screen h2:has-text("empty1.png")')
    saved(tab)
    labels = labels_of(app.data)
    assert {(one["name"], one["modifier"], one["screen"]) for one in labels.values()} == {
        ("Greedy Joker", "Foil", "empty0.png"),
        ("DNA", "Base", "empty0.png"),
    }
    assert sorted(one["box"] for one in labels.values()) == sorted(first)
    assert all((app.data / "dataset_default" / key).is_file() for key in labels)
    assert boxes(tab) == first
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    saved(tab)
    assert len(labels_of(app.data)) == 4
    tab.keyboard.press("Control+z")
    assert until(lambda: len(labels_of(app.data)) == 2)
    tab.wait_for_selector('.about-screen h2:has-text("empty1.png")')


def test_cards_are_found_and_a_name_is_learned_for_the_next_screen(app: App) -> None:
    tab = open_screen(app, "table.png")
    tab.wait_for_selector(".box")
    num = len(boxes(tab))
    assert num > 3
    tab.keyboard.press("f")
    write(tab, "egg")
    tab.keyboard.press("1")
    tab.keyboard.press("Enter")
    saved(tab)
    on_table = [one for one in labels_of(app.data).values() if one["screen"] == "table.png"]
    assert [one["name"] for one in on_table] == ["Egg"]
    tab.click('[data-focus="film-table.png"]')
    assert until(lambda: tab.locator(".box").count() == 1)
