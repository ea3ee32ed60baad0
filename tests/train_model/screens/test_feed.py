"""Batches depend on the seed and their number alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from balatro.config.kinds import NOTHING
from balatro.models.locator import FRAME_SIZES
from balatro.render.photos.photographs import draw_photograph
from balatro.render.table import ScreenCard
from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.screens import feed
from balatro.train_model.screens.deck_lesson import DeckRecipe, make_deck_lesson, prepare, recipe_for
from balatro.train_model.screens.feed import (
    NOTHING_SHARE,
    PLAYING_SHARE,
    STRANGER_SHARE,
    FeedSettings,
    _beside,
    fit_frame,
    jitter,
    open_feed,
)
from balatro.train_model.screens.looks import NAMES
from balatro.utils.quads import lies_on_any
from tests.train_model.tiny_deck import save_tiny_deck, tiny_deck

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path: Path) -> FeedSettings:
    folder = save_tiny_deck(tmp_path / "deck")
    return FeedSettings(DeckRecipe("tiny", folder=str(folder)), seed=3, screens=1, crops=6)


def test_a_batch(settings: FeedSettings) -> None:
    batch = next(open_feed(settings, 0, 1, workers=0))
    frame = batch["frames"].shape[1:3]
    assert (frame[1], frame[0]) in FRAME_SIZES
    shapes = {name: (tuple(value.shape), value.dtype) for name, value in batch.items()}
    labels = dict.fromkeys((f"label.{task}" for task in NAMES), ((6,), torch.int64))
    assert shapes == labels | {
        "frames": ((1, *frame, 3), torch.uint8),
        "heat": ((1, 12096), torch.float32),
        "heat_weight": ((1, 12096), torch.float32),
        "corners": ((1, 8, 12096), torch.float32),
        "corner_weight": ((1, 12096), torch.float32),
        "smaller": ((1, frame[0] // 8, frame[1] // 8), torch.float32),
        "smaller_weight": ((1, frame[0] // 8, frame[1] // 8), torch.float32),
        "cards": ((6, 128, 96, 3), torch.uint8),
        "visible": ((6,), torch.float32),
    }
    assert set(batch["label.identification"].tolist()) <= {MISSING, 0, 1, 2, 4, 5, 6, 7}  # 3 is learned as its twin
    nothing = batch["label.kind"] == NOTHING
    assert nothing.sum() == round(6 * NOTHING_SHARE)
    assert (batch["label.identification"][nothing] == MISSING).all() and (batch["label.modifier"][nothing] == MISSING).all()


def test_what_shows_no_card_lies_on_none() -> None:
    quad = np.array([(100, 100), (180, 100), (180, 210), (100, 210)], np.float32)
    rng = np.random.default_rng(0)
    for _ in range(50):
        assert not lies_on_any(_beside(quad[None], rng), quad[None])
    assert lies_on_any(quad + 5, quad[None]) and not lies_on_any(quad, quad[:0].reshape(0, 4, 2))


def test_same_batches_whatever_the_workers(settings: FeedSettings) -> None:
    alone, helped = (list(open_feed(settings, 0, 3, workers)) for workers in (0, 1))
    for one, other in zip(alone, helped, strict=True):
        assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_later_start_gives_the_later_batches(settings: FeedSettings) -> None:
    all_three = list(open_feed(settings, 0, 3, 0))
    last = next(open_feed(settings, 2, 3, 0))
    assert torch.equal(all_three[2]["cards"], last["cards"])
    assert not torch.equal(all_three[0]["cards"], last["cards"])


def test_another_seed_another_batch(settings: FeedSettings) -> None:
    one, other = (next(open_feed(replace(settings, seed=seed), 0, 1, 0)) for seed in (3, 4))
    assert not torch.equal(one["frames"], other["frames"])


def test_workers_end_quietly_in_the_middle_of_their_work(settings: FeedSettings, capfd: pytest.CaptureFixture[str]) -> None:
    feed = open_feed(replace(settings, crops=200), 0, 10**9, workers=1)  # quick to draw, slow to hand over
    next(feed)
    next(feed)
    del feed
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("frame_size", FRAME_SIZES)
@pytest.mark.parametrize("size", [(1024, 576), (640, 360), (1024, 768), (1920, 800), (400, 700)])
def test_fit_frame_says_how_it_moved(size: tuple[int, int], frame_size: tuple[int, int]) -> None:
    width, height = size
    image = np.zeros((height, width, 3), np.uint8)
    point = np.array([width // 2, height // 2])
    image[point[1] - 4 : point[1] + 4, point[0] - 4 : point[0] + 4] = 255
    for seed in range(6):
        frame, turn = fit_frame(image, frame_size, np.random.default_rng(seed))
        assert frame.shape == (frame_size[1], frame_size[0], 3)
        wanted = point * turn[:2] + turn[2:]
        if not ((wanted > 9) & (wanted < np.array(frame_size) - 9)).all():
            continue  # cut off
        seen = np.argwhere(frame[..., 0] > 128).mean(0)[::-1] + 0.5
        assert seen == pytest.approx(wanted, abs=0.6)


def test_jitter_is_small_and_larger_for_covered_cards() -> None:
    quad = np.array([[0, 0], [90, 0], [90, 120], [0, 120]], np.float32)
    off = {}
    for visible in (1.0, 0.2):
        cards = [ScreenCard(0, "t_0", True, "Base", quad, visible, "jokers")] * 400
        off[visible] = float(np.abs(jitter(cards, np.random.default_rng(0)) - quad).mean() / 90)
    assert 0.005 < off[1.0] < 0.03 and off[0.2] > 1.4 * off[1.0]


def test_each_card_is_cut_out_before_any_twice() -> None:
    chosen = feed._choose(np.linspace(0.3, 1, 10), 15, np.random.default_rng(0))
    assert sorted(chosen[:10]) == list(range(10)) and len(chosen) == 15
    assert feed._choose(np.zeros(0), 4, np.random.default_rng(0)) == []


def test_playing_cards_are_cut_out_more_often_than_other_strangers() -> None:
    lesson = make_deck_lesson(tiny_deck())
    quad = np.zeros((4, 2), np.float32)
    cards = [ScreenCard(n, card.id, card.known, "Base", quad, 1.0, "jokers") for n, card in enumerate(lesson.deck.cards)]
    assert feed._shares(cards, lesson).tolist() == [1, 1, 1, 1, PLAYING_SHARE, *[STRANGER_SHARE] * 3]


def test_photographs_come_where_the_deck_has_printed_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(
        feed, "draw_photograph", lambda deck, rng, aspect: drawn.append(aspect) or draw_photograph(deck, rng, aspect)
    )
    recipe = recipe_for("invented", 30, 0, 8)
    for printed in (recipe.printed, 0):
        settings = FeedSettings(replace(recipe, printed=printed), seed=3, screens=4, crops=6)
        batch = feed.draw_batch(settings, prepare(settings.recipe), np.random.default_rng(1))
        assert len(batch["frames"]) == 4
    assert len(drawn) == round(feed.PHOTOGRAPHS * 4) > 0


def test_for_the_refiner_alone_photographs_alone_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "draw_screen", None)
    settings = FeedSettings(recipe_for("invented", 30, 0, 8), seed=3, screens=2, crops=2, only_photographs=True)
    batch = feed.draw_batch(settings, prepare(settings.recipe), np.random.default_rng(1))
    assert "frames" not in batch and len(batch["patches"]) == len(batch["wide"]) == 2 * feed.ONLY_PATCHES
