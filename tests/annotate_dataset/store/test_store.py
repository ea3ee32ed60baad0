"""The store: every action on disk, undone, seen by others, and never lost."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from balatro.annotate_dataset.coverage import coverage
from balatro.annotate_dataset.store import disk
from balatro.annotate_dataset.store.store import (
    Accept,
    Action,
    Add,
    Conflict,
    DatasetStore,
    Exclude,
    Include,
    Regroup,
    Reject,
    Relabel,
    Remove,
    default_author,
)
from balatro.config.modifiers import MODIFIERS
from balatro.errors import BalatroError, InputError, LabelError, UnknownCardError
from balatro.utils.files import write_bytes
from balatro.utils.labels import CardLabel, read_labels, write_labels
from balatro.utils.processes.lock import file_lock
from tests.annotate_dataset.small_data import key_of, small_data, write_pictures

A, B, C = key_of(0), key_of(1), key_of(2)
ME, YOU = "me", "you"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return small_data(tmp_path / "data")


@pytest.fixture
def store(data: Path) -> DatasetStore:
    return DatasetStore(data)


def labels_of(data: Path) -> dict[str, CardLabel]:
    path = data / "dataset_default" / "labels.json"
    return read_labels(path) if path.is_file() else {}


def content(data: Path) -> bytes:
    path = data / "dataset_default" / "labels.json"
    return path.read_bytes() if path.is_file() else b"{}\n"


def test_an_accepted_card_is_on_disk_with_all_its_keys(data: Path, store: DatasetStore) -> None:
    result = store.accept([Accept(A, "dna", "Foil")], ME, store.revision)
    assert json.loads(content(data)) == {
        A: {
            "name": "DNA", "type": "Joker", "rarity": "Rare", "modifier": "Foil", "cluster": 0, "card_group": 0,
            "full_path": f"dataset_default/{A}",
        }
    }  # fmt: skip
    assert (result.revision, result.pictures, result.about) == (1, (A,), "1 picture: DNA, Foil")
    copy, raw = data / "dataset_default" / A, data / "screenshots" / A
    assert copy.read_bytes() == raw.read_bytes() and copy.stat().st_ino != raw.stat().st_ino
    assert store.path_of(A) == copy and store.path_of(B) == data / "screenshots" / B
    assert [picture.key for picture in store.unlabelled()] == [key for key in store.pictures if key != A]
    assert store.author_of(A) is not None and store.author_of(B) is None


def test_the_file_is_as_write_labels_has_it(tmp_path: Path, data: Path) -> None:
    label = CardLabel("Égg", "Joker", "Common", "Base", 1, 2, "x", more={"note": "a\nb", "seen": [1, {"a": None}], "hp": 60})
    write_labels(data / "dataset_default" / "labels.json", {"old.png": label, "bare.png": CardLabel()})
    before = content(data)
    store = DatasetStore(data)
    store.accept([Accept(A, "Egg", "Base")], ME)
    write_labels(tmp_path / "again.json", labels_of(data))
    assert (tmp_path / "again.json").read_bytes() == content(data)
    store.undo(ME)
    assert content(data) == before


@pytest.mark.parametrize(
    ("action", "error", "told"),
    [
        (Accept(A, "Gready Joker"), UnknownCardError, "Greedy Joker"),
        (Accept(A, "  "), LabelError, "empty name"),
        (Accept(A, "DNA", "Shiny"), LabelError, "'Shiny', not one of Base"),
        (Accept(A, "DNA", type="Tarot"), LabelError, "DNA is a Joker"),
        (Accept(A, "x" * 201, new=True), LabelError, "201 letters"),
        (Accept(A, "Pika\x07chu", new=True), LabelError, "cannot be shown"),
        (Accept("nowhere.png", "DNA"), InputError, "no such picture"),
        (Relabel(A, name="DNA"), InputError, "not labelled"),
        (Add("../a.png", Path("a.png"), CardLabel("DNA")), InputError, "inside the dataset"),
        (Add("a:b.png", Path("a.png"), CardLabel("DNA")), InputError, "inside the dataset"),
        (Add("new.png", Path("gone.png"), CardLabel("DNA")), InputError, "gone"),
    ],
)
def test_what_cannot_be_accepted_changes_nothing(
    data: Path, store: DatasetStore, action: Action, error: type[BalatroError], told: str
) -> None:
    with pytest.raises(error, match=told) as caught:
        store.accept([Accept(B, "Egg"), action], ME)
    assert "\n" not in str(caught.value)
    assert store.revision == 0 and not store.labels and not list((data / "dataset_default").glob("*.png"))
    assert DatasetStore(data).revision == 0


def test_a_new_name_is_one_from_then_on(store: DatasetStore) -> None:
    store.accept([Accept(A, "Pikachu", type="Electric", rarity="Rare", new=True)], ME)
    store.accept([Accept(B, "pikachu")], ME)
    assert store.labels[B].get("type") == "Electric" and store.labels[B].modifier == ""


@pytest.mark.parametrize(
    ("action", "aside"),
    [
        (Reject(A), "not a card"),
        (Reject(A, "a tooltip"), "a tooltip"),
        (Exclude(A), "excluded"),
        (Exclude(A, "blurred"), "blurred"),
    ],
)
def test_set_aside_and_taken_back(data: Path, store: DatasetStore, action: Reject | Exclude, aside: str) -> None:
    store.accept([Accept(A, "Egg", "Negative")], ME)
    store.accept([action], ME)
    assert DatasetStore(data).aside == store.aside == {A: aside}
    assert not store.labels and A not in [picture.key for picture in store.unlabelled()]
    assert (data / "screenshots" / A).is_file() and not (data / "dataset_default" / A).exists()
    store.accept([Include(A)], ME)
    assert store.labels[A].modifier == "Negative" and not store.aside


def test_include_of_an_unlabelled_one(store: DatasetStore) -> None:
    store.accept([Reject(A)], ME)
    assert store.accept([Include(A)], ME).pictures == (A,)
    assert A in [picture.key for picture in store.unlabelled()]
    assert store.accept([Include(A)], ME).pictures == ()


def test_relabel_remove_regroup(data: Path, store: DatasetStore) -> None:
    store.accept([Accept(A, "Egg", "Foil"), Accept(B, "DNA")], ME)
    store.accept([Relabel(A, name="the sun"), Remove(B), Regroup(C, 77)], ME)
    assert (store.labels[A].name, store.labels[A].type, store.labels[A].rarity) == ("The Sun", "Tarot", "")
    assert store.labels[A].modifier == "Foil"
    assert B not in store.labels
    assert [(store.pictures[C].cluster, store.pictures[C].card_group)] == [(2, 77)]
    assert DatasetStore(data).pictures[C].card_group == 77
    store.accept([Accept(C, "Egg"), Regroup(A, 5, cluster=9)], ME)
    assert store.labels[C].card_group == 77 and (store.labels[A].cluster, store.labels[A].card_group) == (9, 5)
    store.accept([Remove(A), Remove(C)], ME)
    assert (store.pictures[A].card_group, store.pictures[C].card_group) == (5, 77)  # what a person said is kept


def test_undo_and_redo_all_the_way_also_after_a_restart(data: Path, store: DatasetStore) -> None:
    states = [(labels_of(data), store.aside)]
    for actions in ([Accept(A, "Egg")], [Accept(B, "DNA", "Foil"), Reject(C)], [Relabel(A, modifier="Negative")], [Remove(A)]):
        store.accept(actions, ME)
        states.append((labels_of(data), store.aside))
    again = DatasetStore(data)
    for state in reversed(states[:-1]):
        assert again.can_undo(ME) and again.undo(ME) is not None
        assert (labels_of(data), again.aside) == state
    assert not again.can_undo(ME) and again.undo(ME) is None
    assert not list((data / "dataset_default").glob("*.png"))
    third = DatasetStore(data)
    for state in states[1:]:
        assert third.redo(ME) is not None
        assert (labels_of(data), third.aside) == state
    assert third.redo(ME) is None
    assert third.undo(ME) is not None
    third.accept([Accept(C, "Egg")], ME)
    assert not third.can_redo(ME)


def test_each_person_undoes_their_own(store: DatasetStore) -> None:
    store.accept([Accept(A, "Egg")], ME)
    store.accept([Accept(B, "DNA")], YOU)
    undone = store.undo(ME)
    assert undone is not None and undone.about == "undone: 1 picture: Egg"
    assert list(store.labels) == [B]
    assert [(edit.author, edit.do) for edit in store.recent(2)] == [(ME, "undo"), (YOU, "edit")]


def test_undoing_what_another_has_changed_is_a_conflict(store: DatasetStore) -> None:
    store.accept([Accept(A, "Egg")], ME)
    store.accept([Relabel(A, modifier="Foil")], YOU)
    with pytest.raises(Conflict, match="changed by you") as caught:
        store.undo(ME)
    assert caught.value.conflicts[0].mine is None and caught.value.conflicts[0].theirs == store.labels[A]
    assert store.undo(ME, force=True) is not None and not store.labels


def test_two_tabs(data: Path, store: DatasetStore) -> None:
    other = DatasetStore(data)
    seen, also_seen = store.revision, other.revision
    store.accept([Accept(A, "Egg", "Foil")], ME, seen)
    other.accept([Accept(B, "DNA")], YOU, also_seen)  # another picture: both go through
    assert set(labels_of(data)) == {A, B}
    with pytest.raises(Conflict, match=r"changed by me .*theirs: Egg, Foil; yours: Egg, Negative") as caught:
        other.accept([Accept(A, "Egg", "Negative"), Accept(C, "Egg")], YOU, also_seen)
    clash = caught.value.conflicts[0]
    assert (clash.picture, clash.author, clash.theirs) == (A, ME, labels_of(data)[A])
    assert isinstance(clash.mine, CardLabel) and clash.mine.modifier == "Negative"
    assert C not in labels_of(data)  # nothing of it was saved
    assert other.accept([Accept(A, "Egg", "Foil")], YOU, also_seen).pictures == ()  # the same answer is no conflict
    other.accept([Accept(A, "Egg", "Negative")], YOU, caught.value.revision)  # seen, and wanted all the same
    assert store.refresh() and store.labels[A].modifier == "Negative"


def test_nothing_is_noticed_when_nothing_has_changed(data: Path, store: DatasetStore) -> None:
    store.accept([Accept(A, "Egg")], ME)
    version = store.version
    assert not store.refresh() and store.version == version
    write_pictures(data / "screenshots", {"cluster8_card9_id99.png": (0, 9)})
    assert store.refresh() and store.version > version
    assert store.pictures["cluster8_card9_id99.png"].card_group == 9
    assert not store.refresh()


def test_labels_edited_by_hand_are_read_anew_and_never_overwritten_unseen(data: Path, store: DatasetStore) -> None:
    store.accept([Accept(A, "Egg"), Accept(B, "DNA")], ME)
    seen = store.revision
    path = data / "dataset_default" / "labels.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told[A]["modifier"], told[A]["note"] = "Foil", "by hand"
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(Conflict, match="changed by another program meanwhile"):
        store.accept([Relabel(A, modifier="Negative")], ME, seen)
    assert store.labels[A].modifier == "Foil" and "by hand" in store.findings[0]
    store.accept([Relabel(A, name="DNA")], ME, store.revision)
    assert labels_of(data)[A].more == {"note": "by hand"}
    assert store.undo(ME) is not None and labels_of(data)[A].modifier == "Foil"


def test_an_edit_from_outside_right_after_writing_is_seen(
    data: Path, store: DatasetStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_and_be_overtaken(path: Path, content: bytes) -> os.stat_result:
        written = write_bytes(path, content)
        path.write_bytes(content.replace(b'"DNA"', b'"Egg"').replace(b'"Rare"', b'"Common"'))
        return written

    monkeypatch.setattr(disk, "write_bytes", write_and_be_overtaken)
    key = store.unlabelled()[0].key
    store.accept([Accept(key, "DNA", "Foil")], "anna")
    monkeypatch.undo()
    assert store.refresh() and store.labels[key].name == "Egg"
    assert store.recent(1)[0].about == "labels.json was changed outside: 1 picture"
    store.accept([Accept(store.unlabelled()[0].key, "DNA", "Base")], "anna")
    assert read_labels(data / "dataset_default/labels.json")[key].name == "Egg"


def test_hand_edits_while_nobody_looked(data: Path, store: DatasetStore) -> None:
    store.accept([Accept(A, "Egg"), Accept(B, "DNA")], ME)
    path = data / "dataset_default" / "labels.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    del told[B]
    path.write_text(json.dumps(told), encoding="utf-8")
    again = DatasetStore(data)
    assert list(again.labels) == [A]
    assert again.recent(1)[0].about == "labels.json was changed outside: 1 picture"
    assert again.undo("another program") is not None and set(again.labels) == {A, B}


def test_an_older_labels_file_that_is_put_back_stays(data: Path, store: DatasetStore) -> None:
    store.accept([Accept(A, "Egg")], ME)
    before = content(data)
    store.accept([Accept(B, "DNA")], ME)
    path = data / "dataset_default" / "labels.json"
    path.write_bytes(before)
    later = time.time_ns() + 10**9
    os.utime(path, ns=(later, later))
    assert list(DatasetStore(data).labels) == [A]


def test_labels_that_are_damaged_are_left_alone(data: Path, store: DatasetStore) -> None:
    store.accept([Accept(A, "Egg")], ME)
    path = data / "dataset_default" / "labels.json"
    path.write_text('{"half": ', encoding="utf-8")
    for act in (
        store.refresh,
        lambda: store.accept([Accept(B, "DNA")], ME),
        lambda: DatasetStore(data),
        lambda: store.undo(ME),
    ):
        with pytest.raises(LabelError, match=r"labels.json: not readable as JSON .* left as it is"):
            act()
    assert path.read_text(encoding="utf-8") == '{"half": '
    path.write_text("{}", encoding="utf-8")
    store.accept([Accept(B, "DNA")], ME)
    assert set(labels_of(data)) == {B}


def test_an_interrupted_edit_is_finished(data: Path, store: DatasetStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.accept([Accept(A, "Egg")], ME)
    before = content(data)
    store.accept([Accept(B, "DNA")], ME)
    path, journal = data / "dataset_default" / "labels.json", data / "dataset_default" / "edits.jsonl"
    path.write_bytes(before)  # as if the program had ended between its two writes
    os.utime(path, ns=(journal.stat().st_mtime_ns - 10**6,) * 2)
    again = DatasetStore(data)
    assert set(again.labels) == set(labels_of(data)) == {A, B}
    assert "interrupted" in again.findings[0]
    assert not DatasetStore(data).findings


@pytest.mark.parametrize("tail", [b'{"id": 9', b"\xff\xfe\n", b"[]\n", b'{"id": 1, "changes": [{}]}\n'])
def test_a_damaged_line_of_the_journal_is_passed_over(data: Path, store: DatasetStore, tail: bytes) -> None:
    store.accept([Accept(A, "Egg")], ME)
    with (data / "dataset_default" / "edits.jsonl").open("ab") as file:
        file.write(tail)
    again = DatasetStore(data)
    assert not again.refresh()
    again.accept([Accept(B, "DNA")], ME)
    third = DatasetStore(data)
    assert set(third.labels) == {A, B} and third.undo(ME) is not None and third.undo(ME) is not None
    assert not third.labels


def test_a_full_disk_loses_nothing(data: Path, store: DatasetStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.accept([Accept(A, "Egg")], ME)
    before, journal = content(data), (data / "dataset_default" / "edits.jsonl").read_bytes()

    def full(path: Path, text: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "write_bytes", full)
    with pytest.raises(InputError, match="no space left on device.*nothing was saved"):
        store.accept([Accept(B, "DNA")], ME)
    monkeypatch.undo()
    assert content(data) == before and (data / "dataset_default" / "edits.jsonl").read_bytes() == journal
    assert not (data / "dataset_default" / B).exists()
    assert store.accept([Accept(B, "DNA")], ME).revision == 2


def test_another_program_that_does_not_let_go(data: Path, store: DatasetStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balatro.utils.processes.lock.WAIT_S", 0.05)
    monkeypatch.setattr(disk, "file_lock", lambda path: file_lock(path, 0.05))
    with (
        file_lock(data / "dataset_default" / ".labels.lock"),
        pytest.raises(InputError, match=rf"another program \(process {os.getpid()}\) is writing there"),
    ):
        store.accept([Accept(A, "Egg")], ME)
    assert store.accept([Accept(A, "Egg")], ME).revision == 1


def test_threads_that_save_at_once(data: Path, store: DatasetStore) -> None:
    other = DatasetStore(data)
    errors: list[BaseException] = []

    def work(who: DatasetStore, keys: list[str]) -> None:
        try:
            for key in keys:
                who.accept([Accept(key, "Egg")], ME)
        except BaseException as error:
            errors.append(error)

    keys = list(store.pictures)
    threads = [threading.Thread(target=work, args=(who, keys[place::2])) for place, who in enumerate((store, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors and set(labels_of(data)) == set(keys)
    store.refresh()
    assert store.revision == len(keys)


def test_a_dataset_without_raw_pictures_and_a_folder_without_groups(tmp_path: Path) -> None:
    write_pictures(tmp_path / "dataset_default", {"a.png": (0, 0), "b.png": (1, 0)})
    write_labels(tmp_path / "dataset_default" / "labels.json", {"a.png": CardLabel("Egg")})
    write_pictures(tmp_path / "shots", {"run/a.png": (2, 0)})
    store = DatasetStore(tmp_path, pictures=tmp_path / "shots")
    assert [picture.key for picture in store.unlabelled()] == ["run/a.png", "b.png"]
    store.accept([Accept("run/a.png", "DNA"), Remove("a.png")], ME)
    assert (tmp_path / "dataset_default" / "run" / "a.png").is_file()
    assert (tmp_path / "dataset_default" / "a.png").is_file()  # the only one there is
    assert store.undo(ME) is not None and list(store.labels) == ["a.png"]


def test_two_pictures_of_one_name_are_two(tmp_path: Path) -> None:
    write_pictures(tmp_path / "screenshots", {"a.png": (0, 0)})
    write_pictures(tmp_path / "dataset_default", {"a.png": (1, 5)})
    (tmp_path / "dataset_default" / "a.png").write_bytes((tmp_path / "dataset_default" / "a.png").read_bytes() + b" ")
    write_labels(tmp_path / "dataset_default" / "labels.json", {"a.png": CardLabel("Egg")})
    store = DatasetStore(tmp_path)
    assert [picture.key for picture in store.unlabelled()] == ["a-raw.png"]
    store.accept([Accept("a-raw.png", "DNA")], ME)
    assert set(DatasetStore(tmp_path).labels) == {"a.png", "a-raw.png"} and not DatasetStore(tmp_path).unlabelled()


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    store = DatasetStore(tmp_path / "none")
    assert (store.revision, dict(store.labels), store.unlabelled(), store.findings) == (0, {}, [], ())
    assert not (tmp_path / "none").exists()
    assert default_author()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("accept"), st.integers(0, 5), st.sampled_from(["Egg", "DNA"]), st.sampled_from(MODIFIERS)),
        st.tuples(st.sampled_from(["reject", "include", "remove", "regroup"]), st.integers(0, 5)),
        st.tuples(st.sampled_from(["undo", "redo", "restart"])),
    ),
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_memory_disk_and_history_agree(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple]) -> None:
    data = small_data(tmp_path_factory.mktemp("steps"))
    raw = {path.name: path.read_bytes() for path in (data / "screenshots").iterdir()}
    store = DatasetStore(data)
    start = content(data)
    for kind, *told in steps:
        if kind in ("undo", "redo"):
            getattr(store, kind)(ME)
        elif kind == "restart":
            store = DatasetStore(data)
        else:
            key = key_of(told[0])
            actions = {"accept": lambda k, *a: Accept(k, *a), "reject": Reject, "include": Include, "remove": Remove}
            store.accept([Regroup(key, 50) if kind == "regroup" else actions[kind](key, *told[1:])], ME)
        assert labels_of(data) == dict(store.labels)
        assert {path.name for path in (data / "dataset_default").glob("*.png")} == set(store.labels)
    again = DatasetStore(data)
    assert (dict(again.labels), again.aside, dict(again.pictures)) == (dict(store.labels), store.aside, dict(store.pictures))
    while again.undo(ME) is not None:
        pass
    assert content(data) == start and not again.aside
    assert raw == {path.name: path.read_bytes() for path in (data / "screenshots").iterdir()}


def test_modifiers_of_another_game_are_those_that_it_lists(data: Path) -> None:
    game = data / "dataset_default" / "game.json"
    write_bytes(game, b'{"modifiers": ["Normal", "Reverse Holo"]}')
    store = DatasetStore(data)
    store.accept([Accept(A, "Pikachu", "Reverse Holo", new=True), Accept(B, "Eevee", "Normal", new=True)], ME)
    store.accept([Relabel(A, modifier="Normal")], ME)
    with pytest.raises(LabelError, match="modifier 'Foil', not one of Normal, Reverse Holo"):
        store.accept([Accept(C, "Eevee", "Foil")], ME)
    again = DatasetStore(data)
    again.undo(ME)
    assert again.labels[A].modifier == "Reverse Holo" and coverage(again).modifiers == ("Normal", "Reverse Holo")
    write_bytes(game, b'{"modifiers": ["Normal", "Reverse Holo", "Shiny"]}')
    assert again.refresh() and again.modifiers[2] == "Shiny"
    again.accept([Accept(C, "Eevee", "Shiny")], ME)


def test_a_list_of_modifiers_that_is_none_is_told(data: Path) -> None:
    write_bytes(data / "dataset_default" / "game.json", b'["Normal"]')
    with pytest.raises(LabelError, match="no list of modifiers"):
        DatasetStore(data)
