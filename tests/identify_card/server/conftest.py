"""One browser for the tests of a page."""

from __future__ import annotations

import pytest

from tests.chromium import open_browser


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser
