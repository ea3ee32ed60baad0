"""What Tab completes: names of models, decks, runs and cards, as they lie in the data folder at that moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from balatro.config.model_files import MODEL_FILE
from balatro.config.paths import data_dir, runs_dir


def models() -> list[str]:
    """`auto`, and the models in the data folder."""
    return ["auto", *_folders_with(data_dir() / "models", MODEL_FILE)]


def decks() -> list[str]:
    """The decks in the data folder, and `demo`, which is drawn when it is asked for."""
    return sorted({"demo", *_folders_with(data_dir() / "art", "deck.json")})


def runs() -> list[str]:
    """The training runs that can be gone on with."""
    return [*_folders_with(runs_dir(), "settings.json")]


def starts() -> list[str]:
    """What training may start from."""
    return ["auto", "yes", "no", *runs(), *models()[1:]]


def sources() -> list[str]:
    """What can be exported: models and runs."""
    return sorted({*models()[1:], *runs()})


def one_of(*names: str) -> Callable[[], list[str]]:
    """Names that never change, as typer asks for them."""
    return lambda: list(names)


def cards() -> list[str]:
    """The names of the game's cards."""
    from balatro.config.cards import CATALOGUE

    return [card.name for card in CATALOGUE]


def _folders_with(parent: Path, file: str) -> Iterator[str]:
    yield from sorted(path.parent.name for path in parent.glob(f"*/{file}") if not path.parent.name.startswith("."))
