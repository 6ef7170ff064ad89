"""A publisher of feeds on this machine: it serves files as GDELT and Dataverse do, and misbehaves as it is told.

Each address has a list of misdeeds, one used up by each request; then it serves well. It ends with its `with`.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from lynchpin.record.fetch import Manners

#: Quick enough for tests, and as patient in kind as the real ones.
QUICK = Manners(
    parallel=3,
    requests_per_second=1000.0,
    tries=4,
    back_off_seconds=0.01,
    longest_wait_seconds=0.3,
    timeout_seconds=1.0,
    slowest_bytes_per_second=2000.0,
)

Misdeed = Callable[["Desk", bytes], None]


@dataclass(slots=True)
class Publisher:
    """Serves `files` (path, with its query, -> body); `asked` counts requests, `ranges` keeps what was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    misdeeds: dict[str, list[Misdeed]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    ranges: list[tuple[str, str]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    lets_resume: bool = True
    over: threading.Event = field(default_factory=threading.Event)
    _server: Any = None
    _thread: Any = None

    def __enter__(self) -> Publisher:
        desk = type("Desk", (Desk,), {"publisher": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), desk)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def gdelt(self, bodies: dict[str, bytes], *, more_lines: str = "") -> None:
        """Publish files of GDELT 2.0 and their master file list, whose addresses are those of GDELT itself."""
        lines = ""
        for name, body in bodies.items():
            self.files[f"/gdeltv2/{name}"] = body
            lines += f"{len(body)} {md5(body)} http://data.gdeltproject.org/gdeltv2/{name}\n"
        self.files["/gdeltv2/masterfilelist.txt"] = (lines + more_lines).encode()

    def old_gdelt(self, bodies: dict[str, bytes], *, more_sizes: str = "", more_sums: str = "") -> None:
        """Publish files of GDELT 1.0 and their two lists."""
        self.files |= {f"/events/{name}": body for name, body in bodies.items()}
        sizes = "".join(f"{len(body)} {name}\n" for name, body in bodies.items())
        sums = "".join(f"{md5(body)}  {name}\n" for name, body in bodies.items())
        self.files["/events/filesizes"] = (sizes + more_sizes).encode()
        self.files["/events/md5sums"] = (sums + more_sums).encode()

    def dataverse(self, doi: str, files: list[dict[str, Any]], bodies: dict[str, bytes]) -> None:
        """Publish a data set: its listing, and bodies by the rest of the file's address."""
        answer = {"status": "OK", "data": {"latestVersion": {"files": files}}}
        self.files[f"/api/datasets/:persistentId/?persistentId={doi}"] = json.dumps(answer).encode()
        self.files |= {f"/api/access/datafile/{rest}": body for rest, body in bodies.items()}


class Desk(BaseHTTPRequestHandler):
    """Answers one request."""

    publisher: Publisher
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Serve a file, or the next misdeed of its address."""
        address = self.path if self.path in self.publisher.files else urlsplit(self.path).path
        self.publisher.asked[address] += 1
        self.publisher.agents.add(self.headers.get("User-Agent", ""))
        if self.headers.get("Range"):
            self.publisher.ranges.append((address, self.headers["Range"]))
        body = self.publisher.files.get(address)
        if body is None:
            self.answer(404, b"")
            return
        waiting = self.publisher.misdeeds.get(address)
        (waiting.pop(0) if waiting else Desk.serve)(self, body)

    def serve(self, body: bytes) -> None:
        """Serve as asked, a range too."""
        start = self.start()
        if start and start >= len(body):
            self.answer(416, b"")
        elif start:
            self.answer(206, body[start:], {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"})
        else:
            self.answer(200, body)

    def start(self) -> int:
        asked = self.headers.get("Range", "") if self.publisher.lets_resume else ""
        return int(asked.removeprefix("bytes=").rstrip("-") or 0)

    def answer(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, *, length: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def says(status: int, **headers: str) -> Misdeed:
    """An answer of that status, without the file."""
    return lambda desk, body: desk.answer(status, b"", {name.replace("_", "-"): text for name, text in headers.items()})


def cuts_short(share: float) -> Misdeed:
    """Announces the whole body, sends a share of it, and hangs up."""

    def cut(desk: Desk, body: bytes) -> None:
        rest = body[desk.start() :]
        headers = {"Content-Range": f"bytes {desk.start()}-{len(body) - 1}/{len(body)}"} if desk.start() else {}
        desk.answer(206 if headers else 200, rest[: int(len(rest) * share)], headers, length=len(rest))
        desk.close_connection = True

    return cut


def hangs(share: float) -> Misdeed:
    """Sends a share of the body and then nothing more."""

    def hang(desk: Desk, body: bytes) -> None:
        desk.answer(200, body[: int(len(body) * share)], length=len(body))
        desk.wfile.flush()
        desk.publisher.over.wait(2)
        desk.close_connection = True

    return hang


def drips(desk: Desk, body: bytes) -> None:
    """Sends a byte now and then: never silent, never done."""
    desk.answer(200, body[:100], length=len(body))
    for place in range(100, 130):
        if desk.publisher.over.wait(0.03):
            break
        try:
            desk.wfile.write(body[place : place + 1])
            desk.wfile.flush()
        except OSError:
            break
    desk.close_connection = True


PAGE = b"<!DOCTYPE html>\n<html><body><h1>503 Service Unavailable</h1></body></html>\n"


def says_page(status: int) -> Misdeed:
    """An answer of that status with a page for people, as servers and what stands before them send."""
    return lambda desk, body: desk.answer(status, PAGE, {"Content-Type": "text/html; charset=utf-8"})


def leads_to(path: str) -> Misdeed:
    """A redirect to another address of this server, as Dataverse does to the store that holds its files."""
    return lambda desk, body: desk.answer(303, b"", {"Location": f"{desk.publisher.url}{path}"})


def endless(desk: Desk, body: bytes) -> None:
    """Sends the body again and again, in chunks, with no length announced and no end."""
    desk.send_response(200)
    desk.send_header("Transfer-Encoding", "chunked")
    desk.end_headers()
    try:
        while not desk.publisher.over.is_set():
            desk.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
    except OSError:
        pass
    desk.close_connection = True


def trickles(desk: Desk, body: bytes) -> None:
    """Sends some of the body every now and then, for longer than anybody should wait."""
    desk.answer(200, b"", length=len(body))
    for place in range(0, len(body), 100):
        if desk.publisher.over.wait(0.05):
            break
        try:
            desk.wfile.write(body[place : place + 100])
            desk.wfile.flush()
        except OSError:
            break
    desk.close_connection = True


def swaps(other: bytes) -> Misdeed:
    """Sends another body."""
    return lambda desk, body: desk.answer(200, other)


def md5(body: bytes) -> str:
    return hashlib.md5(body).hexdigest()
