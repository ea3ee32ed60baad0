"""`balatro <command>`: the skin. Each room brings its commands, imported when they are asked for."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer

from balatro import __version__
from balatro.cli.lazy import Entry, LazyGroup
from balatro.cli.start import INTERRUPTED, STOPPED, has_begun
from balatro.errors import BalatroError

START, IDENTIFY, COLLECT, TRAIN, CARDS = "Start here", "Identify", "Collect", "Train", "Cards"
"""Panels of the help."""
COMMANDS = {
    "demo": Entry(
        START,
        "balatro.demo.command:demo",
        "Show everything once, without the game: draw a deck, play, train, name the cards of screens never seen.",
    ),
    "doctor": Entry(
        START,
        "balatro.cli.doctor:doctor",
        "Say what is installed and found, and what to do about what is not. Changes nothing.",
    ),
    "identify": Entry(
        IDENTIFY,
        "balatro.identify_card.command:identify",
        "Name the cards of pictures and videos: whole screens, parts of them, or single cards.",
    ),
    "watch": Entry(
        IDENTIFY,
        "balatro.identify_card.watch.command:watch",
        "Watch the running game: say which card appears, changes its modifier, or is gone; with --table, the game's state.",
    ),
    "serve": Entry(
        IDENTIFY,
        "balatro.identify_card.server.command:serve",
        "Answer over HTTP and WebSocket, and with a page in the browser: pictures in, cards out.",
    ),
    "evaluate": Entry(
        IDENTIFY,
        "balatro.cli.evaluate:evaluate",
        "Score a model (cards found, names, modifiers, false names) on labelled screens, labelled boxes or a split's pictures.",
    ),
    "calibrate": Entry(
        IDENTIFY,
        "balatro.identify_card.judge.calibrate_command:calibrate",
        "Fit a model's probabilities and the threshold of its names to your own pictures.",
    ),
    "bench": Entry(
        IDENTIFY,
        "balatro.identify_card.judge.bench_command:bench",
        "Time identifying on this machine, stage by stage: loading, decoding, locating, cutting out, encoding, naming.",
    ),
    "capture": Entry(
        COLLECT,
        "balatro.build_dataset.command:capture",
        "Capture cards from the running game, a video or pictures: nothing twice, and no rare edition thrown away.",
    ),
    "annotate": Entry(
        COLLECT,
        "balatro.annotate_dataset.run:annotate",
        "Label cards in the browser: prefilled, group by group, with the keyboard; look through them; see what is missing.",
    ),
    "augment": Entry(
        COLLECT,
        "balatro.augment_dataset.command:augment",
        "Make more pictures from the labelled ones: turned, cropped, dimmed, blurred, and in editions that were not captured.",
    ),
    "train": Entry(
        TRAIN,
        "balatro.cli.train:train",
        "Train on labelled pictures, on drawn screens of a deck, or on both, and write the model to data/models/NAME.",
    ),
    "compare": Entry(
        TRAIN,
        "balatro.train_model.command:compare",
        "Lay runs side by side: what they were set to, how they went, and how well they read each modifier.",
    ),
    "export": Entry(
        TRAIN,
        "balatro.export.command:export",
        "Write a model in another form: smaller and faster in int8, for OpenVINO, or other programs. Or the model of a run.",
    ),
    "pretrain": Entry(
        TRAIN,
        "balatro.train_model.command:pretrain",
        "Make the weights that come with the package: train on invented cards, never on a game's art.",
    ),
    "art": Entry(CARDS, "balatro.cli.art:art", "Make decks: from the game's own files, or the demo deck; show them."),
    "dataset": Entry(
        CARDS,
        "balatro.annotate_dataset.command:dataset",
        "Labelled pictures: suggestions for new ones, numbers, and the forms of other tools.",
    ),
    "gallery": Entry(
        CARDS, "balatro.identify_card.added.command:gallery", "Teach a model new cards by a picture of each, without training."
    ),
    "models": Entry(IDENTIFY, "balatro.cli.models:models", "Look at models, switch between two of one name, remove them."),
    "regress": Entry(
        IDENTIFY,
        "balatro.identify_card.judge.regress_command:regress",
        "Keep screenshots with a mistake, and see whether models still make it.",
    ),
}
"""Every command and group: under which panel of the help, where it is, and what it does in a line."""


class _Commands(LazyGroup):
    """Turns what goes wrong in any command into one line and an exit status."""

    entries = COMMANDS

    def invoke(self, ctx: Any) -> Any:
        try:
            has_begun()
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise _failed(STOPPED, INTERRUPTED) from None
        except BalatroError as error:
            raise _failed(str(error)) from error
        except BrokenPipeError:
            raise  # the reader of our output has gone: typer ends quietly
        except OSError as error:
            raise _failed(_system_error(error)) from error
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if type(error).__module__.startswith(("typer", "click")):
                raise  # a wrong option: typer prints the usage
            raise _failed(f"unexpected {type(error).__name__}: {error}; --debug shows where, please report it") from error


def _failed(line: str, status: int = 1) -> typer.Exit:
    """Print one line on stderr, or with --debug the traceback of the exception being handled before it."""
    if _debug():
        traceback.print_exc()
    print(f"balatro: {' '.join(line.split())}", file=sys.stderr)
    return typer.Exit(status)


def _system_error(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{(error.strerror or str(error)).lower()}; check the path, its rights and the space left"


def _debug() -> bool:
    return os.environ.get("BALATRO_DEBUG", "") not in ("", "0")


app = typer.Typer(
    cls=_Commands,
    name="balatro",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"balatro {__version__}")
        raise typer.Exit


@app.callback(epilog="Start with [bold]balatro demo[/bold], or with [bold]balatro doctor[/bold] when something is missing.")
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_print_version)
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", help="Folder of models, decks and pictures; left out: BALATRO_DATA, ./data, or your user folder."
        ),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error. Also: BALATRO_DEBUG=1.")] = False,
) -> None:
    """Read the cards of the game Balatro from the screen: which card each one is, and its modifier.

    [bold]With the game[/bold], three lines and no label:

    \b
      balatro art import               # finds the game where Steam puts it
      balatro train --deck game        # makes it exact; may be left out
      balatro identify screenshot.png

    [bold]Without the game[/bold], the same with a deck of our own:

    \b
      balatro demo
    """
    # --debug is taken out of the line by main(), so that it may stand anywhere; here it is documented.
    if data is not None:
        os.environ["BALATRO_DATA"] = str(data)  # for the processes that a command starts, too


def main(prefix: str | None = None) -> None:
    """Run the command line; what starts it, and tells `prefix`, is `start`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a card's é must not end a run on an old Windows console
    # Of numpy's matrix products none is large here; its library's threads would only spin in the way of the networks'.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    args = _without_debug(sys.argv[1:])
    app([prefix, *args] if prefix else args, prog_name="balatro")


def _without_debug(args: list[str]) -> list[str]:
    """The arguments without --debug, which may stand anywhere before a `--`, and sets BALATRO_DEBUG."""
    end = args.index("--") if "--" in args else len(args)
    if "--debug" in args[:end]:
        os.environ["BALATRO_DEBUG"] = "1"
    return [arg for arg in args[:end] if arg != "--debug"] + args[end:]
