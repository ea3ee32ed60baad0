"""The bundles that identifying is tested with."""

from tests.identify_card.conftest import fake_folder as fake_folder
from tests.identify_card.conftest import recognizer as recognizer
