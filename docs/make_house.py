"""Writes the tree in docs/house.md from the modules' first lines: `python docs/make_house.py`. A test tells when it is old."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE / "house.md"
PACKAGE = HERE.parent / "src" / "balatro"
BEGIN, END = "<!-- made by docs/make_house.py; do not edit -->\n", "<!-- end -->\n"
WIDTH, COLUMN = 120, 28
"""Characters a line, and where the sentences begin."""


def page() -> str:
    """The whole page: its prose as it is, its tree as the modules are now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{PAGE}: the lines {BEGIN.strip()!r} and {END.strip()!r} are missing; put them where the tree goes")
    return f"{before}{BEGIN}\n```text\n{tree(PACKAGE)}```\n\n{END}{after}"


def tree(package: Path) -> str:
    """A package's folders and modules, each with the first line of its docstring."""
    return "".join(f"{line}\n" for line in ["src/balatro/", *_inside(package, 1)])


def _inside(folder: Path, depth: int) -> Iterator[str]:
    """The modules of a folder, then the folders in it. What every room has (`__main__.py`) is not told each time."""
    for module in sorted(folder.glob("*.py")):
        if module.name not in ("__init__.py", "__main__.py"):
            yield from _row(module.name, module, depth)
    for inner in sorted(path.parent for path in folder.glob("*/__init__.py")):
        yield from _row(f"{inner.name}/", inner / "__init__.py", depth)
        yield from _inside(inner, depth + 1)


def _row(name: str, module: Path, depth: int) -> list[str]:
    start = f"{'  ' * depth}{name}"
    return textwrap.wrap(
        first_line(module),
        WIDTH,
        initial_indent=f"{start:<{COLUMN - 1}} ",
        subsequent_indent=" " * COLUMN,
        break_on_hyphens=False,
    ) or [start]


def first_line(module: Path) -> str:
    """The first line of a module's docstring; empty where it has none."""
    # By hand: parsing in a process with other threads now and then ends in a SystemError on Python 3.11.
    before, _, rest = module.read_text(encoding="utf-8").partition('"""')
    return "" if before.strip() else rest.partition('"""')[0].partition("\n")[0]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(PAGE)
