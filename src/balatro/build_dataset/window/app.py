"""Starting the windows."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from balatro.build_dataset.capture import Capture, CaptureSettings, Store
from balatro.build_dataset.find_cards import Find
from balatro.build_dataset.regions import Regions, load_regions
from balatro.build_dataset.sources import Source, open_source
from balatro.build_dataset.windows import check_screen
from balatro.utils.errors import MissingPartError
from balatro.utils.extras import how_to_install

SIGNALS_MS = 200
"""How often Python gets to see Ctrl+C in the terminal while Qt waits."""


def run_window(
    source: Source,
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
    with _application() as run:
        from balatro.build_dataset.window.capture_window import CaptureWindow

        window = CaptureWindow(capture, make_finder, search, regions, regions_path, draw_areas, open_source)
        window.show()
        run()
        if capture.source is not source:
            capture.source.close()


def run_calibrator(image: np.ndarray, regions_path: Path, find: Find) -> None:
    """Show the calibrator on a frame (H, W, 3) uint8 RGB until it is closed."""
    regions = load_regions(regions_path)
    with _application() as run:
        from balatro.build_dataset.window.calibrator import Calibrator

        window = Calibrator(image, regions, regions_path, find)
        window.show()
        run()


@contextmanager
def _application() -> Iterator[Callable[[], object]]:
    """Qt, ready; gives the function that runs until the last window is closed, or Ctrl+C in the terminal."""
    check_screen()
    try:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        raise MissingPartError(f"the window needs PySide6 ({error}); {how_to_install('desktop')}, or add --auto") from error
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["balatro"])
    application.setQuitOnLastWindowClosed(True)
    before = signal.signal(signal.SIGINT, lambda *_: application.closeAllWindows() or application.quit())
    ticks = QTimer()
    ticks.timeout.connect(lambda: None)
    ticks.start(SIGNALS_MS)
    try:
        yield application.exec
    finally:
        ticks.stop()
        signal.signal(signal.SIGINT, before)
