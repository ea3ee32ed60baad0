"""What is to be learned from a deck: its classes, who counts as whom, and what a drawn batch tells about each card."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from balatro.config.kinds import kind_of
from balatro.config.paths import art_dir
from balatro.config.seeds import OUTSIDER_SEED
from balatro.render.chimeras import make_chimeras
from balatro.render.deck import Deck, DeckCard, find_twins, load_deck
from balatro.render.photos.prints import PRINTED, back_card, is_print, print_card
from balatro.train_model.settings.early import find_deck

OUTSIDER = "stranger"
"""The class of all invented cards that are mixed in: an unknown card."""

NO_MODIFIER = frozenset({"Card back", "Voucher", "Booster pack", PRINTED})
"""Types of strangers that have no modifier in the game, and cards of other games."""

CHIMERAS = 0.15
"""Share of invented cards that are made of two others."""

PRINTS, BACKS = 0.2, 0.005
"""Share of the cards of pretraining that are printed ones of other games, for photographs; and of their backs."""


@dataclass(frozen=True)
class CardClass:
    """One class of the identification task, as model.json lists it."""

    id: str
    name: str
    type: str
    rarity: str
    known: bool
    size: tuple[float, float]


@dataclass(frozen=True)
class DeckRecipe:
    """How to get the deck to train on: small enough to be sent to every worker, which then makes its own."""

    source: str
    """A deck's name or folder, or `invented`."""
    num_invented: int = 0
    outsiders: int = 0
    outsider_seed: int = OUTSIDER_SEED
    seed: int = 0
    """Of invented cards."""
    printed: int = 0
    """How many of the invented cards are printed ones: with them, photographs are drawn too."""
    folder: str = ""
    """Where the deck lies on disk; empty when it is drawn."""


@dataclass(frozen=True, eq=False)
class DeckLesson:
    """A deck with its classes. Arrays have one entry a card of `deck.cards`."""

    deck: Deck
    classes: tuple[CardClass, ...]
    card_class: np.ndarray
    """int64, the identification class of a card: its own, its twin's, or that of all outsiders."""
    has_modifier: np.ndarray
    """bool, whether the modifier task learns from the card."""
    card_kind: np.ndarray
    """int64, the card's place in KINDS."""
    dealt: np.ndarray
    """Places of the cards that are to be named and lie on screens: all but the printed ones."""
    outsiders: np.ndarray
    """Places of the invented cards that were mixed in."""
    twins: tuple[tuple[str, ...], ...] = field(default=())
    """Groups of ids of cards with the same picture in several sizes; all are learned as the first."""

    @property
    def tells_looks(self) -> bool:
        """Whether the deck's playing cards tell their rank and suit, and lie on grounds that have names."""
        return bool(self.deck.grounds) and any(card.rank for card in self.deck.cards)

    @property
    def own_deck(self) -> Deck:
        """The deck without the invented cards that were mixed in."""
        return replace(self.deck, cards=self.deck.cards[: len(self.deck.cards) - len(self.outsiders)])


def recipe_for(deck: str, num_invented: int, outsiders: int, seed: int = 0) -> DeckRecipe:
    """Where the named deck comes from: data/art/<deck>, a folder, or drawn."""
    if deck == "invented":
        return DeckRecipe(deck, num_invented=num_invented, seed=seed, printed=round(PRINTS * num_invented))
    folder = find_deck(deck)
    if folder is not None:
        return DeckRecipe(deck, outsiders=outsiders, folder=str(folder.resolve()))
    return DeckRecipe(deck, outsiders=outsiders, folder="" if deck == "demo" else str(art_dir(deck)))


@lru_cache(maxsize=2)
def prepare(recipe: DeckRecipe) -> DeckLesson:
    """Load or draw the deck; kept, since both may take a while."""
    if recipe.source == "invented":
        invented = _with_chimeras(_invent(recipe.seed, recipe.num_invented - recipe.printed), recipe.seed)
        return make_deck_lesson(_with_prints(invented, recipe.seed, recipe.printed))
    deck = _load(recipe)
    return make_deck_lesson(deck, _outsiders(deck, recipe) if recipe.outsiders else ())


def _with_chimeras(deck: Deck, seed: int) -> Deck:
    """The last of an invented deck's cards, replaced by ones made of two others each: cards that differ in a part only."""
    count = int(CHIMERAS * len(deck.known))
    own = deck.known[: len(deck.known) - count]
    made = [replace(card, known=True) for card in make_chimeras(own, count, seed)]
    return replace(deck, cards=(*own, *made, *deck.strangers))


def _with_prints(deck: Deck, seed: int, count: int) -> Deck:
    """An invented deck with so many printed cards of other games among its cards, and some backs among its strangers."""
    prints = [print_card(seed, number) for number in range(count)]
    backs = [back_card(seed, number) for number in range(round(BACKS / PRINTS * count))]
    return replace(deck, cards=(*deck.known, *prints, *deck.strangers, *backs))


def _outsiders(deck: Deck, recipe: DeckRecipe) -> tuple[DeckCard, ...]:
    """Cards that are none of the deck's: half of them invented, half made of the deck's own, as mods do."""
    half = recipe.outsiders // 2
    invented = _invent(recipe.outsider_seed, recipe.outsiders - half).known
    return (*invented, *make_chimeras(deck.known, half, recipe.outsider_seed))


def _load(recipe: DeckRecipe) -> Deck:
    if recipe.folder:
        return load_deck(Path(recipe.folder))
    from balatro.render.demo_deck import draw_demo_deck

    return draw_demo_deck()


def _invent(seed: int, num_cards: int) -> Deck:
    from balatro.render.demo_deck import invent_deck

    return invent_deck(seed, num_cards)


def make_deck_lesson(deck: Deck, outsiders: tuple[DeckCard, ...] = ()) -> DeckLesson:
    """The classes of a deck; outsiders become one class together, the last."""
    classes = [CardClass(c.id, c.name, c.type, c.rarity, c.known, c.size) for c in deck.cards]
    twins = find_twins(deck)
    place = {card.id: number for number, card in enumerate(deck.cards)}
    own = np.arange(len(deck.cards))
    for first, *others in twins:
        own[[place[other] for other in others]] = place[first]
    if outsiders:
        classes.append(CardClass(OUTSIDER, "", "", "", False, (1.0, 1.0)))
    cards = (*deck.cards, *outsiders)
    num_own = len(deck.cards)
    return DeckLesson(
        deck=replace(deck, cards=cards),
        classes=tuple(classes),
        card_class=np.concatenate([own, np.full(len(outsiders), num_own)]).astype(np.int64),
        has_modifier=np.array([card.type not in NO_MODIFIER for card in cards]),
        card_kind=np.array([kind_of(card.type) for card in cards], np.int64),
        dealt=np.array([number for number, card in enumerate(deck.cards) if card.known and not is_print(card)]),
        outsiders=np.arange(num_own, len(cards)),
        twins=twins,
    )
