"""Saves cards without end, to be killed. Run as a script; POSIX only.

For each folder that comes in as a line, a child saves cards there: it says `pid N`, then `saved NAME` for each card after
`save` has returned. When the child is dead the script says `dead`. One process for many kills: the imports take longest.
"""

import os
import sys
from pathlib import Path

import cv2

from balatro.build_dataset.seen import SeenStore
from tests.build_dataset.card_crops import crop


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())  # in one piece, and not kept back


def save_on(folder: Path) -> None:
    say(f"pid {os.getpid()}")
    with SeenStore(folder) as store:
        for seed in range(len(store), 100_000):
            image = crop(seed, (32, 43))
            path = store.force(image) if seed % 3 == 0 else store.save(image, store.decide(image))
            if path is not None:
                say(f"saved {path.name}")


def main() -> None:
    cv2.setNumThreads(1)
    # What a process has written survives its death without this, and without it more kills fall into the writing.
    os.fsync = lambda handle: None  # type: ignore[assignment]
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            save_on(Path(line.rstrip("\n")))
            os._exit(0)
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
