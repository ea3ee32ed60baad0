"""`balatro <command>`: the skin. Each room brings its commands; their heavy imports happen when they run."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from balatro import __version__
from balatro.annotate_dataset.command import dataset
from balatro.annotate_dataset.run import annotate
from balatro.augment_dataset.command import augment
from balatro.build_dataset.command import capture
from balatro.cli.art import art
from balatro.cli.doctor import doctor
from balatro.cli.evaluate import evaluate
from balatro.cli.models import models
from balatro.cli.start import INTERRUPTED, STOPPED, has_begun
from balatro.demo.command import demo
from balatro.errors import BalatroError
from balatro.export.command import export
from balatro.identify_card.added.command import gallery
from balatro.identify_card.command import identify
from balatro.identify_card.judge.bench_command import bench
from balatro.identify_card.judge.calibrate_command import calibrate
from balatro.identify_card.judge.regress_command import regress
from balatro.identify_card.server.command import serve
from balatro.identify_card.watch.command import watch
from balatro.train_model.command import compare, pretrain, train


class _Commands(TyperGroup):
    """Turns what goes wrong in any command into one line and an exit status."""

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

COMMANDS: dict[str, dict[str, Callable[..., None]]] = {
    "Start here": {"demo": demo, "doctor": doctor},
    "Identify": {
        "identify": identify,
        "watch": watch,
        "serve": serve,
        "evaluate": evaluate,
        "calibrate": calibrate,
        "bench": bench,
    },
    "Collect": {"capture": capture, "annotate": annotate, "augment": augment},
    "Train": {"train": train, "compare": compare, "export": export, "pretrain": pretrain},
}
"""The panels of the help, the commands in each, and the functions behind them."""

for _panel, _commands in COMMANDS.items():
    for _name, _function in _commands.items():
        app.command(_name, rich_help_panel=_panel)(_function)
app.add_typer(art, name="art", rich_help_panel="Cards")
app.add_typer(dataset, name="dataset", rich_help_panel="Cards")
app.add_typer(gallery, name="gallery", rich_help_panel="Cards")
app.add_typer(models, name="models", rich_help_panel="Identify")
app.add_typer(regress, name="regress", rich_help_panel="Identify")


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
