"""Cards cut from labelled screens of the game: a data set of real pictures whose labels nobody typed.

The labels of a screen (docs/formats.md, "Labelled screens") tell the cards of an area from left to right, not where they are.
The locator says where; which is which is told by place alone, never by what a recogniser reads, so that no picture is left out
for being hard to read:

1. The located cards of an area, from left to right, are its slots. The game lays a row out evenly; where more was located than
   there are slots (rows of six overlapping jokers), the evenly spaced choice of the right number with the best scores is taken.
2. A row that no choice fits, because a card was not found or is in motion (off its place by more than `MAX_OFF`), is left out.
3. A card that its neighbour hides by more than `MAX_HIDDEN` is left out.
4. A card that another thing covers (a tooltip) looks different from itself a few screens later. Where more than `MAX_CHANGED`
   of a picture differs from the card's usual look in its series (of at least three pictures), the row is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from balatro.config.cards import CATALOGUE, card_by_id
from balatro.config.shapes import MARGIN
from balatro.identify_card.judge.evaluate import LABELS, Frame, Truth, area_of, read_labels
from balatro.identify_card.recognizer import Recognizer
from balatro.utils.images import load_image, rectify
from balatro.utils.labels import CardLabel, write_labels
from balatro.utils.progress import track
from balatro.utils.quads import quad_sizes

SIZE = (142, 190)
"""Width and height of the cut pictures: twice the game's own cell, a little more than a 1080p screen shows."""
MAX_OFF = 0.12
"""How far a card may be from its even place in the row, as a share of its width."""
MAX_MORE = 9
"""Findings beyond the number of slots at which a row is given up."""
MAX_GAP = 3
"""Screens between two sights of a card that did not move, at most."""
MAX_HIDDEN = 0.45
"""Share of a card that its neighbours may cover."""
CHANGED, MAX_CHANGED = 60, 0.4
"""A card is covered where more than this share of its grey thumbnail is more levels away from its usual look."""
SAME_PLACE = 0.1
"""A card whose middle moved by less than this share of its width has not moved: cards sway where they lie."""


@dataclass(frozen=True, eq=False)
class Crop:
    """One card cut from one screen."""

    file: str
    series: str
    """The screens of one player in one run, `c_U15QWQGE`: its screens follow each other."""
    turn: int
    """Place of the screen in its series."""
    area: str
    truth: Truth
    quad: np.ndarray
    """(4, 2) float32 in the screen."""
    picture: np.ndarray
    """(190, 142, 3) uint8 RGB, with the margin of `config.shapes`."""
    read_as: str | None
    """The id that the recogniser gives it: for the eye that looks the labels over, never for choosing."""
    group: int = -1
    """Crops of one number show the same card, unmoved, on screens that follow each other."""

    @property
    def key(self) -> tuple[str, str]:
        """Name and modifier."""
        return (self.truth.name, self.truth.modifier)


@dataclass
class Cuts:
    """What was cut, and what was left out and why."""

    crops: list[Crop] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def cut_frames(recognizer: Recognizer, folder: Path) -> Cuts:
    """Cut every labelled card that can be told by its place from the screens of a folder."""
    cuts = Cuts()
    turns: Counter[str] = Counter()
    for frame in track(sorted(read_labels(folder / LABELS), key=lambda frame: frame.file), "Cutting cards"):
        turns[_series(frame)] += 1
        _cut_frame(cuts, recognizer, frame, load_image(folder / frame.file), turns[_series(frame)])
    cuts.crops = _without_covered(number_groups(cuts.crops), cuts.left_out)
    return cuts


def _series(frame: Frame) -> str:
    return frame.file.rsplit("_", 1)[0]


