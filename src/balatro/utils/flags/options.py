"""Options of the command line from the fields of records: a field that has a knob is a flag, the sentence under it the help.

    @dataclass(frozen=True)
    class Settings:
        copies: int = turned_by(Knob("How many", low=0), 3)
        \"\"\"Copies of each picture.\"\"\"

    @with_options(options_of(Settings))                        # --copies, from 0, with 3 as its default
    def augment(input: Path, **given: Any) -> None:
        settings = Settings(**given)

A new flag is a new field.
"""

from __future__ import annotations

import inspect
import keyword
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from decimal import Decimal
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import typer

from balatro.utils.flags.completion import one_of
from balatro.utils.flags.records import Row, Told, sentences

Record = TypeVar("Record")
KNOB = "knob"
"""Key of a field's metadata."""


@dataclass(frozen=True)
class Knob:
    """What a field tells the command line about itself, beside its type, its default and the sentence under it."""

    panel: str
    """Heading in the help."""
    name: str = ""
    """The flag's, where it is not the field's."""
    type: Any = None
    """What the flag takes, where the field is made of it first; then it has no default of its own."""
    shown: str | None = None
    """The default as the help shows it; None: as it is, empty: nothing."""
    env: str = ""
    """The environment's variable that is asked where the flag is left out."""
    needs: str = ""
    """Without what it is an error to give the flag."""
    metavar: str | None = None
    low: float | None = None
    """The least that is right."""
    high: float | None = None
    one_way: bool = False
    """No --no-… for a bool."""
    rows: tuple[Row, ...] = ()
    """What can be chosen."""
    told: str = "names"
    """What the help says of them: `names`, `all` (what each is, too), or nothing."""
    parts: bool = False
    """Whether the fields of the rows are flags as well: `--scheduler cosine --scheduler-eta-min 1e-6`."""
    complete: Callable[[], list[str]] | None = None
    """What Tab offers, where it is not the rows: names in the data folder."""
    inside: Any = None
    """The field is a record of this kind, whose fields are flags."""


def turned_by(knob: Knob, default: Any = MISSING, factory: Callable[[], Any] | Any = MISSING) -> Any:
    """A dataclass field with this knob, and a default or what makes one."""
    made: Any = field(default=default) if factory is MISSING else field(default_factory=factory)
    made.metadata = types.MappingProxyType({KNOB: knob})
    return made


@dataclass(frozen=True)
class Option:
    """One flag."""

    name: str
    type: Any
    help: str
    knob: Knob
    default: Any = None
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name in Python and in a TOML file."""
        return self.name.replace("-", "_")

    @property
    def completion(self) -> Callable[[], list[str]] | None:
        """What Tab offers; None: files, as everywhere."""
        rows = [row.name for row in self.knob.rows]
        return self.knob.complete or (one_of(*rows) if rows else None)

    def parameter(self, own_default: bool) -> inspect.Parameter:
        """As typer takes it. own_default: the default is the command's; else None comes when the flag is left out."""
        names = [f"--{name}" for name in (self.name, *self.aliases)]
        if self.type is bool and not self.knob.one_way:
            names = [f"--{self.name}/--no-{self.name}"]
        told = self.knob.shown if self.knob.shown is not None else own_default or told_value(self.default)
        option = typer.Option(
            *names, help=self.help, show_default=told or False, rich_help_panel=self.knob.panel or None,
            metavar=self.knob.metavar, envvar=self.knob.env or None, autocompletion=self.completion,
            min=self.knob.low if own_default else None, max=self.knob.high if own_default else None,
        )  # fmt: skip
        default = self.default if own_default else None
        kind = self.type if default is not None else self.type | None
        name = _parameter(self.name)
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option])


