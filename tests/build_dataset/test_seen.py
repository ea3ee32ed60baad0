"""The store of seen cards: names, entries, what a start finds, and what never happens to a picture."""

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from balatro.build_dataset import seen
from balatro.build_dataset.entries import Numbers
from balatro.build_dataset.hashes import fingerprint, to_hex
from balatro.build_dataset.seen import COUNTERS, MOST_LINES, SEEN, SeenStore
from balatro.errors import InputError
from balatro.utils.images import load_image, to_png
from tests.build_dataset.card_crops import crop, seen_again


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "screenshots"


def entries_of(folder: Path) -> dict[str, dict[str, object]]:
    return json.loads((folder / SEEN).read_text())


def write_entries(folder: Path, entries: object) -> None:
    (folder / SEEN).write_text(json.dumps(entries, indent=2))


def save(store: SeenStore, image: np.ndarray) -> str | None:
    path = store.save(image, store.decide(image))
    return path.name if path else None


def filled(folder: Path, count: int = 3) -> list[str]:
    """Save some different cards; their names."""
    with SeenStore(folder) as store:
        return [name for seed in range(count) if (name := save(store, crop(seed)))]


def as_group(image: np.ndarray) -> np.ndarray:
    """The same card with one small sign on it."""
    marked = image.copy()
    cv2.rectangle(marked, (28, 60), (36, 70), (255, 255, 255), -1)
    return marked


def test_names_say_cluster_group_and_id(folder: Path) -> None:
    with SeenStore(folder) as store:
        assert save(store, crop(0)) == "cluster0_card0_id0.png"
        assert save(store, crop(0)) is None
        assert save(store, crop(1)) == "cluster1_card1_id1.png"
        assert save(store, as_group(crop(1))) == "cluster1_card1_id2.png"
        assert (store.counts.cards, store.counts.card_groups, store.counts.clusters) == (3, 2, 2)
    assert sorted(entries_of(folder)) == sorted(path.name for path in folder.glob("*.png"))


def test_an_entry_has_the_missions_keys(folder: Path) -> None:
    filled(folder, 1)
    entry = entries_of(folder)["cluster0_card0_id0.png"]
    prints = fingerprint([crop(0)])
    assert {key: entry[key] for key in ("filename", "cluster", "card_group")} == {
        "filename": "cluster0_card0_id0.png",
        "cluster": 0,
        "card_group": 0,
    }
    assert [entry[key] for key in ("ph", "ah", "dh")] == [to_hex(value) for value in prints.hashes[0]]
    assert entry["size"] == [64, 86]
    assert set(entry) == {"filename", "cluster", "card_group", "ph", "ah", "dh", "rgb", "size"}


def test_a_picture_is_the_crop(folder: Path) -> None:
    with SeenStore(folder) as store:
        path = store.save(crop(4), store.decide(crop(4)))
    assert path is not None
    assert np.array_equal(load_image(path), crop(4))


def test_decisions_survive_a_restart(folder: Path) -> None:
    filled(folder)
    rng = np.random.default_rng(0)
    with SeenStore(folder) as store:
        assert store.findings == []
        for seed in range(3):
            decision = store.decide(crop(seed))
            assert (decision.outcome, decision.cluster, decision.card_group) == ("duplicate", seed, seed)
            assert decision.nearest_filename == f"cluster{seed}_card{seed}_id{seed}.png"
            assert store.decide(seen_again(crop(seed), rng)).outcome in ("duplicate", "same group")
        new = store.decide(crop(9))
        assert (new.outcome, new.cluster, new.card_group) == ("new cluster", None, None)
        assert save(store, crop(9)) == "cluster3_card3_id3.png"


def test_of_two_equal_cards_of_a_frame_one_is_saved(folder: Path) -> None:
    with SeenStore(folder) as store:
        decisions = [store.decide(crop(0)), store.decide(crop(0)), store.decide(as_group(crop(0)))]
        assert {decision.outcome for decision in decisions} == {"new cluster"}
        images = [crop(0), crop(0), as_group(crop(0))]
        paths = [store.save(image, decision) for image, decision in zip(images, decisions, strict=True)]
    assert [path and path.name for path in paths] == ["cluster0_card0_id0.png", None, "cluster0_card0_id1.png"]


@pytest.mark.parametrize("lost", ["pictures", "pictures and entries", "all but the counters", "the counters"])
def test_ids_are_never_used_twice(folder: Path, lost: str) -> None:
    names = filled(folder)
    if lost != "the counters":
        for name in names:
            (folder / name).unlink()
    if lost == "pictures and entries":
        write_entries(folder, {})
    elif lost == "all but the counters":
        (folder / SEEN).unlink()
    elif lost == "the counters":
        (folder / COUNTERS).write_text("no JSON")
    with SeenStore(folder) as store:
        assert save(store, crop(7)) == "cluster3_card3_id3.png"


def test_forced_cards_are_saved(folder: Path) -> None:
    filled(folder, 2)
    with SeenStore(folder) as store:
        decision = store.decide(crop(0))
        assert store.save(crop(0), decision) is None
        assert store.force(crop(0), decision).name == "cluster0_card0_id2.png"
        assert store.force(crop(5), card_group=1).name == "cluster1_card1_id3.png"
        assert store.decide(crop(5)).card_group == 1
        with pytest.raises(InputError, match="no card group 77"):
            store.force(crop(6), card_group=77)