def _cut_frame(cuts: Cuts, recognizer: Recognizer, frame: Frame, picture: np.ndarray, turn: int) -> None:
    found = recognizer.locator.find(picture)
    quads = np.array([card.quad for card in found], np.float32).reshape(-1, 4, 2)
    scores = np.array([card.score for card in found])
    read = recognizer.read(picture, quads)
    pictures = rectify(picture, quads, SIZE, MARGIN)
    for area, truths in frame.areas.items():
        here = [n for n, card in enumerate(read) if area_of(card, picture.shape[1::-1]) == area]
        here.sort(key=lambda n: quads[n, :, 0].mean())
        slots = match_slots(quads[here], scores[here], len(truths))
        if slots is None:
            cuts.left_out["in a row not told by place"] += sum(truth.id is not None for truth in truths)
            continue
        row = [here[n] for n in slots]
        told = [(truth, n) for truth, n in zip(truths, row, strict=True) if truth.id is not None]
        hidden = dict(zip(row, hidden_shares(quads[row]) > MAX_HIDDEN, strict=True))
        cuts.left_out["hidden by its neighbour"] += sum(bool(hidden[n]) for _, n in told)
        cuts.crops += [
            Crop(frame.file, _series(frame), turn, area, truth, quads[n], pictures[n], read[n].id)
            for truth, n in told
            if not hidden[n]
        ]


def match_slots(quads: np.ndarray, scores: np.ndarray, num_slots: int) -> list[int] | None:
    """Which of (N, 4, 2) quads, ordered from left to right, are the slots of a row; None when the places do not tell."""
    if num_slots == 0:
        return []
    if not num_slots <= len(quads) <= num_slots + MAX_MORE:
        return None
    centres = quads[:, :, 0].mean(axis=1)
    width = float(np.median(quad_sizes(quads)[:, 0]))
    choices = [list(some) for some in combinations(range(len(quads)), num_slots)]
    if len(quads) > num_slots and num_slots < 3:
        return _clearly_best(choices, scores)
    # What is found too much lies between two cards, never outside of the row.
    choices = [some for some in choices if num_slots < 3 or (some[0] == 0 and some[-1] == len(quads) - 1)]
    even = [some for some in choices if _off(centres[some]) < MAX_OFF * width]
    return max(even, key=lambda some: float(scores[some].sum()), default=None)


def _clearly_best(choices: Sequence[list[int]], scores: np.ndarray) -> list[int] | None:
    """One or two cards are always evenly spaced: then only a choice far surer than what is left out tells."""
    best = max(choices, key=lambda some: float(scores[some].sum()))
    others = np.delete(scores, best)
    return best if scores[best].min() > others.max() + 0.3 else None


def _off(centres: np.ndarray) -> float:
    """Pixels by which the farthest of some cards is off an even row."""
    if len(centres) < 3:
        return 0.0
    places = np.arange(len(centres))
    return float(np.abs(centres - np.polyval(np.polyfit(places, centres, 1), places)).max())


def hidden_shares(quads: np.ndarray) -> np.ndarray:
    """(N,) how much of each card of a row its right neighbour may cover: in the game the later card lies above."""
    shares = np.zeros(len(quads))
    for n in range(len(quads) - 1):
        area, _ = cv2.intersectConvexConvex(quads[n], quads[n + 1])
        shares[n] = area / max(cv2.contourArea(quads[n]), 1e-6)
    return shares


def number_groups(crops: Iterable[Crop]) -> list[Crop]:
    """The crops with their groups: same series, area, name and modifier, and in the place where it was a few screens before."""
    last: dict[tuple[str, str, str, str], list[Crop]] = defaultdict(list)
    numbered: list[Crop] = []
    num_groups = 0
    for crop in crops:
        before = last[(crop.series, crop.area, *crop.key)]
        near = (old for old in reversed(before) if crop.turn - MAX_GAP <= old.turn < crop.turn and _unmoved(old, crop))
        same = next(near, None)
        if same is None:
            num_groups += 1
        numbered.append(replace(crop, group=same.group if same else num_groups))
        before.append(numbered[-1])
    return numbered


