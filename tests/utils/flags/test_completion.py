from pathlib import Path

from balatro.utils.flags import completion


def make(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()


def test_names_are_those_of_the_data_folder(tmp_path):
    assert completion.models() == ["auto"]
    assert completion.decks() == ["demo"]
    assert completion.runs() == []
    for name in ("b", "a", ".a.building"):
        make(tmp_path / "data" / "models" / name / "model.json")
    make(tmp_path / "data" / "art" / "game" / "deck.json")
    make(tmp_path / "runs" / "cards" / "settings.json")
    assert completion.models() == ["auto", "a", "b"]
    assert completion.decks() == ["demo", "game"]
    assert completion.starts() == ["auto", "yes", "no", "cards", "a", "b"]
    assert "Blueprint" in completion.cards()
