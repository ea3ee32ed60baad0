"""Cards that were added to a model by a picture, without training: their store in the model's folder, and how they answer.

    added = load_added(bundle.folder)
    columns = columns_of(added, bundle.cards)           # the place of each among the cards, known ones first
    logits = join_logits(logits, raw, added, columns, added.likeness(embedding))

The store is one file, gallery_added.npz, so that it is written whole or not at all: embeddings of the pictures' views, and the
cards' entries as JSON. The embeddings hold for one encoder, whose digest it carries; the pictures beside it (added_pictures.py)
are what another encoder looks at anew. How an added card and a network's own classes agree is told, with measurements, in
docs/identify.md.
"""

from __future__ import annotations

import hashlib
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from balatro.config.cards import fold
from balatro.config.model_files import ADDED_FILE as FILE
from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError, ModelError, UnknownCardError
from balatro.identify_card.added.pictures import AddedPicture, as_added, remove_unused, write_picture
from balatro.runtime.model_json import BundleCard
from balatro.runtime.sessions import network_file, weights_file
from balatro.utils.files import write_bytes
from balatro.utils.processes.lock import file_lock

if TYPE_CHECKING:
    from balatro.identify_card.added.views import Sample

LOCK = ".gallery_added.lock"
FORMAT = 2
STEEPNESS, LEVEL = 60.0, 0.6
"""An added card's logit rises by this much a unit of likeness; at this likeness, or a higher one where strangers or other added
cards come as near, it is as probable as all classes together."""
FALSE_NAMES = 0.01
"""Of the invented cards in the store, how many may be as alike an added card as its level: where art of one style looks much
the same to the encoder, the level rises."""
STRANGER = -1
"""The owner of views of invented cards, which are nobody's: they tell how near a stranger comes."""
CLAIM = 3.0
"""How much it weighs that the network's own classes claim a picture more than they claim the added card's pictures."""
ROOM = 0.03
"""How much less alike than the least alike of its own views a card may be on a screen, and still be at its level."""
NEIGHBOURS = 16
"""Other added cards with which each is compared view by view: those whose views are the most alike in the mean."""
MAX_CARDS, MAX_PICTURES, MAX_NAME = 10_000, 10_000, 80
"""A store of more is better a model of its own: `balatro gallery new`, or `balatro train`."""


@dataclass(frozen=True)
class AddedCard:
    """One entry of the store. Its id may be that of a card of the model, which then has more looks."""

    id: str
    name: str
    type: str = ""
    rarity: str = ""
    known: bool = True
    """False for what shall never be named: a card that resembles one of the model's."""
    pictures: int = 0
    """Pictures it was added by."""


@dataclass(frozen=True, eq=False)
class Looks:
    """What the encoder makes of n views: embedding (n, D) float32 unit rows, modifier (n,) int8, index into MODIFIERS, and
    claim (n,) float32, log(sum(exp(logits))) of the network's own classes; 0 without such a head."""

    embedding: np.ndarray
    modifier: np.ndarray
    claim: np.ndarray


