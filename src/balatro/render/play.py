"""A game that plays itself: cards are dealt, hovered, moved, bought, sold, used and given editions, and the truth is known.

The whole play is written first, as the lives of its cards; any moment of it can then be drawn. Same deck, same seed: same play.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from balatro.config.modifiers import MODIFIERS
from balatro.render.deck import Deck
from balatro.render.rests import AREAS, DISCARDS, HANDS, MOST, RAISED, Act, Laid, Rest, Tally, Truth, earned, places_of

MOVE_S = 0.35
"""Seconds that a card takes from one place to another."""
VANISH_S = 0.3
"""Seconds in which a sold or used card shrinks away."""
HOVER_S = (0.8, 2.5)
"""How long the mouse stays on a card."""
PAUSE_S = (0.5, 1.8)
"""Between the end of one act and the next."""
APART_S = 3.0
"""A card is not dealt so soon after the same one has left."""
COUNT_S = 1.5
"""How long played cards lie until they are counted."""
DECK_PLACE = (893.0, 478.0)
MODIFIER_ODDS = (0.6, 0.1, 0.1, 0.1, 0.1)
PRICE, REROLL_PRICE, SOLD_FOR = 2, 1, 3
COPIES = 0.15
"""How often a card is dealt of which there is one on the table."""
CONSUMABLES = ("Tarot", "Planet", "Spectral")


class Key(NamedTuple):
    """Where a card is at one moment; in between it glides. x and y in room units, size a factor."""

    seconds: float
    x: float
    y: float
    size: float = 1.0
    turn: float = 0.0
    """Radians clockwise."""


@dataclass(frozen=True)
class Life:
    """One card, from the moment when it first shows to the moment when it does no longer."""

    number: int
    card: int
    """Its place in deck.cards."""
    keys: tuple[Key, ...]
    looks: tuple[tuple[float, int], ...]
    """Its modifiers: since when, and which."""
    hovers: tuple[tuple[float, float], ...]
    """From when to when the mouse is over it."""

    @property
    def begin(self) -> float:
        return self.keys[0].seconds

    @property
    def end(self) -> float:
        return self.keys[-1].seconds


@dataclass(frozen=True)
class Play:
    """A whole play."""

    lives: tuple[Life, ...]
    shops: tuple[tuple[float, float], ...]
    """From when to when the shop is open; the rest of the time a hand is played."""
    seconds: float
    tallies: tuple[tuple[float, Tally], ...] = ()
    """The side panel's numbers: since when, and which."""
    rests: tuple[Rest, ...] = ()
    acts: tuple[Act, ...] = ()


def truth(deck: Deck, play: Play) -> list[Truth]:
    """What happens to the cards that have a name, in order of time; cards that lie there at the end are not gone."""
    told = []
    for life in play.lives:
        card = deck.cards[life.card]
        if not card.known:
            continue
        for row, (since, modifier) in enumerate(life.looks):
            told.append(Truth(since, "changed" if row else "appeared", life.number, card.id, MODIFIERS[modifier]))
        if life.end < play.seconds:
            told.append(Truth(life.end, "gone", life.number, card.id, MODIFIERS[life.looks[-1][1]]))
    return sorted(told)


# Writing it.


@dataclass(eq=False)
class _Actor:
    """A card whose life is being written."""

    number: int
    card: int
    keys: list[Key]
    looks: list[tuple[float, int]]
    hovers: list[tuple[float, float]] = field(default_factory=list)
    raised: bool = False

    def go(self, seconds: float, x: float, y: float, size: float = 1.0, within: float = MOVE_S, turn: float = 0.0) -> None:
        """Rest until then, and glide to a place."""
        last = self.keys[-1]
        if seconds > last.seconds:
            self.keys.append(last._replace(seconds=seconds))
        self.keys.append(Key(max(seconds, last.seconds) + within, x, y, size, turn))

    @property
    def modifier(self) -> int:
        return self.looks[-1][1]


