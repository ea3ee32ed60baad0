"""The report of a run, a folder: one page over it all, its charts as PNG, and the numbers as JSON.

page = write_report(run_folder / "report", predictions, read_history(run_folder), {"run": "real", "split": "test"})
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from balatro.errors import InputError
from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.score.history import EpochRecord
from balatro.train_model.score.metrics import JOINT, JOINT_METRICS, METRICS
from balatro.train_model.score.predictions import GROUP_TASK, Predictions
from balatro.train_model.score.report.embedding_map import (
    AlikePair,
    EmbeddingMap,
    alike_pairs,
    draw_maps,
)
from balatro.train_model.score.report.mistakes import Mistake, nearest_of_class, overlay, sample_sheet, worst_mistakes
from balatro.train_model.score.report.page import Chart, draw_chart, percent, picture_url, render_page
from balatro.train_model.score.report.plots import (
    BARS,
    MAX_MATRIX,
    plot_confused_pairs,
    plot_confusion,
    plot_curves,
    plot_maps,
    plot_reliability,
)
from balatro.train_model.score.scores import score_predictions
from balatro.utils.files import write_bytes, write_json, write_text
from balatro.utils.images import write_png
from balatro.utils.progress import progress

PAGE = "index.html"
CLASSIFICATION = "classification_report.json"
TITLE = ("run", "model", "split")
"""Facts about a report that stand in its title."""
MAX_PAIR_PICTURES = 24
MAX_CLASS_ROWS = 400
"""Classes listed on the page, the weakest first; all are in the JSON."""

GradCam = Callable[[np.ndarray, str, np.ndarray], "np.ndarray | None"]
"""(cards (n, h, w, 3) uint8 RGB, task, class indices (n,)) -> heat (n, h, w) 0..1, or None where the network has no maps:
`functools.partial(grad_cam, encoder)`."""

Computed = Mapping[str, Mapping[str, Any]]


def write_report(
    folder: Path,
    predictions: Predictions,
    history: Sequence[EpochRecord],
    about: Mapping[str, object],
    grad_cam: GradCam | None = None,
    temperatures: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Path:
    """Write the report into a folder and give the path of its page; what an earlier report left there is replaced.

    about: facts for the head of the page, name to value; those of TITLE are its title. temperatures: {task: by
    what its logits are divided before they are taken for probabilities}. InputError when there are no cards.
    """
    if not len(predictions):
        raise InputError(f"no cards to report on in {folder.parent.name}; the split is empty, choose another with --split")
    temperatures = dict(temperatures or {})
    with progress(f"Report on {len(predictions)} cards", total=5) as bar:
        computed = score_predictions(predictions, temperatures)
        write_json(folder / CLASSIFICATION, classification_report(predictions, computed, about, temperatures))
        bar.advance(note="charts")
        charts = _charts(predictions, history, computed)
        bar.advance(note="embedding map")
        maps = draw_maps(predictions, predictions.main_task, seed)
        if maps:
            charts["embedding_map"] = _map_chart(maps, predictions.groups()[0])
        bar.advance(note="mistakes")
        mistakes = worst_mistakes(predictions, temperatures=temperatures)
        _write_sheet(folder / "mistakes.png", predictions, [mistake.row for mistake in mistakes])
        shown = show_mistakes(predictions, mistakes, grad_cam)
        bar.advance(note="page")
        _write_charts(folder, charts)
        page = _page(predictions, about, computed, charts, maps, shown, bool(history))
        write_text(folder / PAGE, page)
        bar.advance()
    return folder / PAGE


# Numbers.


def classification_report(
    predictions: Predictions, computed: Computed, about: Mapping[str, object], temperatures: Mapping[str, float]
) -> dict[str, Any]:
    """What classification_report.json holds: per task scikit-learn's `classification_report(output_dict=True)` and more."""
    tasks = {task: task_report(values, predictions.class_names[task]) for task, values in computed.items() if task != JOINT}
    for task in tasks:
        tasks[task]["temperature"] = temperatures.get(task, 1.0)
    joint = computed[JOINT]
    return _without_nan(
        {
            "about": {name: str(value) for name, value in about.items()},
            "cards": len(predictions),
            "tasks": tasks,
            "both_right": joint["both_right"],
            "by_modifier": modifier_rows(joint),
        }
    )


