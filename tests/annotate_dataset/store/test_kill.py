"""Labelling that is killed at any moment: labels.json stays valid, and nothing that was reported saved is missing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from balatro.annotate_dataset.store.store import DatasetStore, Reject
from balatro.utils.labels import read_labels
from tests.annotate_dataset.small_data import small_data

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("BALATRO_TEST_KILLS", "8"))
"""200 of them take some minutes."""

WORKER = """
import itertools, sys
from pathlib import Path
from balatro.annotate_dataset.store.store import Accept, DatasetStore, Reject
from balatro.config.cards import CATALOGUE
store = DatasetStore(Path(sys.argv[1]))
print("ready", flush=True)
for number in itertools.count(int(sys.argv[2])):
    name = CATALOGUE[number % len(CATALOGUE)].name
    keys = [picture.key for picture in store.unlabelled()][:2]
    if not keys:
        break
    if number % 5 == 4:
        result = store.undo("me")
        told = ["undone"]
    elif number % 7 == 6:
        result = store.accept([Reject(keys[0])], "me", store.revision)
        told = ["aside", keys[0]]
    else:
        result = store.accept([Accept(key, name, "Foil") for key in keys], "me", store.revision)
        told = ["saved", name, *keys]
    print(result.revision if result else store.revision, len(store.labels), *told, sep="|", flush=True)
"""


def kill_once(data: Path, number: int, after_s: float) -> list[str]:
    """Label in another process, kill it; the lines that it wrote."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(data), str(number)], stdout=subprocess.PIPE, text=True, cwd=data, encoding="utf-8"
    )
    assert worker.stdout is not None
    lines = [worker.stdout.readline()]
    time.sleep(after_s)
    worker.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    lines += worker.stdout.readlines()
    worker.stdout.close()
    worker.wait()
    return [line.strip() for line in lines if line.endswith("\n")]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_while_labelling(tmp_path: Path) -> None:
    rng = random.Random(0)
    data = small_data(tmp_path, num=60 * KILLS, cards=20)
    path, done = data / "dataset_default" / "labels.json", 0
    for number in range(KILLS):
        lines = kill_once(data, 1000 * number, rng.uniform(0.0, 0.15))
        if path.is_file():
            json.loads(path.read_text(encoding="utf-8"))
        store = DatasetStore(data)
        labels = read_labels(path) if path.is_file() else {}
        assert labels == dict(store.labels)
        assert all((data / "dataset_default" / key).is_file() for key in labels)
        reported = [line.split("|") for line in lines if "|" in line]
        if reported:
            done += 1
            check_report(reported[-1], store)
        if not store.unlabelled():
            break
        store.accept([Reject(store.unlabelled()[0].key)], "me")
        assert not list((data / "dataset_default").glob(".*.part"))
    assert done, "nothing was ever saved: the test shows nothing"


def check_report(line: list[str], store: DatasetStore) -> None:
    """The last edit that was reported is there; at most one more was being made."""
    revision, num_labels, what, *told = line
    assert store.revision - int(revision) in (0, 1)
    if store.revision > int(revision):
        return
    assert len(store.labels) == int(num_labels)
    if what == "saved":
        assert {store.labels[key].name for key in told[1:]} == {told[0]}
    if what == "aside":
        assert store.aside[told[0]] == "not a card"
