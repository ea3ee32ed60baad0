"""Mistakes that a person reports on the page, kept on this machine as cases: see `mistakes.keep`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from balatro.config.suffixes import IMAGE_SUFFIXES
from balatro.identify_card.judge.regress import UNKNOWN, Shot, regressions_dir, spelt
from balatro.identify_card.mistakes.finds import Find
from balatro.identify_card.mistakes.keep import Kept, Mistake, keep
from balatro.identify_card.mistakes.to_label import save_crop
from balatro.identify_card.server.answers import NewMistake
from balatro.identify_card.server.batching import Readers, Upload
from balatro.identify_card.server.limits import MIB, Refused, decode

MOST_MIB = 1024
"""Pictures of all cases together beyond which nothing more is taken: whoever may ask cannot fill the disk."""


class ServedMistakes:
    """What comes in as a mistake. The picture is read anew, so that the finds are this server's own."""

    def __init__(self, readers: Readers, in_turn: Callable[[Callable[[], Kept]], Awaitable[Kept]]) -> None:
        """in_turn: does one change after the other in a thread, as `ServedGallery.in_turn`."""
        self._readers, self._in_turn = readers, in_turn

    async def keep(self, told: NewMistake, upload: Upload) -> Kept:
        """Keep it; Refused says what cannot be used."""
        upload = replace(upload, whole=told.whole)
        read = await asyncio.wrap_future(self._readers.submit([upload])[0])
        return await self._in_turn(lambda: self._keep(told, upload, read))

    def _keep(self, told: NewMistake, upload: Upload, read: dict[str, Any]) -> Kept:
        folder = regressions_dir()
        held = sum(path.stat().st_size for path in folder.glob("*") if path.is_file()) if folder.is_dir() else 0
        if held + len(upload.data) > MOST_MIB * MIB:
            raise Refused(409, f"{MOST_MIB} MiB of mistakes are kept; see `balatro regress list` and remove some")
        shot = Shot(decode(upload.data, self._readers.limits), upload.data, _suffix(upload.name))
        finds = tuple(map(Find.of_json, read["cards"]))
        right = ("", "") if told.name.casefold() in ("", UNKNOWN) else (spelt(told.name), told.modifier)
        mistake = Mistake(shot, finds, self._readers.common.bundle.name)
        return keep(mistake, right=right, at=told.place, note=told.note, save=save_crop if told.to_label else None)


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if suffix in IMAGE_SUFFIXES else ".png"
