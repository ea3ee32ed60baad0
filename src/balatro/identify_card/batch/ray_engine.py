"""Reading many pictures on a Ray cluster, by ray.data.

Every machine of the cluster has this program installed and sees the pictures, and the model's folder, under the same paths.
Videos are taken apart by a task each, whose frames stream to the readers as these have room for them.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from balatro.config.suffixes import is_video
from balatro.errors import InputError, MissingPartError
from balatro.identify_card.batch.many import Answer, Every, Item, Reader, ReaderSettings, Work, items, items_of
from balatro.utils.extras import how_to_install

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 16
"""Pictures that a reader takes at once."""
CONNECT_S = 10.0
READER_CORES = 0.9
"""What a reader asks for. It needs a core; but what takes videos apart must find a place beside readers on all cores."""


def read_on_ray(work: Work, jobs: int, threads: int, address: str | None) -> Generator[Answer, None, None]:
    """All answers in order. jobs: readers, at most, and without it, one for each core of the cluster. address: see `ray.init`.

    MissingPartError without Ray; InputError for a cluster that does not answer or breaks down.
    """
    ray = _start(address)
    try:
        cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
        readers = min(jobs or cores, cores)
        for row in _answers(ray, work, readers, threads).iter_rows():
            yield Answer(row["line"], _text(row["error"]))
    except ray.exceptions.RayError as error:
        raise InputError(f"the Ray cluster broke off: {_reason(error)}") from error
    finally:
        ray.shutdown()


def _reason(error: BaseException) -> str:
    """What went wrong in a process of the cluster, without its traceback."""
    while (cause := getattr(error, "cause", None) or error.__cause__) is not None:
        error = cause
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip() if lines else type(error).__name__


def _start(address: str | None) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would report to its makers
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what goes wrong comes as an error, too
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingPartError(f"--engine ray needs Ray; {how_to_install('ray')}") from error
    _check_address(address)
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=None if address else False)
    except Exception as error:  # Ray's reasons for not starting share no class
        what = f"no Ray cluster answers at {address}" if address else "Ray does not start on this machine"
        raise InputError(f"{what} ({error}); check --address, or try --engine local") from error
    return ray


def _check_address(address: str | None) -> None:
    """InputError when nobody listens there: Ray itself would try for minutes."""
    host, _, port = (address or "").rpartition(":")
    if not port.isdigit() or "/" in host:
        return  # auto, local, ray://…
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
    except (OSError, OverflowError) as error:
        raise InputError(f"no Ray cluster answers at {address} ({error}); check --address") from error


def _answers(ray: Any, work: Work, readers: int, threads: int) -> Any:
    """The dataset of lines."""
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    folder = Path.cwd()
    if any(map(is_video, work.files)):
        rows = [{"file": _bytes(file), "copy": _bytes(copy), "skip": skip} for file, copy, skip in work.to_do()]
        data = ray.data.from_items(rows).map_batches(
            _expand, fn_args=(work.every, folder), batch_size=1, batch_format="pyarrow", num_cpus=1 - READER_CORES
        )
    else:
        data = ray.data.from_items([_row(item) for item in items(work)])
    return data.map_batches(
        _Reading,
        fn_constructor_args=(work.reader(threads), folder),
        compute=ray.data.ActorPoolStrategy(size=readers),
        batch_size=BATCH,
        batch_format="pyarrow",
        num_cpus=READER_CORES,
    )


def _enter(folder: Path) -> None:
    """Paths mean the same in every process as where the command was typed."""
    try:
        os.chdir(folder)
    except OSError as error:
        raise InputError(
            f"{folder} is not seen on a machine of the cluster; start in a folder that all of them share"
        ) from error


def _expand(files: pa.Table, every: Every, folder: Path) -> Iterator[pa.Table]:
    """A picture as it is, a video frame by frame."""
    _enter(folder)
    for row in files.to_pylist():
        for item in items_of(_text(row["file"]), _text(row["copy"]), row["skip"], every):
            yield _table([_row(item)])


class _Reading:
    """A reader, in a process of the cluster."""

    def __init__(self, settings: ReaderSettings, folder: Path) -> None:
        self._begin = settings, folder
        self._reader: Reader | None = None

    def __call__(self, rows: pa.Table) -> pa.Table:
        reader = self._reader = self._reader or _open(*self._begin)
        answers = [reader.read(_item(row)) for row in rows.to_pylist()]
        return _table([{"line": answer.line, "error": _bytes(answer.error)} for answer in answers])


def _open(settings: ReaderSettings, folder: Path) -> Reader:
    """Not in __init__: Ray tries that again and again, and its errors are not told."""
    import cv2

    cv2.setNumThreads(settings.threads or 1)
    _enter(folder)
    return Reader(settings)


def _row(item: Item) -> dict[str, Any]:
    """An item in Arrow's types, names as bytes: they may be no Unicode."""
    height, width = (0, 0) if item.image is None else item.image.shape[:2]
    return {
        "file": _bytes(item.file),
        "copy": _bytes(item.copy),
        "frame": item.frame,
        "seconds": item.seconds,
        "error": _bytes(item.error),
        "height": height,
        "width": width,
        "pixels": b"" if item.image is None else item.image.tobytes(),
    }


def _item(row: dict[str, Any]) -> Item:
    shape = row["height"], row["width"], 3
    image = np.frombuffer(row["pixels"], np.uint8).reshape(shape) if row["pixels"] else None
    return Item(_text(row["file"]), _text(row["copy"]), row["frame"], row["seconds"], image, _text(row["error"]))


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(rows)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
