"""Readers side by side, one encoder, a bounded queue."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

from balatro.errors import ModelError
from balatro.identify_card.card import picture_json
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.server.batching import Gathering, Upload, default_readers, default_slots
from balatro.identify_card.server.limits import Limits, Refused, decode
from balatro.runtime.sessions import open_session
from tests.identify_card.fake_bundle import write_fake_bundle
from tests.identify_card.server.server_parts import as_bytes, card_bytes, make_readers, table_bytes

WAIT_S = 60


class Encoder:
    """Gives each card's first number back, and remembers how many came at once."""

    def __init__(self):
        self.sizes = []
        self.hold = threading.Event()
        self.hold.set()

    def __call__(self, cards):
        self.hold.wait(WAIT_S)
        self.sizes.append(len(cards))
        if (cards == 99).any():
            raise ValueError("a bad card")
        return {"twice": cards[:, :1] * 2.0, "embedding": cards[:, :1] * 1.0}


def filled(value, count=1):
    return np.full((count, 1), value, np.uint8)


@contextmanager
def busy(encoder, gathering, values):
    """One call in each slot, and one more for each of the values that waits; gives the futures of these."""
    encoder.hold.clear()
    with ThreadPoolExecutor(16) as pool:
        running = [pool.submit(gathering.encode, filled(1)) for _ in range(gathering._num_free)]
        try:
            wait_until(lambda: gathering._num_free == 0)
            waiting = [pool.submit(gathering.encode, filled(value)) for value in values]
            wait_until(lambda: len(gathering._batch.parts) == len(values))
        finally:
            encoder.hold.set()
        yield waiting
        for future in running:
            assert future.result(WAIT_S)["twice"] == 2


def wait_until(condition):
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_who_comes_first_goes_at_once():
    encoder = Encoder()
    outputs = Gathering(encoder).encode(filled(3, count=2))
    assert np.array_equal(outputs["twice"], filled(6, count=2)) and encoder.sizes == [2]


@pytest.mark.parametrize("num_slots", [1, 3])
def test_what_comes_while_the_encoder_is_busy_goes_together_next_and_each_gets_its_own(num_slots):
    encoder = Encoder()
    with busy(encoder, Gathering(encoder, num_slots), [2, 3, 4]) as waiting:
        outputs = [future.result(WAIT_S) for future in waiting]
    assert [one["twice"].item() for one in outputs] == [4, 6, 8]
    assert [one["embedding"].item() for one in outputs] == [2, 3, 4]
    assert sorted(encoder.sizes) == [1] * num_slots + [3]  # whichever slot is free first takes them


def test_an_error_reaches_all_of_its_batch_and_nobody_later():
    encoder = Encoder()
    gathering = Gathering(encoder)
    with busy(encoder, gathering, [2, 99]) as waiting:
        for future in waiting:
            with pytest.raises(ValueError, match="a bad card"):
                future.result(WAIT_S)
    assert gathering.encode(filled(1))["twice"] == 2


@pytest.fixture(scope="module")
def readers(fake_folder):
    readers = make_readers(fake_folder, num_readers=3)
    yield readers
    readers.close()


def test_answers_are_those_of_one_recognizer(readers, recognizer):
    uploads = [Upload(table_bytes(shift), f"{shift}.png") for shift in range(0, 60, 6)] + [Upload(card_bytes(), "card.png")]
    answers = [future.result(WAIT_S) for future in readers.submit(uploads)]
    for upload, answer in zip(uploads, answers, strict=True):
        picture = decode(upload.data, Limits())
        cards = recognizer.identify(picture)
        assert answer == picture_json(upload.name, picture.shape[1], picture.shape[0], cards)
    assert [card["name"] for card in answers[0]["cards"]] == ["Red", "Green", None]
    assert (answers[-1]["cards"][0]["name"], answers[-1]["cards"][0]["modifier"]) == ("Blue", "Negative")


@pytest.mark.parametrize(("what", "num_cards"), [("card", 1), ("screen", 3), ("auto", 3)])
def test_what_the_picture_is_the_whole_of(recognizer, what, num_cards):
    picture = decode(table_bytes(), Limits())
    cards = recognizer.see(picture, what).cards
    assert len(cards) == num_cards
    if what == "card":
        assert cards[0].box == (0, 0, 1024, 576)


