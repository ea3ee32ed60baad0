"""The package's weights out of two runs: the encoder of one, the locator and the refiner of another.

    python -m balatro.models.join_weights ENCODER_RUN/weights LOCATOR_RUN/weights OUT

Each network learns on; where only one of them became better, the other is kept as it was.
"""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import torch

from balatro.config.model_files import LOCATOR_FILE, PACKAGE_ABOUT, PACKAGE_ENCODER, PACKAGE_START, REFINER_FILE
from balatro.runtime.model_json import read_package_json, write_model_json
from balatro.utils.files import write_bytes

FOUND = ("found", "false_finds")
"""The scores of a locator."""


def join_weights(encoder: Path, locator: Path, out: Path) -> None:
    """Write to `out` what `balatro pretrain` leaves, from the folders of two runs' weights; ModelError for damaged ones.

    What was measured of each network, and the thresholds, go with it; of the training, the encoder's is told.
    """
    about, other = read_package_json(encoder), read_package_json(locator)
    found = {name: value for name, value in (other.scores or {}).items() if name in FOUND}
    start = torch.load(encoder / PACKAGE_START, map_location="cpu", weights_only=True)
    learned_on = torch.load(locator / PACKAGE_START, map_location="cpu", weights_only=True)
    start |= {"locator": learned_on["locator"], "refiner": learned_on["refiner"]}
    data = io.BytesIO()
    torch.save(start, data)
    files = {PACKAGE_ENCODER: encoder, LOCATOR_FILE: locator, REFINER_FILE: locator}
    networks = {name: (folder / name).read_bytes() for name, folder in files.items()}
    for name, content in {**networks, PACKAGE_START: data.getvalue()}.items():
        write_bytes(out / name, content)
    joined = replace(about, locator_threshold=other.locator_threshold, scores={**(about.scores or {}), **found})
    write_model_json(out / PACKAGE_ABOUT, joined)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    join_weights(*(Path(folder) for folder in sys.argv[1:]))
