"""What `balatro capture` is told: each field is a flag."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from balatro.utils.flags import completion
from balatro.utils.flags.options import Knob, turned_by

AUTO, PLACES = "Without the window", "Where cards lie"
"""Headings of the help."""


@dataclass(frozen=True)
class CaptureFlags:
    """What is captured, how, and where it goes."""

    source: str = turned_by(Knob("", metavar="SOURCE"), "window:Balatro")
    """window:TITLE, monitor:1, region:X,Y,W,H, camera:0, an address (rtsp, http), clipboard:, - (stdin), or a video, a picture,
    a folder or glob of pictures."""
    out: Path | None = turned_by(Knob("", shown=""), None)
    """Folder for the cards; data/screenshots when left out."""
    find: str = turned_by(
        Knob("", metavar="auto|regions|classic", complete=completion.one_of("auto", "regions", "classic")), "auto"
    )
    """How cards are found: by the network; in the places of the calibrator; by outlines, on a plain table."""
    model: str = turned_by(Knob("", complete=completion.models), "auto")
    """Whose network finds the cards; auto takes yours, else the one that comes along."""
    auto: bool = turned_by(Knob(AUTO, one_way=True), False)
    """Capture by itself, whenever the screen has changed and come to rest. Videos and pictures need no --auto."""
    duration: str | None = turned_by(Knob(AUTO, "for", metavar="TIME"), None)
    """Stop after 60s, 5m, 1h; else at Ctrl+C."""
    json_out: str | None = turned_by(Knob(AUTO, "json", metavar="OUT"), None)
    """Write a summary; - is stdout."""
    max_fps: float = turned_by(Knob("", low=0.1, high=240), 10.0)
    """Look at the screen so often a second, at most."""
    calibrate: bool = turned_by(Knob(PLACES, one_way=True), False)
    """Draw the places of the cards with the mouse, on one frame."""
    regions: Path | None = turned_by(Knob(PLACES, metavar="FILE", shown=""), None)
    """The file of these places; data/regions.json when left out."""
    list_windows: bool = turned_by(Knob("", one_way=True), False)
    """Print place, number, program and title of all windows, and stop."""
    follow: bool = turned_by(Knob(AUTO, one_way=True), False)
    """Go on with what comes into the folder, or into clipboard:."""
