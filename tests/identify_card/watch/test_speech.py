"""Names said aloud, with a voice that writes down what it would say."""

from __future__ import annotations

import re
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from balatro.errors import MissingPartError
from balatro.identify_card.card import Card
from balatro.identify_card.watch import speech
from balatro.identify_card.watch.command import watch
from balatro.identify_card.watch.speech import VOICES, Speaker, Voice, find_voice, speak, spoken
from tests.identify_card.fake_bundle import draw_table

app = typer.Typer()
app.command()(watch)
CARD = Card("island", "Island", "", "", "", True, 1.0, 0.0, (0, 0, 1, 1), ((0, 0),) * 4, ())


@pytest.fixture(autouse=True)
def threads_as_they_were() -> Iterator[None]:
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


def writes_down(place: Path, more: str = "") -> tuple[str, ...]:
    """A command that appends what it is to say, a line each, to a file."""
    program = f"import sys; text = sys.argv[2] if len(sys.argv) > 2 else sys.stdin.buffer.read().decode(); {more}\n"
    program += "open(sys.argv[1], 'a', encoding='utf-8').write(text + '\\n')"
    return (sys.executable, "-c", program, str(place))


@pytest.fixture
def heard(tmp_path: Path) -> Callable[[], list[str]]:
    place = tmp_path / "heard.txt"
    return lambda: place.read_text(encoding="utf-8").splitlines() if place.exists() else []


@pytest.fixture
def voice(tmp_path: Path) -> Voice:
    return Voice(writes_down(tmp_path / "heard.txt"))


@pytest.mark.parametrize("by_argument", [True, False])
@pytest.mark.parametrize("text", ["Island", "皮卡丘", "--version", "$(rm -rf /); `date` \"'", "Séance, 2"])
def test_what_is_said_is_the_text_alone(tmp_path: Path, heard: Callable[[], list[str]], by_argument: bool, text: str) -> None:
    assert speak(Voice(writes_down(tmp_path / "heard.txt"), by_argument), text) == ""
    assert heard() == [text]


def test_texts_are_said_in_order_and_to_the_end(voice: Voice, heard: Callable[[], list[str]]) -> None:
    with Speaker(voice) as speaker:
        speaker.say("one")
        speaker.say("two")
    assert heard() == ["one", "two"]


def test_saying_takes_no_time_and_drops_what_is_old(tmp_path: Path, heard: Callable[[], list[str]]) -> None:
    with Speaker(Voice(writes_down(tmp_path / "heard.txt", "import time; time.sleep(0.5)"))) as speaker:
        speaker.say("first")
        while speaker._waiting:
            time.sleep(0.001)
        began = time.monotonic()
        for number in range(50):
            speaker.say(str(number))
        assert time.monotonic() - began < 0.2
    assert heard() == ["first", "48", "49"]


@pytest.mark.parametrize(
    ("command", "trouble"),
    [
        ((sys.executable, "-c", "import sys; sys.exit('no sound card')"), r"failed \(no sound card\)"),
        ((sys.executable, "-c", "import sys; sys.exit(3)"), r"failed \(exit status 3\)"),
        (("no-such-voice",), "no-such-voice cannot be started"),
    ],
)
def test_a_voice_that_fails_is_told_once(command: tuple[str, ...], trouble: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Speaker(Voice(command)) as speaker:
        for text in ("one", "two"):
            speaker.say(text)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("--speak: ") and lines[0].endswith("; nothing more is said")
    assert re.search(trouble, lines[0])


def test_a_voice_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "LONGEST_S", 0.2)
    assert "not come to an end" in speak(Voice((sys.executable, "-c", "import time; time.sleep(60)")), "one")


@pytest.mark.parametrize(
    ("card", "count", "text"),
    [
        (CARD, 1, "Island"),
        (CARD, 2, "Island, 2"),
        (replace(CARD, modifier="Base"), 1, "Island"),
        (replace(CARD, modifier="Foil"), 3, "Island, Foil, 3"),
    ],
)
def test_how_a_card_is_said(card: Card, count: int, text: str) -> None:
    assert spoken(card, count) == text


@pytest.mark.parametrize(("system", "name"), [(system, voice.command[0]) for system in VOICES for voice in VOICES[system]])
def test_each_systems_voice_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, name: str) -> None:
    monkeypatch.setattr(speech.sys, "platform", system)
    monkeypatch.setattr(speech.shutil, "which", lambda command: "/bin/it" if command == name else None)
    assert find_voice().command[0] == name


def test_no_voice_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(speech.sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(app, ["--source", str(tmp_path / "none.mp4"), "--speak"])
    assert isinstance(result.exception, MissingPartError)
    text = str(result.exception)
    assert "\n" not in text and "none of spd-say, espeak-ng, espeak" in text and "apt install" in text


@pytest.mark.skipif(sys.platform == "win32", reason="a script with a first line that tells its interpreter")
@pytest.mark.parametrize(("arguments", "said"), [((), ["Red", "Green, Foil"]), (("--pile",), ["Red", "Red, 2", "Green, Foil"])])
def test_watching_speaks(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fake_folder: Path,
    heard: Callable[[], list[str]],
    arguments: tuple[str, ...],
    said: list[str],
) -> None:
    """The whole way: a program called as the system's voice is, found on the path."""
    red = ("red", "Base", 300, 150)
    for number, cards in enumerate([[red], [red, ("green", "Foil", 500, 150)]]):
        Image.fromarray(draw_table(cards)).save(tmp_path / f"{number}.png")
    program = tmp_path / "bin" / "espeak-ng"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys\nopen({str(tmp_path / 'heard.txt')!r}, 'a').write(sys.stdin.read() + '\\n')\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(program.parent))
    monkeypatch.setattr(speech.sys, "platform", "linux")
    monkeypatch.setattr(speech, "MOST_WAITING", 9)
    pile = [*arguments, str(tmp_path / "pile.csv")] if arguments else []
    command = ["--source", str(tmp_path / "*.png"), "--model", str(fake_folder), "--speak", *pile]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert heard() == said