@dataclass(frozen=True, eq=False)
class AddedCards:
    """The whole store. Row i of `looks` belongs to cards[owner[i]], or to a STRANGER; owner is (n,) int32."""

    cards: tuple[AddedCard, ...]
    looks: Looks
    owner: np.ndarray
    pictures: tuple[AddedPicture, ...] = ()
    of_picture: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    """(n,) int32: row i of `looks` is a view of pictures[of_picture[i]]; -1 for a stranger's."""
    encoder: str = ""
    """Digest of the encoder that has looked; empty for none."""

    def likeness(self, embedding: np.ndarray) -> np.ndarray:
        """(N, cards) float32: cosine of (N, D) unit embeddings to the most alike view of each card; -1 without views."""
        result = np.full((len(embedding), len(self.cards)), -1.0, np.float32)
        seen, starts, rows = self._order
        if len(embedding) and len(seen):
            result[:, seen] = np.maximum.reduceat(embedding.astype(np.float32) @ rows.T, starts, axis=1)
        return result

    @cached_property
    def _order(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The cards that have views, where the views of each start, and all embeddings (n, D), ordered by card."""
        order = np.argsort(self.owner, kind="stable")
        order = order[self.owner[order] != STRANGER]
        seen, starts = np.unique(self.owner[order], return_index=True)
        return seen, starts, self.looks.embedding[order]

    @cached_property
    def claims(self) -> np.ndarray:
        """(cards,) float32: how much the network's own classes claim the views of each card, the median."""
        result = np.zeros(len(self.cards), np.float32)
        for number, rows in self._views_of():
            result[number] = np.median(self.looks.claim[rows])
        return result

    def _views_of(self) -> Iterator[tuple[int, np.ndarray]]:
        """Each card that has views, and the rows of those."""
        order = np.argsort(self.owner, kind="stable")
        order = order[self.owner[order] != STRANGER]
        seen, starts = np.unique(self.owner[order], return_index=True)
        return zip(seen.tolist(), np.split(order, starts[1:]) if len(seen) else [], strict=True)

    @cached_property
    def levels(self) -> np.ndarray:
        """(cards,) float32: the likeness at which each is as probable as all classes together.

        No lower than what invented cards reach, nor than what the other added cards reach: where some of a style were added,
        the rest of it is as alike to them as they are to each other. But a card's own views shall stay above its level.
        """
        levels = np.full(len(self.cards), LEVEL, np.float32)
        if self.has_strangers:
            alike = self.likeness(self.looks.embedding[self.owner == STRANGER])
            levels = np.maximum(levels, np.quantile(alike, 1 - FALSE_NAMES, axis=0))
        return np.maximum(levels, np.minimum(self._between_cards(), self._within_cards() - ROOM)).astype(np.float32)

    def _between_cards(self) -> np.ndarray:
        """(cards,) the likeness that a view of another added card reaches to each, at most; -1 where there is no other.

        Of many cards, only the NEIGHBOURS whose mean views are the most alike are compared view by view.
        """
        result = np.full(len(self.cards), -1.0, np.float32)
        views = {number: self.looks.embedding[rows].astype(np.float32) for number, rows in self._views_of()}
        numbers = np.array(list(views), int)
        if len(numbers) < 2:
            return result
        means = np.stack([views[number].mean(axis=0) for number in numbers])
        for place, number in enumerate(numbers):
            alike = means @ means[place]
            alike[place] = -np.inf
            near = np.argpartition(alike, -min(NEIGHBOURS, len(alike) - 1))[-min(NEIGHBOURS, len(alike) - 1) :]
            others = np.concatenate([views[other] for other in numbers[near]])
            result[number] = (others @ views[number].T).max()
        return result

    def _within_cards(self) -> np.ndarray:
        """(cards,) the likeness that each card's least alike view has to its others; -1 for one view alone."""
        result = np.full(len(self.cards), -1.0, np.float32)
        for number, rows in self._views_of():
            if len(rows) > 1:
                views = self.looks.embedding[rows]
                alike = views @ views.T
                np.fill_diagonal(alike, -1.0)
                result[number] = alike.max(axis=1).min()
        return result

    @property
    def has_strangers(self) -> bool:
        return bool((self.owner == STRANGER).any())

    def find(self, name_or_id: str) -> int:
        """The place of a card by its name or id, however spelt; UnknownCardError names those there are."""
        wanted = _key(name_or_id)
        for number, card in enumerate(self.cards):
            if wanted in (_key(card.id), _key(card.name)):
                return number
        there = ", ".join(card.name for card in self.cards[:8]) or "none yet"
        raise UnknownCardError(f"no added card is called {name_or_id!r}; expected one of `balatro gallery list` ({there})")

    def with_looks(
        self, card: AddedCard, looks: Looks, pictures: Sequence[AddedPicture] = (), of_picture: np.ndarray | None = None
    ) -> AddedCards:
        """The same with more views of one card; an entry of this id gets the new name, type and rarity where they are given.

        pictures: what the views are of; of_picture: (views,) the place of each view's picture in them.
        """
        ids = [old.id for old in self.cards]
        number = ids.index(card.id) if card.id in ids else len(ids)
        cards = list(self.cards)
        if number < len(cards):
            old = cards[number]
            num_pictures = old.pictures + card.pictures
            cards[number] = replace(card, type=card.type or old.type, rarity=card.rarity or old.rarity, pictures=num_pictures)
        else:
            cards.append(card)
        joined = self._joined(tuple(cards), looks, number, of_picture)
        return replace(joined, pictures=(*self.pictures, *pictures))

    def with_strangers(self, looks: Looks) -> AddedCards:
        """The same with views of invented cards."""
        return self._joined(self.cards, looks, STRANGER)

    def _joined(
        self, cards: tuple[AddedCard, ...], looks: Looks, owner: int, of_picture: np.ndarray | None = None
    ) -> AddedCards:
        parts = ((getattr(self.looks, part), getattr(looks, part)) for part in _PARTS)
        # Without views there is no width yet that new ones would have to have.
        joined = [np.concatenate([old, new]) if len(old) else new for old, new in parts]
        rows = np.full(len(looks.embedding), owner, np.int32)
        places = np.full(len(rows), -1, np.int32) if of_picture is None else (of_picture + len(self.pictures)).astype(np.int32)
        return replace(
            self,
            cards=cards,
            looks=Looks(*joined),
            owner=np.concatenate([self.owner, rows]),
            of_picture=np.concatenate([self.of_picture, places]),
        )

    def without(self, number: int) -> AddedCards:
        """The same without one card, its views and its pictures."""
        mine = [place for place, picture in enumerate(self.pictures) if picture.card == self.cards[number].id]
        left = self._without_rows(self.owner == number, mine)
        cards = self.cards[:number] + self.cards[number + 1 :]
        return replace(left, cards=cards, owner=(left.owner - (left.owner > number)).astype(np.int32))

    def without_origin(self, origin: str) -> AddedCards:
        """The same without the pictures of an origin, and without the cards that have no other."""
        mine = [place for place, picture in enumerate(self.pictures) if picture.origin == origin]
        lost = Counter(self.pictures[place].card for place in mine)
        left = self._without_rows(np.isin(self.of_picture, mine), mine)
        left = replace(left, cards=tuple(replace(card, pictures=card.pictures - lost[card.id]) for card in left.cards))
        for number in reversed(range(len(left.cards))):
            if left.cards[number].id in lost and left.cards[number].pictures <= 0:
                left = left.without(number)
        return left

    def _without_rows(self, rows: np.ndarray, pictures: Sequence[int]) -> AddedCards:
        """The same without some views (n,) bool and some pictures, by their places."""
        keep = ~rows
        gone = np.isin(np.arange(len(self.pictures)), pictures)
        places = self.of_picture[keep]
        moved = np.append(np.cumsum(~gone) - 1, -1)[places]  # the last one is what -1 looks up
        return replace(
            self,
            looks=Looks(*(getattr(self.looks, part)[keep] for part in _PARTS)),
            owner=self.owner[keep],
            pictures=tuple(picture for picture, is_gone in zip(self.pictures, gone, strict=True) if not is_gone),
            of_picture=moved.astype(np.int32),
        )


_PARTS = {"embedding": np.float32, "modifier": np.int8, "claim": np.float32}
EMPTY = AddedCards(
    (), Looks(np.zeros((0, 0), np.float32), np.zeros(0, np.int8), np.zeros(0, np.float32)), np.zeros(0, np.int32)
)


def load_added(folder: Path) -> AddedCards:
    """The added cards of a model's folder, EMPTY where there are none; ModelError when damaged or of another format.

    They may have been looked at by an encoder that was here before: see `is_current`.
    """
    path = folder / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return EMPTY
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror}); check its rights") from error
    try:
        version, added = _unpack(data)
    except Exception as error:  # a damaged zip raises many things
        raise ModelError(f"{path}: damaged ({error}); remove it, and add the cards anew with `balatro gallery add`") from error
    if isinstance(version, int) and version > FORMAT:
        raise ModelError(f"{path}: format {version}, this version reads {FORMAT}; update Balatro")
    if version != FORMAT:
        raise ModelError(f"{path}: format {version!r}, expected {FORMAT}; remove it, and add the cards anew")
    return added