def _unmoved(old: Crop, new: Crop) -> bool:
    width = float(quad_sizes(old.quad[None])[0, 0])
    return float(np.linalg.norm(old.quad.mean(0) - new.quad.mean(0))) < SAME_PLACE * width


def _without_covered(crops: Sequence[Crop], left_out: Counter[str]) -> list[Crop]:
    """Without the rows in which a card does not look as usual in its series: something lies over it, and if the locator took
    that for the card, its neighbours may be wrong too."""
    alike: dict[tuple[str, str, str], list[Crop]] = defaultdict(list)
    for crop in crops:
        alike[(crop.series, *crop.key)].append(crop)
    covered = {(crop.file, crop.area) for some in alike.values() for crop in _outliers(some)}
    kept = [crop for crop in crops if (crop.file, crop.area) not in covered]
    left_out["in a row with a covered card"] += len(crops) - len(kept)
    return kept


def _outliers(crops: Sequence[Crop]) -> list[Crop]:
    if len(crops) < 3:
        return []
    small = np.stack(
        [cv2.cvtColor(cv2.resize(c.picture, (24, 32), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY) for c in crops]
    )
    changed = (np.abs(small - np.median(small, axis=0)) > CHANGED).mean(axis=(1, 2))
    return [crop for crop, share in zip(crops, changed, strict=True) if share > MAX_CHANGED]


def choose(crops: Iterable[Crop], most: int) -> list[Crop]:
    """At most so many crops of each name and modifier, apart in time: other groups first, then far apart within them."""
    by_key: dict[tuple[str, str], list[Crop]] = defaultdict(list)
    for crop in crops:
        by_key[crop.key].append(crop)
    return [crop for some in by_key.values() for crop in _apart(some, most)]


def _apart(crops: Sequence[Crop], most: int) -> list[Crop]:
    groups: dict[int, list[Crop]] = defaultdict(list)
    for crop in crops:
        groups[crop.group].append(crop)
    chosen: list[Crop] = []
    while len(chosen) < most and groups:
        # One of each group, evenly over the groups when there are more than places; the middle of what is left of a group.
        ids = sorted(groups)
        room = min(most - len(chosen), len(ids))
        for place in np.linspace(0, len(ids) - 1, room).round().astype(int):
            some = groups[ids[place]]
            chosen.append(some.pop(len(some) // 2))
        groups = {number: some for number, some in groups.items() if some}
    return sorted(chosen, key=lambda crop: (crop.series, crop.turn, crop.area, crop.truth.slot))


def inner_quad(picture: np.ndarray) -> np.ndarray:
    """(4, 2) where the card lies in a picture that was cut out with the usual margin."""
    height, width = picture.shape[:2]
    left, top = (length * MARGIN / (1 + 2 * MARGIN) for length in (width, height))
    return np.array([[left, top], [width - left, top], [width - left, height - top], [left, height - top]], np.float32)


def write_crops(crops: Sequence[Crop], folder: Path, data: Path) -> None:
    """Write the pictures as PNG and labels.json beside them. data: the folder to which `full_path` is relative."""
    folder.mkdir(parents=True, exist_ok=True)
    place = {card.id: n for n, card in enumerate(CATALOGUE)}
    labels = {}
    for n, crop in enumerate(crops):
        assert crop.truth.id is not None
        card = card_by_id(crop.truth.id)
        cluster = place[card.id]
        name = f"cluster{cluster}_card{crop.group}_id{n}.png"
        Image.fromarray(crop.picture).save(folder / name)
        labels[name] = CardLabel(
            name=card.name,
            type=card.type,
            rarity=card.rarity,
            modifier=crop.truth.modifier,
            cluster=cluster,
            card_group=crop.group,
            full_path=(folder / name).relative_to(data).as_posix(),
            more={"frame": crop.file, "area": crop.area, "slot": crop.truth.slot},
        )
    write_labels(folder / "labels.json", labels)
