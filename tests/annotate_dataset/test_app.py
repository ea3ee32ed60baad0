"""The app without a browser: what a tab tells is done once, what is shown, the pictures, the pages, the command."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from balatro.annotate_dataset import board
from balatro.annotate_dataset.board import PARTS, sources
from balatro.annotate_dataset.board.desk import Desk, open_desk
from balatro.annotate_dataset.board.pictures import LARGE, ROUTE, SMALL, address, answer, encoded
from balatro.annotate_dataset.board.session import ACTIONS, DO, Session
from balatro.annotate_dataset.board.showing import WINDOW, label_data, verify_data
from balatro.annotate_dataset.coverage import coverage
from balatro.annotate_dataset.pages.coverage import MAX_ROWS, chosen_rows, heat_table
from balatro.annotate_dataset.run import HOST, OPTIONS, answers, command_line, free_port
from balatro.annotate_dataset.store.store import Accept, DatasetStore
from balatro.annotate_dataset.suggest.prefill import Prefill
from balatro.annotate_dataset.suggest.suggestion import Candidate
from balatro.errors import InputError, SettingsError
from tests.annotate_dataset.browser import draw_crops, labels_of

pytestmark = pytest.mark.slow

MAIN = Path(__file__).parents[2] / "src" / "balatro" / "annotate_dataset" / "pages" / "main.py"
FIRST, SECOND, THIRD = (f"cluster0_card0_id{number}.png" for number in range(3))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk without its thread: no network looks at the pictures."""
    monkeypatch.setattr(Desk, "wake", lambda self: None)
    open_desk.cache_clear()
    draw_crops(tmp_path / "data", num_cards=3)
    return Desk((tmp_path / "data").resolve())


def accept(seq: int, keep: list[str], name: str = "Egg", modifier: str = "Base", **more: Any) -> dict[str, Any]:
    told = {"type": "", "rarity": "", "isNew": False, "exclude": [], "other": [], "reject": [], "revision": 0}
    return {"seq": seq, "kind": "accept", "name": name, "modifier": modifier, "keep": keep} | told | more


def tell(session: Session, *actions: dict[str, Any]) -> None:
    session.hear({"session": session.id, "actions": list(actions)})


def test_an_action_that_comes_again_is_done_once(desk: Desk) -> None:
    session = Session(desk)
    tell(session, accept(1, [FIRST]))
    tell(session, accept(1, [FIRST]), accept(2, [SECOND], "DNA"))
    assert session.handled == 2 and not session.failures
    assert {key: label.name for key, label in desk.store.labels.items()} == {FIRST: "Egg", SECOND: "DNA"}
    assert desk.store.revision == 2


def test_what_is_told_is_on_disk_when_it_is_handled(desk: Desk) -> None:
    session = Session(desk)
    tell(session, accept(1, [FIRST], modifier="Foil", exclude=[SECOND], reject=[THIRD]))
    assert labels_of(desk.store.data_dir)[FIRST]["modifier"] == "Foil"
    assert set(DatasetStore(desk.store.data_dir).aside) == {SECOND, THIRD}


def test_another_tabs_messages_are_not_heard(desk: Desk) -> None:
    session = Session(desk)
    session.hear({"session": "another", "actions": [accept(1, [FIRST])]})
    session.hear(None)
    assert not desk.store.labels and session.handled == 0


def test_a_tab_may_go_on_before_it_has_heard_of_its_own_edits(desk: Desk) -> None:
    session = Session(desk)
    tell(session, accept(1, [FIRST], revision=0), {"seq": 2, "kind": "undo"}, accept(3, [FIRST], "DNA", revision=0))
    assert not session.failures
    assert desk.store.labels[FIRST].name == "DNA"