def is_current(folder: Path, added: AddedCards) -> bool:
    """Whether the views were looked at by the encoder that is in this folder now."""
    return not len(added.owner) or added.encoder == _encoder_digest(folder)


def add_looks(
    folder: Path,
    make_entry: Callable[[AddedCards], AddedCard],
    looks: Looks,
    samples: Sequence[Sample] = (),
    of_sample: np.ndarray | None = None,
    modifier: int = 0,
    origin: str = "",
) -> AddedCard:
    """Put views of a card into the store of a model's folder, and give its entry; InputError when it is full or locked.

    make_entry: given the store as it is then, so that two who add at one time never take one id. samples: what the views are
    of, as `to_keep` gives them, each in this modifier; of_sample: (views,) the place of each view's sample.
    """
    with file_lock(folder / LOCK):
        before = load_added(folder)
        card = make_entry(before)
        kept = [as_added(sample, card.id, modifier, origin) for sample in samples]
        after = before.with_looks(card, looks, [picture for picture, _ in kept], of_sample)
        if len(after.cards) > MAX_CARDS or len(after.pictures) > MAX_PICTURES:
            raise InputError(
                f"{folder}: {MAX_CARDS} cards or pictures were added, and no more fit; make a model of them (`gallery new`)"
            )
        for picture, png in kept:
            write_picture(folder, picture, png)
        _save(folder, after)
    return card


