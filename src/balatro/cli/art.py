"""`balatro art …`: decks made from the game or from our own art, and shown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from balatro.config.modifiers import MODIFIERS
from balatro.config.paths import art_dir, data_dir, model_dir
from balatro.errors import DeckError, SettingsError
from balatro.utils.flags import completion
from balatro.utils.names import checked_name
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.render.deck import Deck, DeckCard

art = typer.Typer(
    help="Make decks: from the game's own files, or the demo deck; show them.", no_args_is_help=True, rich_markup_mode="rich"
)


def _checked_modifier(name: str) -> str:
    """A modifier's name as it is written, whatever its case."""
    for modifier in (*MODIFIERS, "Mixed"):
        if name.casefold() == modifier.casefold():
            return modifier
    raise SettingsError(f"no modifier is called {name!r}; expected one of {', '.join(MODIFIERS)}, Mixed")


Name = Annotated[str, typer.Option("--name", help="What the deck and its model are called.", callback=checked_name)]
WithModel = Annotated[
    bool, typer.Option("--model/--no-model", help="Make a model from the deck at once, so that cards can be identified.")
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Keep the new model, even where an older one reads better, which stays beside it.")
]


@art.command("import")
def import_command(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="Balatro.exe, Balatro.love, Balatro.app, an APK, the game's folder or one above it, its resources/, or a "
            "folder of its sprite sheets. Left out: where Steam puts the game.",
            show_default=False,
        ),
    ] = None,
    name: Name = "game",
    model: WithModel = True,
    replace: Replace = False,
) -> None:
    """Make a deck of the 202 cards of the game from your own copy of it.

    Nothing of the game is changed, and nothing leaves this machine.

    Examples:

    \b
      balatro art import
      balatro art import "C:/Program Files (x86)/Steam/steamapps/common/Balatro"
      balatro art import ~/Games/Balatro.love --name modded
    """
    from balatro.render.game.game_art import import_art

    _finish(import_art(path, name), model, replace)


@art.command("demo")
def demo_command(
    name: Name = "demo",
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another deck.")] = 0,
    model: WithModel = True,
    replace: Replace = False,
) -> None:
    """Draw the demo deck: our own cards in the same shapes and with the same modifiers, for a machine without the game.

    Examples:

    \b
      balatro art demo
      balatro art demo --seed 7 --name seven
    """
    import dataclasses

    from balatro.render.demo_deck import draw_demo_deck

    _finish(dataclasses.replace(draw_demo_deck(seed), name=name), model, replace)