@pytest.mark.parametrize(("decision", "name"), [("override", "DNA"), ("dismiss", "Egg")])
def test_a_conflict_shows_both_and_the_person_decides(desk: Desk, decision: str, name: str) -> None:
    session, other = Session(desk), Session(desk)
    revision = desk.store.revision
    desk.store.accept([Accept(FIRST, "Egg", "Base")], "anna")
    tell(session, accept(1, [FIRST], "DNA", revision=revision))
    assert desk.store.labels[FIRST].name == "Egg"
    (failure,) = label_data(session)["failures"]
    (shown,) = failure["conflict"]["pictures"]
    assert (shown["theirs"]["name"], shown["mine"]["name"]) == ("Egg", "DNA")
    assert "anna" in shown["by"]
    tell(session, {"seq": 2, "kind": decision, "of": 1, "revision": failure["conflict"]["revision"]})
    assert desk.store.labels[FIRST].name == name
    assert not session.failures and not other.failures


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (accept(1, ["no such.png"]), "no such picture"),
        (accept(1, [FIRST], "Eggy"), "Egg"),
        (accept(1, [FIRST], modifier="Shiny"), "Shiny"),
        ({"seq": 1, "kind": "dance"}, "not understood"),
        ({"seq": 1, "kind": "relabel", "pictures": [FIRST], "name": "DNA"}, "not labelled"),
        ({"seq": 1, "kind": "acceptMany", "preview": 7, "pictures": [FIRST]}, "no longer open"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(desk: Desk, action: dict[str, Any], told: str) -> None:
    session = Session(desk)
    tell(session, action)
    (failure,) = label_data(session)["failures"]
    assert failure["seq"] == session.handled == 1
    assert told in failure["text"] and "\n" not in failure["text"]
    assert not desk.store.labels


def test_a_name_that_only_a_model_knows_is_taken(desk: Desk) -> None:
    desk._prefills = {SECOND: Prefill(candidates=(Candidate("Duo Busker", "Joker", "", 0.4, 0.5, ""),))}
    session = Session(desk)
    tell(session, accept(1, [FIRST], "Duo Busker"), accept(2, [THIRD], "Trio Bsker"))
    assert {key: label.name for key, label in desk.store.labels.items()} == {FIRST: "Duo Busker"}
    assert "no card is called 'Trio Bsker'" in str(label_data(session)["failures"])


def test_a_preview_is_accepted_as_it_was_shown(desk: Desk) -> None:
    sure = Prefill("Egg", "Joker", "Common", "Foil", 0.99, 0.99, True, (), "labels")
    desk._prefills = {FIRST: sure, SECOND: sure, THIRD: sure}
    session = Session(desk)
    tell(session, {"seq": 1, "kind": "preview", "threshold": 0.9})
    preview = label_data(session)["preview"]
    assert [group["name"] for group in preview["groups"]] == ["Egg"]
    desk._prefills = {FIRST: Prefill("DNA", "Joker", "Rare", "Base", 1.0, 1.0, True)}
    tell(session, {"seq": 2, "kind": "acceptMany", "preview": preview["id"], "pictures": [FIRST, SECOND], "revision": 0})
    assert {key: (label.name, label.modifier) for key, label in desk.store.labels.items()} == {
        FIRST: ("Egg", "Foil"),
        SECOND: ("Egg", "Foil"),
    }
    assert label_data(session)["preview"] is None


def test_what_the_boards_show_is_json_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "wake", lambda self: None)
    draw_crops(tmp_path / "data", num_cards=WINDOW + 5, num_views=1)
    desk = Desk(tmp_path / "data")
    session = Session(desk)
    shown = json.loads(json.dumps(label_data(session)))
    assert (len(shown["groups"]), shown["more"]) == (WINDOW, 5)
    last = [group["key"] for group in shown["groups"]]
    tell(session, {"seq": 1, "kind": "view", "order": "cluster", "search": "", "later": last[:10]})
    assert not set(last[:10]) & {group["key"] for group in label_data(session)["groups"][: WINDOW - 5]}
    tell(session, accept(2, [FIRST]), accept(3, [], reject=["cluster1_card1_id1.png"]))
    verified = json.loads(json.dumps(verify_data(session)))
    assert [(row["name"], row["count"]) for row in verified["rows"]] == [("Egg", 1)]
    tell(session, {"seq": 4, "kind": "view", "what": "aside", "name": "", "modifier": "", "page": 0})
    assert [picture["aside"] for picture in verify_data(session)["pictures"]] == ["not a card"]
    tell(session, {"seq": 5, "kind": "view", "what": "", "name": "Egg", "modifier": "Base", "page": 9})
    assert [picture["key"] for picture in verify_data(session)["pictures"]] == [FIRST]


def test_every_kind_that_the_boards_send_is_known() -> None:
    script = sources()[1]
    sent = {part.split('"')[1] for part in script.split("outbox.add(")[1:] if part.startswith('"')}
    sent |= {part.split('"')[1] for part in script.split("this.change(")[1:] if part.startswith('"')}
    assert len(sent) > 8
    assert sent <= set(DO)
    assert set(ACTIONS) <= set(DO)


def test_the_board_is_whole_and_loads_nothing_from_elsewhere() -> None:
    css, script = sources()
    assert script.count("export default") == 1
    assert sorted(PARTS) == sorted(path.name for path in Path(board.__file__).parent.glob("*.js"))
    for text in (css, script):
        assert "http:" not in text and "https:" not in text and "@import" not in text and "innerHTML" not in text


