"""`balatro gallery new`, and what add, list and remove do with cards of other games: folders, tables, sets."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.utils.flags import completion
from balatro.utils.names import checked_name

if TYPE_CHECKING:
    from balatro.gallery.references.make import Made
    from balatro.gallery.references.read import Reference, References
    from balatro.runtime.bundle import Bundle

MAX_TOLD = 10
"""Pictures that were left out, and are listed."""

FOLDERS = ("auto", "sets", "cards")
"""What folders of pictures may be."""


def new_command(
    name: Annotated[str, typer.Argument(help="The model's name, as --model takes it.", callback=checked_name)],
    refs: Annotated[Path, typer.Argument(help="Folder of named pictures, or a CSV or JSON table of them.", metavar="REFS")],
    folders: Annotated[
        str,
        typer.Option(
            help="What folders in the folder are: cards, sets, or auto: a card where its files have no names of their own.",
            autocompletion=completion.one_of(*FOLDERS),
        ),
    ] = "auto",
) -> None:
    """Make a model of another game from one picture or more of each card: in seconds, without training and without torch.

    A file's name is the card's (`Pikachu.png`; `Pikachu__2.png` is another picture of it). A folder is a set
    (`LEA/Island.png`), or one card (`Pikachu/0001.jpg`) where no file in it has a name of its own. A table has a column `file`
    and one `name`, perhaps `type` and `rarity`; all others (set, number, finish ...) become fields that are told with the card.

    Examples:

    \b
      balatro gallery new pokemon refs/
      balatro gallery new magic cards.csv
      balatro identify photo.jpg --model pokemon
    """
    from balatro.config.paths import model_dir
    from balatro.gallery.references.make import make_reference_bundle
    from balatro.gallery.references.read import read_references

    found = read_references(refs, folders)
    _tell(found, make_reference_bundle(found.references, model_dir(name)))


def add_many(model: str, place: Path, folders: str = "auto") -> None:
    """Add every card of a folder or a table to a model: to a game's own gallery, else one by one beside what it knows."""
    from balatro.gallery.references.make import add_references
    from balatro.gallery.references.read import read_references
    from balatro.runtime.bundle import find_bundle, load_bundle

    bundle = load_bundle(find_bundle(model))
    found = read_references(place, folders)
    if is_of_pictures(bundle):
        _tell(found, add_references(bundle.folder, found.references))
    else:
        _add_each(bundle.folder, found.references)
        _tell_left_out(found.failures)


def is_of_pictures(bundle: Bundle) -> bool:
    """Whether `gallery new` has made a model, whose own cards come and go as pictures do."""
    return bundle.game is not None and "identification" not in bundle.tasks


def own_entries(bundle: Bundle) -> list[dict[str, Any]]:
    """The own cards of a model made of pictures as `gallery list --json` tells them."""
    from balatro.gallery.references.own import own_cards

    names = ("id", "name", "type", "rarity", "known")
    return [
        {name: getattr(own.card, name) for name in names}
        | {"pictures": own.pictures, "fields": dict(own.card.fields), "added": False}
        for own in own_cards(bundle.folder)
    ]


def remove_named(bundle: Bundle, name: str) -> bool:
    """Take a card, or all printings of a name, out of a model made of pictures; False for what was added beside its own.

    UnknownCardError for what is neither.
    """
    from balatro.config.cards import nearest, spelt
    from balatro.errors import UnknownCardError
    from balatro.gallery.references.own import find_own
    from balatro.identify_card.added.added import load_added

    places = find_own(bundle.cards, name)
    if places:
        _remove(bundle, places)
    elif not any(spelt(name) in (spelt(card.id), spelt(card.name)) for card in load_added(bundle.folder).cards):
        hint = nearest(name, {spelt(card.name): card.name for card in bundle.cards}, "`balatro gallery list` shows all")
        raise UnknownCardError(f"{bundle.name} has no card {name!r}; {hint}")
    return bool(places)


def remove_set(bundle: Bundle, name: str) -> None:
    """Take all cards of a set out of a model made of pictures; UnknownCardError where it has none of it."""
    from balatro.gallery.references.own import find_set

    _remove(bundle, find_set(bundle.cards, name))


def _remove(bundle: Bundle, places: list[int]) -> None:
    """The cards and what was added to their looks; says so."""
    from balatro.gallery.references.own import remove_own
    from balatro.identify_card.added.added import load_added, remove_card

    removed = remove_own(bundle.folder, places)
    ids = {card.id for card in removed}
    for card in load_added(bundle.folder).cards:
        if card.id in ids:
            remove_card(bundle.folder, card.id)
    shown = ", ".join(f"{card.name} ({card.id})" for card in removed[:MAX_TOLD])
    more = f" and {len(removed) - MAX_TOLD} more" if len(removed) > MAX_TOLD else ""
    print(f"{bundle.folder}: {shown}{more} removed; {len(bundle.cards) - len(removed)} cards are left")


def is_many(name: str) -> bool:
    """Whether what stands where a card's name would is a folder or a table of pictures."""
    path = Path(name)
    return path.is_dir() or (path.is_file() and path.suffix.lower() in (".csv", ".tsv", ".json"))


def _add_each(folder: Path, references: tuple[Reference, ...]) -> None:
    from balatro.identify_card.recognizer import Recognizer
    from balatro.utils.progress import track

    recognizer = Recognizer.load(folder)
    for reference in track(references, "Adding cards"):
        modifier = reference.fields.get("modifier", "Base")
        recognizer.add(reference.name, [reference.path], modifier, reference.type, reference.rarity)
    print(f"{folder}: {len(references)} pictures of {len({one.name for one in references})} cards added")


def _tell(found: References, made: Made) -> None:
    use = f"balatro identify PICTURE --model {made.folder.name}"
    print(f"{made.folder}: {made.cards} cards, by {made.pictures} pictures; try `{use}`")
    _tell_left_out((*found.failures, *made.failures))


def _tell_left_out(failures: tuple[str, ...]) -> None:
    for failure in failures[:MAX_TOLD]:
        print(f"  left out: {failure}", file=sys.stderr)
    if len(failures) > MAX_TOLD:
        print(f"  and {len(failures) - MAX_TOLD} more were left out", file=sys.stderr)
