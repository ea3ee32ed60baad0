"""Drawn frames through the whole loop, with networks that read flat colours."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from balatro.errors import InputError
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.watch.events import Event
from balatro.identify_card.watch.followed import STILLS
from balatro.identify_card.watch.gate import ChangeGate
from balatro.identify_card.watch.rest.told import State, Told
from balatro.identify_card.watch.watch import (
    STAGES,
    Frame,
    Latest,
    Live,
    Look,
    Stats,
    Watcher,
    thinned,
    watch,
)
from tests.identify_card.fake_bundle import draw_table

RED, GREEN, BLUE = ("red", "Base", 300, 150), ("green", "Foil", 500, 150), ("blue", "Base", 700, 400)
TABLE = draw_table([RED, GREEN, BLUE])


def frames(*pictures: np.ndarray, each: int = 10, fps: float = 10.0) -> Iterator[Frame]:
    shown = [picture for picture in pictures for _ in range(each)]
    return (Frame(picture, number / fps) for number, picture in enumerate(shown))


def said(events: list[Event]) -> list[tuple[str, str | None, str]]:
    return [(event.kind, event.card.id, event.card.modifier) for event in events]


def test_a_game_is_told_once(recognizer: Recognizer) -> None:
    events: list[Event] = []
    moved = draw_table([("red", "Base", 340, 130), GREEN, BLUE])
    changed = draw_table([("red", "Base", 340, 130), ("green", "Negative", 500, 150), BLUE])
    sold = draw_table([("red", "Base", 340, 130), ("green", "Negative", 500, 150)])
    pictures = [draw_table([]), TABLE, moved, changed, sold]
    stats = watch(frames(*pictures, each=20), events.append, recognizer)
    assert said(events) == [
        ("appeared", "red", "Base"),
        ("appeared", "green", "Foil"),
        ("appeared", "blue", "Base"),
        ("changed", "green", "Negative"),
        ("gone", "blue", "Base"),
    ]
    assert stats.frames == 100 and stats.unchanged > 80
    assert events[0].card.box == (258, 92, 342, 204)


def test_unchanged_frames_are_not_looked_into(recognizer: Recognizer) -> None:
    watcher = Watcher(recognizer)
    for number in range(3):
        watcher.look(TABLE, number * 0.1)
    before = watcher.stats()
    look = watcher.look(TABLE, 0.3)
    after = watcher.stats()
    assert (before.reads, after.reads) == (9, 9)
    assert (before.unchanged, after.unchanged) == (0, 1)
    assert [shown.card.id for shown in look.shown] == ["red", "green", "blue"]


def test_only_the_new_card_is_read(recognizer: Recognizer) -> None:
    watcher = Watcher(recognizer)
    for number in range(4):
        watcher.look(draw_table([RED, GREEN]), number * 0.1)
    before = watcher.stats().reads
    watcher.look(TABLE, 0.4)
    assert watcher.stats().reads - before == 1


def test_stats_count_the_stages(recognizer: Recognizer) -> None:
    looks: list[tuple[Look, Stats]] = []
    watch(frames(TABLE, each=3), lambda event: None, recognizer, on_look=lambda look, stats: looks.append((look, stats)))
    assert len(looks) == 3
    stats = looks[-1][1]
    assert tuple(stats.stages_ms) == STAGES and all(ms >= 0 for ms in stats.stages_ms.values())
    assert stats.stages_ms["locate"] > 0 and stats.stages_ms["read"] > 0 and stats.fps > 0 and 0 < stats.busy <= 1
    assert "locate" in stats.line() and "0 dropped" in stats.line()


def test_pictures_that_stand_for_themselves(recognizer: Recognizer) -> None:
    events: list[Event] = []
    watch(frames(TABLE, draw_table([RED]), each=1), events.append, recognizer, STILLS)
    assert [event.kind for event in events] == ["appeared"] * 3 + ["gone"] * 2


def test_window_changes_its_size(recognizer: Recognizer) -> None:
    events: list[Event] = []
    larger = draw_table([RED, GREEN, BLUE], (2048, 1152))
    watch(frames(TABLE, larger, TABLE), events.append, recognizer)
    assert [event.kind for event in events] == ["appeared"] * 3


def test_a_failing_callback_comes_out(recognizer: Recognizer) -> None:
    def fail(event: Event) -> None:
        raise ValueError(event.card.id)

    with pytest.raises(ValueError, match="red"):
        watch(frames(TABLE), fail, recognizer)


def test_model_by_folder(fake_folder: Path) -> None:
    events: list[Event] = []
    watch(frames(TABLE, each=3), events.append, fake_folder)
    assert len(events) == 3


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda image: image, True),
        (lambda image: np.clip(image.astype(int) + np.random.default_rng(0).integers(-3, 4, image.shape), 0, 255), True),
        (lambda image: draw_table([RED, GREEN]), False),
        (lambda image: draw_table([RED, ("green", "Holographic", 500, 150), BLUE]), False),
        (lambda image: image[:-1], False),
    ],
    ids=["the same", "noise", "a card less", "another modifier", "another size"],
)
def test_gate(change: Callable[[np.ndarray], np.ndarray], same: bool) -> None:
    gate = ChangeGate()
    assert not gate.is_same(TABLE)
    assert gate.is_same(change(TABLE).astype(np.uint8)) == same


def test_gate_sees_slow_change() -> None:
    gate = ChangeGate()
    assert [gate.is_same(np.full((576, 1024, 3), 60 + 2 * step, np.uint8)) for step in range(5)] == [
        *(False, True, True),
        *(False, True),
    ]


class FakeTime:
    """A clock that only moves when something takes time."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def live(time: FakeTime, grab: Callable[[], Frame | None], seconds: float | None = None, **more: object) -> Live:
    return Live(grab, 8.0, seconds, clock=time.clock, sleep=time.sleep, **more)  # type: ignore[arg-type]


