"""What the server refuses before it costs anything."""

from __future__ import annotations

import numpy as np
import pytest

from balatro.identify_card.server.limits import Limits, Refused, Uploads, decode
from balatro.utils.images import load_image
from tests.identify_card.server.server_parts import as_bytes, bomb, table_bytes

LIMITS = Limits(bytes=100, pixels=1_000_000, uploads=150)
GOOD = table_bytes()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM", "TGA"])
def test_decodes_what_a_file_of_it_would_give(form, tmp_path):
    picture = np.random.default_rng(1).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    data = as_bytes(picture, form)
    (tmp_path / "picture").write_bytes(data)
    assert np.array_equal(decode(data, LIMITS), load_image(tmp_path / "picture"))


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 400, "no bytes"),
        (b"hello", 415, "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", 415, "not a picture"),
        (GOOD[: len(GOOD) // 2], 422, "damaged"),
        (as_bytes(np.zeros((1001, 1000, 3), np.uint8)), 413, "1000x1001 pixels; at most 1 million"),
        (bomb(), 413, "far too many"),
        (bomb(9_000, 9_000), 413, "9000x9000"),
        (bomb(12_000, 9_000), 413, "12000x9000"),
    ],
)
def test_refuses_in_words(data, status, words):
    with pytest.raises(Refused, match=words) as refused:
        decode(data, LIMITS)
    assert refused.value.status == status
    assert "\n" not in str(refused.value)


def test_uploads_are_counted_and_given_back():
    uploads = Uploads(LIMITS)
    with uploads.hold() as one, uploads.hold() as other:
        one.add(60)
        with pytest.raises(Refused) as refused:
            one.add(41)
        assert refused.value.status == 413
        other.add(90)
        with pytest.raises(Refused) as refused:
            one.add(1)
        assert refused.value.status == 503
        assert uploads.held == 150
    assert uploads.held == 0


def test_websockets_are_counted_and_leave_room_for_requests():
    assert (Limits().sockets, Limits(bytes=8 << 20).sockets, Limits(bytes=100, uploads=100).sockets) == (4, 16, 1)
    uploads = Uploads(Limits(bytes=100, uploads=400))
    with uploads.socket(), uploads.socket():
        assert uploads.held == 200
        with pytest.raises(Refused, match="2 clients are at /live") as refused, uploads.socket():
            pass
        assert refused.value.status == 503
    with uploads.hold() as one, uploads.hold() as other, uploads.hold() as third, uploads.hold() as last:
        for share in (one, other, third, last):
            share.add(100)
        with pytest.raises(Refused, match="too many uploads"), uploads.socket():
            pass
    assert (uploads.held, uploads.sockets) == (0, 0)