def test_pictures_are_sent_small_and_only_those_of_the_store(desk: Desk) -> None:
    web = TestClient(Starlette(routes=[Route(f"{ROUTE}/{{key:path}}", lambda request: answer(desk.store, request))]))
    found = web.get(address(desk.store, FIRST))
    assert found.headers["content-type"] == "image/webp" and "immutable" in found.headers["cache-control"]
    assert web.get(f"{ROUTE}/../labels.json").status_code == 404
    assert web.get(f"{ROUTE}/seen_hashes.json").status_code == 404
    large = desk.store.screenshots.folder / SECOND
    Image.fromarray(np.zeros((900, 600, 3), np.uint8)).save(large)
    sizes = []
    for height in (SMALL, LARGE):
        (desk.store.data_dir / "shown.webp").write_bytes(web.get(address(desk.store, SECOND, height)).content)
        with Image.open(desk.store.data_dir / "shown.webp") as shown:
            sizes.append(shown.size)
    assert sizes == [(107, SMALL), (427, LARGE)]


def test_a_damaged_picture_is_shown_as_such(desk: Desk) -> None:
    (desk.store.screenshots.folder / FIRST).write_bytes(b"\x89PNG half")
    web = TestClient(Starlette(routes=[Route(f"{ROUTE}/{{key:path}}", lambda request: answer(desk.store, request))]))
    found = web.get(address(desk.store, FIRST))
    assert found.headers["content-type"].startswith("image/svg") and found.headers["cache-control"] == "no-store"
    with pytest.raises(InputError, match="moved"):
        encoded(desk.store.screenshots.folder / "gone.png", SMALL)


def test_the_coverage_table_has_every_hole_and_escapes_names(desk: Desk) -> None:
    desk.store.accept(
        [Accept(FIRST, "<b>Bold & co", "Foil", "T", "R", new=True), Accept(SECOND, "Other", "Base", new=True)], "me"
    )
    found = coverage(desk.store)
    rows = chosen_rows(found, "bold", "", True)
    assert [found.names[row] for row in rows] == ["<b>Bold & co"]
    table = heat_table(found, rows)
    assert "&lt;b&gt;Bold &amp; co" in table and "<b>Bold" not in table
    assert table.count('class="hole"') == 4 and 'aria-label="none"' in table
    assert "more names" in heat_table(found, rows * (MAX_ROWS + 3))
    assert chosen_rows(found, "", "no such type", False) == []


def test_the_pages_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALATRO_DATA", str(desk.store.data_dir))
    desk.store.accept([Accept(FIRST, "Egg", "Base")], "me")
    page = AppTest.from_file(str(MAIN), default_timeout=120).run()
    assert not page.exception and not page.error
    for name in ("verify", "coverage"):
        run = AppTest.from_string(
            f"from balatro.annotate_dataset.pages.{name} import {name}_page\n{name}_page()", default_timeout=120
        ).run()
        assert not run.exception
    assert run.text_input[0].placeholder == "Search names"


def test_damaged_labels_are_told_and_never_written_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = desk.store.dataset / "labels.json"
    labels.parent.mkdir(parents=True, exist_ok=True)
    labels.write_text("{ half", encoding="utf-8")
    monkeypatch.setenv("BALATRO_DATA", str(desk.store.data_dir))
    page = AppTest.from_file(str(MAIN), default_timeout=120).run()
    assert not page.exception
    assert "labels.json" in page.error[0].value and "\n" not in page.error[0].value
    assert labels.read_text(encoding="utf-8") == "{ half"


def test_the_app_serves_this_machine_only_and_tells_nobody() -> None:
    line = command_line(9000)
    assert f"--server.address={HOST}" in line and HOST == "127.0.0.1"
    assert "--browser.gatherUsageStats=false" in line and "--server.port=9000" in line
    assert OPTIONS["server.showEmailPrompt"] is False


def test_a_port_in_use_is_told() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(SettingsError, match=f"--port {taken}"):
            free_port(taken)
        assert free_port(0) != taken


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM")
def test_a_terminated_annotate_takes_its_app_along(tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    port = free_port(0)
    command = [sys.executable, "-m", "balatro", "annotate", "--data", str(tmp_path), "--port", str(port), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert str(port) in process.stdout.readline()
        process.terminate()
        assert process.wait(30) == 128 + signal.SIGTERM
    assert not answers(port)
