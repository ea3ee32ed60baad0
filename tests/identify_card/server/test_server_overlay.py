"""The page for stream software in a real browser."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace

import pytest

from balatro.identify_card.table.records import Blind
from tests.chromium import needs_chromium
from tests.identify_card.server.server_parts import running, table_bytes
from tests.identify_card.table.tables import card, hand, on, shop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("fastapi") is None, reason="fastapi is not installed"),
    needs_chromium,
]
TABLE = on(
    "shop",
    money=21,
    score=4843,
    blind=Blind("Boss", "The Goad", 22000, 5),
    jokers=(card("Juggler", "Foil"), replace(card("Frog"), debuffed=True, stickers=("Eternal",)), card(None)),
    hand=hand("2H ^10C* ?"),
    shop=shop("Matron", vouchers="Hieroglyph"),
)


@pytest.fixture
def tab(browser):
    tab = browser.new_page(viewport={"width": 900, "height": 500})
    tab.faults = []
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("console", lambda line: line.type == "error" and tab.faults.append(line.text))
    yield tab
    tab.close()


def texts(tab) -> list[str]:
    return [" ".join(text.split()) for text in tab.locator("li").all_inner_texts()]


def test_what_is_chosen_of_the_state(tab, fake_folder):
    with running(fake_folder) as port:
        state = {"number": 1, "age": 0.0, "table": json.loads(json.dumps(TABLE.to_json()))}
        tab.route("**/state", lambda route: route.fulfill(json=state))
        tab.goto(f"http://127.0.0.1:{port}/overlay?show=jokers,money,score,ante,hand,shop,blind&every=100")
        tab.get_by_text("Juggler").wait_for()
        assert texts(tab) == [
            *("Juggler Foil", "Frog Eternal", "unknown", "money $21", "score 4,843", "2♥", "10♣ Steel", "?"),
            *("Matron $4", "Hieroglyph $10", "The Goad 22,000"),
        ]
        assert tab.locator("h2").all_inner_texts() == ["JOKERS", "HAND", "SHOP"]
        state.update(number=2, table=on("hand", money=7).to_json())
        tab.get_by_text("$7", exact=True).wait_for()
        assert texts(tab) == ["money $7"] and not tab.faults


def test_the_ground_is_transparent_and_its_look_can_be_set(tab, fake_folder):
    with running(fake_folder) as port:
        tab.request.post(f"http://127.0.0.1:{port}/table", data=table_bytes())
        tab.goto(f"http://127.0.0.1:{port}/overlay")
        tab.get_by_text("Red").wait_for()
        before = tab.locator("li").first.bounding_box()
        # What stream software does with its user's own CSS.
        tab.evaluate(
            "document.head.append(Object.assign(document.createElement('style'), {textContent: ':root{--size:44px}'}))"
        )
        after = tab.locator("li").first.bounding_box()
        assert after["height"] == pytest.approx(2 * before["height"], rel=0.1)
        grounds = tab.evaluate("[document.documentElement, document.body].map((one) => getComputedStyle(one).backgroundColor)")
        assert grounds == ["rgba(0, 0, 0, 0)"] * 2 and not tab.faults


def test_what_is_wrong_is_said(tab, fake_folder):
    with running(fake_folder, token="secret") as port:
        tab.goto(f"http://127.0.0.1:{port}/overlay")
        tab.get_by_text("put the token behind the address").wait_for()
        tab.goto("about:blank")
        tab.goto(f"http://127.0.0.1:{port}/overlay?show=jokers,wealth#token=secret")
        tab.get_by_text("?show: no wealth; there are jokers,").wait_for()
