"""Cards that may lie in any of four turns, as on photographs: the turn in which a card is most alike a known one is its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from balatro.config.shapes import SEEN_AS
from balatro.identify_card.card import Card
from balatro.identify_card.namer import Namer
from balatro.identify_card.second_look import is_washed, without_wash
from balatro.runtime.model_json import Game
from balatro.utils.flags.pick import expect
from balatro.utils.quads import quad_sizes

TURNS = 4
AS_IT_LIES = 0.02
"""How much less alike a card may be in the turn in which it lies than in another, and is still read so: playing cards look the
same from above and from below."""
ONE_CARD = 0.08
"""How far the shape of a picture may be from that of a game's cards, as a share, when it may be one card without a border."""
TILTED = 1.4
"""By which factor a card that is seen aslant may be wider or narrower than it is."""


def check_seen_as(seen_as: str) -> None:
    """SettingsError for what is not one of SEEN_AS."""
    expect(seen_as in SEEN_AS, "--as", seen_as, ", ".join(SEEN_AS))


def in_any_turn(seen_as: str, game: Game | None) -> bool:
    """Whether cards may lie in any turn: on photographs, and by itself in whatever a model of another game sees.

    SettingsError for what is not one of SEEN_AS.
    """
    check_seen_as(seen_as)
    return seen_as == "photo" or (game is not None and seen_as != "screen")


def may_be_one(width: int, height: int, game: Game) -> bool:
    """Whether a picture of this size, upright or on its side, has the shape of a game's cards."""
    low, high = game.aspect
    return any(low / (1 + ONE_CARD) <= shape <= high * (1 + ONE_CARD) for shape in (width / height, height / width))


def all_turns(quads: np.ndarray) -> np.ndarray:
    """(4 N, 4, 2): quads (N, 4, 2) as they lie, then each with its top left corner at the next one, and so on."""
    return np.concatenate([np.roll(quads, -turn, axis=1) for turn in range(TURNS)])


def read_in_turns(
    cut: np.ndarray,
    quads: np.ndarray,
    size: tuple[int, int],
    encode: Callable[[np.ndarray], dict[str, np.ndarray]],
    namer: Namer,
) -> tuple[list[Card], dict[str, np.ndarray]]:
    """Name cards in whichever turn they lie, each one's quad beginning at its own top left; and what the encoder gave for each
    in that turn, at the first look.

    cut: (4 N, h, w, 3) uint8 RGB, cut out at `all_turns` of the (N, 4, 2) quads of a picture of this (width, height). What has
    no name, and shows colours that lie close together, is looked at once more without the wash or the dark that lies over it.
    """
    cards, outputs = _name(cut, quads, size, encode, namer)
    rows = np.array([row for row, card in enumerate(cards) if not card.known], int)
    rows = rows[is_washed(cut[rows])] if len(rows) else rows
    if len(rows):
        every = np.concatenate([rows + turn * len(quads) for turn in range(TURNS)])
        again, _ = _name(without_wash(cut[every]), quads[rows], size, encode, namer)
        for row, card in zip(rows, again, strict=True):
            cards[row] = card if card.known else cards[row]
    return cards, outputs


def _name(
    cut: np.ndarray,
    quads: np.ndarray,
    size: tuple[int, int],
    encode: Callable[[np.ndarray], dict[str, np.ndarray]],
    namer: Namer,
) -> tuple[list[Card], dict[str, np.ndarray]]:
    outputs = encode(cut)
    likeness = namer.liken(outputs)
    every = all_turns(quads)
    fits = _fits(every, namer.bundle.game)
    nearest = np.where(fits, namer.nearest(outputs, likeness), -2.0).reshape(TURNS, -1)
    nearest[0] += AS_IT_LIES
    rows = nearest.argmax(axis=0) * len(quads) + np.arange(len(quads))
    chosen = {name: values[rows] for name, values in outputs.items()}
    cards = namer.name(chosen, every[rows], size, likeness.part(rows))
    return [card if fit else card.without_name() for card, fit in zip(cards, fits[rows], strict=True)], chosen


def _fits(quads: np.ndarray, game: Game | None) -> np.ndarray:
    """(N,) bool: which (N, 4, 2) quads may be cards of a game by their shape; all where nothing is known of that."""
    if game is None:
        return np.ones(len(quads), bool)
    across, down = quad_sizes(quads).T
    shape = across / np.maximum(down, 1e-6)
    result: np.ndarray = (game.aspect[0] / TILTED <= shape) & (shape <= game.aspect[1] * TILTED)
    return result
