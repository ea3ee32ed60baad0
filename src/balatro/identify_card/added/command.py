"""`balatro gallery …`: cards that a model learns from a picture, without training."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from balatro.config.modifiers import MODIFIERS
from balatro.errors import BalatroError, InputError, SettingsError, UnknownCardError
from balatro.identify_card.added.other_games import (
    FOLDERS,
    add_many,
    is_many,
    is_of_pictures,
    new_command,
    own_entries,
    remove_named,
    remove_set,
)
from balatro.identify_card.command import Model
from balatro.utils.flags import completion
from balatro.utils.flags.options import Knob, options_of, take, turned_by, with_options
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.identify_card.added.cards import AddedCard
    from balatro.identify_card.added.views import Sample
    from balatro.identify_card.card import Card
    from balatro.identify_card.recognizer import Recognizer
    from balatro.render.deck import Deck, DeckCard

gallery = typer.Typer(
    help="Teach a model new cards by a picture of each, without training.", no_args_is_help=True, rich_markup_mode="rich"
)
gallery.command("new")(new_command)


def _added_names(ctx: typer.Context) -> list[str]:
    """What Tab offers: the cards that were added to the model of the line."""
    from balatro.identify_card.added.added import load_added
    from balatro.runtime.bundle import find_bundle

    try:
        return [card.name for card in load_added(find_bundle(ctx.params.get("model") or "auto")).cards]
    except BalatroError:
        return []


CardName = Annotated[
    str | None,
    typer.Argument(
        help="The card's name; one that the model knows gets more looks. Or a folder or table of many cards, alone.",
        show_default=False,
        autocompletion=completion.cards,
    ),
]
Images = Annotated[
    list[str] | None,
    typer.Argument(help="Pictures of this card alone, folders, globs; with --deck more names.", metavar="IMAGE..."),
]


@dataclass(frozen=True)
class AddFlags:
    """Which model learns, and what is told of the card."""

    model: str = turned_by(Knob("", complete=completion.models), "auto")
    """Name or folder of a model; auto takes `game` where there is one, else `demo`."""
    deck: str | None = turned_by(Knob("", complete=completion.decks), None)
    """Name or folder of a deck: its cards are added by their sprites, those named, or all that the model lacks."""
    modifier: str = turned_by(Knob("", complete=completion.one_of(*MODIFIERS)), "Base")
    """What the pictures show the card in. From Base the others are drawn."""
    type: str = turned_by(Knob(""), "")
    """Joker, Tarot … as it shall be told; left out: empty."""
    rarity: str = turned_by(Knob(""), "")
    """Common, Rare … as it shall be told; left out: empty."""
    never_named: bool = turned_by(Knob("", one_way=True), False)
    """A thing that is to stay unknown, though it resembles a card."""
    folders: str = turned_by(Knob("", complete=completion.one_of(*FOLDERS)), "auto")
    """What folders in the folder are: cards, sets, or auto: a card where its files have no names of their own."""

    @property
    def tells_of_a_card(self) -> bool:
        """Whether a flag says something that is of a card's pictures."""
        return (self.modifier, self.type, self.rarity) != ("Base", "", "")


@gallery.command("add")
@with_options(options_of(AddFlags))
def add_command(
    name: CardName = None,
    images: Images = None,
    **given: Any,
) -> None:
    """Add a card by one picture or more: a sprite with a transparent ground, or a cut-out of a screenshot. Or cards of a deck.

    All pictures of a card are taken, or none. They are kept in the model's folder: when the model is trained anew, the new one
    looks at them again. At most 10,000 cards and pictures are added beside a model's own.

    A folder or table alone adds every card in it, as `balatro gallery new` reads it; to a model made so, without limit.

    Examples:

    \b
      balatro gallery add "My Joker" picture.png
      balatro gallery add "My Joker" foil.png --modifier Foil --model game
      balatro gallery add "Table sign" signs/ --never-named
      balatro gallery add more_cards/ --model pokemon
      balatro gallery add --deck mod
      balatro gallery add --deck mod "My Joker" "Other Joker"
    """
    flags = take(AddFlags, given)
    if flags.deck is not None:
        if flags.tells_of_a_card:
            raise SettingsError("--modifier, --type and --rarity are for pictures; a deck tells its cards' own")
        _add_deck(flags.model, flags.deck, [*([] if name is None else [name]), *(images or [])], not flags.never_named)
    elif name is not None and not images and is_many(name):
        if flags.tells_of_a_card or flags.never_named:
            raise SettingsError("--modifier, --type, --rarity and --never-named are for one card; a table tells its cards' own")
        add_many(flags.model, Path(name), flags.folders)
    elif name is None or not images:
        raise SettingsError("a name and a picture are needed, or --deck; see `balatro gallery add --help`")
    else:
        _add_pictures(name, images, flags)


def _add_pictures(name: str, images: list[str], flags: AddFlags) -> None:
    from balatro.identify_card.added.views import load_sample
    from balatro.identify_card.recognizer import Recognizer
    from balatro.utils.images import find_images

    files, failures = find_images(images)
    if failures:
        raise InputError(failures[0])
    recognizer = Recognizer.load(flags.model)
    samples = [load_sample(path, recognizer.locator) for path in files]
    before = [_read(recognizer, sample) for sample in samples]
    card = recognizer.add(name, files, flags.modifier, flags.type, flags.rarity, not flags.never_named)
    print(f"{recognizer.bundle.folder}: {card.name} added by {counted(card.pictures, 'picture')}, id {card.id}")
    for path, sample, was in zip(files, samples, before, strict=True):
        _tell_doubts(path, card, was, _read(recognizer, sample))


