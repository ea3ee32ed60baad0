"""The WebSocket /live: pictures in, answers out, the newest first.

A client may send faster than pictures can be read. Then all but the newest of those that wait are dropped: an answer about the
present is worth more than all answers, late. A client that does not take its answers is let go.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from balatro.identify_card.server.batching import Readers, Upload
from balatro.identify_card.server.limits import Refused, Share, Uploads

TOO_SLOW = 1008
"""Close code for a client that does not read: policy violation."""


class Live:
    """One client's connection."""

    def __init__(self, socket: WebSocket, readers: Readers, share: Share) -> None:
        self._socket, self._readers, self._share = socket, readers, share
        self._newest: tuple[int, Upload] | None = None
        self._arrived = asyncio.Event()
        self._dropped = 0

    async def run(self) -> None:
        """Until the client leaves or stops reading."""
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
        frame = 0
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            data = message.get("bytes")
            if self._newest is not None:
                self._dropped += 1
            self._newest = (frame, Upload(data if data is not None else b""))
            self._arrived.set()
            frame += 1

    async def _answer(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            newest, self._newest = self._newest, None
            if newest is None:
                continue
            frame, upload = newest
            answer = {"frame": frame, "dropped": self._dropped} | await self._read(upload)
            try:
                text = json.dumps(answer, ensure_ascii=False)
                await asyncio.wait_for(self._socket.send_text(text), self._readers.limits.seconds)
            except asyncio.TimeoutError:
                with suppress(Exception):  # its own close frame may find no room either
                    await asyncio.wait_for(self._socket.close(TOO_SLOW, "answers were not read"), 1.0)
                return

    async def _read(self, upload: Upload) -> dict[str, Any]:
        """The answer's fields, or why there is none; a bad frame is no reason to hang up."""
        try:
            self._share.add(len(upload.data))
            (future,) = self._readers.submit([upload])
            return await asyncio.wrap_future(future)
        except Refused as error:
            return {"error": str(error)}
        finally:
            self._share.clear()


async def live(socket: WebSocket, readers: Readers, uploads: Uploads) -> None:
    """Serve one client."""
    await socket.accept()
    with uploads.hold() as share:
        await Live(socket, readers, share).run()
