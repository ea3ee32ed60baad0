"""Which pictures train, which validate, which test: drawn once, written to splits.json, and read from then on.

Only originals are drawn; augmented pictures follow their parent, and only train uses them. Pictures that could tell about one
another go to one side together: those of one capture group, exact copies, and near-duplicates of one card in one modifier. All
heads of all runs share the split, so that no head is tested on what another has seen.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from balatro.errors import LabelError, SettingsError
from balatro.train_model.pictures.dealing import deal, put
from balatro.train_model.pictures.groups import Group, capture_group, find_groups, members_of
from balatro.utils.files import read_json, write_json
from balatro.utils.labels import CardLabel

SPLITS = "splits.json"
SPLIT_FORMAT = 1
SIDES = ("train", "val", "test", "holdout")
VAL_SHARE, TEST_SHARE = 0.15, 0.15
NEW_SPLIT = "or draw a new split with --new-split (its scores cannot be compared with earlier ones)"


@dataclass(frozen=True)
class Split:
    """The sides of the originals that are there now."""

    seed: int
    shares: Mapping[str, float]
    """Of val, of test, and of names that are held out."""
    sides: Mapping[str, str]
    """By key in labels.json: one of SIDES."""
    groups: Mapping[str, int]
    """By key: pictures of one number lie on one side."""
    holdout_names: tuple[str, ...] = ()
    """Names of which no picture trains, validates or tests: cards that the network never saw."""
    unvalidated: tuple[str, ...] = ()
    """Names that train but have no picture in val."""
    digests: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By key, of the pixels: a picture that comes back under another name goes where it was."""
    gone: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    """By key, side and digest of pictures that are not there any more."""

    @cached_property
    def hash(self) -> str:
        """16 hex digits of all sides: what a checkpoint compares."""
        return hashlib.sha256(json.dumps(sorted(self.sides.items())).encode()).hexdigest()[:16]

    def side_of(self, key: str, parent: str = "") -> str:
        """The side of an original, or of an augmented picture's parent; LabelError when neither is in the split."""
        side = self.sides.get(parent or key)
        if side is None:
            raise LabelError(
                f"{key!r}: its parent {parent!r} is no labelled picture; augment anew, or remove the entry from augmented.json"
                if parent
                else f"{key!r} is not in the split, whose pictures are those of labels.json"
            )
        return side

    def rows(self, side: str, labels: Mapping[str, CardLabel]) -> np.ndarray:
        """(n,) int64: which pictures belong to a side. Augmented ones only do so in train; all of them must have a parent."""
        sides = [(self.side_of(key, label.parent), label.parent) for key, label in labels.items()]
        chosen = [row for row, (its, parent) in enumerate(sides) if its == side and (side == "train" or not parent)]
        return np.array(chosen, np.int64)

    def summary(self) -> str:
        """Lines for the user: how many pictures and groups each side has, and what cannot be validated."""
        counts = Counter(self.sides.values())
        groups = Counter({number: self.sides[key] for key, number in self.groups.items()}.values())
        lines = [
            f"{side:<8}{counts[side]:>7} pictures in {groups[side]} groups"
            for side in SIDES
            if side != "holdout" or counts[side]
        ]
        if self.holdout_names:
            lines.append(f"held out: {_some(self.holdout_names)}")
        if self.unvalidated:
            lines.append(f"trained but not validated, having no picture in val: {_some(self.unvalidated)}")
        return "\n".join(lines)


def load_or_make_split(
    path: Path,
    labels: Mapping[str, CardLabel],
    cards: np.ndarray,
    *,
    seed: int = 0,
    val: float | None = None,
    test: float | None = None,
    holdout_names: float | None = None,
    new: bool = False,
) -> Split:
    """The split in `path`; where there is none, or `new`, it is drawn and written.

    labels: of all originals that can be read; cards: (N, h, w, 3) uint8 in the same order. seed: of a split that is drawn.
    val, test: shares of pictures (0.15 each when not given); holdout_names: share of names (0). Those given must agree with
    the file.
    Pictures that are new since then join their group's side or are drawn; no other ever moves. LabelError when that would let
    one side know about another: when pictures of two sides have become one group.
    """
    if len(labels) != len(cards) or not labels:
        raise ValueError(f"{len(labels)} labels for {len(cards)} cards; expected one each, and at least one")
    if any(label.parent for label in labels.values()):
        raise ValueError("augmented pictures among the originals; they follow their parents")
    given = {"val": val, "test": test, "holdout_names": holdout_names}
    groups, digests = find_groups(labels, cards)
    if path.exists() and not new:
        before = read_split(path)
        _check_shares(path, before, given)
        split = _grown(path, before, labels, groups, digests)
        if split == before:
            return split
    else:
        defaults = {"val": VAL_SHARE, "test": TEST_SHARE, "holdout_names": 0.0}
        split = _drawn(labels, groups, digests, seed, {name: defaults[name] if s is None else s for name, s in given.items()})
    write_split(path, split)
    return split


