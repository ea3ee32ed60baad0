"""Where the cards of a photograph lie: one, several, piles, fans, rows, binder pages; turned anyhow, seen from anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

Rng = np.random.Generator
MOST = 24
"""Cards on a photograph at most."""
TILT = np.radians(55)
"""How far from straight above a camera looks at most."""


@dataclass(frozen=True)
class Spot:
    """A card's place on the table: middle and height in pixels of a picture taken from straight above, turn in radians."""

    x: float
    y: float
    height: float
    turn: float


@dataclass(frozen=True)
class Room:
    """What a scene is planned in: the picture's width and height in pixels, and the width by height of its cards."""

    width: float
    height: float
    aspect: float

    @property
    def largest(self) -> float:
        """Height of the largest upright card that the picture holds."""
        return min(self.height, self.width / self.aspect)


Scene = Callable[[Room, Rng], list[Spot]]


def camera(width: int, height: int, rng: Rng) -> np.ndarray:
    """(3, 3) float32: from the table as seen from straight above to the picture."""
    tilt = 0.0 if rng.random() < 0.35 else abs(float(rng.normal(0, 0.38)))
    tilt, axis = min(tilt, TILT), float(rng.uniform(0, 6.283))
    far = float(rng.uniform(1.0, 3.0)) * max(width, height)
    across = np.array([np.cos(axis), np.sin(axis), 0])
    turn, _ = cv2.Rodrigues(across * tilt)
    middle = np.array([width / 2, height / 2])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    space = np.c_[corners - middle, np.zeros(4)] @ turn.T
    seen = space[:, :2] * (far / (far + space[:, 2:])) + middle
    return np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32)))


def quad_of(spot: Spot, aspect: float, view: np.ndarray) -> np.ndarray:
    """(4, 2) float32 corners on the picture: the card's own top left, top right, bottom right, bottom left."""
    half = np.array([spot.height * aspect / 2, spot.height / 2])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    cos, sin = np.cos(spot.turn), np.sin(spot.turn)
    turned = corners @ np.array([[cos, sin], [-sin, cos]]) + (spot.x, spot.y)
    return np.asarray(cv2.perspectiveTransform(turned[None].astype(np.float32), view)[0])


def any_turn(rng: Rng) -> float:
    """As cards lie before a camera: mostly straight, often anyhow, now and then on a side or the head."""
    kind = rng.random()
    if kind < 0.3:
        return float(rng.normal(0, 0.09))
    if kind < 0.88:
        return float(rng.uniform(0, 6.283))
    return float(rng.choice([1.571, 3.142, -1.571]) + rng.normal(0, 0.05))


def single(room: Room, rng: Rng) -> list[Spot]:
    """One card: filling the picture, in the middle of it, or small and anywhere."""
    turn, kind = any_turn(rng), rng.random()
    if kind < 0.78:
        height = room.largest * float(rng.uniform(0.35, 1.02))
        away = rng.normal(0, 0.09, 2) * (room.width, room.height)
        return [Spot(room.width / 2 + away[0], room.height / 2 + away[1], height, turn)]
    height = room.largest * float(np.exp(rng.uniform(np.log(0.06), np.log(0.4))))
    x, y = rng.uniform(0.1, 0.9, 2) * (room.width, room.height)
    return [Spot(float(x), float(y), height, turn)]


def several(room: Room, rng: Rng) -> list[Spot]:
    """Some cards, apart or nearly so."""
    height = room.largest * float(rng.uniform(0.14, 0.5))
    one_way = any_turn(rng) if rng.random() < 0.65 else None
    spread = float(rng.choice([0.03, 0.15]))
    spots: list[Spot] = []
    for _ in range(int(rng.integers(2, 40))):
        x, y = rng.uniform(0.02, 0.98, 2) * (room.width, room.height)
        gap = height * float(rng.uniform(0.75, 1.15))
        if all(np.hypot(x - s.x, y - s.y) > gap for s in spots):
            turn = any_turn(rng) if one_way is None else one_way + float(rng.normal(0, spread))
            spots.append(Spot(x, y, height, turn))
    return spots[: int(rng.integers(2, 13))]


