import json
import shutil
from pathlib import Path

import torch

from balatro.config.model_files import LOCATOR_FILE, PACKAGE_ABOUT, PACKAGE_ENCODER, PACKAGE_START, REFINER_FILE
from balatro.config.paths import package_weights
from balatro.models.bundle import load_start
from balatro.models.join_weights import join_weights


def another_run(folder: Path) -> Path:
    """Weights like the package's, in which everything of all networks is marked."""
    shutil.copytree(package_weights(), folder)
    about = json.loads((folder / PACKAGE_ABOUT).read_text(encoding="utf-8"))
    about["locator"]["threshold"] = 0.77
    about["scores"] |= {"found": 0.5, "modifier": 0.1}
    (folder / PACKAGE_ABOUT).write_text(json.dumps(about), encoding="utf-8")
    start = torch.load(folder / PACKAGE_START, weights_only=True)
    for network in ("encoder", "locator", "refiner"):
        start[network] = {key: torch.zeros_like(value) for key, value in start[network].items()}
    torch.save(start, folder / PACKAGE_START)
    for name in (PACKAGE_ENCODER, LOCATOR_FILE, REFINER_FILE):
        (folder / name).write_bytes(b"other " + name.encode())
    return folder


def test_each_network_comes_from_its_own_run(tmp_path):
    other = another_run(tmp_path / "other")
    join_weights(package_weights(), other, other, tmp_path / "joined")
    assert (tmp_path / "joined" / PACKAGE_ENCODER).read_bytes() == (package_weights() / PACKAGE_ENCODER).read_bytes()
    assert (tmp_path / "joined" / LOCATOR_FILE).read_bytes() == b"other locator.onnx"
    about = json.loads((tmp_path / "joined" / PACKAGE_ABOUT).read_text(encoding="utf-8"))
    assert about["locator"]["threshold"] == 0.77
    assert about["scores"]["found"] == 0.5 and about["scores"]["modifier"] != 0.1
    start = load_start(tmp_path / "joined" / PACKAGE_START)
    assert start is not None
    assert any(value.any() for value in start["encoder"].values())
    assert not any(value.any() for network in ("locator", "refiner") for value in start[network].values())
    assert (tmp_path / "joined" / REFINER_FILE).read_bytes() == b"other refiner.onnx"
