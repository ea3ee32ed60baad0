import json
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import classification_report as sklearn_report

from balatro.config.modifiers import MODIFIERS
from balatro.errors import InputError
from balatro.train_model.lesson.tasks import MISSING
from balatro.train_model.score.report import CLASSIFICATION, PAGE, plots, write_report
from balatro.train_model.score.report import write as write_module
from balatro.train_model.score.report.embedding_map import (
    alike_pairs,
    choose_rows,
    draw_maps,
    separation,
    without_class,
)
from balatro.train_model.score.report.mistakes import nearest_of_class, overlay, sample_sheet, worst_mistakes
from balatro.train_model.score.report.plots import (
    THEMES,
    figure_pixels,
    figure_png,
    plot_confused_pairs,
    plot_confusion,
    plot_curves,
    plot_map,
    plot_reliability,
    themed,
)
from balatro.train_model.score.scores import score_predictions
from balatro.utils.flat_map import flatten
from tests.train_model.fake_predictions import fake_history, fake_predictions

pytestmark = pytest.mark.slow

HOSTILE = '<script>alert("x")</script> $x_1$ & "Séance"'


class Page(HTMLParser):
    """Checks what a browser or a screen reader would trip over."""

    VOID = frozenset({"meta", "img", "br", "source", "link"})

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.alts, self.urls, self.tags = [], [], [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        self.alts += [values.get("alt")] if tag == "img" else []
        self.links += [values["href"]] if "href" in values else []
        self.urls += [value for name, value in attributes if name in ("src", "srcset")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def heat_of():
    def heat(cards, task, classes):
        assert cards.dtype == np.uint8 and len(cards) == len(classes)
        return np.full(cards.shape[:3], 0.5, np.float32) if task == "identification" else None

    return heat


@pytest.fixture(autouse=True, scope="module")
def coarse_charts():
    """Charts take most of the time, and nobody looks at these."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plots, "DPI", 40)
        yield


@pytest.fixture(scope="module")
def predictions():
    found = fake_predictions(60, 12)
    found.class_names["identification"][2] = HOSTILE
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory, predictions, heat_of):
    folder = tmp_path_factory.mktemp("run") / "report"
    page = write_report(folder, predictions, fake_history(), {"run": HOSTILE, "split": "test", "backbone": "cardnet"}, heat_of)
    assert page == folder / PAGE
    return folder


def test_all_files_are_there(written):
    assert {path.name for path in written.iterdir()} == {
        PAGE,
        CLASSIFICATION,
        "curves.png",
        "confusion_identification.png",
        "confusion_modifier.png",
        "embedding_map.png",
        "reliability.png",
        "mistakes.png",
    }
    for path in written.glob("*.png"):
        with Image.open(path) as picture:
            assert min(picture.size) > 100


def test_the_page_is_whole_and_needs_nothing_else(written):
    page = Page((written / PAGE).read_text())
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids), "every link leads somewhere on the page"
    assert all(page.alts), "every picture says what it is"
    assert page.urls and all(url.startswith("data:image/") for url in page.urls)
    assert page.tags.count("h1") == 1


def test_everything_is_escaped(written):
    text = (written / PAGE).read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_json_is_sklearns(written, predictions):
    report = json.loads((written / CLASSIFICATION).read_text())
    for task, names in predictions.class_names.items():
        labels = predictions.labels[task]
        rows = labels != MISSING
        present = np.unique(labels[rows])
        want = sklearn_report(
            labels[rows],
            predictions.said(task)[rows],
            labels=present,
            target_names=[names[label] for label in present],
            output_dict=True,
            zero_division=0,
        )
        found = report["tasks"][task]
        for average in ("macro avg", "weighted avg"):
            assert found[average] == pytest.approx(want[average])
        assert found["classes"].keys() == {names[label] for label in present}
        for name, row in found["classes"].items():
            assert row == pytest.approx(want[name])
        assert {"top1", "top3", "top5", "calibration_error", "loss", "confused", "temperature"} <= found.keys()
    assert 0 < report["both_right"] < 1
    assert set(report["by_modifier"]) == set(MODIFIERS)
    assert set(report["by_modifier"]["Negative"]) == {"cards", "identification", "modifier", "both"}


def test_the_same_again(written, tmp_path, predictions, heat_of):
    about = {"run": HOSTILE, "split": "test", "backbone": "cardnet"}
    write_report(tmp_path / "report", predictions, fake_history(), about, heat_of)
    for path in written.iterdir():
        assert (tmp_path / "report" / path.name).read_bytes() == path.read_bytes(), path.name


def test_without_history_labels_embedding_or_mistakes(tmp_path):
    labels = {"finish": np.full(6, MISSING)}
    blank = replace(
        fake_predictions(6, 3),
        logits={"finish": np.eye(2, dtype=np.float32)[[0, 1] * 3]},
        labels=labels,
        class_names={"finish": ["matte", "shiny"]},
        embedding=np.zeros((0, 0), np.float32),
    )
    page = Page(write_report(tmp_path / "report", blank, [], {}).read_text())
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert json.loads((tmp_path / "report" / CLASSIFICATION).read_text())["both_right"] is None
    assert not (tmp_path / "report" / "mistakes.png").exists()


def test_a_task_called_anything_stays_in_the_folder(tmp_path, monkeypatch):
    predictions = fake_predictions(12, 3)
    odd = "../../finish"
    moved = replace(
        predictions,
        logits={odd: predictions.logits["modifier"]},
        labels={odd: predictions.labels["modifier"]},
        class_names={odd: list(MODIFIERS)},
        embedding=np.zeros((0, 0), np.float32),
    )
    write_report(tmp_path / "deep" / "er" / "report", moved, [], {})
    assert {path.name for path in tmp_path.rglob("*.png")} == {"confusion_______finish.png", "reliability.png", "mistakes.png"}
    assert {path.parent.name for path in tmp_path.rglob("*.png")} == {"report"}


def test_classes_of_one_name_do_not_swallow_each_other():
    predictions = fake_predictions(60, 3, missing=0)
    same = replace(predictions, class_names={**predictions.class_names, "identification": ["Ace", "Ace", "King"]})
    report = write_module.classification_report(same, score_predictions(same), {}, {})
    assert list(report["tasks"]["identification"]["classes"]) == ["Ace", "Ace (2)", "King"]


@pytest.mark.parametrize(
    ("about", "title"),
    [
        ({"run": "frozen", "split": "test"}, "frozen, test cards"),
        ({"model": "game"}, "game"),
        ({"backbone": "vit"}, "Report"),
    ],
)
def test_the_title_says_what_it_is_about(tmp_path, about, title):
    predictions = replace(fake_predictions(4, 2), embedding=np.zeros((0, 0), np.float32))
    assert f"<h1>{title}</h1>" in write_report(tmp_path / "report", predictions, [], about).read_text()


def test_no_cards_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no cards to report on"):
        write_report(tmp_path / "report", fake_predictions(0), [], {})


def test_many_classes_are_pairs(tmp_path, monkeypatch):
    monkeypatch.setattr(write_module, "draw_maps", lambda *args: [])
    text = write_report(tmp_path / "report", fake_predictions(40, 200, right=0.5), [], {}).read_text()
    assert "most confused pairs as pictures" in text
    Page(text)


# Mistakes.


def test_worst_mistakes_are_those_it_was_surest_of(predictions):
    mistakes = worst_mistakes(predictions, limit=10)
    assert len(mistakes) == 10
    sure = [max(answer.probability for answer in mistake.answers if not answer.right) for mistake in mistakes]
    assert sure == sorted(sure, reverse=True)
    for mistake in mistakes:
        (answer,) = [answer for answer in mistake.answers if answer.task == mistake.task]
        assert answer.said != answer.true and predictions.class_names[mistake.task][mistake.said] == answer.said
        assert mistake.alike is None or predictions.labels[mistake.task][mistake.alike] == mistake.said


def test_every_mistake_is_found_and_nothing_else(predictions):
    rows = {mistake.row for mistake in worst_mistakes(predictions, limit=1000)}
    assert rows == set(np.flatnonzero(predictions.wrong("identification") | predictions.wrong("modifier")))


def test_nearest_of_class():
    predictions = fake_predictions(40, 4, missing=0)
    predictions.embedding[:] = np.random.default_rng(0).normal(size=predictions.embedding.shape)
    want = int(np.flatnonzero(predictions.labels["identification"] == 1)[-1])
    predictions.embedding[0] = 3 * predictions.embedding[want]
    row = 0 if want else 1
    assert nearest_of_class(predictions, row, "identification", 1) == want
    assert nearest_of_class(predictions, row, "identification", 77) is None


def test_sheet_frames_are_green_or_vermilion(predictions):
    wrong = predictions.wrong("identification") | predictions.wrong("modifier")
    told = np.all([predictions.labels[task] != MISSING for task in predictions.tasks], axis=0)
    right_row, wrong_row = int(np.flatnonzero(told & ~wrong)[0]), int(np.flatnonzero(wrong)[0])
    for row, colour in ((right_row, (0, 158, 115)), (wrong_row, (213, 94, 0))):
        sheet = sample_sheet(predictions, np.array([row]))
        assert tuple(sheet[10, 10]) == colour


def test_overlay_is_brighter_where_it_is_hot():
    card, heat = np.full((20, 10, 3), 90, np.uint8), np.zeros((20, 10), np.float32)
    heat[:10] = 1
    seen = overlay(card, heat)
    assert seen.shape == card.shape and seen.dtype == np.uint8
    assert seen[:10].mean() > 1.5 * seen[10:].mean()


# The embedding.


def test_groups_that_lie_apart_are_told_so():
    rng = np.random.default_rng(0)
    groups = np.arange(60) % 3
    apart = separation(10 * np.eye(8)[groups] + rng.normal(0, 0.2, (60, 8)), groups, ["a", "b", "c"])
    mingled = separation(rng.normal(0, 1, (60, 8)), groups, ["a", "b", "c"])
    assert set(apart.neighbours.values()) == {1.0} and apart.silhouette > 0.8
    assert apart.finding == "Every modifier lies apart from the others"
    assert all(abs(share - mingled.chance[name]) < 0.2 for name, share in mingled.neighbours.items())
    assert abs(mingled.silhouette) < 0.1 and "lies most apart" in mingled.finding


@pytest.mark.parametrize("groups", [[-1, -1, -1, -1], [0, -1, -1, -1], [0, 0, 0, 0], [0, 1, 2, 3]])
def test_few_groups_are_no_separation(groups):
    found = separation(np.eye(4), np.array(groups), list("abcd"))
    assert np.isnan(found.silhouette) and found.finding == ""


def test_names_hide_modifiers_until_they_are_taken_out():
    rng = np.random.default_rng(0)
    names, groups = np.repeat(np.arange(12), 6), np.tile(np.arange(3), 24)
    embedding = 3 * rng.normal(size=(12, 16))[names] + 0.6 * rng.normal(size=(3, 16))[groups] + rng.normal(0, 0.02, (72, 16))
    hidden = separation(embedding, groups, ["a", "b", "c"])
    shown = separation(without_class(embedding, names), groups, ["a", "b", "c"])
    assert min(shown.neighbours.values()) > max(hidden.neighbours.values())
    alone = without_class(embedding[:3], np.array([0, 1, MISSING]))
    assert not alone.any()


def test_maps_are_the_same_each_time_and_keep_apart_what_is():
    groups = np.arange(60) % 2
    embedding = 5 * np.eye(6)[groups] + np.random.default_rng(0).normal(0, 0.3, (60, 6))
    points = flatten(embedding, seed=3)
    np.testing.assert_array_equal(points, flatten(embedding, seed=3))
    assert points.shape == (60, 2)
    assert separation(points - points.mean(0), groups, ["a", "b"]).neighbours["a"] > 0.9


def test_few_cards_have_no_map():
    assert draw_maps(fake_predictions(5, 2), "identification") == []


def test_rows_are_bounded_and_in_order():
    rows = choose_rows(50, 20)
    assert len(rows) == 20 and (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(choose_rows(5, 20), np.arange(5))


def test_alike_pairs_are_the_closest_means():
    predictions = fake_predictions(60, 4, missing=0)
    means = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    labels = predictions.labels["identification"]
    alike = alike_pairs(replace(predictions, embedding=means[labels]), "identification", limit=2)
    assert [(pair.first, pair.second) for pair in alike] == [(0, 1), (1, 2)]
    assert labels[list(alike[0].rows)].tolist() == [0, 1]
    said = predictions.said("identification")
    assert alike[0].confused == ((labels == 0) & (said == 1)).sum() + ((labels == 1) & (said == 0)).sum()


# Charts.


def draw_all():
    rng = np.random.default_rng(0)
    history = fake_history(5)
    pairs = [{"true": 0, "said": 1, "count": 3, "share": 0.5}]
    bins = np.stack([np.arange(15.0), np.arange(15.0) * 0.5, np.arange(15.0) * 0.4])
    names = [HOSTILE, "二つ", "x"]
    return {
        "curves": plot_curves(history),
        "one epoch": plot_curves(history[:1]),
        "no metrics": plot_curves(fake_history(3, metrics=False)),
        "confusion": plot_confusion(np.eye(3, dtype=int), names, title="t"),
        "empty confusion": plot_confusion(np.zeros((30, 30), int), [str(n) for n in range(30)]),
        "pairs": plot_confused_pairs(pairs, names, title="A long finding, " * 12),
        "no pairs": plot_confused_pairs([], names),
        "reliability": plot_reliability({"a": bins, "b": bins}, {"a": 0.1, "b": 0.2}),
        "map": plot_map(rng.normal(size=(20, 2)), np.arange(20) % 4 - 1, names),
    }


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark"])
def test_charts_draw_in_both_themes_with_any_names(theme):
    with themed(theme):
        ground = tuple(int(theme.plate[place : place + 2], 16) for place in (1, 3, 5))
        for name, figure in draw_all().items():
            pixels = figure_pixels(figure)
            assert tuple(pixels[0, 0]) == ground, name
            assert len(np.unique(pixels)) > 10, name


def test_a_chart_is_drawn_the_same_each_time():
    assert figure_png(draw_all()["confusion"]) == figure_png(draw_all()["confusion"])


def test_charts_take_an_axis():
    from matplotlib.figure import Figure

    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert plot_confusion(np.eye(2, dtype=int), ["a", "b"], left) is figure
    assert plot_map(np.zeros((2, 2)), np.array([0, 1]), ["a", "b"], right) is figure


def test_a_matrix_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="3 names"):
        plot_confusion(np.eye(2, dtype=int), ["a", "b", "c"])
