"""Training: one loop, both networks, the same screens.

    run = begin(settings)            # or: resume(folder)
    for batch in batches(run):
        take_step(run, batch)        # losses, gradients, weights, running averages
        tell(run), save(run) sometimes

All that must survive a restart is in `Run.state()`.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from balatro.models.bundle import load_start
from balatro.models.locator import Locator
from balatro.models.multi_head import MultiHeadModel, set_prototypes
from balatro.render.deck import deck_hash
from balatro.train_model.checkpoint import LAST, Average, State, load_state, save_state
from balatro.train_model.feed import Batch, FeedSettings, draw_batch, open_feed
from balatro.train_model.losses import accuracy, encoder_loss, locator_loss, recall
from balatro.train_model.settings import TrainSettings, settings_from
from balatro.train_model.tasks import MISSING, DeckRecipe, Lesson, prepare, recipe_for
from balatro.utils.errors import ModelError, SettingsError
from balatro.utils.files import write_text
from balatro.utils.progress import Bar, progress, track

TIMED = 30
"""Steps that are timed before `minutes` becomes a number of steps; all lie in the warm-up, which does not depend on it."""
UNTIMED = 6
"""Of these, steps that are left out: memory is claimed and the workers start."""
LOG_EVERY = 20
LOG = "log.jsonl"


@dataclass(eq=False)
class Run:
    """Everything a training run is made of."""

    settings: TrainSettings
    folder: Path
    recipe: DeckRecipe
    lesson: Lesson
    deck_hash: str
    """Of all that is drawn, outsiders too."""
    device: torch.device
    dtype: torch.dtype
    """In which the convolutions are computed."""
    encoder: MultiHeadModel
    locator: Locator
    optimizer: torch.optim.Optimizer
    averages: dict[str, Average]
    step: int = 0
    seconds: float = 0.0
    """Time of the command up to now, earlier parts of a resumed run included."""
    recent: deque[dict[str, float]] = field(default_factory=lambda: deque(maxlen=LOG_EVERY))

    @property
    def networks(self) -> dict[str, nn.Module]:
        """Both networks by name."""
        return {"encoder": self.encoder, "locator": self.locator}

    def state(self) -> State:
        """All that must survive a restart."""
        classes = self.lesson.task_classes
        return {
            "step": self.step,
            "seconds": self.seconds,
            "settings": self.settings.to_dict(),
            "recipe": self.recipe.__dict__.copy(),
            "deck_hash": self.deck_hash,
            **{name: network.state_dict() for name, network in self.networks.items()},
            **{f"{name}_average": average.values for name, average in self.averages.items()},
            "optimizer": self.optimizer.state_dict(),
            "head_states": {task: {"class_names": names} for task, names in classes.items()},
            "random": torch.get_rng_state(),
        }


def train(settings: TrainSettings, folder: Path) -> Run:
    """Train a new run in `folder` to its end."""
    run = begin(settings, folder)
    finish(run)
    return run


def begin(settings: TrainSettings, folder: Path) -> Run:
    """A run before its first step."""
    began = time.monotonic()
    if (folder / LAST).exists():
        raise SettingsError(f"{folder}: a run of this name is there; go on with --resume, choose another --name, or remove it")
    recipe = recipe_for(settings.deck, settings.num_invented, settings.outsiders, settings.seed)
    run = _assemble(settings, folder, recipe, settings.pretrained)
    if settings.start != "none":
        _start_from(run, settings.start)
    run.averages = {name: Average(network, settings.ema) for name, network in run.networks.items()}
    run.seconds = time.monotonic() - began
    return run


def resume(folder: Path) -> Run:
    """A run as its last checkpoint left it. folder: the run's, or a checkpoint in it."""
    state = load_state(folder)
    folder = (folder.parent if folder.is_file() else folder).resolve()
    run = _assemble(settings_from(state["settings"]), folder, DeckRecipe(**state["recipe"]))
    names = {task: entry["class_names"] for task, entry in state["head_states"].items()}
    if names != run.lesson.task_classes or state.get("deck_hash", run.deck_hash) != run.deck_hash:
        raise ModelError(
            f"{folder}: its deck has changed since; train anew, or bring back the old deck (and version of balatro)"
        )
    for name, network in run.networks.items():
        network.load_state_dict(state[name])
        run.averages[name].values = {key: value.to(run.device) for key, value in state[f"{name}_average"].items()}
    run.optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    run.step, run.seconds = state["step"], state["seconds"]
    return run


def _assemble(settings: TrainSettings, folder: Path, recipe: DeckRecipe, pretrained: bool = False) -> Run:
    device = _device(settings.device)
    if device.type == "cpu":
        torch.set_num_threads(settings.threads or max(1, (os.cpu_count() or 1) - settings.workers))
    lesson = prepare(recipe)
    torch.manual_seed(settings.seed)
    tasks = {task: len(names) for task, names in lesson.task_classes.items()}
    encoder = MultiHeadModel(settings.backbone, tasks, settings.embedding, pretrained).to(device)
    locator = Locator().to(device)
    optimizer = make_optimizer([encoder, locator], settings)
    averages = {"encoder": Average(encoder, settings.ema), "locator": Average(locator, settings.ema)}
    dtype, drawn = _dtype(settings, device), deck_hash(lesson.deck)
    return Run(settings, folder, recipe, lesson, drawn, device, dtype, encoder, locator, optimizer, averages)


