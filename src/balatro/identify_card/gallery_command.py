"""`balatro gallery …`: cards that a model learns from a picture, without training."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from balatro.config.modifiers import MODIFIERS

if TYPE_CHECKING:
    from balatro.identify_card.added import AddedCard
    from balatro.identify_card.added_views import Sample
    from balatro.identify_card.card import Card
    from balatro.identify_card.recognizer import Recognizer

gallery = typer.Typer(
    help="Teach a model new cards by a picture of each, without training.", no_args_is_help=True, rich_markup_mode="rich"
)

Model = Annotated[str, typer.Option(help="Name or folder of a model; auto takes `game` where there is one, else `demo`.")]


@gallery.command("add")
def add_command(
    name: Annotated[str, typer.Argument(help="The card's name; one that the model knows gets more looks.")],
    images: Annotated[list[str], typer.Argument(help="Pictures of this card alone, folders, globs.", metavar="IMAGE...")],
    model: Model = "auto",
    modifier: Annotated[
        str,
        typer.Option(
            help="What the pictures show the card in. From Base the others are drawn.", autocompletion=lambda: MODIFIERS
        ),
    ] = "Base",
    type: Annotated[str, typer.Option(help="Joker, Tarot … as it shall be told; left out: empty.")] = "",
    rarity: Annotated[str, typer.Option(help="Common, Rare … as it shall be told; left out: empty.")] = "",
    never_named: Annotated[
        bool, typer.Option("--never-named", help="A thing that is to stay unknown, though it resembles a card.")
    ] = False,
) -> None:
    """Add a card by one picture or more: a sprite with a transparent ground, or a cut-out of a screenshot.

    All pictures are taken, or none.

    Examples:

    \b
      balatro gallery add "My Joker" picture.png
      balatro gallery add "My Joker" foil.png --modifier Foil --model game
      balatro gallery add "Table sign" signs/ --never-named
    """
    from balatro.identify_card.added_views import load_sample
    from balatro.identify_card.recognizer import Recognizer
    from balatro.utils.errors import InputError
    from balatro.utils.images import find_images

    files, failures = find_images(images)
    if failures:
        raise InputError(failures[0])
    recognizer = Recognizer.load(model)
    samples = [load_sample(path, recognizer.locator) for path in files]
    before = [_read(recognizer, sample) for sample in samples]
    card = recognizer.add(name, files, modifier, type, rarity, not never_named)
    print(f"{recognizer.bundle.folder}: {card.name} added by {_counted(card.pictures, 'picture')}, id {card.id}")
    for path, sample, was in zip(files, samples, before, strict=True):
        _tell_doubts(path, card, was, _read(recognizer, sample))


def _read(recognizer: Recognizer, sample: Sample) -> Card:
    return recognizer.read(sample.picture, sample.quad[None], in_frame=False)[0]


def _tell_doubts(path: Path, card: AddedCard, was: Card, now: Card) -> None:
    """Say when a picture showed another card to the model, or still does not show this one."""
    own = card.id if card.known else None
    if was.id not in (None, own):
        print(f"  {path}: was read as {was.name} until now; if it is one, take it out with `balatro gallery remove {card.id}`")
    if now.id != own:
        said = f"read as {now.name}" if now.known else "still unknown"
        print(f"  {path}: {said}; another card may look nearly the same, or the picture shows too little of it: add more")


@gallery.command("list")
def list_command(
    model: Model = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
) -> None:
    """List the cards that were added to a model.

    Examples:

    \b
      balatro gallery list
      balatro gallery list --model game --json
    """
    from balatro.identify_card.added import load_added
    from balatro.identify_card.bundle import find_bundle

    folder = find_bundle(model)
    added = load_added(folder)
    if as_json:
        print(json.dumps([asdict(card) for card in added.cards], ensure_ascii=False))
        return
    for card in added.cards:
        told = ", ".join(text for text in (card.type, card.rarity, "" if card.known else "never named") if text)
        print(f"{card.name}  ({card.id})  {_counted(card.pictures, 'picture')}{'  ' if told else ''}{told}")
    if not added.cards:
        print(f"{folder}: no card was added; add one with `balatro gallery add NAME IMAGE`")


@gallery.command("remove")
def remove_command(
    name: Annotated[str, typer.Argument(help="An added card's name or id.")],
    model: Model = "auto",
) -> None:
    """Take an added card out again; what the model itself knows stays.

    Examples:

    \b
      balatro gallery remove "My Joker"
    """
    from balatro.identify_card.added import remove_card
    from balatro.identify_card.bundle import find_bundle

    folder = find_bundle(model)
    card = remove_card(folder, name)
    print(f"{folder}: {card.name} removed ({_counted(card.pictures, 'picture')})")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
