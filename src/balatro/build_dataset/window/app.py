"""Starting the windows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from balatro.build_dataset.capture import Capture, CaptureSettings, Store
from balatro.build_dataset.find_cards import Find
from balatro.build_dataset.regions import Regions, load_regions
from balatro.frames.frame import FrameSource
from balatro.frames.sources import open_source
from balatro.utils.qt.app import application

_INSTEAD = "add --auto"


def run_window(
    source: FrameSource,
    store: Store,
    make_finder: Callable[[Regions], Find],
    search: Callable[[], Find],
    regions_path: Path,
    settings: CaptureSettings,
    draw_areas: bool,
) -> None:
    """Show the small window until it is closed; its parameters are those of `CaptureWindow`."""
    regions = load_regions(regions_path)
    capture = Capture(source, make_finder(regions), store, settings, regions.screen)
    with application(_INSTEAD) as run:
        from balatro.build_dataset.window.capture_window import CaptureWindow

        window = CaptureWindow(capture, make_finder, search, regions, regions_path, draw_areas, open_source)
        window.show()
        run()
        if capture.source is not source:
            capture.source.close()


def run_calibrator(image: np.ndarray, regions_path: Path, find: Find) -> None:
    """Show the calibrator on a frame (H, W, 3) uint8 RGB until it is closed."""
    regions = load_regions(regions_path)
    with application(_INSTEAD) as run:
        from balatro.build_dataset.window.calibrator import Calibrator

        window = Calibrator(image, regions, regions_path, find)
        window.show()
        run()
