"""What `balatro watch` is told: each field is a flag."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from balatro.config.shapes import SEEN_AS
from balatro.errors import SettingsError
from balatro.utils.flags import completion
from balatro.utils.flags.options import Knob, turned_by

WHERE, OUT, SHOWN = "What is watched", "What is written", "What is shown"
"""Headings of the help."""


@dataclass(frozen=True)
class WatchFlags:
    """What is watched, how, and where it goes."""

    source: str | None = turned_by(Knob(WHERE, metavar="SOURCE", shown=""), None)
    """window:TITLE, monitor:1, region:X,Y,W,H, camera:0, an address (rtsp, http), clipboard:, - (stdin), or a video, a picture,
    a folder or glob of pictures; window:Balatro when left out."""
    window: str | None = turned_by(Knob(WHERE, metavar="TITLE"), None)
    """Short for --source window:TITLE."""
    region: str | None = turned_by(Knob(WHERE, metavar="X,Y,W,H"), None)
    """Short for --source region:X,Y,W,H."""
    follow: bool = turned_by(Knob(WHERE, one_way=True), False)
    """Go on with each picture that comes into a folder, such as that of screenshots, or into the clipboard."""
    model: str = turned_by(Knob("", complete=completion.models), "auto")
    """Name or folder of a model; auto takes `game` where there is one, else `demo`."""
    seen_as: str = turned_by(Knob("", "as", complete=completion.one_of(*SEEN_AS)), "auto")
    """What frames are: screen, photo (cards lie in any turn), card (one that fills it), or auto: by the model."""
    table: bool = turned_by(Knob(OUT, one_way=True), False)
    """Tell the whole table each time it has come to rest, and what has happened in the game."""
    max_fps: float = turned_by(Knob("", low=2, high=240), 10.0)
    """Look so often a second, at most; a name takes three looks."""
    cpu: int = turned_by(Knob("", low=1, high=64), 1)
    """CPU threads, at most: the game needs the others."""
    duration: str | None = turned_by(Knob("", "for", metavar="TIME"), None)
    """Stop after 60s, 5m, 1h; or at Ctrl+C."""
    json_out: str | None = turned_by(Knob(OUT, "json", metavar="OUT"), None)
    """Write events as JSON lines; - is stdout."""
    csv_out: str | None = turned_by(Knob(OUT, "csv", metavar="OUT"), None)
    """Write events as CSV; - is stdout."""
    post: str | None = turned_by(Knob(OUT, metavar="URL"), None)
    """Send each event as JSON to a web address, to Discord's webhooks as a message."""
    pile: Path | None = turned_by(Knob(OUT, metavar="OUT.csv"), None)
    """Count the cards that are laid under a camera one after another, a row each; a file that is there is gone on with."""
    record: Path | None = turned_by(Knob(OUT, metavar="OUT.mp4"), None)
    """Write what is watched as a video, with the cards marked."""
    save_doubtful: Path | None = turned_by(Knob(OUT, metavar="DIR"), None)
    """Write crops of doubtful cards there, to be named with `balatro annotate`, which looks into data/screenshots."""
    force: bool = turned_by(Knob(OUT, one_way=True), False)
    """Replace a video that is there."""
    overlay: bool = turned_by(Knob(SHOWN, one_way=True), False)
    """Mark the cards over the game itself."""
    preview: bool = turned_by(Knob(SHOWN, one_way=True), False)
    """Show what is watched in a window, with the cards marked."""
    speak: bool = turned_by(Knob(SHOWN, one_way=True), False)
    """Say aloud, by the system's voice, which card appears; with --pile, which one was counted."""
    style: str = turned_by(Knob(SHOWN, metavar="STYLE"), "both")
    """outline, label or both."""
    runners_up: bool = turned_by(Knob(SHOWN, one_way=True), False)
    """Say the next likeliest names too."""

    @property
    def place(self) -> str:
        """What to watch, said in one of three ways; SettingsError where it is said in two."""
        window = None if self.window is None else f"window:{self.window}"
        region = None if self.region is None else f"region:{self.region}"
        told = [text for text in (self.source, window, region) if text is not None]
        if len(told) > 1:
            raise SettingsError(f"{' and '.join(told)} are given; watch one of them")
        return told[0] if told else "window:Balatro"
