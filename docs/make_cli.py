"""Writes docs/cli.md from the commands themselves: `python docs/make_cli.py`. A test says when it is out of date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from wrap_markdown import wrap

from balatro.cli.main import app

HERE = Path(__file__).parent


def reference() -> str:
    """The whole page, Markdown."""
    root: Any = typer.main.get_command(app)
    parts = [
        "# The command line",
        "Made by `python docs/make_cli.py` from the commands; do not edit. `balatro COMMAND --help` says the same, and "
        "`balatro --install-completion` makes Tab complete commands and options.",
    ]
    for words, command in _walk(root, ("balatro",)):
        parts += _chapter(words, command)
    return wrap("\n\n".join(parts) + "\n")


def _walk(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, command
    for name, child in getattr(command, "commands", {}).items():
        yield from _walk(child, (*words, name))


def _chapter(words: tuple[str, ...], command: Any) -> list[str]:
    parts = [f"{'#' * min(len(words) + 1, 4)} {' '.join(words)}", *_prose(command.help or "")]
    rows = [_row(parameter) for parameter in command.params if not getattr(parameter, "hidden", False)]
    if rows:
        parts.append("\n".join(["| option | meaning | default |", "|---|---|---|", *rows]))
    return parts


def _prose(text: str) -> Iterator[str]:
    """Paragraphs as they are; blocks that are set off with a backspace sign, or indented, as code."""
    plain = re.sub(r"\[/?bold\]", "", text)
    for block in re.split(r"\n\s*\n", plain):
        lines = [line.rstrip() for line in block.replace("\b", "").splitlines() if line.strip()]
        if lines and all(line.startswith("  ") for line in lines):
            yield "```bash\n" + "\n".join(line[2:] for line in lines) + "\n```"
        elif lines:
            yield " ".join(line.strip() for line in lines)


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        names = f"`{parameter.name.upper()}`"
    else:
        names = ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
    default = parameter.default
    if isinstance(parameter.show_default, str):
        return f"| {names} | {getattr(parameter, 'help', '') or ''} | {parameter.show_default} |"
    told = parameter.show_default and not callable(default) and not isinstance(default, bool) and default not in (None, ())
    shown = f"`{default}`" if told else ""
    return f"| {names} | {getattr(parameter, 'help', '') or ''} | {shown} |"


if __name__ == "__main__":
    (HERE / "cli.md").write_text(reference(), encoding="utf-8", newline="\n")
    print(HERE / "cli.md")
