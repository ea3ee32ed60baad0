"""`balatro doctor`: what is installed, what is found, and what to do about what is not."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Any

from balatro import __version__
from balatro.config.model_files import GALLERY_FILE, LOCATOR_FILE, MODEL_FILE, PACKAGE_ENCODER
from balatro.config.paths import art_dir, data_dir, model_dir, package_weights, runs_dir
from balatro.errors import BalatroError
from balatro.utils.extras import EXTRAS, how_to_install
from balatro.utils.wording.plurals import counted

CORE = ("numpy", "pillow", "opencv-python-headless", "onnxruntime", "typer", "rich", "jinja2", "pyyaml", "platformdirs")
_OPENCVS = ("opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless")


@dataclass(frozen=True)
class Finding:
    """One line of the report; remedy is what to do when it is not ok, and ok is None where nothing is wrong or right."""

    what: str
    found: str
    ok: bool | None = True
    remedy: str = ""


def examine() -> dict[str, list[Finding]]:
    """Everything that can be said, by section. Never raises: what fails to be found out is a finding."""
    sections: dict[str, Callable[[], Iterator[Finding]]] = {
        "Program": _program,
        "Optional parts": _extras,
        "Game and decks": _decks,
        "Models": _models,
        "Screen": _screen,
        "Accelerators": _accelerators,
    }
    return {title: _safely(look) for title, look in sections.items()}


def _safely(look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    findings: list[Finding] = []
    try:
        findings.extend(look())
    except Exception as error:  # whatever is broken on this machine is what the doctor has to report
        findings.append(Finding("broken", f"{type(error).__name__}: {error}", False, how_to_install()))
    return findings


def _program() -> Iterator[Finding]:
    yield Finding("balatro", f"{__version__} in {Path(__file__).resolve().parent.parent}", None)
    yield Finding("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}", None)
    yield Finding("processor", f"{os.cpu_count()} cores", None)
    yield Finding("data", f"{data_dir().resolve()}, runs in {runs_dir().resolve()}", None)
    for name in CORE:
        version = _version(name)
        yield Finding(name, version or "missing", version is not None, f"pip install {name}")
    opencvs = [name for name in _OPENCVS if _version(name)]
    if len(opencvs) > 1:
        remedy = f"pip uninstall -y {' '.join(opencvs)} && pip install opencv-python-headless"
        yield Finding("OpenCV", f"{len(opencvs)} distributions overwrite each other: {', '.join(opencvs)}", False, remedy)


def _extras() -> Iterator[Finding]:
    for extra, (names, purpose) in EXTRAS.items():
        versions = {name: _version(name) for name in names}
        missing = [name for name, version in versions.items() if version is None]
        if missing:
            yield Finding(extra, f"missing: {', '.join(missing)}", None, f"{how_to_install(extra)}, {purpose}")
        else:
            yield Finding(extra, ", ".join(f"{name} {version}" for name, version in versions.items()))


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _decks() -> Iterator[Finding]:
    from balatro.render.deck import load_deck
    from balatro.render.game.steam import find_game

    try:
        yield Finding("game", str(find_game()))
    except BalatroError:
        remedy = "balatro art import PATH   when it lies elsewhere; balatro demo needs no game"
        yield Finding("game", "not where Steam puts it", None, remedy)
    names = _names(data_dir() / "art", "deck.json")
    if not names:
        # What `balatro demo` leaves is a model: cards are identified without a deck.
        needed = None if _names(data_dir() / "models", MODEL_FILE) else False
        remedy = "balatro art import   or   balatro art demo" + ("" if needed is False else "   makes one, to train on")
        yield Finding("decks", f"none in {data_dir() / 'art'}", needed, remedy)
    for name in names:
        try:
            deck = load_deck(art_dir(name))
            yield Finding(
                f"deck {name}",
                f"{counted(len(deck.known), 'card')}, {counted(len(deck.strangers), 'stranger')} in {art_dir(name)}",
            )
        except BalatroError as error:
            yield Finding(f"deck {name}", str(error), False, _make_deck(name))


def _make_deck(name: str) -> str:
    """The command that makes a deck of this name, and a model of it."""
    return {"demo": "balatro art demo", "game": "balatro art import"}.get(name, f"balatro art import --name {name}")


def _models() -> Iterator[Finding]:
    shipped = [name for name in (PACKAGE_ENCODER, LOCATOR_FILE) if (package_weights() / name).is_file()]
    yield Finding("package weights", ", ".join(shipped) or "missing", len(shipped) == 2, how_to_install())
    names = _names(data_dir() / "models", MODEL_FILE)
    if not names:
        remedy = "balatro art import   or   balatro art demo   makes one"
        yield Finding("models", f"none in {data_dir() / 'models'}", False, remedy)
    for name in names:
        yield _model(name)


def _model(name: str) -> Finding:
    from balatro.runtime.bundle import load_bundle
    from balatro.runtime.sessions import network_file

    folder = model_dir(name)
    remedy = f"{_make_deck(name)}   or   balatro train --deck {name}   makes it anew"
    try:
        bundle = load_bundle(folder)
    except BalatroError as error:
        return Finding(f"model {name}", str(error), False, remedy)
    trained = "identification" in bundle.tasks
    gallery = [folder / GALLERY_FILE] if bundle.has_gallery else []
    files = [network_file(folder, "model"), network_file(folder, "locator"), *gallery]
    absent = [path.name for path in files if not path.is_file()]
    if absent:
        return Finding(f"model {name}", f"{', '.join(absent)} missing in {folder}", False, remedy)
    kind = "trained" if trained else "by neighbours, not trained yet"
    return Finding(f"model {name}", f"{kind}, {counted(len(bundle.cards), 'card')}, in {folder}")


def _names(folder: Path, file: str) -> list[str]:
    return sorted(path.parent.name for path in folder.glob(f"[!.]*/{file}"))


def _screen() -> Iterator[Finding]:
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        yield Finding("screen", "none here (no DISPLAY)", None, "pictures and folders are read all the same")
        return
    if util.find_spec("mss") is None:
        yield Finding("screen", "not looked at: mss is missing", None, how_to_install("desktop"))
        return
    from balatro.frames.screens import list_monitors

    try:
        yield Finding("screen", "; ".join(map(str, list_monitors())))
    except BalatroError as error:
        yield Finding("screen", str(error), None, "pictures, videos and cameras are read all the same")
    if sys.platform == "win32":
        yield _own_pictures()


def _own_pictures() -> Finding:
    """Whether windows are read themselves, or off the screen."""
    version = _version("windows-capture")
    if version is not None:
        return Finding("windows", f"read by windows-capture {version}, whatever lies over them")
    # It asks for an OpenCV that would overwrite ours, and needs no more of it than that has.
    remedy = "pip install --no-deps windows-capture   reads the game also under other windows"
    return Finding("windows", "read off the screen", None, remedy)


def _accelerators() -> Iterator[Finding]:
    import onnxruntime

    # Every build for the CPU lists Azure, which sends pictures to a service: no accelerator of this machine.
    providers = [name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers()]
    yield Finding("ONNX Runtime", ", ".join(name for name in providers if name != "Azure"))
    if _version("torch") is not None:
        yield Finding("torch", _in_child(_TORCH) or "cannot be imported", None)


_TORCH = """
import torch
kinds = [f"CUDA: {torch.cuda.get_device_name(0)}"] if torch.cuda.is_available() else []
kinds += ["MPS"] if torch.backends.mps.is_available() else []
print(", ".join(kinds) or f"CPU only, {torch.get_num_threads()} threads")
"""


def _in_child(code: str) -> str | None:
    """What a small program prints; a broken library then ends the child and not the doctor."""
    import subprocess

    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def doctor() -> None:
    """Say what is installed and found, and what to do about what is not. Changes nothing.

    Examples:

    \b
      balatro doctor
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    sections = examine()
    for title, findings in sections.items():
        console.print(Text(f"\n{title}", style="bold"))
        for finding in findings:
            console.print(_line(finding))
            if finding.remedy and finding.ok is not True:
                console.print(Text(f"      -> {finding.remedy}", style="cyan"))
    wrong = sum(finding.ok is False for findings in sections.values() for finding in findings)
    console.print(Text(f"\n{_verdict(wrong)}", style="bold"))


def _line(finding: Finding) -> Any:
    from rich.text import Text

    mark, style = {True: ("ok", "green"), False: ("!!", "bold red"), None: ("  ", "dim")}[finding.ok]
    return Text.assemble(f"  {mark:<3} ", (f"{finding.what:<24}", style), finding.found)


def _verdict(wrong: int) -> str:
    return "All is well." if not wrong else f"{wrong} thing{'s' if wrong > 1 else ''} to mend; the arrows say how."
