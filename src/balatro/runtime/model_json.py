"""model.json as records: what of it is read, written and refused.

A file that is read and written again stays byte for byte as it was, but for what was changed: the order of its keys, keys that
are unknown here, whole numbers, and defaults that were left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from balatro.config.model_files import PACKAGE_ABOUT
from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import package_weights
from balatro.config.shapes import MODEL_FORMAT
from balatro.errors import ModelError
from balatro.utils.files import read_json, write_json

KEYS = (
    "format", "name", "deck", "backbone", "input", "embedding", "heads", "tasks", "cards", "twins", "data_hash", "split_hash",
    "training", "locator", "scores", "gallery", "game", "calibration", "export",
)  # fmt: skip
"""All known keys, in the order in which training writes them."""
COLOUR = "RGB"
REMEDY = "install Balatro anew, or make it with `balatro pretrain`"
"""For files of the package."""
_NONE: Mapping[str, Any] = MappingProxyType({})
_T = TypeVar("_T")


@dataclass(frozen=True)
class BundleCard:
    """One class of the identification."""

    id: str
    name: str
    type: str
    rarity: str
    known: bool
    """False for strangers: playing cards, card backs, vouchers, booster packs."""
    size: tuple[float, float] = (1.0, 1.0)
    """Drawn width and height as shares of a regular card's."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What else is told of it: set, number, printing ..."""

    @classmethod
    def from_dict(cls, entry: Any, what: str) -> BundleCard:
        """An entry of `cards`; ValueError, which calls it `what`, when it is none."""
        entry = _object(entry, what)
        return cls(
            **{key: _take(entry, key, _text, what) for key in ("id", "name", "type", "rarity")},
            known=_take(entry, "known", _flag, what),
            size=_take(entry, "size", _pair, what, (1.0, 1.0)),
            fields=_take(entry, "fields", _named_texts, what, {}),
        )

    def to_dict(self, read: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The entry; read: as it was in the file, None for a new one."""
        told = {"id": self.id, "name": self.name, "type": self.type, "rarity": self.rarity, "known": self.known}
        # Most cards of most games have neither a size nor fields of their own, and there may be a hundred thousand cards.
        more = {"size": list(self.size)} | ({"fields": dict(self.fields)} if self.fields else {})
        return _written(told | more, read, {"size": [1.0, 1.0]})


@dataclass(frozen=True)
class Task:
    """One head: its classes in index order, and how its logits become a probability."""

    classes: tuple[str, ...]
    temperature: float = 1.0
    reject: float = 0.0
    """Below this probability nothing is said."""

    @classmethod
    def from_dict(cls, entry: Any, what: str) -> Task:
        """An entry of `tasks`; ValueError, which calls it `what`, when it is none."""
        entry = _object(entry, what)
        temperature = _take(entry, "temperature", _number, what, 1.0)
        if temperature <= 0:
            raise ValueError(f"'temperature' of {what} is {temperature:g}, expected more than 0")
        return cls(_take(entry, "classes", _texts, what), temperature, _take(entry, "reject", _number, what, 0.0))

    def to_dict(self, read: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The entry; read: as it was in the file, None for a new one."""
        return _written(asdict(self) | {"classes": list(self.classes)}, read, {"temperature": 1.0, "reject": 0.0})


@dataclass(frozen=True)
class GallerySettings:
    """How likenesses to a gallery become probabilities."""

    scale: float = 40.0
    """Probabilities are softmax(scale * cosine)."""
    reject: float = 0.35
    """Probability under which a card is unknown: others are nearly as alike."""
    cosine: float = 0.45
    """Likeness under which a card is unknown: nothing is really alike."""
    weight: float = 0.0
    """How much a likeness adds to the logit that a head gives the card; 0 where no head names cards."""

    @classmethod
    def from_dict(cls, entry: Any, what: str = "'gallery'") -> GallerySettings:
        """The entry `gallery`; ValueError when it is none, or has other keys: they would decide about names unheard."""
        entry, known = _object(entry, what), [part.name for part in fields(cls)]
        for key in entry:
            if key not in known:
                raise ValueError(f"{what} has {key!r}, expected {', '.join(known)} only")
        return cls(**{key: _take(entry, key, _number, what) for key in entry})

    def to_dict(self, read: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The entry; read: as it was in the file, None for a new one."""
        return _written(asdict(self), read, asdict(GallerySettings()))


@dataclass(frozen=True)
class Game:
    """What a model knows of a game that is not Balatro."""

    aspect: tuple[float, float]
    """Width by height of its cards, the least and the greatest."""

    @classmethod
    def from_dict(cls, entry: Any, what: str = "'game'") -> Game:
        """The entry `game`; ValueError when it is none."""
        low, high = _take(_object(entry, what), "aspect", _pair, what)
        if not 0 < low <= high:
            raise ValueError(f"'aspect' of {what} is {low:g} to {high:g}, expected two numbers above 0, the smaller first")
        return cls((low, high))

    def to_dict(self, read: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The entry; read: as it was in the file, None for a new one."""
        return _written({"aspect": list(self.aspect)}, read)


@dataclass(frozen=True)
class ModelJson:
    """All of model.json. What may be left out of it is None where it is not in the file."""

    name: str
    deck: str
    input_size: tuple[int, int]
    """Width and height of a card for the encoder, pixels."""
    margin: float
    tasks: Mapping[str, Task]
    cards: tuple[BundleCard, ...]
    locator_threshold: float
    twins: tuple[tuple[str, ...], ...] = ()
    """Groups of ids of cards: same picture, other drawn size."""
    gallery: GallerySettings | None = None
    """None also says that no gallery.npz belongs to a model with an identification head."""
    game: Game | None = None
    """None for Balatro."""
    backbone: str | None = None
    embedding: int | None = None
    """Length of the embedding."""
    heads: Mapping[str, Any] | None = None
    """The kind of each task's head."""
    data_hash: str | None = None
    split_hash: str | None = None
    training: Mapping[str, Any] | None = None
    scores: Mapping[str, Any] | None = None
    calibration: Mapping[str, Any] | None = None
    """When the model was calibrated, and to what."""
    export: Mapping[str, Any] | None = None
    """Of which model this is another form, and how it compares."""
    order: tuple[str, ...] = field(default=KEYS, repr=False, compare=False)
    """Of the keys in the file; others come behind."""
    read: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The file that this comes from: what is unknown of it is written, too, and its entries keep their form."""

    @classmethod
    def from_dict(cls, text: Any) -> ModelJson:
        """What a file of the right format says; ValueError tells what is missing, of another kind, or does not fit."""
        text = _object(text, "it")
        given = _take(text, "input", _object)
        groups: list[Any] = _take(text, "twins", _list, "", [])
        others: dict[str, Any] = {key: _take(text, key, kind) for key, kind in _OTHERS.items() if key in text}
        if given.get("colour", COLOUR) != COLOUR:
            raise ValueError(f"'colour' of 'input' is {given['colour']!r}, expected {COLOUR!r}")
        model = cls(
            name=_take(text, "name", _text),
            deck=_take(text, "deck", _text),
            input_size=(_take(given, "width", _count, "'input'"), _take(given, "height", _count, "'input'")),
            margin=_take(given, "margin", _number, "'input'"),
            tasks={name: Task.from_dict(entry, f"task {name!r}") for name, entry in _take(text, "tasks", _object).items()},
            cards=tuple(BundleCard.from_dict(entry, f"card {n}") for n, entry in enumerate(_take(text, "cards", _list), 1)),
            locator_threshold=_take(_take(text, "locator", _object), "threshold", _number, "'locator'"),
            twins=tuple(_texts(group, f"twins {n}") for n, group in enumerate(groups, 1)),
            gallery=GallerySettings.from_dict(text["gallery"]) if "gallery" in text else None,
            game=Game.from_dict(text["game"]) if "game" in text else None,
            order=tuple(text),
            read=text,
            **others,
        )
        _check_fit(model)
        return model

    def to_dict(self) -> dict[str, Any]:
        """What is written. Its parts are shared with this and what was read: not to be changed."""
        values = {key: value for key, value in self._values().items() if value is not None}
        if not self.twins and "twins" not in self.order:
            del values["twins"]
        told = _written(values, {key: value for key, value in self.read.items() if key in values or key not in KEYS})
        return {key: told[key] for key in self.order if key in told} | told

    def _values(self) -> dict[str, Any]:
        """Every known key; None for those that are not written."""
        read = self.read
        known = {"width": self.input_size[0], "height": self.input_size[1], "margin": self.margin, "colour": COLOUR}
        tasks, cards = read.get("tasks", _NONE), {card["id"]: card for card in read.get("cards", ())}
        own = {
            "format": MODEL_FORMAT,
            "input": _written(known, read.get("input"), {"colour": COLOUR}),
            "tasks": {name: task.to_dict(tasks.get(name)) for name, task in self.tasks.items()},
            "cards": [card.to_dict(cards.get(card.id)) for card in self.cards],
            "twins": [list(group) for group in self.twins],
            "locator": _written({"threshold": self.locator_threshold}, read.get("locator")),
            "gallery": self.gallery.to_dict(read.get("gallery")) if self.gallery else None,
            "game": self.game.to_dict(read.get("game")) if self.game else None,
        }
        return {key: own[key] if key in own else getattr(self, key) for key in KEYS}


def read_model_json(path: Path, remedy: str = "make the model anew") -> ModelJson:
    """Read a model.json, or a file of its form; ModelError, ending with `remedy`, when it is damaged or of another format."""
    text = read_json(path)
    version = text.get("format") if isinstance(text, dict) else None
    if isinstance(version, int) and version > MODEL_FORMAT:
        raise ModelError(f"{path}: model format {version}, this version reads up to {MODEL_FORMAT}; update Balatro")
    if version != MODEL_FORMAT:
        raise ModelError(f"{path}: model format {version!r}, expected {MODEL_FORMAT}; {remedy}")
    try:
        return ModelJson.from_dict(text)
    except ValueError as error:
        raise ModelError(f"{path}: damaged ({error}); {remedy}") from error


def read_package_json(folder: Path | None = None) -> ModelJson:
    """weights.json, a model.json without cards, of the package or of another folder of weights; ModelError as above."""
    path = (folder or package_weights()) / PACKAGE_ABOUT
    if not path.is_file():
        raise ModelError(f"{path} is missing: {REMEDY}")
    return read_model_json(path, REMEDY)


def write_model_json(path: Path, model: ModelJson) -> None:
    """Write it, whole or not at all."""
    write_json(path, model.to_dict())


def export_of(path: Path) -> Any:
    """The model that a file, which may be of another format or damaged otherwise, says it is an export of; None for none."""
    text = read_json(path)
    made = text.get("export") if isinstance(text, dict) else None
    return made.get("of") if isinstance(made, dict) else None


def _check_fit(model: ModelJson) -> None:
    tasks, ids = model.tasks, [card.id for card in model.cards]
    if not tasks and model.gallery is None:
        raise ValueError("no tasks, and no gallery either")
    if "modifier" in tasks and tasks["modifier"].classes != MODIFIERS:
        raise ValueError(f"modifiers {tasks['modifier'].classes}, expected {MODIFIERS}")
    if "identification" in tasks and tasks["identification"].classes != tuple(ids):
        raise ValueError("the identification classes are not the cards' ids")
    for unknown in {card for group in model.twins for card in group} - set(ids):
        raise ValueError(f"'twins' has {unknown!r}, which is no card's id")


def _written(values: dict[str, Any], read: Mapping[str, Any] | None, defaults: Mapping[str, Any] = _NONE) -> dict[str, Any]:
    """Values laid over what was read: its order, its unknown keys and its numbers' form stay, defaults stay left out."""
    if read is None:
        return values
    kept = {key: value if values.get(key, value) == value else values[key] for key, value in read.items()}
    new = {key: value for key, value in values.items() if key not in read and not (key in defaults and value == defaults[key])}
    return kept | new


# Parts of a file, each of one kind; ValueError names the part, what came, and what was expected.


def _take(entry: Mapping[str, Any], key: str, kind: Callable[[Any, str], _T], what: str = "", *default: _T) -> _T:
    """A key of an entry that is called `what`, "" for the file itself."""
    if key in entry:
        return kind(entry[key], f"{key!r} of {what}" if what else repr(key))
    if default:
        return default[0]
    raise ValueError(f"{what} has no {key!r}" if what else f"no {key!r}")


def _object(value: Any, what: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else _refuse(value, what, "an object")


def _list(value: Any, what: str) -> list[Any]:
    return value if isinstance(value, list) else _refuse(value, what, "a list")


def _text(value: Any, what: str) -> str:
    return value if isinstance(value, str) else _refuse(value, what, "a text")


def _flag(value: Any, what: str) -> bool:
    return value if isinstance(value, bool) else _refuse(value, what, "true or false")


def _texts(value: Any, what: str) -> tuple[str, ...]:
    return tuple(_each(_text, _list(value, what), what))


def _named_texts(value: Any, what: str) -> dict[str, str]:
    return {key: _text(text, f"{key!r} of {what}") for key, text in _object(value, what).items()}


def _number(value: Any, what: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return _refuse(value, what, "a number")
    if not abs(value) <= sys.float_info.max:  # also NaN, which JSON may have here, and whole numbers beyond any float
        raise ValueError(f"{what} is no finite number")
    return float(value)


def _count(value: Any, what: str) -> int:
    number = _number(value, what)
    if number < 1 or number != int(number):
        raise ValueError(f"{what} is {value}, expected a whole number above 0")
    return int(number)


def _pair(value: Any, what: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        return _refuse(value, what, "two numbers")
    first, second = _each(_number, value, what)
    return first, second


_OTHERS: dict[str, Callable[[Any, str], Any]] = {
    "backbone": _text, "embedding": _count, "data_hash": _text, "split_hash": _text,
    "heads": _object, "training": _object, "scores": _object, "calibration": _object, "export": _object,
}  # fmt: skip
"""What may be left out, under the names of their fields; the content of the objects is told, and decides nothing."""


def _each(kind: Callable[[Any, str], _T], values: Iterable[Any], what: str) -> list[_T]:
    return [kind(value, f"{what}, entry {number}") for number, value in enumerate(values, 1)]


def _refuse(value: Any, what: str, expected: str) -> Any:
    came = "null" if value is None else f"a list of {len(value)}" if isinstance(value, list) else type(value).__name__
    raise ValueError(f"{what} is {came}, expected {expected}")