def task_report(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """One task's numbers in scikit-learn's words; classes without support are left out."""
    names = unique_names(names)
    classes = {names[i]: _sklearn_row(row) for i, row in enumerate(values["per_class"]) if row["support"]}
    return {
        "accuracy": values["top1"],
        "macro avg": {
            "precision": values["macro_precision"],
            "recall": values["macro_recall"],
            "f1-score": values["macro_f1"],
            "support": values["rows"],
        },
        "weighted avg": {
            **{key: _weighted(values["per_class"], field) for key, field in _SKLEARN.items()},
            "support": values["rows"],
        },
        "classes": classes,
        **{metric.name: values[metric.name] for metric in METRICS if metric.scalar},
        "confused": [
            {"true": names[pair["true"]], "read as": names[pair["said"]], "count": pair["count"], "share": pair["share"]}
            for pair in values["confused"]
        ],
    }


def unique_names(names: Sequence[str]) -> list[str]:
    """The names, later ones of the same name numbered: `Ace`, `Ace (2)`. Strangers may share one."""
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


_SKLEARN = {"precision": "precision", "recall": "recall", "f1-score": "f1"}


def _sklearn_row(row: Mapping[str, float]) -> dict[str, float]:
    return {**{key: row[field] for key, field in _SKLEARN.items()}, "support": row["support"]}


def _weighted(rows: Sequence[Mapping[str, float]], field: str) -> float:
    return sum(row[field] * row["support"] for row in rows) / max(sum(row["support"] for row in rows), 1)


def modifier_rows(joint: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """{modifier: {"cards", each task: share right, "both": share with all right}}, without what was not measured."""
    both = joint["both_by_modifier"]
    return {name: row | ({"both": both[name]} if name in both else {}) for name, row in joint["by_modifier"].items()}


def _without_nan(value: Any) -> Any:
    """JSON has no nan: what was not measured is null."""
    if isinstance(value, Mapping):
        return {key: _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_without_nan(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


# Charts.


def _charts(predictions: Predictions, history: Sequence[EpochRecord], computed: Computed) -> dict[str, Chart]:
    charts = {}
    if history:
        charts["curves"] = draw_chart(lambda: plot_curves(history), _curves_alt(history))
    for task in predictions.tasks:
        if task in computed:
            charts[f"confusion_{task}"] = _confusion_chart(task, computed[task], predictions.class_names[task])
    tasks = [task for task in predictions.tasks if task in computed]
    if tasks:
        counts = {task: computed[task]["calibration"] for task in tasks}
        errors = {task: computed[task]["calibration_error"] for task in tasks}
        told = ", ".join(f"{task} {percent(error)}" for task, error in errors.items())
        charts["reliability"] = draw_chart(
            lambda: plot_reliability(counts, errors),
            f"Share right over confidence, by task. Off by: {told}.",
        )
    return charts


def _map_chart(maps: Sequence[EmbeddingMap], names: list[str]) -> Chart:
    told = ". ".join(f"{one.title}: {one.apart.finding}" for one in maps if one.apart.finding)
    return draw_chart(lambda: plot_maps(maps, names), f"{len(maps[0].points)} cards as points. {told}.")


def _curves_alt(history: Sequence[EpochRecord]) -> str:
    last = history[-1]
    tasks = ", ".join(f"{task} {percent(values['top1'])}" for task, values in last.metrics.items() if "top1" in values)
    told = f"In the last, right of the validation cards: {tasks or 'not measured'}."
    return f"Losses, right shares and learning rates over {len(history)} epochs. {told}"


def _confusion_chart(task: str, values: Mapping[str, Any], names: list[str]) -> Chart:
    title = confusion_finding(values, names)
    if len(names) <= MAX_MATRIX:
        matrix = values["confusion"]
        return draw_chart(lambda: plot_confusion(matrix, names, title=title), f"Confusion matrix of {task}. {title}.")
    pairs = values["confused"]
    return draw_chart(
        lambda: plot_confused_pairs(pairs, names, title=title),
        f"The {min(len(pairs), BARS)} most confused pairs of {task}. {title}.",
    )


def confusion_finding(values: Mapping[str, Any], names: Sequence[str]) -> str:
    """What a confusion matrix says, in a line."""
    if not values["confused"]:
        return f"All {values['rows']} cards right"
    pair = values["confused"][0]
    cards = "card" if pair["count"] == 1 else "cards"
    return f"Most often {names[pair['true']]} is read as {names[pair['said']]} ({pair['count']} {cards})"


def _write_charts(folder: Path, charts: Mapping[str, Chart]) -> None:
    for name, chart in charts.items():
        write_bytes(folder / f"{_file_name(name)}.png", chart.light)


def _file_name(name: str) -> str:
    """A task may be any label field of any game."""
    return "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in name)


# Pictures.


def _write_sheet(path: Path, predictions: Predictions, rows: Sequence[int]) -> None:
    if not rows:
        path.unlink(missing_ok=True)
        return
    write_png(path, sample_sheet(predictions, np.asarray(rows)), packed=True)


def show_mistakes(predictions: Predictions, mistakes: Sequence[Mistake], grad_cam: GradCam | None) -> list[dict[str, Any]]:
    """What the page shows of each: the card, its heat, the nearest card of what was said, and the answers."""
    heats = _heats(predictions, mistakes, grad_cam)
    shown = []
    for mistake in mistakes:
        card = np.asarray(predictions.cards[mistake.row])
        heat = heats.get(mistake.row)
        alike = mistake.alike
        shown.append(
            {
                "key": predictions.keys[mistake.row],
                "task": mistake.task,
                "said": predictions.class_names[mistake.task][mistake.said],
                "answers": mistake.answers,
                "picture": picture_url(card),
                "heat": picture_url(overlay(card, heat)) if heat is not None else "",
                "alike": picture_url(predictions.cards[alike]) if alike is not None else "",
                "alike_key": predictions.keys[alike] if alike is not None else "",
            }
        )
    return shown


def _heats(predictions: Predictions, mistakes: Sequence[Mistake], grad_cam: GradCam | None) -> dict[int, np.ndarray]:
    """{row: heat of what was said}, one call a task."""
    heats: dict[int, np.ndarray] = {}
    for task in predictions.tasks if grad_cam is not None else ():
        asked = [mistake for mistake in mistakes if mistake.task == task]
        if asked:
            assert grad_cam is not None
            rows = [mistake.row for mistake in asked]
            found = grad_cam(np.stack([predictions.cards[row] for row in rows]), task, np.array([m.said for m in asked]))
            heats |= dict(zip(rows, found, strict=True)) if found is not None else {}
    return heats


def _pair_pictures(predictions: Predictions, task: str, pairs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The most confused pairs with a card of each."""
    names, labels, said = predictions.class_names[task], predictions.labels[task], predictions.said(task)
    shown = []
    for pair in pairs[:MAX_PAIR_PICTURES]:
        row = int(np.flatnonzero((labels == pair["true"]) & (said == pair["said"]))[0])
        other = nearest_of_class(predictions, row, task, pair["said"])
        shown.append(
            {
                "true": names[pair["true"]],
                "said": names[pair["said"]],
                "count": pair["count"],
                "share": pair["share"],
                "picture": picture_url(predictions.cards[row]),
                "other": picture_url(predictions.cards[other]) if other is not None else "",
            }
        )
    return shown


def _alike(predictions: Predictions, task: str, pairs: Sequence[AlikePair]) -> list[dict[str, Any]]:
    names = predictions.class_names[task]
    return [
        {
            "names": (names[pair.first], names[pair.second]),
            "pictures": [picture_url(predictions.cards[row]) for row in pair.rows],
            "cosine": pair.cosine,
            "confused": pair.confused,
        }
        for pair in pairs
    ]


# The page.


def _page(
    predictions: Predictions,
    about: Mapping[str, object],
    computed: Computed,
    charts: Mapping[str, Chart],
    maps: Sequence[EmbeddingMap],
    mistakes: list[dict[str, Any]],
    trained: bool,
) -> str:
    main = predictions.main_task
    tasks = [task for task in predictions.tasks if task in computed]
    return render_page(
        "report.html",
        title=_title(about),
        about={name: value for name, value in about.items() if name not in TITLE},
        num_cards=len(predictions),
        num_wrong=_num_wrong(predictions),
        tasks=tasks,
        computed=computed,
        joint=computed[JOINT],
        metrics=[metric for metric in METRICS if metric.scalar],
        joint_about={metric.name: metric.about for metric in JOINT_METRICS},
        by_modifier=modifier_rows(computed[JOINT]),
        grouped_tasks=[task for task in tasks if any(task in row for row in computed[JOINT]["by_modifier"].values())],
        charts=charts,
        trained=trained,
        maps=maps,
        classes={task: _class_rows(computed[task]["per_class"], predictions.class_names[task]) for task in tasks},
        unseen={task: _unseen(predictions, task) for task in tasks},
        pairs={
            task: _pair_pictures(predictions, task, computed[task]["confused"])
            for task in tasks
            if len(predictions.class_names[task]) > MAX_MATRIX
        },
        mistakes=mistakes,
        alike=_alike(predictions, main, alike_pairs(predictions, main)) if main in computed else [],
        main=main,
        group=GROUP_TASK,
    )


def _num_wrong(predictions: Predictions) -> int:
    """Cards of which any task was read wrong."""
    wrong = np.zeros(len(predictions), bool)
    for task in predictions.tasks:
        wrong |= predictions.wrong(task)
    return int(wrong.sum())


def _title(about: Mapping[str, object]) -> str:
    """`frozen, test cards`."""
    told = [str(about[name]) for name in TITLE if name in about]
    return ", ".join(told) + " cards" if "split" in about else ", ".join(told) or "Report"


def _class_rows(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> list[dict[str, Any]]:
    """The classes with support, the weakest first."""
    told = [{"name": name, **row} for name, row in zip(names, rows, strict=True) if row["support"]]
    return sorted(told, key=lambda row: (row["f1"], row["name"]))[:MAX_CLASS_ROWS]


def _unseen(predictions: Predictions, task: str) -> int:
    """Classes without a labelled card."""
    labels = predictions.labels[task]
    return len(predictions.class_names[task]) - len(np.unique(labels[labels != MISSING]))
