"""How well cards are read that a model learned from a picture or a few, without training, and what that costs the others.

    python benchmarks/new_cards.py --model MODEL --deck DECK [--labelled DIR …] [--held-out 20 | --unseen DIR] [--style 30]

Two ways to have cards that the model does not know: --held-out masks that many names of the model by lot (a gallery's rows are
taken out; a head's classes too, but its embedding was trained on them, which flatters it), and --unseen takes the names of a
folder that the model's training never saw. They are added by one sprite of the deck, by one labelled picture, and by five, as
`balatro gallery add` does. Told of the held-out cards: right, wrong and rejected, on the labelled pictures that were not used
for adding and on drawn screens; of the model's other cards, right before and after; of strangers, named before and after.
Without labelled pictures the cards are added by pictures cut out of drawn screens.

--style adds so many cards of a deck that the model does not know, by one sprite each, and reads drawn screens of that whole
deck: the added cards, and the rest of the same style, which is to stay unknown.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
from rich.console import Console
from rich.table import Table

from balatro.config.cards import catalogue_card
from balatro.config.shapes import MARGIN
from balatro.gallery.gallery import Gallery
from balatro.identify_card.added.added import FILE
from balatro.identify_card.added.views import deck_sprite
from balatro.identify_card.card import Card
from balatro.identify_card.namer import Namer
from balatro.identify_card.recognizer import Recognizer, whole
from balatro.render.deck import Deck, load_deck
from balatro.render.demo_deck import invent_deck
from balatro.render.table import PLAY, draw_screen
from balatro.utils.images import load_image, rectify
from balatro.utils.labels import read_dataset

LOTS = 3
HEADINGS = (
    *("added by", "real: right", "wrong", "rejected", "drawn: right", "wrong", "rejected"),
    *("modifier", "others", "strangers named"),
)
READABLE = 0.4
"""The least visible share of a card that counts on drawn screens."""
STYLE_SEED = 555
"""Of the invented deck that stands for a mod: no training and no threshold has seen it."""


@dataclass(frozen=True, eq=False)
class Picture:
    """One card to be read: the picture, its quad (4, 2), the true id, its modifier, and whether it was drawn."""

    picture: np.ndarray
    quad: np.ndarray
    id: str
    modifier: str
    drawn: bool


@dataclass(frozen=True)
class Row:
    """Shares in percent; of held-out cards (right, wrong, rejected)."""

    real: tuple[float, float, float]
    drawn: tuple[float, float, float]
    modifier: float
    others: tuple[float, float]
    strangers: tuple[float, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--deck", type=Path, required=True)
    parser.add_argument("--labelled", type=Path, action="append", default=[])
    parser.add_argument("--unseen", type=Path)
    parser.add_argument("--held-out", type=int, default=20)
    parser.add_argument("--screens", type=int, default=40)
    parser.add_argument("--lots", type=int, default=LOTS)
    parser.add_argument("--style", type=int)
    args = parser.parse_args()
    deck = load_deck(args.deck)
    if args.style:
        print(_measure_style(args.model, deck, args.style, args.screens, args.lots))
        return
    pictures = [
        *_drawn(deck, args.screens),
        *(p for folder in [*args.labelled, *_some(args.unseen)] for p in _labelled(folder)),
    ]
    unseen = {picture.id for folder in _some(args.unseen) for picture in _labelled(folder)}
    table = Table(*HEADINGS)
    for how in ("sprite", "1", "5"):
        rows = [_measure(args.model, deck, pictures, unseen, args.held_out, how, seed) for seed in range(args.lots)]
        table.add_row({"sprite": "one sprite", "1": "one picture", "5": "five pictures"}[how], *_cells(rows))
    Console(width=140).print(table)


def _some(folder: Path | None) -> list[Path]:
    return [] if folder is None else [folder]


def _drawn(deck: Deck, num_screens: int) -> Iterator[Picture]:
    rng = np.random.default_rng(991)
    for _ in range(num_screens):
        screen = draw_screen(deck, rng, replace(PLAY, sizes=((1280, 720), (1920, 1080))))
        for card in screen.cards:
            if card.visible >= READABLE:
                jitter = rng.normal(0, 0.012, (4, 2)) * np.linalg.norm(card.quad[1] - card.quad[0])
                quad = (card.quad + jitter).astype(np.float32)
                crop = rectify(screen.image, quad[None], (192, 256))[0]  # kept small: screens are many
                height, width = crop.shape[:2]
                yield Picture(crop, _without_margin(width, height), deck.cards[card.card].id, str(card.modifier), True)


def _labelled(folder: Path) -> Iterator[Picture]:
    for key, label in read_dataset(folder).items():
        picture = load_image(folder / key)
        height, width = picture.shape[:2]
        yield Picture(picture, _without_margin(width, height), catalogue_card(label.name).id, label.modifier, False)


def _without_margin(width: int, height: int) -> np.ndarray:
    """(4, 2) float32: the card in a picture that was cut out with the usual margin."""
    inset = np.array([width, height], np.float32) * MARGIN / (1 + 2 * MARGIN)
    quad = whole(width, height)[0]
    result: np.ndarray = ((quad - quad.mean(0)) * (1 - 2 * inset / (width, height)) + quad.mean(0)).astype(np.float32)
    return result


def _measure(
    model: Path, deck: Deck, pictures: Sequence[Picture], unseen: set[str], num_held_out: int, how: str, seed: int
) -> Row:
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(model, Path(folder) / "model", ignore=shutil.ignore_patterns("*.pth", FILE))
        recognizer = Recognizer.load(Path(folder) / "model", threads=1)
        own = {card.id for card in recognizer.bundle.cards if card.known}
        real = {picture.id for picture in pictures if not picture.drawn} or {picture.id for picture in pictures}
        # Twins are told apart by size, which pictures of one card do not tell.
        twins = {recognizer.bundle.cards[number].id for group in recognizer.bundle.twins for number in group}
        held_out = unseen or set(rng.permutation(sorted((own & real) - twins))[:num_held_out].tolist())
        if held_out & own:
            _mask(recognizer, held_out)
        before = _read(recognizer, pictures)
        used = _add(recognizer, deck, pictures, held_out, how, rng)
        after = _read(recognizer, pictures)
    names = {card.id: card.name for card in deck.cards}
    return _row(pictures, held_out, own - held_out, used, before, after, names)


def _mask(recognizer: Recognizer, held_out: set[str]) -> None:
    """Make the recognizer forget some cards: neither classes nor views."""
    places = [number for number, card in enumerate(recognizer._own_cards) if card.id in held_out]
    recognizer._own_cards = tuple(
        replace(card, id=f"forgotten{number}", name=f"Forgotten {number}") if card.id in held_out else card
        for number, card in enumerate(recognizer._own_cards)
    )
    namer = recognizer.namer
    if (gallery := namer.gallery) is not None:
        keep = ~np.isin(gallery.card, places)
        gallery = Gallery(gallery.embedding[keep], gallery.card[keep], gallery.modifier[keep])
        recognizer.namer = Namer(namer.bundle, gallery, namer.added)
    encode = recognizer.encode

    def without_classes(cards: np.ndarray) -> dict[str, np.ndarray]:
        outputs = encode(cards)
        if "identification" in outputs:
            outputs["identification"] = outputs["identification"].copy()
            outputs["identification"][:, places] = -100.0
        return outputs

    recognizer.encode = without_classes  # type: ignore[method-assign]
    recognizer.read_added()


def _add(
    recognizer: Recognizer, deck: Deck, pictures: Sequence[Picture], held_out: set[str], how: str, rng: np.random.Generator
) -> set[int]:
    """Add the cards; gives the places of the pictures that were used."""
    cards, used = {card.id: card for card in deck.cards}, set()
    for card_id in sorted(held_out):
        name = cards[card_id].name
        if how == "sprite":
            recognizer.add(name, [deck_sprite(cards[card_id])])
        else:
            mine = [n for n, picture in enumerate(pictures) if picture.id == card_id and not picture.drawn]
            mine = mine or [n for n, picture in enumerate(pictures) if picture.id == card_id]
            for n in rng.permutation(mine)[: int(how)]:
                recognizer.add(name, [pictures[n].picture], modifier=pictures[n].modifier)
                used.add(int(n))
    return used


def _read(recognizer: Recognizer, pictures: Sequence[Picture]) -> list[Card]:
    return [recognizer.read(p.picture, p.quad[None])[0] for p in pictures]


def _row(
    pictures: Sequence[Picture],
    held_out: set[str],
    own: set[str],
    used: set[int],
    before: list[Card],
    after: list[Card],
    names: dict[str, str],
) -> Row:
    rows = [n for n in range(len(pictures)) if n not in used]
    new = [n for n in rows if pictures[n].id in held_out]
    others = [n for n in rows if pictures[n].id in own]
    strangers = [n for n in rows if pictures[n].id not in own | held_out]

    def right(n: int, said: list[Card]) -> bool:
        return said[n].name == names[pictures[n].id]

    def three(some: list[int]) -> tuple[float, float, float]:
        good, none = [right(n, after) for n in some], [not after[n].known for n in some]
        return _percent(good), 100 - _percent(good) - _percent(none), _percent(none)

    return Row(
        three([n for n in new if not pictures[n].drawn]),
        three([n for n in new if pictures[n].drawn]),
        _percent([after[n].modifier == pictures[n].modifier for n in new if not pictures[n].drawn]),
        (_percent([right(n, before) for n in others]), _percent([right(n, after) for n in others])),
        (_percent([before[n].known for n in strangers]), _percent([after[n].known for n in strangers])),
    )


def _percent(some: Sequence[bool]) -> float:
    return 100 * sum(some) / len(some) if some else float("nan")


def _cells(rows: Sequence[Row]) -> list[str]:
    def mean(values: Sequence[float]) -> str:
        return f"{np.mean(values):.1f}"

    cells = [mean([getattr(row, part)[n] for row in rows]) for part in ("real", "drawn") for n in range(3)]
    cells.append(mean([row.modifier for row in rows]))
    for part in ("others", "strangers"):
        cells.append(" -> ".join(mean([getattr(row, part)[n] for row in rows]) for n in range(2)))
    return cells


def _measure_style(model: Path, deck: Deck, count: int, num_screens: int, lots: int) -> str:
    """Some cards of a style are added, the rest of it is read."""
    mod = invent_deck(STYLE_SEED, 3 * count)
    mod = replace(mod, cards=mod.known)
    pictures, own = list(_drawn(mod, num_screens)), [p for p in _drawn(deck, num_screens) if _is_known(deck, p.id)]
    names = {card.id: card.name for card in [*deck.cards, *mod.cards]}
    rows = []
    for seed in range(lots):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(model, Path(folder) / "model", ignore=shutil.ignore_patterns("*.pth", FILE))
            recognizer = Recognizer.load(Path(folder) / "model", threads=1)
            before, own_before = _read(recognizer, pictures), _read(recognizer, own)
            added = [mod.cards[n] for n in np.random.default_rng(seed).permutation(len(mod.cards))[:count]]
            for card in added:
                recognizer.add(card.name, [deck_sprite(card)])
            after, own_after = _read(recognizer, pictures), _read(recognizer, own)
        mine = {card.id for card in added}
        new = [n for n, picture in enumerate(pictures) if picture.id in mine]
        rest = [n for n, picture in enumerate(pictures) if picture.id not in mine]
        rows.append(
            (
                _percent([after[n].name == names[pictures[n].id] for n in new]),
                _percent([not after[n].known for n in new]),
                _percent([before[n].known for n in rest]),
                _percent([after[n].known for n in rest]),
                _percent([card.name == names[picture.id] for card, picture in zip(own_before, own, strict=True)]),
                _percent([card.name == names[picture.id] for card, picture in zip(own_after, own, strict=True)]),
            )
        )
    right, rejected, was, now, own_was, own_now = np.mean(rows, axis=0)
    return (
        f"{count} cards of an unknown style added by one sprite each, mean of {lots} lots, drawn screens\n"
        f"  added cards right {right:.1f} %, unknown {rejected:.1f} %\n"
        f"  the rest of the style named {was:.1f} % before, {now:.1f} % after\n"
        f"  the model's own cards right {own_was:.1f} % before, {own_now:.1f} % after"
    )


def _is_known(deck: Deck, card_id: str) -> bool:
    return any(card.id == card_id and card.known for card in deck.cards)


if __name__ == "__main__":
    main()
