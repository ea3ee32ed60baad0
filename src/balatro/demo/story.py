"""What `balatro demo` does, step by step.

OUT/index.html       the page
OUT/scores.json      before and after training
OUT/screens/*.png    screens that no training saw       OUT/marked/*.png    the same with their cards named
OUT/cards.jsonl      what `balatro identify` says of them
OUT/table.json       what `balatro identify --table` says of one of them
OUT/deck/            the deck                           OUT/model/          the model
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from balatro.config.model_files import MODEL_FILE
from balatro.config.paths import model_dir
from balatro.config.seeds import DEMO_SEED
from balatro.demo.page import ShownTable, Story, write_page
from balatro.errors import InputError
from balatro.gallery.make import make_gallery_bundle
from balatro.identify_card.card import picture_json
from balatro.identify_card.judge.contest import contest, drawn_round
from balatro.identify_card.judge.evaluate import evaluate_screens
from balatro.identify_card.judge.report import score_table
from balatro.identify_card.judge.scores import Scores
from balatro.identify_card.marks.draw import draw_cards
from balatro.identify_card.recognizer import Recognizer
from balatro.identify_card.table.show import print_table
from balatro.render.deck import Deck, save_deck
from balatro.render.table import PLAY, Screen, draw_screen
from balatro.runtime.model_json import write_model_json
from balatro.utils.extras import how_to_install
from balatro.utils.files import check_place, new_folder, write_json, write_text
from balatro.utils.images import write_png
from balatro.utils.progress import track
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.train_model.settings.settings import TrainSettings

SIZES = ((1280, 720), (1280, 720), (1920, 1080))
NUM_SCREENS = 30
"""Screens that are scored."""
NUM_SHOWN = 7
"""Screens on the page."""
USUAL_HAND = 8
STEPS = 6
SCORES = "scores.json"


@dataclass
class _Teller:
    """Says what is being done, so that nothing takes silent minutes."""

    step: int = 0
    began: float = 0.0

    def say(self, text: str) -> None:
        from rich.console import Console
        from rich.text import Text

        self.step += 1
        self.began = self.began or time.monotonic()
        # No markup: a deck or a folder may be called `[/x]`.
        Console(stderr=True).print(Text.assemble((f"{self.step}/{STEPS}", "bold"), f"  {text}"))

    @property
    def minutes(self) -> float:
        return (time.monotonic() - self.began) / 60


def play_demo(out: Path, steps: int = 300, seed: int = 0, num_screens: int = NUM_SCREENS) -> Path:
    """Do it all and give the page's path. The folder appears whole at the end; an older demo there is replaced."""
    _check_place(out)
    tell = _Teller()
    with new_folder(out, SCORES) as folder:
        tell.say("Drawing a deck of our own")
        deck = _draw_deck(seed)
        save_deck(deck, folder / "deck")
        tell.say(f"Making a model of its {len(deck.known)} cards by looking at each, without training")
        untrained = Recognizer.load(make_gallery_bundle(deck, folder / "untrained"))
        tell.say(f"Playing {num_screens} screens and reading their cards")
        screens = list(_play(deck, seed, num_screens))
        before = _score(untrained, deck, screens, "Reading, untrained")
        tell.say(f"Training on drawn screens for {counted(steps, 'step')}" if _has_torch() else NO_TRAINING)
        trained = _better(untrained, _train(folder, seed, steps), deck) if _has_torch() else None
        tell.say("Reading the same screens again: training never saw them")
        recognizer = trained or untrained
        after = _score(trained, deck, screens, "Reading, trained") if trained else before
        tell.say("Marking the cards and writing the page")
        shown = _worth_showing(screens)
        marked = _mark(recognizer, shown, folder)
        table = _read_table(recognizer, shown, marked, folder)
        _keep_model(folder, trained is not None, deck if seed == 0 else None)
        summaries = {"untrained": before.summary()} | ({"trained": after.summary()} if trained else {})
        write_json(folder / SCORES, {"seed": seed, "steps": steps, **summaries})
        story = Story(deck, before, after if trained else None, marked, table, steps, tell.minutes, seed)
        write_page(folder / "index.html", story)
    _tell_end(out, after, table)
    return out / "index.html"


NO_TRAINING = f"Training is left out: torch or onnx is missing; {how_to_install('train')}"


def _check_place(out: Path) -> None:
    """Only an older demo, or nothing, may be replaced."""
    # `balatro evaluate` writes a scores.json too, but no deck beside it.
    if out.is_dir() and any(out.iterdir()) and not ((out / SCORES).is_file() and (out / "deck").is_dir()):
        raise InputError(f"{out}: not empty, and no older demo; name another folder with --out")
    check_place(out, SCORES)


def _draw_deck(seed: int) -> Deck:
    from balatro.render.demo_deck import draw_demo_deck

    return replace(draw_demo_deck(seed), name="demo")


def _play(deck: Deck, seed: int, num_screens: int) -> Iterator[Screen]:
    settings = replace(PLAY, sizes=SIZES)
    for number in track(range(num_screens), "Playing"):
        yield draw_screen(deck, np.random.default_rng([DEMO_SEED, seed, number]), settings)


