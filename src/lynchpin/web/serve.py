"""`lynchpin serve`: lay the table, listen, say where, and answer until stopped."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn

from lynchpin.errors import BadValue, LynchpinError
from lynchpin.web.app import make_app
from lynchpin.web.desk import Desk, lay
from lynchpin.web.guard import Rules

#: Seconds that a thread may keep Python's lock from another that waits for it. Our kernels let go of it thousands of
#: times in a fit, and each time wait for it: with Python's own 5 ms, a fit beside a busy page takes twice as long.
SWITCH = 0.0002


def serve(
    cases: Sequence[str],
    stores: Sequence[Path],
    *,
    host: str,
    port: int,
    token: str,
    names: Sequence[str],
    folder: Path,
    track: Path | None,
    say: Callable[[str], None],
) -> None:
    """Serve until stopped; `say` is called with the address once it can be asked.

    Raises
    ------
    LynchpinError : a case cannot be read, the address cannot be used, or a token is needed and not given
    """
    Rules(host, port, token, tuple(names))  # what is wrong with it is said before anything else
    desk = lay(cases, stores, folder, track)
    listening = listen(host, port)
    used = listening.getsockname()[1]
    rules = Rules(host, used, token, tuple(names))
    config = uvicorn.Config(
        make_app(desk, rules), log_level="warning", access_log=False, server_header=False, date_header=False,
        ws="none", timeout_keep_alive=30, limit_concurrency=512, h11_max_incomplete_event_size=256 << 10,
    )  # fmt: skip
    sys.setswitchinterval(SWITCH)
    threading.Thread(target=_warm, args=(desk,), daemon=True).start()
    shown = f"[{host}]" if ":" in host else host
    say(f"http://{shown}:{used}/")
    uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one.

    Raises
    ------
    BadValue : the address is none of this machine, or is in use
    """
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(family, kind)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(where)
            made.listen(128)
        except OSError:
            made.close()
            raise
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadValue(
            f"cannot listen on {host[:80]} port {port}: {why}", "--port", "choose another; 0 takes a free one"
        ) from None
    made.set_inheritable(False)
    return made


def _warm(desk: Desk) -> None:
    """Work out what the first page will ask for, before anyone does."""
    try:
        desk.state(desk.first)
        desk.fit(desk.first)
    except LynchpinError as error:  # the page says it too
        logging.getLogger("uvicorn.error").warning("%s", error)