def test_a_person_may_regroup(folder: Path) -> None:
    names = filled(folder)
    with SeenStore(folder) as store:
        moved = store.overrule(names[2], card_group=0)
        assert (moved.cluster, moved.card_group) == (0, 0)
        assert store.decide(crop(2)).card_group == 0
        apart = store.overrule(names[2])
        assert (apart.cluster, apart.card_group) == (0, 3)
        assert save(store, crop(8)) == "cluster3_card4_id3.png"
        with pytest.raises(InputError, match="no such card"):
            store.overrule("elsewhere.png", card_group=0)
    with SeenStore(folder) as store:
        assert store.decide(crop(2)).card_group == 3
        assert store.findings == []
    assert names[2] in {path.name for path in folder.glob("*.png")}


def test_pictures_without_entries_are_entered(folder: Path) -> None:
    names = filled(folder)
    entries = entries_of(folder)
    kept = {**entries}
    write_entries(folder, {names[0]: entries[names[0]]})
    (folder / "my own.png").write_bytes(to_png(as_group(crop(1))))
    (folder / "broken.png").write_bytes(b"\x89PNG no more")
    with SeenStore(folder) as store:
        told = "\n".join(store.findings)
        assert f"{names[1]}: a picture without an entry: entered" in told
        assert "broken.png" in told
        assert "left as it is" in told
        assert store.decide(crop(2)).outcome == "duplicate"
    found = entries_of(folder)
    assert {name: found[name] for name in names} == kept
    assert (found["my own.png"]["cluster"], found["my own.png"]["card_group"]) == (1, 1)
    assert "broken.png" not in found
    assert (folder / "broken.png").read_bytes() == b"\x89PNG no more"


def test_entries_without_pictures_are_kept_and_marked(folder: Path) -> None:
    names = filled(folder)
    picture = (folder / names[1]).read_bytes()
    (folder / names[1]).unlink()
    with SeenStore(folder) as store:
        assert store.findings == [f"{names[1]}: an entry without its picture: kept and marked, the card still counts as seen"]
        assert save(store, crop(1)) is None
    assert entries_of(folder)[names[1]]["missing"] is True
    (folder / names[1]).write_bytes(picture)
    with SeenStore(folder) as store:
        assert store.findings == [f"{names[1]}: its picture is back: no longer marked as missing"]
    assert "missing" not in entries_of(folder)[names[1]]


def test_entries_of_the_first_program_get_their_colour_key(folder: Path) -> None:
    """Its entries have the hashes alone."""
    names = filled(folder)
    whole = entries_of(folder)
    short = ("filename", "cluster", "card_group", "ph", "ah", "dh")
    write_entries(folder, {name: {key: entry[key] for key in short} for name, entry in whole.items()})
    with SeenStore(folder) as store:
        assert len(store.findings) == 3
        assert all("made anew" in finding for finding in store.findings)
        assert store.decide(crop(2)).nearest_filename == names[2]
    assert entries_of(folder) == whole


@pytest.mark.parametrize(
    "damage",
    [{"ph": "xyz"}, {"ah": None}, {"rgb": "AAAA"}, {"size": [0, 5]}, {"size": "big"}, {"cluster": -1}, {"card_group": True}],
)
def test_damaged_entries_are_made_anew(folder: Path, damage: dict[str, object]) -> None:
    names = filled(folder)
    whole = entries_of(folder)
    write_entries(folder, {**whole, names[1]: {**whole[names[1]], **damage, "note": "mine"}})
    with SeenStore(folder) as store:
        assert store.decide(crop(1)).outcome == "duplicate"
    assert entries_of(folder) == {**whole, names[1]: {**whole[names[1]], "note": "mine"}}


def test_what_can_be_compared_with_nothing_is_kept(folder: Path) -> None:
    filled(folder, 1)
    whole = entries_of(folder)
    odd = {"gone.png": {"cluster": 3}, "odd": [1, 2]}
    write_entries(folder, {**whole, **odd})
    with SeenStore(folder) as store:
        assert sum("compared with nothing" in finding for finding in store.findings) == 2
        assert save(store, crop(5)) == "cluster1_card1_id1.png"
    found = entries_of(folder)
    assert found["odd"] == [1, 2]
    assert found["gone.png"] == {"cluster": 3, "missing": True}


def test_unknown_keys_are_kept_and_told(folder: Path) -> None:
    names = filled(folder)
    whole = entries_of(folder)
    write_entries(folder, {name: {**entry, "mood": {"x": [1]}} for name, entry in whole.items()})
    with SeenStore(folder) as store:
        assert store.findings == [f"{SEEN}: unknown key 'mood' in 3 entries: kept"]
        save(store, crop(6))
        store.overrule(names[0], card_group=1)
    assert entries_of(folder)[names[0]]["mood"] == {"x": [1]}


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"a": }', "null", "[" * 100_000])
def test_what_is_no_json_object_is_left_alone(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / SEEN).write_text(text)
    with pytest.raises(InputError, match="mend or remove it"):
        SeenStore(folder)
    assert (folder / SEEN).read_text() == text
    (folder / SEEN).unlink()
    SeenStore(folder).close()  # the lock was let go


