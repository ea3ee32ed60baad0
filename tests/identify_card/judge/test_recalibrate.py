"""Fitting to a person's own pictures: temperatures, the threshold, honesty about few pictures, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from balatro.cli import main as cli
from balatro.errors import InputError
from balatro.gallery.thresholds import NO_CARD
from balatro.identify_card.judge.calibrate_command import BEFORE, PLOT
from balatro.identify_card.judge.evidence import NO_MODIFIER, Evidence, gather
from balatro.identify_card.judge.recalibrate import Fitter, Knobs, is_too_few, put_knobs, rate_bound, read_knobs, with_knobs
from balatro.identify_card.judge.reliability import reliability_svg
from balatro.identify_card.recognizer import Recognizer
from balatro.runtime.bundle import load_bundle
from balatro.runtime.model_json import read_model_json, write_model_json
from balatro.utils.labels import CardLabel, write_labels
from tests.identify_card.fake_bundle import COLOURS, card_picture, draw_table, write_fake_bundle
from tests.runtime.written_again import check_written_again

NAMES = ("red", "green", "blue")
CLASSES = len(COLOURS)


def evidence_of(recognizer: Recognizer, logits: np.ndarray, card: np.ndarray, modifier: np.ndarray | None = None) -> Evidence:
    """As if the encoder had said this."""
    rows = len(logits)
    outputs = {
        "identification": logits.astype(np.float32),
        "embedding": np.eye(3, dtype=np.float32)[np.zeros(rows, int)],
        "kind": fake_kind(rows),
        "modifier": np.zeros((rows, 5), np.float32),
    }
    modifiers = np.full(rows, NO_MODIFIER) if modifier is None else modifier
    return Evidence(outputs, recognizer.namer.liken(outputs), card, modifiers, np.arange(rows))


def fake_kind(rows: int) -> np.ndarray:
    from balatro.config.kinds import KINDS, NOTHING

    kind = np.full((rows, len(KINDS)), 30.0, np.float32)
    kind[:, NOTHING] = -30.0
    return kind


def too_sure(rows: int, of: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are `of` times as large as what is true of them, and the true cards."""
    rng = np.random.default_rng(seed)
    true = rng.normal(0, 2, (rows, CLASSES))
    true[:, [1, 4]] = -20.0  # neither the twin nor the stranger
    chances = np.exp(true) / np.exp(true).sum(axis=1, keepdims=True)
    card = np.array([rng.choice(CLASSES, p=row) for row in chances])
    return true * of, card


@pytest.mark.parametrize("of", [0.5, 1.0, 2.5])
def test_the_temperature_makes_probabilities_true(recognizer, of):
    logits, card = too_sure(3000, of)
    evidence = evidence_of(recognizer, logits, card)
    fitter = Fitter(recognizer.namer)
    knobs = fitter.fit(evidence, 0.01)
    assert knobs.temperature == pytest.approx(of, rel=0.1)
    assert fitter.measure(evidence, knobs).error < 0.02
    if of != 1.0:
        assert fitter.measure(evidence, fitter.before).error > 0.05
        assert fitter.cross_validate(evidence, 0.01).error < fitter.measure(evidence, fitter.before).error / 2
    assert recognizer.bundle.tasks["identification"].temperature == 1.0  # left as it was


@pytest.mark.parametrize("rate", [0.01, 0.1])
def test_the_threshold_keeps_the_rate_of_false_names(recognizer, rate):
    logits, card = too_sure(1000, 1.0)
    things = np.zeros((1000, CLASSES))
    things[:, 2] = np.random.default_rng(1).uniform(0, 5, 1000)
    evidence = evidence_of(recognizer, np.concatenate([logits, things]), np.concatenate([card, np.full(1000, NO_CARD)]))
    fitter = Fitter(recognizer.namer)
    assert fitter.measure(evidence, fitter.fit(evidence, rate)).false_names == pytest.approx(1000 * rate, abs=1)
    assert fitter.cross_validate(evidence, rate).false_names == pytest.approx(1000 * rate, abs=15)


