import os
from collections.abc import Iterator

import pytest

from tests.build_dataset.x_display import Desktop, new_desktop


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    pytest.importorskip("mss")
    pytest.importorskip("PySide6.QtWidgets")
    with new_desktop() as made:
        before = os.environ.get("DISPLAY")
        os.environ["DISPLAY"] = made.display
        try:
            yield made
        finally:
            os.environ.pop("DISPLAY") if before is None else os.environ.update(DISPLAY=before)
