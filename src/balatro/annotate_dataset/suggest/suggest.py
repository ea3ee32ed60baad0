"""Labels for new pictures of cards from the most alike labelled ones: prefills, for a person to confirm.

Works from the first label on and for any card game: an encoder turns every picture into an embedding, and pictures of one card
have embeddings that point the same way. No head is trained for that, and no card need be known to the encoder.

>>> suggestions = suggest(folder, labels_folder, load_encoder())      # doctest: +SKIP
>>> write_suggestions(data_dir() / "suggestions.json", suggestions)   # doctest: +SKIP
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from balatro.annotate_dataset.suggest.encoder import BATCH, Encoded, Encoder, batches, one_card
from balatro.annotate_dataset.suggest.likeness import Labelled, SuggestSettings
from balatro.annotate_dataset.suggest.suggestion import Candidate, Suggestion
from balatro.config.paths import data_dir
from balatro.errors import InputError, LabelError
from balatro.utils.files import read_json, write_json
from balatro.utils.images import find_images
from balatro.utils.labels import LABELS, CardLabel, read_dataset
from balatro.utils.progress import Bar, progress

FORMAT = 1
SUGGESTIONS = "suggestions.json"


@dataclass(frozen=True)
class Suggestions:
    """Suggestions for the pictures of a folder."""

    folder: Path
    pictures: Mapping[str, Suggestion]
    """By the picture's path in the folder, with `/`."""
    failures: tuple[str, ...]
    """One line for each picture that could not be used."""
    num_labelled: int
    """Labelled pictures that were compared with."""
    model: str
    settings: SuggestSettings

    @property
    def suggested(self) -> list[Suggestion]:
        return [suggestion for suggestion in self.pictures.values() if suggestion.prefilled]

    def modifiers(self) -> Counter[str]:
        """How many are suggested in each modifier."""
        return Counter(suggestion.modifier for suggestion in self.suggested if suggestion.modifier)


def suggest(
    folder: Path,
    labels: Path,
    encoder: Encoder,
    settings: SuggestSettings | None = None,
    pictures: Iterable[Path] | None = None,
) -> Suggestions:
    """Suggest labels for the pictures of a folder (or for some of them) that have none yet.

    labels: a folder of labelled pictures, or its labels.json. Raises LabelError when nothing is labelled, InputError when there
    are no pictures; single pictures that cannot be read are told in the result's failures.
    """
    settings = settings or SuggestSettings()
    place = labels.parent if labels.is_file() else labels
    named = {key: label for key, label in read_dataset(labels).items() if label.name}
    if not named:
        raise LabelError(f"{labels}: no labels yet, at least one is needed; label a card with `balatro annotate`")
    files = list(pictures) if pictures is not None else _find(folder)
    failures: list[str] = []
    new = [path for path in files if not _is_labelled(path, folder, place, named)]
    with progress("Looking at cards", total=len(named) + len(new)) as bar:
        known, labelled = _encode_files({key: place / key for key in named}, encoder, failures, bar)
        if not known:
            raise LabelError(f"{place}: none of its {len(named)} labelled pictures can be read; the first: {failures[0]}")
        compared = Labelled(known, [named[key] for key in known], labelled.embedding)
        keys, encoded = _encode_files({_key(path, folder): path for path in new}, encoder, failures, bar)
    found = dict(zip(keys, compared.suggest(encoded, settings), strict=True)) if keys else {}
    return Suggestions(folder, found, tuple(failures), len(known), encoder.name, settings)


def _find(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name one with pictures of cards with --input")
    files, failures = find_images([folder])
    if failures:
        raise InputError(failures[0])
    return files


def _key(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def _is_labelled(path: Path, folder: Path, place: Path, named: Mapping[str, CardLabel]) -> bool:
    """Whether a picture is one of the labelled ones, or the one that such a one was copied from."""
    for key in {_key(path, folder), path.name} & named.keys():
        other = place / key
        if path.resolve() == other.resolve():
            return True
        if other.is_file() and path.is_file() and other.stat().st_size == path.stat().st_size:
            return other.read_bytes() == path.read_bytes()
    return False


def _encode_files(files: Mapping[str, Path], encoder: Encoder, failures: list[str], bar: Bar) -> tuple[list[str], Encoded]:
    """The keys of the pictures that can be used, and what the encoder says of these; what is wrong with others to failures."""
    keys: list[str] = []
    parts: list[Encoded] = []
    for some in batches(files.items(), BATCH):
        pictures = []
        for key, path in some:
            try:
                pictures.append(one_card(path))
                keys.append(key)
            except InputError as error:
                failures.append(str(error))
        if pictures:
            parts.append(encoder.encode(pictures))
        bar.advance(len(some))
    if not parts:
        return [], Encoded(np.zeros((0, 0), np.float32), None)
    heads = [part.modifier for part in parts if part.modifier is not None]
    return keys, Encoded(np.concatenate([part.embedding for part in parts]), np.concatenate(heads) if heads else None)


def write_suggestions(path: Path, suggestions: Suggestions) -> None:
    """Write suggestions.json, whole or not at all."""
    data = data_dir().resolve()
    folder = suggestions.folder.resolve()
    text = {
        "format": FORMAT,
        "folder": (folder.relative_to(data) if folder.is_relative_to(data) else folder).as_posix(),
        "model": suggestions.model,
        "labelled": suggestions.num_labelled,
        "reject": suggestions.settings.reject,
        "suggestions": {key: suggestion.to_json() for key, suggestion in suggestions.pictures.items()},
        "failures": list(suggestions.failures),
    }
    write_json(path, text)


def read_suggestions(path: Path) -> dict[str, Suggestion]:
    """The suggestions of suggestions.json by picture; InputError for a file that is damaged or of a newer format."""
    text = read_json(path)
    version = text.get("format") if isinstance(text, dict) else None
    if version != FORMAT:
        raise InputError(f"{path}: format {version!r}, expected {FORMAT}; make it anew with `balatro dataset suggest`")
    try:
        return {key: _from_json(entry) for key, entry in text["suggestions"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: damaged ({error!r}); make it anew with `balatro dataset suggest`") from error


def _from_json(entry: Mapping[str, Any]) -> Suggestion:
    return Suggestion(
        prefilled=bool(entry["prefilled"]),
        similarity=float(entry["similarity"]),
        candidates=tuple(Candidate(**candidate) for candidate in entry["candidates"]),
        modifier=str(entry["modifier"]),
        modifier_confidence=float(entry["modifier_confidence"]),
    )


def default_labels() -> Path:
    """The project's own labels; LabelError when there are none yet."""
    path = data_dir() / "dataset_default" / LABELS
    if not path.is_file():
        raise LabelError(
            f"{path}: no labels yet, at least one is needed; label a card with `balatro annotate`, or use --labels"
        )
    return path
