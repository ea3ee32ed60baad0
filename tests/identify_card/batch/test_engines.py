"""Many pictures in several processes: the same lines as from one, and nothing left behind however it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing import active_children
from pathlib import Path

import pytest
from PIL import Image

from balatro.errors import InputError, ModelError, SettingsError
from balatro.identify_card.batch.engines import CHUNK, ENGINES, Share
from balatro.identify_card.batch.many import Every, Reader, ReaderSettings, Work, items, num_items, read_every
from balatro.identify_card.recognizer import Recognizer
from tests.identify_card.fake_bundle import draw_table, write_fake_bundle

pytestmark = pytest.mark.slow

NUM = 4 * CHUNK
ROUNDS = 20
"""How often these pictures come in a run that is to be ended in its middle: it would take some seconds."""
PATIENCE_S = 120


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(NUM):
        Image.fromarray(draw_table([("red", "Foil", 100 + 20 * number, 200)])).save(folder / f"{number:02d}.png")
    (folder / "03.png").write_bytes(b"no picture")
    return [path.as_posix() for path in sorted(folder.iterdir())]


def wait_until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def read_local(work: Work, jobs: int) -> list[bytes]:
    return [answer.line for answer in ENGINES["local"].read(work, Share(jobs=jobs, threads=1))]


def test_processes_give_what_one_gives(fake_folder: Path, pictures: list[str]) -> None:
    work = Work(fake_folder, pictures)
    alone, together = read_local(work, 1), read_local(work, 2)
    assert alone == together
    told = [json.loads(line) for line in together]
    assert [line["file"] for line in told] == pictures
    assert [number for number, line in enumerate(told) if "error" in line] == [3]
    assert not active_children()


def test_the_rest_of_the_work(fake_folder: Path, pictures: list[str]) -> None:
    whole = read_local(Work(fake_folder, pictures), 1)
    assert read_local(Work(fake_folder, pictures, first_file=30), 1) == whole[30:]
    assert num_items(Work(fake_folder, pictures, first_file=30)) == 2


def test_a_model_that_cannot_be_read_is_told(tmp_path: Path, pictures: list[str]) -> None:
    folder = write_fake_bundle(tmp_path / "bad")
    (folder / "model.onnx").write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="not a network"):
        read_local(Work(folder, pictures), 2)


def test_no_processes_are_left_when_nobody_wants_more(fake_folder: Path, pictures: list[str]) -> None:
    with closing(ENGINES["local"].read(Work(fake_folder, pictures), Share(jobs=2))) as answers:
        next(answers)
        assert len(active_children()) == 2
    assert not active_children()


def test_a_process_that_is_killed(fake_folder: Path, pictures: list[str]) -> None:
    answers = ENGINES["local"].read(Work(fake_folder, ROUNDS * pictures), Share(jobs=2))
    assert len([next(answers) for _ in range(CHUNK)]) == CHUNK
    for child in active_children():
        child.kill()
    with pytest.raises(InputError, match="fewer --jobs"):
        list(answers)


class Run:
    """`balatro identify` over many pictures, in the middle of its work."""

    def __init__(self, model: Path, pictures: list[str], folder: Path) -> None:
        self.pictures, self.out = pictures, folder / "out.jsonl"
        self.words = [sys.executable, "-m", "balatro", "identify", *pictures, "--model", str(model), "--json", str(self.out)]
        self.words += ["--jobs", "2", "--threads", "1"]
        self.process = subprocess.Popen(self.words, stderr=subprocess.PIPE)
        wait_until(lambda: self.lines.is_file() and self.num_lines >= 2 * CHUNK, "the first lines")

    @property
    def lines(self) -> Path:
        return self.out.with_name("out.jsonl.unfinished") / "lines.jsonl"

    @property
    def num_lines(self) -> int:
        return self.lines.read_bytes().count(b"\n")

    def resume(self) -> bytes:
        """What the output is when the run has gone on."""
        done = self.num_lines
        assert 2 * CHUNK <= done < len(self.pictures)
        end = subprocess.run([*self.words, "--resume"], capture_output=True, text=True, timeout=PATIENCE_S)
        assert end.returncode == 1 and f"{done} pictures done, going on" in end.stderr
        assert f"{ROUNDS} of {ROUNDS * NUM} pictures could not be read" in end.stderr
        return self.out.read_bytes()


@pytest.fixture
def run(fake_folder: Path, pictures: list[str], tmp_path: Path) -> Iterator[Run]:
    files = []
    for number in range(ROUNDS):
        for file in pictures:
            files.append((tmp_path / f"{number:02d}_{Path(file).name}").as_posix())
            os.link(file, files[-1])
    run = Run(fake_folder, files, tmp_path)
    with run.process:
        yield run
        run.process.kill()


def check_whole(run: Run, model: Path) -> None:
    assert run.resume() == b"".join(read_local(Work(model, run.pictures), 1))
    assert not run.lines.parent.exists()


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text(encoding="ascii").split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for child processes in /proc")
def test_killed_and_resumed(run: Run, fake_folder: Path) -> None:
    children = children_of(run.process.pid)
    assert len(children) >= 2
    run.process.kill()
    run.process.wait()
    wait_until(lambda: not any(map(is_running, children)), "the reading processes end with their parent")
    with run.lines.open("ab") as lines:
        lines.write(b'{"file": "to')
    check_whole(run, fake_folder)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads masks of signals in /proc")
def test_no_reading_process_hears_ctrl_c_from_its_first_moment_on(run: Run) -> None:
    readers = [pid for pid in children_of(run.process.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(readers) == 2
    for pid in readers:
        (blocked,) = re.findall(r"SigBlk:\s*(\w+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace"))
        assert int(blocked, 16) >> (signal.SIGINT - 1) & 1


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_ctrl_c_keeps_what_is_done(run: Run, fake_folder: Path) -> None:
    run.process.send_signal(signal.SIGINT)
    error = run.process.communicate(timeout=PATIENCE_S)[1].decode()
    assert run.process.returncode == 130
    assert f"{run.num_lines} pictures done and kept; --resume goes on" in error
    assert "Traceback" not in error
    check_whole(run, fake_folder)


def test_every() -> None:
    assert read_every("30") == Every(frames=30)
    assert read_every("0.5s") == Every(seconds=0.5)
    for bad in ("0", "-1", "1001000", "s", "", "0s"):
        with pytest.raises(SettingsError, match="--every"):
            read_every(bad)


@pytest.mark.parametrize("rate", [10, 24, 29.97, 60])
@pytest.mark.parametrize("step", [0.1, 0.5, 1.0])
def test_frames_at_regular_times(rate: float, step: float) -> None:
    every, times = Every(seconds=step), [number / rate for number in range(600)]
    chosen = [now for number, now in enumerate(times) if every.chosen(number, now, times[number - 1] if number else -1.0)]
    assert abs(len(chosen) - every.count(600, rate)) <= 1
    assert all(abs(now - number * step) < 1 / rate for number, now in enumerate(chosen))


def test_videos_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    work = Work(tmp_path, [(tmp_path / name).as_posix() for name in ("bad.mp4", "gone.mp4")])
    assert ["neither a picture nor a video" in items_[0].error for items_ in [list(items(work))]] == [True]
    assert [item.frame for item in items(work)] == [-1, -1]
    assert "no such file" in list(items(work))[1].error


def test_what_goes_wrong_with_one_picture_ends_no_run(
    fake_folder: Path, pictures: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    reader = Reader(ReaderSettings(fake_folder, 1))
    monkeypatch.setattr(Recognizer, "see", fail)
    (item, *_) = items(Work(fake_folder, pictures))
    answer = reader.read(item)
    assert "unexpected ZeroDivisionError" in json.loads(answer.line)["error"]
    assert answer.error == json.loads(answer.line)["error"]
