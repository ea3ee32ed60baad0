"""How many presses it takes to label the cards of whole screens by boxes, in a real browser.

    python -m benchmarks.labelling_screens [--cards 200] [--screens 20]

Screens of the demo deck are dealt, so that there are as many cards on them as asked for. The deck's own model is there, as
after `balatro art demo`, untrained; no card is labelled. A scripted person goes through the page Screens of `balatro annotate`:
looks at each screen's boxes, corrects what is wrong with mouse and keyboard, and accepts. A click counts as one press, a drag
as two (down and up), each letter as one. Cards of which less than half shows need no box. Needs playwright and Chromium.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.labelling import CANDIDATE_KEYS, in_browser
from PIL import Image
from playwright.sync_api import Page

from balatro.config.modifiers import MODIFIERS
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.table import PLAY, draw_screen
from balatro.utils.labels import read_labels
from balatro.utils.quads import box_overlap

VISIBLE = 0.5
"""Cards of which less shows need no box."""
FEWEST = 5
"""Cards on a screen that is taken."""
SAME = 0.5
"""Two boxes that share this much are around one card."""
BOARD = "[...document.querySelectorAll('*')].map((e) => e.shadowRoot).find((root) => root?.querySelector('.board'))"
FREE = """(root, box) => {
  const { left, top, width, height } = box.getBoundingClientRect();
  const shares = [0.5, 0.3, 0.7, 0.15, 0.85, 0.05, 0.95];
  const places = shares.flatMap((y) => shares.map((x) => [left + x * width, top + y * height]));
  return places.find(([x, y]) => root.elementFromPoint(x, y) === box) ?? places[0];
}"""
"""Where a person clicks: a place of a box that no other one covers, else its middle."""
STACKED = 6
"""Boxes that lie over each other at most."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class TrueCard:
    """A card as it was dealt."""

    box: Box
    name: str
    modifier: str
    must: bool
    """Whether enough of it shows."""


def deal(folder: Path, num_screens: int, num_cards: int, seed: int) -> dict[str, list[TrueCard]]:
    """Draw screens until some of them have as many cards as asked for, and write these; the truth by file name."""
    rng, deck = np.random.default_rng(seed), draw_demo_deck()
    drawn: list[tuple[np.ndarray, list[TrueCard]]] = []
    chosen: tuple[int, ...] | None = None
    while chosen is None:
        screen = draw_screen(deck, rng, PLAY)
        cards = []
        for card in screen.cards:
            if card.known:
                (left, top), (right, bottom) = np.floor(card.quad.min(axis=0)), np.ceil(card.quad.max(axis=0))
                box = (int(left), int(top), int(right), int(bottom))
                cards.append(TrueCard(box, deck.cards[card.card].name, card.modifier, card.visible >= VISIBLE))
        if sum(card.must for card in cards) >= FEWEST:
            drawn.append((screen.image, cards))
            chosen = choose([sum(card.must for card in cards) for _, cards in drawn], num_screens, num_cards)
    folder.mkdir(parents=True)
    truth = {}
    for number, place in enumerate(chosen):
        image, cards = drawn[place]
        truth[f"screen{number:02d}.png"] = cards
        Image.fromarray(image).save(folder / f"screen{number:02d}.png")
    return truth


def choose(counts: list[int], num: int, total: int) -> tuple[int, ...] | None:
    """Places of `num` of the counts that are `total` together; None where there are none."""
    ways: dict[tuple[int, int], tuple[int, ...]] = {(0, 0): ()}
    for place, count in enumerate(counts):
        for (taken, together), way in list(ways.items()):
            ways.setdefault((taken + 1, together + count), (*way, place))
    return ways.get((num, total))


