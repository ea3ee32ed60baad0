"""How many key presses and clicks it takes to label pictures of cards by prefill, in a real browser.

    python benchmarks/labelling.py [--pictures 200] [--cards 30] [--known 200] [--no-model]

Screens of the demo deck are dealt; their cards are cut out and saved as capturing does it, duplicates left out, in groups. The
first `--known` pictures are labelled with the truth, as after a first sitting, and the deck's own model is there, as after
`balatro art demo` or the import of a game (`--no-model`: only the labelled pictures suggest). The rest is labelled in Chromium
by a scripted person, who accepts all above a bound, having clicked what looks wrong out of the preview; then goes through the
doubtful groups, correcting them with the keyboard; and again, as each label teaches. Every press and click is counted. Needs
playwright and Chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from playwright.sync_api import Page, sync_playwright

from balatro.annotate_dataset.run import HOST, command_line, free_port, stop, wait_until_ready
from balatro.annotate_dataset.store.store import Accept, DatasetStore
from balatro.build_dataset.seen import SeenStore
from balatro.config.modifiers import MODIFIERS
from balatro.config.shapes import MARGIN
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.table import PLAY, ScreenCard, draw_screen
from balatro.utils.images import rectify
from balatro.utils.labels import CardLabel, read_labels

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
WAIT_MS = 90_000
VISIBLE = 0.97
"""Cards that are covered by more are not captured: nobody would label them."""
GROUPS_BETWEEN = 10
"""Groups that are labelled by hand before all above the bound are accepted again."""
BOUND = 60
"""Per cent from which pictures are accepted in a preview."""
CANDIDATE_KEYS = "asd"
T = TypeVar("T")


def capture(data: Path, num_pictures: int, num_cards: int, seed: int) -> dict[str, CardLabel]:
    """Deal screens and save their cards as capturing does; the truth by file name."""
    rng = np.random.default_rng(seed)
    deck = draw_demo_deck()
    known = [place for place, card in enumerate(deck.cards) if card.known]
    among = [int(place) for place in rng.choice(known, num_cards, replace=False)]
    truth: dict[str, CardLabel] = {}
    with SeenStore(data / "screenshots") as seen:
        while len(truth) < num_pictures:
            screen = draw_screen(deck, rng, PLAY, among)
            for card in screen.cards:
                if not card.known or card.visible < VISIBLE or len(truth) == num_pictures:
                    continue
                crop = cut(screen.image, card)
                path = seen.save(crop, seen.decide(crop))
                if path is not None:
                    shown = deck.cards[card.card]
                    truth[path.name] = CardLabel(shown.name, shown.type, shown.rarity, card.modifier)
    return truth


def cut(image: np.ndarray, card: ScreenCard) -> np.ndarray:
    """One card at its own size on the screen."""
    width = np.hypot(*(card.quad[1] - card.quad[0])) * (1 + 2 * MARGIN)
    height = np.hypot(*(card.quad[3] - card.quad[0])) * (1 + 2 * MARGIN)
    return rectify(image, card.quad[None], (round(float(width)), round(float(height))))[0]


@dataclass
class Person:
    """Somebody who knows every card and labels with the keyboard."""

    tab: Page
    truth: dict[str, CardLabel]
    presses: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    """From each Enter to the next group's picture on the screen."""
    num_unseen: int = 0
    """Pictures that were accepted in previews."""

    def press(self, key: str, why: str) -> None:
        self.presses[why] += 1
        self.tab.keyboard.press(key)

    def wait_saved(self) -> None:
        self.tab.wait_for_selector('.status.good[data-saving="0"]')

    def wait_suggested(self) -> None:
        """Suggestions are worked out in the background."""
        self.tab.locator(".progress .about", has_not_text="looking").wait_for()

    def accept_many(self) -> None:
        """Accept all above the bound, less what is seen to be wrong: of each tile only its first picture is seen."""
        self.wait_saved()
        self.wait_suggested()
        self.press("p", "accept all above")
        self.tab.wait_for_selector("dialog.preview[open]")
        if not self.num_unseen:
            self.set_bound()
        tiles = self.board(
            """(root) => [...root.querySelectorAll(".tile")].map((e) => ({
              key: e.dataset.key,
              name: e.querySelector("strong").textContent,
              modifier: e.querySelector("span").textContent,
            }))"""
        )
        wrong = [tile["key"] for tile in tiles if (tile["name"], tile["modifier"]) != key_of(self.truth[tile["key"]])]
        for key in wrong:
            self.presses["wrong in a preview"] += 1
            self.tab.click(f'.tile[data-key="{key}"]')
        button = self.tab.locator("dialog button.primary")
        if button.is_enabled():
            self.num_unseen += int("".join(letter for letter in button.inner_text() if letter.isdigit()))
            self.presses["accept all above"] += 1
            button.click()
        else:
            self.press("Escape", "accept all above")
        self.tab.wait_for_selector("dialog", state="detached")
        self.wait_saved()

    def set_bound(self) -> None:
        """A lower bound than the default one, as the preview is looked at; the page keeps it."""
        self.presses["accept all above"] += 1
        self.tab.click("dialog input[type=number]", click_count=3)
        for key in (*str(BOUND), "Enter"):
            self.press(key, "accept all above")
        self.tab.wait_for_selector(f"dialog h2:has-text('{BOUND} %')")

    def label_group(self) -> None:
        """Look at the group on the screen, correct what is wrong, accept."""
        board = self.look()
        shown = board["keep"]
        wanted = Counter((self.truth[key].name, self.truth[key].modifier) for key in shown).most_common(1)[0][0]
        for key in shown:
            if (self.truth[key].name, self.truth[key].modifier) != wanted:
                self.presses["picture of another card"] += 2
                self.tab.locator(f'.thumb[data-key="{key}"]').focus()
                self.tab.keyboard.press("o")
        name, modifier = wanted
        if board["name"] != name:
            self.write(name, board["candidates"], next(label for label in self.truth.values() if label.name == name))
        if board["modifier"] != modifier:
            self.press(str(MODIFIERS.index(modifier) + 1), "modifier")
        self.press("Enter", "accept a group")
        if took := self.board("(root) => root.host.dataset.lastMs"):
            self.milliseconds.append(float(took))

    def write(self, name: str, candidates: list[str], label: CardLabel) -> None:
        """A candidate's key, else the name's letters as far as the first completion is right."""
        if name in candidates:
            return self.press(CANDIDATE_KEYS[candidates.index(name)], "candidate")
        self.press("t", "name")
        for letter in name:
            self.press(letter, "name")
            first = self.tab.locator(".names li span").first
            if first.count() and first.inner_text() == name:
                break
        self.press("Enter", "name")
        if not self.tab.input_value('[data-focus="type"]'):
            for field_name, text in (("type", label.type), ("rarity", label.rarity)):
                self.presses["name"] += 1 + len(text)
                self.tab.fill(f'[data-focus="{field_name}"]', text)
            self.press("Escape", "name")
        return None

    def look(self) -> dict[str, Any]:
        """What the board shows."""
        found: dict[str, Any] = self.board(
            """(root) => ({
              keep: [...root.querySelectorAll(".zone.keep .thumb")].map((e) => e.dataset.key),
              name: root.querySelector('[data-focus="name"]')?.value,
              modifier: root.querySelector(".modifier.chosen span")?.textContent ?? "",
              candidates: [...root.querySelectorAll(".candidate strong")].map((e) => e.textContent),
            })"""
        )
        return found

    def board(self, script: str) -> Any:
        find = "[...document.querySelectorAll('*')].map((e) => e.shadowRoot).find((root) => root?.querySelector('.board'))"
        return self.tab.evaluate(f"() => ({script})({find})")

    def label_all(self) -> None:
        """Until nothing is left."""
        self.accept_many()
        done = 0
        while self.look()["keep"]:
            self.label_group()
            done += 1
            if done > len(self.truth):
                raise SystemExit("the board does not go on")
            if done % GROUPS_BETWEEN == 0:
                self.accept_many()
        self.wait_saved()


