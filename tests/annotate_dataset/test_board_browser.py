"""The board in a real browser: keys, drags, saving, undo after a restart, two tabs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.annotate_dataset.browser import App, draw_crops, labels_of, name_it, saved, until
from tests.chromium import needs_chromium, open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
    # Playwright's own loop is closed when its process ends.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
COUNT_GROUPS = """() => [...document.querySelectorAll("*")].map((e) => e.shadowRoot)
    .find((root) => root?.querySelector(".film"))?.querySelectorAll(".film button").length"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[App]:
    """One app for all tests but those that start their own: each test labels a card of its own in it."""
    app = App(tmp_path_factory.mktemp("app") / "data", browser)
    draw_crops(app.data, num_cards=8)
    app.start()
    yield app
    app.stop()


@pytest.fixture
def app(running: App) -> Iterator[App]:
    """The app, and afterwards a look at what its pages asked for."""
    yield running
    running.close_tabs()
    assert not running.faults
    assert {urlsplit(url).hostname for url in running.requests if url.startswith("http")} == {"127.0.0.1"}


def open_card(app: App, card: int) -> tuple[Page, list[str]]:
    """A tab that shows one card's group, found by the search field; and its pictures."""
    tab = app.open()
    pictures = [f"cluster{card}_card{card}_id{3 * card + view}.png" for view in range(3)]
    tab.fill('[data-focus="search"]', f"cluster{card}_")
    tab.wait_for_selector(f'.zone.keep .thumb[data-key="{pictures[0]}"]')
    tab.wait_for_function(f"() => ({COUNT_GROUPS})() === 1")
    tab.keyboard.press("Escape")
    return tab, pictures


def test_a_group_is_labelled_by_keys_and_on_disk_when_the_page_says_saved(app: App) -> None:
    tab, pictures = open_card(app, 0)
    name_it(tab, "greed", "Foil")
    tab.keyboard.press("Enter")
    saved(tab)
    labels = labels_of(app.data)
    assert [labels[key]["name"] for key in pictures] == ["Greedy Joker"] * 3
    assert labels[pictures[0]] == {
        "name": "Greedy Joker",
        "type": "Joker",
        "rarity": "Common",
        "modifier": "Foil",
        "cluster": 0,
        "card_group": 0,
        "full_path": f"dataset_default/{pictures[0]}",
    }
    assert (app.data / "dataset_default" / pictures[0]).read_bytes() == (app.data / "screenshots" / pictures[0]).read_bytes()


def test_an_unknown_name_is_asked_about_first(app: App) -> None:
    tab, pictures = open_card(app, 1)
    name_it(tab, "Eggz", "Base")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("text=is no card of Balatro")
    assert pictures[0] not in labels_of(app.data)
    tab.keyboard.press("Enter")
    saved(tab)
    assert labels_of(app.data)[pictures[0]]["name"] == "Eggz"


def test_prefilled_is_marked_until_accepted_and_many_are_accepted_at_once(app: App) -> None:
    tab, pictures = open_card(app, 2)
    tab.keyboard.press("x")  # nothing is marked or in focus: does nothing
    for key in pictures[:2]:
        tab.click(f'.thumb[data-key="{key}"]')
    name_it(tab, "egg", "Base")
    tab.keyboard.press("Enter")
    saved(tab)
    assert [key for key in pictures if key in labels_of(app.data)] == [pictures[2]]
    tab.click("nav >> text=Verify")
    tab.click(".list >> text=Set aside")
    tab.wait_for_selector(f'.grid .thumb[data-key="{pictures[1]}"]')
    tab.keyboard.press("a")
    tab.keyboard.press("i")
    saved(tab)
    tab.click("nav >> text=Label")
    tab.wait_for_selector("input.prefilled")
    assert tab.input_value("input.prefilled") == "Egg"
    assert pictures[0] not in labels_of(app.data)
    tab.keyboard.press("p")
    tab.fill("dialog input[type=number]", "50")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("dialog .tile >> text=Egg")
    tab.click("dialog button.primary")
    saved(tab)
    assert [labels_of(app.data)[key]["name"] for key in pictures] == ["Egg"] * 3


