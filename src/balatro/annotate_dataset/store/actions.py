"""What a person can do to a picture, as values: each says what becomes of the picture's state.

A new action is a frozen dataclass with `picture` and `apply`, and a line in `ACTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Protocol

from balatro.annotate_dataset.names import Known, Names
from balatro.annotate_dataset.store.history import State
from balatro.annotate_dataset.store.screenshots import NO_GROUP, Group, can_be_key
from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError, LabelError
from balatro.utils.labels import CardLabel, from_entry, to_entry

NOT_A_CARD, EXCLUDED = "not a card", "excluded"
"""Why pictures are set aside."""
MAX_TEXT = 200
"""The longest name, type or rarity."""


@dataclass(frozen=True)
class Around:
    """What an action may ask about the dataset."""

    names: Callable[[], Names]
    """The names used so far and the catalogue's; made when asked, as most actions do not."""
    group: Group
    """In which the picture was captured."""
    full_path: str
    """Where the picture will lie, relative to the data folder."""
    modifiers: tuple[str, ...] = MODIFIERS
    """What there is to choose from."""


class Action(Protocol):
    """One thing done to one picture."""

    @property
    def picture(self) -> str: ...

    def apply(self, state: State, around: Around) -> State:
        """The picture's state afterwards; a BalatroError when it cannot be done."""
        ...


@dataclass(frozen=True)
class Accept:
    """The picture shows this card: it becomes part of the dataset."""

    picture: str
    name: str
    modifier: str = ""
    """One of the dataset's modifiers; empty for games without."""
    type: str = ""
    rarity: str = ""
    """Type and rarity follow from the name where they are left empty."""
    new: bool = False
    """Whether the name may be one that nobody has used yet."""
    cluster: int | None = None
    card_group: int | None = None
    """Another group than the one it was captured in."""

    def apply(self, state: State, around: Around) -> State:
        before = state.label or state.kept or CardLabel()
        card = _card(self.name, self.new, around)
        label = replace(
            before,
            name=card.name,
            type=_text("type", self.type) or card.type,
            rarity=_text("rarity", self.rarity) or card.rarity,
            modifier=_modifier(self.modifier, around),
            full_path=around.full_path,
        )
        cluster, card_group = state.group or (around.group if state.label is None else (before.cluster, before.card_group))
        label = replace(
            label,
            cluster=cluster if self.cluster is None else self.cluster,
            card_group=card_group if self.card_group is None else self.card_group,
        )
        return State(label=_checked(label, around))


@dataclass(frozen=True)
class Add:
    """A picture from elsewhere, with all that is known of it; what importing does."""

    picture: str
    source: Path
    label: CardLabel

    def apply(self, state: State, around: Around) -> State:
        if state.label is not None:
            raise InputError(f"{self.picture}: labelled already; import under another name")
        path = PurePosixPath(self.picture)
        if path.as_posix() != self.picture or path.is_absolute() or ".." in path.parts or not can_be_key(self.picture):
            raise InputError(f"{self.picture!r}: no path inside the dataset; import under another name")
        return State(label=_checked(replace(self.label, full_path=around.full_path), around))


@dataclass(frozen=True)
class Reject:
    """The picture shows no card: it stays where it is and is not asked about again."""

    picture: str
    why: str = NOT_A_CARD

    def apply(self, state: State, around: Around) -> State:
        return State(aside=_text("why", self.why) or NOT_A_CARD, kept=state.label or state.kept, group=state.group)


@dataclass(frozen=True)
class Exclude:
    """The picture is not wanted in the dataset, such as a blurred one."""

    picture: str
    why: str = EXCLUDED

    def apply(self, state: State, around: Around) -> State:
        return State(aside=_text("why", self.why) or EXCLUDED, kept=state.label or state.kept, group=state.group)


@dataclass(frozen=True)
class Include:
    """Take back a picture that was rejected or excluded, with the label that it had."""

    picture: str

    def apply(self, state: State, around: Around) -> State:
        if not state.aside:
            return state
        return State(label=state.kept) if state.kept is not None else State(group=state.group)


@dataclass(frozen=True)
class Relabel:
    """Change some of a label; None leaves a field as it is."""

    picture: str
    name: str | None = None
    modifier: str | None = None
    type: str | None = None
    rarity: str | None = None
    new: bool = False
    """Whether the name may be one that nobody has used yet."""

    def apply(self, state: State, around: Around) -> State:
        if state.label is None:
            raise InputError(f"{self.picture}: not labelled, so there is nothing to change; label it first")
        label = state.label
        if self.name is not None:
            card = _card(self.name, self.new, around)
            label = replace(label, name=card.name, type=card.type, rarity=card.rarity)
        if self.type is not None:
            label = replace(label, type=_text("type", self.type))
        if self.rarity is not None:
            label = replace(label, rarity=_text("rarity", self.rarity))
        if self.modifier is not None:
            label = replace(label, modifier=_modifier(self.modifier, around))
        return State(label=_checked(label, around))


@dataclass(frozen=True)
class Remove:
    """Take the label away: the picture waits to be labelled again."""

    picture: str

    def apply(self, state: State, around: Around) -> State:
        if state.label is None:
            return State(group=state.group)
        group = state.label.cluster, state.label.card_group
        return State(group=None if group in (around.group, NO_GROUP) else group)


@dataclass(frozen=True)
class Regroup:
    """Move a picture to another capture group."""

    picture: str
    card_group: int
    cluster: int | None = None
    """None: it stays in its cluster."""

    def apply(self, state: State, around: Around) -> State:
        if state.label is not None:
            cluster = state.label.cluster if self.cluster is None else self.cluster
            return State(label=replace(state.label, cluster=cluster, card_group=self.card_group))
        before = state.group or around.group
        return replace(state, group=(before[0] if self.cluster is None else self.cluster, self.card_group))


def _card(name: str, new: bool, around: Around) -> Known:
    """The card of a typed name, with type and rarity; UnknownCardError when it is none and may not be new."""
    text = _text("name", name)
    if not text:
        raise LabelError("an empty name; type the card's name, or put the picture aside")
    names = around.names()
    return (names.find(text) or Known(text)) if new else names.resolve(text)


def _text(what: str, value: str) -> str:
    text = " ".join(value.split())
    if len(text) > MAX_TEXT:
        raise LabelError(f"a {what} of {len(text)} letters; at most {MAX_TEXT} are kept")
    if not text.isprintable():
        raise LabelError(f"the {what} {value!r} has letters that cannot be shown; type it anew")
    return text


def _modifier(name: str, around: Around) -> str:
    if name and name not in around.modifiers:
        raise LabelError(f"modifier {name!r}, not one of {', '.join(around.modifiers)}")
    return name


def _checked(label: CardLabel, around: Around) -> CardLabel:
    """The label, when labels.json may have it; else LabelError."""
    return from_entry(to_entry(label), around.modifiers)
