"""`balatro annotate`: starts the app on this machine only, opens the browser, ends with Ctrl+C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from balatro.config.paths import data_dir
from balatro.errors import InputError, MissingPartError, SettingsError
from balatro.utils.extras import how_to_install
from balatro.utils.flags import completion

HOST = "127.0.0.1"
PORT = 8501
NUM_PORTS = 50
"""Ports that are tried, from the first on, when none was asked for."""
START_S = 60.0
"""A first start, with nothing in the disk's cache, takes some seconds."""
STOP_S = 20.0
"""More than what the app waits for at its end, see `teach.EXIT_S`."""
OPTIONS = {
    "server.headless": True,  # the browser is opened here, once the app answers
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.showEmailPrompt": False,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "full",
    "logger.level": "warning",
    "theme.light.primaryColor": "#2b62c9",
    "theme.dark.primaryColor": "#3f74dc",
    "theme.light.backgroundColor": "#ffffff",
    "theme.light.secondaryBackgroundColor": "#f4f5f8",
    "theme.dark.backgroundColor": "#14171c",
    "theme.dark.secondaryBackgroundColor": "#1d2128",
}
"""Streamlit's settings. Nothing leaves the machine: no statistics, no prompt, no other address than this one's own."""

Teach = Annotated[
    str | None,
    typer.Option(
        help="Name or folder of a model that learns at once each card that it names otherwise; undo takes it back.",
        metavar="MODEL",
        show_default=False,
        autocompletion=completion.models,
    ),
]


def annotate(
    data: Annotated[
        Path | None, typer.Option("--data", help="Data folder with screenshots/; left out: as for every command.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to serve on; 0 takes the first free one from 8501.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    model: Annotated[
        str | None,
        typer.Option(
            help="Name or folder of the model that suggests; left out: yours when there is one, else the package's.",
            autocompletion=completion.models,
        ),
    ] = None,
    teach: Teach = None,
) -> None:
    """Label cards in the browser: prefilled, group by group, with the keyboard; look through them; see what is missing.

    Reads pictures of single cards from screenshots/ in the data folder and writes dataset_default/ beside it; the raw pictures
    stay as they are. Serves this machine only. Press ? in the page for its keys, and Ctrl+C here to stop.

    Examples:

    \b
      balatro annotate
      balatro annotate --data ~/pokemon --port 9000
      balatro annotate --model game --no-browser
      balatro annotate --teach game
    """
    folder = data or data_dir()
    if not folder.is_dir():
        raise InputError(f"{folder}: no such data folder; capture cards with `balatro capture`, or name one with --data")
    check_streamlit()
    settings = {"BALATRO_ANNOTATE_MODEL": model or "", "BALATRO_ANNOTATE_TEACH": _find_pupil(teach)}
    _run_app({"BALATRO_DATA": str(folder.resolve()), **settings}, free_port(port), browser)


def _run_app(settings: Mapping[str, str], port: int, browser: bool) -> None:
    """Serve the app with these variables in its environment until it ends, or this program is told to."""
    # Streamlit greets on stdout; its warnings and errors come on stderr.
    before = signal.signal(signal.SIGTERM, _end)  # by itself it would end this process only, and leave the app running
    server = None
    try:
        server = subprocess.Popen(command_line(port), env=os.environ | settings, stdout=subprocess.DEVNULL)
        serve(server, port, browser)
    finally:
        if server is not None:
            stop(server)
        signal.signal(signal.SIGTERM, before)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """A signal as the end of the program, so that the app is stopped first."""
    raise SystemExit(128 + number)


def _find_pupil(teach: str | None) -> str:
    """The folder of the model that learns, empty for none; ModelError before the browser opens when there is no such model."""
    if teach is None:
        return ""
    from balatro.annotate_dataset.suggest.reader import load_reader

    return str(load_reader(teach).recognizer.bundle.folder.resolve())


def check_streamlit() -> None:
    """MissingPartError unless a Streamlit that has what the app needs is installed."""
    try:
        from streamlit.starlette import App  # noqa: F401
    except ImportError as error:
        raise MissingPartError(f"labelling needs streamlit 1.67 or newer; install it with {how_to_install('ui')}") from error


def command_line(port: int) -> list[str]:
    """What starts the app."""
    app = Path(__file__).parent / "app.py"
    settings = OPTIONS | {"server.address": HOST, "server.port": port}
    options = [f"--{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in settings.items()]
    return [sys.executable, "-m", "streamlit", "run", str(app), *options]


def free_port(port: int) -> int:
    """The port that was asked for, or the first free one; SettingsError when it is taken."""
    for place in [port] if port else range(PORT, PORT + NUM_PORTS):
        with socket.socket() as one:
            if os.name == "posix":
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server will
            try:
                one.bind((HOST, place))
            except OSError:
                continue
            return place
    raise SettingsError(f"--port {port or PORT}: in use by another program; name another, or leave it out")


def serve(server: subprocess.Popen[bytes], port: int, browser: bool) -> None:
    """Wait until the app answers, say where, and stay until it ends."""
    wait_until_ready(server, port)
    url = f"http://{HOST}:{port}"
    print(f"balatro annotate: {url}  (Ctrl+C ends it)", flush=True)
    if browser and not webbrowser.open(url):
        print("no browser found here; open the address in one", flush=True)
    status = server.wait()
    if status:
        raise InputError(f"the app ended by itself with status {status}; what it printed is above")


def wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    """Ask the app until it answers; InputError when it ends before, or takes too long."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if server.poll() is not None:
            raise InputError(f"the app did not start (status {server.returncode}); what it printed is above")
        if answers(port):
            return
        time.sleep(0.1)
    raise InputError(f"the app did not answer within {START_S:.0f} s on port {port}; try again, or another --port")


def answers(port: int) -> bool:
    """Whether the app is up. Asked without urllib, which would go through a proxy."""
    import http.client  # it brings ssl and email along, 15 ms for every command

    line = http.client.HTTPConnection(HOST, port, timeout=1)
    try:
        line.request("GET", "/_stcore/health")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the app, by force if it does not listen. What was saved is on disk."""
    if server.poll() is not None:
        return
    server.terminate()
    try:
        server.wait(STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
