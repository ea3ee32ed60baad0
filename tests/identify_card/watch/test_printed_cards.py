"""The whole way with the package's own networks: pictures of cards become a model that names them under a camera."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from balatro.gallery.references.make import make_reference_bundle
from balatro.gallery.references.read import read_references
from balatro.identify_card.displayed import is_card_displayed
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.watch.events import Event
from balatro.identify_card.watch.pile.count import Pile
from balatro.identify_card.watch.watch import Frame, Look, watch
from balatro.render.photos.prints import draw_print
from balatro.utils.images import write_png

pytestmark = pytest.mark.slow

SEED, CARDS = 4_400_017, (4, 12, 20, 28, 36, 60)
TURNS = (180, 90, 0, 270, 200, 15)


def picture(number: int) -> np.ndarray:
    """(400, w, 3) uint8: a printed card that no network has seen."""
    return np.ascontiguousarray(draw_print(SEED, number, 400)[..., :3])


@pytest.fixture(scope="module")
def recognizer(tmp_path_factory: pytest.TempPathFactory) -> Recognizer:
    place = tmp_path_factory.mktemp("printed")
    for number in CARDS:
        write_png(place / "refs" / f"Card {number}.png", picture(number))
    make_reference_bundle(read_references(place / "refs").references, place / "mine")
    return Recognizer.load(place / "mine", 1)


def table(number: int | None, degrees: int = 0) -> np.ndarray:
    """(720, 1280, 3) uint8: a card on grey cloth, turned clockwise by so many degrees."""
    rng = np.random.default_rng(5)
    ground = cv2.GaussianBlur(rng.normal(105, 60, (720, 1280, 3)).astype(np.float32), (0, 0), 2).clip(0, 255).astype(np.uint8)
    if number is None:
        return ground
    card = picture(number)
    height, width = card.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turn[:, 2] += (640 - width / 2, 360 - height / 2)
    cv2.warpAffine(card, turn, (1280, 720), dst=ground, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT)
    return ground


def film() -> Iterator[Frame]:
    shown = [table(None)] * 3
    for number, degrees in zip(CARDS, TURNS, strict=True):
        shown += [table(number, degrees)] * 5 + [table(None)] * 14
    return (Frame(image, place / 10) for place, image in enumerate(shown))


def test_cards_in_any_turn_are_named_and_counted(recognizer: Recognizer) -> None:
    events: list[Event] = []
    pile, counted = Pile(), []

    def see(look: Look, _: object) -> None:
        counted.extend(card.name for card in pile.see(look.shown, look.frame.seconds))

    watch(film(), events.append, recognizer, on_look=see)
    names = [f"Card {number}" for number in CARDS]
    assert [event.card.name for event in events if event.kind == "appeared"] == names
    assert [event.card.name for event in events if event.kind == "gone"] == names
    assert counted == names


@pytest.mark.parametrize(("number", "degrees"), [(4, 180), (20, 90)])
def test_a_card_on_its_head_is_displayed(recognizer: Recognizer, number: int, degrees: int) -> None:
    shown = table(number, degrees)
    assert is_card_displayed(f"Card {number}", source=shown, model=recognizer)
    assert not is_card_displayed("Card 60", source=shown, model=recognizer)
