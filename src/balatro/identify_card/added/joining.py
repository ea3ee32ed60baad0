"""How added cards and a network's own classes agree on one answer.

    added = load_added(bundle.folder)
    columns = columns_of(added, bundle.cards)           # the place of each among the cards, known ones first
    logits = join_logits(logits, raw, added, columns, added.likeness(embedding), len(bundle.cards))

How well they agree is told, with measurements, in docs/identify.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from balatro.identify_card.added.cards import AddedCards
from balatro.runtime.model_json import BundleCard

STEEPNESS = 60.0
"""An added card's logit rises by this much a unit of likeness."""
CLAIM = 3.0
"""How much it weighs that the network's own classes claim a picture more than they claim the added card's pictures."""


def with_added(cards: tuple[BundleCard, ...], added: AddedCards) -> tuple[BundleCard, ...]:
    """The model's cards, and behind them those added cards that it has not."""
    have = {card.id for card in cards}
    new = (card for card in added.cards if card.id not in have)
    return cards + tuple(BundleCard(card.id, card.name, card.type, card.rarity, card.known) for card in new)


def columns_of(added: AddedCards, cards: Sequence[BundleCard]) -> np.ndarray:
    """(added,) int64: the place of each added card among all cards, see `with_added`."""
    place = {card.id: number for number, card in enumerate(cards)}
    return np.array([place[card.id] for card in added.cards], np.int64)


def join_logits(
    logits: np.ndarray, raw: np.ndarray, added: AddedCards, columns: np.ndarray, likeness: np.ndarray, num_cards: int
) -> np.ndarray:
    """(N, num_cards) float64 logits for one softmax over the network's classes and the added cards.

    logits: (N, classes), with their temperature; raw: the same without. likeness: (N, added). The added card stands against
    all classes together, by its likeness; less so where they claim the picture more than they claim the added card's own.
    """
    claimed = log_sum(raw)[:, None] - added.claims
    new = log_sum(logits)[:, None] + STEEPNESS * (likeness - added.levels) - CLAIM * claimed
    result = np.full((len(logits), num_cards), -np.inf)
    result[:, : logits.shape[1]] = logits
    result[:, columns] = np.maximum(result[:, columns], new)
    return result


def trust(added: AddedCards, likeness: np.ndarray) -> np.ndarray:
    """(N, added) 0..1: how far an added card may be named by a likeness (N, added) alone, where no classes stand against it."""
    result: np.ndarray = 1 / (1 + np.exp(-STEEPNESS * (likeness.astype(np.float64) - added.levels)))
    return result


def log_sum(logits: np.ndarray) -> np.ndarray:
    """(N,) log(sum(exp(logits))) of (N, classes), float64."""
    logits = logits.astype(np.float64)
    top = logits.max(axis=1)
    result: np.ndarray = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
    return result
