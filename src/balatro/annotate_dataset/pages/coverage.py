"""Coverage: how much is labelled, what is missing, and what to capture next."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from balatro.annotate_dataset.coverage import Coverage, Wanted, coverage, to_capture
from balatro.annotate_dataset.pages.common import LOOK_EVERY_S, desk, findings

MAX_ROWS = 500
"""Names in the table at once; type and search narrow it."""
MAX_WANTED = 30
EVERY = "All types"


def coverage_page() -> None:
    """Numbers, the table of names and modifiers, and what to capture next."""
    desk().refresh()
    shown = desk().store.version
    findings()
    found = coverage(desk().store)
    st.html(f"<style>{_style()}</style>{numbers(found)}")
    if not found.names:
        st.info("Nothing is labelled yet. Begin on the page Label.", icon=":material/label:")
    else:
        table_side, side = st.columns([3, 1.35], gap="medium")
        with table_side:
            _table_with_filters(found)
        with side:
            st.html(f'<div class="cov">{bars(found)}{wanted(to_capture(found, limit=MAX_WANTED))}</div>')
    _look_again(shown)


@cache
def _style() -> str:
    return Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


@st.fragment(run_every=2 * LOOK_EVERY_S)
def _look_again(shown: int) -> None:
    desk().refresh()
    if desk().store.version != shown:
        st.rerun()


def _table_with_filters(found: Coverage) -> None:
    kinds = list(dict.fromkeys(found.types))
    search_at, kind_at, holes_at = st.columns([2, 1.4, 1.2], vertical_alignment="bottom")
    search = search_at.text_input("Search names", placeholder="Search names", label_visibility="collapsed")
    kind = kind_at.selectbox("Type", [EVERY, *kinds], label_visibility="collapsed")
    only_holes = holes_at.toggle("Only with holes")
    rows = chosen_rows(found, search, "" if kind == EVERY else kind, only_holes)
    st.html(f'<div class="cov">{heat_table(found, rows)}</div>')


def chosen_rows(found: Coverage, search: str, kind: str, only_holes: bool) -> list[int]:
    """Places of the names that a search, a type and the switch leave."""
    wanted_text = search.strip().casefold()
    return [
        row
        for row, (name, type_) in enumerate(zip(found.names, found.types, strict=True))
        if wanted_text in name.casefold() and (not kind or type_ == kind) and not (only_holes and found.table[row].all())
    ]


def numbers(found: Coverage) -> str:
    """The figures at the top, as HTML."""
    num_cells = len(found.names) * len(found.modifiers)
    filled = int((found.table > 0).sum())
    tiles = [
        ("Labelled", f"{found.labelled:,}"),
        ("Waiting for a label", f"{found.unlabelled:,}"),
        ("Set aside", f"{found.aside:,}"),
        ("Total", f"{found.total:,}"),
        ("Names", _of(sum(found.names_by_type.values()), sum(found.num_expected_by_type.values()))),
        ("Names × modifiers", _of(filled, num_cells)),
    ]
    cards = "".join(f'<div class="number"><span>{label}</span><b>{number}</b></div>' for label, number in tiles)
    return f'<div class="cov"><div class="cards">{cards}</div></div>'


def _of(count: int, of: int) -> str:
    return f"{count:,} <span>of {of:,}</span>" if of else f"{count:,}"


def heat_table(found: Coverage, rows: Sequence[int]) -> str:
    """Names × modifiers with counts; the more, the greener; holes are outlined."""
    most = math.log1p(max(1, int(found.table.max(initial=0))))
    head = "".join(f'<th scope="col">{escape(modifier)}</th>' for modifier in found.modifiers)
    body = "".join(
        f'<tr><th scope="row" title="{escape(found.types[row])}">{escape(found.names[row])}</th>'
        + "".join(
            _cell(found.names[row], modifier, int(count), most)
            for modifier, count in zip(found.modifiers, found.table[row], strict=True)
        )
        + "</tr>"
        for row in rows[:MAX_ROWS]
    )
    more = (
        f'<p class="soft">and {len(rows) - MAX_ROWS:,} more names; search, or choose a type</p>' if len(rows) > MAX_ROWS else ""
    )
    none = '<p class="soft">No name fits.</p>' if not rows else ""
    caption = "Labelled pictures by name and modifier"
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table aria-label="{caption}"><thead><tr>'
        f'<th scope="col">Name</th>{head}</tr></thead><tbody>{body}</tbody></table></div>{none}{more}'
    )


def _cell(name: str, modifier: str, count: int, most: float) -> str:
    if not count:
        return f'<td class="hole" title="no {escape(modifier)} of {escape(name)} yet" aria-label="none">·</td>'
    heat = round(15 + 60 * math.log1p(count) / most)
    return f'<td style="--heat: {heat}" title="{escape(name)}, {escape(modifier)}: {count}">{count}</td>'


def bars(found: Coverage) -> str:
    """Unique names per type and per modifier."""
    num_names = len(found.names)
    types = [(kind, count, found.num_expected_by_type.get(kind, 0)) for kind, count in found.names_by_type.items()]
    modifiers = [(modifier, count, num_names) for modifier, count in found.names_by_modifier.items()]
    return f"<h3>Names by type</h3>{_bars(types)}<h3>Names by modifier</h3>{_bars(modifiers)}"


def _bars(rows: Iterable[tuple[str, int, int]]) -> str:
    rows = list(rows)
    most = max([count for _, count, _ in rows], default=1) or 1
    lines = "".join(
        f'<span>{escape(label or "none")}</span><div class="bar" aria-hidden="true">'
        f'<i style="width: {min(100, round(100 * count / (of or most)))}%"></i></div><span>{_of(count, of)}</span>'
        for label, count, of in rows
    )
    return f'<div class="bars">{lines}</div>'


def wanted(found: Sequence[Wanted]) -> str:
    """What to capture next, most useful first."""
    if not found:
        return "<h3>Capture next</h3><p class='soft'>Nothing is missing.</p>"
    lines = "".join(
        f"<li><span>{escape(one.name)}</span><b>{escape(one.modifier)}</b><small>{escape(one.why)}</small></li>"
        for one in found
    )
    return f'<h3>Capture next</h3><ol tabindex="0" aria-label="Capture next">{lines}</ol>'
