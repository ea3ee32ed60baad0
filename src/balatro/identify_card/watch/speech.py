"""Names said aloud by the system's own voice: no library, no network, nothing to install on Windows and macOS."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from threading import Condition, Thread
from types import TracebackType

from balatro.errors import MissingPartError
from balatro.identify_card.card import Card

MOST_WAITING = 2
"""Texts that wait while another is said; older ones are dropped, as a name is of use while its card is in sight."""
LONGEST_S = 20.0
"""Seconds after which a voice that has not come to an end is stopped."""
LAST_S = 6.0
"""Seconds that are waited for what is still to be said at the end."""
_WINDOWS = (
    "Add-Type -AssemblyName System.Speech; "
    "$text = New-Object IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::UTF8); "
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak($text.ReadToEnd())"
)


@dataclass(frozen=True)
class Voice:
    """A program that speaks what it reads from stdin, or what its last argument says."""

    command: tuple[str, ...]
    by_argument: bool = False


VOICES = {
    "darwin": (Voice(("say",)),),
    "win32": (Voice(("powershell", "-NoProfile", "-NonInteractive", "-Command", _WINDOWS)),),
    "linux": (
        Voice(("spd-say", "--wait", "--"), by_argument=True),  # from stdin it would not wait for the end
        Voice(("espeak-ng", "--stdin")),
        Voice(("espeak", "--stdin")),
    ),
}
"""The voices of each system, the best first."""
_HELP = "install one, such as `sudo apt install speech-dispatcher` or espeak-ng, or leave out --speak"


def find_voice() -> Voice:
    """The system's voice; MissingPartError where there is none."""
    voices = VOICES.get(sys.platform, VOICES["linux"])
    for voice in voices:
        if shutil.which(voice.command[0]):
            return voice
    raise MissingPartError(f"--speak: no voice here, none of {', '.join(voice.command[0] for voice in voices)}; {_HELP}")


class Speaker:
    """Says texts one after another in a thread of its own, so that watching goes on meanwhile. To be used with `with`."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._news = Condition()
        self._ended = False
        self._thread = Thread(target=self._run, name="speaking", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """Say this as soon as what is being said has ended."""
        with self._news:
            self._waiting.append(text)
            self._news.notify()

    def close(self) -> None:
        """Let what waits be said, but not for long, then end."""
        with self._news:
            self._ended = True
            self._news.notify()
        self._thread.join(LAST_S)

    def _run(self) -> None:
        while (text := self._next()) is not None:
            if trouble := speak(self._voice, text):
                print(f"--speak: {trouble}; nothing more is said", file=sys.stderr)
                return

    def _next(self) -> str | None:
        with self._news:
            self._news.wait_for(lambda: bool(self._waiting) or self._ended)
            return self._waiting.popleft() if self._waiting else None

    def __enter__(self) -> Speaker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def speak(voice: Voice, text: str) -> str:
    """Say a text, and wait for its end; what went wrong, in one line, or nothing."""
    name = voice.command[0]
    command = [*voice.command, text] if voice.by_argument else list(voice.command)
    given = b"" if voice.by_argument else text.encode("utf-8", "replace")
    window = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=LONGEST_S, creationflags=window)
    except subprocess.TimeoutExpired:
        return f"{name} has not come to an end within {LONGEST_S:.0f} s"
    except OSError as error:
        return f"{name} cannot be started ({error})"
    if done.returncode == 0:
        return ""
    said = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    with contextlib.suppress(IndexError):
        return f"{name} failed ({said[-1][:200]})"
    return f"{name} failed (exit status {done.returncode})"


def spoken(card: Card, count: int = 1) -> str:
    """How a card is said: `Island`, `Juggler, Foil`; the how many-th of its kind from the second on: `Island, 2`."""
    modifier = card.modifier if card.modifier not in ("", "Base") else ""
    return ", ".join(part for part in (card.name or "", modifier, str(count) if count > 1 else "") if part)
