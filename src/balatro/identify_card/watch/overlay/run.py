"""The windows, and the watching in a thread beside them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import Thread

from balatro.identify_card.marks.labels import Drawing
from balatro.identify_card.watch.overlay.feed import Feed
from balatro.utils.qt.app import application

TICK_MS = 20
"""How often the windows look whether there is something new."""
_INSTEAD = "leave out --overlay and --preview"


class Job:
    """The watching, in a thread of its own; what it raises is kept."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.error: BaseException | None = None
        self._work = work
        self._thread = Thread(target=self._run, name="watching", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # raised again in `finish`
            self.error = error

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    def finish(self) -> None:
        """Wait for its end; raises what it raised."""
        self._thread.join()
        if self.error is not None:
            raise self.error


def run_windows(feed: Feed, watch: Callable[[], None], overlay: bool, preview: bool, drawing: Drawing) -> None:
    """Show the overlay, the preview or both while `watch` runs in a thread, until they are closed, it ends, or Ctrl+C.

    watch: feeds `feed`, and returns soon after `feed.stop()`; what it raises comes out.
    """
    with application(_INSTEAD, _INSTEAD) as run:
        from PySide6.QtCore import QTimer

        from balatro.identify_card.watch.overlay.windows import Windows
        from balatro.utils.qt.over import why_impossible

        problem = why_impossible() if overlay else ""
        if problem:
            print(f"no overlay: {problem}; here is the preview instead", file=sys.stderr)
        windows = Windows(feed, overlay and not problem, preview or bool(problem), drawing)
        job = Job(watch)
        timer = QTimer()
        timer.timeout.connect(lambda: windows.tick(job.is_done, job.error is not None))
        timer.start(TICK_MS)
        try:
            run()
        finally:
            timer.stop()
            feed.stop()
            windows.close()
            for line in windows.mistakes.left():
                print(line, file=sys.stderr)
    job.finish()
