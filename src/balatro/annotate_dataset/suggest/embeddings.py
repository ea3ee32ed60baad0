"""What the encoder says of each picture, kept on disk: a picture is looked at once, however often the program starts."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from balatro.annotate_dataset.suggest.encoder import BATCH, Encoded, Encoder, one_card
from balatro.errors import InputError
from balatro.utils.files import write_bytes
from balatro.utils.progress import progress

FORMAT = 1
_PROBE = np.random.default_rng(0).integers(0, 256, (64, 48, 3), dtype=np.uint8)
"""What two encoders see differently, so that one never takes the other's embeddings."""


class Embeddings:
    """Embeddings by picture. folder: where they are kept, such as the data folder's `cache`; None keeps them in memory only."""

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        self.encoder = encoder
        self.failures: dict[str, str] = {}
        """Pictures that could not be read, and why."""
        self._path = None if folder is None else folder / f"embeddings-{re.sub(r'[^A-Za-z0-9._-]', '_', encoder.name)}.npz"
        self._print = _fingerprint(encoder)
        self._checked: set[str] = set()
        self._stamps: dict[str, str] = {}
        self._rows: dict[str, int] = {}
        self._embedding = np.zeros((0, 0), np.float32)
        self._heads: np.ndarray | None = None
        self._load()

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def add(self, files: Mapping[str, Path]) -> int:
        """Look at pictures that are new, or that were changed since the program began; how many they were.

        Those that cannot be read are told in `failures`.
        """
        stamps = {key: _stamp(path) for key, path in files.items() if key not in self._checked}
        self._checked |= stamps.keys()
        new = [key for key, stamp in stamps.items() if self._stamps.get(key) != stamp]
        if not new:
            return 0
        with progress("Looking at cards", total=len(new)) as bar:
            for start in range(0, len(new), BATCH):
                some = new[start : start + BATCH]
                self._take(some, files, stamps)
                bar.advance(len(some))
        self._save(files.keys())
        return len(new)

    def of(self, keys: Sequence[str]) -> Encoded:
        """What the encoder says of pictures that were added: (n, D) unit embeddings, (n, modifiers) probabilities or None."""
        rows = [self._rows[key] for key in keys]
        return Encoded(self._embedding[rows], None if self._heads is None else self._heads[rows])

    def _take(self, keys: Sequence[str], files: Mapping[str, Path], stamps: Mapping[str, str]) -> None:
        pictures, read = [], []
        for key in keys:
            self._stamps[key] = stamps[key]
            self._rows.pop(key, None)
            self.failures.pop(key, None)
            try:
                pictures.append(one_card(files[key]))
                read.append(key)
            except InputError as error:
                self.failures[key] = str(error)
        if not read:
            return
        encoded = self.encoder.encode(pictures)
        begin = len(self._embedding)
        self._embedding = encoded.embedding if begin == 0 else np.concatenate([self._embedding, encoded.embedding])
        if encoded.modifier is not None:
            self._heads = encoded.modifier if self._heads is None else np.concatenate([self._heads, encoded.modifier])
        self._rows.update((key, begin + place) for place, key in enumerate(read))

    def _save(self, keys: Iterable[str]) -> None:
        if self._path is None:
            return
        kept = [key for key in keys if key in self._rows]
        encoded = self.of(kept)
        about = {"format": FORMAT, "encoder": self._print, "pictures": {key: self._stamps[key] for key in kept}}
        buffer = io.BytesIO()
        text = np.frombuffer(json.dumps(about).encode(), np.uint8)
        if encoded.modifier is None:
            np.savez(buffer, about=text, embedding=encoded.embedding)
        else:
            np.savez(buffer, about=text, embedding=encoded.embedding, heads=encoded.modifier.astype(np.float32))
        write_bytes(self._path, buffer.getvalue())

    def _load(self) -> None:
        """Take up what is on disk; whatever does not fit is looked at again."""
        if self._path is None or not self._path.is_file():
            return
        try:
            with np.load(io.BytesIO(self._path.read_bytes()), allow_pickle=False) as kept:
                about = json.loads(kept["about"].tobytes())
                stamps = dict(about["pictures"])
                fits = about["format"] == FORMAT and about["encoder"] == self._print
                embedding = kept["embedding"].astype(np.float32)
                heads = kept["heads"] if "heads" in kept.files else None
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return
        sizes = {len(embedding), len(stamps), len(stamps) if heads is None else len(heads)}
        if fits and embedding.ndim == 2 and len(sizes) == 1:
            self._embedding, self._heads, self._stamps = embedding, heads, stamps
            self._rows = {key: place for place, key in enumerate(stamps)}


def _fingerprint(encoder: Encoder) -> str:
    """Of the encoder's weights: what it makes of one picture."""
    embedding = encoder.encode([_PROBE]).embedding
    return hashlib.blake2b(np.round(embedding, 3).astype(np.float32).tobytes(), digest_size=16).hexdigest()


def _stamp(path: Path) -> str:
    """What changes when a picture does; empty where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size}-{found.st_mtime_ns}"
