"""Readers side by side, one encoder, a bounded queue."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from balatro.identify_card.card import picture_json
from balatro.identify_card.server.batching import Gathering, Upload, default_readers, read_picture
from balatro.identify_card.server.limits import Limits, Refused, decode
from tests.identify_card.server_parts import as_bytes, card_bytes, make_readers, table_bytes

WAIT_S = 20


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


def together(gathering, parts):
    """Encode all parts, each in its own thread; all are busy before the first goes to the encoder."""
    start = threading.Barrier(len(parts))

    def one(cards):
        with gathering.picture():
            start.wait(WAIT_S)
            return gathering.encode(cards)

    with ThreadPoolExecutor(len(parts)) as pool:
        return [pool.submit(one, cards) for cards in parts]


def test_cards_of_all_pictures_go_at_once_and_each_gets_its_own():
    encoder = Encoder()
    parts = [np.full((count, 1), count, np.uint8) for count in (1, 2, 3, 4)]
    answers = [future.result() for future in together(Gathering(encoder, patience_s=WAIT_S), parts)]
    assert encoder.sizes == [10]
    for cards, outputs in zip(parts, answers, strict=True):
        assert np.array_equal(outputs["twice"], cards * 2.0)
        assert np.array_equal(outputs["embedding"], cards * 1.0)


def test_an_error_reaches_all_of_its_batch_and_nobody_later():
    gathering = Gathering(Encoder(), patience_s=WAIT_S)
    for future in together(gathering, [np.full((1, 1), value, np.uint8) for value in (1, 99)]):
        with pytest.raises(ValueError, match="a bad card"):
            future.result()
    with gathering.picture():
        assert gathering.encode(np.ones((1, 1), np.uint8))["twice"] == 2


def test_a_slow_picture_is_waited_for_a_moment_only():
    gathering = Gathering(Encoder(), patience_s=0.01)
    with gathering.picture():  # of another thread, which never comes to the encoder
        (answer,) = together(gathering, [np.ones((1, 1), np.uint8)])
    assert answer.result()["twice"] == 2


def test_what_comes_while_the_encoder_runs_goes_together_next():
    encoder = Encoder()
    encoder.hold.clear()
    gathering = Gathering(encoder, patience_s=0.01)

    def one(value):
        with gathering.picture():
            return gathering.encode(np.full((1, 1), value, np.uint8))["twice"].item()

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(one, 1)
        while not gathering._running:
            time.sleep(0.001)
        rest = [pool.submit(one, value) for value in (2, 3, 4)]
        while len(gathering._batch.parts) < 3:
            time.sleep(0.001)
        encoder.hold.set()
        assert [future.result(WAIT_S) for future in (first, *rest)] == [2, 4, 6, 8]
    assert encoder.sizes == [1, 3]


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
    cards = read_picture(recognizer, picture, what)
    assert len(cards) == num_cards
    if what == "card":
        assert cards[0].box == (0, 0, 1024, 576)


def test_a_full_queue_takes_all_or_none(fake_folder):
    readers = make_readers(fake_folder, Limits(waiting=3), num_readers=1)
    try:
        with readers._gathering._changed:  # the reader cannot finish: it waits for this at the encoder
            (first,) = readers.submit([Upload(card_bytes())])
            while readers.waiting:
                time.sleep(0.001)
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
    with readers._gathering._changed:
        readers.submit([Upload(card_bytes())])
        while readers.waiting:
            time.sleep(0.001)
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
            patched.setattr("balatro.identify_card.server.batching.read_picture", lambda *args: 1 / 0)
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


def test_some_readers_are_chosen():
    assert 2 <= default_readers() <= 8
