"""Labels for new pictures of cards from the most alike labelled ones: prefills, for a person to confirm.

Works from the first label on and for any card game: an encoder turns every picture into an embedding, and pictures of one card
have embeddings that point the same way. No head is trained for that, and no card need be known to the encoder.

>>> suggestions = suggest(folder, labels_folder, load_encoder())      # doctest: +SKIP
>>> write_suggestions(data_dir() / "suggestions.json", suggestions)   # doctest: +SKIP
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from balatro.config.cards import CATALOGUE, is_catalogues
from balatro.config.model_files import PACKAGE_ABOUT, PACKAGE_ENCODER
from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import data_dir, package_weights
from balatro.config.shapes import CARD_SIZE
from balatro.errors import InputError, LabelError, ModelError
from balatro.utils.files import read_json, write_json
from balatro.utils.images import find_images, load_image, rectify
from balatro.utils.labels import LABELS, CardLabel, read_dataset
from balatro.utils.progress import Bar, progress

if TYPE_CHECKING:
    import onnxruntime

    from balatro.identify_card.recognizer import Recognizer

FORMAT = 1
SUGGESTIONS = "suggestions.json"
PACKAGE = "package"
"""The name of the encoder that comes with Balatro."""
BATCH = 64
MAX_CANDIDATES = 3
"""Names told for a picture."""
ASPECTS = (0.4, 1.3)
"""Width by height of pictures of one card; a whole screen is none."""

# Measured on real cards of one run of the game against those of another (benchmarks/suggest_quality.py).
REJECT = 0.8
"""Likeness (cosine) under which nothing is suggested."""
NUM_NEAREST = 10
"""Labelled pictures that may name a new one."""
SCALE = 20.0
"""A name's share among the candidates is softmax(SCALE * cosine)."""
EVEN, SPREAD = 0.8, 0.03
"""A nearest picture at the cosine EVEN is as often another card as the same; SPREAD is how fast that changes around it."""
MODIFIER_SCALE = 40.0
"""How much a labelled picture of the same card in some modifier weighs against the encoder's modifier head."""

T = TypeVar("T")


@dataclass(frozen=True)
class SuggestSettings:
    """How far likeness is trusted."""

    reject: float = REJECT
    """Cosine under which nothing is suggested, -1..1."""
    k: int = NUM_NEAREST
    """How many of the most alike labelled pictures may name a new one."""


@dataclass(frozen=True)
class Candidate:
    """A card that a picture may show."""

    name: str
    type: str
    rarity: str
    confidence: float
    """Probability that this is the card, 0..1; together at most 1: what is left may be a card without a label."""
    similarity: float
    """Cosine to the most alike labelled picture of this card, -1..1."""
    nearest: str
    """That picture's key in labels.json."""


@dataclass(frozen=True)
class Suggestion:
    """What is suggested for one picture."""

    prefilled: bool
    """Whether the first candidate and the modifier may be filled in; False when no labelled card is alike enough."""
    similarity: float
    """Cosine to the most alike labelled picture, -1..1."""
    candidates: tuple[Candidate, ...]
    """At most three, best first; also told when they are too unlike to be filled in."""
    modifier: str = ""
    """One of MODIFIERS; empty when the labels tell none and no head does."""
    modifier_confidence: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The suggestion as suggestions.json has it; probabilities have four digits."""
        return {
            "prefilled": self.prefilled,
            "rejected": not self.prefilled,
            "similarity": round(self.similarity, 4),
            "candidates": [
                asdict(candidate) | {"confidence": round(candidate.confidence, 4), "similarity": round(candidate.similarity, 4)}
                for candidate in self.candidates
            ],
            "modifier": self.modifier,
            "modifier_confidence": round(self.modifier_confidence, 4),
        }


@dataclass(frozen=True)
class Suggestions:
    """Suggestions for the pictures of a folder."""

    folder: Path
    pictures: Mapping[str, Suggestion]
    """By the picture's path in the folder, with `/`."""
    failures: tuple[str, ...]
    """One line for each picture that could not be used."""
    num_labelled: int
    """Labelled pictures that were compared with."""
    model: str
    settings: SuggestSettings

    @property
    def suggested(self) -> list[Suggestion]:
        return [suggestion for suggestion in self.pictures.values() if suggestion.prefilled]

    def modifiers(self) -> Counter[str]:
        """How many are suggested in each modifier."""
        return Counter(suggestion.modifier for suggestion in self.suggested if suggestion.modifier)


