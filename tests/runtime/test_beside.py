"""Two models of one name change places."""

import pytest

from balatro.errors import ModelError
from balatro.runtime.beside import is_same, other_of, put_beside, use_other
from balatro.utils import files


def model(folder, text):
    folder.mkdir()
    (folder / "model.json").write_text(text)
    return folder


def texts(folder):
    return [(one / "model.json").read_text() for one in (folder, other_of(folder))]


@pytest.mark.parametrize("can_exchange", [True, False])
def test_two_models_change_places(can_exchange, tmp_path, monkeypatch):
    if not can_exchange:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    folder = model(tmp_path / "game", "one")
    with pytest.raises(ModelError, match=r"no game\.other beside it"):
        use_other(folder)
    put_beside(model(tmp_path / "new", "two"), folder)
    use_other(folder)
    assert texts(folder) == ["two", "one"]
    put_beside(model(tmp_path / "new", "three"), folder)
    assert texts(folder) == ["two", "three"] and sorted(path.name for path in tmp_path.glob("[!.]*")) == ["game", "game.other"]


def test_the_other_takes_an_empty_place(tmp_path):
    put_beside(model(tmp_path / "new", "two"), tmp_path / "game")
    use_other(tmp_path / "game")
    assert [path.name for path in tmp_path.iterdir()] == ["game"]


def test_added_cards_make_no_other_model(tmp_path):
    one, other = model(tmp_path / "one", "same"), model(tmp_path / "two", "same")
    (one / "gallery_added.npz").touch()
    (one / ".gallery_added.lock").touch()
    assert is_same(one, other)
    (other / "locator.onnx").touch()
    assert not is_same(one, other)
