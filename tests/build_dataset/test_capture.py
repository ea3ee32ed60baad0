from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
import pytest

from balatro.build_dataset.capture import Capture, CaptureSettings, RestGate
from balatro.build_dataset.find_cards import classic
from balatro.errors import InputError, SettingsError
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.frame import Frame, FrameSource
from balatro.utils.desktop import Box
from tests.build_dataset.drawn_tables import lay, table
from tests.build_dataset.fake_store import FakeStore

Frames: TypeAlias = "Sequence[np.ndarray | BaseException]"


class Script(FrameSource):
    """Frames, or errors, one after the other."""

    def __init__(
        self, frames: list[np.ndarray | BaseException], fps: float = 10, live: bool = False, still: bool = False
    ) -> None:
        super().__init__("script")
        self.live, self.still = live, still
        self._fps = fps
        self._frames: Iterator[tuple[int, np.ndarray | BaseException]] = enumerate(frames)

    def grab(self) -> Frame | None:
        number, frame = next(self._frames, (0, None))
        if isinstance(frame, BaseException):
            raise frame
        if frame is None:
            return None
        return Frame(frame, number / self._fps, Box(0, 0, frame.shape[1], frame.shape[0]))


def screen(*seeds: int, dx: float = 0) -> np.ndarray:
    picture = table()
    for place, seed in enumerate(seeds):
        lay(picture, seed, 90 + 140 * place + dx, 150, width=90)
    return picture


def run(
    frames: list[np.ndarray | BaseException], store: FakeStore | None = None, **more: float | bool
) -> tuple[Capture, FakeStore]:
    store = store or FakeStore()
    capture = Capture(Script(frames, **more), classic, store)  # type: ignore[arg-type]
    return capture, store


def test_a_screen_is_captured_when_it_has_changed_and_come_to_rest() -> None:
    moving = [screen(1, 2, dx=8 * n) for n in range(1, 8)]
    capture, store = run([*[screen(1)] * 8, *moving, *[screen(1, 2, dx=60)] * 8])
    taken: list[int] = []
    capture.run(on_step=lambda step: taken.append(len(step.taken.cards)) if step.taken else None)
    assert taken == [1, 2]
    assert capture.counts["captures"] == 2
    # None was cut while it moved.
    assert len(store.saved) == len({crop.tobytes() for crop in store.saved})


def test_a_still_screen_is_captured_once() -> None:
    capture, store = run([screen(1, 2, 3)] * 60)
    summary = capture.run()
    assert (summary.captures, summary.saved, len(store.saved)) == (1, 3, 3)
    assert summary.frames == 60
    assert summary.ended == "the end of the source" and not summary.failed


def test_noise_and_shimmer_are_no_motion() -> None:
    rng = np.random.default_rng(0)
    frames = [np.clip(screen(1) + rng.normal(0, 6, (360, 640, 3)), 0, 255).astype(np.uint8) for _ in range(8)]
    assert run(frames)[0].run().captures == 1


def test_a_screen_that_never_rests_is_captured_after_a_while() -> None:
    frames = [screen(1, 2, 3), screen(1, 2, 3, dx=25)] * 35
    summary = run(frames)[0].run()
    assert 1 <= summary.captures <= 2


def test_a_video_of_any_rate_is_looked_at_as_often_as_a_screen() -> None:
    gate_looks = 0
    capture, _ = run([screen(1)] * 60, fps=60)
    look = capture._gate.look

    def counted(image: np.ndarray, seconds: float) -> bool:
        nonlocal gate_looks
        gate_looks += 1
        return look(image, seconds)

    capture._gate.look = counted  # type: ignore[method-assign]
    assert capture.run().captures == 1
    assert gate_looks == 10


def test_pictures_are_each_captured_at_once() -> None:
    summary = run([screen(1), screen(1), screen(2)], still=True)[0].run()
    assert (summary.captures, summary.cards, summary.saved) == (3, 3, 2)
    assert summary.outcomes == {"new cluster": 2, "duplicate": 1}


def test_two_alike_in_one_frame_are_saved_once() -> None:
    picture = np.concatenate([screen(5)[:, :200]] * 2, axis=1)
    capture, store = run([picture], still=True)
    step = capture.step()
    assert step.taken is not None
    first, second = step.taken.cards
    assert first.path is not None and second.path is None and second.is_duplicate
    assert len(store.saved) == 1


def test_take_saves_nothing_and_force_saves_a_duplicate() -> None:
    capture, store = run([screen(1), screen(1)])
    taken = capture.take()
    assert taken is not None and not store.saved and capture.counts["cards"] == 0
    saved = capture.save(taken)
    assert capture.save(saved).cards == saved.cards and len(store.saved) == 1
    again = capture.take()
    assert again is not None and again.cards[0].is_duplicate
    kept = capture.force(again.cards[0])
    assert kept.forced and kept.path is not None and capture.force(kept) is kept
    assert len(store.saved) == 2 and capture.counts["forced"] == 1


def test_only_the_game_part_of_the_window_counts() -> None:
    capture = Capture(Script([screen(1, 2, 3)]), classic, FakeStore(), screen=(0, 0, 0.3, 1))
    taken = capture.take()
    assert taken is not None and len(taken.cards) == 1 and taken.image.shape == (360, 192, 3)


@pytest.mark.parametrize(
    ("error", "ended", "failed"),
    [
        (KeyboardInterrupt(), "stopped by Ctrl+C", False),
        (InputError("the window 'x' was closed"), "the window 'x' was closed", True),
        (OSError(28, "No space left on device", "a.png"), "a.png: no space left on device", True),
    ],
)
def test_whatever_ends_a_run_there_is_a_summary(error: BaseException, ended: str, failed: bool) -> None:
    summary = run([screen(1), screen(2), error, screen(3)], still=True)[0].run()
    assert (summary.ended, summary.failed, summary.saved) == (ended, failed, 2)
    assert summary.to_json()["ended"] == ended


def test_a_full_disk_ends_the_run_with_what_was_saved() -> None:
    summary = run([screen(1), screen(2), screen(3)], FakeStore(full_after=2), still=True)[0].run()
    assert summary.failed and summary.saved == 2 and "no space left" in summary.ended


def test_a_window_that_is_away_is_waited_for() -> None:
    capture, _ = run([NotVisibleError("minimised"), screen(1), *[screen(1)] * 6], live=True)
    waits = []
    summary = capture.run(on_step=lambda step: waits.append(step.waiting))
    assert waits[0] == "minimised" and not any(waits[1:])
    assert summary.captures == 1


def test_the_time_is_kept_and_frames_are_not_looked_at_more_often_than_told() -> None:
    capture = Capture(Script([screen(1)] * 1000, live=True), classic, FakeStore(), CaptureSettings(max_fps=20))
    summary = capture.run(seconds=0.4)
    assert summary.ended == "the time is up"
    assert 1 <= summary.frames <= 9 and capture.fps <= 21


@pytest.mark.parametrize("wrong", [{"max_fps": 0}, {"max_fps": 1e9}, {"rest_s": -1}, {"patience_s": 0.1}])
def test_wrong_settings(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        CaptureSettings(**wrong)


def test_the_gate_takes_pictures_of_any_size() -> None:
    gate = RestGate(CaptureSettings(rest_s=0))
    for number, size in enumerate([(1, 1), (2, 3000), (2160, 3840), (54, 96)]):
        image = np.full((*size, 3), 80 * number, np.uint8)
        assert [gate.look(image, number + t) for t in (0, 0.1, 0.2)] == [False, True, False]
