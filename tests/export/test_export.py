"""Every form of a model reads as its original does, and one that does not is not kept."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from balatro.config.model_files import ADDED_PICTURES
from balatro.config.shapes import CARD_SIZE
from balatro.errors import InputError, MissingPartError, ModelError, SettingsError
from balatro.export import check, make
from balatro.export.check import Check, Difference
from balatro.export.formats import FORMATS, PRECISIONS, Format, choose_format
from balatro.export.inputs import FEWEST_PICTURES, Inputs, Trial, Trials, find_inputs
from balatro.export.make import ExportPlan, export_model, objection
from balatro.export.quantize import last_layers
from balatro.identify_card.added.added import load_added
from balatro.identify_card.recognizer import Recognizer
from balatro.runtime.bundle import Bundle, load_bundle
from balatro.runtime.sessions import network_file, networks_bytes, weights_file
from tests.export.tiny_model import card, cards_alone, tables, write_tiny_model
from tests.identify_card.fake_bundle import card_picture, fake_text, write_fake_bundle
from tests.runtime.written_again import check_written_again

pytestmark = pytest.mark.slow

torch.set_num_threads(1)

WRITTEN = [(name, precision) for name, form in FORMATS.items() for precision in form.precisions]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """Not to be written to."""
    return load_bundle(write_tiny_model(tmp_path_factory.mktemp("models") / "tiny"))


def plan(name: str = "onnx", precision: str = "int8", force: bool = False) -> ExportPlan:
    return ExportPlan(name, choose_format(name, precision), precision, force)


def need(name: str) -> None:
    if name == "openvino":
        pytest.importorskip("openvino")


@pytest.mark.parametrize(("name", "precision"), WRITTEN)
def test_every_form_answers_as_the_original(name: str, precision: str, tiny: Bundle, tmp_path: Path) -> None:
    need(name)
    out = tmp_path / "out"
    exported = export_model(tiny, plan(name, precision, force=precision == "int8"), cards_alone(), out, threads=1)
    assert [check.told for check in exported.checks] == ["9 cards"] and exported.checks[0].cards == 9
    assert {difference.output for difference in exported.differences} >= {"corners", "identification", "modifier", "embedding"}
    cards = np.stack([card(seed) for seed in range(200, 208)])
    one = Recognizer(tiny, 1).encode(cards)
    other = Recognizer(load_bundle(out), 1, FORMATS[name].open_session).encode(cards)
    alike = (one["embedding"] * other["embedding"]).sum(axis=1)
    if precision == "fp32":
        assert exported.checks[0].same == 100 and not exported.refused
        assert max(difference.largest for difference in exported.differences) < 1e-3
        assert np.abs(one["identification"] - other["identification"]).max() < 1e-3
    else:
        assert 0.97 < alike.min() and alike.max() < 1 - 1e-7  # near, and not the same network
        weights = weights_file(network_file(out, "model")), tiny.folder / "model.onnx"
        assert weights[0].stat().st_size < 0.6 * weights[1].stat().st_size
    about = check_written_again(out / "model.json")
    assert about.name == "out" and about.export is not None
    assert (about.export["of"], about.export["precision"]) == ("tiny", precision)
    assert FORMATS[name].place == "exports" or isinstance(Recognizer.load(out, 1).identify(card(1)), list)


def test_int8_is_int8_up_to_the_last_layers(tiny: Bundle, tmp_path: Path) -> None:
    export_model(tiny, plan(force=True), cards_alone(), tmp_path / "out", threads=1)
    assert networks_bytes(tmp_path / "out") < 0.6 * networks_bytes(tiny.folder)
    for name in ("model", "locator"):
        graph = onnx.load(str(tmp_path / "out" / f"{name}.onnx")).graph
        whole = [node for node in graph.node if node.op_type in ("Conv", "MatMul", "Gemm")]
        dequantized = {output for node in graph.node if node.op_type == "DequantizeLinear" for output in node.output}
        in_float = {node.name for node in whole if not set(node.input[:2]) <= dequantized}
        last = set(last_layers(graph))
        assert last and last <= in_float and len(whole) > 2 * len(in_float)
    with pytest.raises(ModelError, match="exported itself.*name the original, 'tiny'"):
        export_model(load_bundle(tmp_path / "out"), plan(), cards_alone(), tmp_path / "again", threads=1)


def swapped(original: Bundle, folder: Path) -> Format:
    """A form in which the encoder takes red for green."""
    names = fake_text()["tasks"]["identification"]["classes"]
    write_fake_bundle(folder)
    model = onnx.load(str(folder / "model.onnx"))
    (weights,) = [value for value in model.graph.initializer if value.name == "prototypes"]
    columns = onnx.numpy_helper.to_array(weights)[:, [names.index(name) for name in ("green", "small_red", "red", *names[3:])]]
    weights.CopyFrom(onnx.numpy_helper.from_array(np.ascontiguousarray(columns), "prototypes"))
    onnx.save(model, str(folder / "model.onnx"))

    def write(files: object, original: Bundle, out: Path) -> None:
        for name in ("model", "locator"):
            (out / f"{name}.onnx").write_bytes((folder / f"{name}.onnx").read_bytes())

    return Format("worse", write)


def test_what_reads_worse_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    original = load_bundle(write_fake_bundle(tmp_path / "models" / "fake", mine=[{"of": "a person"}]))
    worse = ExportPlan("worse", swapped(original, tmp_path / "swapped"), "fp32")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(ModelError, match=r"costs 75\.00 points of both right on 3 tables, 0\.3 are allowed; --force"):
        export_model(original, worse, tables(), out / "worse", threads=1)
    assert list(out.iterdir()) == []
    exported = export_model(original, replace(worse, force=True), tables(), out / "worse", threads=1)
    (found,) = exported.checks
    assert (found.original["both"], found.exported["both"], found.exported["found"], found.same) == (100, 25, 100, 25)
    assert "75.00 points" in exported.refused
    before, after = [json.loads((folder / "model.json").read_text()) for folder in (original.folder, out / "worse")]
    assert after == before | {"name": "worse", "export": after["export"]} and list(after) == [*before, "export"]


def told(original: float, exported: float) -> Check:
    return Check("some", 100, 90.0, {"both": original, "cards": 100}, {"both": exported, "cards": 100})


UNTOLD, SAME = Check("pictures", 100, 99.6, None, None), Check("pictures", 100, 100.0, None, None)


@pytest.mark.parametrize(
    ("precision", "checks", "differs", "wrong"),
    [
        ("int8", [told(98, 97.7)], 3.0, ""),
        ("int8", [told(98, 97.69)], 0.0, "0.31 points of both right"),
        ("int8", [told(90, 95)], 0.0, ""),
        ("int8", [UNTOLD], 0.0, "0.40 points of the cards read the same"),
        ("int8", [SAME], 0.0, ""),
        ("int8", [UNTOLD, told(98, 98)], 0.0, ""),
        ("fp32", [told(98, 98)], 0.0199, ""),
        ("fp32", [told(98, 98)], 0.021, "logits differs by 0.021"),
        ("fp32", [told(98, 98)], float("nan"), "logits differs by nan"),
    ],
)
def test_when_an_export_is_refused(precision: str, checks: list[Check], differs: float, wrong: str) -> None:
    said = objection(precision, checks, [Difference("logits", differs, 0.0)])
    assert said == "" if not wrong else wrong in said


EMPTY = Check("dark pictures", 0, 0.0, None, None)
NO_TRUTH = Check("empty screens", 3, 100.0, {"both": 0.0, "cards": 0}, {"both": 0.0, "cards": 0})


@pytest.mark.parametrize(
    ("checks", "untried", "wrong"),
    [
        ([EMPTY], [], "no card on dark pictures"),
        ([NO_TRUTH], [], "no card on empty screens"),
        ([told(0, 0), replace(told(0, 0), cards=0)], [], "no card on some"),
        ([EMPTY, told(98, 98)], [], ""),
        ([SAME], ["model"], "model had nothing to read on pictures"),
    ],
)
def test_what_was_not_compared_is_refused(checks: list[Check], untried: list[str], wrong: str) -> None:
    said = objection("int8", checks, [], untried)
    assert said == "" if not wrong else wrong in said


def test_an_export_that_read_no_card_is_not_kept(tmp_path: Path) -> None:
    original = load_bundle(write_fake_bundle(tmp_path / "models" / "fake"))
    same = ExportPlan("same", swapped(original, tmp_path / "swapped"), "fp32")
    dark = Trials("2 dark pictures", 2, False, lambda: (Trial(np.zeros((300, 400, 3), np.uint8)) for _ in range(2)))
    with pytest.raises(ModelError, match="nothing was compared: no card on 2 dark pictures"):
        export_model(original, same, Inputs(dark, (dark,)), tmp_path / "out", threads=1)
    assert not (tmp_path / "out").exists()
    comparison = check.Comparison(original, original, threads=1)
    comparison.check(dark)
    assert "model" in comparison.untried()
    comparison.check(tables().checks[0])
    assert comparison.untried() == []


def test_cards_that_were_added_to_an_export_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balatro.identify_card.added.views.NUM_STRANGERS", 6)
    original = load_bundle(write_fake_bundle(tmp_path / "models" / "fake"))
    same = ExportPlan("same", swapped(original, tmp_path / "swapped"), "fp32", force=True)
    out, other = tmp_path / "out", tmp_path / "other"

    def added(folder: Path) -> list[str]:
        found = load_added(folder)
        assert {picture.file for picture in found.pictures} == {path.name for path in (folder / ADDED_PICTURES).glob("*")}
        return [card.name for card in found.cards]

    export_model(original, same, tables(), out, threads=1)
    Recognizer.load(out, 1).add("Mine", [card_picture("red")])
    shutil.copytree(out, other)
    export_model(original, same, tables(), out, threads=1)
    assert added(out) == ["Mine"]
    export_model(replace(original, name="another"), same, tables(), other, threads=1)
    assert added(other) == []
    Recognizer(original, 1).add("Theirs", [card_picture("blue")])
    export_model(original, same, tables(), out, threads=1)
    assert added(out) == ["Theirs"]


def test_words_for_forms_that_are_not_written(tiny: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="no format 'tflite'; choose one of: onnx, openvino, torchscript"):
        choose_format("tflite", "fp32")
    with pytest.raises(SettingsError, match="no precision 'int4'"):
        choose_format("onnx", "int4")
    with pytest.raises(SettingsError, match="torchscript is not written as int8; choose --format onnx or openvino"):
        choose_format("torchscript", "int8")
    assert {precision for _, precision in WRITTEN} == set(PRECISIONS)
    fake = load_bundle(write_fake_bundle(tmp_path / "fake"))
    with pytest.raises(ModelError, match=r"no best_model\.pth"):
        export_model(fake, plan("torchscript", "fp32"), tables(), tmp_path / "out", threads=1)
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingPartError, match="pip install"):
        export_model(fake, plan("openvino", "fp32"), tables(), tmp_path / "out", threads=1)
    (fake.folder / "model.onnx").rename(fake.folder / "model.xml")
    with pytest.raises(ModelError, match=r"model\.xml there, expected ONNX files; name the model that it was exported from"):
        export_model(fake, plan(), tables(), tmp_path / "out", threads=1)
    assert not (tmp_path / "out").exists()


def test_pictures_that_calibrate_do_not_check(tmp_path: Path) -> None:
    from PIL import Image

    bundle = load_bundle(write_fake_bundle(tmp_path / "fake"))
    for number in range(FEWEST_PICTURES):
        Image.fromarray(np.full((40, 30, 3), number, np.uint8)).save(tmp_path / f"{number}.png")
    inputs = find_inputs(bundle, [str(tmp_path)], 10)
    shown = [[int(trial.picture[0, 0, 0]) for trial in trials.make()] for trials in (inputs.calibration, *inputs.checks)]
    assert shown == [[0, 3], [1, 2, 4, 5]] and [inputs.calibration.count, inputs.checks[0].count] == [2, 4]
    with pytest.raises(InputError, match="no deck 'fake' here"):
        find_inputs(bundle, [], 10)
    with pytest.raises(InputError, match="at least 6"):
        find_inputs(bundle, [str(tmp_path / "1.png")], 10)
    with pytest.raises(InputError, match="no such file"):
        find_inputs(bundle, [str(tmp_path / "none.png")], 10)


def test_a_model_of_the_demo_deck_is_checked_on_its_screens(tmp_path: Path) -> None:
    ids = ["d_solo_busker", "stranger"]
    cards = [{**entry, "id": name} for entry, name in zip(fake_text()["cards"], ids, strict=False)]
    tasks = {"identification": {"classes": ids}}
    bundle = load_bundle(write_fake_bundle(tmp_path / "demo", deck="demo", cards=cards, tasks=tasks, twins=[]))
    inputs = find_inputs(bundle, [], 2)
    (drawn,) = inputs.checks
    assert drawn.told == "2 screens drawn of the deck demo" and drawn.has_truth
    first, again, other = next(drawn.make()), next(drawn.make()), next(inputs.calibration.make())
    assert np.array_equal(first.picture, again.picture) and not np.array_equal(first.picture, other.picture)
    assert first.judge is not None and first.judge([])[0]


def test_the_size_of_a_card_is_that_of_the_tests() -> None:
    assert card(0).shape == (CARD_SIZE[1], CARD_SIZE[0], 3)
    assert make.MOST_COST == check.MOST_COST == 0.3