def read_split(path: Path) -> Split:
    """What splits.json holds; LabelError when it is none of ours."""
    told = read_json(path)
    try:
        if told["format"] != SPLIT_FORMAT:
            raise ValueError(f"format {told['format']}")
        pictures, gone = dict(told["pictures"]), dict(told["gone"])
        split = Split(
            seed=int(told["seed"]),
            shares={name: float(told["shares"][name]) for name in ("val", "test", "holdout_names")},
            sides={key: str(entry["side"]) for key, entry in pictures.items()},
            groups={key: int(entry["group"]) for key, entry in pictures.items()},
            holdout_names=tuple(map(str, told["holdout_names"])),
            unvalidated=tuple(map(str, told["unvalidated"])),
            digests={key: str(entry["pixels"]) for key, entry in pictures.items()},
            gone={key: (str(entry["side"]), str(entry["pixels"])) for key, entry in gone.items()},
        )
        if not {*split.sides.values(), *(side for side, _ in split.gone.values())} <= set(SIDES):
            raise ValueError(f"a side that is none of {', '.join(SIDES)}")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LabelError(f"{path}: not a split as this version writes it ({error!r}); mend it, {NEW_SPLIT}") from None
    return split


def write_split(path: Path, split: Split) -> None:
    """Write splits.json, whole or not at all."""
    pictures = {
        key: {"side": side, "group": split.groups[key], "pixels": split.digests[key]} for key, side in split.sides.items()
    }
    told: dict[str, Any] = {"format": SPLIT_FORMAT, "seed": split.seed, "shares": dict(split.shares)}
    told |= {"holdout_names": list(split.holdout_names), "unvalidated": list(split.unvalidated), "pictures": pictures}
    told["gone"] = {key: {"side": side, "pixels": pixels} for key, (side, pixels) in split.gone.items()}
    write_json(path, told)


# Drawing.


def _drawn(
    labels: Mapping[str, CardLabel], numbers: Sequence[int], digests: Sequence[str], seed: int, shares: Mapping[str, float]
) -> Split:
    """A split from nothing."""
    _check_range(shares)
    entries = list(labels.values())
    rng = random.Random(seed)
    names = sorted({label.name for label in entries} - {""})
    held = frozenset(rng.sample(names, round(shares["holdout_names"] * len(names))))
    members = members_of(entries, numbers)
    sides = ["train"] * len(entries)
    for group in members:
        if group.names & held:
            put(sides, group, "holdout")
    rest = [group for group in members if not group.names & held]
    rng.shuffle(rest)
    deal(sides, rest, {side: shares[side] for side in ("val", "test")})
    return _make(labels, sides, numbers, digests, seed, shares, tuple(sorted(held)))


def _check_range(shares: Mapping[str, float]) -> None:
    for name, share in shares.items():
        if not 0 <= share <= 0.9:
            raise SettingsError(f"a share of {share:g} for {name}; expected 0 to 0.9")
    if shares["val"] + shares["test"] > 0.9:
        raise SettingsError(f"val {shares['val']:g} and test {shares['test']:g} leave too little to train; lower one of them")


# Growing.


def _grown(path: Path, before: Split, labels: Mapping[str, CardLabel], numbers: Sequence[int], digests: Sequence[str]) -> Split:
    """The split of before for the pictures that are there now."""
    keys, entries = list(labels), list(labels.values())
    known = {**{key: side for key, (side, _) in before.gone.items()}, **before.sides}
    missing = {key: (before.sides[key], before.digests[key]) for key in before.sides if key not in labels}
    gone = {key: entry for key, entry in {**before.gone, **missing}.items() if key not in labels}
    was_there = {digest: side for side, digest in gone.values()}
    held = frozenset(before.holdout_names)
    sides = [known.get(key, "") for key in keys]
    fresh = []
    for group in members_of(entries, numbers):
        its = {sides[row] for row in group.rows} - {""}
        if group.names & held:
            its.add("holdout")
        if len(its) > 1:
            raise LabelError(f"{path}: {_leak(group, keys, entries, sides, digests, held)}; remove one of these, {NEW_SPLIT}")
        again = next((was_there[digests[row]] for row in group.rows if digests[row] in was_there), None)
        side = its.pop() if its else again
        if side is None:
            fresh.append(group)
        else:
            put(sides, group, side)
    _draw_fresh(sides, fresh, keys, entries, before)
    split = _make(labels, sides, numbers, digests, before.seed, before.shares, before.holdout_names)
    return replace(split, gone=gone)


