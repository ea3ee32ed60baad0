"""Networks are opened by what their files are made for, and answer the same."""

import sys
from pathlib import Path

import numpy as np
import pytest

from balatro.errors import MissingPartError, ModelError
from balatro.identify_card.recognizer import Recognizer
from balatro.runtime.sessions import network_file, networks_bytes, open_session, weights_file
from balatro.utils.stages import StageClock
from tests.identify_card.fake_bundle import draw_table, write_fake_bundle

PLACES = [("red", "Base", 300, 200), ("green", "Foil", 500, 200)]


@pytest.fixture
def openvino_folder(tmp_path: Path) -> Path:
    """The fake bundle with its networks in OpenVINO's form."""
    openvino = pytest.importorskip("openvino")
    folder = write_fake_bundle(tmp_path / "fake")
    for name in ("model", "locator"):
        path = folder / f"{name}.onnx"
        openvino.save_model(openvino.Core().read_model(str(path)), str(folder / f"{name}.xml"), compress_to_fp16=False)
        path.unlink()
    return folder


def test_openvino_reads_what_onnx_runtime_reads(openvino_folder: Path, recognizer: Recognizer) -> None:
    other = Recognizer.load(openvino_folder, threads=1)
    for size in ((1024, 576), (1280, 720)):
        table = draw_table(PLACES, size)
        read, again = recognizer.identify(table), other.identify(table)
        assert [(card.id, card.modifier, card.box) for card in read] == [(card.id, card.modifier, card.box) for card in again]
        assert len(again) == 2
    before = other.encode(np.zeros((2, 128, 96, 3), np.uint8))["embedding"]
    kept = before.copy()
    other.encode(np.full((2, 128, 96, 3), 200, np.uint8))
    assert np.array_equal(before, kept)  # the next run does not write into what was given


def test_what_lies_in_a_folder_is_found(openvino_folder: Path, fake_folder: Path) -> None:
    assert (
        network_file(fake_folder, "model").name == "model.onnx" and network_file(openvino_folder, "model").name == "model.xml"
    )
    assert weights_file(openvino_folder / "model.xml").name == "model.bin"
    assert networks_bytes(openvino_folder) == sum(path.stat().st_size for path in openvino_folder.glob("*.[xb]*"))
    assert networks_bytes(fake_folder) == sum(path.stat().st_size for path in fake_folder.glob("*.onnx"))
    assert network_file(Path("nowhere"), "model") == Path("nowhere/model.onnx")


def test_words_for_networks_that_cannot_be_opened(
    openvino_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (openvino_folder / "model.xml").write_text("<net", encoding="utf-8")
    with pytest.raises(ModelError, match="not a network that OpenVINO can read") as caught:
        open_session(openvino_folder / "model.xml", 1)
    assert "\n" not in str(caught.value) and "src/" not in str(caught.value)
    for name, words in (
        ("a.onnx", "that ONNX Runtime can read"),
        ("a.pt", "for other programs"),
        ("a.tflite", "one of: .onnx"),
    ):
        (tmp_path / name).write_bytes(b"nothing")
        with pytest.raises(ModelError, match=words):
            open_session(tmp_path / name)
    with pytest.raises(ModelError, match="is missing"):
        open_session(tmp_path / "b.onnx")
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingPartError, match="pip install"):
        open_session(openvino_folder / "locator.xml")


def test_the_stages_of_identifying_are_timed(fake_folder: Path) -> None:
    recognizer = Recognizer.load(fake_folder, threads=1)
    clock = StageClock()
    recognizer.time_stages(clock.stage)
    with clock.stage("whole"):
        assert len(recognizer.identify(draw_table(PLACES))) == 2
    whole = clock.seconds.pop("whole")
    assert set(clock.seconds) == {"resize", "locate", "rectify", "encode", "name"}
    assert 0 < sum(clock.seconds.values()) <= whole
