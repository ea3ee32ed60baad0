"""Pictures and videos in files: one, a folder, a glob; and a folder that fills."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from balatro.config.suffixes import IMAGE_SUFFIXES
from balatro.errors import InputError
from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.frame import Frame, FrameSource, picture_box
from balatro.frames.sources import FORMS, check_follow
from balatro.frames.videos import VideoSource
from balatro.utils.images import find_images, load_image


class PictureSource(FrameSource):
    """Pictures, one after the other; what cannot be read is passed over and told."""

    still = True

    def __init__(self, name: str, files: list[Path]) -> None:
        super().__init__(name)
        self.total = len(files)
        self._files = iter(enumerate(files))

    def grab(self) -> Frame | None:
        for number, path in self._files:
            try:
                image = load_image(path)
            except InputError as error:
                self.skipped.append(str(error))
                continue
            return Frame(image, float(number), picture_box(image), path.as_posix())
        return None


class FollowedFolder(FrameSource):
    """A folder that fills: the pictures that are there, then each that comes. One that is still being written waits."""

    live = still = True

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._folder = folder
        self._began = time.monotonic()
        self._done: set[Path] = set()
        self._sizes: dict[Path, tuple[int, int]] = {}
        self._waiting: Iterator[Path] = iter(())

    def grab(self) -> Frame:
        """The next picture; NotVisibleError until there is one, InputError when the folder is gone."""
        path = next(self._waiting, None)
        if path is None:
            self._waiting = iter(self._whole())
            path = next(self._waiting, None)
        if path is None:
            raise NotVisibleError(f"waiting for a picture in {self._folder}")
        self._done.add(path)
        try:
            image = load_image(path)
        except InputError as error:
            self.skipped.append(str(error))
            raise NotVisibleError(str(error)) from error
        return Frame(image, time.monotonic() - self._began, picture_box(image), path.as_posix())

    def _whole(self) -> list[Path]:
        """New pictures that have not grown since the last look."""
        if not self._folder.is_dir():
            raise InputError(f"{self._folder}: the folder is gone")
        before, self._sizes = self._sizes, {}
        for path in find_images([self._folder])[0]:
            if path not in self._done and path.is_file():
                told = path.stat()
                self._sizes[path] = (told.st_size, told.st_mtime_ns)
        return [path for path, size in self._sizes.items() if before.get(path) == size or _is_old(size)]


def _is_old(size: tuple[int, int]) -> bool:
    """Whether a file was written so long ago that nobody writes it any more."""
    return time.time_ns() - size[1] > 2_000_000_000


def follow_folder(text: str) -> FrameSource:
    """A folder's pictures as they come; SettingsError for anything else."""
    check_follow(text)
    return FollowedFolder(Path(text))


def open_files(text: str) -> FrameSource:
    path = Path(text)
    if text and path.is_file() and path.suffix.lower() not in IMAGE_SUFFIXES:
        return VideoSource(path)
    files, failures = find_images([text]) if text else ([], [])
    if not files:
        raise InputError(f"{failures[0]}; --source takes {FORMS}" if failures else f"--source is empty; give {FORMS}")
    if files == [path] and not path.exists():
        raise InputError(f"{text}: no such file; --source takes {FORMS}")
    source = PictureSource(text, files)
    source.skipped += [f"{video}: a video among pictures; name it alone" for video in _videos_beside(text, files)]
    return source


def _videos_beside(text: str, pictures: list[Path]) -> list[Path]:
    """The videos that a folder or glob has beside its pictures."""
    return sorted(set(find_images([text], videos=True)[0]) - set(pictures))