@art.command("sheet")
def sheet_command(
    deck: Annotated[
        str, typer.Argument(help="A deck of yours, by its name.", callback=checked_name, autocompletion=completion.decks)
    ] = "demo",
    modifier: Annotated[
        str,
        typer.Option(
            help="Base, Foil, Holographic, Polychrome, Negative, or Mixed: one by lot for every card.",
            callback=_checked_modifier,
            autocompletion=completion.one_of(*MODIFIERS, "Mixed"),
        ),
    ] = "Base",
    out: Annotated[Path | None, typer.Option(help="The picture to write; left out: DECK-MODIFIER.png here.")] = None,
    columns: Annotated[int, typer.Option(min=1, max=100, help="Cards in a row.")] = 15,
    scale: Annotated[int, typer.Option(min=1, max=8, help="Pixels of the sheet for one of the sprite's.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="The moment in which the editions are shown.")] = 0,
    strangers: Annotated[bool, typer.Option(help="Playing cards, backs, vouchers and packs too.")] = False,
) -> None:
    """Write a contact sheet: every card of a deck in one modifier, with its name.

    Examples:

    \b
      balatro art sheet
      balatro art sheet game --modifier Holographic --out holographic.png
      balatro art sheet --modifier mixed --columns 10 --scale 1 --strangers
    """
    from balatro.render.sheet import contact_sheet, write_sheet
    from balatro.utils.outputs import check_output

    path = out or Path(f"{deck}-{modifier.lower()}.png")
    check_output("--out", path, [art_dir(deck)])
    sheet = contact_sheet(_load(deck), modifier, columns, scale, seed, strangers)
    write_sheet(sheet, path)
    print(f"{path}: {sheet.shape[1]}x{sheet.shape[0]}")


@art.command("list")
def list_command(
    deck: Annotated[
        str | None,
        typer.Argument(
            help="A deck of yours; `game` is always there.",
            show_default=False,
            autocompletion=lambda: sorted({"game", *completion.decks()}),
        ),
    ] = None,
) -> None:
    """List your decks, or the cards of one.

    Examples:

    \b
      balatro art list
      balatro art list game
    """
    if deck is None:
        _list_decks()
        return
    for row in _card_rows(checked_name(deck)):
        print("  ".join(f"{text:<{width}}" for text, width in zip(row, (22, 26, 12, 10), strict=True)).rstrip())


def _finish(deck: Deck, model: bool, replace: bool) -> None:
    """Write the deck, make its model, and say what there is and what to type next."""
    from balatro.render.deck import save_deck

    save_deck(deck, art_dir(deck.name))
    print(f"{art_dir(deck.name)}: {_counts(deck.known)}")
    if deck.source:
        print(f"  from: {deck.source}")
    if deck.strangers:
        print(f"  never to be named: {_counts(deck.strangers)}")
    if model:
        _make_model(deck, replace)
    print(f"next:  balatro identify screenshot.png --model {deck.name}")
    print(f"   or  balatro train --deck {deck.name}     to make it exact")


def _make_model(deck: Deck, replace: bool) -> None:
    from balatro.gallery.make import make_gallery_bundle
    from balatro.identify_card.judge.contest import contest

    folder = model_dir(deck.name)
    with contest(folder, replace, deck) as place:
        make_gallery_bundle(deck, place)
    if place == folder:
        print(f"{folder}: a model that knows these cards by their pictures")


def _counts(cards: tuple[DeckCard, ...]) -> str:
    kinds = Counter(card.type for card in cards)
    return f"{counted(len(cards), 'card')} ({', '.join(f'{count} {kind.lower()}' for kind, count in kinds.items())})"


def _load(name: str) -> Deck:
    """The deck of this name; DeckError names those there are."""
    from balatro.render.deck import load_deck
    from balatro.utils.files import put_back

    put_back(art_dir(name))
    if not (art_dir(name) / "deck.json").is_file():
        there = ", ".join(_deck_names()) or "none yet"
        raise DeckError(f"no deck {name!r} in {data_dir() / 'art'} (there: {there}); {_how_to_make(name)}")
    return load_deck(art_dir(name))


def _how_to_make(name: str) -> str:
    if name in ("game", "demo"):
        return f"make it with `balatro art {'import' if name == 'game' else 'demo'}`"
    return f"make it with `balatro art import PATH --name {name}`"


def _deck_names() -> list[str]:
    return sorted(path.parent.name for path in (data_dir() / "art").glob("[!.]*/deck.json"))


def _list_decks() -> None:
    from balatro.render.deck import load_deck

    names = _deck_names()
    for name in names:
        deck = load_deck(art_dir(name))
        print(f"{name:<16}{counted(len(deck.known), 'card')}, {counted(len(deck.strangers), 'stranger')}   {art_dir(name)}")
    if not names:
        print(f"no decks in {data_dir() / 'art'}; make one with `balatro art import` or `balatro art demo`")


def _card_rows(name: str) -> list[tuple[str, str, str, str]]:
    from balatro.config.cards import CATALOGUE

    # The game's catalogue is known before the game is imported.
    cards = CATALOGUE if name == "game" and name not in _deck_names() else _load(name).known
    return [(card.id, card.name, card.type, card.rarity) for card in cards]