def test_no_table_of_another_game(tmp_path):
    readers = make_readers(write_fake_bundle(tmp_path / "fake", without_head=True, game={"aspect": [0.7, 0.8]}), num_readers=1)
    try:
        table, cards = readers.submit([Upload(card_bytes(), table=True), Upload(card_bytes())])
        with pytest.raises(Refused, match="of another game") as refused:
            table.result(WAIT_S)
        assert refused.value.status == 422 and cards.result(WAIT_S)["cards"][0]["name"] == "Blue"
    finally:
        readers.close()


def held(readers):
    """Within it no reader finishes: all wait for this at the encoder."""
    return readers.gathering._changed


def test_a_full_queue_takes_all_or_none(fake_folder):
    readers = make_readers(fake_folder, Limits(waiting=3), num_readers=1)
    try:
        with held(readers):
            (first,) = readers.submit([Upload(card_bytes())])
            wait_until(lambda: not readers.waiting)
            waiting = readers.submit([Upload(card_bytes())] * 2)
            with pytest.raises(Refused, match="2 pictures are waiting") as refused:
                readers.submit([Upload(card_bytes())] * 2)
            assert refused.value.status == 503 and readers.waiting == 2
            waiting += readers.submit([Upload(card_bytes())])
            waiting[0].cancel()
        assert first.result(WAIT_S)["cards"][0]["name"] == "Blue"
        assert [future.result(WAIT_S)["width"] for future in waiting[1:]] == [96, 96]
    finally:
        readers.close()
    with pytest.raises(Refused, match="stopped"):
        readers.submit([Upload(card_bytes())])


def test_closing_refuses_what_waits(fake_folder):
    readers = make_readers(fake_folder, num_readers=1)
    with held(readers):
        readers.submit([Upload(card_bytes())])
        wait_until(lambda: not readers.waiting)
        (left,) = readers.submit([Upload(card_bytes())])
        closing = threading.Thread(target=readers.close)
        closing.start()
        with pytest.raises(Refused, match="stopped"):
            left.result(WAIT_S)
    closing.join(WAIT_S)
    assert not closing.is_alive()


def test_a_reader_survives_what_it_cannot_read(fake_folder, monkeypatch, caplog):
    readers = make_readers(fake_folder, num_readers=1)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(Recognizer, "see", lambda *args: 1 / 0)
            (bad,) = readers.submit([Upload(card_bytes())])
            with pytest.raises(ZeroDivisionError):
                bad.result(WAIT_S)
        (damaged, good) = readers.submit([Upload(b"x"), Upload(as_bytes(np.full((64, 48, 3), 7, np.uint8)))])
        with pytest.raises(Refused, match="not a picture"):
            damaged.result(WAIT_S)
        assert good.result(WAIT_S)["width"] == 48
        assert "could not be read" in caplog.text
    finally:
        readers.close()


@pytest.mark.parametrize("data", [b"no picture", table_bytes()[:900]])
def test_a_refused_picture_is_let_go_at_once(readers, data):
    upload = Upload(data)
    seen = weakref.ref(upload)
    gc.disable()  # nothing is to wait for it
    try:
        (future,) = readers.submit([upload])
        del upload
        assert isinstance(future.exception(WAIT_S), Refused)
        wait_until(lambda: seen() is None)
    finally:
        gc.enable()


def test_some_readers_are_chosen():
    assert 1 <= default_slots() <= default_readers() <= 8


class Ill:
    """What a reader follows, with trouble that comes and goes."""

    def __init__(self, bundle):
        self.bundle, self.trouble = bundle, ""

    def follow(self):
        if self.trouble:
            raise ModelError(self.trouble)


def test_trouble_is_told_once_each_time_that_it_comes_and_so_is_its_end(readers, caplog):
    ill = Ill(readers.common.bundle)
    for trouble in ("", "damaged", "damaged", "", "", "damaged"):
        ill.trouble = trouble
        readers._follow(ill)
    told = [record.getMessage().rpartition(": ")[2] for record in caplog.records]
    assert told == ["damaged", "what was added or set is read again", "damaged"]
    readers._trouble = ""


def test_all_readers_share_one_encoder(tmp_path, monkeypatch):
    opened: list[str] = []

    def counting(path, *more):
        opened.append(path.stem)
        return open_session(path, *more)

    monkeypatch.setattr(Recognizer.__init__, "__defaults__", (None, counting, None, None))
    readers = make_readers(write_fake_bundle(tmp_path), num_readers=3)
    readers.close()
    assert sorted(opened) == ["locator"] * 4 + ["model"]
