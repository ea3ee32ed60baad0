"""What `balatro serve` is told: each field is a flag."""

from __future__ import annotations

from dataclasses import dataclass

from balatro.utils.flags import completion
from balatro.utils.flags.options import Knob, turned_by


@dataclass(frozen=True)
class ServeFlags:
    """Who is answered, by how many readers, and how much each may ask."""

    model: str = turned_by(Knob("", complete=completion.models), "auto")
    """Name or folder of a model; auto takes `game` where there is one, else `demo`."""
    host: str = turned_by(Knob(""), "127.0.0.1")
    """Address to answer at; any but this machine's own needs --token."""
    port: int = turned_by(Knob("", low=0, high=65535), 8000)
    """Port; 0 takes any free one."""
    token: str = turned_by(Knob("", shown="", env="BALATRO_TOKEN"), "")
    """What clients must send (Authorization: Bearer …)."""
    readers: int = turned_by(Knob("", low=0, high=64), 0)
    """Pictures read side by side; 0 chooses."""
    threads: int = turned_by(Knob("", low=1, high=64), 1)
    """CPU threads of each network of each reader."""
    max_mib: int = turned_by(Knob("", low=1, high=1024), 32)
    """Largest request, MiB."""
    max_megapixels: int = turned_by(Knob("", low=1, high=64), 24)
    """Largest picture, million pixels."""
    max_pictures: int = turned_by(Knob("", low=1, high=1000), 16)
    """Most pictures of one request."""
    queue: int = turned_by(Knob("", low=1, high=10_000), 64)
    """Pictures that may wait; more are told to try again."""
    browser: bool = turned_by(Knob(""), False)
    """Open the page in the browser."""