def _device(name: str) -> torch.device:
    have = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if have[kind])
    if not have.get(name, False):
        raise SettingsError(f"no device {name!r} here; choose one of: auto, {', '.join(kind for kind in have if have[kind])}")
    return torch.device(name)


def _dtype(settings: TrainSettings, device: torch.device) -> torch.dtype:
    """bfloat16 is twice as fast on processors with instructions for it, and many times slower on others."""
    if settings.precision not in ("auto", "float32", "bfloat16"):
        raise SettingsError(f"precision is {settings.precision!r}; choose one of: auto, float32, bfloat16")
    has_bf16 = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)  # private: not in every torch
    quick = device.type == "cuda" or (device.type == "cpu" and has_bf16())
    return torch.bfloat16 if settings.precision == "bfloat16" or (settings.precision == "auto" and quick) else torch.float32


def make_optimizer(networks: list[nn.Module], settings: TrainSettings) -> torch.optim.Optimizer:
    """AdamW; norms and biases are not pulled to zero."""
    weights = [w for network in networks for w in network.parameters() if w.requires_grad]
    groups = [
        {"params": [w for w in weights if w.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [w for w in weights if w.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, betas=(0.9, 0.99), fused=weights[0].device.type != "mps")


# Where the weights come from.


def _start_from(run: Run, start: str) -> None:
    """Take over the weights that fit, and let each card's prototype be what the encoder sees in it."""
    found = _start_weights(start)
    if found is None or found["backbone"] != run.settings.backbone:
        if start != "package":
            raise ModelError(f"{start}: weights of {found and found['backbone']}, this run trains {run.settings.backbone}")
        return  # another backbone than the package's, or a package without weights: from scratch
    for name, network in run.networks.items():
        have = network.state_dict()
        fit = {key: value for key, value in found[name].items() if key in have and have[key].shape == value.shape}
        network.load_state_dict({**have, **fit})
    set_prototypes(run.encoder, mean_embeddings(run))


def _start_weights(start: str) -> dict[str, Any] | None:
    if start == "package":
        return load_start()
    path = Path(start)
    if path.is_file() and path.name != LAST:
        return load_start(path)
    state = load_state(path)
    settings = settings_from(state["settings"])
    return {"encoder": state["encoder_average"], "locator": state["locator_average"], "backbone": settings.backbone}


@torch.no_grad()
def mean_embeddings(run: Run) -> Tensor:
    """(classes, D): the mean embedding of what was drawn of each class, or the current prototype of what was not drawn."""
    num_batches = min(max(len(run.lesson.classes) // run.settings.crops, 16), 120)
    feed = replace(feed_settings(run), seed=run.settings.seed + 1_000_003)
    rows = run.encoder.heads["identification"].get_parameter("prototypes").detach().clone()
    total, count = torch.zeros_like(rows), torch.zeros(len(rows), 1, device=rows.device)
    run.encoder.eval()
    for index in track(range(num_batches), "Looking at the cards"):
        batch = to_device(draw_batch(feed, run.lesson, np.random.default_rng([feed.seed, index])), run.device)
        told = batch["label.identification"] != MISSING
        labels = batch["label.identification"][told]
        total.index_add_(0, labels, run.encoder(batch["cards"])["embedding"][told])
        count.index_add_(0, labels, torch.ones(len(labels), 1, device=rows.device))
    run.encoder.train()
    return torch.where(count > 0, total / count.clamp(min=1), rows)


# The loop.


def finish(run: Run) -> None:
    """Train from where the run stands to its last step; on Ctrl+C save, then stop."""
    run.folder.mkdir(parents=True, exist_ok=True)
    _cut_log(run.folder / LOG, run.step)
    began = time.monotonic() - run.seconds
    feed: Iterator[Batch] = iter(())
    try:
        with progress(f"Training {run.folder.name}", run.settings.steps or None) as bar:
            feed = open_feed(feed_settings(run), run.step, run.settings.steps or 10**9, run.settings.workers)
            marks = [time.monotonic()]
            while run.step < (run.settings.steps or math.inf):
                take_step(run, to_device(next(feed), run.device))
                marks.append(time.monotonic())
                run.seconds = marks[-1] - began
                if run.settings.steps == 0 and len(marks) > TIMED:  # steps of before a --resume are not timed
                    _fix_steps(run, marks, bar)
                _tell(run, marks, bar)
                if run.step % run.settings.save_every == 0:
                    save_state(run.folder / LAST, run.state())
    except KeyboardInterrupt:
        save_state(run.folder / LAST, run.state())
        raise
    finally:
        del feed
    save_state(run.folder / LAST, run.state())


def feed_settings(run: Run) -> FeedSettings:
    """What the run's batches are made of."""
    return FeedSettings(run.recipe, run.settings.seed, run.settings.screens, run.settings.crops)


def to_device(batch: Batch, device: torch.device) -> Batch:
    """The batch where the networks are."""
    return batch if device.type == "cpu" else {name: value.to(device, non_blocking=True) for name, value in batch.items()}


def take_step(run: Run, batch: Batch) -> None:
    """Losses, gradients, weights, running averages."""
    for group in run.optimizer.param_groups:
        group["lr"] = run.settings.learning_rate * rate(run.step, run.settings)
    with torch.autocast(run.device.type, run.dtype, enabled=run.dtype != torch.float32):
        features = run.encoder.features(batch["cards"])
        heat, corners = run.locator.maps(batch["frames"])
    outputs = run.encoder.read(features)
    losses = {**encoder_loss(outputs, batch, run.settings), **locator_loss(heat, corners, batch)}
    torch.stack(list(losses.values())).sum().backward()
    for network in run.networks.values():
        nn.utils.clip_grad_norm_(network.parameters(), run.settings.clip)
    run.optimizer.step()
    run.optimizer.zero_grad(set_to_none=True)
    for name, network in run.networks.items():
        run.averages[name].update(network, run.step)
    run.step += 1
    scores = {f"{task}_accuracy": accuracy(outputs[task], batch[f"label.{task}"]) for task in run.encoder.tasks}
    run.recent.append(
        {**{name: float(loss.detach()) for name, loss in losses.items()}, **scores, "recall": recall(heat, batch)}
    )


def rate(step: int, settings: TrainSettings) -> float:
    """The learning rate's share of its highest: a straight warm-up, then a cosine down to a hundredth at the last step."""
    warmup = min(settings.warmup, settings.steps // 5) if settings.steps else max(settings.warmup, TIMED)
    if step < warmup or settings.steps == 0:
        return min((step + 1) / warmup, 1.0)
    done = (step - warmup) / max(settings.steps - warmup, 1)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


def _fix_steps(run: Run, marks: list[float], bar: Bar) -> None:
    """Turn `minutes` into a number of steps, by the pace up to now; a tenth, two minutes at most, is left for what follows."""
    pace = (marks[-1] - marks[UNTIMED]) / (len(marks) - 1 - UNTIMED)
    after = min(0.1 * run.settings.minutes, 2.0)
    left = (run.settings.minutes - after) * 60 - run.seconds
    run.settings = replace(run.settings, steps=run.step + max(int(left / pace), 1))
    bar.set_total(run.settings.steps)


def _tell(run: Run, marks: list[float], bar: Bar) -> None:
    means = {name: _mean([entry[name] for entry in run.recent]) for name in run.recent[-1]}
    loss = sum(value for name, value in means.items() if "accuracy" not in name and name != "recall")
    told = means["identification_accuracy"], means["modifier_accuracy"], means["recall"]
    last = marks[-LOG_EVERY - 1 :]
    speed = run.settings.crops * (len(last) - 1) / max(last[-1] - last[0], 1e-9)
    names, modifiers, found = (f"{100 * value:.1f}" for value in told)
    bar.advance(note=f"loss {loss:.2f}  names {names}  modifiers {modifiers}  found {found} %  {speed:.0f} cards/s")
    if run.step % LOG_EVERY == 0 or run.step == run.settings.steps:
        line = {"step": run.step, "seconds": round(run.seconds, 1), "cards_per_second": round(speed, 1), "loss": round(loss, 4)}
        line |= {"rate": round(rate(run.step - 1, run.settings), 4), **{name: round(value, 4) for name, value in means.items()}}
        with (run.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


def _cut_log(log: Path, step: int) -> None:
    """Leave out what was logged after the checkpoint that the run goes on from: these steps come again."""
    if log.is_file():
        lines = log.read_text(encoding="utf-8").splitlines()
        write_text(log, "".join(f"{line}\n" for line in lines if _logged_step(line) <= step))


def _logged_step(line: str) -> float:
    try:
        return float(json.loads(line)["step"])
    except (ValueError, TypeError, KeyError):
        return math.inf  # half a line, where the machine went off


def _mean(values: list[float]) -> float:
    real = [value for value in values if not math.isnan(value)]
    return sum(real) / len(real) if real else math.nan


# The end.


def averaged(run: Run) -> tuple[MultiHeadModel, Locator]:
    """Copies of both networks on the CPU with the averaged weights, ready to read: what is evaluated and exported."""
    tasks = {task: len(names) for task, names in run.lesson.task_classes.items()}
    encoder = MultiHeadModel(run.settings.backbone, tasks, run.settings.embedding)
    encoder.load_state_dict(run.averages["encoder"].values)
    locator = Locator()
    locator.load_state_dict(run.averages["locator"].values)
    return encoder.eval(), locator.eval()


def sample_cards(run: Run, count: int = 16) -> np.ndarray:
    """(count, 128, 96, 3) uint8 RGB cards, to compare an exported network with."""
    feed = replace(feed_settings(run), screens=2, crops=count)
    cards: np.ndarray = draw_batch(feed, run.lesson, np.random.default_rng([feed.seed, 0]))["cards"].numpy()
    return cards