@dataclass(eq=False)
class _Writer:
    """The table as it is at one moment of the writing."""

    deck: Deck
    rng: np.random.Generator
    known: list[int]
    hand_cards: list[int]
    now: float = 0.0
    rows: dict[str, list[_Actor]] = field(default_factory=lambda: {area: [] for area in AREAS})
    actors: list[_Actor] = field(default_factory=list)
    shops: list[tuple[float, float]] = field(default_factory=list)
    shop_since: float | None = None
    tallies: list[tuple[float, Tally]] = field(default_factory=lambda: [(0.0, Tally())])
    rests: list[Rest] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    @property
    def tally(self) -> Tally:
        return self.tallies[-1][1]

    def count(self, **numbers: int) -> None:
        """The side panel tells other numbers from now on."""
        self.tallies.append((self.now, replace(self.tally, **numbers)))

    def pays(self, price: int) -> bool:
        """Spend so much, where there is enough."""
        enough = self.tally.money >= price
        if enough:
            self.count(money=self.tally.money - price)
        return enough

    def did(self, *kinds: str) -> None:
        self.acts += [Act(self.now, kind) for kind in kinds]

    def rest(self, seconds: float) -> None:
        """Let everything come to its place, and lie there for so long."""
        self.settle()
        self.now = max([self.now, *(actor.keys[-1].seconds for row in self.rows.values() for actor in row)])
        since = max([self.now, *(actor.keys[-1].seconds for actor in self.actors)])  # those that leave, too
        self.now += seconds
        rows = {area: tuple(Laid(a.card, a.modifier, a.raised) for a in row) for area, row in self.rows.items()}
        if since < self.now:
            self.rests.append(Rest(since, self.now, self.shop_since is not None, self.tally, rows))

    def pick(self, area: str) -> _Actor | None:
        row = self.rows[area]
        return row[int(self.rng.integers(len(row)))] if row else None

    def deal(self, area: str, card: int, modifier: int, delay: float = 0.0) -> None:
        """A card comes from the deck."""
        begin = self.now + delay
        actor = _Actor(len(self.actors), card, [Key(begin, *DECK_PLACE)], [(begin, modifier)])
        self.actors.append(actor)
        self.rows[area].append(actor)

    def new_card(self) -> tuple[int, int]:
        """Any card in any modifier; sometimes a copy of one on the table."""
        on_table = [actor.card for area in ("jokers", "consumables") for actor in self.rows[area]]
        among = on_table if on_table and self.rng.random() < COPIES else self.known
        # Nobody could tell a card that leaves from its copy that comes at the same moment.
        here = {id(actor) for row in self.rows.values() for actor in row}
        left = {a.card for a in self.actors if id(a) not in here and a.keys[-1].seconds > self.now - APART_S}
        among = [card for card in among if card not in left] or self.known
        return among[int(self.rng.integers(len(among)))], int(self.rng.choice(len(MODIFIERS), p=MODIFIER_ODDS))

    def vanish(self, area: str, actor: _Actor) -> None:
        """A card shrinks away where it is."""
        self.rows[area].remove(actor)
        last = actor.keys[-1]
        actor.go(max(self.now, last.seconds), last.x, last.y, 0.15, VANISH_S)

    def leave(self, area: str, x: float, y: float) -> None:
        """All cards of a row glide off the screen."""
        for actor in self.rows[area]:
            last = actor.keys[-1]
            actor.go(max(self.now, last.seconds), last.x + x, last.y + y)
        self.rows[area].clear()

    def settle(self) -> None:
        """Every card glides to its place in its row."""
        for area, row in self.rows.items():
            for place, (x, y, turn) in enumerate(places_of(area, len(row))):
                actor, last = row[place], row[place].keys[-1]
                y -= RAISED * actor.raised
                if (last.x, last.y) != (x, y):
                    actor.go(max(self.now, last.seconds), x, y, turn=turn)


