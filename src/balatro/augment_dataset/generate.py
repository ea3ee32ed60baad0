"""Make the copies of a dataset: `augmented.json` with its pictures, in parallel, resumable, the same bytes for the same seed.

Threads, not processes: nearly all the time goes into OpenCV and zlib, which let others run meanwhile, and nothing has to be
sent anywhere. One parent with all its copies is one piece of work, so every original is decoded once.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from balatro.augment_dataset.journal import JOURNAL, Made, digest, open_journal, remove, write_journal
from balatro.augment_dataset.policy import Copy, CopyPlan, plan_copies
from balatro.augment_dataset.settings import Settings
from balatro.augment_dataset.transforms import apply_steps
from balatro.config.paths import data_dir
from balatro.errors import InputError, LabelError, SettingsError
from balatro.utils.files import write_bytes
from balatro.utils.images import load_image, to_png
from balatro.utils.labels import AUGMENTED, CardLabel, read_dataset, read_labels, write_labels
from balatro.utils.progress import progress

THREADS_PER_CORE = 2
"""Some of them wait for the disk."""


@dataclass(frozen=True)
class Originals:
    """Labelled pictures and where they lie."""

    labels: Mapping[str, CardLabel]
    paths: Mapping[str, Path]
    source: Path
    """The folder, or the file of labels."""
    num_left_out: int = 0
    """Entries that are copies themselves."""


@dataclass(frozen=True)
class Outcome:
    """What a run did."""

    plan: CopyPlan
    labels: Mapping[str, CardLabel]
    """What augmented.json holds now."""
    num_made: int
    num_kept: int
    """Pictures that an earlier run had made."""
    num_removed: int
    """Pictures of an earlier run that the labels no longer ask for."""
    failures: list[str] = field(default_factory=list)
    """One line for each original that could not be read."""

    def by_modifier(self) -> Counter[tuple[str, bool]]:
        """Number of copies by modifier and whether it was drawn over another."""
        return Counter((label.modifier, label.synthetic) for label in self.labels.values())


def find_originals(folder: Path, labels_file: Path | None = None) -> Originals:
    """The labelled pictures of a folder, by its labels.json or another file of labels.

    The keys of another file are looked up in its own folder first, then in `folder`. InputError when there are none, LabelError
    when pictures are missing.
    """
    if labels_file is None and folder.is_file():
        folder, labels_file = folder.parent, folder
    labels = read_labels(labels_file) if labels_file else read_dataset(folder)
    told = labels_file or folder
    originals = {key: label for key, label in labels.items() if not label.parent}
    if not originals:
        raise InputError(f"{told}: no labelled pictures; label some with `balatro annotate`")
    roots = [labels_file.parent, folder] if labels_file else [folder]
    paths = {key: next((root / key for root in roots if (root / key).is_file()), None) for key in originals}
    missing = [key for key, path in paths.items() if path is None]
    if missing:
        shown = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
        raise LabelError(
            f"{told}: {len(missing)} of its {len(originals)} pictures are not there ({shown}); "
            "put them back, or take them out of the file"
        )
    return Originals(originals, {key: path for key, path in paths.items() if path}, told, len(labels) - len(originals))


def augment(originals: Originals, output: Path, settings: Settings, workers: int = 0, overwrite: bool = False) -> Outcome:
    """Write the copies of some originals and their augmented.json into a folder.

    workers: threads, 0 for THREADS_PER_CORE. overwrite: make everything anew, also over copies with other settings. What an
    earlier run with the same settings has made stays, even one that was stopped. augmented.json is written at the end, so it
    never names a picture that is not there. An original that cannot be read is left out and told of in the outcome.
    """
    check_output(output, originals)
    plan = plan_copies(originals.labels, settings)
    told = _told(settings, originals, output)
    begun = open_journal(output, told, overwrite)
    planned = {copy.key for copies in plan.copies.values() for copy in copies}
    bench = _Bench(originals, output, plan, begun)
    made, failures = bench.run(workers or THREADS_PER_CORE * (os.cpu_count() or 1))
    labels = {copy.key: _placed(copy, output) for copies in plan.copies.values() for copy in copies if copy.key in made}
    write_labels(output / AUGMENTED, labels)
    stale = [key for key in begun if key not in planned]
    remove(output, stale)
    kept = {key: one for key, one in begun.items() if key in planned} | made
    write_journal(output, told, [kept[key] for key in sorted(kept)])
    return Outcome(plan, labels, bench.num_made, len(made) - bench.num_made, len(stale), failures)


def check_output(output: Path, originals: Originals) -> None:
    """SettingsError when copies would come among the originals, InputError for a file in the place of the folder."""
    if output.exists() and not output.is_dir():
        raise InputError(f"{output}: a file, expected a folder; name another --output")
    place = output.resolve()
    folders = {path.resolve().parent for path in originals.paths.values()}
    for folder in sorted(folders | ({originals.source.resolve()} if originals.source.is_dir() else set())):
        if folder == place or folder in place.parents or place in folder.parents:
            raise SettingsError(f"--output {output}: shares its place with the originals in {folder}; name a folder of its own")


def _told(settings: Settings, originals: Originals, output: Path) -> dict[str, Any]:
    """What decides the copies, as the journal keeps it: the settings, and which dataset this is."""
    source = originals.source.resolve()
    try:
        place = Path(os.path.relpath(source, output.resolve())).as_posix()
    except ValueError:  # another drive
        place = source.as_posix()
    told: dict[str, Any] = json.loads(json.dumps(asdict(settings)))
    return {"input": place, **told}


def _placed(copy: Copy, output: Path) -> CardLabel:
    """The label with the place of the picture, where that is in the data folder."""
    place, data = (output / copy.key).resolve(), data_dir().resolve()
    return replace(copy.label, full_path=place.relative_to(data).as_posix() if data in place.parents else "")


class _Bench:
    """The work on one output folder: what is begun, and what gets done."""

    def __init__(self, originals: Originals, output: Path, plan: CopyPlan, begun: Mapping[str, Made]) -> None:
        self.num_made = 0
        self._originals = originals
        self._output = output
        self._plan = plan
        self._begun = begun
        self._stopped = threading.Event()
        self._journal_lock = threading.Lock()

    def run(self, workers: int) -> tuple[dict[str, Made], list[str]]:
        """Make all copies that are not there. Returns what is there then, by key, and what went wrong with which original."""
        made: dict[str, Made] = {}
        failures: dict[str, str] = {}
        with (
            progress("Making copies", len(self._plan)) as bar,
            _one_thread_each(),
            contextlib.closing(self._in_parallel(workers)) as work,
        ):
            for parent, done in work:
                bar.advance(len(self._plan.copies[parent]))
                if isinstance(done, str):
                    failures[parent] = done
                else:
                    made.update((one.key, one) for one in done)
        return made, [failures[parent] for parent in self._plan.copies if parent in failures]

    def _in_parallel(self, workers: int) -> Generator[tuple[str, list[Made] | str], None, None]:
        """Each parent with what `_make` gives for it, as they are done; few wait in line, so Ctrl+C ends at once."""
        parents = iter(self._plan.copies)
        running: dict[Future[list[Made] | str], str] = {}
        with ThreadPoolExecutor(workers) as pool:
            try:
                while True:
                    while len(running) < 2 * workers and (parent := next(parents, None)) is not None:
                        running[pool.submit(self._make, parent)] = parent
                    if not running:
                        return
                    finished, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in finished:
                        yield running.pop(future), future.result()
            finally:
                self._stopped.set()

    def _make(self, parent: str) -> list[Made] | str:
        """Make a parent's copies that are not there yet: all of them then, or one line about why it cannot be read."""
        copies = self._plan.copies[parent]
        try:
            source = digest(self._originals.paths[parent].read_bytes())
            there = {copy.key: self._there(copy, source) for copy in copies}
            image = None if all(there.values()) else load_image(self._originals.paths[parent])
        except InputError as error:
            return str(error)
        except OSError as error:
            return f"{self._originals.paths[parent]}: {(error.strerror or str(error)).lower()}; check the picture"
        made = []
        for copy in copies:
            if self._stopped.is_set():
                break
            one = there[copy.key]
            if one is None:
                assert image is not None
                one = self._write(copy, source, image)
            made.append(one)
        return made

    def _there(self, copy: Copy, source: str) -> Made | None:
        """What an earlier run has written for a copy, when it is still that."""
        one = self._begun.get(copy.key)
        if one is None or (one.parent, one.augmentation) != (source, copy.label.augmentation):
            return None
        try:
            data = (self._output / copy.key).read_bytes()
        except OSError:
            return None
        return one if digest(data) == one.picture else None

    def _write(self, copy: Copy, source: str, image: np.ndarray) -> Made:
        data = to_png(apply_steps(image, copy.steps))
        if copy.key in self._begun:
            (self._output / AUGMENTED).unlink(missing_ok=True)  # it tells of the picture that is replaced now
        write_bytes(self._output / copy.key, data)
        one = Made(copy.key, source, copy.label.augmentation, digest(data))
        with self._journal_lock, (self._output / JOURNAL).open("a", encoding="utf-8", newline="\n") as journal:
            journal.write(one.line())
            self.num_made += 1
        return one


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """OpenCV without threads of its own: on pictures as small as these they only wait for one another."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
