"""By which names a file counts as a picture or as a video."""

from __future__ import annotations

from pathlib import PurePath

IMAGE_SUFFIXES = frozenset(
    {
        ".png",
        ".apng",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".webp",
        ".bmp",
        ".gif",
        ".tif",
        ".tiff",
        ".avif",
        ".ppm",
        ".tga",
        ".mpo",
    }
)
"""What counts as an image in a folder; a file that is named outright may have any suffix."""

VIDEO_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mkv", ".avi", ".webm", ".mov", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".wmv", ".flv", ".ogv", ".3gp"}
)
"""Files that are read as videos; any other is a picture."""


def is_video(file: str) -> bool:
    """Whether a file is read as a video."""
    return PurePath(file).suffix.lower() in VIDEO_SUFFIXES