def test_few_things_never_lower_the_threshold(recognizer):
    logits, card = too_sure(1000, 1.0)  # unsure: raised to what they can bear, the threshold would fall

    def with_things(count: int, named: int = 0) -> Evidence:
        things = np.zeros((count, CLASSES))
        things[:, 4] = 20.0  # surely strangers
        things[:named] = 4.0 * (np.arange(CLASSES) == 2)  # but for these
        return evidence_of(recognizer, np.concatenate([logits, things]), np.concatenate([card, np.full(count, NO_CARD)]))

    fitter = Fitter(recognizer.namer)
    assert fitter.fit(with_things(60), 0.01, most_lost=0.03).reject == fitter.before.reject == 0.5
    assert fitter.fit(with_things(60, named=3), 0.01, most_lost=0.03).reject == 0.5
    assert fitter.fit(with_things(60, named=3), 0.01).reject > 0.9
    assert fitter.fit(with_things(600), 0.01, most_lost=0.03).reject < 0.5


def test_no_more_cards_are_lost_than_may_be(recognizer):
    logits, card = too_sure(1000, 1.0)
    things = np.zeros((400, CLASSES))
    things[:, 2] = 9.0  # named surely, all of them
    evidence = evidence_of(recognizer, np.concatenate([logits, things]), np.concatenate([card, np.full(400, NO_CARD)]))
    fitter = Fitter(recognizer.namer)
    knobs = fitter.fit(evidence, 0.01, most_lost=0.05)
    strict = fitter.fit(evidence, 0.01)
    assert knobs.reject < strict.reject and fitter.measure(evidence, knobs).false_names == 400


def test_too_few_cards_leave_the_temperature(recognizer):
    logits, card = too_sure(20, 3.0)
    assert Fitter(recognizer.namer).fit(evidence_of(recognizer, logits, card), 0.01).temperature == 1.0


def test_modifiers_are_fitted_only_where_there_are_several(recognizer):
    logits, card = too_sure(300, 1.0)
    rng = np.random.default_rng(2)
    for modifiers, fitted in ((np.zeros(300, int), False), (rng.integers(0, 5, 300), True)):
        evidence = evidence_of(recognizer, logits, card, modifiers)
        evidence.outputs["modifier"][np.arange(300), rng.integers(0, 5, 300)] = 3.0  # says anything, and surely
        assert (Fitter(recognizer.namer).fit(evidence, 0.01).modifier_temperature > 1.5) == fitted


def test_bounds_are_those_of_the_binomial():
    assert rate_bound(0, 300) == pytest.approx(3 / 300, rel=0.01)
    assert rate_bound(5, 100) == pytest.approx(0.1023, abs=1e-3)  # Clopper and Pearson's tables
    assert rate_bound(4, 4) == 1.0 and rate_bound(0, 0) == 1.0
    assert is_too_few(250, 0.01) and not is_too_few(300, 0.01)


@pytest.mark.parametrize("without_head", [False, True])
def test_knobs_go_into_the_model_and_come_out_again(tmp_path, without_head):
    folder = write_fake_bundle(tmp_path / "fake", without_head)
    knobs = Knobs(0.5, 0.25, 2.0)
    path = folder / "model.json"
    write_model_json(path, put_knobs(read_model_json(path), knobs))
    bundle = load_bundle(folder)
    assert read_knobs(bundle) == knobs == read_knobs(with_knobs(bundle, knobs))


def test_the_diagram_tells_each_bin():
    svg = reliability_svg("a < b", [("before", [(0.55, 0.5, 3), (0.95, 1.0, 7)]), ("after", [])])
    assert "a &lt; b" in svg and svg.count("<circle") == 2 and "said 55.0 %, right 50.0 %, 3 cards" in svg


# The command, on pictures.


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("BALATRO_DATA", str(tmp_path / "data"))
    write_fake_bundle(tmp_path / "data" / "models" / "demo", name="demo")
    folder, labels = tmp_path / "data" / "dataset_default", {}
    folder.mkdir()
    for name in NAMES:
        for number in range(12):
            key = f"{name}{number}.png"
            picture = card_picture(name).astype(int) + np.random.default_rng(number).integers(-4, 5, (112, 84, 3))
            Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(folder / key)
            labels[key] = CardLabel(name=name.title(), modifier="Base")
    labels["odd.png"] = CardLabel(name="Nobody Knows")
    Image.fromarray(card_picture("green")).save(folder / "odd.png")
    write_labels(folder / "labels.json", labels)
    return tmp_path / "data"


def run(*words: object):
    return CliRunner().invoke(cli.app, ["calibrate", *map(str, words)])


def model_text(data: Path) -> dict[str, object]:
    return json.loads((data / "models" / "demo" / "model.json").read_text())


