"""What the boards show: the store, the suggestions and the session as JSON for the browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from itertools import groupby
from typing import Any

from balatro.annotate_dataset.board.desk import Desk
from balatro.annotate_dataset.board.map_showing import map_json
from balatro.annotate_dataset.board.pictures import LARGE, address
from balatro.annotate_dataset.board.screen_showing import candidate_json, screens_json
from balatro.annotate_dataset.board.session import LabelView, Preview, Session, VerifyView
from balatro.annotate_dataset.suggest.prefill import Prefill
from balatro.annotate_dataset.suggest.queue import CardGroup, next_groups, progress_of
from balatro.annotate_dataset.suggest.rankings import PAIRS, RANKINGS, UNIQUE
from balatro.annotate_dataset.suggest.verify import WHYS, CardPictures, Suspicion, cards
from balatro.utils.labels import CardLabel

Json = dict[str, Any]

WINDOW = 40
"""Groups that are sent in advance: enough to go on while Python saves, few enough to be sent after every action."""
MAX_PICTURES, MAX_REST = 120, 40
"""Pictures of a group, and of the rest of its cluster, that are shown at once; the others come when these are decided."""
UNLIKELY = 0.05
"""A candidate below this comes after the names that the cluster has already."""
PAGE = 60
"""Pictures on a page of Verify."""
ORDERS = {"doubtful": "Doubtful first", "easy": "Easy first", "cluster": "As captured"}
TITLES = {
    "missing": "File missing",
    "catalogue": "Against the catalogue",
    "disagrees": "Looks like another card",
    "modifier": "Looks like another modifier",
    "apart": "Unlike its own kind",
    "twins": "Alike, labelled differently",
    PAIRS: "Most alike pairs of two labels",
    UNIQUE: "Most unlike all others",
}
"""Kinds of suspicion, as the list calls them."""


def label_data(session: Session) -> Json:
    """Everything that the labelling board shows."""
    desk, view = session.desk, session.label
    groups = list(_groups(desk, desk.generation, view))
    later = set(view.later)
    groups = [group for group in groups if group.key not in later] + [group for group in groups if group.key in later]
    progress = progress_of(desk.store)
    return _common(session) | {
        "page": "label",
        "view": asdict(view),
        "orders": list(ORDERS.items()),
        "counts": asdict(progress) | {"total": progress.total},
        "groups": [_group(desk, group) for group in groups[:WINDOW]],
        "more": max(0, len(groups) - WINDOW),
        "threshold": session.threshold,
        "preview": _preview(desk, session.preview) if session.preview else None,
        "waiting": desk.is_busy and not desk.prefills,
        "about": "looking for suggestions …" if desk.is_busy else desk.about,
        "folder": desk.store.screenshots.folder.name,
    }


def _common(session: Session) -> Json:
    """What both boards need to know."""
    store, author = session.desk.store, session.desk.author
    names = store.names
    return {
        "session": session.id,
        "handled": session.handled,
        "failures": session.failures_json(),
        "revision": store.revision,
        "modifiers": store.modifiers,
        "names": _names(session.desk),
        "types": names.types,
        "rarities": names.rarities,
        "ofCatalogue": names.of_catalogue,
        "canUndo": store.can_undo(author),
        "canRedo": store.can_redo(author),
    }


def _names(desk: Desk) -> list[Json]:
    """The names to complete from: those of the store, and those that a model suggests though nobody has used them yet."""
    known = desk.offered() | {card.name: (card.type, card.rarity) for card in desk.store.names.all}
    return [{"name": name, "type": type_, "rarity": rarity} for name, (type_, rarity) in known.items()]


@lru_cache(maxsize=8)
def _groups(desk: Desk, _generation: tuple[int, int], view: LabelView) -> tuple[CardGroup, ...]:
    return tuple(next_groups(desk.store, desk.prefills, order=view.order, search=view.search))


def _group(desk: Desk, group: CardGroup) -> Json:
    pictures, odd = group.pictures[:MAX_PICTURES], set(group.odd)
    return {
        "key": group.key,
        "pictures": [_picture(desk, key) | {"odd": key in odd} for key in pictures],
        "rest": [_picture(desk, key) for key in group.rest[:MAX_REST]],
        "prefill": _prefill(group.prefill),
        "candidates": _candidates(desk, group),
    }


def _candidates(desk: Desk, group: CardGroup) -> list[Json]:
    """Three cards to click: the likely ones, then what the group's cluster was called so far, then the unlikely ones."""
    told = [candidate_json(desk, candidate) for candidate in group.prefill.candidates]
    used = _used_in_clusters(desk, desk.store.version).get(group.cluster, {})
    names = {candidate["name"]: candidate for candidate in told}
    likely = [candidate for candidate in told if candidate["confidence"] >= UNLIKELY]
    alike = [
        names.get(name) or {"name": name, "type": label.type, "rarity": label.rarity, "url": address(desk.store, key)}
        for name, (key, label) in used.items()
    ]
    order = [*likely, *(candidate | {"confidence": 0.0, "sameCluster": True} for candidate in alike), *told]
    first: dict[str, Json] = {}
    for candidate in order:
        first.setdefault(candidate["name"], candidate)
    return list(first.values())[:3]