def write_play(deck: Deck, rng: np.random.Generator, seconds: float, table: bool = False) -> Play:
    """Write a play that lasts so long. table: hands are played, too, and jokers alone lie in the first row.

    >>> from balatro.config.paths import art_dir
    >>> from balatro.render.deck import load_deck
    >>> from balatro.render.stage import Stage
    >>> deck = load_deck(art_dir("demo"))
    >>> play = write_play(deck, np.random.default_rng(0), seconds=20)
    >>> Stage(deck, play).draw(12.5).shape
    (720, 1280, 3)
    >>> len(truth(deck, play))
    11
    """
    known = [place for place, card in enumerate(deck.cards) if card.known]
    hand_cards = [place for place, card in enumerate(deck.cards) if card.type == "Playing card"]
    writer = _Writer(deck, rng, known, hand_cards)
    jokers = [place for place in known if deck.cards[place].type not in CONSUMABLES]
    for _ in range(3):
        card, modifier = writer.new_card()
        writer.deal("jokers", int(rng.choice(jokers)) if table and jokers else card, modifier)
    writer.settle()
    writer.now = 1.0
    _open_shop(writer)
    while True:
        writer.rest(float(rng.uniform(*PAUSE_S)))
        if writer.now > seconds - 2:
            break
        acts = TABLE_ACTS if table else ACTS
        list(acts)[int(rng.choice(len(acts), p=list(acts.values())))](writer)
    if writer.shop_since is not None:
        writer.shops.append((writer.shop_since, seconds))
    lives = tuple(_life(writer, actor, seconds) for actor in writer.actors)
    rests = tuple(rest for rest in writer.rests if rest.until <= seconds)
    return Play(lives, tuple(writer.shops), seconds, tuple(writer.tallies), rests, tuple(writer.acts))


def _life(writer: _Writer, actor: _Actor, seconds: float) -> Life:
    there = any(actor in row for row in writer.rows.values())
    keys = [*actor.keys, actor.keys[-1]._replace(seconds=seconds)] if there else actor.keys
    return Life(actor.number, actor.card, tuple(keys), tuple(actor.looks), tuple(actor.hovers))


def _open_shop(writer: _Writer) -> None:
    writer.did("shop_opened")
    if writer.rows["hand"]:
        writer.did("round_won")
        writer.count(money=writer.tally.money + earned(writer.tally))
    writer.leave("hand", 0, 260)
    writer.shop_since = writer.now
    _deal_shop(writer)


def _deal_shop(writer: _Writer) -> None:
    for place in range(int(writer.rng.integers(2, MOST["shop"] + 1))):
        writer.deal("shop", *writer.new_card(), delay=0.1 * place)


def _close_shop(writer: _Writer) -> None:
    """The shop's cards slide off the screen with it, and a hand is dealt."""
    assert writer.shop_since is not None
    writer.leave("shop", 0, 420)
    writer.shops.append((writer.shop_since, writer.now))
    writer.shop_since = None
    writer.count(round=writer.tally.round + 1, hands=HANDS, discards=DISCARDS, score=0)
    writer.did("shop_left", "blind_chosen", "hand_dealt")
    _draw_hand(writer)


def _draw_hand(writer: _Writer) -> None:
    """Fill the hand from the deck."""
    for place in range(min(8, len(writer.hand_cards)) - len(writer.rows["hand"])):
        writer.deal("hand", int(writer.rng.choice(writer.hand_cards)), 0, delay=0.06 * place)


def _choose(writer: _Writer) -> None:
    """One to five cards of the hand are chosen anew."""
    hand = writer.rows["hand"]
    if hand:
        chosen = set(writer.rng.permutation(len(hand))[: int(writer.rng.integers(1, 6))].tolist())
        changed = [actor.raised != (place in chosen) for place, actor in enumerate(hand)]
        for place, actor in enumerate(hand):
            actor.raised = place in chosen
        writer.did(*["cards_chosen"] * any(changed))


