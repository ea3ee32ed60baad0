"""`balatro serve` under a crowd: how it answers 64 clients at once, in how much memory, and how much faster than one by one.

    python benchmarks/serve.py [--model NAME] [--seconds 60] [--clients 64] [--turns 3] [--turn-seconds 10] [--threads 1]
    python benchmarks/serve.py --large 24 [--model NAME] [--readers 3]

Starts the server on loopback. First good pictures alone (different 1024x576 screens, PNG), in turns one at a time and all
clients at once; then everything mixed: good, bad, huge and cut-off uploads. Without --model the package's networks are used,
with a gallery of the demo deck. Memory and CPU time of the server are told by Linux alone.

--large: so many pictures of 24 million pixels instead, four at once, and the memory that they leave when it is quiet.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from balatro.gallery.make import make_gallery_bundle
from balatro.render.deck import Deck
from balatro.render.demo_deck import draw_demo_deck
from balatro.render.table import PLAY, draw_screen

NUM_SCREENS = 32
NEEDED = 2.0
"""How many times as many pictures a second all clients together have to get."""
WARM_UP_S = 8.0
PATIENCE_S = 60.0
LARGE, LARGE_AT_ONCE, QUIET_S = (6528, 3672), 4, 3.0
CUT_OFF = "cut off"
"""Instead of a status: the client has hung up itself."""


@dataclass(frozen=True)
class Kind:
    """A sort of request: how often it is sent in the mix, and which statuses are right."""

    name: str
    weight: int
    statuses: frozenset[int | str]
    make: Callable[[random.Random], tuple[bytes, int]]
    """The request's bytes, and after how many of them the client hangs up."""


@dataclass(frozen=True)
class Turn:
    """What a number of clients got in some seconds."""

    seconds: float
    answers: Counter[tuple[str, int | str]]
    cpu_s: float
    """Of the server."""

    def rate(self) -> float:
        """Good pictures a second."""
        return sum(count for (name, status), count in self.answers.items() if status == 200 and name == "good") / self.seconds


def screens(deck: Deck) -> list[bytes]:
    """Different screens as PNG."""
    settings = replace(PLAY, sizes=((1024, 576),))
    return [_png(draw_screen(deck, np.random.default_rng(seed), settings).image) for seed in range(NUM_SCREENS)]


def kinds(pictures: Sequence[bytes]) -> list[Kind]:
    """The mix."""
    good = frozenset({200, 503})

    def one(rng: random.Random) -> bytes:
        return rng.choice(pictures)

    def whole(data: bytes, path: str = "/identify", kind: str = "application/octet-stream") -> tuple[bytes, int]:
        request = _request(path, data, kind)
        return request, len(request)

    def cut(rng: random.Random) -> tuple[bytes, int]:
        request = _request("/identify", one(rng))
        return request, rng.randrange(20, len(request))

    def batch(rng: random.Random) -> tuple[bytes, int]:
        return whole(*_form([one(rng), b"no picture", one(rng)]))

    huge, bomb = bytes(33 << 20), _bomb()
    large = _png(np.zeros((5001, 5000, 3), np.uint8))
    return [
        Kind("good", 60, good, lambda rng: whole(one(rng))),
        Kind("batch of three", 4, good, batch),
        Kind("no picture", 8, frozenset({415, 503}), lambda rng: whole(rng.randbytes(rng.randrange(1, 20_000)))),
        Kind("half a picture", 8, frozenset({422, 503}), lambda rng: whole(one(rng)[: rng.randrange(60, 100_000)])),
        Kind("bomb", 4, frozenset({413, 503}), lambda rng: whole(bomb)),
        Kind("25 million pixels", 4, frozenset({413, 503}), lambda rng: whole(large)),
        Kind("33 MiB", 1, frozenset({413, 503}), lambda rng: whole(huge)),
        Kind("cut off", 11, frozenset({CUT_OFF}), cut),
    ]


async def crowd(port: int, pid: int, mix: Sequence[Kind], clients: int, seconds: float) -> Turn:
    """Let so many clients ask, each for its next answer when it has one; those that wait at the end are waited for."""
    answers: Counter[tuple[str, int | str]] = Counter()
    cpu, begin = _cpu_seconds(pid), time.perf_counter()

    async def client(number: int) -> None:
        rng = random.Random(number)
        reader = writer = None
        while time.perf_counter() < begin + seconds:
            (kind,) = rng.choices(mix, [kind.weight for kind in mix])
            request, length = kind.make(rng)
            if reader is None or writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            status, stays = await asyncio.wait_for(_ask(reader, writer, request[:length], length < len(request)), PATIENCE_S)
            answers[kind.name, status] += 1
            if not stays:
                writer.close()
                reader = writer = None
        if writer is not None:
            writer.close()

    await asyncio.gather(*map(client, range(clients)))
    return Turn(time.perf_counter() - begin, answers, _cpu_seconds(pid) - cpu)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes, cut: bool) -> tuple[int | str, bool]:
    """Send a request; its answer's status, and whether the connection may be used again."""
    try:
        writer.write(data)
        await writer.drain()
    except ConnectionError:
        pass  # refused before all was sent: the answer is there all the same
    if cut:
        writer.transport.abort()
        return CUT_OFF, False
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
    except (ConnectionError, asyncio.IncompleteReadError):
        return "no answer", False
    return int(head.split(" ", 2)[1]), "connection: close" not in head


