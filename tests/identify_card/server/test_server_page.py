"""The server's page in a real browser."""

from __future__ import annotations

import importlib.util

import pytest

from balatro.identify_card.judge.regress import read_cases
from tests.chromium import needs_chromium
from tests.identify_card.fake_bundle import write_fake_bundle
from tests.identify_card.server.server_parts import card_bytes, running, table_bytes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("fastapi") is None, reason="fastapi is not installed"),
    needs_chromium,
]


@pytest.fixture
def tab(browser):
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.faults, tab.asked = [], []
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("console", lambda line: line.type == "error" and tab.faults.append(line.text))
    tab.on("request", lambda request: tab.asked.append(request.url))
    yield tab
    tab.close()


def choose(tab, name: str, data: bytes) -> None:
    tab.set_input_files("#file", {"name": name, "mimeType": "image/png", "buffer": data})


def test_a_picture_before_the_page_has_heard_all(tab, fake_folder):
    with running(fake_folder) as port:
        held = []
        tab.route("**/gallery", lambda route: held.append(route))
        tab.goto(f"http://127.0.0.1:{port}/")
        tab.get_by_text("Names 4 cards, with the model fake.").wait_for()
        choose(tab, "table.png", table_bytes())
        tab.get_by_text("2 cards: Red, Green.").wait_for()
        with tab.expect_response("**/gallery"):
            held[0].continue_()
        tab.wait_for_timeout(100)
        assert "2 cards: Red, Green." in tab.inner_text("#status")


def test_a_picture_in_its_cards_out(tab, fake_folder):
    with running(fake_folder) as port:
        tab.goto(f"http://127.0.0.1:{port}/")
        tab.get_by_text("Names 4 cards, with the model fake.").wait_for()
        choose(tab, "table.png", table_bytes())
        tab.get_by_text("2 cards: Red, Green.").wait_for()
        assert tab.locator("#cards > li").count() == 2
        assert "1 more thing like a card" in tab.inner_text("#others-count")

        # The outline lies where the card does in the picture as it is shown.
        picture = tab.locator("#picture").bounding_box()
        outline = tab.locator("#outlines polygon.Foil").bounding_box()
        assert outline["x"] - picture["x"] == pytest.approx((320 - 42) * picture["width"] / 1024, abs=3)
        assert outline["width"] == pytest.approx(84 * picture["width"] / 1024, abs=4)

        # With the keyboard alone: the first card is reached, marked in the picture, and opens its runners-up.
        tab.focus("#whole")
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.closest('.entry').dataset.card") == "0"
        assert tab.locator("#outlines polygon.on").count() == 1
        tab.keyboard.press("Enter")
        assert tab.locator("#cards .guesses:visible .guess").count() == 4
        assert tab.locator(".card").first.get_attribute("aria-expanded") == "true"

        tab.select_option("#whole", "card")
        choose(tab, "card.png", card_bytes())
        tab.get_by_text("1 card: Blue.").wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        assert tab.faults == []
        assert {url.split("/")[2] for url in tab.asked if url.startswith("http")} == {f"127.0.0.1:{port}"}

        choose(tab, "notes.txt", b"hello")
        tab.get_by_text("notes.txt: not a picture; PNG, JPEG, WebP and the like are read").wait_for()


def test_a_card_is_taught_and_taken_out_again(tab, tmp_path, monkeypatch):
    monkeypatch.setattr("balatro.identify_card.added.views.NUM_STRANGERS", 4)
    with running(write_fake_bundle(tmp_path / "fake")) as port:
        tab.goto(f"http://127.0.0.1:{port}/")
        tab.get_by_text("with the model fake").wait_for()
        choose(tab, "table.png", table_bytes())
        tab.get_by_text("1 more thing like a card").click()
        tab.get_by_role("button", name="Unknown").click()
        tab.get_by_role("button", name="This is a card").click()
        form = tab.locator("#other-cards form")
        form.get_by_label("Name of this card").fill("My Joker")
        form.get_by_role("button", name="Add this card").click()
        tab.get_by_text("My Joker was added, and the picture read again. 3 cards: Red, Green, My Joker.").wait_for()
        assert tab.inner_text("#model").startswith("Names 5 cards")
        tab.get_by_text("1 added card").click()
        tab.get_by_role("button", name="Remove My Joker").click()
        tab.get_by_text("My Joker was removed.").wait_for()
        assert not tab.is_visible("#added") and tab.inner_text("#model").startswith("Names 4 cards")
        assert tab.faults == []


def test_a_mistake_is_kept(tab, fake_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    with running(fake_folder) as port:
        tab.goto(f"http://127.0.0.1:{port}/")
        tab.get_by_text("with the model fake").wait_for()
        choose(tab, "table.png", table_bytes())
        tab.get_by_text("2 cards: Red, Green.").wait_for()
        tab.locator("#outlines polygon.Foil").click()  # the red card itself
        tab.locator("#cards .entry.Foil").get_by_role("button", name="This is wrong").click()
        form = tab.locator("#cards .entry.Foil form")
        assert tab.evaluate("document.activeElement.getAttribute('aria-label')") == "Name of this card"
        tab.keyboard.type("blue")
        form.get_by_label("Its modifier").select_option("Negative")
        form.get_by_label("Also keep the card as a picture to label").check()
        form.get_by_label("Name of this card").press("Enter")
        tab.get_by_text("Kept as case 1: blue.").first.wait_for()
        assert "name it with `balatro annotate`" in tab.inner_text("#status") and not form.is_visible()
        tab.locator("#cards .entry.Base .card").click()
        tab.locator("#cards .entry.Base").get_by_role("button", name="This is wrong").click()
        tab.locator("#cards .entry.Base").get_by_role("button", name="It is no card").click()
        tab.get_by_text("Kept as case 2: no card.").first.wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        assert tab.faults == []
    first, second = read_cases(tmp_path / "data" / "regressions")
    assert (first.name, first.modifier, first.note) == ("blue", "Negative", "was read as Red, Foil")
    assert (second.name, second.file, len(second.finds)) == ("", first.file, 3)
    assert first.at is not None and abs(first.at[0] - 320) < 10 and second.at is not None and abs(second.at[0] - 420) < 10
    assert (tmp_path / "data" / "regressions" / first.file).read_bytes() == table_bytes()
    assert len(list((tmp_path / "data" / "screenshots").glob("*.png"))) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(browser, fake_folder, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with running(fake_folder) as port:
        tab = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
        tab.goto(f"http://127.0.0.1:{port}/")
        tab.get_by_text("with the model fake").wait_for()
        assert axe.run(tab).response["violations"] == []
        choose(tab, "table.png", table_bytes())
        tab.get_by_text("2 cards: Red, Green.").wait_for()
        tab.locator("#cards .card").first.click()
        tab.get_by_text("1 more thing like a card").click()
        tab.get_by_role("button", name="This is wrong").click()
        assert axe.run(tab).response["violations"] == []
        tab.close()


def test_the_token_is_asked_for(tab, fake_folder):
    with running(fake_folder, token="secret") as port:
        tab.goto(f"http://127.0.0.1:{port}/")
        tab.fill("#token", "secret")
        tab.keyboard.press("Enter")
        tab.get_by_text("with the model fake").wait_for()
        assert not tab.is_visible("#token-form")
        # A link may carry it; it does not stay in the address.
        tab.evaluate("sessionStorage.clear()")
        tab.goto("about:blank")
        tab.goto(f"http://127.0.0.1:{port}/#token=secret")
        tab.get_by_text("with the model fake").wait_for()
        assert tab.url.endswith(f"{port}/")