def options_of(kind: type[Any]) -> Iterator[Option]:
    """The options of a record's fields, in their order; those of its parts behind what they are parts of."""
    about, hints = sentences(kind), get_type_hints(kind)
    for entry in fields(kind):
        knob: Knob | None = entry.metadata.get(KNOB)
        if knob is None:
            continue
        if knob.inside is not None:
            yield from options_of(knob.inside)
            continue
        default = None if knob.type is not None or entry.default is MISSING else entry.default
        name = knob.name or entry.name.replace("_", "-")
        option = Option(name, knob.type or _flag_type(hints[entry.name]), _help(about[entry.name], knob), knob, default)
        yield option
        if knob.parts:
            yield from _part_options(option)


def with_options(options: Iterable[Option], own_defaults: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Makes a typer command of `function(own, **given)`: with a parameter for each of the options behind its own."""
    more = [option.parameter(own_defaults) for option in options]

    def wrap(function: Callable[..., None]) -> Callable[..., None]:
        own = [p for p in inspect.signature(function, eval_str=True).parameters.values() if p.kind is not p.VAR_KEYWORD]
        function.__signature__ = inspect.Signature([*own, *more])  # type: ignore[attr-defined]
        function.__annotations__ = {p.name: p.annotation for p in [*own, *more]}
        return function

    return wrap


def take(kind: type[Record], given: dict[str, Any]) -> Record:
    """The record that its own flags make; they are taken out of what was given. Those that are left out have their default."""
    names = {entry.name: _parameter(entry.metadata[KNOB].name or entry.name) for entry in fields(kind)}  # type: ignore[arg-type]
    return kind(**{field_name: given.pop(name) for field_name, name in names.items() if name in given})


def _parameter(name: str) -> str:
    """What a flag is called in Python: `json`, `for_`."""
    name = name.replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


def told_value(value: Any) -> str:
    """A default for the help: 0.00001 and not 1e-05; nothing for None, empty and off."""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return "" if value is None or value is False else ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def listed(names: Sequence[str]) -> str:
    """`onnx, openvino or torchscript`."""
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _flag_type(hint: Any) -> Any:
    """`int | None` as int, `tuple[str, ...]` as list[str]."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(kind for kind in get_args(hint) if kind is not type(None))
    return list[str] if hint == tuple[str, ...] else hint


def _help(sentence: str, knob: Knob) -> str:
    if not knob.rows or not knob.told:
        return sentence
    names = [f"{row.name} ({row.about.rstrip('.')})" if knob.told == "all" and row.about else row.name for row in knob.rows]
    if not sentence:
        return f"{listed(names)}."
    return f"{sentence.removesuffix('.')}: {listed(names)}."


def _part_options(option: Option) -> Iterator[Option]:
    """A flag for each field of the rows; several may have the same."""
    rows = option.knob.rows
    users: dict[str, list[tuple[str, Told]]] = {}
    for row in rows:
        for told in row.fields:
            users.setdefault(told.name, []).append((row.name, told))
    for name, using in users.items():
        # What every task chooses for itself has no one default.
        shown = "" if option.type == list[str] else _by_user([(user, told_value(told.default)) for user, told in using], False)
        text = _by_user([(user, _uncapital(told.about)) for user, told in using], len(using) < len(rows))
        knob = replace(option.knob, shown=shown, rows=(), complete=None, parts=False)
        flag = f"{option.name}-{name.replace('_', '-')}"
        yield Option(flag, using[0][1].type, f"{text[:1].upper()}{text[1:]}." if len(using) == len(rows) else f"{text}.", knob)


def _by_user(values: list[tuple[str, str]], always: bool) -> str:
    """`simple, adamw: this; group: that`; the value alone when it is the same for all, unless the users are always told."""
    by_value: dict[str, list[str]] = {}
    for user, value in values:
        by_value.setdefault(value, []).append(user)
    if len(by_value) == 1 and not always:
        return values[0][1]
    return "; ".join(f"{', '.join(users)}: {value}" for value, users in by_value.items() if value)


def _uncapital(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}".removesuffix(".")
