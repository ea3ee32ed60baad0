"""All kinds of cards, and families of siblings that differ in colours or in one detail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from balatro.render.demo_art import arcana, figures, oddities, papers
from balatro.render.demo_art.arcana import floating_figure, floating_sign
from balatro.render.demo_art.compose import Drawing, subject_details
from balatro.render.demo_art.finishes import FINISHES, finished
from balatro.render.demo_art.traits import EVERYTHING, Dice, Traits

MIN_CHANGE = 24
"""Siblings differ in at least this many pixels: fewer cannot be seen on a screen."""


@dataclass(frozen=True)
class Kind:
    """A kind of card. weight is its share among invented families; details are the traits in which siblings may differ,
    besides those of its subject when it has one."""

    draw: Callable[[Traits], Drawing]
    weight: int
    details: tuple[str, ...] = ()
    subject: bool = True
    tints: tuple[str, ...] = ("colours",)
    """The traits that give siblings other colours."""
    framed: bool = False
    """Families that share palette and frame and differ in all else, and shine as the game's Spectrals do."""


KINDS: dict[str, Kind] = {
    "figure": Kind(figures.figure, 26),
    "figure_on_ground": Kind(figures.figure_on_ground, 16, ("pattern", "ground", "edge")),
    "figure_in_tone": Kind(figures.figure_in_tone, 7, ("pattern",)),
    "bordered_figure": Kind(figures.bordered_figure, 4, ("pattern", "border")),
    "scene": Kind(
        figures.scene,
        7,
        ("hour", "place", "sight", "worlds", "towers", "land", "scene"),
        subject=False,
        tints=("colours", "hour", "land"),
    ),
    "figure_in_scene": Kind(figures.figure_in_scene, 4, ("hour", "place"), tints=("colours", "hour", "land")),
    "pattern": Kind(figures.pattern, 5, ("ground", "pattern"), subject=False),
    "big_sign": Kind(figures.big_sign, 3, ("sign",), subject=False),
    "many_signs": Kind(figures.many_signs, 3, ("sign", "count", "order"), subject=False),
    "court": Kind(figures.court, 3, ("sash",)),
    "poster": Kind(figures.poster, 2),
    "close_up": Kind(figures.close_up, 3),
    "small_figure": Kind(figures.small_figure, 2),
    "plain": Kind(oddities.plain, 3, ("place", "row", "badge sign"), subject=False),
    "silhouette": Kind(oddities.silhouette, 3, ("split",)),
    "hole": Kind(oddities.hole, 4, ("cut",)),
    "glitch": Kind(oddities.glitch, 2, ("tear",)),
    "textured": Kind(oddities.textured, 3, ("stuff",)),
    "line_art": Kind(oddities.line_art, 4, ("board",), tints=("colours", "board")),
    "rainbow": Kind(oddities.rainbow, 3, ("rainbow",)),
    "inverted": Kind(oddities.inverted, 3),
    "trio": Kind(oddities.trio, 2, ("copies",)),
    "chunky": Kind(oddities.chunky, 2),
    "vertical_split": Kind(oddities.vertical_split, 2, ("cut",)),
    "gift": Kind(oddities.gift, 1, ("knot",), subject=False),
    "chained": Kind(oddities.chained, 1, ("sign", "chains"), subject=False),
    "ticket": Kind(papers.ticket, 2, ("sign", "number"), subject=False),
    "ballot": Kind(papers.ballot, 2, ("chosen",), subject=False),
    "letter": Kind(papers.letter, 2, ("paper",)),
    "certificate": Kind(papers.certificate, 2, ("sign", "guilloche"), subject=False),
    "licence": Kind(papers.licence, 2),
    "bank_card": Kind(papers.bank_card, 2, ("pattern", "band"), subject=False),
    "todo": Kind(papers.todo, 2, ("done", "paper", "pen"), subject=False, tints=("colours", "paper", "pen")),
    "trading_card": Kind(papers.trading_card, 3, ("level", "power")),
    "newspaper": Kind(papers.newspaper, 2, ("paper", "print")),
    "road_sign": Kind(papers.road_sign, 2, ("sign",), subject=False),
    "chart": Kind(papers.chart, 2, ("data", "chart"), subject=False),
    "photo": Kind(papers.photo, 2),
    "stamp": Kind(papers.stamp, 2, ("price",)),
    "alphabet": Kind(papers.alphabet, 2, ("letter",)),
    "menu": Kind(papers.menu, 1, ("stamped",), subject=False),
    "cassette": Kind(papers.cassette, 1, ("sign", "buttons", "screen"), subject=False),
    "legend": Kind(arcana.legend, 7, ("plate",)),
    "tarot": Kind(arcana.tarot, 10, framed=True),
    "planet": Kind(arcana.planet, 5, subject=False, framed=True),
    "spectral": Kind(arcana.spectral, 8, framed=True),
}
_WEIGHTED = tuple(name for name, kind in KINDS.items() for _ in range(kind.weight))