@dataclass(frozen=True, eq=False)
class Encoded:
    """What an encoder says of N pictures."""

    embedding: np.ndarray
    """(N, D) float32, unit length."""
    modifier: np.ndarray | None
    """(N, modifiers) probabilities, None from an encoder without such a head."""

    def __len__(self) -> int:
        return len(self.embedding)


@dataclass(frozen=True, eq=False)
class Encoder:
    """A network that turns pictures of cards into embeddings."""

    name: str
    session: onnxruntime.InferenceSession
    size: tuple[int, int] = CARD_SIZE
    """Width and height of the cards that it takes."""
    temperature: float | None = None
    """Of its modifier head; None when it has none with the five modifiers."""

    def encode(self, pictures: Sequence[np.ndarray]) -> Encoded:
        """Look at (H, W, 3) uint8 RGB pictures of one card each, of any sizes."""
        from balatro.utils.chances import softmax

        wanted = ["embedding"] if self.temperature is None else ["embedding", "modifier"]
        parts = []
        for some in _batches(pictures, BATCH):
            # The whole picture is the card: whoever cut it out has left as much margin as there should be.
            cards = np.concatenate([rectify(picture, _whole(picture), self.size, margin=0.0) for picture in some])
            parts.append(self.session.run(wanted, {"cards": cards}))
        if not parts:
            return Encoded(np.zeros((0, 0), np.float32), None)
        embedding = _unit(np.concatenate([part[0] for part in parts]).astype(np.float32))
        if not np.isfinite(embedding).all():
            raise ModelError(f"model {self.name!r}: its embeddings are no numbers; train it anew, or leave --model out")
        if self.temperature is None:
            return Encoded(embedding, None)
        return Encoded(embedding, softmax(np.concatenate([part[1] for part in parts]), self.temperature))


def load_encoder(model: str | None = None, threads: int | None = None) -> Encoder:
    """The encoder of a model by name or folder, by default the one that comes with Balatro; ModelError when there is none."""
    from balatro.runtime.bundle import find_bundle, load_bundle
    from balatro.runtime.locator import check_network
    from balatro.runtime.sessions import network_file, open_session

    if model is None or model == PACKAGE:
        name, path, size = PACKAGE, package_weights() / PACKAGE_ENCODER, CARD_SIZE
        tasks = _package_tasks()
    else:
        bundle = load_bundle(find_bundle(model))
        name, path, size = bundle.name, network_file(bundle.folder, "model"), bundle.input_size
        tasks = {task: (entry.classes, entry.temperature) for task, entry in bundle.tasks.items()}
    session = open_session(path, threads)
    check_network(session, path, "cards", ["embedding"])
    classes, temperature = tasks.get("modifier", ((), 1.0))
    has_head = classes == MODIFIERS and "modifier" in [output.name for output in session.get_outputs()]
    return Encoder(name, session, size, temperature if has_head else None)


@dataclass(frozen=True, eq=False)
class Reader:
    """A trained model, which names the cards of its deck before any picture is labelled."""

    name: str
    recognizer: Recognizer

    def read(self, pictures: Iterable[np.ndarray]) -> list[Suggestion]:
        """What the model says of (H, W, 3) uint8 RGB pictures of one card each; its candidates have no nearest picture."""
        return [self._read_one(picture) for picture in pictures]

    def _read_one(self, picture: np.ndarray) -> Suggestion:
        # The reader cuts a margin around the card, the picture has one already.
        margin = self.recognizer.bundle.margin
        height, width = picture.shape[:2]
        inset = np.array([width, height], np.float32) * margin / (1 + 2 * margin)
        corners = _whole(picture)[0]
        quad = np.where(corners > 0, corners - inset, corners + inset)
        (card,) = self.recognizer.read(picture, quad[None])
        told = {one.id: one for one in self.recognizer.bundle.cards}  # with those that were added by hand
        is_ours = self.recognizer.bundle.game is None
        candidates = tuple(
            Candidate(
                guess.name,
                *_kind_of(guess.name, told[guess.id].type, told[guess.id].rarity, is_ours),
                guess.confidence,
                0.0,
                "",
            )
            for guess in card.top[:MAX_CANDIDATES]
        )
        return Suggestion(card.known, 0.0, candidates, card.modifier, card.modifier_confidence)


