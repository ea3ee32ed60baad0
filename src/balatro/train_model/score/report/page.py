"""HTML pages that need nothing but themselves: pictures lie in them, charts in a light and a dark version."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from balatro.train_model.score.report.plots import CSS_DPI, DARK, DPI, LIGHT, figure_png, themed

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.figure import Figure

TEMPLATES = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True)
class Chart:
    """A chart in both themes, as PNG, and what it shows in words for those who do not see it."""

    light: bytes
    dark: bytes
    alt: str

    @property
    def light_url(self) -> str:
        """data: URL."""
        return _url("png", self.light)

    @property
    def width(self) -> int:
        """Pixels on the page."""
        return round(int.from_bytes(self.light[16:20], "big") * CSS_DPI / DPI)  # where a PNG has its width

    @property
    def dark_url(self) -> str:
        """data: URL."""
        return _url("png", self.dark)


def draw_chart(draw: Callable[[], Figure], alt: str) -> Chart:
    """Draw a chart once a theme; `draw` makes the same figure each time."""
    with themed(LIGHT):
        light = figure_png(draw())
    with themed(DARK):
        return Chart(light, figure_png(draw()), alt)


def picture_url(picture: np.ndarray, quality: int = 88) -> str:
    """A picture (h, w, 3) uint8 RGB as a data: URL."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return _url("jpeg", data.tobytes())


def _url(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def render_page(template: str, **values: Any) -> str:
    """A page from a template of this package; all values are escaped."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters |= {"percent": percent, "number": number, "label": label}
    return pages


def percent(value: float | None, digits: int = 1) -> str:
    """0.9345 as `93.5 %`, never broken; a dash for what was not measured."""
    return "–" if value is None or math.isnan(value) else f"{100 * value:.{digits}f}\u00a0%"


def number(value: float | None, digits: int = 3) -> str:
    """0.12345 as `0.123`; a dash for what was not measured."""
    return "–" if value is None or math.isnan(value) else f"{value:.{digits}f}"


def label(name: str) -> str:
    """`macro_f1` as `macro f1`."""
    return name.replace("_", " ")
