"""Documents that are made from the code are up to date, and those that are not name things that exist."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from balatro.cli.main import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "src/balatro/weights/README.md"])


@cache
def root() -> Any:
    """The command line, made once: that takes a moment."""
    return typer.main.get_command(app)


def commands() -> dict[str, set[str]]:
    """{"art import": {"--name", ...}} of every command."""
    found: dict[str, set[str]] = {}

    def walk(command, words):
        found[" ".join(words)] = {name for parameter in command.params for name in [*parameter.opts, *parameter.secondary_opts]}
        for name, child in getattr(command, "commands", {}).items():
            walk(child, [*words, name])

    walk(root(), [])
    return found


def script(name: str):
    """One of the scripts in docs/, as a module; the others are beside it."""
    if str(ROOT / "docs") not in sys.path:
        sys.path.append(str(ROOT / "docs"))
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("document", "name", "make"), [("cli.md", "make_cli", "reference"), ("house.md", "make_house", "page")]
)
def test_documents_made_from_the_code_are_up_to_date(document, name, make):
    written = (ROOT / "docs" / document).read_text(encoding="utf-8")
    assert written == getattr(script(name), make)(), f"run `python docs/{name}.py`"


def test_the_tree_tells_every_module_by_its_first_line(tmp_path):
    package = tmp_path / "package"
    for name, text in {
        "__init__.py": '"""All."""',
        "alone.py": '"""Stands alone.\n\nMore is not told."""',
        "__main__.py": '"""The command."""',
        "room/__init__.py": '"""A room."""',
        "room/inside.py": '"""' + "Long words " * 12 + '"""',
        "notes/readme.py": '"""No package."""',
    }.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, encoding="utf-8")
    lines = script("make_house").tree(package).splitlines()
    assert [line.split()[:2] for line in lines if line[4:5].strip()] == [
        *(["src/balatro/"], ["alone.py", "Stands"], ["room/", "A"], ["inside.py", "Long"])
    ]
    assert len(lines) == 5 and max(map(len, lines)) <= 120


MODULES = sorted(path for path in (ROOT / "src" / "balatro").rglob("*.py") if path.name != "__main__.py")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_every_module_says_in_one_line_what_it_is(module):
    line = script("make_house").first_line(module)
    assert line.endswith((".", "?", ":", "!")) and len(line) > 10, "the tree in docs/house.md shows the docstring's first line"


@pytest.mark.parametrize("words", sorted(commands()))
def test_every_command_has_help_with_an_example(words):
    command = root()
    for word in words.split():
        command = command.commands[word]
    assert len(command.help or "") > 40
    if not hasattr(command, "commands"):
        assert f"balatro {words}" in command.help, "an example"
    undescribed = [p.name for p in command.params if p.param_type_name == "option" and not getattr(p, "help", None)]
    assert not undescribed


def words_too_many(words: list[str]) -> list[str]:
    """What a command line leaves over when its command has taken its options and arguments."""
    command = root()
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    words = [word for word in words if word not in ("--help", "--debug")]
    return command.make_parser(command.make_context("balatro", [], resilient_parsing=True)).parse_args(words)[1]


def test_words_too_many():
    line = "art sheet demo --modifier Foil --strangers --out a.png"
    assert words_too_many(line.split()) == []
    assert words_too_many(f"{line} more words".split()) == ["more", "words"]
    assert words_too_many(["doctor", "demo"]) == ["demo"]
    assert words_too_many(["identify", "a.png", "b.png"]) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_documents_exist_with_their_options(document):
    known = commands()
    text = document.read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"```(?:bash|console)\n(.*?)```", text, re.S) for line in block.splitlines()]
    for line in lines:
        for part in line.lstrip("$ ").split("&&"):
            words = shlex.split(part, comments=True)
            if words[:1] != ["balatro"]:
                continue
            names = [word for word in words[1:] if not word.startswith("-")]
            command = next((" ".join(names[:count]) for count in (2, 1, 0) if " ".join(names[:count]) in known), None)
            assert command is not None and (command or not names), f"{document.name}: no such command: {line}"
            options = {word.split("=")[0] for word in words[1:] if word.startswith("--")} - {"--help", "--debug", "--version"}
            assert options <= known[command], f"{document.name}: {line}: no option {options - known[command]}"
            assert not words_too_many(words[1:]), f"{document.name}: {line}: more words than the command takes"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_prose_is_wrapped(document):
    prose = re.sub(r"^ *```.*?^ *```", "", document.read_text(encoding="utf-8"), flags=re.S | re.M)
    lines = [line for line in prose.splitlines() if not line.lstrip().startswith("|")]
    # A word alone, such as an address, cannot be wrapped.
    too_long = [line for line in lines if len(line) > 120 and " " in line.lstrip(" -")]
    assert not too_long, "run `python docs/wrap_markdown.py`"


def test_wrapping():
    wrap = script("wrap_markdown").wrap
    words = "word " * 30
    code, table, heading = f"```text\n{words}\n```", f"| {words} | b |\n|---|---|", f"## {words}"
    for text in (code, table, heading, "short\nand short", "- one\n- two"):
        assert wrap(f"{text}\n") == f"{text}\n", "as it is"
    assert wrap(f"{words}\n") == f"{' '.join(['word'] * 24)}\n{' '.join(['word'] * 6)}\n"
    item = wrap(f"  12. {words}\n  13. next\n").splitlines()
    assert item[0].startswith("  12. word") and item[1].startswith("      word") and item[2] == "  13. next"
    assert wrap(f"{'x' * 100} `code that stays whole`\n") == f"{'x' * 100}\n`code that stays whole`\n"
    assert "\n- " not in wrap(f"{'x' * 118} - no item\n"), "a dash at the beginning of a line would begin a list"
    long = f"{words}\n\n- {words}\n\n{code}\n{words}\n"
    assert wrap(wrap(long)) == wrap(long) and wrap(long).split() == long.split()


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 200


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_nothing_is_left_to_be_filled_in(document):
    assert not re.search(r"@@|TODO|FIXME|XXX", document.read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_figures_name_the_script_that_prints_them():
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    named = set(re.findall(r"benchmarks/(\w+)\.py", text))
    assert named == {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
