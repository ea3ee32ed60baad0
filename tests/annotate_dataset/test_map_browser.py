"""The map in a real browser: pictures chosen with lasso, rectangle, list and keyboard; labelled, set aside, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.annotate_dataset.browser import App, draw_crops, labels_of, saved, until
from tests.chromium import needs_chromium, open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
    # Playwright's own loop is closed when its process ends.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
CANVAS = '[data-focus="map"]'
CHOSEN = ".details h3"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with open_browser() as browser:
        app = App(tmp_path_factory.mktemp("app") / "data", browser)
        draw_crops(app.data, num_cards=4)
        app.start()
        yield app
        assert not app.faults
        app.stop()


@pytest.fixture
def tab(app: App) -> Iterator[Page]:
    tab = app.open("map")
    tab.wait_for_selector('.rows button:has-text("nothing suggested"), .rows button:has-text("Egg")')
    yield tab
    app.close_tabs()


def drag_around_all(tab: Page, corners: list[tuple[float, float]]) -> None:
    """corners: shares of the canvas."""
    box = tab.locator(CANVAS).bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place)
    tab.mouse.up()


def test_lasso_rectangle_and_label_and_undo(app: App, tab: Page) -> None:
    rim = 0.005
    drag_around_all(tab, [(rim, 0.12), (1 - rim, 0.12), (1 - rim, rim), (rim, rim)])
    above = tab.inner_text(CHOSEN)
    drag_around_all(tab, [(rim, rim), (1 - rim, rim), (1 - rim, 1 - rim), (rim, 1 - rim)])
    assert tab.inner_text(CHOSEN) == "12 pictures chosen" != above
    tab.keyboard.press("Escape")
    assert tab.inner_text(CHOSEN) == "Draw around pictures to choose them"
    tab.keyboard.press("o")
    drag_around_all(tab, [(rim, rim), (0.5, 0.5), (1 - rim, 1 - rim)])
    assert tab.inner_text(CHOSEN) == "12 pictures chosen"
    tab.keyboard.press("t")
    tab.keyboard.type("egg")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("text=choose a modifier")  # nothing is suggested yet
    assert labels_of(app.data) == {}
    tab.keyboard.press("a")
    tab.keyboard.press("t")
    tab.keyboard.type("egg")
    tab.keyboard.press("Enter")
    tab.keyboard.press("2")
    tab.keyboard.press("Enter")
    saved(tab)
    assert {(one["name"], one["modifier"]) for one in labels_of(app.data).values()} == {("Egg", "Foil")}
    assert len(labels_of(app.data)) == 12
    tab.keyboard.press("u")
    assert until(lambda: labels_of(app.data) == {})


def test_by_keyboard_alone_one_card_is_chosen_labelled_suggested_and_set_aside(app: App, tab: Page) -> None:
    tab.focus(CANVAS)
    tab.keyboard.press("ArrowRight")
    tab.wait_for_selector(".large img")
    tab.keyboard.press("Space")
    assert tab.inner_text(CHOSEN) == "1 picture chosen"
    tab.keyboard.press("t")
    tab.keyboard.type("dna")
    tab.keyboard.press("Enter")
    tab.keyboard.press("1")
    tab.keyboard.press("Enter")
    saved(tab)
    (first,) = labels_of(app.data)
    rows = tab.locator('.rows button:has-text("DNA") .count')
    assert until(lambda: rows.inner_text() != "1")  # the others of this card at least are suggested
    tab.click('.rows button:has-text("DNA")')
    tab.keyboard.press("Enter")
    saved(tab)
    labels = labels_of(app.data)
    same = [key for key in labels if key.split("_")[0] == first.split("_")[0]]
    assert len(same) == 3 and {one["name"] for one in labels.values()} == {"DNA"}
    tab.click('.rows button:has-text("DNA")')
    tab.keyboard.press("x")
    saved(tab)
    assert labels_of(app.data) == {}
    tab.keyboard.press("u")
    assert until(lambda: labels_of(app.data) == labels)


def test_the_nearest_are_taken_along(tab: Page) -> None:
    tab.focus(CANVAS)
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("g")
    assert tab.inner_text(CHOSEN) == "6 pictures chosen"
    tab.keyboard.press("Shift+g")
    assert tab.inner_text(CHOSEN) == "1 picture chosen"
