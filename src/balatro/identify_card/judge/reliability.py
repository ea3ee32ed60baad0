"""The reliability diagram: how often names are right, by how probable they were said to be, before and after. One SVG file."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Bins = Sequence[tuple[float, float, int]]
"""(mean probability, share right, number of cards)."""

SIDE, LEFT, TOP, GAP = 300, 56, 64, 90
BOTTOM = 70
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #222 } .title { font-size: 15px; font-weight: 600 } .soft { fill: #666 }
  .ground { fill: #fff } .frame { fill: #f6f7f9; stroke: #c9ccd3 } .grid { stroke: #e1e3e8 }
  .even { stroke: #8a8f99; stroke-dasharray: 5 4 }
  .bar { fill: #2b62c9; fill-opacity: .18 } .line { fill: none; stroke: #2b62c9; stroke-width: 1.5 } .dot { fill: #2b62c9 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8eaee } .soft { fill: #a4a9b3 } .ground { fill: #14171c } .frame { fill: #1d2128; stroke: #3a404b }
    .grid { stroke: #2b303a } .even { stroke: #7b828f } .bar { fill: #7ea6f5 } .line { stroke: #7ea6f5 } .dot { fill: #7ea6f5 }
  }
"""


def reliability_svg(title: str, panels: Sequence[tuple[str, Bins]]) -> str:
    """The diagram as SVG text. panels: each a heading and its bins, side by side; bars tell how many cards a bin has."""
    width = LEFT + len(panels) * SIDE + (len(panels) - 1) * GAP + 30
    height = TOP + SIDE + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/><text class="title" x="{LEFT}" y="26">{escape(title)}</text>',
    ]
    for number, (heading, bins) in enumerate(panels):
        parts.append(f'<g transform="translate({LEFT + number * (SIDE + GAP)},{TOP})">{_panel(heading, bins)}</g>')
    return "\n".join([*parts, "</svg>\n"])


def _panel(heading: str, bins: Bins) -> str:
    parts = [f'<rect class="frame" width="{SIDE}" height="{SIDE}"/><text x="0" y="-10">{escape(heading)}</text>']
    for step in range(0, 101, 20):
        place = SIDE * step / 100
        parts.append(f'<path class="grid" d="M0 {SIDE - place}H{SIDE}M{place} 0V{SIDE}"/>')
        parts.append(f'<text class="soft" x="-8" y="{SIDE - place + 4}" text-anchor="end">{step}</text>')
        parts.append(f'<text class="soft" x="{place}" y="{SIDE + 18}" text-anchor="middle">{step}</text>')
    most = max((count for _, _, count in bins), default=1)
    for mean, _, count in bins:
        tall = max(2.0, 0.35 * SIDE * count / most)
        left = min(max(SIDE * mean - 9, 0), SIDE - 18)
        parts.append(f'<rect class="bar" x="{left:.1f}" y="{SIDE - tall:.1f}" width="18" height="{tall:.1f}"/>')
    parts.append(f'<path class="even" d="M0 {SIDE}L{SIDE} 0"/>')
    points = [(SIDE * mean, SIDE * (1 - share), count, mean, share) for mean, share, count in bins]
    if points:
        parts.append(f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, *_ in points)}"/>')
    for x, y, count, mean, share in points:
        told = f"said {100 * mean:.1f} %, right {100 * share:.1f} %, {count} cards"
        radius = 2 + 5 * (count / most) ** 0.5  # one card's bin says little
        parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{told}</title></circle>')
        below, side = (20 if share > 0.9 else -10), ("end" if mean > 0.9 else "middle")
        parts.append(f'<text class="soft" x="{x:.1f}" y="{y + below:.1f}" text-anchor="{side}">{count}</text>')
    axis = "probability that was said, %; beside the points: cards"
    parts.append(f'<text class="soft" x="{SIDE / 2}" y="{SIDE + 42}" text-anchor="middle">{axis}</text>')
    middle = f'transform="rotate(-90)" x="{-SIDE / 2}" y="-40" text-anchor="middle"'
    parts.append(f'<text class="soft" {middle}>names that are right, %</text>')
    return "".join(parts)
