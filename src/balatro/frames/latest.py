"""The newest picture of something that does not wait, such as a camera or a stream: read in a thread, older ones dropped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Condition, Event, Thread

import numpy as np

from balatro.errors import InputError
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.frame import Frame, FrameSource, picture_box

FIRST_S = 15.0
"""Seconds that the first picture may take."""
NEXT_S = 3.0
"""Seconds without a new picture after which it is said that none comes."""
AGAIN_S = (1.0, 2.0, 5.0, 10.0)
"""Seconds before each try to connect again; the last one holds from then on."""

Open = Callable[[], Iterator[np.ndarray]]
"""Connects, InputError when that fails; the pictures then, (H, W, 3) uint8 RGB, until the connection ends."""


class LatestSource(FrameSource):
    """A live source. When it is gone, `grab` says so (NotVisibleError) while a thread tries to get it back."""

    live = True

    def __init__(self, name: str, connect: Open, again_s: tuple[float, ...] = AGAIN_S, next_s: float = NEXT_S) -> None:
        """InputError when it cannot be opened, or gives no first picture."""
        super().__init__(name)
        self._connect, self._again_s, self._next_s = connect, again_s, next_s
        self._news, self._stop = Condition(), Event()
        self._image: np.ndarray | None = None
        self._trouble = ""
        self._began = time.monotonic()
        self._first = connect()
        self._thread = Thread(target=self._run, name="frames", daemon=True)
        self._thread.start()
        self._wait_for_first()

    def grab(self) -> Frame:
        """The newest picture that was not given yet. NotVisibleError when none comes."""
        with self._news:
            self._news.wait_for(lambda: self._image is not None, self._next_s)
            image, self._image = self._image, None
            trouble = self._trouble
        if image is None:
            raise NotVisibleError(f"{self.name}: {trouble or 'no new picture comes'}; waiting for it")
        return Frame(image, time.monotonic() - self._began, picture_box(image))

    def close(self) -> None:
        """End the thread; it may take a moment to let the device go."""
        self._stop.set()
        self._thread.join(NEXT_S)

    def _wait_for_first(self) -> None:
        with self._news:
            self._news.wait_for(lambda: self._image is not None or bool(self._trouble), FIRST_S)
            if self._image is not None:
                return
            trouble = self._trouble
        self.close()
        raise InputError(f"{self.name}: {trouble or f'no picture within {FIRST_S:.0f} s'}")

    def _run(self) -> None:
        pictures, tries = self._first, 0
        while not self._stop.is_set():
            tries = 0 if self._take(pictures) else tries
            if self._stop.wait(self._again_s[min(tries, len(self._again_s) - 1)]):
                return
            tries += 1
            try:
                pictures = self._connect()
            except InputError as error:
                pictures = iter(())
                self._tell(str(error).removeprefix(f"{self.name}: "))

    def _take(self, pictures: Iterator[np.ndarray]) -> bool:
        """Take what comes until it ends; whether anything came."""
        came = False
        try:
            for image in pictures:
                came = True
                with self._news:
                    self._image, self._trouble = image, ""
                    self._news.notify()
                if self._stop.is_set():
                    break
            else:
                self._tell("it gives no more pictures")
        except InputError as error:
            self._tell(str(error).removeprefix(f"{self.name}: "))
        finally:
            close = getattr(pictures, "close", None)
            if close is not None:
                close()
        return came

    def _tell(self, trouble: str) -> None:
        with self._news:
            self._trouble = self._trouble or trouble
            self._news.notify()