@lru_cache(maxsize=2)
def _used_in_clusters(desk: Desk, _version: int) -> dict[int | None, dict[str, tuple[str, CardLabel]]]:
    """By cluster: the names that pictures of it have, each with one such picture, the latest named first."""
    used: dict[int | None, dict[str, tuple[str, CardLabel]]] = {}
    for key, label in reversed(list(desk.store.labels.items())):
        if label.cluster is not None and label.name:
            used.setdefault(label.cluster, {}).setdefault(label.name, (key, label))
    return used


def _picture(desk: Desk, key: str) -> Json:
    own = desk.prefills.get(key)
    return {
        "key": key,
        "url": address(desk.store, key),
        "large": address(desk.store, key, LARGE),
        "name": own.name if own is not None and own.prefilled else "",
        "modifier": own.modifier if own is not None and own.prefilled else "",
    }


def _prefill(prefill: Prefill) -> Json:
    return {
        "prefilled": prefill.prefilled,
        "name": prefill.name,
        "type": prefill.type,
        "rarity": prefill.rarity,
        "modifier": prefill.modifier,
        "confidence": prefill.confidence,
        "modifierConfidence": prefill.modifier_confidence,
    }


def _preview(desk: Desk, preview: Preview) -> Json:
    """What would be accepted, pictures of one capture group and label together, least sure first."""

    def place(proposal: Any) -> tuple[Any, ...]:
        picture = desk.store.pictures.get(proposal.picture)
        where = (picture.cluster, picture.card_group) if picture is not None else (None, None)
        return str(where), proposal.prefill.name, proposal.prefill.modifier

    waiting = [one for one in preview.proposals if one.picture in desk.prefills]
    groups: list[Json] = []
    for _, some in groupby(sorted(waiting, key=place), key=place):
        members = sorted(some, key=lambda proposal: proposal.prefill.both)
        first = members[0]
        groups.append(
            {
                "key": first.picture,
                "url": address(desk.store, first.picture),
                "name": first.prefill.name,
                "modifier": first.prefill.modifier,
                "confidence": first.prefill.both,
                "pictures": [member.picture for member in members],
            }
        )
    groups.sort(key=lambda group: group["confidence"])
    return {"id": preview.number, "threshold": preview.threshold, "groups": groups}


