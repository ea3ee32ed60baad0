"""Connections that nobody keeps up: a client that sends half a request, or takes no answer, is let go after a while.

uvicorn closes what is idle after an answer, but the first byte of another request ends that, and of its headers, as of a
connection's very first ones, it waits for the rest for ever.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class PatientProtocol(H11Protocol):
    """uvicorn's own, with a limit to the time in which a client lets the server wait.

    It is the one on h11: that on httptools, where this is installed, reads any number of requests ahead.

    Two waits have an end: for a request's headers, from the connection's beginning or the end of the answer before, however
    many bytes come meanwhile; and for an answer to be taken. A body is the application's to wait for, and a WebSocket has
    another protocol from its handshake on.
    """

    def __init__(self, *args: Any, seconds: float, **kwargs: Any) -> None:
        """seconds: for a request's headers, and for taking an answer."""
        super().__init__(*args, **kwargs)
        self._seconds = seconds
        self._waiting: asyncio.TimerHandle | None = None
        self._is_unread = False
        """An answer waits for its client to take what was sent before."""
        self._has_begun = False
        """Something has come of a request that is not whole."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        self._has_begun = True
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        self._has_begun = False
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._is_unread = True
        self._look()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._is_unread = False
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Begin to wait where the client is the one who is waited for, else stop; a wait that has begun goes on."""
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if self.transport.get_protocol() is not self or (is_answering and not self._is_unread):
            self._stop()
        elif self._waiting is None:
            self._waiting = self.loop.call_later(self._seconds, self._hang_up)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _hang_up(self) -> None:
        """Tell a client that has begun a request why, where it reads what it is told."""
        if self._has_begun and not self._is_unread and not self.transport.is_closing():
            line = json.dumps({"error": f"the request's headers did not arrive within {self._seconds:g} s; send it again"})
            head = f"content-type: application/json\r\ncontent-length: {len(line)}\r\nconnection: close"
            self.transport.write(f"HTTP/1.1 408 Request Timeout\r\n{head}\r\n\r\n{line}".encode())
        self.transport.close()
        if self.transport.get_write_buffer_size():  # it would stay open until the client reads
            self.transport.abort()


def patient(seconds: float) -> Any:
    """What `uvicorn.Config` takes as `http`."""
    return partial(PatientProtocol, seconds=seconds)