def _play_hand(writer: _Writer) -> None:
    """The chosen cards are played: they lie on the table, are counted, and others are drawn."""
    chosen = [actor for actor in writer.rows["hand"] if actor.raised]
    if not chosen or writer.tally.hands == 0:
        return
    for actor in chosen:
        actor.raised = False
        writer.rows["hand"].remove(actor)
    writer.rows["played"] = chosen
    writer.did("cards_played")
    writer.count(hands=writer.tally.hands - 1)
    writer.rest(COUNT_S)
    writer.count(score=writer.tally.score + int(writer.rng.integers(10, 900)))
    writer.did("score_counted", "cards_drawn")
    writer.leave("played", 500, 0)
    _draw_hand(writer)


def _change_room(writer: _Writer) -> None:
    (_open_shop if writer.shop_since is None else _close_shop)(writer)


def _reroll(writer: _Writer) -> None:
    if writer.shop_since is not None and writer.pays(REROLL_PRICE):
        for actor in list(writer.rows["shop"]):
            writer.vanish("shop", actor)
        writer.did("shop_rerolled")
        writer.now += VANISH_S
        _deal_shop(writer)


def _buy(writer: _Writer) -> None:
    actor = writer.pick("shop")
    if actor is None:
        return
    area = "consumables" if writer.deck.cards[actor.card].type in CONSUMABLES else "jokers"
    if len(writer.rows[area]) < MOST[area] and writer.pays(PRICE):
        writer.rows["shop"].remove(actor)
        writer.rows[area].append(actor)
        writer.did("card_bought")


def _sell(writer: _Writer) -> None:
    actor = writer.pick("jokers") if len(writer.rows["jokers"]) > 1 else None
    if actor is not None:
        writer.vanish("jokers", actor)
        writer.count(money=writer.tally.money + SOLD_FOR)
        writer.did("card_sold")


def _use(writer: _Writer) -> None:
    """A consumable goes to the middle, and is gone."""
    actor = writer.pick("consumables")
    if actor is not None:
        actor.go(writer.now, 850, 285)
        actor.go(writer.now + 1.0, 850, 285, 1.0, 0.0)
        writer.vanish("consumables", actor)
        writer.did("card_used")


def _swap(writer: _Writer) -> None:
    """A joker is dragged to another place of its row."""
    row = writer.rows["jokers"]
    if len(row) > 1:
        actor = row.pop(int(writer.rng.integers(len(row))))
        row.insert(int(writer.rng.integers(len(row) + 1)), actor)


def _hover(writer: _Writer) -> None:
    """The mouse rests on a card: it grows, tilts, and a tooltip opens."""
    actor = writer.pick(("jokers", "consumables", "shop")[int(writer.rng.integers(3))])
    if actor is not None:
        end = writer.now + float(writer.rng.uniform(*HOVER_S))
        actor.hovers.append((writer.now, end))
        writer.now = end


def _change(writer: _Writer) -> None:
    """A joker without an edition is given one."""
    plain = [actor for actor in writer.rows["jokers"] if actor.modifier == 0]
    if plain:
        actor = plain[int(writer.rng.integers(len(plain)))]
        actor.looks.append((writer.now, int(writer.rng.integers(1, len(MODIFIERS)))))


ACTS: dict[Callable[[_Writer], None], float] = {
    _hover: 0.22,
    _buy: 0.27,
    _sell: 0.07,
    _swap: 0.12,
    _reroll: 0.13,
    _use: 0.06,
    _change: 0.05,
    _change_room: 0.08,
}
"""What may happen, and how often."""
TABLE_ACTS = {act: 0.82 * share for act, share in ACTS.items()} | {_choose: 0.1, _play_hand: 0.08}
"""The same where the whole table is played."""
