"""Is a card on the screen now? For scripts that wait for one, or act on what lies there.

>>> from balatro import is_card_displayed
>>> if is_card_displayed("Juggler", modifier="Foil", source="screenshot.png"):
...     print("there it is")
there it is

Without `source`, the game's window is looked at; `timeout=5` waits up to five seconds for the card.

A card is asked for by its id or its name in any spelling. The model is loaded once and kept for all later questions.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image

from balatro.config import cards as catalogue
from balatro.config.cards import fold
from balatro.errors import SettingsError, UnknownCardError
from balatro.frames.desktop.errors import NotVisibleError, NoWindowError
from balatro.identify_card.card import Card
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.turns import check_seen_as
from balatro.runtime.bundle import Bundle, find_bundle
from balatro.runtime.stamps import ModelStamp, stamp_model
from balatro.utils.images import load_image

if TYPE_CHECKING:
    from balatro.frames.frame import FrameSource
    from balatro.utils.images import ImageSource

SOURCE = "window:Balatro"
"""What is looked at when nothing else is said."""
POLL_S = 0.1
"""Seconds between two looks while waiting."""

Model: TypeAlias = "str | os.PathLike[str] | Recognizer"
Region: TypeAlias = tuple[int, int, int, int]
Looks: TypeAlias = Callable[[], "np.ndarray | None"]
"""The picture of this moment as (H, W, 3) uint8 RGB; None when there will be none any more."""

_lock = RLock()
"""A recogniser is not to be used by two threads at once."""
_loaded: dict[Path, tuple[ModelStamp, Recognizer]] = {}
"""By folder: the state of its files when it was read, and the recogniser."""


def is_card_displayed(
    card: str,
    modifier: str | None = None,
    region: Region | None = None,
    timeout: float = 0.0,
    source: ImageSource | Looks | None = None,
    model: Model = "auto",
    seen_as: str = "auto",
) -> bool:
    """Whether a card is on the screen; with a timeout, whether it comes up within so many seconds.

    card: id or name, such as "j_blueprint" or "Blueprint"; a name is that of all its printings. modifier: one of the model's,
    or None for any. seen_as: what the picture is, as of `Recognizer.identify`; auto takes a photograph with a model of another
    game. region: (left, top, width, height) in pixels of the picture; only cards whose middle lies in it count.
    source: "window:TITLE", "monitor:1", "region:X,Y,W,H", a file, a picture, or a function that gives the picture of
    the moment; the window of the game when left out.

    A window that is minimised shows no card. While there is time left, a window that is not open yet is waited for too.

    UnknownCardError names the nearest cards when the model has none of this name; SettingsError says what is wrong with another
    argument, InputError with the source, such as a window that is not there at the end.

    >>> is_card_displayed("Captain Mildew", source="screenshot.png")
    True
    >>> is_card_displayed("Captain Mildew", modifier="Negative", source="screenshot.png")
    False
    """
    return bool(find_card(card, modifier, region, timeout, source, model, seen_as))


def find_card(
    card: str,
    modifier: str | None = None,
    region: Region | None = None,
    timeout: float = 0.0,
    source: ImageSource | Looks | None = None,
    model: Model = "auto",
    seen_as: str = "auto",
) -> list[Card]:
    """All copies of a card that are on the screen, in reading order; arguments and errors as of `is_card_displayed`.

    With a timeout, it returns as soon as there is one.

    >>> [(card.modifier, card.box) for card in find_card("juggler", source="screenshot.png")]
    [('Foil', (575, 45, 675, 186)), ('Base', (502, 441, 604, 584))]
    """
    if not timeout >= 0:
        raise SettingsError(f"timeout is {timeout}; give 0 seconds or more")
    check_seen_as(seen_as)
    _check_region(region)
    with _lock:
        recognizer = _recognizer(model)
        modifier = _modifier(modifier, recognizer.bundle)
        wanted = _card_ids(card, recognizer.bundle)
    until = time.monotonic() + timeout
    with _looking_at(source) as look:
        while True:
            seen = _see(look, recognizer, until, seen_as)
            if seen is None:
                return []
            found = [one for one in seen if one.id in wanted and modifier in (None, one.modifier) and _is_inside(one, region)]
            left = until - time.monotonic()
            if found or left <= 0:
                return found
            time.sleep(min(POLL_S, left))


def _see(look: Looks, recognizer: Recognizer, until: float, seen_as: str) -> list[Card] | None:
    """The cards that are to be seen now, none while the window is hidden or not open yet; None when the source has ended.

    NoWindowError when there is still no window at `until`, by time.monotonic.
    """
    try:
        if (image := look()) is None:
            return None
        with _lock:
            return recognizer.identify(image, seen_as)
    except NotVisibleError:
        return []
    except NoWindowError:
        if time.monotonic() >= until:
            raise
        return []


def wait_for_card(
    card: str,
    modifier: str | None = None,
    region: Region | None = None,
    timeout: float = 60.0,
    source: ImageSource | Looks | None = None,
    model: Model = "auto",
    seen_as: str = "auto",
) -> Card | None:
    """Wait until a card is on the screen: the first copy in reading order, or None when the time is up.

    Arguments and errors as of `is_card_displayed`; timeout in seconds.

    >>> card = wait_for_card("Frog Regent", timeout=30, source="screenshot.png")
    >>> card.modifier
    'Base'
    """
    found = find_card(card, modifier, region, timeout, source, model, seen_as)
    return found[0] if found else None


def card_id(name_or_id: str, bundle: Bundle) -> str:
    """The id of a model's card by id or name, whatever the case, spaces, punctuation and accents.

    UnknownCardError names the nearest cards of this model.
    """
    cards = [card for card in bundle.cards if card.known]
    keys = {fold(card.id): card.id for card in cards} | {fold(card.name): card.id for card in cards}
    ids = {card.id for card in cards}
    if name_or_id in ids:
        return name_or_id
    if (key := fold(name_or_id)) in keys:
        return keys[key]
    if ids <= {card.id for card in catalogue.CATALOGUE}:
        # A deck of the game's cards: the catalogue knows more spellings, and the nearest of all its names.
        known = catalogue.catalogue_card(name_or_id)
        if known.id in ids:
            return known.id
        raise UnknownCardError(f"the model {bundle.name!r} has not learned {known.name!r}; train one on a deck that has it")
    names = {card.id: card.name for card in cards}
    spellings = {key: names[found] for key, found in keys.items()}
    hint = catalogue.nearest(name_or_id, spellings, f"it knows {len(cards)} cards, such as {cards[0].name!r}")
    raise UnknownCardError(f"the model {bundle.name!r} has no card called {name_or_id!r}; {hint}")


def _card_ids(name_or_id: str, bundle: Bundle) -> set[str]:
    """The ids that a question means: that one, or those of all printings of a name."""
    wanted = card_id(name_or_id, bundle)
    if wanted == name_or_id:
        return {wanted}
    name = next(card.name for card in bundle.cards if card.id == wanted)
    return {card.id for card in bundle.cards if card.known and card.name == name}


def _modifier(text: str | None, bundle: Bundle) -> str | None:
    """One of the model's modifiers, whatever the case."""
    if text is None:
        return None
    modifiers = bundle.tasks["modifier"].classes if "modifier" in bundle.tasks else ()
    for modifier in modifiers:
        if fold(modifier) == fold(text):
            return modifier
    if not modifiers:
        raise SettingsError(f"modifier {text!r}: the model {bundle.name!r} tells none; leave it out")
    raise SettingsError(f"modifier {text!r}: expected one of {', '.join(modifiers)}, or None for any")