@dataclass
class Person:
    """Somebody who knows every card."""

    tab: Page
    truth: dict[str, list[TrueCard]]
    presses: Counter[str] = field(default_factory=Counter)
    num_prefilled: int = 0
    """Cards that were right before anything was pressed."""

    def press(self, key: str, why: str) -> None:
        self.presses[why] += 1
        self.tab.keyboard.press(key)

    def label_all(self) -> None:
        for _ in self.truth:
            self.tab.locator(".progress .about", has_not_text="looking").wait_for()
            self.tab.locator(".about-screen p", has_not_text="Looking").wait_for()
            name = self.tab.inner_text(".about-screen h2")
            self.label_screen(self.truth[name])
            self.press("Enter", "accept")
            self.tab.wait_for_selector('.status.good[data-saving="0"]')

    def label_screen(self, cards: list[TrueCard]) -> None:
        """Correct what is wrong on the screen."""
        shown = self.boxes()
        right = {place: best(one["box"], cards) for place, one in enumerate(shown)}
        for place, one in enumerate(shown):
            card = right[place]
            if card is None and one["name"]:
                self.select(one)
                self.press("x", "remove a box")
            elif card is not None and (one["name"] or card.must):
                self.num_prefilled += (one["name"], one["modifier"]) == (card.name, card.modifier) and card.must
                self.correct(one, card)
        for card in cards:
            if card.must and card not in right.values():
                self.draw(card.box)
                self.correct(next(one for one in self.boxes() if one["chosen"]), card)

    def correct(self, one: dict[str, Any], card: TrueCard) -> None:
        if one["name"] != card.name:
            self.select(one)
            self.write(card.name)
            one = next(box for box in self.boxes() if box["id"] == one["id"])
        if one["modifier"] != card.modifier:
            self.select(one)
            self.press(str(MODIFIERS.index(card.modifier) + 1), "modifier")

    def select(self, one: dict[str, Any]) -> None:
        if self.chosen() == one["id"]:
            return
        place = self.board(f"(root) => ({FREE})(root, root.querySelector('.box[data-box=\"{one['id']}\"]'))")
        for _ in range(STACKED):  # a click on a chosen box chooses the one below it
            if self.chosen() != one["id"]:
                self.presses["choose a box"] += 1
                self.tab.mouse.click(*place)
        if self.chosen() != one["id"]:
            raise SystemExit(f"the box of {one['name'] or 'a card'} cannot be chosen")

    def chosen(self) -> str | None:
        """The id of the chosen box."""
        found: str | None = self.board("(root) => root.querySelector('.box.chosen')?.dataset.box")
        return found

    def write(self, name: str) -> None:
        """A candidate's key, else the name's letters as far as the first completion is right."""
        candidates = self.board("(root) => [...root.querySelectorAll('.candidate strong')].map((e) => e.textContent)")
        if name in candidates:
            return self.press(CANDIDATE_KEYS[candidates.index(name)], "candidate")
        self.press("t", "name")
        for letter in name:
            self.press(letter, "name")
            first = self.tab.locator(".names li span").first
            if first.count() and first.inner_text() == name:
                break
        return self.press("Enter", "name")

    def draw(self, box: Box) -> None:
        self.presses["draw a box"] += 2
        sheet = self.board("(root) => root.querySelector('.sheet').getBoundingClientRect().toJSON()")
        size = self.board("(root) => { const i = root.querySelector('.sheet img'); return [i.naturalWidth, i.naturalHeight]; }")
        places = [
            (sheet["x"] + x * sheet["width"] / size[0], sheet["y"] + y * sheet["height"] / size[1])
            for x, y in (box[:2], box[2:])
        ]
        self.tab.mouse.move(*places[0])
        self.tab.mouse.down()
        self.tab.mouse.move(*places[1], steps=3)
        self.tab.mouse.up()

    def boxes(self) -> list[dict[str, Any]]:
        """What the board shows: id, box, name and modifier of each box."""
        found = self.board(
            """(root) => [...root.querySelectorAll(".box")].map((e) => ({
              id: e.dataset.box,
              box: e.dataset.edges.split(" ").map(Number),
              name: e.dataset.name,
              modifier: e.dataset.modifier,
              chosen: e.classList.contains("chosen"),
            }))"""
        )
        return [one | {"box": tuple(one["box"])} for one in found]

    def board(self, script: str) -> Any:
        return self.tab.evaluate(f"() => ({script})({BOARD})")


def best(box: Box, cards: list[TrueCard]) -> TrueCard | None:
    """The card that a box is around."""
    shares = {card: share for card in cards if (share := box_overlap(card.box, box)) >= SAME}
    return max(shares, key=shares.__getitem__, default=None)


def label_all(tab: Page, truth: dict[str, list[TrueCard]]) -> Person:
    """Everything on the page Screens."""
    person = Person(tab, truth)
    person.label_all()
    return person


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=200)
    parser.add_argument("--screens", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        own = os.environ | {"BALATRO_DATA": str(data)}
        subprocess.run([sys.executable, "-m", "balatro", "art", "demo"], env=own, check=True, stdout=subprocess.DEVNULL)
        truth = deal(data / "screens", args.screens, args.cards, args.seed)
        person = in_browser(data, "screens", ".sheet", lambda tab: label_all(tab, truth))
        labels = list(read_labels(data / "dataset_default" / "labels.json").values())
    num = right = 0
    for screen, cards in truth.items():
        mine = [(tuple(label.more["box"]), label.name, label.modifier) for label in labels if label.more["screen"] == screen]
        for card in cards:
            num += card.must
            right += card.must and any(
                box_overlap(box, card.box) >= SAME and said == [card.name, card.modifier] for box, *said in mine
            )
    print(f"{num} cards on {len(truth)} screens, {len(labels)} boxes labelled")
    print(f"presses: {person.presses.total()}")
    for why, count in person.presses.most_common():
        print(f"  {why:<14} {count:4d}")
    print(f"right before anything was pressed: {person.num_prefilled} of {num}, {100 * person.num_prefilled / num:.1f} %")
    print(f"right (box, name and modifier): {right} of {num}, {100 * right / num:.1f} %")


if __name__ == "__main__":
    main()
