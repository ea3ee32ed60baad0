"""Draws any moment of a play: ground, panels, cards as they glide, and the mouse with its tooltip."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import asdict, dataclass, replace

import cv2
import numpy as np

from balatro.config.screens import CELL_HEIGHT, CELL_WIDTH
from balatro.render import interface
from balatro.render.deck import Deck, cells
from balatro.render.display import GAME, Display, show
from balatro.render.editions import draw_editions, game_phases
from balatro.render.ground import paint_ground, random_ground, random_ground_colours
from balatro.render.layers import Float, lay, stack_layers
from balatro.render.plans.dealer import Placed
from balatro.render.play import DECK_PLACE, Key, Life, Play
from balatro.render.rests import Tally
from balatro.render.table import pose_of, shadow_of

LOOK_S = 0.12
"""How often a card with an edition, or a floating figure, is drawn anew: they shimmer and bob slowly."""


# Drawing it.


@dataclass(eq=False)
class _Look:
    """A card's stacked layers, and when they were drawn."""

    layers: np.ndarray
    modifier: int
    seconds: float


class Stage:
    """Draws moments of a play. Moments in order of time are drawn fastest."""

    def __init__(
        self, deck: Deck, play: Play, size: tuple[int, int] = (1280, 720), display: Display = GAME, seed: int = 0
    ) -> None:
        """size: width and height in pixels; seed: of all that is not in the play: ground, panels, words."""
        self._deck, self._play, self._size, self._display = deck, play, size, display
        self._rng = np.random.default_rng(seed)
        self._ground = random_ground(random_ground_colours(self._rng), self._rng)
        self._panels: dict[tuple[bool, Tally], tuple[np.ndarray, np.ndarray]] = {}
        self._looks: dict[int, _Look] = {}
        backs = [place for place, card in enumerate(deck.cards) if card.type == "Card back"]
        self._back = Life(-1, backs[0], (Key(0, *DECK_PLACE),), ((0, 0),), ()) if backs else None

    def draw(self, seconds: float) -> np.ndarray:
        """The screen at this moment, (H, W, 3) uint8 RGB."""
        canvas = interface.new_canvas(*self._size)
        canvas.image[:] = paint_ground(replace(self._ground, time=self._ground.time + 0.15 * seconds), *self._size)
        panel, mask = self._panel(seconds)
        cv2.copyTo(panel, mask, canvas.image)
        if self._back is not None:
            self._draw_card(canvas, self._back, seconds)
        there = [life for life in self._play.lives if life.begin <= seconds < life.end]
        hovered = [life for life in there if _hover_at(life, seconds)]
        # In a row each card lies upon the one to its left; what the mouse holds, and what flies, upon all.
        for life in sorted(there, key=lambda life: (life in hovered, _is_moving(life, seconds), _where(life, seconds).x)):
            self._draw_card(canvas, life, seconds)
        for life in hovered:
            self._draw_tooltip(canvas, life, seconds)
        for number in set(self._looks) - {life.number for life in there} - {-1}:
            del self._looks[number]
        return show(canvas.image, self._display, self._rng)

    def _panel(self, seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """What lies under the cards beside the ground now, and the mask (H, W) uint8 of where it does."""
        shop = any(begin <= seconds < end for begin, end in self._play.shops)
        told = [tally for since, tally in self._play.tallies if since <= seconds]
        key = (shop, told[-1] if told else Tally())
        if key not in self._panels:
            self._panels = {key: self._draw_panel(*key)}
        return self._panels[key]

    def _draw_panel(self, shop: bool, tally: Tally) -> tuple[np.ndarray, np.ndarray]:
        drawn = []
        for ground in (0, 255):
            canvas = interface.new_canvas(*self._size)
            canvas.image[:] = ground
            rng = np.random.default_rng(1)
            interface.draw_side_panel(canvas, rng)
            interface.draw_numbers(canvas, asdict(tally))
            (interface.draw_shop_panel if shop else interface.draw_hand_buttons)(canvas, rng)
            drawn.append(canvas.image)
        mask = np.where((drawn[0] == drawn[1]).all(axis=2), np.uint8(255), np.uint8(0))
        return drawn[0], mask

    def _draw_card(self, canvas: interface.Canvas, life: Life, seconds: float) -> None:
        card = self._deck.cards[life.card]
        key = _where(life, seconds)
        hover = _hover_at(life, seconds)
        sway = np.sin(seconds * 1.3 + life.number), np.sin(seconds * 1.7 + 2 * life.number)
        placed = Placed(
            card=life.card,
            modifier=0,
            area="",
            x=key.x,
            y=key.y + 1.5 * float(sway[0]) - 4 * hover,
            rotation=key.turn + 0.02 * float(sway[1]),
            enlarged=key.size * (1 + 0.07 * hover),
            tilt=(0.02 * float(sway[0]) + 0.1 * hover * float(np.sin(3 * seconds)), 0.02 * float(sway[1])),
            lifted=1 + 2 * hover,
        )
        layers = self._layers(life, seconds, hover)
        lay(canvas.image, card, layers, pose_of(canvas, placed, CELL_WIDTH * canvas.scale), shadow_of(canvas, placed), True)

    def _layers(self, life: Life, seconds: float, hover: float) -> np.ndarray:
        """The card as it looks now, not much older than LOOK_S."""
        modifier = life.looks[bisect_right(life.looks, seconds, key=lambda look: look[0]) - 1][1]
        card, kept = self._deck.cards[life.card], self._looks.get(life.number)
        moves = modifier != 0 or card.floating is not None or card.shine != "none"
        if kept is None or kept.modifier != modifier or (moves and not 0 <= seconds - kept.seconds < LOOK_S):
            phases = game_phases(seconds + 100, [life.number + 50], hover=hover)
            body = draw_editions(cells([card], 2), np.array([modifier]), phases, [card.shine])[0]
            bob = Float((0.0, 0.01 * float(np.sin(seconds))), 0.05 * float(np.sin(1.3 * seconds)))
            layers = stack_layers(body, [], card.floating, bob, debuffed=False)
            kept = self._looks[life.number] = _Look(layers, modifier, seconds)
        return kept.layers

    def _draw_tooltip(self, canvas: interface.Canvas, life: Life, seconds: float) -> None:
        """Under the upper rows' cards, over others; and the mouse on the card."""
        key = _where(life, seconds)
        y = key.y + CELL_HEIGHT * 0.58 if key.y < 200 else key.y - CELL_HEIGHT * 1.35
        interface.draw_tooltip(canvas, key.x, y, np.random.default_rng(life.number))
        interface.draw_cursor(canvas, key.x + 12, key.y + 10)


def _where(life: Life, seconds: float) -> Key:
    """Its place at this moment."""
    after = bisect_right(life.keys, seconds, key=lambda key: key.seconds)
    one, two = life.keys[max(after - 1, 0)], life.keys[min(after, len(life.keys) - 1)]
    share = (seconds - one.seconds) / (two.seconds - one.seconds) if two.seconds > one.seconds else 0.0
    share = float(np.clip(share, 0, 1)) ** 2 * (3 - 2 * float(np.clip(share, 0, 1)))
    return Key(seconds, *(a + (b - a) * share for a, b in zip(one[1:], two[1:], strict=True)))


def _is_moving(life: Life, seconds: float) -> bool:
    now, soon = _where(life, seconds), _where(life, seconds + 0.05)
    return abs(now.x - soon.x) + abs(now.y - soon.y) > 1


def _hover_at(life: Life, seconds: float) -> float:
    """How far the mouse has lifted it, 0 to 1: it rises and falls within a tenth of a second."""
    ramps = [min(seconds - begin, end - seconds) / 0.1 for begin, end in life.hovers if begin <= seconds < end]
    return float(np.clip(max(ramps, default=0.0), 0, 1))
