"""`balatro capture`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balatro.build_dataset.flags import CaptureFlags
from balatro.config.model_files import LOCATOR_FILE
from balatro.config.paths import data_dir, package_weights
from balatro.errors import InputError, ModelError, SettingsError
from balatro.utils.flags.options import options_of, take, with_options
from balatro.utils.wording.durations import read_duration
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.build_dataset.capture import Capture, Step, Summary
    from balatro.build_dataset.find_cards import Find
    from balatro.build_dataset.regions import Regions
    from balatro.build_dataset.seen import SeenStore
    from balatro.frames.frame import FrameSource


@with_options(options_of(CaptureFlags))
def capture(**given: Any) -> None:
    """Capture cards from the running game, a video or pictures: nothing twice, and no rare edition thrown away.

    Opens a small window with the keys S, H (show, hide the regions), C (capture), V (capture and save), A, X (start, stop
    capturing by itself), 1-9 (save this card in any case). With --auto it runs without a window.

    Examples:

    \b
      balatro capture
      balatro capture --auto --for 10m --json summary.json
      balatro capture --source monitor:2 --find regions
      balatro capture --source evening.mp4 --out data/screenshots
      balatro capture --calibrate
      balatro capture --list-windows
    """
    flags = take(CaptureFlags, given)
    if flags.list_windows:
        _print_windows()
        return
    seconds = read_duration(flags.duration)
    _check(flags, seconds)
    from balatro.build_dataset.regions import regions_path
    from balatro.utils.outputs import check_text_output

    places = flags.regions or regions_path()
    inputs = _inputs(flags.source, flags.model)
    _check_outputs(flags, inputs, places)
    if flags.calibrate:
        check_text_output("--regions", places, inputs)
        _calibrate(flags.source, places, flags.find, flags.model)
        return
    _capture(flags, places, seconds)


def _capture(flags: CaptureFlags, places: Path, seconds: float | None) -> None:
    from balatro.build_dataset.regions import load_regions
    from balatro.frames.sources import open_source

    known = load_regions(places)
    with open_source(flags.source, flags.follow) as opened:
        if flags.auto or not opened.live or opened.still:
            find = _finder(flags.find, flags.model, known)
            _run(opened, flags.out, find, known, flags.max_fps, seconds, flags.json_out)
        else:
            _open_window(opened, flags.out, flags.find, flags.model, places, flags.max_fps)


def _check_outputs(flags: CaptureFlags, inputs: list[Path], places: Path) -> None:
    """What is written takes the place of nothing that is read."""
    from balatro.utils.outputs import check_folder_name, check_text_output

    if flags.json_out is not None and flags.json_out != "-":
        check_text_output("--json", Path(flags.json_out), [*inputs, places])
    if flags.out is not None:
        check_folder_name("--out", flags.out)


def _check(flags: CaptureFlags, seconds: float | None) -> None:
    from balatro.build_dataset.find_cards import FINDERS

    find, auto, json_out = flags.find, flags.auto, flags.json_out
    if find not in FINDERS:
        raise SettingsError(f"--find {find}: expected one of {', '.join(FINDERS)}")
    if json_out is not None and (not json_out or Path(json_out).is_dir()):
        raise SettingsError(f"--json {json_out or repr('')}: expected a file to write, or - for stdout")
    from balatro.frames.sources import check_follow, source_kind

    kind = source_kind(flags.source)
    if flags.follow:
        check_follow(flags.source)
    if kind is not None and kind.is_live and not auto and (seconds is not None or json_out is not None):
        raise SettingsError(f"{'--for' if seconds is not None else '--json'} is for capturing without the window; add --auto")


def _inputs(source: str, model: str) -> list[Path]:
    """The files and folders that are read: of a source that is none, and of a model that is not there, nothing."""
    from balatro.runtime.bundle import find_bundle
    from balatro.utils.images import find_images

    inputs = [Path(source), *find_images([source])[0]]
    with suppress(ModelError):
        inputs.append(find_bundle(model))
    return inputs


def _print_windows() -> None:
    from balatro.errors import BalatroError
    from balatro.frames.windows import list_windows

    windows = list_windows()
    for window in windows:
        try:
            place = str(window.box())
        except BalatroError:
            place = "minimised"
        number = hex(window.number) if window.number else ""
        print(f"{place:<26}{number:<12}{window.program:<18}{window.title}")
    if not windows:
        print("no window with a title is open")


def _finder(find: str, model: str, regions: Regions) -> Find:
    from balatro.build_dataset import find_cards

    if find == "regions":
        if not regions.areas:
            raise SettingsError("--find regions, but no area is set; draw some with `balatro capture --calibrate`")
        return find_cards.in_regions(regions)
    return _searcher(find, model)


def _searcher(find: str, model: str) -> Find:
    """The finder that needs no regions."""
    from balatro.build_dataset.find_cards import classic

    return classic if find == "classic" else _locator(model)


def _locator(model: str) -> Find:
    """The locator of a model, or the one that comes with the package: it finds cards that it has never seen."""
    import numpy as np

    from balatro.runtime.bundle import find_bundle, load_bundle
    from balatro.runtime.locator import Locator
    from balatro.runtime.model_json import read_package_json
    from balatro.runtime.sessions import network_file
    from balatro.utils.quads import reading_order

    try:
        bundle = load_bundle(find_bundle(model))
        locator = Locator(network_file(bundle.folder, "locator"), threshold=bundle.locator_threshold)
    except ModelError:
        if model != "auto":
            raise
        threshold = read_package_json().locator_threshold
        locator = Locator(package_weights() / LOCATOR_FILE, threshold=threshold)

    def locate(image: np.ndarray) -> np.ndarray:
        quads = np.array([found.quad for found in locator.find(image)], np.float32).reshape(-1, 4, 2)
        return quads[reading_order(quads)]

    return locate


def _open_store(out: Path | None) -> SeenStore:
    from balatro.build_dataset.seen import SeenStore

    store = SeenStore(out or data_dir() / "screenshots")
    for finding in store.findings:
        print(finding, file=sys.stderr)
    return store


# Without the window.


def _run(
    source: FrameSource,
    out: Path | None,
    find: Find,
    regions: Regions,
    max_fps: float,
    seconds: float | None,
    json_out: str | None,
) -> None:
    from balatro.build_dataset.capture import Capture, CaptureSettings
    from balatro.utils.progress import progress

    store = _open_store(out)
    try:
        capture = Capture(source, find, store, CaptureSettings(max_fps=max_fps), regions.screen)
        if source.live:
            print(f"looking at {source.name}; Ctrl+C ends", file=sys.stderr)
        with progress("Capturing", source.total if not source.live else seconds) as bar:
            summary = capture.run(seconds, _teller(capture, bar.advance, source.live))
    finally:
        store.close()
    _tell(summary, out or data_dir() / "screenshots", json_out)


def _teller(capture: Capture, advance: Callable[[float, str], None], live: bool) -> Callable[[Step], None]:
    """Moves the bar: by seconds of a screen, by frames of a file; says why nothing is to be seen, once."""
    import time

    began = time.monotonic()
    done, waiting = 0, ""

    def tell(step: Step) -> None:
        nonlocal done, waiting
        if step.waiting and step.waiting != waiting:
            print(step.waiting, file=sys.stderr)
        waiting = step.waiting
        now = int(time.monotonic() - began) if live else capture.counts["frames"]
        known = capture.counts["cards"] - capture.counts["saved"]
        note = step.waiting or f"{capture.counts['saved']} saved, {known} seen before, {capture.fps:.1f} frames/s"
        advance(now - done, note)
        done = now

    return tell


def _tell(summary: Summary, folder: Path, json_out: str | None) -> None:
    """The summary on stdout, what went wrong on stderr, and an error at the end when something did."""
    from balatro.utils.files import write_json

    for line in summary.skipped:
        print(line, file=sys.stderr)
    if json_out == "-":
        import json

        print(json.dumps(summary.to_json(), ensure_ascii=False))
    else:
        print(f"{folder}: {counted(summary.saved, 'card')} saved; {_outcomes(summary)}")
        print(
            f"  {counted(summary.frames, 'frame')} in {summary.seconds:.1f} s ({summary.fps:.1f} a second), "
            f"cards looked for in {summary.captures}; ended: {summary.ended}"
        )
        if summary.saved:
            print("next:  balatro annotate")
    if json_out and json_out != "-":
        write_json(Path(json_out), summary.to_json())
    if summary.failed:
        raise InputError(summary.ended)
    if summary.skipped:
        raise InputError(f"{len(summary.skipped)} could not be read (listed above); the others are done")


def _outcomes(summary: Summary) -> str:
    if not summary.cards:
        return "no card was found"
    said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(summary.outcomes.items()) if outcome != "duplicate")
    known = summary.outcomes.get("duplicate", 0)
    return "; ".join(part for part in (said, f"{known} seen before" if known else "") if part)


# With windows.


def _open_window(source: FrameSource, out: Path | None, find: str, model: str, places: Path, max_fps: float) -> None:
    from balatro.build_dataset.capture import CaptureSettings
    from balatro.build_dataset.window.app import run_window

    store = _open_store(out)
    try:
        run_window(
            source=source,
            store=store,
            make_finder=lambda regions: _finder(find, model, regions),
            search=lambda: _searcher(find, model),
            regions_path=places,
            settings=CaptureSettings(max_fps=max_fps),
            draw_areas=find == "regions",
        )
    finally:
        store.close()


def _calibrate(source: str, places: Path, find: str, model: str) -> None:
    from balatro.build_dataset.window.app import run_calibrator
    from balatro.frames.sources import open_source

    with open_source(source) as opened:
        frame = opened.grab()
        if frame is None:
            raise InputError(f"{source}: no frame in it that can be read; name another source")
        run_calibrator(frame.image, places, _searcher(find, model))
