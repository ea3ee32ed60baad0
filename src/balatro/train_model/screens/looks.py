"""What a drawn card teaches the tasks that tell how it looks: its rank and suit, and all that lies under or on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from balatro.config.kinds import KINDS
from balatro.config.modifiers import MODIFIERS
from balatro.config.playing_cards import STICKERS
from balatro.render.table import ScreenCard
from balatro.train_model.lesson.tasks import LOOKS, MISSING, TASKS
from balatro.train_model.screens.deck_lesson import DeckLesson

PLACES: Mapping[str, Mapping[str, int]] = {
    task: {name: place for place, name in enumerate(TASKS[task].classes)} for task in LOOKS
}
NAMES = ("identification", "modifier", "kind", *LOOKS)
"""The tasks that a drawn card has labels for."""

Labels = dict[str, int]
"""{task: class, or MISSING}."""


def nothing_shown(kind: int) -> Labels:
    """Of a picture that shows no card."""
    return {**dict.fromkeys(NAMES, MISSING), "kind": kind}


def labels_of(card: ScreenCard, lesson: DeckLesson) -> Labels:
    """Of one card on a screen."""
    kind = int(lesson.card_kind[card.card])
    labels = nothing_shown(kind) | {"identification": int(lesson.card_class[card.card])}
    if lesson.has_modifier[card.card]:
        labels["modifier"] = MODIFIERS.index(card.modifier)
    for task, name in _looks(card, lesson, KINDS[kind]).items():
        labels[task] = PLACES[task].get(name, MISSING)
    return labels


def _looks(card: ScreenCard, lesson: DeckLesson, kind: str) -> dict[str, str]:
    """{task: class} for what holds of a card of this kind."""
    debuffed = "yes" if card.debuffed else "no"
    if kind == "card":
        return {"debuffed": debuffed, "sticker": " ".join(name for name in card.stickers if name in STICKERS) or "None"}
    if kind != "playing card":
        return {}
    drawn = lesson.deck.cards[card.card]
    looks = {"enhancement": card.enhancement or "None", "seal": card.seal or "None", "debuffed": debuffed}

    return looks | {"rank": drawn.rank, "suit": drawn.suit} if lesson.tells_looks else {"debuffed": debuffed}


def columns(labels: Sequence[Labels]) -> dict[str, np.ndarray]:
    """{"label.<task>": (N,) int64} for a batch."""
    return {f"label.{task}": np.array([one[task] for one in labels], np.int64) for task in NAMES}
