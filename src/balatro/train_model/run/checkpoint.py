"""What must survive a restart, in one file that `torch.load(weights_only=True)` reads."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from balatro.config.paths import runs_dir
from balatro.errors import ModelError
from balatro.utils.files import write_bytes

CHECKPOINT_FORMAT = 2
LAST = "checkpoint_last.pth"
"""The state after the last epoch, or where Ctrl+C came."""
BEST = "best_model.pth"
"""The state whose validation was best."""
OF_A_RUN = (
    "checkpoint_*.pth", BEST, "config.toml", "settings.json", "history.jsonl", "log.jsonl", "events.out.tfevents.*", "report",
    "learning_rates.png",
)  # fmt: skip
"""What a run writes into its folder."""

State = dict[str, Any]


def snapshot_name(epoch: int) -> str:
    """The file of a snapshot that is kept."""
    return f"checkpoint_epoch{epoch:03d}.pth"


def clear_run(folder: Path) -> None:
    """Remove what an earlier run has left in a folder, and nothing else."""
    for path in {path for pattern in OF_A_RUN for path in folder.glob(pattern)}:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def save_state(path: Path, state: State) -> None:
    """Write a checkpoint, whole or not at all: on a full disk the older one stays."""
    buffer = io.BytesIO()
    torch.save({"format": CHECKPOINT_FORMAT, **state}, buffer)
    try:
        write_bytes(path, buffer.getvalue())
    except OSError as error:
        older = "; the one before it is whole" if path.exists() else ""
        raise ModelError(f"{path}: the checkpoint could not be saved ({error.strerror or error}){older}; make room") from error


def find_checkpoint(name: str | Path) -> Path:
    """The checkpoint meant by a file, a run's folder, or a run's name."""
    for path in (runs_dir() / name, Path(name)):  # a folder of pictures may have the name of a run
        if (path / LAST).is_file():
            return path / LAST
        if path.is_file():
            return path
    raise ModelError(f"{name}: no checkpoint there; name a run, its folder, or a .pth file that `balatro train` wrote")


def load_state(path: Path) -> State:
    """Read a checkpoint: a file, or a run's folder. ModelError when it is missing, damaged or of another format."""
    if path.is_dir():
        path = path / LAST
    if not path.is_file():
        raise ModelError(f"{path}: no checkpoint there; name a run's folder or a .pth file that `balatro train` wrote")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises half a dozen kinds for damaged files
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(f"{path}: not readable as a checkpoint ({reason}); train anew") from error
    if not isinstance(state, dict) or state.get("format") != CHECKPOINT_FORMAT:
        found = state.get("format") if isinstance(state, dict) else None
        raise ModelError(
            f"{path}: checkpoint format {found!r}, this version reads {CHECKPOINT_FORMAT}; train anew or update balatro"
        )
    return state


class Average:
    """A running average of a network's weights and statistics, which reads better than the weights of any one step.

    keep 0 keeps nothing of the old: the average is the network itself.
    """

    def __init__(self, network: nn.Module, keep: float) -> None:
        self.keep = keep
        self.values = {name: value.detach().clone() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Mix in the weights after a step; early steps forget faster, so that the start does not linger."""
        keep = min(self.keep, (1 + step) / (10 + step))
        new = network.state_dict()
        pairs = [(old, new[name]) for name, old in self.values.items()]
        moving = [(old, value) for old, value in pairs if old.is_floating_point()]
        torch._foreach_lerp_([old for old, _ in moving], [value for _, value in moving], 1 - keep)
        for old, value in pairs:
            if not old.is_floating_point():
                old.copy_(value)

    def load(self, values: dict[str, Tensor]) -> None:
        """Take over the values of a checkpoint, where the average lies."""
        with torch.no_grad():
            for name, value in self.values.items():
                value.copy_(values[name])
