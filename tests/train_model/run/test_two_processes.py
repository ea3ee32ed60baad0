"""Two processes that share each batch learn what one learns with the whole batch."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from balatro.models.backbones import build_backbone
from balatro.train_model.run.checkpoint import load_state
from balatro.train_model.run.loop import train
from balatro.train_model.run.sync_norm import SharedNorm, share_norms
from tests.train_model.tiny_pictures import quick, save_pictures

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
from pathlib import Path
from balatro.train_model.run.loop import train
from tests.train_model.tiny_pictures import quick

from tests.train_model.run.test_two_processes import STRATEGY

train(quick(Path(sys.argv[1]), **STRATEGY), Path(sys.argv[2]))
"""


STRATEGY = {"use_weighted_sampler": True, "mix": "mixup", "freeze_strategy": "high", "unfreeze_every": 1}
"""What needs care: one sampler for all, pairs within a part, and stages that are thawed on the way."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def run_two(program: str, *args: str) -> None:
    """What torchrun does: two processes that know of each other by the environment."""
    shared = {
        "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()),
        "TORCHELASTIC_RUN_ID": "test", "GROUP_RANK": "0", "PYTHONPATH": str(Path(__file__).parents[3]), "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, *args],
            env={**os.environ, **shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for rank in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=240)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(said)


def farthest(one: dict, other: dict) -> float:
    """The largest difference between two networks' learned weights."""
    learned = [name for name in one if name.endswith(("weight", "prototypes"))]
    return max(float((one[name] - other[name]).abs().max()) for name in learned)


def test_two_processes_learn_what_one_does(tmp_path: Path) -> None:
    pictures = save_pictures(tmp_path / "pictures")
    run_two(PROGRAM, str(pictures), str(tmp_path / "two"))
    train(quick(pictures, **STRATEGY), tmp_path / "one")
    one, two = load_state(tmp_path / "one"), load_state(tmp_path / "two")
    assert one["step"] == two["step"] and one["split_hash"] == two["split_hash"]
    for part in ("model", "average"):
        assert farthest(one[part], two[part]) < 1e-3
    assert one["best"]["value"] == pytest.approx(two["best"]["value"], rel=1e-3)


def test_another_seed_would_be_noticed(tmp_path: Path) -> None:
    """The tolerance above is tight: with another order of pictures weights are 20 times as far apart."""
    pictures = save_pictures(tmp_path / "pictures")
    settings = quick(pictures, **STRATEGY)
    one, other = train(settings, tmp_path / "one"), train(replace(settings, seed=4), tmp_path / "other")
    assert farthest(one.learner.state_dict(), other.learner.state_dict()) > 2e-2


@pytest.mark.parametrize("backbone", ["mobilenetv4_conv_small", "efficientnet_b0", "cardnet_tiny"])
def test_sharing_norms_changes_no_answer(backbone: str) -> None:
    network = build_backbone(backbone, (32, 32)).eval()
    pictures = torch.randn(2, 3, 32, 32)
    before, weights = network(pictures), list(network.state_dict())
    share_norms(network, torch.device("cpu"))
    assert torch.allclose(network(pictures), before, atol=1e-4) and list(network.state_dict()) == weights


@pytest.mark.parametrize("shape", [(6, 5), (4, 5, 3, 2)])
def test_a_shared_norm_alone_is_a_batch_norm(shape: tuple[int, ...]) -> None:
    norm = nn.BatchNorm1d(5) if len(shape) == 2 else nn.BatchNorm2d(5)
    shared = share_norms(nn.Sequential(norm), torch.device("cpu"))
    assert isinstance(shared[0], SharedNorm) and list(shared.state_dict()) == [f"0.{name}" for name in norm.state_dict()]
    values = torch.randn(shape)
    reference = nn.BatchNorm1d(5) if len(shape) == 2 else nn.BatchNorm2d(5)
    assert torch.allclose(shared(values), reference(values), atol=1e-6)
    assert torch.allclose(shared[0].running_var, reference.running_var)