def verify_data(session: Session) -> Json:
    """Everything that the verifying board shows."""
    desk, view = session.desk, session.verify
    desk.check()
    kinds = _cards(desk, desk.store.version)
    found = _found(desk, view)
    pages = max(1, -(-len(found) // PAGE))
    page = min(view.page, pages - 1)
    shown = found[page * PAGE : (page + 1) * PAGE]
    title, subtitle, empty = _title(view, len(found), kinds)
    following = found[(page + 1) * PAGE : (page + 2) * PAGE]
    return _common(session) | {
        "page": "verify",
        "view": asdict(view) | {"page": page},
        "pages": pages,
        "total": len(found),
        "title": title,
        "subtitle": subtitle,
        "empty": empty,
        "pictures": [_labelled(desk, key, why) for key, why in shown],
        "next": [address(desk.store, key) for key, _ in following[:24]],
        "rows": [_row(kind) for kind in kinds],
        "kinds": _kinds(desk),
        "checking": "Looking for more …" if desk.is_checking else desk.trouble,
        "counts": {
            "labelled": len(desk.store.labels),
            "names": len({kind.name for kind in kinds}),
            "kinds": len(kinds),
            "missing": sum(len(kind.missing) for kind in kinds),
        },
    }


@lru_cache(maxsize=4)
def _cards(desk: Desk, _version: int) -> tuple[CardPictures, ...]:
    return tuple(cards(desk.store))


def _kinds(desk: Desk) -> list[Json]:
    """The rows above the list: what is suspicious, and what was set aside."""
    pictures: dict[str, set[str]] = {}
    for one in desk.suspicions:
        pictures.setdefault(one.kind, set()).add(one.picture)
    every = len(set().union(*pictures.values()))
    rows = [{"what": "all", "title": "All that is suspicious", "about": "worst first", "count": every}]
    rows += [
        {"what": kind, "title": TITLES.get(kind, kind), "about": WHYS[kind], "count": len(pictures[kind])}
        for kind in WHYS
        if kind in pictures
    ]
    ranked = Counter(one.kind for one in desk.ranked)
    rows += [{"what": kind, "title": TITLES[kind], "about": about, "count": ranked[kind]} for kind, about in RANKINGS.items()]
    aside = len(desk.store.aside)
    return [*rows, {"what": "aside", "title": "Set aside", "about": "not a card, or left out", "count": aside}]


def _found(desk: Desk, view: VerifyView) -> Sequence[tuple[str, Suspicion | str | None]]:
    """The pictures of a view, each with why it is there."""
    if view.what == "aside":
        return list(desk.store.aside.items())
    if view.what in RANKINGS:
        return list(_worst(one for one in desk.ranked if one.kind == view.what).items())
    if view.what:
        return list(_worst(one for one in desk.suspicions if view.what in ("all", one.kind)).items())
    worst = _worst(desk.suspicions)
    for kind in _cards(desk, desk.store.version):
        if (kind.name, kind.modifier) == (view.name, view.modifier):
            keys = [*kind.missing, *(key for key in kind.pictures if key not in set(kind.missing))]
            return sorted(((key, worst.get(key)) for key in keys), key=lambda entry: entry[1] is None)
    return []


def _worst(suspicions: Iterable[Suspicion]) -> dict[str, Suspicion]:
    """The worst of each picture, worst first."""
    worst: dict[str, Suspicion] = {}
    for one in suspicions:
        worst.setdefault(one.picture, one)
    return worst


def _title(view: VerifyView, num: int, kinds: Iterable[CardPictures]) -> tuple[str, str, str]:
    """Title, subtitle, and what is said when there is nothing."""
    pictures = f"{num:,} picture{'' if num == 1 else 's'}"
    if view.what == "all":
        return "Suspicious", f"{pictures}, worst first", "Nothing looks suspicious."
    if view.what == "aside":
        return "Set aside", f"{pictures}, not in the dataset; mark some and take them back", "Nothing was set aside."
    if view.what:
        return TITLES.get(view.what, view.what), pictures, "Nothing of this kind."
    kind = next((kind for kind in kinds if (kind.name, kind.modifier) == (view.name, view.modifier)), None)
    about = " · ".join(part for part in (kind.type, kind.rarity, pictures) if part) if kind is not None else pictures
    return f"{view.name or 'no name'}, {view.modifier or 'no modifier'}", about, "None is left here."


def _labelled(desk: Desk, key: str, why: Suspicion | str | None) -> Json:
    store = desk.store
    label = store.labels.get(key, CardLabel())
    author, time = store.author_of(key) or ("", "")
    told: Json = {
        "key": key,
        "url": address(store, key),
        "large": address(store, key, LARGE),
        "name": label.name,
        "modifier": label.modifier,
        "missing": not store.path_of(key).is_file(),
        "author": author,
        "time": time,
        "aside": why if isinstance(why, str) else "",
    }
    if isinstance(why, Suspicion):
        told |= {"why": why.why, "proposal": _proposal(label, why)}
        if why.other:
            told["other"] = {"url": address(store, why.other)}
    return told


def _proposal(label: CardLabel, why: Suspicion) -> Json | None:
    """The label as it would be."""
    if why.proposal is None:
        return None
    wanted: Mapping[str, str | None] = {"name": why.proposal.name, "modifier": why.proposal.modifier}
    return {name: value if value is not None else label.get(name) for name, value in wanted.items()}


def _row(kind: CardPictures) -> Json:
    return {
        "name": kind.name,
        "modifier": kind.modifier,
        "type": kind.type,
        "rarity": kind.rarity,
        "count": len(kind.pictures),
        "missing": len(kind.missing),
    }


def screens_data(session: Session) -> Json:
    """Everything that the board of whole screens shows."""
    desk = session.desk
    return _common(session) | {
        "page": "screens",
        "at": session.screen,
        "about": "looking for suggestions …" if desk.is_busy else desk.about,
        **screens_json(desk, session.screen),
    }


def map_data(session: Session) -> Json:
    """Everything that the map shows."""
    return _common(session) | {"page": "map", "map": map_json(session.desk)}


SHOWING: dict[str, Callable[[Session], Json]] = {
    "label": label_data,
    "screens": screens_data,
    "verify": verify_data,
    "map": map_data,
}
"""The pages that have a board."""
