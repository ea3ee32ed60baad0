"""The cards that were captured: pictures in a folder, and `seen_hashes.json` beside them.

    with SeenStore(Path("data/screenshots")) as store:
        decision = store.decide(crop)
        path = store.save(crop, decision)  # None when the card was seen before

A picture is written before its entry, each whole or not at all, so what `save` returned is there after whatever happens: a
picture is brought to the disk before `save` returns, and an entry that a power cut takes is made again from its picture.
The store never changes or removes a picture.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from balatro.build_dataset.dedupe import DEFAULT, DedupeSettings, Match, Outcome, SeenCards
from balatro.build_dataset.entries import (
    KNOWN_KEYS,
    Numbers,
    highest_numbers,
    make_entry,
    numbers_of,
    own_numbers,
    prints_of,
    read_entries,
)
from balatro.build_dataset.hashes import Fingerprints, fingerprint
from balatro.build_dataset.records import RecordFile, write_records
from balatro.errors import InputError
from balatro.utils.files import read_json, write_bytes
from balatro.utils.images import IMAGE_SUFFIXES, load_image, write_png
from balatro.utils.processes.lock import FolderLock
from balatro.utils.progress import track

SEEN, COUNTERS, LOCK = "seen_hashes.json", "seen_counters.json", ".seen.lock"
MOST_LINES = 20
"""Findings of one kind that get a line each."""
_UNFINISHED = re.compile(r"\.(cluster\d+_card\d+_id\d+\.png|seen_hashes\.json|seen_counters\.json)\..*\.part")


@dataclass(frozen=True)
class Decision:
    """What a card is to those seen before."""

    outcome: Outcome
    cluster: int | None
    """The cluster to which it belongs; None for a new one, which gets its number when it is saved."""
    card_group: int | None
    """The same of the group; None for a new one."""
    nearest_filename: str | None
    """The seen picture that is most alike, if any is."""
    distance: float
    """To that picture: 0 alike, 1.4 and more unrelated; infinite where none is alike."""
    num_seen: int
    """Cards that were seen when this was decided: `save` decides anew when there are more."""


@dataclass(frozen=True)
class Counts:
    """What the store holds."""

    cards: int
    card_groups: int
    clusters: int


class SeenStore:
    """The pictures and entries of one folder, for one process and one thread at a time.

    Opening it makes the folder if need be, reads the entries, enters pictures that have none, and marks entries whose picture
    is gone; `findings` says so, a line each. InputError when another process has the folder open, or when the JSON is not
    valid: it is never overwritten then.
    """

    def __init__(self, folder: Path, settings: DedupeSettings = DEFAULT) -> None:
        self.folder = folder
        self.findings: list[str] = []
        self._cards = SeenCards(settings)
        self._names: list[str] = []
        self._clusters: list[int] = []
        self._groups: list[int] = []
        self._numbers = Numbers()
        self._records: RecordFile | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(folder / LOCK)
        except OSError as error:
            raise InputError(f"{folder}: cannot be written ({error.strerror}); name another folder") from error
        try:
            self._read()
        except OSError as error:
            self._lock.close()
            raise InputError(f"{folder}: not readable or writable ({error.strerror}); mend that first") from error
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> SeenStore:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        """The number of cards that dedupe compares with."""
        return len(self._names)

    @property
    def counts(self) -> Counts:
        """How many cards, groups and clusters there are."""
        return Counts(len(self._names), len(set(self._groups)), len(set(self._clusters)))

    def close(self) -> None:
        """Bring the entries to the disk and let the folder go; a second time does nothing."""
        if self._records is not None:
            self._records.close()
            self._records = None
        self._lock.close()

    # Deciding and saving.

    def decide(self, crop: np.ndarray) -> Decision:
        """What a card, (H, W, 3) uint8 RGB, is to those seen before. Nothing is written."""
        return self._decide(fingerprint([crop]))

    def save(self, crop: np.ndarray, decision: Decision) -> Path | None:
        """Write a card and its entry, unless it is a duplicate: then None. InputError when it cannot be written.

        Cards saved since the decision count: of two equal cards of one frame the second is a duplicate.
        """
        prints = fingerprint([crop])
        if decision.num_seen != len(self):
            decision = self._decide(prints)
        return None if decision.outcome == "duplicate" else self._write(crop, prints, decision)

    def force(self, crop: np.ndarray, decision: Decision | None = None, card_group: int | None = None) -> Path:
        """Write a card and its entry whatever was decided, in the given group where the person names one."""
        prints = fingerprint([crop])
        if decision is None or decision.num_seen != len(self):
            decision = self._decide(prints)
        if card_group is not None:
            decision = replace(decision, cluster=self._cluster_of(card_group), card_group=card_group)
        return self._write(crop, prints, decision)

    def overrule(self, filename: str, card_group: int | None = None) -> Decision:
        """Put a saved card in another group, or with None in a new group of its own cluster; returns where it is now.

        Only its entry changes, not the picture and its name. The whole JSON is written anew: for corrections by hand.
        """
        if filename not in self._names:
            raise InputError(f"{self.folder / filename}: no such card; name a saved picture of this folder")
        place = self._names.index(filename)
        cluster = self._clusters[place] if card_group is None else self._cluster_of(card_group)
        self._open_records().check()
        if card_group is None:
            card_group = self._numbers.card_group
        entries = read_json(self.folder / SEEN)
        entries[filename] |= {"cluster": cluster, "card_group": card_group}
        self._count_on(self._numbers.above(cluster, card_group))
        self._write_all(entries)
        self._clusters[place], self._groups[place] = cluster, card_group
        return Decision("same group", cluster, card_group, filename, 0.0, len(self))

    def _decide(self, prints: Fingerprints) -> Decision:
        match = self._cards.nearest(prints)[0]
        return Decision(match.outcome, *self._place_of(match), self._name_of(match), match.distance, len(self))

    def _place_of(self, match: Match) -> tuple[int | None, int | None]:
        """Cluster and group of a card with this match; None for new ones."""
        if match.place is None or match.outcome == "new cluster":
            return None, None
        return self._clusters[match.place], None if match.outcome == "same cluster" else self._groups[match.place]

    def _name_of(self, match: Match) -> str | None:
        return None if match.place is None else self._names[match.place]

    def _cluster_of(self, card_group: int) -> int:
        if card_group not in self._groups:
            raise InputError(f"{self.folder}: no card group {card_group}; name the group of a saved card")
        return self._clusters[self._groups.index(card_group)]

    def _write(self, crop: np.ndarray, prints: Fingerprints, decision: Decision) -> Path:
        """Take the numbers, then write the picture, then its entry."""
        records = self._open_records()
        records.check()
        cluster = self._numbers.cluster if decision.cluster is None else decision.cluster
        group = self._numbers.card_group if decision.card_group is None else decision.card_group
        path = self.folder / f"cluster{cluster}_card{group}_id{self._numbers.id}.png"
        if path.exists():
            raise InputError(f"{path}: made by another program in the meantime; start again to enter it")
        try:
            self._count_on(self._numbers.above(cluster, group, self._numbers.id))
            write_png(path, crop)
            records.append(path.name, make_entry(path.name, cluster, group, prints))
        except OSError as error:
            raise InputError(
                f"{path}: not written ({error.strerror}); make room there, what was saved before is safe"
            ) from error
        self._remember([path.name], [cluster], [group], prints)
        return path

    def _remember(self, names: Iterable[str], clusters: Iterable[int], groups: Iterable[int], prints: Fingerprints) -> None:
        self._names += names
        self._clusters += clusters
        self._groups += groups
        self._cards.add(prints)

    def _open_records(self) -> RecordFile:
        if self._records is None:
            raise InputError(f"{self.folder}: the store is closed; open it anew")
        return self._records

    def _count_on(self, numbers: Numbers) -> None:
        """Numbers are taken on disk before they are used. In place: the line is always of one length."""
        self._numbers = numbers
        with (self.folder / COUNTERS).open("r+b", buffering=0) as file:
            file.write(numbers.line())

    # Reading what is there.

    def _read(self) -> None:
        path = self.folder / SEEN
        self._remove_unfinished()
        entries = read_entries(path)
        pictures = {file.name for file in self.folder.iterdir() if _is_picture(file)}
        self._numbers = highest_numbers(self.folder / COUNTERS, entries, pictures)
        write_bytes(self.folder / COUNTERS, self._numbers.line())
        changed = not path.exists()
        changed |= self._mark_missing(entries, pictures)
        broken = self._take_entries(entries)
        changed |= self._enter(entries, [name for name in broken if name in pictures], "an entry that was not whole: made anew")
        unread = [name for name in broken if name not in pictures]
        self._tell(unread, "an entry without hashes and without its picture: kept, but compared with nothing")
        changed |= self._enter(entries, sorted(pictures - entries.keys()), "a picture without an entry: entered")
        self._tell_unknown_keys(entries)
        if changed:
            self._write_all(entries)
        else:
            self._records = RecordFile(path)

    def _write_all(self, entries: dict[str, Any]) -> None:
        if self._records is not None:
            self._records.close()
            self._records = None
        try:
            write_records(self.folder / SEEN, entries)
        finally:
            if (self.folder / SEEN).exists():
                self._records = RecordFile(self.folder / SEEN)

    def _remove_unfinished(self) -> None:
        """What a sudden end left of a file that was being written: under a hidden name, and never reported."""
        for file in self.folder.iterdir():
            if _UNFINISHED.fullmatch(file.name):
                file.unlink()
                self.findings.append(f"{file.name}: the beginning of a file, left by a sudden end; removed")

    def _mark_missing(self, entries: dict[str, Any], pictures: set[str]) -> bool:
        """Mark entries whose picture is gone, unmark those whose picture is back; whether any changed."""
        before = {name for name, entry in entries.items() if isinstance(entry, dict) and entry.get("missing")}
        missing = {name for name, entry in entries.items() if isinstance(entry, dict) and name not in pictures}
        for name in missing - before:
            entries[name] = {**entries[name], "missing": True}
        for name in before - missing:
            entries[name] = {key: value for key, value in entries[name].items() if key != "missing"}
        self._tell(sorted(missing), "an entry without its picture: kept and marked, the card still counts as seen")
        self._tell(sorted(before - missing), "its picture is back: no longer marked as missing")
        return before != missing

    def _take_entries(self, entries: dict[str, Any]) -> list[str]:
        """Remember all entries that are whole; the names of the others."""
        names, clusters, groups, prints, broken = [], [], [], [], []
        for name, entry in track(entries.items(), "Reading seen cards"):
            numbers, known = own_numbers(entry), prints_of(entry)
            if numbers is None or known is None:
                broken.append(name)
                continue
            names.append(name)
            clusters.append(numbers[0])
            groups.append(numbers[1])
            prints.append(known)
        if names:
            hashes, thumbs, sizes = zip(*prints, strict=True)
            packed = Fingerprints(np.array(hashes, np.uint64), np.stack(thumbs), np.array(sizes, np.int32))
            self._remember(names, clusters, groups, packed)
        return broken

    def _enter(self, entries: dict[str, Any], names: list[str], what: str) -> bool:
        """Make the entries of pictures; whether any was made. A picture that cannot be read is told, and left as it is."""
        entered = []
        for name in track(names, "Entering pictures") if names else ():
            try:
                prints = fingerprint([load_image(self.folder / name)])
            except InputError as error:
                self.findings.append(f"{error}; left as it is, without an entry")
                continue
            cluster, group = numbers_of(name, entries.get(name)) or self._new_place(prints)
            self._numbers = self._numbers.above(cluster, group)
            old = entries.get(name)
            entries[name] = {**(old if isinstance(old, dict) else {}), **make_entry(name, cluster, group, prints)}
            self._remember([name], [cluster], [group], prints)
            entered.append(name)
        self._tell(entered, what)
        if entered:
            self._count_on(self._numbers)
        return bool(entered)

    def _new_place(self, prints: Fingerprints) -> tuple[int, int]:
        decision = self._decide(prints)
        cluster = self._numbers.cluster if decision.cluster is None else decision.cluster
        return cluster, self._numbers.card_group if decision.card_group is None else decision.card_group

    def _tell(self, names: list[str], what: str) -> None:
        self.findings += [f"{name}: {what}" for name in names[:MOST_LINES]]
        if len(names) > MOST_LINES:
            self.findings.append(f"{len(names) - MOST_LINES:,} more: {what}")

    def _tell_unknown_keys(self, entries: dict[str, Any]) -> None:
        counts = Counter(key for entry in entries.values() if isinstance(entry, dict) for key in entry if key not in KNOWN_KEYS)
        self.findings += [f"{SEEN}: unknown key {key!r} in {count:,} entries: kept" for key, count in counts.items()]


def _is_picture(file: Path) -> bool:
    return file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith(".") and file.is_file()