def in_browser(data: Path, page: str, ready: str, label: Callable[[Page], T]) -> T:
    """Start the app, label everything on a page of it, end it. ready: what is there when the page is."""
    port = free_port(0)
    server = subprocess.Popen(command_line(port), env=os.environ | {"BALATRO_DATA": str(data)}, stdout=subprocess.DEVNULL)
    try:
        wait_until_ready(server, port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            tab.set_default_timeout(WAIT_MS)
            tab.goto(f"http://{HOST}:{port}/{page}")
            tab.wait_for_selector(ready)
            person = label(tab)
            browser.close()
    finally:
        stop(server)
    return person


def label_all(tab: Page, truth: dict[str, CardLabel]) -> Person:
    """Everything on the page Label."""
    person = Person(tab, truth)
    person.label_all()
    return person


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=200, help="to be labelled by prefill")
    parser.add_argument("--known", type=int, default=200, help="labelled with the truth before")
    parser.add_argument("--cards", type=int, default=30)
    parser.add_argument(
        "--model", action=argparse.BooleanOptionalAction, default=True, help="whether the deck's model suggests too"
    )
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        if args.model:
            own = os.environ | {"BALATRO_DATA": str(data)}
            subprocess.run([sys.executable, "-m", "balatro", "art", "demo"], env=own, check=True, stdout=subprocess.DEVNULL)
        truth = capture(data, args.pictures + args.known, args.cards, args.seed)
        store = DatasetStore(data)
        first = list(truth.items())[: args.known]
        store.accept([Accept(key, own.name, own.modifier, own.type, own.rarity, new=True) for key, own in first], "truth")
        groups = {(picture.cluster, picture.card_group) for picture in store.unlabelled()}
        print(f"{len(store.unlabelled())} pictures in {len(groups)} capture groups, {len(store.labels)} labelled before")
        person = in_browser(data, "", ".zone.keep", lambda tab: label_all(tab, truth))
        labels = read_labels(data / "dataset_default" / "labels.json")
    mine = {key: own for key, own in truth.items() if key not in dict(first)}
    right = [labels.get(key) is not None and key_of(labels[key]) == key_of(own) for key, own in mine.items()]
    print(f"presses and clicks: {person.presses.total()}")
    for why, count in person.presses.most_common():
        print(f"  {why:<26} {count:4d}")
    print(f"accepted in previews: {person.num_unseen} of {len(mine)} pictures")
    print(f"right (name and modifier): {sum(right)} of {len(right)}, {100 * sum(right) / len(right):.1f} %")
    if person.milliseconds:
        slow = sorted(person.milliseconds)[int(0.95 * (len(person.milliseconds) - 1))]
        print(
            f"Enter to the next group on the screen: median {statistics.median(person.milliseconds):.0f} ms, 95 % {slow:.0f} ms"
        )


def key_of(label: CardLabel) -> tuple[str, str]:
    return label.name, label.modifier


if __name__ == "__main__":
    main()
