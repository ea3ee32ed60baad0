"""What `balatro identify` is told: each field is a flag."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from balatro.config.shapes import SEEN_AS
from balatro.utils.flags import completion
from balatro.utils.flags.options import Knob, turned_by


@dataclass(frozen=True)
class IdentifyFlags:
    """How pictures are read, and where what is read goes."""

    model: str = turned_by(Knob("", complete=completion.models), "auto")
    """Name or folder of a model; auto takes `game` where there is one, else `demo`."""
    every: str = turned_by(Knob("", metavar="N|TIME"), "1s")
    """Frames of a video: 30 is every 30th, 0.5s one every half second."""
    json_out: str | None = turned_by(Knob("", "json", metavar="OUT"), None)
    """Write one JSON line per picture; - is stdout."""
    seen_as: str = turned_by(Knob("", "as", complete=completion.one_of(*SEEN_AS)), "auto")
    """What pictures are: screen, photo (cards lie in any turn), card (one that fills it), or auto: by the model."""
    table: bool = turned_by(Knob("", one_way=True), False)
    """Tell the whole table, too: the hand, the shop, the deck; a trained model's ranks."""
    draw: Path | None = turned_by(Knob("", metavar="DIR"), None)
    """Folder for copies with the cards marked."""
    resume: bool | None = turned_by(Knob(""), None)
    """Go on with a --json OUT that was not finished, or begin anew."""
    jobs: int = turned_by(Knob("", low=0, high=1024), 0)
    """Processes that read; 0: one for each core, fewer for few pictures."""
    threads: int = turned_by(Knob("", low=0, high=64), 0)
    """CPU threads; 0 chooses."""
    engine: str = turned_by(Knob("", complete=completion.one_of("local", "ray")), "local")
    """local, or ray for a Ray cluster."""
    address: str | None = turned_by(Knob(""), None)
    """Of the Ray cluster; left out, one on this machine."""

    @property
    def out(self) -> Path | None:
        """The file of lines; None where they go to stdout, or none are written."""
        return None if self.json_out is None or self.json_out == "-" else Path(self.json_out)
