import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from balatro.augment_dataset.command import augment
from balatro.augment_dataset.journal import JOURNAL
from balatro.augment_dataset.steps import TRANSFORMS, parse_steps
from balatro.errors import BalatroError
from balatro.utils.labels import AUGMENTED, read_labels, write_labels
from tests.augment_dataset.tiny_dataset import LABELS, content, write_dataset

app = typer.Typer()
app.command()(augment)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder, with a dataset in its place."""
    write_dataset(tmp_path / "data" / "dataset_default")
    return tmp_path / "data"


def run(*args: object) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args])


def journal_head(data: Path) -> str:
    return (data / "augmented" / JOURNAL).read_text().splitlines()[0]


def test_the_defaults_are_those_of_the_settings_and_the_data_folder(data: Path):
    result = run()
    assert result.exit_code == 0, result.output
    assert f"{data / 'augmented'}: 25 copies of 5 pictures (25 made, 0 were there)" in result.stdout
    assert "Negative          3  drawn over Base" in result.stdout
    assert len(read_labels(data / "augmented" / AUGMENTED)) == 25
    assert run("--workers", 1).stdout.splitlines()[0].endswith("(0 made, 25 were there)")
    assert '"n": null, "standard": 3, "rare": 10, "rare_threshold": 3, ' in journal_head(data)


def test_every_transform_has_its_switch(data: Path):
    switches = {name.removeprefix("no_") for name in inspect.signature(augment).parameters if name.startswith("no_")}
    assert switches == set(TRANSFORMS) - {"flip"}
    for number, name in enumerate(sorted(switches)):
        assert run(f"--no-{name}", "--n", 8, "--output", data / f"o{number}").exit_code == 0
        entries = read_labels(data / f"o{number}" / AUGMENTED).values()
        done = {step.name for entry in entries for step in parse_steps(entry.augmentation)}
        assert name not in done
        assert switches - {name} <= done


@pytest.mark.parametrize(
    ("args", "names"),
    [
        (["--flip", "--n", "9"], {"flip", "negative"}),
        (["--invert"], {"invert"}),
        (["--synthetic-editions", "foil, HOLOGRAPHIC"], {"foil", "holographic", "negative"}),
        (["--synthetic-editions", "Polychrome", "--no-negative-synthetic"], {"polychrome"}),
        (["--image-size", "20x30"], {"size", "negative"}),
    ],
)
def test_what_is_asked_for_is_done(data: Path, args: list[str], names: set[str]):
    assert run(*args, "--output", data / "o").exit_code == 0
    entries = read_labels(data / "o" / AUGMENTED).values()
    done = {step.name for entry in entries for step in parse_steps(entry.augmentation)}
    assert done - set(TRANSFORMS) | done & {"flip"} == names


@pytest.mark.parametrize(("args", "end"), [([], ",0.04,1.14"), (["--no-crt", "--margin", "0"], ",0,1")])
def test_editions_fit_the_captures(data: Path, args: list[str], end: str):
    assert run(*args).exit_code == 0
    drawn = [
        entry.augmentation.split(";")[0] for entry in read_labels(data / "augmented" / AUGMENTED).values() if entry.synthetic
    ]
    assert len(drawn) == 3 and all(text.startswith("negative") and text.endswith(end) for text in drawn)


def test_a_subset_of_labels(data: Path):
    few = {"cluster3_card4_id5.png": LABELS["cluster3_card4_id5.png"]}
    write_labels(data / "few.json", few)
    result = run("--labels", data / "few.json", "--n", 2)
    assert "2 copies of 1 picture" in result.stdout
    assert {entry.parent for entry in read_labels(data / "augmented" / AUGMENTED).values()} == set(few)


def test_preview_writes_nothing_else(data: Path):
    before = set(content(data))
    result = run("--preview", data / "sheet.png")
    assert result.stdout.startswith(f"{data / 'sheet.png'}: ")
    assert set(content(data)) - before == {"sheet.png"}


def test_a_damaged_picture_ends_in_an_error_after_the_others_are_done(data: Path):
    (data / "dataset_default" / "cluster1_card1_id1.png").write_bytes(b"no picture")
    result = run()
    assert isinstance(result.exception, BalatroError)
    assert str(result.exception) == "1 of 5 pictures could not be read (listed above); the others are done"
    assert "cluster1_card1_id1.png: not a picture" in result.stderr
    assert "copies of 4 pictures" in result.stdout


@pytest.mark.parametrize(
    ("args", "fault"),
    [
        (["--synthetic-editions", "Gold"], "--synthetic-editions gold: no edition is called that"),
        (["--image-size", "big"], "--image-size big: expected pixels"),
        (["--image-size", "3"], "expected 8 to 4096 pixels"),
        (["--balance-by", "rarity"], "expected name or modifier"),
        (["--input", "nowhere"], "nowhere: no such folder"),
        (["--labels", "nowhere.json"], "nowhere.json: not readable as JSON"),
        (["--standard-aug-per-sample", "0", "--rare-aug-per-sample", "0", "--no-negative-synthetic"], "make no copies"),
        (["--preview", "sheet.gif"], "ends in .png"),
    ],
)
def test_mistakes_are_one_line(data: Path, args: list[str], fault: str):
    before = content(data)
    result = run(*args)
    assert isinstance(result.exception, BalatroError)
    assert fault in str(result.exception) and "\n" not in str(result.exception)
    assert content(data) == before


@pytest.mark.parametrize("args", [["--n", "0"], ["--standard-aug-per-sample", "-1"], ["--margin", "0.9"], ["--twirl"]])
def test_impossible_options_are_refused(data: Path, args: list[str]):
    assert run(*args).exit_code == 2


def test_the_command_is_light_and_the_room_needs_no_torch():
    code = (
        "import sys, balatro.augment_dataset.command; assert not {'cv2', 'numpy', 'PIL'} & set(sys.modules); "
        "import balatro.augment_dataset.preview; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=240)