def _check_region(region: Region | None) -> None:
    if region is not None and (len(region) != 4 or min(region[2:]) <= 0):
        raise SettingsError(f"region {region}: expected (left, top, width, height) in pixels, such as (100, 80, 640, 360)")


def _is_inside(card: Card, region: Region | None) -> bool:
    if region is None:
        return True
    x, y = (card.box[0] + card.box[2]) / 2, (card.box[1] + card.box[3]) / 2
    left, top, width, height = region
    return left <= x < left + width and top <= y < top + height


def _recognizer(model: Model) -> Recognizer:
    """The model, loaded once; anew after anything of it was changed."""
    if isinstance(model, Recognizer):
        return model
    folder = find_bundle(model).resolve()
    stamp = stamp_model(folder)
    if folder not in _loaded or _loaded[folder][0] != stamp:
        _loaded[folder] = (stamp, Recognizer.load(folder))
    return _loaded[folder][1]


@contextmanager
def _looking_at(source: ImageSource | Looks | None) -> Iterator[Looks]:
    """A way to get the picture of the moment, until the block ends."""
    if isinstance(source, np.ndarray | Image.Image):
        pictures = iter([load_image(source)])
        yield lambda: next(pictures, None)
    elif callable(source):
        yield source
    else:
        with _opened(SOURCE if source is None else os.fspath(source)) as look:
            yield look


@contextmanager
def _opened(text: str) -> Iterator[Looks]:
    """A source of the capture room, which is needed only here; opened when first looked at, anew after it was closed."""
    from balatro.frames.sources import open_source

    with ExitStack() as stack:
        source: FrameSource | None = None

        def look() -> np.ndarray | None:
            nonlocal source
            source = source or stack.enter_context(open_source(text))
            try:
                frame = source.grab()
            except NoWindowError:
                source = None
                stack.close()
                raise
            return None if frame is None else frame.image

        yield look
