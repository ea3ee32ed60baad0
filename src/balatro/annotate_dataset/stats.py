"""A dataset in numbers: what `balatro dataset stats` says."""

from __future__ import annotations

from typing import Any

from balatro.annotate_dataset.coverage import Coverage, coverage, to_capture
from balatro.annotate_dataset.store.store import DatasetStore
from balatro.annotate_dataset.suggest.verify import missing
from balatro.utils.wording.plurals import counted

MAX_WANTED = 5


def stats_json(store: DatasetStore) -> dict[str, Any]:
    """The numbers as JSON has them."""
    covered = coverage(store)
    return {
        "labelled": covered.labelled,
        "unlabelled": covered.unlabelled,
        "set_aside": covered.aside,
        "total": covered.total,
        "missing_files": len(missing(store)),
        "names": covered.num_names,
        "names_by_type": covered.names_by_type,
        "names_by_modifier": covered.names_by_modifier,
        "pictures_by_modifier": covered.pictures_by_modifier,
        "without_name_or_modifier": covered.num_unknown,
        "next": [
            {"name": wanted.name, "modifier": wanted.modifier, "why": wanted.why} for wanted in to_capture(covered, MAX_WANTED)
        ],
    }


def stats_lines(store: DatasetStore) -> list[str]:
    """The numbers as lines to print."""
    covered = coverage(store)
    gone = len(missing(store))
    lines = [
        f"{store.dataset}: {covered.labelled} labelled, {covered.unlabelled} waiting, {covered.aside} set aside, "
        f"{covered.total} in all",
        *_types(covered),
        *_modifiers(covered),
    ]
    if covered.num_unknown:
        lines.append(f"  without a name or a modifier: {_pictures(covered.num_unknown)}")
    if gone:
        lines.append(f"  without a file: {_pictures(gone)}; `balatro annotate` lists them under Verify")
    wanted = to_capture(covered, MAX_WANTED)
    if covered.labelled and wanted:
        cards = ", ".join(" ".join(part for part in (one.modifier, one.name) if part) for one in wanted)
        lines.append(f"next to capture: {cards}")
    if not covered.labelled:
        lines.append("next:  balatro annotate     to label the first card")
    return [*lines, *store.findings]


def _types(covered: Coverage) -> list[str]:
    """How many names of each type, out of how many."""
    have, all_names = covered.names_by_type, covered.num_expected_by_type
    told = [f"{have.get(kind, 0)} of {num} {kind or 'without a type'}" for kind, num in all_names.items()]
    return [f"  names: {covered.num_names} ({', '.join(told)})"] if covered.labelled else []


def _modifiers(covered: Coverage) -> list[str]:
    if covered.modifiers == ("",) or not covered.labelled:
        return []
    names, pictures = covered.names_by_modifier, covered.pictures_by_modifier
    told = [f"{modifier} {names[modifier]} ({_pictures(pictures[modifier])})" for modifier in covered.modifiers]
    return [f"  names by modifier: {', '.join(told)}"]


def _pictures(num: int) -> str:
    return counted(num, "picture")
