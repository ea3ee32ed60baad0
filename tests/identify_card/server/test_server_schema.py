"""The server against its own description: requests made up from its OpenAPI, fitting and not."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("schemathesis")
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balatro.identify_card.added import views as added_views
from tests.identify_card.fake_bundle import write_fake_bundle
from tests.identify_card.server.server_parts import card_bytes, running, table_bytes

pytestmark = pytest.mark.slow

REFUSED = ["400", "401", "404", "413", "415", "422"]
"""A description cannot say which bytes are a picture, and which picture is one of a card."""
CONFIG = {
    "headers": {"Authorization": "Bearer secret"},
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", *REFUSED]},
        "negative_data_rejection": {"expected-statuses": [*REFUSED, "405"]},
    },
    "generation": {"deterministic": True},
}


OPERATIONS = {
    *(("GET", path) for path in ("/health", "/info", "/classes", "/state", "/gallery")),
    *(("POST", path) for path in ("/identify", "/identify/batch", "/table", "/gallery", "/mistakes")),
    ("DELETE", "/gallery/{name}"),
}
EXAMPLES = 10
schemathesis.openapi.format("binary", st.sampled_from([card_bytes(), table_bytes(), b"", b"no picture", table_bytes()[:900]]))


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    folder = write_fake_bundle(tmp_path_factory.mktemp("schema") / "fake")
    with pytest.MonkeyPatch.context() as patched, running(folder, token="secret") as port:
        patched.setenv("BALATRO_DATA", str(folder.parent / "data"))
        patched.setattr(added_views, "NUM_STRANGERS", 4)
        # Over a real socket: its client for applications starts and stops them around each request.
        yield schemathesis.openapi.from_url(
            f"http://127.0.0.1:{port}/openapi.json", config=schemathesis.Config.from_dict(CONFIG)
        )


def test_all_of_it_is_asked(described):
    assert {(operation.ok().method.upper(), operation.ok().path) for operation in described.get_all_operations()} == OPERATIONS


TRIALS = [(*operation, True) for operation in OPERATIONS] + [(*one, False) for one in OPERATIONS if one[0] == "POST"]


@pytest.mark.parametrize(("method", "path", "fitting"), sorted(TRIALS))
def test_the_description_holds(described, method, path, fitting):
    mode = schemathesis.GenerationMode.POSITIVE if fitting else schemathesis.GenerationMode.NEGATIVE
    cases = described[path][method].as_strategy(generation_mode=mode)

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def ask(case):
        case.call_and_validate()

    ask()
