"""Scores of labelled boxes as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from balatro.identify_card.judge.boxes.evaluate import RATE, BoxScores
from balatro.identify_card.judge.report import confusion_lines
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

COLUMNS = {
    "found": "found",
    "name": "name",
    "printing": "printing",
    "modifier": "modifier",
    "both": "both",
    "wrong": "wrong",
    RATE: "false/100",
}
"""Measures and their headings; a modifier or a printing that no label tells has none."""
GROUPS = {"by_tag": "tag", "by_size": "height in the picture", "by_modifier": "modifier"}
"""Groups and what they are by."""
MAX_TOLD = 12
"""Unknown names told."""


def box_table(scores: BoxScores) -> RenderableType:
    """A rich table: all cards; per tag, size and modifier; each figure above its 95 % interval; what is confused under it."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    summary = scores.summary()
    title = f"{counted(summary['cards'], 'card')} on {counted(summary['pictures'], 'picture')}; percent, and 95 % intervals"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", overflow="fold", min_width=14)
    columns = [name for name in COLUMNS if name not in ("printing", "modifier") or summary.get(name) is not None]
    for heading in ("cards", *(COLUMNS[name] for name in columns)):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_row("all", *_cells(summary, columns), style="bold", end_section=True)
    for group, about in GROUPS.items():
        if summary[group]:
            table.add_row(Text(f"by {about}", "dim"))
        rows = list(summary[group].items())
        for number, (name, counts) in enumerate(rows, start=1):
            table.add_row(Text(name), *_cells(counts, columns), end_section=number == len(rows))
    lines = [f"false names: {summary['false_names']}", *confusion_lines(summary)]
    if scores.not_known:
        more = f" and {len(scores.not_known) - MAX_TOLD} more" if len(scores.not_known) > MAX_TOLD else ""
        lines.append(f"names that the model has no card of: {', '.join(scores.not_known[:MAX_TOLD])}{more}")
    return Group(table, Text("\n".join(lines)))


def _cells(counts: dict[str, Any], columns: Sequence[str]) -> list[str]:
    return [str(counts["cards"]), *(_cell(counts, measure) for measure in columns)]


def _cell(counts: dict[str, Any], measure: str) -> str:
    value = counts.get(measure)
    if value is None:
        return "–"
    low, high = counts["intervals"][measure]
    return f"{value:.2f}\n{_short(low)}–{_short(high)}"


def _short(value: float) -> str:
    return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"