def load_reader(model: str = "auto", threads: int | None = None) -> Reader:
    """A trained model by name or folder, "auto": `game` where there is one, else `demo`; ModelError when there is none."""
    from balatro.identify_card.recognizer import Recognizer

    recognizer = Recognizer.load(model, threads)
    return Reader(recognizer.bundle.name, recognizer)


def _package_tasks() -> dict[str, tuple[tuple[str, ...], float]]:
    """Classes and temperature of the heads of the package's encoder."""
    about = read_json(package_weights() / PACKAGE_ABOUT)
    return {task: (tuple(entry["classes"]), float(entry["temperature"])) for task, entry in about["tasks"].items()}


@dataclass(frozen=True, eq=False)
class Labelled:
    """Pictures whose card is known, to be compared with."""

    keys: Sequence[str]
    labels: Sequence[CardLabel]
    embedding: np.ndarray
    """(n, D) float32, unit length."""
    _name: np.ndarray = field(init=False)
    """(n,) a number for each name."""
    _modifier: np.ndarray = field(init=False)
    """(n,) index into MODIFIERS, or -1."""
    _is_ours: bool = field(init=False)
    """Whether the names are the catalogue's."""

    def __post_init__(self) -> None:
        _, numbers = np.unique([label.name for label in self.labels], return_inverse=True)
        places = [MODIFIERS.index(label.modifier) if label.modifier in MODIFIERS else -1 for label in self.labels]
        object.__setattr__(self, "_name", numbers)
        object.__setattr__(self, "_modifier", np.array(places))
        object.__setattr__(self, "_is_ours", is_catalogues({label.name for label in self.labels}))

    def suggest(self, encoded: Encoded, settings: SuggestSettings) -> list[Suggestion]:
        """What the labelled pictures suggest for others."""
        heads = encoded.modifier if encoded.modifier is not None else [None] * len(encoded)
        likeness = (
            row
            for start in range(0, len(encoded), BATCH)
            for row in encoded.embedding[start : start + BATCH] @ self.embedding.T
        )
        return [self._suggest_one(row, head, settings) for row, head in zip(likeness, heads, strict=True)]

    def _suggest_one(self, likeness: np.ndarray, head: np.ndarray | None, settings: SuggestSettings) -> Suggestion:
        """From one picture's (n,) cosines to the labelled ones, and what the modifier head says of it."""
        nearest = _largest(likeness, settings.k)
        _, first = np.unique(self._name[nearest], return_index=True)
        best = nearest[np.sort(first)]  # the most alike picture of each name, best first
        chances = name_chances(likeness[best])
        candidates = tuple(
            self._candidate(int(place), float(chance), float(likeness[place]))
            for place, chance in zip(best[:MAX_CANDIDATES], chances, strict=False)
        )
        modifier, sure = self._modifier_of(likeness, int(best[0]), head)
        similarity = float(likeness[best[0]])
        return Suggestion(similarity >= settings.reject, similarity, candidates, modifier, sure)

    def _candidate(self, place: int, chance: float, similarity: float) -> Candidate:
        label = self.labels[place]
        kinds = _kind_of(label.name, label.type, label.rarity, self._is_ours)
        return Candidate(label.name, *kinds, chance, similarity, self.keys[place])

    def _modifier_of(self, likeness: np.ndarray, best: int, head: np.ndarray | None) -> tuple[str, float]:
        """The likeliest modifier and its probability; ("", 0) when neither labels nor head tell."""
        own = self._name == self._name[best]
        alike = np.full(len(MODIFIERS), -1.0)
        for place in np.flatnonzero(own & (self._modifier >= 0)):
            number = self._modifier[place]
            alike[number] = max(alike[number], likeness[place])
        if not (self._modifier >= 0).any() or (head is None and alike.max() < 0):
            return "", 0.0  # another game, or nobody has said yet which one it is
        chances = modifier_chances(alike, head)
        return MODIFIERS[int(chances.argmax())], float(chances.max())


