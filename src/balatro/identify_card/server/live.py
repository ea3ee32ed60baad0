"""The WebSocket /live: pictures in, answers out, the newest first.

A client may send faster than pictures can be read. Then all but the newest of those that wait are dropped: an answer about the
present is worth more than all answers, late. A client that does not take its answers, or sends nothing, is let go.

Memory: `Uploads.socket` has room for the frame that arrives; those that wait or are read are counted one by one. No name may
keep a frame while the next is waited for.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack, suppress
from typing import Any

from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from balatro.identify_card.server.answers import refusal
from balatro.identify_card.server.batching import Readers, Upload
from balatro.identify_card.server.limits import Refused, Uploads
from balatro.identify_card.server.state import LastState, Stream

TOO_SLOW = 1008
"""Close code for a client that does not read, or sends nothing: policy violation."""


class Live:
    """One client's connection."""

    def __init__(self, socket: WebSocket, readers: Readers, uploads: Uploads, stream: Stream | None = None) -> None:
        """stream: what is told the tables; None where none is asked for."""
        self._stream = stream
        self._socket, self._readers, self._uploads = socket, readers, uploads
        self._newest: Upload | Refused | None = None
        self._arrived = asyncio.Event()
        self._frame, self._dropped = -1, 0

    async def run(self) -> None:
        """Until the client leaves, stops reading, or is silent for too long."""
        with self._uploads.hold() as self._waiting, self._uploads.hold() as self._reading:
            await self._run()

    async def _run(self) -> None:
        answering = asyncio.create_task(self._answer())
        receiving = asyncio.create_task(self._receive())
        try:
            await asyncio.wait({answering, receiving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (answering, receiving):
                task.cancel()
                with suppress(asyncio.CancelledError, WebSocketDisconnect):
                    await task

    async def _receive(self) -> None:
        silence = self._readers.limits.silence
        try:
            while self._take(await asyncio.wait_for(self._socket.receive(), silence)):
                pass
        except asyncio.TimeoutError:
            await self._hang_up(f"no frame within {silence:g} s")

    def _take(self, message: Message) -> bool:
        """Make a frame the one that is read next, in place of one that still waits; False when the client has left."""
        if message["type"] == "websocket.disconnect":
            return False
        self._frame += 1
        self._dropped += self._newest is not None
        data = message.get("bytes") or b""
        self._waiting.clear()
        try:
            self._waiting.add(len(data))
            self._newest = Upload(data, table=True, seen=self._stream.take) if self._stream else Upload(data)
        except Refused as error:
            self._newest = error
        self._arrived.set()
        return True

    async def _answer(self) -> None:
        while True:
            await self._arrived.wait()
            answer = {"frame": self._frame, "dropped": self._dropped} | await self._read_newest()
            try:
                text = json.dumps(answer, ensure_ascii=False)
                await asyncio.wait_for(self._socket.send_text(text), self._readers.limits.seconds)
            except asyncio.TimeoutError:
                return await self._hang_up("answers were not read")

    async def _read_newest(self) -> dict[str, Any]:
        """The answer's fields, or why there is none; a bad frame is no reason to hang up."""
        self._arrived.clear()
        newest, self._newest = self._newest, None
        self._waiting, self._reading = self._reading, self._waiting
        try:
            if not isinstance(newest, Upload):
                raise newest or Refused(400, "no frame")
            # The future has no name: with that it would live on in a cycle with its error, and keep the frame.
            return await asyncio.wrap_future(self._readers.submit([newest])[0])
        except Refused as error:
            return {"error": str(error)}
        finally:
            self._reading.clear()

    async def _hang_up(self, reason: str) -> None:
        with suppress(Exception):  # its own close frame may find no room either
            await asyncio.wait_for(self._socket.close(TOO_SLOW, reason), 1.0)


async def live(socket: WebSocket, readers: Readers, uploads: Uploads, state: LastState) -> None:
    """Serve one client, where there is room for it; `?table=true` asks for the table of each frame, too."""
    with ExitStack() as stack:
        try:
            stack.enter_context(uploads.socket())
        except Refused as error:
            await socket.send_denial_response(refusal(error))
            return
        await socket.accept()
        wants_table = socket.query_params.get("table", "").lower() in ("1", "true", "yes")
        await Live(socket, readers, uploads, Stream(state) if wants_table else None).run()
