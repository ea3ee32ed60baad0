"""Scores for people: a table for the terminal, a page of the misses."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from balatro.identify_card.judge.scores import MEASURES, FalseName, Outcome, Scores, said_name
from balatro.identify_card.marks.labels import COLOURS
from balatro.utils.files import write_json, write_text
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

TEMPLATE = Path(__file__).resolve().parent / "templates" / "misses.html"
SHOWN = 400
"""Misses on the page at most: more than anyone looks at, and the page stays small."""
NUM_GUESSES = 3
"""Runners-up told of a miss."""
GROUPS = ("by_modifier", "by_area", "by_tag", "by_size")
"""Of a summary, those that it has are told."""
CROP_WIDTH = 480
"""Pictures on the page are at most this wide, pixels."""


def score_table(scores: Scores) -> RenderableType:
    """A rich table: all cards, per modifier, per area; and the worst confusions under it."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    summary = scores.summary()
    table = Table(
        title=f"{counted(summary['cards'], 'card')} on {counted(summary['pictures'], 'picture')}", title_justify="left"
    )
    table.add_column("")
    for heading in ("cards", *MEASURES):
        table.add_column(heading, justify="right")
    table.add_row("all", *_cells(summary), style="bold", end_section=True)
    for group in ("by_modifier", "by_area"):
        rows = list(summary[group].items())
        for number, (name, counts) in enumerate(rows, start=1):
            table.add_row(name.replace("_", " "), *_cells(counts), end_section=number == len(rows))
    lines = [f"false names: {summary['false_names']}, {summary['false_names_per_100']:.2f} per 100 cards"]
    return Group(table, Text("\n".join([*lines, *confusion_lines(summary)])))


def confusion_lines(summary: dict[str, Any]) -> list[str]:
    """What is most confused, a line for names and one for modifiers where there are any."""
    lines = []
    for title, key in (("names most confused", "name_confusions"), ("modifiers most confused", "modifier_confusions")):
        if summary[key]:
            pairs = (f"{pair['true']} as {pair['said']} ({pair['count']})" for pair in summary[key][:6])
            lines.append(f"{title}: {', '.join(pairs)}")
    return lines


def _cells(counts: dict[str, Any]) -> list[str]:
    return [str(counts["cards"]), *(f"{counts[measure]:.2f} %" for measure in MEASURES)]


def write_report(scores: Scores, folder: Path, model: str) -> tuple[Path, Path]:
    """Write scores.json and misses.html, a single page with all pictures in it; give their paths."""
    write_json(folder / "scores.json", {"model": model} | scores.summary())
    write_text(folder / "misses.html", misses_page(scores, model))
    return folder / "scores.json", folder / "misses.html"


def misses_page(scores: Scores, model: str) -> str:
    """HTML of the misses, worst first: what was said, and what is true."""
    misses = [miss_entry(outcome) for outcome in scores.misses()[:SHOWN]]
    summary = scores.summary()
    return render_page(
        TEMPLATE,
        model=model,
        summary=summary,
        groups=[group for group in GROUPS if group in summary],
        measures=MEASURES,
        misses=misses,
        num_misses=len(scores.misses()),
        false_names=[_false_name(false) for false in scores.false_names[:SHOWN]],
        colours={name: css_colour(colour) for name, colour in COLOURS.items()},
    )


def miss_entry(outcome: Outcome) -> dict[str, Any]:
    """What a page shows of a miss."""
    said = outcome.said
    return {
        "picture": picture_url(outcome.crop),
        "kind": outcome.kind,
        "true": outcome.true,
        "true_modifier": outcome.modifier,
        "said": outcome.answer,
        "said_modifier": said.modifier if said is not None else "",
        "guesses": _guesses(outcome.said.top) if outcome.said is not None else "",
        "confidence": (said.modifier_confidence if outcome.name_right else said.confidence) if said is not None else None,
        "where": f"{outcome.file}, {outcome.area.replace('_', ' ')}, {outcome.slot + 1}",
    }


def _false_name(false: FalseName) -> dict[str, Any]:
    return {
        "picture": picture_url(false.crop),
        "said": said_name(false.said),
        "confidence": false.said.confidence,
        "where": f"{false.file}, {false.area.replace('_', ' ')}",
    }


def _guesses(top: Sequence[Any]) -> str:
    return ", ".join(f"{guess.name} {guess.confidence * 100:.0f} %" for guess in top[:NUM_GUESSES])


def render_page(template: Path, **values: Any) -> str:
    """A page from a template; values are escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template(template.name).render(**values)


def picture_url(picture: np.ndarray | None, max_width: int = CROP_WIDTH, quality: int = 85) -> str:
    """A picture (h, w, 3) uint8 RGB as a data: URL, or "" for None."""
    if picture is None or picture.size == 0:
        return ""
    if picture.shape[1] > max_width:
        height = max(1, round(picture.shape[0] * max_width / picture.shape[1]))
        picture = cv2.resize(picture, (max_width, height), interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii")


def css_colour(colour: tuple[int, int, int]) -> str:
    """#rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
