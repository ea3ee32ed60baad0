"""`balatro gallery new`, and folders and tables for `balatro gallery add`: many cards at once, of any game."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from balatro.utils.names import checked_name

if TYPE_CHECKING:
    from balatro.gallery.references.make import Made
    from balatro.gallery.references.read import Reference, References

MAX_TOLD = 10
"""Pictures that were left out, and are listed."""

Folders = Annotated[
    str,
    typer.Option(
        help="What folders in the folder are: cards, sets, or auto: a card where its files have no names of their own.",
        autocompletion=lambda: ["auto", "sets", "cards"],
    ),
]


def new_command(
    name: Annotated[str, typer.Argument(help="The model's name, as --model takes it.", callback=checked_name)],
    refs: Annotated[Path, typer.Argument(help="Folder of named pictures, or a CSV or JSON table of them.", metavar="REFS")],
    folders: Folders = "auto",
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
    if bundle.game is not None and "identification" not in bundle.tasks:
        _tell(found, add_references(bundle.folder, found.references))
    else:
        _add_each(bundle.folder, found.references)
        _tell_left_out(found.failures)


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