_BY_NAME = {card.name: card for card in CATALOGUE}


def _kind_of(name: str, kind: str, rarity: str, is_ours: bool) -> tuple[str, str]:
    """Type and rarity of a card as they are told; the catalogue fills in what its own cards left empty, where types agree."""
    known = _BY_NAME.get(name) if is_ours else None
    kind = kind or (known.type if known else "")
    return kind, rarity or (known.rarity if known and kind == known.type else "")


def name_chances(cosines: np.ndarray) -> np.ndarray:
    """(n,) probabilities of n names from the cosines to each one's most alike picture, best first.

    The share among the names, times the probability that the card is labelled at all. The sum is less than 1.
    """
    shares = np.exp(SCALE * (cosines.astype(np.float64) - cosines.max()))
    labelled = 1 / (1 + np.exp(-(float(cosines.max()) - EVEN) / SPREAD))
    result: np.ndarray = shares / shares.sum() * labelled
    return result


def modifier_chances(cosines: np.ndarray, head: np.ndarray | None) -> np.ndarray:
    """(5,) probabilities of the modifiers, from cosines to pictures of the same card in each, and from the modifier head.

    cosines: (5,), anything below EVEN where the card has no labelled picture. The head knows how editions look on any card, the
    pictures how this card looks in some; a modifier without a picture counts as alike as any other card would be.
    """
    powers = np.exp(MODIFIER_SCALE * (np.maximum(cosines.astype(np.float64), EVEN) - 1))
    chances = powers if head is None else powers * np.maximum(head, 1e-6)
    result: np.ndarray = chances / chances.sum()
    return result


def suggest(
    folder: Path,
    labels: Path,
    encoder: Encoder,
    settings: SuggestSettings | None = None,
    pictures: Iterable[Path] | None = None,
) -> Suggestions:
    """Suggest labels for the pictures of a folder (or for some of them) that have none yet.

    labels: a folder of labelled pictures, or its labels.json. Raises LabelError when nothing is labelled, InputError when there
    are no pictures; single pictures that cannot be read are told in the result's failures.
    """
    settings = settings or SuggestSettings()
    place = labels.parent if labels.is_file() else labels
    named = {key: label for key, label in read_dataset(labels).items() if label.name}
    if not named:
        raise LabelError(f"{labels}: no labels yet, at least one is needed; label a card with `balatro annotate`")
    files = list(pictures) if pictures is not None else _find(folder)
    failures: list[str] = []
    new = [path for path in files if not _is_labelled(path, folder, place, named)]
    with progress("Looking at cards", total=len(named) + len(new)) as bar:
        known, labelled = _encode_files({key: place / key for key in named}, encoder, failures, bar)
        if not known:
            raise LabelError(f"{place}: none of its {len(named)} labelled pictures can be read; the first: {failures[0]}")
        compared = Labelled(known, [named[key] for key in known], labelled.embedding)
        keys, encoded = _encode_files({_key(path, folder): path for path in new}, encoder, failures, bar)
    found = dict(zip(keys, compared.suggest(encoded, settings), strict=True)) if keys else {}
    return Suggestions(folder, found, tuple(failures), len(known), encoder.name, settings)