def add_strangers(folder: Path, looks: Looks) -> None:
    """Put views of invented cards into the store, unless they are there."""
    with file_lock(folder / LOCK):
        added = load_added(folder)
        if not added.has_strangers:
            _save(folder, added.with_strangers(looks))


def remove_card(folder: Path, name_or_id: str) -> AddedCard:
    """Take a card out of the store, and give its entry; UnknownCardError when it was not added."""
    with file_lock(folder / LOCK):
        added = load_added(folder)
        number = added.find(name_or_id)
        _save(folder, added.without(number))
    return added.cards[number]


def remove_origin(folder: Path, origin: str) -> bool:
    """Take the pictures of an origin out of the store; whether there were any."""
    with file_lock(folder / LOCK):
        added = load_added(folder)
        has_any = any(picture.origin == origin for picture in added.pictures)
        if has_any:
            _save(folder, added.without_origin(origin))
    return has_any


def replace_added(folder: Path, stale: AddedCards, fresh: AddedCards) -> AddedCards:
    """Put what the encoder of a folder makes of the pictures in the place of what another one made; gives what is there now.

    When somebody else has done so meanwhile, theirs stays.
    """
    with file_lock(folder / LOCK):
        now = load_added(folder)
        if now.encoder != stale.encoder or now.pictures != stale.pictures:
            return now
        _save(folder, fresh)
    return fresh


def new_entry(
    name: str, cards: Sequence[BundleCard], added: AddedCards, type: str = "", rarity: str = "", known: bool = True
) -> AddedCard:
    """The entry for a name: that of a card of the model or of an added one where it is theirs, else a new one with its own id.

    InputError for a name that is empty, too long or not printable.
    """
    name = unicodedata.normalize("NFC", name.strip())
    if not name or len(name) > MAX_NAME or not name.isprintable() or not _key(name):
        raise InputError(f"the name {name[:MAX_NAME]!r} cannot be a card's; expected 1 to {MAX_NAME} printable characters")
    there: list[AddedCard | BundleCard] = [*added.cards, *cards]
    for card in there:
        # What is never named may bear the name of a card that is, and the other way round.
        if _key(name) in (_key(card.id), _key(card.name)) and card.known == known:
            return AddedCard(card.id, card.name, type or card.type, rarity or card.rarity, known)
    taken = {card.id for card in there}
    return AddedCard(_new_id(name, taken), name, type, rarity, known)


