"""What `balatro export` is told: each field is a flag."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from balatro.utils.flags.options import Knob, turned_by
from balatro.utils.flags.records import Row, read_table


@dataclass(frozen=True)
class ExportFlags:
    """How a model is exported, and where to."""

    format: str = turned_by(Knob("", rows=read_table("balatro.export.formats", "FORMATS")), "onnx")
    precision: str = turned_by(Knob("", rows=(Row("fp32"), Row("int8"))), "fp32")
    out: Path | None = turned_by(Knob("", shown="data/models/NAME, or NAME-int8, NAME-openvino …", metavar="DIR"), None)
    """Folder for it."""
    check: tuple[str, ...] = turned_by(Knob("", metavar="PICTURES", shown=""), ())
    """Pictures, a folder or a glob to check it on; may be repeated."""
    screens: int = turned_by(Knob("", low=1, high=10_000), 200)
    """Screens drawn to check it on."""
    force: bool = turned_by(Knob("", one_way=True), False)
    """Keep it, whatever the check says."""
    replace: bool = turned_by(Knob("", one_way=True), False)
    """Write over any model in that folder, not only an older export of this one; the new one is kept anyway."""