@contextmanager
def server(model: str, options: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The server in a process of its own; gives its port and process."""
    command = [sys.executable, "-m", "balatro", "serve", "--port", "0", "--model", model, *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = re.search(r":(\d+)  \(", line)
            if not found:
                raise SystemExit(line + process.stderr.read())
            yield int(found[1]), process.pid
        finally:
            process.terminate()


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mib(pid: int, what: str = "VmRSS") -> float:
    (line,) = re.findall(rf"{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(line) / 1024


def _png(image: np.ndarray) -> bytes:
    data = io.BytesIO()
    Image.fromarray(image).save(data, "PNG")
    return data.getvalue()


def _bomb() -> bytes:
    """A PNG of few bytes that says it is enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


def _request(path: str, body: bytes, kind: str = "application/octet-stream") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _form(pictures: Sequence[bytes]) -> tuple[bytes, str, str]:
    """Body, address and type of a batch."""
    head = '--part\r\nContent-Disposition: form-data; name="images"; filename="{}.png"\r\n\r\n'
    parts = [head.format(number).encode() + picture + b"\r\n" for number, picture in enumerate(pictures)]
    return b"".join(parts) + b"--part--\r\n", "/identify/batch", "multipart/form-data; boundary=part"


def measure(port: int, pid: int, pictures: Sequence[bytes], args: argparse.Namespace) -> None:
    mix = kinds(pictures)
    good = [replace(mix[0], weight=1)]
    idle = _memory_mib(pid)
    asyncio.run(crowd(port, pid, mix, args.clients, WARM_UP_S))
    warm = _memory_mib(pid)
    turns: dict[int, list[Turn]] = {1: [], args.clients: []}
    for _ in range(args.turns):
        for clients, done in turns.items():
            done.append(asyncio.run(crowd(port, pid, good, clients, args.turn_seconds)))
    for clients, done in turns.items():
        rates = ", ".join(f"{turn.rate():.1f}" for turn in done)
        cpu = sum(turn.cpu_s for turn in done) / sum(turn.rate() * turn.seconds for turn in done)
        name = "one at a time" if clients == 1 else f"{clients} at once"
        print(
            f"{name:16}{np.median([turn.rate() for turn in done]):7.1f} pictures/s  ({rates})   {1000 * cpu:.1f} ms of CPU each"
        )
    ratio = np.median([crowd_.rate() / alone.rate() for alone, crowd_ in zip(*turns.values(), strict=True)])
    print(f"{'ratio':16}{ratio:7.2f}   (needed: {NEEDED:g})")

    turn = asyncio.run(crowd(port, pid, mix, args.clients, args.seconds))
    print(f"\n{args.clients} clients for {turn.seconds:.0f} s, everything mixed: {turn.rate():.1f} good pictures/s")
    wrong = 0
    for kind in mix:
        found = {status: count for (name, status), count in turn.answers.items() if name == kind.name}
        told = ", ".join(f"{status}: {count}" for status, count in sorted(found.items(), key=lambda pair: str(pair[0])))
        wrong += sum(count for status, count in found.items() if status not in kind.statuses)
        print(f"  {kind.name:20}{told}")
    print(f"  unexpected answers: {wrong}")
    print(f"memory of the server: {idle:.0f} MiB at the start, {warm:.0f} after the warm-up, {_memory_mib(pid):.0f} at the end")


async def _upload_all(port: int, uploads: Sequence[bytes]) -> Counter[int | str]:
    """Upload pictures, LARGE_AT_ONCE at once; their answers' statuses."""
    free = asyncio.Semaphore(LARGE_AT_ONCE)

    async def one(data: bytes) -> int | str:
        async with free:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            status, _ = await asyncio.wait_for(_ask(reader, writer, _request("/identify", data), cut=False), 4 * PATIENCE_S)
            writer.close()
            return status

    return Counter(await asyncio.gather(*map(one, uploads)))


def measure_large(port: int, pid: int, picture: bytes, num: int) -> None:
    """Memory before, at most, and after so many large pictures; picture: a screen, which is enlarged."""
    enlarged = Image.open(io.BytesIO(picture)).resize(LARGE, Image.Resampling.BICUBIC)
    time.sleep(QUIET_S)
    idle, cpu = _memory_mib(pid), _cpu_seconds(pid)
    statuses = asyncio.run(_upload_all(port, [_png(np.asarray(enlarged))] * num))
    busy, cpu = _memory_mib(pid), _cpu_seconds(pid) - cpu
    time.sleep(QUIET_S)
    told = ", ".join(f"{status}: {count}" for status, count in statuses.items())
    print(f"{num} pictures of {LARGE[0]}x{LARGE[1]} ({told}), {1000 * cpu / num:.0f} ms of CPU each")
    print(
        f"memory of the server: {idle:.0f} MiB at the start, {_memory_mib(pid, 'VmHWM'):.0f} at most, "
        f"{busy:.0f} after the last, {_memory_mib(pid):.0f} when it has been quiet for {QUIET_S:g} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="", help="name or folder of a model; left out: the package's networks")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--turn-seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--readers", type=int, default=0)
    parser.add_argument("--large", type=int, default=0, help="so many pictures of 24 million pixels, and no crowd")
    args = parser.parse_args()
    deck = draw_demo_deck()
    pictures = screens(deck)
    with tempfile.TemporaryDirectory() as folder:
        model = args.model or str(Path(folder) / "model")
        if not args.model:
            make_gallery_bundle(deck, Path(model))
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {args.threads} thread(s) a network")
        options = ["--threads", str(args.threads), "--readers", str(args.readers)]
        with server(model, options) as (port, pid):
            if args.large:
                measure_large(port, pid, pictures[0], args.large)
            else:
                measure(port, pid, pictures, args)


if __name__ == "__main__":
    main()