def _score(recognizer: Recognizer, deck: Deck, screens: Sequence[Screen], label: str) -> Scores:
    """Scores on the screens, with a bar."""
    names = {card.id: card.name for card in deck.cards}
    return evaluate_screens(recognizer, track(screens, label), names)


def _has_torch() -> bool:
    return all(find_spec(name) is not None for name in ("torch", "onnx"))


def training_settings(deck_folder: Path, seed: int, steps: int) -> TrainSettings:
    """A short run from the package's weights: fewer strangers to draw first, and an average over the last steps only.

    With some hundred steps, the hour's settings (an average over 500 steps, half the rate) read 10 points fewer cards.
    """
    from balatro.train_model.settings.settings import TrainSettings
    from balatro.train_model.settings.strategies.schedulers import Warmup

    workers = 1 if (os.cpu_count() or 1) > 1 else 0
    return TrainSettings(
        deck=str(deck_folder),
        seed=seed,
        minutes=0.0,
        steps=steps,
        outsiders=120,
        ema=0.98,
        scheduler=Warmup(30),
        workers=workers,
    )


def _train(folder: Path, seed: int, steps: int) -> Recognizer:
    """Train from the package's weights and write the bundle."""
    from balatro.train_model.command import run_training
    from balatro.train_model.run.finish import finish_bundle

    run = run_training(training_settings(folder / "deck", seed, steps), folder / "training" / "demo")
    with contextlib.redirect_stdout(io.StringIO()):  # it tells the folder's name while that is being built
        about = finish_bundle(run, folder / "model")
    training = about.training or {}
    told = {**training, "settings": {**training["settings"], "deck": "demo"}}
    write_model_json(folder / "model" / MODEL_FILE, replace(about, name="demo", training=told))
    return Recognizer.load(folder / "model")


def _better(untrained: Recognizer, trained: Recognizer, deck: Deck) -> Recognizer | None:
    """The trained one, unless it makes more mistakes on screens that are neither trained on nor shown; then that is said."""
    on = drawn_round(untrained, trained, deck)
    if on is None or on.new.mistakes <= on.old.mistakes:
        return trained
    print(f"so few steps made it worse ({on}); the untrained model is kept", file=sys.stderr)
    return None


def _worth_showing(screens: Sequence[Screen]) -> list[Screen]:
    """Screens with neither few nor too many cards first: the page begins with one of them."""
    return sorted(screens, key=lambda screen: abs(sum(card.known for card in screen.cards) - 9))[:NUM_SHOWN]


def _mark(recognizer: Recognizer, screens: Sequence[Screen], folder: Path) -> list[np.ndarray]:
    """Write the screens, what is said of them, and the marked copies; give these."""
    marked, lines = [], []
    for number, screen in enumerate(track(screens, "Marking"), start=1):
        name = f"screen_{number}.png"
        cards = recognizer.identify(screen.image)
        height, width = screen.image.shape[:2]
        lines.append(json.dumps(picture_json(f"screens/{name}", width, height, cards), ensure_ascii=False) + "\n")
        marked.append(draw_cards(screen.image, cards))
        write_png(folder / "screens" / name, screen.image, packed=True)
        write_png(folder / "marked" / name, marked[-1], packed=True)
    write_text(folder / "cards.jsonl", "".join(lines))
    return marked


def _read_table(recognizer: Recognizer, screens: Sequence[Screen], marked: Sequence[np.ndarray], folder: Path) -> ShownTable:
    """Read the state of a screen with a hand as long as most, and write it."""
    hands = [sum(card.area == "hand" for card in screen.cards) for screen in screens]
    place = min(range(len(screens)), key=lambda place: abs(hands[place] - USUAL_HAND))
    told = recognizer.read_table(screens[place].image).to_json()
    write_json(folder / "table.json", told)
    return ShownTable(marked[place], f"screen_{place + 1}.png", told)


def _keep_model(folder: Path, trained: bool, deck: Deck | None) -> None:
    """One model stays, and becomes `demo` in the data folder unless the one of this name there is better.

    deck: the model's, where it is that of every demo; None for another seed's, which replaces nothing.
    """
    shutil.rmtree(folder / "training", ignore_errors=True)
    if trained:
        shutil.rmtree(folder / "untrained", ignore_errors=True)
    else:
        shutil.rmtree(folder / "model", ignore_errors=True)
        (folder / "untrained").rename(folder / "model")
    if deck is not None or not model_dir("demo").exists():
        with contest(model_dir("demo"), deck=deck) as place, new_folder(place, MODEL_FILE) as building:
            shutil.copytree(folder / "model", building, dirs_exist_ok=True)


def _tell_end(out: Path, scores: Scores, table: ShownTable) -> None:
    from rich.console import Console

    console = Console(markup=False)
    console.print(score_table(scores))
    console.print(f"\n{out / 'screens' / table.file}, its state:", highlight=False)
    print_table(table.told, console)
    console.print(f"\n{out / 'index.html'}: the page, open it in a browser", highlight=False)
    console.print(f"{out / 'marked'}: the marked screens", highlight=False)
    again = f"balatro identify {out / 'screens'} --model {out / 'model'}"
    console.print(f"Try it on pictures: {again}", highlight=False, soft_wrap=True)