def _new_id(name: str, taken: set[str]) -> str:
    """`My Joker!` -> `my_joker`; a number behind where that is another card's."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(letter))
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain).split()
    slug = "_".join(words) or "card_" + hashlib.sha256(name.encode()).hexdigest()[:8]
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}_{number}"
    return free


def _key(text: str) -> str:
    return fold(text) or text.strip().casefold()


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


def _save(folder: Path, added: AddedCards) -> None:
    about = {
        "format": FORMAT,
        "encoder": _encoder_digest(folder),
        "cards": [asdict(card) for card in added.cards],
        "pictures": [asdict(picture) for picture in added.pictures],
    }
    text = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8)
    looks, data = added.looks, io.BytesIO()
    np.savez(
        data,
        about=text,
        embedding=looks.embedding.astype(np.float16),
        modifier=looks.modifier,
        claim=looks.claim,
        owner=added.owner,
        of_picture=added.of_picture,
    )
    write_bytes(folder / FILE, data.getvalue())
    remove_unused(folder, {picture.file for picture in added.pictures})


def _unpack(data: bytes) -> tuple[object, AddedCards]:
    """The format, and the store where it is ours."""
    with np.load(io.BytesIO(data), allow_pickle=False) as parts:
        about = json.loads(parts["about"].tobytes())
        if about.get("format") != FORMAT:
            return about.get("format"), EMPTY
        cards = tuple(AddedCard(**entry) for entry in about["cards"])
        pictures = tuple(_picture(entry) for entry in about["pictures"])
        looks = Looks(*(parts[name].astype(kind) for name, kind in _PARTS.items()))
        owner, of_picture = (parts[name].astype(np.int32) for name in ("owner", "of_picture"))
    rows = {len(looks.embedding), len(looks.modifier), len(looks.claim), len(owner), len(of_picture)}
    fits = looks.embedding.ndim == 2 and len(rows) == 1 and _within(of_picture + 1, len(pictures) + 1)
    if not fits or not _within(owner + 1, len(cards) + 1) or not _within(looks.modifier, len(MODIFIERS)):
        raise ValueError("its parts do not fit each other")
    if len({card.id for card in cards}) < len(cards) or not {picture.card for picture in pictures} <= {c.id for c in cards}:
        raise ValueError("two entries of one id, or a picture of none")
    return FORMAT, AddedCards(cards, looks, owner, pictures, of_picture, str(about["encoder"]))


def _picture(entry: dict[str, Any]) -> AddedPicture:
    quad = tuple((float(x), float(y)) for x, y in entry["quad"])
    if len(quad) != 4 or not 0 <= int(entry["modifier"]) < len(MODIFIERS) or Path(entry["file"]).name != entry["file"]:
        raise ValueError(f"picture {entry['file']!r}")
    return AddedPicture(str(entry["file"]), str(entry["card"]), int(entry["modifier"]), quad, str(entry["origin"]))


def _within(numbers: np.ndarray, end: int) -> bool:
    return bool(((numbers >= 0) & (numbers < end)).all())


def _encoder_digest(folder: Path) -> str:
    path = weights_file(network_file(folder, "model"))
    try:
        state = path.stat()
    except OSError as error:
        raise ModelError(f"{path} is missing: make the model anew with `balatro train` or `balatro art import`") from error
    return _file_digest(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _file_digest(path: Path, changed_ns: int, size: int) -> str:
    """changed_ns and size: of the file now, so that a changed one is read again."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:32]
