"""Fonts that have the letters of names."""

from __future__ import annotations

import pytest

from balatro.identify_card.marks import fonts


@pytest.fixture(autouse=True)
def fresh():
    fonts._say_once.cache_clear()
    fonts._file_for.cache_clear()


def test_plain_names_are_in_pillows_own_font():
    assert [len(fonts.pieces(name, 20)) for name in ("Oops! All 6s", "Wee Joker", "")] == [1, 1, 0]
    assert fonts.pieces("Wee Joker", 20)[0][1] is fonts._own(40)
    assert fonts.width("Wee Joker", 20) > fonts.width("Wee", 20) > 0


def test_without_a_font_letters_become_question_marks_and_that_is_said_once(monkeypatch, capsys):
    monkeypatch.setattr(fonts, "_files", tuple)
    assert fonts.drawable("BA 0-愚者") == "BA 0-??" and fonts.drawable("者") == "?"
    assert fonts.drawable("Egg") == "Egg"
    assert capsys.readouterr().err.count("\n") == 1


def test_a_font_of_the_system_is_taken_for_its_letters(monkeypatch, tmp_path):
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    found = [path for path in fonts._files() if fonts._draws(fonts._of_file(path, 20), "愚")] if fonts._files() else []
    if not found:
        pytest.skip("no font here has Chinese letters")
    monkeypatch.setattr(fonts, "_files", lambda: (tmp_path / "broken.ttf", found[0]))
    assert fonts.drawable("愚者") == "愚者"
    assert [piece for piece, _ in fonts.pieces("BA 愚", 20)] == ["BA ", "愚"]
