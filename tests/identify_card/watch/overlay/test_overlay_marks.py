"""What is drawn over the game, without any window."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balatro.config.shapes import MARGIN
from balatro.errors import SettingsError
from balatro.identify_card.card import Card, Guess, quad_box
from balatro.identify_card.marks.draw import draw_cards, draw_layer
from balatro.identify_card.marks.labels import COLOURS, DOUBTFUL, STYLES, Drawing, place_labels, text_size
from balatro.identify_card.watch.overlay.feed import Feed
from balatro.identify_card.watch.overlay.keys import Choices
from balatro.identify_card.watch.overlay.marks import Marks, Steady, marks_of, scaled
from balatro.identify_card.watch.track import Shown
from balatro.identify_card.watch.watch import Frame

SIZE = (1024, 576)
BESIDE = Drawing(beside=True)
GUESSES = (Guess("egg", "Egg", 0.9), Guess("mime", "Mime", 0.08), Guess("baron", "Baron", 0.001))


def card(x: float, y: float, turn: float = 0.0, known: bool = True, modifier: str = "Base", confidence: float = 0.9) -> Card:
    """A card of 90 by 120 pixels around a middle, turned by degrees."""
    corners = np.array([(-45, -60), (45, -60), (45, 60), (-45, 60)], np.float32)
    rotation = cv2.getRotationMatrix2D((0, 0), turn, 1)[:, :2]
    quad = np.round(corners @ rotation.T + (x, y))
    name = "Egg" if known else None
    corners_of = tuple((int(a), int(b)) for a, b in quad)
    return Card("egg", name, "Joker", "", modifier, known, confidence, 0.9, quad_box(quad, *SIZE), corners_of, GUESSES)


def area(one: Card, margin: float) -> np.ndarray:
    """(H, W) bool, the pixels of a card with a margin, but for those on its rim, where rounding decides."""
    quad = np.array(one.quad, np.float32)
    middle = quad.mean(axis=0)
    mask = np.zeros(SIZE[::-1], np.uint8)
    cv2.fillPoly(mask, [np.round(middle + (quad - middle) * (1 + 2 * margin)).astype(np.int32)], 1)
    return np.asarray(cv2.erode(mask, np.ones((3, 3), np.uint8))) > 0


places = st.builds(card, st.floats(0, 1024), st.floats(0, 576), st.floats(-20, 20), st.booleans())


@settings(deadline=None)
@given(st.lists(places, min_size=1, max_size=12), st.sampled_from(STYLES), st.booleans())
@pytest.mark.slow
def test_nothing_lies_upon_what_is_read(cards: list[Card], style: str, runners_up: bool) -> None:
    layer = draw_layer(SIZE, cards, Drawing(style, runners_up, beside=True))
    assert layer.shape == (576, 1024, 4)
    for one in cards:
        assert not layer[area(one, MARGIN * 0.9)].any()


def test_a_lone_card_has_its_outline_and_its_label_beside_it() -> None:
    one = card(500, 200, modifier="Foil")
    both, outline, label = (draw_layer(SIZE, [one], Drawing(style, beside=True))[..., 3] > 0 for style in STYLES)
    assert (both == (outline | label)).all() and not (outline & label).any()
    around = area(one, 0.16)
    assert outline.any() and not (outline & ~around).any()
    assert label[270:310].any() and not label[:260].any()


def test_labels_that_find_no_place_are_left_out_and_runners_up_first() -> None:
    crowd = [card(45 + 92 * column, 60 + 122 * row) for column in range(11) for row in range(5)]
    assert place_labels(crowd, text_size(*SIZE, crowd), SIZE, BESIDE) == []
    pair = [card(500, 200), card(500, 382)]  # room for a short label between them, not for a long one
    labels = place_labels([pair[0], replace(pair[1], known=False)], 14, SIZE, Drawing(runners_up=True, beside=True))
    assert len(labels) == 1


def test_runners_up_stand_below_and_the_improbable_do_not() -> None:
    (label,) = place_labels([card(500, 200)], 14, SIZE, Drawing(runners_up=True))
    assert [line.text for line in label.lines] == ["Egg", "90%", "Mime 8%"]


def test_doubtful_cards_have_their_own_colour_and_a_question_mark() -> None:
    one = card(500, 200, modifier="Foil", confidence=0.6)
    drawn = draw_cards(np.full((576, 1024, 3), 90, np.uint8), [one], Drawing("outline"), {one})
    edge = drawn[200, 453:458].astype(int)
    assert np.abs(edge - DOUBTFUL).sum(axis=1).min() < 30 < np.abs(edge - COLOURS["Foil"]).sum(axis=1).min()
    (label,) = place_labels([one], 14, SIZE, doubtful={one})
    assert label.lines[1].text == "Foil 60%?" and label.colour == DOUBTFUL


def test_the_layer_over_a_frame_is_the_marked_frame() -> None:
    frame = np.random.default_rng(0).integers(0, 255, (576, 1024, 3), dtype=np.uint8)
    cards = [card(300, 200), card(360, 210, 5), card(700, 300, known=False)]
    layer = draw_layer(SIZE, cards).astype(float)
    over = layer[..., :3] + frame * (1 - layer[..., 3:] / 255)
    assert np.abs(draw_cards(frame, cards) - over).max() <= 1


def test_an_unknown_style_is_one_line() -> None:
    with pytest.raises(SettingsError, match="both, outline or label"):
        Drawing("bold")


# Marks.


def test_covered_and_unsure_cards_are_doubtful() -> None:
    sure, covered, unsure = card(100, 100), card(300, 100), card(500, 100, confidence=0.7)
    marks = marks_of([Shown(1, sure, False), Shown(2, covered, True), Shown(3, unsure, False)])
    assert marks.cards == (sure, covered, unsure) and marks.doubtful == {covered, unsure}


def test_scaled_marks_stay_doubtful() -> None:
    one = card(100, 100)
    marks = scaled(Marks((one,), frozenset([one])), 2)
    assert marks.cards[0].quad[0] == (110, 80) and marks.cards[0].box == (110, 80, 290, 320)
    assert marks.doubtful == set(marks.cards)


@pytest.mark.parametrize(
    ("change", "is_held"),
    [
        ({"x": 102}, True),
        ({"x": 110}, False),
        ({"confidence": 0.88}, True),
        ({"confidence": 0.8}, False),
        ({"modifier": "Foil"}, False),
    ],
)
def test_only_what_moves_or_changes_is_drawn_anew(change: dict[str, float], is_held: bool) -> None:
    steady, before = Steady(), card(100, 100)
    after = card(**{"x": 100, "y": 100, **change})  # type: ignore[arg-type]
    steady.hold([Shown(1, before, False)])
    (held,) = steady.hold([Shown(1, after, False)])
    assert held.card == (before if is_held else after)


def test_a_slow_drift_is_followed_in_the_end() -> None:
    steady = Steady()
    for x in range(100, 130):
        (held,) = steady.hold([Shown(1, card(x, 100), False)])
        assert abs(held.card.quad[0][0] - (x - 45)) <= 4
    assert steady.hold([]) == [] and steady.hold([Shown(1, card(131, 100), False)])[0].card == card(131, 100)


# Between the threads.


def test_a_video_runs_at_its_own_speed() -> None:
    feed, now = Feed(is_paced=True), [50.0]
    slept: list[float] = []

    def rest(seconds: float) -> None:
        slept.append(seconds)
        now[0] += max(0.0, seconds)

    feed.rest = rest  # type: ignore[method-assign]
    image = np.zeros((2, 2, 3), np.uint8)
    for frame in feed.paced([Frame(image, second) for second in (0.0, 0.5, 1.0, 1.5)], lambda: now[0]):
        now[0] += 2.0 if frame.seconds == 0.5 else 0.1  # one frame takes long: what follows is put off, not hurried
    assert slept == pytest.approx([0.0, 0.4, -0.0, 0.4], abs=1e-6)


def test_a_paused_video_can_be_ended() -> None:
    feed = Feed(is_paced=True)
    feed.pause(True)
    frames = feed.paced([Frame(np.zeros((2, 2, 3), np.uint8), 0.0)])
    feed.stop()
    assert list(frames) == []


def test_keys_go_through_the_styles() -> None:
    choices = Choices(Drawing())
    seen = []
    for _ in STYLES:
        seen.append(choices.drawing.style)
        choices.next_style()
    assert tuple(seen) == STYLES and choices.drawing == Drawing()
    choices.runners_up()
    choices.hide()
    assert choices.drawing.runners_up and choices.is_hidden
