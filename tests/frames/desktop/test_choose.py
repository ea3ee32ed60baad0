import pytest

from balatro.errors import InputError
from balatro.frames.desktop.choose import Named, choose
from balatro.frames.desktop.errors import NoWindowError

WIKI = Named("Balatro Wiki - Firefox", "firefox", 1)
GUIDE = Named("Balatro guides - Firefox", "firefox", 2)
PAGE = Named("Balatro", "chrome", 3)
GAME = Named("Balatro", "Balatro.exe", 0x3A0007)
LOADER = Named("Lovely 0.7", "Balatro.exe", 5)


@pytest.mark.parametrize(
    ("wanted", "windows", "found"),
    [
        ("Balatro", [WIKI, PAGE, GAME], GAME),  # by program, though another has this very title, too
        ("balatro", [LOADER, WIKI, GAME], GAME),  # the program has two windows; one has the title
        ("Balatro", [WIKI, LOADER], LOADER),  # the program's, whatever it is called
        ("Balatro", [WIKI, PAGE, GUIDE], PAGE),  # exactly
        ("Balatro", [GUIDE, Named("Balatro 1.0.1o", "love", 6)], Named("Balatro 1.0.1o", "love", 6)),
        ("Balatro", [Named("Mail"), WIKI], WIKI),  # only one comes near
        ("0x3A0007", [WIKI, PAGE, GAME], GAME),
        (" wiki ", [WIKI, GUIDE, GAME], WIKI),
    ],
)
def test_the_window_that_is_meant(wanted: str, windows: list[Named], found: Named) -> None:
    assert choose(wanted, windows) == found
    assert choose(wanted, windows[::-1]) == found


@pytest.mark.parametrize(
    ("wanted", "windows", "how"),
    [
        ("Balatro", [WIKI, GUIDE], "the whole title, such as window:Balatro Wiki - Firefox"),
        ("Balatro", [GAME, Named("Balatro", "Balatro.exe", 0x99)], "its number, such as window:0x3a0007"),
        ("Balatro", [Named("Balatro", "Balatro"), Named("Balatro", "Balatro")], "close the others"),
        ("firefox", [WIKI, GUIDE, GAME], "the whole title"),
    ],
)
def test_doubt_is_told_with_the_way_out(wanted: str, windows: list[Named], how: str) -> None:
    with pytest.raises(InputError, match=f"^2 windows may be meant by '{wanted}': .*{how}") as told:
        choose(wanted, windows)
    assert not isinstance(told.value, NoWindowError) and "\n" not in str(told.value)


def test_many_in_doubt_are_not_all_named() -> None:
    windows = [Named(f"Balatro page {number}", "firefox", number + 1) for number in range(9)]
    with pytest.raises(InputError, match=r"9 windows.*'Balatro page 4' of firefox\) and 4 more; give"):
        choose("balatro", windows)


def test_an_empty_wish_means_no_window() -> None:
    with pytest.raises(NoWindowError):
        choose(" ", [GAME, Named("Mail")])