@dataclass(frozen=True)
class FamilyPlan:
    """What one family is."""

    kind: str
    mode: str
    varied: frozenset[str]
    size: int
    floats: bool
    finish: str
    """Wear or light over the whole card, the same for all siblings; empty for none."""


def plan_family(key: str) -> FamilyPlan:
    """Choose kind, size and differences of a family from its key."""
    dice = Dice(f"{key}/plan")
    name = dice.choice(_WEIGHTED)
    kind = KINDS[name]
    if kind.framed:
        return FamilyPlan(name, "everything", frozenset({EVERYTHING}), dice.between(3, 8), dice.chance(0.05), "")
    mode = dice.choice(("colours", "colours", "detail", "detail", "detail", "both", "alone", "alone"))
    details = kind.details + (subject_details(Traits(key)) if kind.subject else ())
    chosen = dice.choice(details) if details else "colours"
    varied = {"colours": {*kind.tints}, "detail": {chosen}, "both": {*kind.tints, chosen}, "alone": set()}[mode]
    size = 1 if mode == "alone" else dice.between(3, 8)
    floats = dice.chance(0.07)
    finish = dice.choice(tuple(FINISHES)) if dice.chance(0.22) else ""
    return FamilyPlan(name, mode, frozenset(varied), size, floats, finish)


def draw_family(key: str, plan: FamilyPlan, forced: Mapping[str, object] | None = None) -> Iterator[Drawing]:
    """The siblings of a family, each unlike those before it; fewer than planned when the differences run out."""
    drawn: list[Drawing] = []
    for sibling in range(plan.size * 2):
        if len(drawn) == plan.size:
            return
        traits = Traits(key, sibling, plan.varied, forced)
        drawing = KINDS[plan.kind].draw(traits)
        if plan.floats and drawing.floating is None:
            drawing = _floating(traits, drawing, key)
        if plan.finish:
            drawing = Drawing(finished(drawing.body, plan.finish, Dice(f"{key}/finish")), drawing.floating)
        if all(differs(drawing, other) for other in drawn):
            drawn.append(drawing)
            yield drawing


def _floating(t: Traits, drawing: Drawing, key: str) -> Drawing:
    dice = Dice(f"{key}/floats")
    above = Traits(f"{key}/above", t.sibling, t.varied, t.forced)
    return Drawing(drawing.body, floating_figure(above) if dice.chance(0.5) else floating_sign(above, dice))


def differs(drawing: Drawing, other: Drawing) -> bool:
    """Whether two cards can be told apart by eye."""
    changed = int((drawing.body != other.body).any(axis=-1).sum())
    if drawing.floating is not None and other.floating is not None:
        changed += int((drawing.floating != other.floating).any(axis=-1).sum())
    return changed >= MIN_CHANGE


def strip(drawing: Drawing, rows: int) -> Drawing:
    """The card with all below its first rows cleared, as shorter cards have it."""
    body = drawing.body.copy()
    body[rows:] = 0
    return Drawing(np.ascontiguousarray(body), drawing.floating)
