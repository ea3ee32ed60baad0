"""Reading the cards of a picture."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from balatro.config.model_files import GALLERY_FILE
from balatro.errors import InputError, ModelError
from balatro.gallery.gallery import load_gallery
from balatro.identify_card.added.added import (
    EMPTY,
    AddedCard,
    AddedCards,
    Looks,
    add_looks,
    add_strangers,
    is_current,
    load_added,
    log_sum,
    new_entry,
    remove_origin,
    replace_added,
    with_added,
)
from balatro.identify_card.card import Card
from balatro.identify_card.closer_look import DOUBTED, look_closer
from balatro.identify_card.namer import Namer
from balatro.identify_card.second_look import is_washed, look_again, without_wash
from balatro.identify_card.sight import Sight
from balatro.identify_card.turns import all_turns, in_any_turn, may_be_one, read_in_turns
from balatro.runtime.bundle import Bundle, find_bundle, load_bundle
from balatro.runtime.locator import Locator, check_network
from balatro.runtime.refiner import Refiner, load_refiner
from balatro.runtime.sessions import OpenSession, Session, network_file, open_session
from balatro.utils.images import load_image, rectify
from balatro.utils.quads import reading_order, whole
from balatro.utils.stages import Stage, untimed

if TYPE_CHECKING:
    from balatro.identify_card.added.views import Sample
    from balatro.identify_card.table.records import Table
    from balatro.runtime.text.glyphs import Glyphs
    from balatro.utils.images import ImageSource

BATCH = 64
"""Cards that the encoder takes at once; a frame rarely has more."""
CARD_ASPECT = (0.55, 0.92)
"""Width by height of a picture that may be one card without a border."""


class Recognizer:
    """A model, ready to read pictures. Not to be shared by threads that call it at the same time.

    >>> recognizer = Recognizer.load("demo")
    >>> for card in recognizer.identify("screenshot.png")[:3]:
    ...     print(card.name, card.modifier, f"{card.confidence:.0%}", card.box)
    Juggler Foil 100% (575, 45, 675, 186)
    Captain Mildew Polychrome 98% (926, 46, 1033, 188)
    Frog Regent Base 94% (1061, 49, 1168, 186)
    """

    def __init__(
        self,
        bundle: Bundle,
        threads: int | None = None,
        open_session: OpenSession = open_session,
        encode: Callable[[np.ndarray], dict[str, np.ndarray]] | None = None,
        beside: Recognizer | None = None,
    ) -> None:
        """open_session: what opens its two networks; by default what their files are made for.

        encode: asked in place of the own encoder, as that of another recognizer; beside: that one, to open no encoder again.
        """
        self._encode_elsewhere = encode
        self._own_cards, self._threads = bundle.cards, threads
        self.locator = Locator(network_file(bundle.folder, "locator"), threads, bundle.locator_threshold, open_session)
        self._encoder_file = network_file(bundle.folder, "model")
        self._encoder: Session = open_session(self._encoder_file, threads) if beside is None else beside._encoder
        self._stage: Stage = untimed
        self._outputs = [output.name for output in self._encoder.get_outputs()]
        self.namer = Namer(bundle, load_gallery(bundle.folder / GALLERY_FILE) if bundle.has_gallery else None)
        self._check_outputs()
        self._check_gallery()
        self.read_added()

    @classmethod
    def load(cls, name_or_folder: str | os.PathLike[str] = "auto", threads: int | None = None) -> Recognizer:
        """Load a model by name or folder; "auto" takes `game` where there is one, else `demo`.

        threads: CPU threads, by default as many as there are cores, at most four.
        """
        return cls(load_bundle(find_bundle(name_or_folder)), threads)

    def take_settings(self, bundle: Bundle) -> None:
        """Go on with another model.json of the same networks and cards (temperatures, thresholds); ModelError for others."""
        if (bundle.cards, bundle.tasks.keys()) != (self._own_cards, self.bundle.tasks.keys()):
            raise ModelError(f"{bundle.folder}: model.json is that of another model; load it anew")
        self.namer = self.namer.with_bundle(replace(bundle, cards=self.bundle.cards))  # with the added ones
        self.locator.threshold = bundle.locator_threshold

    @property
    def bundle(self) -> Bundle:
        """The model's facts, with the added cards among its cards."""
        return self.namer.bundle

    def time_stages(self, stage: Stage) -> None:
        """Have the parts of the work timed from now on: resize, locate, rectify, encode and name; read, for a table's text."""
        self._stage = self.locator.stage = stage

    def read_added(self) -> None:
        """Take the cards that `balatro gallery` has added to the model since; those of `add` are there already.

        Where the model was trained anew since, its encoder looks at their pictures first.
        """
        added = load_added(self.bundle.folder)
        if not is_current(self.bundle.folder, added):
            added = self._look_anew(added)
        width = self._width("embedding")
        if added.cards and isinstance(width, int) and added.looks.embedding.shape[1] != width:
            raise ModelError(f"{self.bundle.folder}: gallery_added.npz is that of another model; remove it, and add anew")
        bundle = replace(self.bundle, cards=with_added(self._own_cards, added))
        self.namer = Namer(bundle, self.namer.gallery, added)

    def add(
        self,
        name: str,
        images: ImageSource | Sequence[ImageSource],
        modifier: str = "Base",
        type: str = "",
        rarity: str = "",
        known: bool = True,
        origin: str = "",
    ) -> AddedCard:
        """Teach the model a card by pictures of it alone, without training, and keep that in the model's folder.

        name: a new name, or that of a card whose look is to be corrected. images: one, or several; each shows one card, in the
        modifier given. known: False for a thing that is never to be named. origin: under which `forget` takes the pictures
        back. Same pictures, same bytes. InputError for pictures that cannot be used, before anything is changed.

        >>> recognizer = Recognizer.load("demo")
        >>> recognizer.add("My Joker", ["card.png"]).id
        'my_joker'
        >>> [card.name for card in recognizer.identify("card.png")]
        ['My Joker']
        """
        from balatro.identify_card.added.pictures import to_keep
        from balatro.identify_card.added.views import load_sample, modifier_index

        images = _listed(images)
        number = modifier_index(modifier)

        def make_entry(added: AddedCards) -> AddedCard:
            return replace(new_entry(name, self._own_cards, added, type, rarity, known), pictures=len(images))

        make_entry(self.namer.added)  # a name that cannot be is told before the pictures are looked at
        samples = [to_keep(load_sample(image, self.locator)) for image in images]
        looks, of_sample = self._look_at(samples, [number] * len(samples))
        if not self.namer.added.has_strangers:
            add_strangers(self.bundle.folder, self._look_at_strangers())
        entry = add_looks(self.bundle.folder, make_entry, looks, samples, of_sample, number, origin)
        self.read_added()
        return entry

    def forget(self, origin: str) -> bool:
        """Take back the pictures that were added with this origin; whether there were any."""
        found = remove_origin(self.bundle.folder, origin)
        if found:
            self.read_added()
        return found

    def _look_anew(self, stale: AddedCards) -> AddedCards:
        """The added cards as this encoder sees their pictures, kept in the model's folder where that can be written."""
        from balatro.identify_card.added.pictures import read_sample
        from balatro.utils.progress import track

        fresh = EMPTY.with_strangers(self._look_at_strangers()) if stale.has_strangers else EMPTY
        cards = {card.id: replace(card, pictures=1) for card in stale.cards}
        for picture in track(stale.pictures, "Looking anew at added cards"):
            card = cards[picture.card]
            entry = replace(new_entry(card.name, self._own_cards, fresh, card.type, card.rarity, card.known), pictures=1)
            looks, of_sample = self._look_at([read_sample(self.bundle.folder, picture)], [picture.modifier])
            fresh = fresh.with_looks(entry, looks, [replace(picture, card=entry.id)], of_sample)
        try:
            return replace_added(self.bundle.folder, stale, fresh)
        except OSError:  # a folder that may only be read: looked at again next time
            return fresh

    def _look_at(self, samples: Sequence[Sample], modifiers: Sequence[int]) -> tuple[Looks, np.ndarray]:
        """What the encoder makes of the views of samples in these modifiers; (views,) int32, the sample of each."""
        from balatro.identify_card.added.views import make_views

        size, margin = self.bundle.input_size, self.bundle.margin
        views = [make_views(sample, number, size, margin) for sample, number in zip(samples, modifiers, strict=True)]
        looks = self._look(np.concatenate([pictures for pictures, _ in views]), np.concatenate([shown for _, shown in views]))
        return looks, np.repeat(np.arange(len(views), dtype=np.int32), [len(shown) for _, shown in views])

    def _look_at_strangers(self) -> Looks:
        from balatro.identify_card.added.views import stranger_views

        strangers = stranger_views(self.bundle.input_size, self.bundle.margin)
        return self._look(strangers, np.zeros(len(strangers), np.int8))

    def _look(self, cards: np.ndarray, modifier: np.ndarray) -> Looks:
        """(N, h, w, 3) uint8 RGB cards and their (N,) modifiers as the store keeps them."""
        outputs = self.encode(cards)
        embedding = outputs["embedding"].astype(np.float32)
        claim = log_sum(outputs["identification"]) if "identification" in outputs else np.zeros(len(embedding))
        return Looks(embedding, modifier, claim.astype(np.float32))

    def identify(self, image: ImageSource, seen_as: str = "auto") -> list[Card]:
        """The cards of a picture in reading order: row by row, each from left to right.

        image: a path, a PIL image, or an array (see `balatro.utils.images.load_image`). A picture of a card's shape in which
        nothing is found that fills it is read as one card without a border as well. seen_as: one of
        `balatro.config.shapes.SEEN_AS`; auto takes a photograph with a model of another game, else a screen.
        """
        return self.see(image, seen_as).cards

    def read_table(self, image: ImageSource) -> Table:
        """Everything that a player sees on a picture of the game, as one state (see `docs/identify.md`).

        image: as of `identify`, whose names these are. What the model cannot tell is None. ModelError for a model of another
        game.

        >>> table = Recognizer.load("demo").read_table("screenshot.png")
        >>> [card.name for card in table.jokers][:2]
        ['Juggler', 'Captain Mildew']
        """
        check_table(self.bundle)
        return self.table_of(self.see(image))

    def table_of(self, sight: Sight) -> Table:
        """The table of a picture that was looked at already."""
        from balatro.identify_card.table.read import read_table
        from balatro.runtime.text.screen import read_fields

        check_table(self.bundle)
        with self._stage("read"):
            screen, fields = read_fields(sight.picture, self._glyphs, sight.quads) if self._glyphs else (None, [])
        return read_table(sight, self.namer, screen, fields)

    @cached_property
    def _refiner(self) -> Refiner:
        return load_refiner(self._threads)

    @cached_property
    def _glyphs(self) -> Glyphs | None:
        """The font of the model's deck; None where it has none: then no number is read."""
        from balatro.runtime.text.screen import load_glyphs

        return load_glyphs(self.bundle.folder)

    def see(self, image: ImageSource, seen_as: str = "auto") -> Sight:
        """Look at a picture as `identify` does: its cards, and what the encoder gave for each."""
        game = self.bundle.game
        any_turn = in_any_turn(seen_as, game)
        picture = load_image(image)
        width, height = picture.shape[1], picture.shape[0]
        all_of_it = whole(width, height)
        if seen_as == "card":
            return self.look_at(picture, all_of_it, any_turn)
        if game is not None and seen_as == "auto" and may_be_one(width, height, game):
            # A scan is one card, and the parts of a scan are none, whatever the locator says of them.
            one = self.look_at(picture, all_of_it, any_turn)
            if one.cards[0].known:
                return one
        sight = self.look_at(picture, self.locate(picture, True), True) if any_turn else self._see_screen(picture)
        if seen_as != "auto" or not CARD_ASPECT[0] <= width / height <= CARD_ASPECT[1] or sight.has_card:
            return sight
        one = self.look_at(picture, all_of_it, any_turn)
        return one if one.cards[0].known or not sight.cards else sight

    def _see_screen(self, picture: np.ndarray) -> Sight:
        """The cards of a picture as they stand, those among them that the locator doubts, see `closer_look`."""
        found = self.locator.find(picture, DOUBTED)
        quads = np.array([card.quad for card in found], np.float32).reshape(-1, 4, 2)
        doubted = np.array([card.score < self.locator.threshold for card in found], bool)
        order = reading_order(quads)
        return self.look_at(picture, quads[order], doubted=doubted[order])

    def identify_many(self, images: Iterable[ImageSource]) -> list[list[Card]]:
        """The cards of each picture."""
        return [self.identify(image) for image in images]

    def locate(self, picture: np.ndarray, any_turn: bool = False) -> np.ndarray:
        """(N, 4, 2) float32 quads of the card-like things of an (H, W, 3) uint8 RGB picture, in reading order.

        any_turn: it is a photograph; each card's corners are fitted by a look at it alone.
        """
        found = self._refiner.find(picture, self.locator) if any_turn else self.locator.find(picture)
        quads = np.array([card.quad for card in found], np.float32).reshape(-1, 4, 2)
        return quads[reading_order(quads)]

    def read(self, picture: np.ndarray, quads: np.ndarray, any_turn: bool = False) -> list[Card]:
        """Name the cards at given quads of an (H, W, 3) uint8 RGB picture, in the quads' order.

        quads: (N, 4, 2), top left, top right, bottom right, bottom left as they lie. What has no name is looked at again:
        without a wash of one colour that may lie over it, from its sides if it lies, and from below where nothing has a name
        (see `second_look`). any_turn: each card may lie in any of four turns (see `turns`).
        """
        return self.look_at(picture, quads, any_turn).cards

    def look_at(
        self, picture: np.ndarray, quads: np.ndarray, any_turn: bool = False, doubted: np.ndarray | None = None
    ) -> Sight:
        """The same with what the encoder gave at the first look, at the things as they stand or as they are turned.

        doubted: (N,) bool, things that are there only if their name is beyond doubt; all are looked at closer then.
        """
        if len(quads) == 0:
            return Sight(picture, quads, [])
        size = (picture.shape[1], picture.shape[0])
        if any_turn:
            cut = self._cut(picture, all_turns(quads))
            return Sight(picture, quads, *read_in_turns(cut, quads, size, self._encode, self.namer))

        def look(some: np.ndarray, washed: bool = False) -> tuple[list[Card], dict[str, np.ndarray]]:
            cut = self._cut(picture, some)
            outputs = self._encode(without_wash(cut) if washed else cut)
            return self._name(outputs, some, size), outputs

        sight = Sight(picture, quads, *look(quads))
        if doubted is not None:
            sight = look_closer(sight, doubted, lambda: self._refiner, look)
        return sight.with_cards(look_again(sight.cards, sight.quads, lambda some: is_washed(self._cut(picture, some)), look))

    def _cut(self, picture: np.ndarray, quads: np.ndarray) -> np.ndarray:
        with self._stage("rectify"):
            return rectify(picture, quads, self.bundle.input_size, self.bundle.margin)

    def _encode(self, cut: np.ndarray) -> dict[str, np.ndarray]:
        with self._stage("encode"):
            return self.encode(cut)

    def _name(self, outputs: dict[str, np.ndarray], quads: np.ndarray, size: tuple[int, int]) -> list[Card]:
        with self._stage("name"):
            return self.namer.name(outputs, quads, size)

    def encode(self, cards: np.ndarray) -> dict[str, np.ndarray]:
        """All outputs of the encoder for (N, h, w, 3) uint8 RGB cards: logits by task, and `embedding` (N, D)."""
        if self._encode_elsewhere is not None:
            return self._encode_elsewhere(cards)
        parts = [self._encoder.run(None, {"cards": cards[start : start + BATCH]}) for start in range(0, len(cards), BATCH)]
        return {name: np.concatenate([part[index] for part in parts]) for index, name in enumerate(self._outputs)}

    def _check_outputs(self) -> None:
        check_network(self._encoder, self._encoder_file, "cards", [*self.bundle.tasks, "embedding"])
        for task, entry in self.bundle.tasks.items():
            width = self._width(task)
            if isinstance(width, int) and width != len(entry.classes):
                raise ModelError(
                    f"{self._encoder_file}: {width} classes for {task!r}, model.json {len(entry.classes)}; make the model anew"
                )

    def _check_gallery(self) -> None:
        gallery, width = self.namer.gallery, self._width("embedding")
        if gallery is None:
            return
        known = (0 <= gallery.card) & (gallery.card < len(self._own_cards))
        known &= gallery.modifier >= 0
        if not known.all() or (isinstance(width, int) and gallery.embedding.shape[1] != width):
            raise ModelError(f"{self.bundle.folder}: gallery.npz is that of another model; make the model anew")

    def _width(self, output: str) -> int | str | None:
        """Numbers a card in this output, where the network's file tells."""
        return self._encoder.get_outputs()[self._outputs.index(output)].shape[-1]


def _listed(images: ImageSource | Sequence[ImageSource]) -> Sequence[ImageSource]:
    """One picture or several as a list; InputError for none."""
    listed = [images] if isinstance(images, str | os.PathLike | np.ndarray | Image.Image) else images
    if not listed:
        raise InputError("no picture of the card; name at least one")
    return listed


def check_table(bundle: Bundle) -> None:
    """ModelError for a model of another game, which has no table of this one."""
    if bundle.game is not None:
        raise ModelError(
            f"model {bundle.name!r} is of another game, a table is Balatro's; name a model of Balatro, or leave the table out"
        )


def identify(image: ImageSource, model: str | os.PathLike[str] = "auto") -> list[Card]:
    """The cards of one picture. For more than one, load a Recognizer once.

    >>> cards = identify("screenshot.png", model="demo")
    >>> [(card.name, card.modifier) for card in cards if card.modifier != "Base"]
    [('Juggler', 'Foil'), ('Captain Mildew', 'Polychrome'), ('Birthday Arson', 'Polychrome')]
    """
    return Recognizer.load(model).identify(image)
