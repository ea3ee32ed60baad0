import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from balatro.augment_dataset import generate
from balatro.augment_dataset.generate import Outcome, augment, find_originals
from balatro.augment_dataset.journal import JOURNAL
from balatro.augment_dataset.settings import Settings
from balatro.augment_dataset.transforms import remake
from balatro.errors import BalatroError, InputError, LabelError, SettingsError
from balatro.utils.images import load_image, to_png
from balatro.utils.labels import AUGMENTED, CardLabel, read_labels, write_labels
from balatro.utils.labels import LABELS as LABELS_JSON
from tests.augment_dataset.tiny_dataset import LABELS, content, draw_card, write_dataset, write_picture

SETTINGS = Settings(n=2, editions=("Foil",))
NUM_COPIES = 2 * 5 + 2 * 3


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "data" / "dataset_default")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "data" / "augmented"


def run(dataset: Path, output: Path, settings: Settings = SETTINGS, **how: object) -> Outcome:
    return augment(find_originals(dataset), output, settings, **how)  # type: ignore[arg-type]


def test_any_one_picture_can_be_made_again_from_its_entry_alone(dataset: Path, output: Path):
    outcome = run(
        dataset, output, Settings(n=3, editions=("Foil", "Holographic", "Polychrome"), without=(), image_size=(40, 50))
    )
    entries = read_labels(output / AUGMENTED)
    assert len(entries) == len(outcome.labels) == 5 * 3 + 3 * 4
    for key, entry in entries.items():
        again = remake(load_image(dataset / entry.parent), entry.augmentation)
        assert np.array_equal(again, load_image(output / key))
        assert to_png(again) == (output / key).read_bytes()
        assert again.shape == (50, 40, 3)


def test_augmented_json_and_pictures_belong_together(dataset: Path, output: Path):
    outcome = run(dataset, output)
    entries = read_labels(output / AUGMENTED)
    assert entries == outcome.labels
    assert set(content(output)) == {*entries, AUGMENTED, JOURNAL}
    assert (len(entries), outcome.num_made, outcome.num_kept, outcome.failures) == (NUM_COPIES, NUM_COPIES, 0, [])
    one = entries["cluster3_card4_id5_aug2.png"]
    assert (one.name, one.modifier, one.cluster, one.card_group) == ("DNA", "Negative", 3, 4)
    assert one.full_path == "augmented/cluster3_card4_id5_aug2.png"
    assert outcome.by_modifier() == {
        ("Base", False): 6,
        ("Foil", False): 2,
        ("Foil", True): 3,
        ("Negative", False): 2,
        ("Negative", True): 3,
    }


def test_outside_the_data_folder_there_is_no_full_path(dataset: Path, tmp_path: Path):
    run(dataset, tmp_path / "elsewhere")
    assert {label.full_path for label in read_labels(tmp_path / "elsewhere" / AUGMENTED).values()} == {""}


def test_the_number_of_workers_changes_no_byte(dataset: Path, output: Path, tmp_path: Path):
    run(dataset, output, workers=1)
    run(dataset, tmp_path / "data" / "augmente2", workers=3)
    first, second = content(output), content(tmp_path / "data" / "augmente2")
    second[AUGMENTED] = second[AUGMENTED].replace(b"augmente2/", b"augmented/")
    assert first == second


def test_the_input_is_not_touched(dataset: Path, output: Path):
    before = content(dataset)
    run(dataset, output)
    assert content(dataset) == before


def watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pictures that are written from now on."""
    written: list[str] = []
    real = generate.write_bytes

    def note(path: Path, data: bytes) -> None:
        written.append(path.name)
        real(path, data)

    monkeypatch.setattr(generate, "write_bytes", note)
    return written


def test_the_same_again_makes_nothing(dataset: Path, output: Path, monkeypatch: pytest.MonkeyPatch):
    run(dataset, output)
    before = content(output)
    written = watch(monkeypatch)
    outcome = run(dataset, output)
    assert (written, outcome.num_made, outcome.num_kept) == ([], 0, NUM_COPIES)
    assert content(output) == before


@pytest.mark.parametrize("stop_at", [1, 7])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_stopped_run_goes_on_where_it_was(
    dataset: Path, output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int, error: BaseException
):
    real = generate.write_bytes
    written: list[str] = []

    def stop(path: Path, data: bytes) -> None:
        if len(written) == stop_at:
            raise error
        written.append(path.name)
        real(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(generate, "write_bytes", stop)
        with pytest.raises((KeyboardInterrupt, OSError)):
            run(dataset, output, workers=1)
    assert not (output / AUGMENTED).exists()
    outcome = run(dataset, output)
    assert outcome.num_made + outcome.num_kept == NUM_COPIES
    assert outcome.num_kept == stop_at
    run(dataset, tmp_path / "data" / "augmente2")
    whole = content(tmp_path / "data" / "augmente2")
    whole[AUGMENTED] = whole[AUGMENTED].replace(b"augmente2/", b"augmented/")
    assert content(output) == whole


def test_what_a_killed_run_left_is_swept_up(dataset: Path, output: Path):
    run(dataset, output)
    before = content(output)
    (output / ".cluster1_card1_id1_aug1.png.abc.part").write_bytes(b"half")
    with (output / JOURNAL).open("a") as file:
        file.write('{"key": "clus')
    assert run(dataset, output).num_made == 0
    assert content(output) == before


@pytest.mark.parametrize("harm", ["changed", "removed", "cut off"])
def test_a_picture_that_is_not_what_was_written_is_made_again(dataset: Path, output: Path, harm: str):
    run(dataset, output)
    before = content(output)
    victim = output / "cluster1_card1_id2_aug1.png"
    if harm == "removed":
        victim.unlink()
    else:
        victim.write_bytes(to_png(draw_card(9)) if harm == "changed" else before[victim.name][:50])
    assert run(dataset, output).num_made == 1
    assert content(output) == before


def test_a_changed_original_has_its_copies_made_again(dataset: Path, output: Path, monkeypatch: pytest.MonkeyPatch):
    run(dataset, output)
    write_picture(dataset / "cluster1_card1_id2.png", draw_card(17))
    written = watch(monkeypatch)
    run(dataset, output)
    assert sorted(written) == [f"cluster1_card1_id2_aug{number}.png" for number in (1, 2, 3, 4)]


def test_labels_may_change_between_runs(dataset: Path, output: Path):
    run(dataset, output)
    labels = {key: label for key, label in LABELS.items() if key != "cluster2_card3_id4.png"}
    labels["cluster3_card4_id5.png"] = CardLabel(name="Joker", type="Joker", rarity="Common", modifier="Negative")
    write_labels(dataset / LABELS_JSON, labels)
    outcome = run(dataset, output)
    assert (outcome.num_made, outcome.num_kept, outcome.num_removed) == (0, NUM_COPIES - 2, 2)
    assert set(content(output)) == {*outcome.labels, AUGMENTED, JOURNAL}
    assert read_labels(output / AUGMENTED)["cluster3_card4_id5_aug1.png"].name == "Joker"


def test_other_settings_need_overwrite(dataset: Path, output: Path):
    run(dataset, output)
    before = content(output)
    other = Settings(n=1, editions=("Foil",), seed=4)
    with pytest.raises(SettingsError, match=r"other settings \(seed 0, now 4; n 2, now 1\); --overwrite"):
        run(dataset, output, other)
    assert content(output) == before
    outcome = run(dataset, output, other, overwrite=True)
    assert set(content(output)) == {*outcome.labels, AUGMENTED, JOURNAL}
    assert len(outcome.labels) == 5 + 2 * 3


def test_another_dataset_needs_overwrite(dataset: Path, output: Path, tmp_path: Path):
    run(dataset, output)
    other = write_dataset(tmp_path / "data" / "other")
    with pytest.raises(SettingsError, match=r"input \"../dataset_default\", now \"../other\""):
        run(other, output)


def test_a_moved_project_goes_on(dataset: Path, output: Path, tmp_path: Path):
    run(dataset, output)
    moved = tmp_path / "moved"
    shutil.move(tmp_path / "data", moved)
    assert run(moved / "dataset_default", moved / "augmented").num_made == 0


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_of_the_users_is_never_touched(dataset: Path, output: Path, overwrite: bool):
    output.mkdir()
    (output / "mine.png").write_bytes(b"mine")
    with pytest.raises(InputError, match="not made by `balatro augment`"):
        run(dataset, output, overwrite=overwrite)
    assert content(output) == {"mine.png": b"mine"}


def test_a_journal_removes_nothing_that_is_not_a_copy(dataset: Path, output: Path, tmp_path: Path):
    run(dataset, output)
    for place in (tmp_path / "data" / "mine_aug1.png", output / "mine.png"):
        place.write_bytes(b"mine")
    line = {"parent": "", "augmentation": "", "picture": ""}
    keys = [
        "../mine_aug1.png",
        "mine.png",
        "..\\mine_aug1.png",
        str(tmp_path / "data" / "mine_aug1.png"),
        "a/../../mine_aug1.png",
    ]
    with (output / JOURNAL).open("a") as file:
        file.writelines(json.dumps({"key": key, **line}) + "\n" for key in keys)
    run(dataset, output, Settings(n=1), overwrite=True)
    assert (tmp_path / "data" / "mine_aug1.png").exists() and (output / "mine.png").exists()


@pytest.mark.parametrize("place", [".", "inside", "..", "inside/deeper"])
def test_copies_never_come_among_the_originals(dataset: Path, place: str):
    before = content(dataset.parent)
    with pytest.raises(SettingsError, match="shares its place with the originals"):
        run(dataset, dataset / place)
    assert content(dataset.parent) == before


def test_a_file_is_no_output(dataset: Path, output: Path):
    output.write_text("mine")
    with pytest.raises(InputError, match="a file, expected a folder"):
        run(dataset, output)


def test_missing_pictures_are_counted_before_anything_is_done(dataset: Path):
    for key in list(LABELS)[:4]:
        (dataset / key).unlink()
    with pytest.raises(LabelError) as caught:
        find_originals(dataset)
    assert "4 of its 5 pictures are not there (cluster1_card1_id1.png, cluster1_card1_id2.png, " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_original_that_cannot_be_read_is_left_out_and_told(dataset: Path, output: Path):
    bad = dataset / "cluster1_card1_id2.png"
    bad.write_bytes(bad.read_bytes()[:60])
    outcome = run(dataset, output)
    assert [line.split(":")[0] for line in outcome.failures] == [str(bad)]
    assert {label.parent for label in outcome.labels.values()} == set(LABELS) - {bad.name}
    assert set(content(output)) == {*outcome.labels, AUGMENTED, JOURNAL}
    write_picture(bad, draw_card(1))
    healed = run(dataset, output)
    assert (healed.failures, healed.num_made, len(healed.labels)) == ([], 4, NUM_COPIES)


@pytest.mark.parametrize(
    ("labels", "error"),
    [({}, InputError), ({"a_aug1.png": CardLabel(name="Egg", parent="a.png", augmentation="flip")}, InputError)],
)
def test_a_dataset_without_originals_is_refused(tmp_path: Path, labels: dict[str, CardLabel], error: type[BalatroError]):
    write_labels(tmp_path / LABELS_JSON, labels)
    with pytest.raises(error, match="no labelled pictures"):
        find_originals(tmp_path)


def test_copies_among_the_labels_are_left_out(dataset: Path):
    write_labels(dataset / LABELS_JSON, LABELS | {"x_aug1.png": CardLabel(name="Egg", parent="x.png", augmentation="flip")})
    found = find_originals(dataset)
    assert (set(found.labels), found.num_left_out) == (set(LABELS), 1)


def test_another_file_of_labels_finds_its_pictures_beside_it_or_in_the_input(dataset: Path, output: Path, tmp_path: Path):
    subset = tmp_path / "data" / "subset" / "few.json"
    write_picture(subset.parent / "own.png", draw_card(5))
    own = {"own.png": CardLabel(name="Egg", modifier="Base"), "cluster3_card4_id5.png": LABELS["cluster3_card4_id5.png"]}
    write_labels(subset, own)
    found = find_originals(dataset, subset)
    assert found.paths == {"own.png": subset.parent / "own.png", "cluster3_card4_id5.png": dataset / "cluster3_card4_id5.png"}
    outcome = augment(found, output, Settings(n=1, negative_synthetic=False))
    assert set(outcome.labels) == {"own_aug1.png", "cluster3_card4_id5_aug1.png"}


def test_a_folder_of_named_pictures_without_labels_works(tmp_path: Path):
    for number, name in enumerate(["Pikachu/1.png", "Pikachu/2.png", "Mew/1.png"]):
        write_picture(tmp_path / "pokemon" / name, draw_card(number))
    outcome = run(tmp_path / "pokemon", tmp_path / "out", Settings(n=2))
    assert set(outcome.labels) == {f"{stem}_aug{k}.png" for stem in ("Pikachu/1", "Pikachu/2", "Mew/1") for k in (1, 2)}
    assert outcome.labels["Mew/1_aug1.png"].name == "Mew"
    shutil.rmtree(tmp_path / "pokemon" / "Mew")
    run(tmp_path / "pokemon", tmp_path / "out", Settings(n=2))
    assert not (tmp_path / "out" / "Mew").exists()
