"""The words and colour for each thing that dedupe may say."""

from __future__ import annotations

from dataclasses import dataclass

from balatro.utils.qt.theme import BLUE, GREEN, GREY, ORANGE, RED


@dataclass(frozen=True)
class Verdict:
    """How an outcome of dedupe is shown."""

    word: str
    colour: str
    meaning: str


VERDICTS = {
    "new cluster": Verdict("new", GREEN, "unlike all cards before"),
    "same cluster": Verdict("alike", BLUE, "looks like a card that is there, but is another, or another edition"),
    "same group": Verdict("again", ORANGE, "another view of a card that is there"),
    "duplicate": Verdict("known", GREY, "this very picture is there already; not saved"),
}
FORCED = Verdict("yours", RED, "you overruled what was decided")
