"""`balatro watch --post`: every event to a web address, in a thread of its own, so that a slow one never holds up a look."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib import error, request
from urllib.parse import urlsplit

from balatro import __version__
from balatro.errors import SettingsError
from balatro.identify_card.watch.events import FORMAT, json_line, text_line
from balatro.utils.wording.plurals import counted

if TYPE_CHECKING:
    from balatro.identify_card.watch.events import Event
    from balatro.identify_card.watch.rest.told import Told

WAITING = 500
"""Events that wait for an address that does not answer; beyond, the oldest goes."""
TIMEOUT_S = 5.0
TRIES, PAUSE_S = 4, 1.0
"""Times that one request is sent, and the pause after the first; each further one is twice as long."""
LAST_S = 5.0
"""At the end, so long for what still waits."""
LATER = (408, 425, 429, 500, 502, 503, 504)
"""Answers after which the same request may do: all others say no to it."""
MOST_LETTERS = 1900
"""Of a message in a Discord channel, which takes 2000."""
DISCORD = ("discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com")


@dataclass(frozen=True)
class Waiting:
    """Something that was told, as both forms have it."""

    json: str
    text: str


@dataclass(frozen=True)
class Form:
    """How an address wants its events."""

    body: Callable[[list[Waiting]], bytes]
    at_once: int
    """How many go into one request, at most."""


def _lines(waiting: list[Waiting]) -> bytes:
    return waiting[0].json.encode("utf-8", "backslashreplace")


def _message(waiting: list[Waiting]) -> bytes:
    """What Discord's webhooks take: a message, in which nobody is called."""
    lines = "\n".join(one.text.rstrip()[: MOST_LETTERS // MESSAGE.at_once] for one in waiting)
    return json.dumps({"content": f"```\n{lines}\n```", "allowed_mentions": {"parse": []}}).encode()


PLAIN, MESSAGE = Form(_lines, 1), Form(_message, 10)


def check_address(url: str) -> str:
    """The name of the host, which is all that is ever said of an address: many have a secret in their path.

    SettingsError when it is no http or https address.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or any(letter.isspace() for letter in url):
        raise SettingsError("--post: not an address to send to; expected one like https://example.org/events")
    return host


class Poster:
    """Sends what is told to an address, each as JSON in a request of its own; to Discord as messages.

    What the address does not take is told on stderr, in one line, and again when it does.
    """

    def __init__(self, url: str, pause: float = PAUSE_S) -> None:
        self.host = check_address(url)
        self._url, self._pause = url, pause
        self._form = MESSAGE if self.host in DISCORD and "/webhooks/" in url else PLAIN
        self._waiting: deque[Waiting] = deque()
        self._news = threading.Condition()
        self._ends = self._trouble = False
        self.sent = self.lost = 0
        """Events, up to now."""
        self._thread = threading.Thread(target=self._work, name="post", daemon=True)
        self._thread.start()

    def __call__(self, event: Event) -> None:
        """Send an event of a card."""
        self._put(Waiting(json_line(event), text_line(event)))

    def tell(self, told: Told) -> None:
        """Send what is told of the table."""
        self._put(Waiting(json_line(told), told.to_text()))

    def close(self) -> None:
        """Wait a little for what is still to be sent, and say what was not."""
        with self._news:
            self._ends = True
            self._news.notify()
        self._thread.join(LAST_S)
        with self._news:
            unsent = len(self._waiting) + self.lost
        if unsent:
            print(f"--post: {counted(unsent, 'event')} did not reach {self.host}", file=sys.stderr)

    def _put(self, waiting: Waiting) -> None:
        with self._news:
            if len(self._waiting) >= WAITING:
                self._waiting.popleft()
                self.lost += 1
            self._waiting.append(waiting)
            self._news.notify()

    def _work(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._ends)
                if not self._waiting:
                    return
                count = min(len(self._waiting), self._form.at_once)
                batch = [self._waiting.popleft() for _ in range(count)]
            if self._send(self._form.body(batch)):
                self.sent += count
            else:
                self.lost += count

    def _send(self, body: bytes) -> bool:
        """Whether the address took it, in one of TRIES."""
        pause = self._pause
        for _ in range(TRIES):
            why, wait = self._ask(body)
            if not why:
                self._say("")
                return True
            self._say(why)
            if wait is None:
                return False
            self._rest(max(pause, wait))
            pause *= 2
        return False

    def _ask(self, body: bytes) -> tuple[str, float | None]:
        """What went wrong, or nothing; and after how many seconds at least it may be tried again, None for never."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"balatro/{__version__}",
            "Balatro-Format": str(FORMAT),
        }
        try:
            with request.urlopen(request.Request(self._url, body, headers, method="POST"), timeout=TIMEOUT_S):
                return "", 0.0
        except error.HTTPError as answer:
            with answer:
                return f"it answered {answer.code}", _seconds(answer.headers) if answer.code in LATER else None
        except (OSError, http.client.HTTPException) as failure:
            reason = getattr(failure, "reason", failure)
            return str(getattr(reason, "strerror", None) or reason or type(failure).__name__), 0.0

    def _rest(self, seconds: float) -> None:
        """Before another try; not at the end, where the last one is made at once."""
        with self._news:
            self._news.wait_for(lambda: self._ends, seconds)
        if self._ends:
            time.sleep(min(seconds, 0.2))

    def _say(self, why: str) -> None:
        """Tell when it begins to fail, and when it works again."""
        if bool(why) != self._trouble:
            told = f"cannot send to {self.host} ({why}); events wait" if why else f"{self.host} takes events again"
            print(f"--post: {told}", file=sys.stderr)
        self._trouble = bool(why)


def _seconds(headers: object) -> float:
    """What `Retry-After` asks for, a minute at most."""
    asked = str(getattr(headers, "get", lambda *_: "")("Retry-After", ""))
    try:
        return min(max(float(asked), 0.0), 60.0)
    except ValueError:
        return 0.0
