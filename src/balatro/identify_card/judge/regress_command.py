"""`balatro regress …`: mistakes that were reported, read again by every new model."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from balatro.errors import BalatroError, InputError, SettingsError
from balatro.identify_card.command import Model, Threads
from balatro.utils.flags import completion
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from rich.table import Table

    from balatro.identify_card.judge.regress import Case, Result
    from balatro.identify_card.mistakes.keep import Save

regress = typer.Typer(
    help="Keep screenshots with a mistake, and see whether models still make it.", no_args_is_help=True, rich_markup_mode="rich"
)


Card = Annotated[
    str,
    typer.Option(
        help="What is to be read: `Name`, `Name:Modifier`, or `unknown` for what has no name.",
        autocompletion=lambda: [*completion.cards(), "unknown"],
    ),
]
Find = Annotated[
    int | None,
    typer.Option(
        min=1, help="The find that is wrong, by its number on the marked picture.", metavar="NUMBER", show_default=False
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        help="A pixel on the card, X,Y, instead of --find; without both: anywhere in the picture.",
        metavar="X,Y",
        show_default=False,
    ),
]
ToLabel = Annotated[
    bool, typer.Option("--to-label", help="Keep the find's crop in data/screenshots, too, for `balatro annotate`.")
]


@regress.command("add")
def add_command(
    picture: Annotated[
        Path, typer.Argument(help="The screenshot, or its copy from `identify --draw`; the screenshot is copied.")
    ],
    card: Card,
    find: Find = None,
    at: At = None,
    note: Annotated[str, typer.Option(help="What was wrong, for whoever reads it later.")] = "",
    to_label: ToLabel = False,
) -> None:
    """Keep a picture with a card that was read wrongly, and say what it is.

    Examples:

    \b
      balatro regress add screenshot.png --card Egg
      balatro regress add marked/screenshot.png --find 3 --card "Egg:Foil"
      balatro regress add screenshot.png --card "Egg:Foil" --at 640,120 --note "was read as Base"
      balatro regress add screenshot.png --card unknown --at 900,500
    """
    from balatro.identify_card.judge.regress import parse_card
    from balatro.identify_card.mistakes.keep import keep
    from balatro.identify_card.mistakes.marked import seen_in

    if find is not None and at is not None:
        raise SettingsError("--find and --at both say where the card is; take one of them")
    names = _model_names()
    right = parse_card(card, names)
    place = _read_place(at)
    mistake = seen_in(picture)
    if find is not None and not mistake.model:
        raise _no_numbers(picture, find)
    kept = keep(mistake, find, right, place, note, _save(to_label))
    print(*kept.lines, sep="\n")
    _tell_odd_name(kept.case, names)
    print("next:  balatro regress run")


def _no_numbers(picture: Path, find: int) -> SettingsError:
    copy = f"`identify {picture} --draw marked`"
    return SettingsError(f"--find {find}: {picture} has no numbers; name its copy from {copy}, or take --at")


def _save(to_label: bool) -> Save | None:
    from balatro.identify_card.mistakes.to_label import save_crop

    return save_crop if to_label else None


def _tell_odd_name(case: Case, names: list[str]) -> None:
    """Say so when neither the game nor a model has a card of this name."""
    from balatro.config.cards import card_names, fold, nearest

    name = case.name
    if name and name not in card_names() and fold(name) not in {fold(one) for one in names}:
        hint = nearest(name, {fold(one): one for one in (*names, *card_names())}, "none of its names is near")
        print(f"no card of the game is called {name!r}; {hint}; what a model calls so is right, such as a card added to it")
        print(f"   if it was mistyped:  balatro regress tell {case.id} --card NAME, or balatro regress remove {case.id}")


@regress.command("tell")
def tell_command(
    number: Annotated[int, typer.Argument(help="The case's number, see `balatro regress list`.", metavar="CASE")],
    card: Annotated[str | None, Card.__metadata__[0]] = None,
    find: Find = None,
    to_label: ToLabel = False,
) -> None:
    """Say what is right in a case that was kept while playing; asks for what is not given.

    Examples:

    \b
      balatro regress tell 3
      balatro regress tell 3 --find 2 --card "Egg:Foil" --to-label
    """
    from balatro.identify_card.judge.regress import find_case, parse_card, read_cases, regressions_dir
    from balatro.identify_card.mistakes.keep import draw_case, tell

    case = find_case(read_cases(regressions_dir()), number)
    if card is None:
        print(*_found(case), sep="\n")
        print(f"numbered in {draw_case(case)}")
        if not _is_asking():
            raise SettingsError(f"say what is right: balatro regress tell {number} --find NUMBER --card NAME")
        find = _ask_find(case) if find is None else find
        card = str(typer.prompt("What is it? Name, Name:Modifier, or unknown"))
    names = _model_names()
    kept = tell(number, parse_card(card, names), find, save=_save(to_label))
    print(*kept.lines, sep="\n")
    _tell_odd_name(kept.case, names)


def _is_asking() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def _found(case: Case) -> list[str]:
    """The finds of a case, a line each."""
    lines = [f"case {case.id}, kept on {case.added}, {case.expected}{f', found by {case.model}' if case.model else ''}"]
    return lines + [f"{number:>4}  {find}  ({find.confidence * 100:.0f} %)" for number, find in enumerate(case.finds, 1)]


def _ask_find(case: Case) -> int | None:
    """The number of the find that is wrong; None for a card that is none of them."""
    if not case.finds:
        return None
    most = len(case.finds)
    answer = int(typer.prompt(f"Which one is wrong? 1 to {most}, or 0 for a card that was not found", type=int))
    return answer or None


def _model_names() -> list[str]:
    """Of the cards that the usual model knows; none where there is no model."""
    from balatro.identify_card.added.added import load_added
    from balatro.identify_card.added.joining import with_added
    from balatro.runtime.bundle import find_bundle, load_bundle

    try:
        bundle = load_bundle(find_bundle("auto"))
        return [card.name for card in with_added(bundle.cards, load_added(bundle.folder))]
    except BalatroError:
        return []


def _read_place(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    try:
        x, y = (int(part) for part in text.split(","))
    except ValueError:
        raise SettingsError(f"--at {text!r}: expected two whole numbers, as in 640,120") from None
    return x, y


@regress.command("run")
def run_command(
    model: Model = "auto",
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail when any case fails, also one that no model of this name ever read right.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
    threads: Threads = 0,
) -> None:
    """Read all cases. The exit status is 1 when one fails that a model of this name has read right before.

    What was read right is remembered, so that it is missed when it is lost. A case that never was is only listed.

    Examples:

    \b
      balatro regress run
      balatro regress run --model cards --strict
    """
    from rich.console import Console

    from balatro.identify_card.judge.regress import keep_passed, regressions_dir, run_cases, told_cases
    from balatro.identify_card.recognizer import Recognizer
    from balatro.utils.progress import track

    folder = regressions_dir()
    cases = told_cases(folder)
    if not cases:
        raise InputError(f"{folder}: no cases yet; keep one with `balatro regress add PICTURE --card NAME`{_untold(folder)}")
    recognizer = Recognizer.load(model, threads or None)
    results = list(track(run_cases(recognizer, folder, cases), "Reading cases", len(cases)))
    keep_passed(folder, results, recognizer.bundle.name)
    if as_json:
        print(json.dumps([_to_json(result) for result in results], ensure_ascii=False))
    else:
        Console(markup=False).print(_table(results))
        if untold := _untold(folder):
            print(untold.lstrip("; "))
    _judge(recognizer.bundle.name, results, strict, told=not as_json)


def _untold(folder: Path) -> str:
    """How many cases wait for the right name; empty for none."""
    from balatro.identify_card.judge.regress import read_cases

    waiting = [case.id for case in read_cases(folder) if not case.is_told]
    return f"; {counted(len(waiting), 'case')} to be told: balatro regress tell {waiting[0]}" if waiting else ""


def _judge(model: str, results: list[Result], strict: bool, told: bool) -> None:
    """InputError when a case fails: any that does, if strict, else one that this model has read right before."""
    failed = [result for result in results if (not result.passed if strict else result.is_regression)]
    num_right = sum(result.passed for result in results)
    if failed:
        which = ", ".join(str(result.case.id) for result in failed[:8]) + (" …" if len(failed) > 8 else "")
        what = "fail" if strict else "fail that this model has read right before"
        raise InputError(f"{len(failed)} of {len(results)} cases {what}: {which}")
    if told:
        print(f"{model}: {num_right} of {len(results)} cases are read right, none was lost")


def _table(results: list[Result]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("case", "expected", "read", "", "note")
    for result in results:
        verdict, colour = _verdict(result)
        case = result.case
        table.add_row(str(case.id), Text(case.expected), Text(result.said), Text(verdict, colour), Text(case.note))
    return table


def _verdict(result: Result) -> tuple[str, str]:
    """In a word or two, and its colour."""
    if result.passed:
        return ("right", "green") if result.had_passed else ("right now", "bold green")
    return ("lost", "bold red") if result.is_regression else ("still wrong", "yellow")


def _to_json(result: Result) -> dict[str, object]:
    return {**asdict(result.case), "said": result.said, "right": result.passed, "lost": result.is_regression}


@regress.command("list")
def list_command(as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False) -> None:
    """List the cases, which models have read them right, and which are still to be told.

    Examples:

    \b
      balatro regress list
      balatro regress list --json
    """
    from balatro.identify_card.judge.regress import read_cases, regressions_dir

    cases = read_cases(regressions_dir())
    if as_json:
        print(json.dumps([asdict(case) for case in cases], ensure_ascii=False))
        return
    for case in cases:
        passed = f"read right by {', '.join(case.passed)}" if case.passed else "never read right yet"
        state = passed if case.is_told else f"balatro regress tell {case.id}"
        print(f"{case.id:>4}  {case.expected}  ({case.file}, {case.added}, {state}){f'  {case.note}' if case.note else ''}")
    if not cases:
        print(f"{regressions_dir()}: no cases yet; keep one with `balatro regress add PICTURE --card NAME`")


@regress.command("remove")
def remove_command(
    number: Annotated[int, typer.Argument(help="The case's number, see `balatro regress list`.", metavar="CASE")],
) -> None:
    """Forget a case and its picture.

    Examples:

    \b
      balatro regress remove 3
    """
    from balatro.identify_card.judge.regress import regressions_dir, remove_case

    case = remove_case(regressions_dir(), number)
    print(f"case {case.id}: {case.expected}, removed")
