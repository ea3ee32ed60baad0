"""What the server answers, for its OpenAPI description. Answers are made by `Card.to_json`, not by these."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from balatro.config.modifiers import MODIFIERS
from balatro.identify_card.added.added import MAX_NAME
from balatro.identify_card.judge.regress import MAX_NOTE
from balatro.identify_card.server.batching import Whole
from balatro.identify_card.server.limits import RETRY_S, Refused

PRINTED = r"^[^\x00-\x1f\x7f]*$"
"""One line."""


class Guess(BaseModel):
    """One of the likeliest cards."""

    name: str
    confidence: float


class Printing(BaseModel):
    """One of the printings of a name that a card may be."""

    id: str
    confidence: float
    fields: dict[str, str]


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
    fields: dict[str, str] = {}
    """What else is told of a card of another game: set, number ... Left out where there is nothing."""
    printings: list[Printing] = []
    """Left out where the name has one only."""


class Picture(BaseModel):
    """One picture, as a line of `balatro identify --json`."""

    file: str
    width: int
    height: int
    cards: list[Card]


class TablePicture(Picture):
    """One picture, as a line of `balatro identify --table --json`."""

    table: dict[str, Any]
    """As docs/formats.md tells it."""


class State(BaseModel):
    """The game as it was seen last."""

    number: int
    """Grows when the state tells something else; 0: nothing was seen yet."""
    age: float | None
    """Seconds since it was seen."""
    table: dict[str, Any] | None
    """As docs/formats.md tells it."""


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
    balatro: bool
    """False where the cards are another game's."""
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


class NewCard(BaseModel):
    """The texts of a form that adds a card."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=MAX_NAME)
    """A new name, or that of a card that the model knows, which then gets more looks."""
    modifier: str = Field("Base", json_schema_extra={"enum": list(MODIFIERS)})
    """What all the pictures show."""
    type: str = Field("", max_length=MAX_NAME)
    rarity: str = Field("", max_length=MAX_NAME)
    known: bool = True
    """False for a thing that is never to be named."""


class Added(BaseModel):
    """A card that was added."""

    id: str
    name: str
    type: str
    rarity: str
    known: bool
    pictures: int


class AddedCards(BaseModel):
    """All of them."""

    cards: list[Added]


class NewMistake(BaseModel):
    """The texts of a form that reports a mistake."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field("", max_length=MAX_NAME, pattern=PRINTED)
    """What is there; empty: nothing that has a name."""
    modifier: str = Field("", json_schema_extra={"enum": ["", *MODIFIERS]})
    """Empty: any, or none."""
    at: str = Field("", pattern=r"^([0-9]{1,5},[0-9]{1,5})?$")
    """A pixel on the card, X,Y; empty: anywhere in the picture."""
    whole: Whole = "auto"
    """What the picture was read as, see /identify."""
    note: str = Field("", max_length=MAX_NOTE, pattern=PRINTED)
    """What was wrong."""
    to_label: bool = False
    """Whether the card's crop is kept as a picture to label, too."""

    @field_validator("name", "note")
    @classmethod
    def _stripped(cls, text: str) -> str:
        return text.strip()

    @field_validator("modifier")
    @classmethod
    def _is_modifier(cls, text: str) -> str:
        if text not in ("", *MODIFIERS):
            raise ValueError(f"expected one of {', '.join(MODIFIERS)}, or nothing")
        return text

    @property
    def place(self) -> tuple[int, int] | None:
        """The pixel."""
        if not self.at:
            return None
        x, y = self.at.split(",")
        return int(x), int(y)


class KeptMistake(BaseModel):
    """A mistake that was kept."""

    case: int
    """Its number, as of `balatro regress list`."""
    expected: str
    """What is to be read there, in a few words."""
    label: str
    """What became of the picture to label; empty where none was asked for."""


REFUSALS = {
    400: "Nothing was sent, or half of it",
    401: "The token is missing or wrong",
    403: "Asked by another site's page",
    404: "No added card of this name",
    408: "The bytes did not arrive in time",
    409: "What is changed cannot be written, is damaged, or is full",
    413: "Too many bytes, pixels or pictures",
    415: "No picture",
    422: "A damaged picture, one that cannot be used, or a wrong parameter",
    503: "Too much to do; Retry-After says when to try again",
}
"""Every status that refuses, and what it means."""


def refusal(error: Refused) -> JSONResponse:
    """What a refused request is answered."""
    headers = {"Retry-After": str(RETRY_S)} if error.status == 503 else None
    return JSONResponse({"error": str(error)}, error.status, headers)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These of `REFUSALS` in the form in which FastAPI takes them."""
    return {status: {"model": Problem, "description": REFUSALS[status]} for status in statuses}
