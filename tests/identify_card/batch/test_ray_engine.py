"""The same pictures on a Ray cluster, here one of our own."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
from PIL import Image

from balatro.errors import InputError, MissingPartError
from balatro.identify_card.batch.engines import ENGINES, Share
from balatro.identify_card.batch.many import Item, Work
from tests.identify_card.fake_bundle import draw_table


def test_without_ray_one_line_says_what_to_do(fake_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingPartError, match=r"pip install .*\[ray\]"):
        next(ENGINES["ray"].read(Work(fake_folder, ["a.png"]), Share()))


def test_a_cluster_that_is_not_there(fake_folder: Path) -> None:
    pytest.importorskip("ray.data")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(InputError, match=f"no Ray cluster answers at {address}"):
            next(ENGINES["ray"].read(Work(fake_folder, ["a.png"]), Share(address=address)))


@pytest.mark.slow
def test_items_survive_the_journey() -> None:
    pytest.importorskip("pyarrow")
    from balatro.identify_card.batch.ray_engine import _item, _row, _table

    frame = draw_table([("red", "Foil", 100, 200)])[::2]
    odd = Item("caf\udce9.png", "caf\udce9 copy.png", error="caf\udce9: bad")
    there = [Item("a.png"), odd, Item("b.mp4", "b/7.png", 7, 0.25, frame)]
    back = [_item(row) for row in _table([_row(item) for item in there]).to_pylist()]
    for item, same in zip(there, back, strict=True):
        assert (item.file, item.copy, item.frame, item.seconds, item.error) == (
            same.file,
            same.copy,
            same.frame,
            same.seconds,
            same.error,
        )
    assert back[0].image is None and back[2].image is not None
    assert (back[2].image == frame).all()


def test_the_same_lines(fake_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray.data")
    for number in range(20):
        Image.fromarray(draw_table([("red", "Foil", 100 + 20 * number, 200)])).save(tmp_path / f"{number:02d}.png")
    (tmp_path / "07.png").write_bytes(b"no picture")
    video = cv2.VideoWriter(str(tmp_path / "game.avi"), cv2.VideoWriter_fourcc(*"FFV1"), 10, (1024, 576))
    for x in range(200, 500, 50):
        video.write(cv2.cvtColor(draw_table([("green", "Base", x, 200)]), cv2.COLOR_RGB2BGR))
    video.release()
    names = ["game.avi", *sorted(path.name for path in tmp_path.glob("*.png")), "gone.mp4"]
    outs = {}
    for engine in ENGINES:
        words = [sys.executable, "-m", "balatro", "identify", *names, "--model", str(fake_folder), "--every", "2"]
        words += ["--json", f"{engine}.jsonl", "--draw", engine, "--engine", engine, "--jobs", "2"]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=600)
        if "Ray does not start on this machine" in done.stderr:
            pytest.skip("Ray gives a node 30 seconds to start, which an overloaded machine does not keep")
        assert done.returncode == 1 and "2 of 24 pictures could not be read" in done.stderr, done.stderr
        copies = {str(path.relative_to(tmp_path / engine)): path.read_bytes() for path in (tmp_path / engine).rglob("*.png")}
        outs[engine] = (tmp_path / f"{engine}.jsonl").read_bytes(), copies
    assert outs["ray"] == outs["local"]
    assert len(outs["ray"][1]) == 22
