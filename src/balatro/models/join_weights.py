"""The package's weights out of three runs: the encoder of one, the locator of another, the refiner of the third.

    python -m balatro.models.join_weights ENCODER_RUN/weights LOCATOR_RUN/weights REFINER_RUN/weights OUT

Each network learns on; where only one of them became better, the others are kept as they were.
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


def join_weights(encoder: Path, locator: Path, refiner: Path, out: Path) -> None:
    """Write to `out` what `balatro pretrain` leaves, from the folders of three runs' weights; ModelError for damaged ones.

    What was measured of each network, and the thresholds, go with it; of the training, the encoder's is told.
    """
    about, other = read_package_json(encoder), read_package_json(locator)
    found = {name: value for name, value in (other.scores or {}).items() if name in FOUND}
    start = torch.load(encoder / PACKAGE_START, map_location="cpu", weights_only=True)
    for name, folder in (("locator", locator), ("refiner", refiner)):
        start[name] = torch.load(folder / PACKAGE_START, map_location="cpu", weights_only=True)[name]
    data = io.BytesIO()
    torch.save(start, data)
    files = {PACKAGE_ENCODER: encoder, LOCATOR_FILE: locator, REFINER_FILE: refiner}
    networks = {name: (folder / name).read_bytes() for name, folder in files.items()}
    for name, content in {**networks, PACKAGE_START: data.getvalue()}.items():
        write_bytes(out / name, content)
    joined = replace(about, locator_threshold=other.locator_threshold, scores={**(about.scores or {}), **found})
    write_model_json(out / PACKAGE_ABOUT, joined)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    join_weights(*(Path(folder) for folder in sys.argv[1:]))