def _find(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name one with pictures of cards with --input")
    files, failures = find_images([folder])
    if failures:
        raise InputError(failures[0])
    return files


def _key(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def _is_labelled(path: Path, folder: Path, place: Path, named: Mapping[str, CardLabel]) -> bool:
    """Whether a picture is one of the labelled ones, or the one that such a one was copied from."""
    for key in {_key(path, folder), path.name} & named.keys():
        other = place / key
        if path.resolve() == other.resolve():
            return True
        if other.is_file() and path.is_file() and other.stat().st_size == path.stat().st_size:
            return other.read_bytes() == path.read_bytes()
    return False


def _encode_files(files: Mapping[str, Path], encoder: Encoder, failures: list[str], bar: Bar) -> tuple[list[str], Encoded]:
    """The keys of the pictures that can be used, and what the encoder says of these; what is wrong with others to failures."""
    keys: list[str] = []
    parts: list[Encoded] = []
    for some in _batches(files.items(), BATCH):
        pictures = []
        for key, path in some:
            try:
                pictures.append(one_card(path))
                keys.append(key)
            except InputError as error:
                failures.append(str(error))
        if pictures:
            parts.append(encoder.encode(pictures))
        bar.advance(len(some))
    if not parts:
        return [], Encoded(np.zeros((0, 0), np.float32), None)
    heads = [part.modifier for part in parts if part.modifier is not None]
    return keys, Encoded(np.concatenate([part.embedding for part in parts]), np.concatenate(heads) if heads else None)


def one_card(path: Path) -> np.ndarray:
    """A picture of one card, (H, W, 3) uint8 RGB; InputError when it cannot be read or has no card's shape."""
    picture = load_image(path)
    height, width = picture.shape[:2]
    if not ASPECTS[0] <= width / height <= ASPECTS[1]:
        raise InputError(f"{path}: {width}x{height} pixels, no picture of one card; cut the cards out first")
    return picture


def write_suggestions(path: Path, suggestions: Suggestions) -> None:
    """Write suggestions.json, whole or not at all."""
    data = data_dir().resolve()
    folder = suggestions.folder.resolve()
    text = {
        "format": FORMAT,
        "folder": (folder.relative_to(data) if folder.is_relative_to(data) else folder).as_posix(),
        "model": suggestions.model,
        "labelled": suggestions.num_labelled,
        "reject": suggestions.settings.reject,
        "suggestions": {key: suggestion.to_json() for key, suggestion in suggestions.pictures.items()},
        "failures": list(suggestions.failures),
    }
    write_json(path, text)


def read_suggestions(path: Path) -> dict[str, Suggestion]:
    """The suggestions of suggestions.json by picture; InputError for a file that is damaged or of a newer format."""
    text = read_json(path)
    version = text.get("format") if isinstance(text, dict) else None
    if version != FORMAT:
        raise InputError(f"{path}: format {version!r}, expected {FORMAT}; make it anew with `balatro dataset suggest`")
    try:
        return {key: _from_json(entry) for key, entry in text["suggestions"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: damaged ({error!r}); make it anew with `balatro dataset suggest`") from error


def _from_json(entry: Mapping[str, Any]) -> Suggestion:
    return Suggestion(
        prefilled=bool(entry["prefilled"]),
        similarity=float(entry["similarity"]),
        candidates=tuple(Candidate(**candidate) for candidate in entry["candidates"]),
        modifier=str(entry["modifier"]),
        modifier_confidence=float(entry["modifier_confidence"]),
    )


def default_labels() -> Path:
    """The project's own labels; LabelError when there are none yet."""
    path = data_dir() / "dataset_default" / LABELS
    if not path.is_file():
        raise LabelError(
            f"{path}: no labels yet, at least one is needed; label a card with `balatro annotate`, or use --labels"
        )
    return path


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some


def _whole(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    return np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float32)


def _largest(values: np.ndarray, num: int) -> np.ndarray:
    """Places of the `num` largest of (n,) values, largest first; of equal ones, the first come first."""
    least = np.partition(values, -num)[-num] if len(values) > num else -np.inf  # sorting them all takes ten times as long
    some = np.flatnonzero(values >= least)
    order: np.ndarray = some[np.argsort(-values[some], kind="stable")][:num]
    return order


def _unit(rows: np.ndarray) -> np.ndarray:
    result: np.ndarray = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return result