def pile(room: Room, rng: Rng) -> list[Spot]:
    """Cards thrown upon each other."""
    height = room.largest * float(rng.uniform(0.2, 0.6))
    x, y = rng.uniform(0.3, 0.7, 2) * (room.width, room.height)
    spread = height * float(rng.uniform(0.1, 0.6))
    loose = float(rng.choice([0.1, 0.5, 3.0]))
    turn = any_turn(rng)
    shifts = rng.normal(0, spread, (int(rng.integers(2, 13)), 2))
    return [Spot(x + dx, y + dy, height, turn + float(rng.normal(0, loose))) for dx, dy in shifts]


def fan(room: Room, rng: Rng) -> list[Spot]:
    """Cards spread around a point, as in a hand."""
    height = room.largest * float(rng.uniform(0.25, 0.65))
    count, step = int(rng.integers(2, 10)), float(rng.uniform(0.08, 0.4))
    far = height * float(rng.uniform(0.55, 1.6))
    first, way = any_turn(rng), float(rng.choice([-1, 1]))
    turns = [first + way * step * (i - (count - 1) / 2) for i in range(count)]
    x, y = rng.uniform(0.35, 0.65, 2) * (room.width, room.height) + far * np.array([-np.sin(first), np.cos(first)])
    return [Spot(x + far * float(np.sin(t)), y - far * float(np.cos(t)), height, t) for t in turns]


def grid(room: Room, rng: Rng) -> list[Spot]:
    """Rows and columns, close or apart, now and then upon each other."""
    kind = rng.random()
    rows = 1 if kind < 0.3 else int(rng.integers(2, 5))
    height = room.height / rows * float(rng.uniform(0.55, 1.0)) if kind >= 0.3 else room.largest * float(rng.uniform(0.2, 0.8))
    across = height * room.aspect * float(rng.uniform(1.01, 1.3) if rng.random() < 0.7 else rng.uniform(0.2, 0.9))
    down = height * float(rng.uniform(1.01, 1.25) if rng.random() < 0.8 else rng.uniform(0.15, 0.8))
    columns = int(np.clip(room.width / across * rng.uniform(0.5, 1.1), 1, MOST // rows))
    turn = 0.0 if rng.random() < 0.7 else any_turn(rng)
    middle = np.array([room.width, room.height]) * rng.uniform(0.45, 0.55, 2)
    loose = float(rng.choice([0.0, 0.01, 0.04]))
    upside = 3.142 if rng.random() < 0.1 else 0.0
    spots = []
    for row in range(rows):
        for column in range(columns):
            x, y = (column - (columns - 1) / 2) * across, (row - (rows - 1) / 2) * down
            cos, sin = np.cos(turn), np.sin(turn)
            dx, dy = rng.normal(0, loose * height, 2)
            place = middle + np.array((x * cos - y * sin + dx, x * sin + y * cos + dy))
            lean = turn + upside + float(rng.normal(0, loose * 1.5))
            spots.append(Spot(float(place[0]), float(place[1]), height, lean))
    return [spot for spot in spots if rng.random() < 0.93] or spots[:1]


def binder(room: Room, rng: Rng) -> list[Spot]:
    """The pockets of a page, nearly all filled."""
    rows, columns = ((3, 3), (2, 2), (3, 4), (4, 3))[int(rng.choice(4, p=[0.6, 0.15, 0.15, 0.1]))]
    height = min(room.height / rows, room.width / columns / room.aspect) * float(rng.uniform(0.75, 1.15))
    gap = 1 + float(rng.uniform(0.04, 0.12))
    turn = 0.0 if rng.random() < 0.7 else any_turn(rng)
    loose = height * 0.006
    cos, sin, spots = np.cos(turn), np.sin(turn), []
    for row in range(rows):
        for column in range(columns):
            x, y = (column - (columns - 1) / 2) * gap * height * room.aspect, (row - (rows - 1) / 2) * gap * height
            x, y = x + float(rng.normal(0, loose)), y + float(rng.normal(0, loose))
            place = (room.width / 2 + x * cos - y * sin, room.height / 2 + x * sin + y * cos)
            spots.append(Spot(*place, height, turn + float(rng.normal(0, 0.008))))
    return [spot for spot in spots if rng.random() < 0.92] or spots[:1]


SCENES: dict[str, tuple[float, Scene]] = {
    "single": (0.42, single),
    "several": (0.17, several),
    "pile": (0.11, pile),
    "fan": (0.09, fan),
    "grid": (0.15, grid),
    "binder": (0.07, binder),
    "none": (0.05, lambda room, rng: []),
}
"""How often each comes, and how it is planned."""