def test_evidence_of_a_dataset_and_of_other_pictures(data, tmp_path):
    recognizer = Recognizer.load("demo", threads=1)
    Image.fromarray(draw_table([("stranger", "Base", 300, 200), ("stranger", "Foil", 600, 200)])).save(tmp_path / "other.png")
    failures: list[str] = []
    (tmp_path / "bad.png").write_bytes(b"no picture")
    evidence = gather(
        recognizer, data / "dataset_default", None, [str(tmp_path / "other.png"), str(tmp_path / "bad.png")], failures
    )
    assert len(evidence) == 36 + 1 + 2 and int((evidence.card == NO_CARD).sum()) == 3
    assert len(failures) == 1 and "bad.png" in failures[0]
    assert len(set(evidence.group.tolist())) == 3 + 1 + 1


def test_evidence_of_labelled_screens(data, tmp_path):
    places = [("red", "Base", 400, 90), ("stranger", "Base", 600, 90)]
    Image.fromarray(draw_table(places)).save(tmp_path / "frame.png")
    truth = {"file": "frame.png", "jokers": [{"slot": 0, "key": "red", "name": "Red", "edition": "Base"}]}
    (tmp_path / "labels.jsonl").write_text(json.dumps(truth))
    evidence = gather(Recognizer.load("demo", threads=1), None, tmp_path, [], [])
    assert sorted(evidence.card.tolist()) == [NO_CARD, 0] and evidence.modifier[evidence.card == 0].tolist() == [0]


def test_calibrate_writes_the_model_and_undo_puts_it_back(data):
    write_fake_bundle(data / "models" / "demo", name="demo", mine={"of": "a person"}, locator={"note": 1, "threshold": 0.3})
    before = model_text(data)
    result = run()
    assert result.exit_code == 0, result.output
    assert "36 cards, 1 thing without a name" in result.output and "too few for 1 in 100" in result.output
    assert model_text(data)["calibration"]["cards"] == 36 and model_text(data)["tasks"] != before["tasks"]
    folder = data / "models" / "demo"
    assert (folder / PLOT).is_file() and json.loads((folder / BEFORE).read_text()) == before
    check_written_again(folder / "model.json")
    after = model_text(data)
    fitted = {key: after[key] for key in ("tasks", "calibration")}
    assert after == before | fitted and list(after) == [*before, "calibration"]  # also what is unknown
    assert run("--undo").exit_code == 0 and model_text(data) == before
    result = run("--undo")
    assert result.exit_code == 1 and "nothing to undo" in result.output


def test_undo_puts_no_damaged_model_back(data):
    assert run().exit_code == 0
    folder = data / "models" / "demo"
    calibrated = model_text(data)
    kept = json.loads((folder / BEFORE).read_text(encoding="utf-8"))
    (folder / BEFORE).write_text(json.dumps({**kept, "cards": [7]}), encoding="utf-8")
    result = run("--undo")
    assert result.exit_code == 1 and "card 1 is int, expected an object" in result.output
    assert model_text(data) == calibrated and (folder / BEFORE).is_file()


def test_undo_puts_back_what_was_before_any_calibration(data):
    before = model_text(data)
    assert run().exit_code == 0
    assert run("--most-lost", "20%").exit_code == 0
    assert run("--undo").exit_code == 0 and model_text(data) == before


def test_a_model_made_anew_is_what_undo_puts_back(data):
    assert run().exit_code == 0
    write_fake_bundle(data / "models" / "demo", name="demo", locator={"threshold": 0.35})
    before = model_text(data)
    assert run().exit_code == 0
    assert run("--undo").exit_code == 0 and model_text(data) == before


def test_a_dry_run_writes_nothing(data):
    before = sorted((data / "models" / "demo").iterdir())
    text = model_text(data)
    assert run("--dry-run").exit_code == 0
    assert sorted((data / "models" / "demo").iterdir()) == before and model_text(data) == text


@pytest.mark.parametrize("rate", ["0", "60%", "two", "-1%", ""])
def test_impossible_rates_are_told(data, rate):
    result = run("--false-names", rate)
    assert result.exit_code == 1 and "expected a rate above 0" in result.output


def test_nothing_to_calibrate_on_is_told(data, tmp_path):
    (data / "dataset_default" / "labels.json").unlink()
    result = run()
    assert result.exit_code == 1 and "no labelled pictures" in result.output
    Image.fromarray(np.full((576, 1024, 3), 60, np.uint8)).save(tmp_path / "empty.png")
    with pytest.raises(InputError, match="no card was found"):
        gather(Recognizer.load("demo", threads=1), None, None, [str(tmp_path / "empty.png")], [])