def test_drags_sort_pictures_and_what_is_another_card_comes_next(app: App) -> None:
    tab, (one, other, nothing) = open_card(app, 3)
    tab.drag_and_drop(f'.thumb[data-key="{other}"]', ".zone.other")
    tab.drag_and_drop(f'.thumb[data-key="{nothing}"]', ".zone.reject")
    name_it(tab, "vampire", "Base")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(f'.zone.keep .thumb[data-key="{other}"]')
    assert tab.locator(".zone.keep .thumb").count() == 1
    name_it(tab, "dna", "Negative")
    tab.keyboard.press("Enter")
    saved(tab)
    labels = labels_of(app.data)
    assert [(labels[key]["name"], labels[key]["modifier"]) for key in (one, other)] == [
        ("Vampire", "Base"),
        ("DNA", "Negative"),
    ]
    assert labels[one]["card_group"] != labels[other]["card_group"]
    assert nothing not in labels


def test_enter_accepts_although_a_picture_or_candidate_has_the_focus(app: App) -> None:
    tab, pictures = open_card(app, 4)
    name_it(tab, "baron", "Base")
    tab.locator(f'.thumb[data-key="{pictures[1]}"]').focus()
    tab.keyboard.press("o")
    tab.keyboard.press("Enter")
    saved(tab)
    assert [key in labels_of(app.data) for key in pictures] == [True, False, True]


def test_two_tabs_never_overwrite_each_other_unseen(app: App) -> None:
    (one, pictures), (two, _) = open_card(app, 5), open_card(app, 5)
    name_it(two, "dna", "Foil")
    name_it(one, "egg", "Base")
    one.keyboard.press("Enter")
    saved(one)
    two.wait_for_selector("text=Somebody else has labelled this")
    two.keyboard.press("Enter")
    two.wait_for_selector(".conflict")
    told = two.inner_text(".conflict")
    assert all(word in told for word in ("Egg", "Base", "DNA", "Foil"))
    assert labels_of(app.data)[pictures[0]]["name"] == "Egg"
    two.click('[data-focus="mine"]')
    saved(two)
    assert labels_of(app.data)[pictures[0]]["name"] == "DNA"


def test_verify_relabels_and_removes_in_place(app: App) -> None:
    tab, (one, other, _) = open_card(app, 6)
    name_it(tab, "bull", "Base")
    tab.keyboard.press("Enter")
    saved(tab)
    tab.click("nav >> text=Verify")
    tab.click(".rows >> text=Bull")
    tab.click(f'.grid .thumb[data-key="{one}"]')
    tab.keyboard.press("4")
    saved(tab)
    assert labels_of(app.data)[one]["modifier"] == "Polychrome"
    tab.click(f'.grid .thumb[data-key="{other}"]')
    tab.keyboard.press("Delete")
    saved(tab)
    assert other not in labels_of(app.data)
    tab.keyboard.press("u")
    assert until(lambda: other in labels_of(app.data))


def test_undo_goes_back_beyond_a_restart(tmp_path: Path, browser: Browser) -> None:
    app = App(tmp_path / "data", browser)
    draw_crops(app.data, num_cards=2)

    def names() -> set[str]:
        return {entry["name"] for entry in labels_of(app.data).values()}

    app.start()
    try:
        tab = app.open()
        for name in ("egg", "dna"):
            name_it(tab, name, "Base")
            tab.keyboard.press("Enter")
            saved(tab)
        app.stop()
        app.start()
        tab = app.open()
        assert names() == {"Egg", "DNA"}
        for key, left in (("u", {"Egg"}), ("Control+z", set()), ("Control+y", {"Egg"})):
            tab.keyboard.press(key)
            assert until(lambda left=left: names() == left), key
            saved(tab)
    finally:
        app.stop()


@pytest.mark.parametrize("page", ["", "screens", "verify", "map"])
def test_everything_has_a_name_for_screen_readers(app: App, page: str) -> None:
    tab = app.open(page)
    tab.keyboard.press("?")
    tab.wait_for_selector("dialog[open] kbd")
    unnamed = tab.evaluate(
        """() => {
          const board = [...document.querySelectorAll("*")].map((e) => e.shadowRoot?.querySelector(".board")).find(Boolean);
          const root = board.getRootNode();
          const named = (e) => e.getAttribute("aria-label") || e.textContent.trim() || e.title || e.closest("label");
          return [
            ...[...root.querySelectorAll("button, input, select, nav, section, dialog")].filter((e) => !named(e)),
            ...[...root.querySelectorAll("img")].filter((e) => !e.hasAttribute("alt")),
          ].map((e) => e.outerHTML);
        }"""
    )
    assert unnamed == []
