"""Send what is on the screen to a running server, frame by frame, and say how the game stands; its overlay shows the same.

    python examples/table_client.py [window:Balatro | monitor:1 | run.mp4 | captures/] [--url http://127.0.0.1:8000]

Start `balatro serve` first. Stream software takes http://127.0.0.1:8000/overlay?show=jokers,money,score as a browser source.
The same from a page or from Node, where `picture` is a Blob or a Buffer:

    const live = new WebSocket("ws://127.0.0.1:8000/live?table=true");
    live.onopen = () => live.send(picture);
    live.onmessage = (message) => console.log(JSON.parse(message.data).table);
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image
from websockets.sync.client import connect

from balatro.frames.desktop.errors import NotVisibleError
from balatro.frames.frame import FrameSource
from balatro.frames.sources import open_source

PAUSE_S = 0.2
"""Between two frames of a screen."""


def frames(source: FrameSource) -> Iterator[np.ndarray]:
    """What the source shows, (H, W, 3) uint8 RGB: of a screen for ever, of a file to its end."""
    while True:
        try:
            frame = source.grab()
        except NotVisibleError:  # minimised, say: ask again
            time.sleep(1)
            continue
        if frame is None:
            return
        yield frame.image
        if source.live:
            time.sleep(PAUSE_S)


def as_jpeg(image: np.ndarray) -> bytes:
    data = io.BytesIO()
    Image.fromarray(image).save(data, "JPEG", quality=92)
    return data.getvalue()


def line(table: dict[str, Any]) -> str:
    """How the game stands, in a line; null: not on the picture, or the model cannot tell."""
    jokers = ", ".join(card["name"] or "unknown" for card in table.get("jokers", []))
    return f"{table['screen']}: money {table['money']}, score {table['score']}, jokers: {jokers or 'none'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", default="window:Balatro")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of `balatro serve`")
    parser.add_argument("--token", default="", help="the server's, where it has one")
    args = parser.parse_args()

    address = f"{args.url.replace('http', 'ws', 1)}/live?table=true"
    headers = {"Authorization": f"Bearer {args.token}"} if args.token else None
    said = ""
    with open_source(args.source) as source, connect(address, additional_headers=headers, proxy=None) as live:
        for image in frames(source):
            live.send(as_jpeg(image))
            answer = json.loads(live.recv())
            now = answer.get("error") or line(answer["table"])
            if now != said:
                print(now)
            said = now


if __name__ == "__main__":
    main()