def test_many_findings_of_one_kind_are_summed_up(folder: Path) -> None:
    folder.mkdir()
    for seed in range(MOST_LINES + 3):
        (folder / f"{seed:02}.png").write_bytes(to_png(crop(seed, (20, 26))))
    with SeenStore(folder) as store:
        assert len(store.findings) == MOST_LINES + 1
        assert store.findings[-1].startswith("3 more: ")
        assert len(store) == MOST_LINES + 3


def test_two_stores_never_share_a_folder(folder: Path) -> None:
    with SeenStore(folder), pytest.raises(InputError, match=r"in use by another program.*close it, or name another folder"):
        SeenStore(folder)
    SeenStore(folder).close()


def test_the_lock_ends_with_its_process(folder: Path) -> None:
    script = (
        "import sys, pathlib; from balatro.build_dataset.seen import SeenStore; "
        "store = SeenStore(pathlib.Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(InputError, match=str(other.pid) if os.name == "posix" else "in use"):
            SeenStore(folder)
        other.kill()
    SeenStore(folder).close()


def test_a_closed_store_takes_nothing(folder: Path) -> None:
    store = SeenStore(folder)
    store.close()
    store.close()
    with pytest.raises(InputError, match="closed"):
        store.force(crop(0))


@pytest.mark.parametrize("after", [0, 1])
def test_a_full_disk_is_one_line_and_loses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    names = filled(folder)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with SeenStore(folder) as store:
        with monkeypatch.context() as patch:
            if after == 0:
                patch.setattr(seen, "write_png", full)
            else:
                patch.setattr(seen.RecordFile, "append", full)
            with pytest.raises(InputError, match=r"not written \(No space left.*saved before is safe"):
                save(store, crop(7))
        assert set(entries_of(folder)) == set(names)
        saved = save(store, crop(8))
    with SeenStore(folder) as store:
        assert len(store) == len(names) + 1 + after  # the picture without an entry is entered
        assert saved in entries_of(folder)


@pytest.mark.parametrize("step", ["counters", "picture", "entry"])
def test_a_sudden_end_between_two_steps_is_mended(folder: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    class End(BaseException):
        pass

    def end(*_: object) -> None:
        raise End

    filled(folder)
    store = SeenStore(folder)
    target = {"counters": (SeenStore, "_count_on"), "picture": (seen, "write_png"), "entry": (seen.RecordFile, "append")}[step]
    with monkeypatch.context() as patch:
        patch.setattr(*target, end)
        with pytest.raises(End):
            save(store, crop(7))
    store._lock.close()  # as the end of the process does; nothing else is closed
    assert store._records is not None
    store._records._file.close()  # type: ignore[union-attr]
    (folder / ".cluster3_card3_id3.png.abc.part").write_bytes(b"half")
    with SeenStore(folder) as again:
        assert any("beginning of a file" in finding for finding in again.findings)
        assert len(again) == (4 if step == "entry" else 3)
        name = save(again, crop(9))
    assert name == {"counters": "cluster3_card3_id3.png", "picture": "cluster4_card4_id4.png"}.get(
        step, "cluster4_card4_id4.png"
    )
    assert not list(folder.glob(".*.part"))


def test_other_writers_are_not_written_over(folder: Path) -> None:
    filled(folder)
    with SeenStore(folder) as store:
        write_entries(folder, {"mine": {}})
        with pytest.raises(InputError, match="changed by another program"):
            save(store, crop(8))
    assert entries_of(folder) == {"mine": {}}
    assert len(list(folder.glob("*.png"))) == 3


def test_no_picture_is_ever_written_over(folder: Path) -> None:
    with SeenStore(folder) as store:
        (folder / "cluster0_card0_id0.png").write_bytes(b"mine")
        with pytest.raises(InputError, match="made by another program"):
            save(store, crop(0))
    assert (folder / "cluster0_card0_id0.png").read_bytes() == b"mine"


def test_pictures_never_change(folder: Path) -> None:
    names = filled(folder)
    before = {name: ((folder / name).read_bytes(), (folder / name).stat().st_mtime_ns) for name in names}
    with SeenStore(folder) as store:
        save(store, crop(8))
        store.overrule(names[0], card_group=2)
    assert before == {name: ((folder / name).read_bytes(), (folder / name).stat().st_mtime_ns) for name in names}


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="name another folder"):
        SeenStore(tmp_path / "file" / "screenshots")


def test_settings_are_used(folder: Path) -> None:
    with SeenStore(folder, replace(seen.DEFAULT, duplicate=0.0, group=0.0, cluster=0.0)) as store:
        store.force(crop(0))
        assert store.decide(seen_again(crop(0), np.random.default_rng(1))).outcome == "new cluster"


def test_counters_are_of_one_length() -> None:
    assert len({len(Numbers(n, n, n).line()) for n in (0, 7, 10**14)}) == 1