def test_live_frames_come_at_their_pace() -> None:
    time = FakeTime()
    stream = live(time, lambda: Frame(TABLE, time.now), seconds=1.0)
    assert [frame.seconds - 100 for frame in stream] == [0.125 * number for number in range(8)]
    assert stream.dropped == 0


def test_late_frames_are_dropped_and_not_made_up_for() -> None:
    time = FakeTime()
    times = []
    stream = live(time, lambda: Frame(TABLE, time.now), seconds=1.0)
    for number, frame in enumerate(stream):
        times.append(frame.seconds - 100)
        time.now += 0.4375 if number == 1 else 0.03125  # one look takes long
    assert times[:5] == [0.0, 0.125, 0.5625, 0.625, 0.75]
    assert stream.dropped == 2  # those of 0.25 and 0.375; that of 0.5 came late


def test_live_waits_while_hidden() -> None:
    time, told = FakeTime(), []
    answers = iter([Frame(TABLE, 0.0), InputError("minimised"), InputError("minimised"), Frame(TABLE, 1.0), None])

    def grab() -> Frame | None:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    stream = live(time, grab, hidden=InputError, on_hidden=lambda error: told.append(str(error)))
    assert [frame.seconds for frame in stream] == [0.0, 1.0]
    assert told == ["minimised"] * 2 and stream.dropped == 0 and time.now > 100.5


def test_live_passes_on_what_ends_it() -> None:
    def grab() -> Frame | None:
        raise InputError("the window was closed")

    with pytest.raises(InputError, match="closed"):
        list(live(FakeTime(), grab))


def test_thinned_by_their_own_time() -> None:
    chosen = [frame.seconds for frame in thinned(frames(TABLE, each=30, fps=30.0), 10.0)]
    assert chosen == pytest.approx([number / 10 for number in range(10)])


def test_thinned_goes_on_when_time_starts_anew() -> None:
    stream = (Frame(TABLE, seconds) for seconds in (5.0, 5.01, 0.0, 0.01, 0.2))
    assert [frame.seconds for frame in thinned(stream, 10.0)] == [5.0, 0.0, 0.2]


def test_latest_gives_the_newest_and_counts_the_rest() -> None:
    first, rest, done = threading.Event(), threading.Event(), threading.Event()

    def camera() -> Iterator[Frame]:
        yield Frame(TABLE, 0.0)
        first.set()
        rest.wait(60)
        for number in range(1, 6):
            yield Frame(TABLE, float(number))
        done.set()

    latest = Latest(camera())
    stream = iter(latest)
    assert next(stream).seconds == 0.0
    first.wait(60)
    rest.set()
    done.wait(60)
    assert [frame.seconds for frame in stream] == [5.0]
    assert latest.dropped == 4


def test_latest_passes_on_an_error_after_the_last_frame() -> None:
    def camera() -> Iterator[Frame]:
        yield Frame(TABLE, 0.0)
        raise InputError("unplugged")

    seen = []
    with pytest.raises(InputError, match="unplugged"):
        for frame in Latest(camera()):
            seen.append(frame.seconds)
    assert seen == [0.0]


def test_a_table_is_looked_at_when_it_rests(recognizer: Recognizer) -> None:
    told: list[Told] = []
    chosen = draw_table([RED, ("green", "Foil", 500, 110), BLUE])
    stats = watch(frames(TABLE, chosen, TABLE, each=12), lambda event: None, recognizer, on_told=told.append)
    states = [one for one in told if isinstance(one, State)]
    assert len(states) == 1, "what is told has not changed since"
    assert [card.id for card in states[0].table.jokers or ()] == ["red", "green"]
    assert states[0].since == 0.0 and 0.3 <= states[0].seconds <= 0.5
    assert stats.unchanged > 10


def test_without_asking_no_table_is_looked_at(recognizer: Recognizer) -> None:
    watcher = Watcher(recognizer)
    assert all(watcher.look(TABLE, number / 10).told == () for number in range(10))
    assert "table" not in watcher.stats().line()
