"""What writers of model.json have in common."""

from __future__ import annotations

import tempfile
from pathlib import Path

from balatro.runtime.model_json import ModelJson, read_model_json, write_model_json


def check_written_again(path: Path) -> ModelJson:
    """Read what was written, and write it again: it must be the same, byte for byte. Gives what was read."""
    model = read_model_json(path)
    with tempfile.TemporaryDirectory() as folder:
        write_model_json(Path(folder) / "again.json", model)
        assert (Path(folder) / "again.json").read_bytes() == path.read_bytes()
    return model