def _draw_fresh(
    sides: list[str], fresh: Sequence[Group], keys: Sequence[str], entries: Sequence[CardLabel], before: Split
) -> None:
    """Give groups of new pictures a side: train where it lacks their name or modifier, else by a hash of their key."""
    in_train = [entry for entry, side in zip(entries, sides, strict=True) if side == "train"]
    taught = {("name", entry.name) for entry in in_train} | {("modifier", entry.modifier) for entry in in_train}
    by_key = {min(keys[row] for row in group.rows): group for group in fresh}
    for first, group in sorted(by_key.items(), key=itemgetter(0)):
        number = int(hashlib.sha256(f"{before.seed}:{first}".encode()).hexdigest()[:12], 16) / 16**12
        side = (
            "val" if number < before.shares["val"] else "test" if number < before.shares["val"] + before.shares["test"] else ""
        )
        things = group.teaches - {("card", group.card)}
        if not side or not things or not things <= taught:
            side = "train"
            taught |= things
        put(sides, group, side)


def _leak(
    group: Group,
    keys: Sequence[str],
    entries: Sequence[CardLabel],
    sides: Sequence[str],
    digests: Sequence[str],
    held: frozenset[str],
) -> str:
    """Which two pictures of the group lie on two sides, and what they have in common."""
    for row in group.rows:
        if entries[row].name in held and sides[row] not in ("", "holdout"):
            return f"{keys[row]!r} ({sides[row]}) is named {entries[row].name}, a name that is held out from training"
    placed = [row for row in group.rows if sides[row]][:100]
    pairs = [(a, b) for n, a in enumerate(placed) for b in placed[n + 1 :] if sides[a] != sides[b]]
    reasons = [
        ("are the same picture", lambda a, b: digests[a] == digests[b]),
        ("are of one capture group", lambda a, b: capture_group(entries[a]) == capture_group(entries[b]) is not None),
        ("now belong together as nearly the same picture", lambda a, b: True),
    ]
    for reason, holds in reasons:
        for a, b in pairs:
            if holds(a, b):
                through = [keys[row] for row in group.rows if not sides[row]]
                return f"{keys[a]!r} ({sides[a]}) and {keys[b]!r} ({sides[b]}) {reason}" + _through(through)
    return f"{keys[group.rows[0]]!r} belongs together with pictures of a name that is held out from training"


def _through(keys: Sequence[str]) -> str:
    """The new pictures that may have brought two others together."""
    return f", through the new {_some([repr(key) for key in keys])}" if keys else ""


# Making the record.


def _make(
    labels: Mapping[str, CardLabel],
    sides: Sequence[str],
    numbers: Sequence[int],
    digests: Sequence[str],
    seed: int,
    shares: Mapping[str, float],
    holdout_names: tuple[str, ...],
) -> Split:
    keys = list(labels)
    names = defaultdict(set)
    for label, side in zip(labels.values(), sides, strict=True):
        names[side].add(label.name)
    dense = {number: n for n, number in enumerate(dict.fromkeys(numbers))}
    return Split(
        seed=seed,
        shares=dict(shares),
        sides=dict(zip(keys, sides, strict=True)),
        groups={key: dense[number] for key, number in zip(keys, numbers, strict=True)},
        holdout_names=holdout_names,
        unvalidated=tuple(sorted(names["train"] - names["val"] - {""})),
        digests=dict(zip(keys, digests, strict=True)),
    )


def _check_shares(path: Path, before: Split, given: Mapping[str, float | None]) -> None:
    for name, share in given.items():
        if share is not None and abs(share - before.shares[name]) > 1e-9:
            raise SettingsError(
                f"{path} was drawn with a share of {before.shares[name]:g} for {name}, not {share:g}; leave it out, {NEW_SPLIT}"
            )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
