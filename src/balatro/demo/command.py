"""`balatro demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from balatro.config.seeds import HIGHEST_SEED


def demo(
    out: Annotated[Path, typer.Option(help="Folder for what comes out.", metavar="DIR")] = Path("balatro-demo"),
    steps: Annotated[int, typer.Option(min=1, max=100_000, help="Steps of training, however long they take.")] = 300,
    seed: Annotated[int, typer.Option(min=0, max=HIGHEST_SEED, help="Another seed, another deck and other screens.")] = 0,
) -> None:
    """Show everything once, without the game: draw a deck, play, train, name the cards of screens never seen.

    Takes about five minutes on two cores and leaves a folder with marked screens, the scores, the model and a page,
    index.html, that shows them.

    Examples:

    \b
      balatro demo
      balatro demo --steps 900 --seed 7 --out seven
    """
    from balatro.demo.story import play_demo
    from balatro.utils.outputs import check_folder_name

    check_folder_name("--out", out)
    play_demo(out, steps, seed)
