"""When a table is looked at, and what is told of it."""

from __future__ import annotations

import numpy as np

from balatro.identify_card.table.records import Table
from balatro.identify_card.watch.rest.teller import AT_ONCE, AT_REST, RestSettings, Teller
from balatro.identify_card.watch.rest.told import GameEvent, State, Told
from tests.identify_card.table.tables import cards, hand, on

NOTHING = np.empty((0, 4, 2), np.float32), np.empty((0, 16, 12, 3), np.uint8)


class Game:
    """A game whose tables are read as they are written, from frames of which each number is another picture."""

    def __init__(self, tables: list[Table], settings: RestSettings = AT_REST) -> None:
        self.reads = 0
        self.told: list[Told] = []
        self._tables, self._frame = tables, 0
        self.teller = Teller(self._read, settings)

    def show(self, number: int, frames: int = 1, covered: bool = False) -> list[str]:
        """Show a picture for some tenths of a second; what is told, by kind."""
        image = np.zeros((360, 640, 3), np.uint8)
        image[100:140, 40 * number : 40 * number + 30] = 255
        before = len(self.told)
        for _ in range(frames):
            self.told += self.teller.see(image, *NOTHING, covered, self._frame / 10)
            self._frame += 1
        return [told.to_json()["event"] for told in self.told[before:]]

    def _read(self, image: np.ndarray, quads: np.ndarray) -> Table:
        self.reads += 1
        return self._tables.pop(0)


def test_a_state_is_told_once_it_rests_and_two_looks_agree() -> None:
    game = Game([on("hand", money=4)] * 2)
    assert game.show(1, 3) == [] and game.reads == 0
    assert game.show(1, 20) == ["state"] and game.reads == 2
    assert game.told == [State(0.4, 0.0, on("hand", money=4))]


def test_what_moves_is_not_looked_at() -> None:
    game = Game([])
    for number in range(12):
        assert game.show(number, 2) == [] and game.teller.is_unsettled


def test_text_that_never_rests_is_looked_at_in_the_end() -> None:
    game = Game([on("hand", money=4)] * 2)
    told = [kind for number in range(40) for kind in game.show(number % 7, 1)]
    assert told[:1] == ["state"]


def test_a_look_that_disagrees_is_asked_about_again() -> None:
    game = Game([on("hand", money=money) for money in (4, 9, 4)])
    assert game.show(1, 20) == ["state"] and game.reads == 3
    assert isinstance(game.told[0], State) and game.told[0].table.money == 4


def test_what_no_two_looks_say_is_not_told() -> None:
    game = Game([on("hand", money=money) for money in range(5)])
    assert game.show(1, 20) == ["state"] and game.reads == 5
    assert isinstance(game.told[0], State) and game.told[0].table == on("hand")


def test_what_is_covered_is_waited_for() -> None:
    game = Game([on("hand")] * 2)
    assert game.show(1, 20, covered=True) == [] and game.reads == 0
    assert game.show(1, 3) == ["state"]


def test_what_has_happened_comes_before_the_state() -> None:
    one, two = on("hand", jokers=cards("X Y")), on("hand", jokers=cards("Y"))
    game = Game([one, one, one, one, two, two])
    assert game.show(1, 8) == ["state"]
    assert game.show(2, 8) == []  # something moved, and all is as it was
    assert game.show(3, 8) == ["card_lost", "state"]
    happened = game.told[-2]
    assert isinstance(happened, GameEvent) and happened.since == 1.6 and happened.seconds == 2.0


def test_under_a_menu_the_game_is_as_it_was() -> None:
    one, menu, two = on("hand", hand=hand("2H 3H")), on("run_info"), on("hand", hand=hand("2H ^3H"))
    game = Game([one, one, menu, menu, two, two])
    assert game.show(1, 8) + game.show(2, 8) + game.show(3, 8) == ["state", "state", "cards_chosen", "state"]


def test_a_picture_that_stands_for_itself_is_told_at_once() -> None:
    game = Game([on("hand", money=4), on("hand", money=5)], AT_ONCE)
    assert game.show(1) == ["state"] and game.show(2) == ["state"]


def test_lines_for_people() -> None:
    one, two = on("hand", money=3, hand=hand("2H 3H")), on("hand", money=3, hand=hand("^2H* 3H"))
    game = Game([one, one, two, two])
    game.show(1, 8), game.show(2, 8)
    assert [told.to_text() for told in game.told] == [
        "     0.40 s  at rest   hand, money 3, 2 hand\n",
        "     1.20 s  cards changed: before 2 of Hearts, Steel 2 of Hearts\n",
        "     1.20 s  at rest   hand, money 3, 2 hand\n",
    ]
