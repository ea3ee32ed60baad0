"""Ask a running server about a picture, from any program that speaks HTTP; without --url, start one first.

    python examples/serve_and_ask.py screenshot.png [--url http://127.0.0.1:8000] [--model NAME]

Asking takes the standard library alone; the server itself needs `pip install "balatro[serve]"`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def ask(url: str, picture: bytes) -> dict[str, Any]:
    """The cards of a picture, as `balatro identify --json` writes them."""
    request = urllib.request.Request(f"{url}/identify", data=picture, headers={"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@contextmanager
def server(model: str) -> Iterator[str]:
    """A server on a free port of this machine, until the block ends; gives its address."""
    command = [sys.executable, "-m", "balatro", "serve", "--port", "0", "--model", model]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()  # balatro serve: http://127.0.0.1:12345  (Ctrl+C ends it)
            if "http://" not in said:
                raise SystemExit(said.strip() or "the server did not start")
            url = said.split()[2]
            wait_until_ready(url)
            yield url
        finally:
            process.terminate()


def wait_until_ready(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=5).close()
            return
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--url", help="of a server that runs already")
    parser.add_argument("--model", default="auto")
    args = parser.parse_args()

    if args.url:
        answer = ask(args.url, args.picture.read_bytes())
    else:
        with server(args.model) as url:
            answer = ask(url, args.picture.read_bytes())
    for card in answer["cards"]:
        print(f"{card['name'] or 'unknown'}, {card['modifier']} at {card['box']}")


if __name__ == "__main__":
    main()
