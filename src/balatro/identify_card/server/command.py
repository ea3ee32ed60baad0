"""`balatro serve`."""

from __future__ import annotations

import os
import socket
import sys
import webbrowser
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from balatro.errors import MissingPartError, SettingsError
from balatro.identify_card.server.flags import ServeFlags
from balatro.utils.extras import how_to_install
from balatro.utils.flags.options import options_of, take, with_options

if TYPE_CHECKING:
    import uvicorn

    from balatro.identify_card.server.limits import Limits

NEEDED = ("fastapi", "uvicorn", "python_multipart", "websockets")
"""What the server is made of."""
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What numpy's linear algebra asks, when it is loaded, for how many threads it may start."""
BACKLOG = 512
_ANYWHERE = {"0.0.0.0": (socket.AF_INET, "192.0.2.1"), "::": (socket.AF_INET6, "2001:db8::1")}
"""All addresses of this machine; of each kind one elsewhere, from the ranges that are kept for examples."""
STOP_S = 5
"""Seconds that requests have to end after Ctrl+C."""


@with_options(options_of(ServeFlags))
def serve(**given: Any) -> None:
    """Answer over HTTP and WebSocket, and with a page in the browser: pictures in, cards out.

    Only this machine is answered, unless --host says otherwise; then clients need the token. /openapi.json describes the
    interface: POST /identify, /identify/batch, /table and /mistakes, /gallery (cards added without training), GET /state,
    /classes, /info and /health, WebSocket /live (/live?table=true). /overlay is a page for stream software, with a
    transparent ground: it shows the state that was seen last. Ctrl+C stops it.

    Examples:

    \b
      balatro serve --browser
      curl --data-binary @screenshot.png http://127.0.0.1:8000/identify
      BALATRO_TOKEN=some-secret balatro serve --host 0.0.0.0 --model game
    """
    flags = take(ServeFlags, given)
    check_parts()
    for name in ONE_THREAD:  # a reader keeps a core busy; threads that share out its small products only wait for each other
        os.environ.setdefault(name, "1")
    check_token(flags.host, flags.token)
    limits = _limits(flags)
    from balatro.identify_card.server.app import make_app
    from balatro.identify_card.server.batching import Readers
    from balatro.runtime.bundle import find_bundle, load_bundle

    with open_port(flags.host, flags.port) as place:
        readers = Readers(load_bundle(find_bundle(flags.model)), limits, flags.readers, flags.threads)
        app = make_app(readers, flags.token)
        _tell_address(flags, place.getsockname()[1])
        try:
            make_server(app, limits).run(sockets=[place])
        except KeyboardInterrupt:  # uvicorn has ended the requests, and passes the signal on
            print("balatro serve: stopped", file=sys.stderr)


def _limits(flags: ServeFlags) -> Limits:
    from balatro.identify_card.server.limits import MIB, Limits

    if flags.max_pictures > flags.queue:
        raise SettingsError(
            f"--max-pictures {flags.max_pictures} is more than --queue {flags.queue}; such a request would never fit"
        )
    return Limits(
        bytes=flags.max_mib * MIB,
        pixels=flags.max_megapixels * 1_000_000,
        pictures=flags.max_pictures,
        waiting=flags.queue,
        uploads=max(Limits.uploads, 2 * flags.max_mib * MIB),
    )


def _tell_address(flags: ServeFlags, port: int) -> None:
    """Say where it answers, and open the page where that is wanted."""
    url = address(flags.host, port)
    print(f"balatro serve: {url}  (Ctrl+C ends it)", file=sys.stderr, flush=True)
    if (far := network_host(flags.host)) is not None:
        print(f"from other machines of this network: {address(far, port)}", file=sys.stderr, flush=True)
    if flags.browser and not webbrowser.open(f"{url}/#token={flags.token}" if flags.token else url):
        print("no browser found here; open the address in one", file=sys.stderr)


def make_server(app: object, limits: Limits) -> uvicorn.Server:
    """uvicorn around the application, with the limits that concern whole connections."""
    import uvicorn

    from balatro.identify_card.server.connections import patient

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_level="warning",
        access_log=False,
        http=patient(limits.seconds),
        lifespan="on",
        ws_max_size=limits.bytes,
        ws_max_queue=1,
        ws_per_message_deflate=False,  # pictures are compressed already, and its buffers are counted by nobody
        timeout_graceful_shutdown=STOP_S,
        server_header=False,
    )
    return uvicorn.Server(config)


def check_parts() -> None:
    """MissingPartError unless everything the server needs is installed."""
    missing = [name.replace("_", "-") for name in NEEDED if find_spec(name) is None]
    if missing:
        raise MissingPartError(f"serving needs {', '.join(missing)}; install it with {how_to_install('serve')}")


def check_token(host: str, token: str) -> None:
    """SettingsError when others could ask and nothing would be asked of them, or the token cannot be sent."""
    from balatro.identify_card.server.gate import is_local

    if not token and not is_local(host):
        raise SettingsError(f"--host {host} lets other machines ask; give a --token (or BALATRO_TOKEN) that they must send")
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise SettingsError("--token: expected letters, digits and signs without blanks, as a header can carry them")


def open_port(host: str, port: int) -> socket.socket:
    """A listening socket; SettingsError when there is no such address or it is taken."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"--host {host} --port {port}: {reason}; name another --port, or 0 for any free one") from error


def address(host: str, port: int) -> str:
    """What to type into a browser of this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


def network_host(host: str) -> str | None:
    """This machine's address in its network when `host` is all of its addresses; None where it has none, or for other hosts."""
    family, other = _ANYWHERE.get(host, (None, ""))
    if family is None:
        return None
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((other, 9))  # of a datagram socket: chooses the way there, and sends nothing
            found = str(probe.getsockname()[0])
    except OSError:
        return None
    from balatro.identify_card.server.gate import is_local

    return None if is_local(found) or found == host else found