def _add_deck(model: str, deck_name: str, names: list[str], known: bool) -> None:
    """Add the named cards of a deck, or all that the model lacks, by one sprite each."""
    from balatro.config.paths import art_dir
    from balatro.identify_card.added.views import deck_sprite
    from balatro.identify_card.recognizer import Recognizer
    from balatro.render.deck import load_deck
    from balatro.utils.progress import track

    folder = Path(deck_name) if (Path(deck_name) / "deck.json").is_file() else art_dir(deck_name)
    deck = load_deck(folder)
    recognizer = Recognizer.load(model)
    cards = _named(deck, names) if names else _lacking(deck, recognizer)
    for card in track(cards, "Adding cards"):
        recognizer.add(card.name, [deck_sprite(card)], type=card.type, rarity=card.rarity, known=known)
    if cards:
        print(f"{recognizer.bundle.folder}: {counted(len(cards), 'card')} of {folder} added by their sprites")
    else:
        print(f"{recognizer.bundle.folder}: knows all {len(deck.known)} cards of {folder} already; nothing added")


def _lacking(deck: Deck, recognizer: Recognizer) -> list[DeckCard]:
    """The cards of a deck that a model knows neither by id nor by name."""
    from balatro.config.cards import fold

    known = {fold(text) for card in recognizer.bundle.cards for text in (card.id, card.name)}
    return [card for card in deck.known if not {fold(card.id), fold(card.name)} & known]


def _named(deck: Deck, names: list[str]) -> list[DeckCard]:
    """The cards of a deck by their names or ids, however spelt; UnknownCardError names the nearest."""
    from balatro.config.cards import fold, nearest

    cards = {fold(text): card for card in reversed(deck.cards) for text in (card.id, card.name)}
    for name in names:
        if fold(name) not in cards:
            names_of = {key: card.name for key, card in cards.items()}
            hint = nearest(name, names_of, f"`balatro art list {deck.name}` shows all")
            raise UnknownCardError(f"the deck {deck.name} has no card {name!r}; {hint}")
    return [cards[fold(name)] for name in names]


def _read(recognizer: Recognizer, sample: Sample) -> Card:
    return recognizer.read(sample.picture, sample.quad[None])[0]


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
    """List the cards that were added to a model; of one made by `balatro gallery new`, its own cards, too.

    Examples:

    \b
      balatro gallery list
      balatro gallery list --model game --json
    """
    from balatro.identify_card.added.added import load_added
    from balatro.runtime.bundle import find_bundle, load_bundle

    bundle = load_bundle(find_bundle(model))
    cards = [asdict(card) for card in load_added(bundle.folder).cards]
    if is_of_pictures(bundle):
        cards = [*own_entries(bundle), *(card | {"fields": {}, "added": True} for card in cards)]
    if as_json:
        print(json.dumps(cards, ensure_ascii=False))
        return
    for card in cards:
        parts = (*card.get("fields", {}).values(), card["type"], card["rarity"], "" if card["known"] else "never named")
        told = ", ".join(text for text in (*parts, "added" if card.get("added") else "") if text)
        print(f"{card['name']}  ({card['id']})  {counted(card['pictures'], 'picture')}{'  ' if told else ''}{told}")
    if not cards:
        print(f"{bundle.folder}: no card was added; add one with `balatro gallery add NAME IMAGE`")


@gallery.command("remove")
def remove_command(
    name: Annotated[
        str | None,
        typer.Argument(help="An added card's name or id.", show_default=False, autocompletion=_added_names),
    ] = None,
    set_name: Annotated[
        str | None,
        typer.Option("--set", help="All cards of a set, of a model made by `balatro gallery new`.", show_default=False),
    ] = None,
    model: Model = "auto",
) -> None:
    """Take an added card out again; what the model itself knows stays.

    Of a model made by `balatro gallery new` its own cards are taken out as well: one by its id, all printings of a name, or all
    cards of a set. From which likeness on cards are named stays as it is.

    Examples:

    \b
      balatro gallery remove "My Joker"
      balatro gallery remove island_lea --model magic
      balatro gallery remove --set LEA --model magic
    """
    from balatro.identify_card.added.added import remove_card
    from balatro.runtime.bundle import find_bundle, load_bundle

    if (name is None) == (set_name is None):
        raise SettingsError("one of a card's name and --set is needed; `balatro gallery list` shows the cards")
    bundle = load_bundle(find_bundle(model))
    if set_name is not None:
        if not is_of_pictures(bundle):
            raise SettingsError(f"--set {set_name}: {bundle.name} has no sets; models made by `balatro gallery new` have")
        remove_set(bundle, set_name)
    elif name is not None and not (is_of_pictures(bundle) and remove_named(bundle, name)):
        card = remove_card(bundle.folder, name)
        print(f"{bundle.folder}: {card.name} removed ({counted(card.pictures, 'picture')})")
