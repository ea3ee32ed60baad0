"""How long each stage of identifying takes on this machine, for one model or several side by side.

Models take turns picture by picture, also in being first, so that a machine that slows down slows all of them; a first round
warms up and is not counted.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from balatro.identify_card.recognizer import Recognizer
from balatro.runtime.sessions import default_threads, network_file, networks_bytes
from balatro.utils.images import load_image
from balatro.utils.progress import progress
from balatro.utils.stages import StageClock

LOAD, DECODE, WHOLE = "load the model", "decode", "identify, whole"
PARTS = {"resize": "resize", "locate": "locate", "rectify": "cut out", "encode": "encode", "name": "name"}
"""What is timed inside of identifying, and what it is called."""
LOADS = 3
"""How often each model is loaded; the middle one counts."""
LIBRARIES = ("onnxruntime", "openvino", "opencv-python-headless", "numpy")


@dataclass(frozen=True, eq=False)
class Times:
    """Milliseconds of one stage, one number for each time it ran."""

    ms: np.ndarray

    @property
    def median(self) -> float:
        return float(np.median(self.ms))

    @property
    def p95(self) -> float:
        return float(np.quantile(self.ms, 0.95))


@dataclass(frozen=True, eq=False)
class ModelTimes:
    """One model."""

    name: str
    runtime: str
    """The kind of its files: onnx, xml for OpenVINO."""
    megabytes: float
    """Of its encoder's and locator's files."""
    cards: int
    """Found in all pictures together, once."""
    stages: dict[str, Times]
    """By stage, in order; of those inside of identifying, the sum over a picture."""
    cpu: Times
    """What the processor worked on identifying, all threads together: other programs' work does not count."""

    @property
    def frames_a_second(self) -> float:
        """Pictures that one after the other could be identified, by the median; decoding not counted."""
        return 1000 / self.stages[WHOLE].median


@dataclass(frozen=True, eq=False)
class Bench:
    """Everything that was measured, and where."""

    machine: dict[str, Any]
    sizes: tuple[tuple[int, int], ...]
    """Width and height of each picture."""
    rounds: int
    models: tuple[ModelTimes, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "machine": self.machine,
            "pictures": [list(size) for size in self.sizes],
            "rounds": self.rounds,
            "models": [
                {
                    "name": model.name,
                    "runtime": model.runtime,
                    "megabytes": round(model.megabytes, 3),
                    "cards": model.cards,
                    "cpu_ms": round(model.cpu.median, 3),
                    "frames_a_second": round(model.frames_a_second, 2),
                    "stages_ms": {
                        stage: {"median": round(times.median, 3), "p95": round(times.p95, 3), "count": len(times.ms)}
                        for stage, times in model.stages.items()
                    },
                }
                for model in self.models
            ],
        }


class _Subject:
    """A model while it is measured."""

    def __init__(self, folder: Path, threads: int | None) -> None:
        self.folder = folder
        loads = []
        for _ in range(LOADS):
            began = time.perf_counter()
            self.recognizer = Recognizer.load(folder, threads)
            loads.append(time.perf_counter() - began)
        self.seconds: dict[str, list[float]] = {stage: [] for stage in (LOAD, DECODE, *PARTS.values(), WHOLE)}
        self.seconds[LOAD] = loads
        self.cards: dict[Path, int] = {}
        self.cpu: list[float] = []

    def read(self, path: Path, count: bool) -> None:
        """Read a picture once; the times are kept when they count."""
        clock = StageClock()
        self.recognizer.time_stages(clock.stage)
        with clock.stage(DECODE):
            picture = load_image(path)
        began = time.process_time()
        with clock.stage(WHOLE):
            cards = self.recognizer.identify(picture)
        cpu = time.process_time() - began
        self.cards[path] = len(cards)
        if count:
            self.cpu.append(cpu)
            for stage, seconds in clock.seconds.items():
                self.seconds[PARTS.get(stage, stage)].append(seconds)

    def result(self) -> ModelTimes:
        stages = {stage: _times(seconds) for stage, seconds in self.seconds.items() if seconds}
        runtime, megabytes = network_file(self.folder, "model").suffix[1:], networks_bytes(self.folder) / 1e6
        return ModelTimes(self.recognizer.bundle.name, runtime, megabytes, sum(self.cards.values()), stages, _times(self.cpu))


def _times(seconds: list[float]) -> Times:
    return Times(1000 * np.array(seconds))


def measure(folders: Sequence[Path], pictures: Sequence[Path], rounds: int, threads: int | None = None) -> Bench:
    """Time models (their folders) on pictures; errors of the first round (a picture that cannot be read) go to the caller."""
    subjects = [_Subject(folder, threads) for folder in folders]
    sizes = tuple((picture.shape[1], picture.shape[0]) for picture in map(load_image, pictures))
    with progress("Timing", (rounds + 1) * len(pictures)) as bar:
        for number, turn, path in _turns(pictures, rounds):
            for place in range(len(subjects)):
                subjects[(turn + place) % len(subjects)].read(path, count=number > 0)
            bar.advance(note=f"round {number}" if number else "warming up")
    return Bench(machine(threads), sizes, rounds, tuple(subject.result() for subject in subjects))


def _turns(pictures: Sequence[Path], rounds: int) -> Iterator[tuple[int, int, Path]]:
    """(round, which model is first, picture) of every picture in every round; round 0 warms up.

    Who is first changes from picture to picture, and for each picture from round to round.
    """
    return ((number, number + index, path) for number in range(rounds + 1) for index, path in enumerate(pictures))


def machine(threads: int | None) -> dict[str, Any]:
    """What was measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": threads or default_threads(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: version for name in LIBRARIES if (version := _version(name))},
    }


def _processor() -> str:
    """Its name, where the system tells."""
    if sys.platform.startswith("linux"):
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
