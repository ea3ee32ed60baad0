"""What the server answers, for its OpenAPI description. Answers are made by `Card.to_json`, not by these."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class Guess(BaseModel):
    """One of the likeliest cards."""

    name: str
    confidence: float


class Card(BaseModel):
    """One card-like thing; null names where it is none of the known ones. Coordinates are pixels of the picture."""

    id: str | None
    name: str | None
    type: str | None
    rarity: str | None
    modifier: str
    known: bool
    confidence: float
    modifier_confidence: float
    box: list[int]
    quad: list[list[int]]
    top: list[Guess]


class Picture(BaseModel):
    """One picture, as a line of `balatro identify --json`."""

    file: str
    width: int
    height: int
    cards: list[Card]


class Problem(BaseModel):
    """Why there is no answer: what came, what was expected, what to do."""

    error: str


class Failed(Problem):
    """A picture of a batch that could not be read."""

    file: str


class Pictures(BaseModel):
    """A batch, in the order of its pictures."""

    pictures: list[Picture | Failed]


class Health(BaseModel):
    """Whether the server works."""

    status: str
    waiting: int
    """Pictures in the queue."""


class Info(BaseModel):
    """What answers here, and within which limits."""

    version: str
    model: str
    deck: str
    tasks: list[str]
    cards: int
    """Names that it may say."""
    limits: dict[str, float]


class KnownCard(BaseModel):
    """A card that can be named, or (known: false) is told from those."""

    id: str
    name: str
    type: str
    rarity: str
    known: bool


class Classes(BaseModel):
    """All cards and modifiers."""

    cards: list[KnownCard]
    modifiers: list[str]


REFUSALS = {
    400: "Nothing was sent, or half of it",
    401: "The token is missing or wrong",
    403: "Asked by another site's page",
    408: "The bytes did not arrive in time",
    413: "Too many bytes, pixels or pictures",
    415: "No picture",
    422: "A damaged picture, or a wrong parameter",
    503: "Too much to do; Retry-After says when to try again",
}
"""Every status that refuses, and what it means."""


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These of `REFUSALS` in the form in which FastAPI takes them."""
    return {status: {"model": Problem, "description": REFUSALS[status]} for status in statuses}
