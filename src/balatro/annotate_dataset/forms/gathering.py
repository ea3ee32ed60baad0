"""What readers of boxes gather: cards cut out of larger pictures, and a line for each thing that is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from balatro.annotate_dataset.forms.boxes import cut_card
from balatro.annotate_dataset.forms.items import Found, Item, add_item, class_entry
from balatro.errors import InputError

ATTRIBUTES = ("name", "modifier", "type", "rarity")
"""What is taken from the attributes that a tool keeps for a box."""


@dataclass
class Gathering:
    """scratch: an empty folder for the cards that are cut out."""

    scratch: Path
    items: list[Item] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def leave_out(self, where: str, why: object) -> None:
        """Tell of one thing that is not taken."""
        self.failures.append(f"{where}: {why}")

    def add(
        self,
        where: str,
        key: str,
        file: Path,
        box: Sequence[float],
        told: tuple[int, int] | None,
        label: str,
        attributes: Mapping[str, str],
    ) -> None:
        """Cut a card out, and take it; what is wrong with it is told.

        where: for the line that tells it. key: the picture's, without folders. box: left, top, width, height in pixels of a
        picture of the size `told`. label: the box's class, a name, or name and modifier.
        """
        try:
            cut = cut_card(file, box, self.scratch / f"{len(self.items)}_{len(self.failures)}.png", told)
        except (InputError, TypeError, ValueError) as error:
            return self.leave_out(where, error)
        entry = class_entry(label) | {name: attributes[name] for name in ATTRIBUTES if attributes.get(name)}
        own = key if cut.box is None else f"{Path(key).stem}_{len(self.items)}.png"
        return add_item(self.items, self.failures, own, cut.path, entry, file, cut.box)

    @property
    def found(self) -> Found:
        return Found(tuple(self.items), tuple(self.failures))
