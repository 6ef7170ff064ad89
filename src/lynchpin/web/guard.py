"""Who may ask: the host that is named, the token, where a write comes from, how much is sent, and what a page may do.

A page on another site can make a browser send requests here. Three things stop it from reading or writing anything:
the host must be ours (against names that are made to point here), writes must come from our own pages, and no answer
may be framed, or run a script, that is not ours.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lynchpin.errors import BadValue

#: What a page may load and do: its own files, and nothing else from anywhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

#: Bytes that a form may send, and a file; seconds until all of it must be here; letters of an address.
FORM_BYTES, FILE_BYTES, SECONDS, ADDRESS = 1 << 20, 64 << 20, 120.0, 32_000
_UPLOADS = ("/data/upload",)
_SAFE = ("GET", "HEAD", "OPTIONS")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
COOKIE = "lynchpin_token"


@dataclass(frozen=True, slots=True)
class Rules:
    """The address that is listened on, and what must be known there."""

    host: str
    port: int
    token: str = ""
    names: tuple[str, ...] = ()  # further host names that may be used

    def __post_init__(self) -> None:
        if self.host not in _LOOPBACK and not self.token:
            mend = "give --token SECRET, which everyone who asks must know; or leave --host away"
            raise BadValue(f"{self.host} can be reached from elsewhere", "--host", mend)
        if self.token and (len(self.token) < 8 or not self.token.isascii() or not self.token.isprintable()):
            raise BadValue("the token is too easy to guess", "--token", "use 8 or more letters, digits and signs")

    @property
    def cookie(self) -> str:
        """What a browser keeps in place of the token."""
        return sha256(f"lynchpin {self.port} {self.token}".encode()).hexdigest()

    def knows_host(self, named: str) -> bool:
        """Whether a request names us: our address or a loopback name, with our port; elsewhere any plain address."""
        try:
            parts = urlsplit(f"//{named}")
            name, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return False
        if parts.username is not None or parts.path or parts.query or (port or 80) != self.port:
            return False
        if name in (self.host, *self.names) or (name in _LOOPBACK and self.host in (*_LOOPBACK, "0.0.0.0", "::")):
            return True
        return self.host in ("0.0.0.0", "::") and _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """The application behind the rules: what breaks one is answered here and goes no further."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # no websocket is ours
        headers = Headers(scope=scope)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    given.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    given.setdefault("cache-control", "no-store")
            await send(message)

        refused = self._refused(scope, headers)
        if refused is not None:
            await refused(scope, receive, dressed)
            return
        most = FILE_BYTES if scope["path"] in _UPLOADS else FORM_BYTES
        if int(headers.get("content-length") or 0) > most:
            await _refuse(413, f"more than {most >> 20} MB are sent", scope["path"])(scope, receive, dressed)
            return
        await self._app(scope, _at_most(receive, most), dressed)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > ADDRESS:
            return _refuse(414, "the address is too long", scope["path"])
        length = headers.get("content-length")
        if length is not None and not (length.isascii() and length.isdigit() and len(length) < 16):
            return _refuse(400, "the length of what is sent is no number", scope["path"])
        if len(headers.getlist("host")) != 1 or not self._rules.knows_host(headers["host"]):
            return _refuse(
                421, "this host is not served here: use the address that `lynchpin serve` printed", scope["path"]
            )
        if self._rules.token and (answer := self._unknown(scope, headers)) is not None:
            return answer
        if scope["method"] not in (*_SAFE, "POST"):
            return _refuse(405, "only GET and POST are understood", scope["path"])
        if scope["method"] not in _SAFE and not _is_own(headers, scope):
            return _refuse(403, "a write must come from a page of this server", scope["path"])
        return None

    def _unknown(self, scope: Scope, headers: Headers) -> Response | None:
        """What to answer who does not show the token; None where it is shown. In an address it becomes a cookie."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        shown = next((value for name, value in query if name == "token"), "")
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if _same(bearer, self._rules.token) or _same(cookie, self._rules.cookie):
            return None
        if shown and _same(shown, self._rules.token) and scope["method"] in _SAFE:
            rest = urlencode([(name, value) for name, value in query if name != "token"])
            path = "/" + scope["path"].lstrip("/\\")
            back = RedirectResponse(f"{path}?{rest}" if rest else path, 303)
            back.set_cookie(COOKIE, self._rules.cookie, httponly=True, samesite="strict")
            return back
        if scope["path"].startswith("/api") or "text/html" not in headers.get("accept", ""):
            return PlainTextResponse("a token is needed\n", 401, {"www-authenticate": "Bearer"})
        return HTMLResponse(_ASK, 401, {"www-authenticate": "Bearer"})


_ASK = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Lynchpin: token</title>
<meta name="viewport" content="width=device-width"><h1>A token is needed</h1>
<form method="get" action="/"><label>Token <input name="token" type="password" autocomplete="off"></label>
<button>Enter</button></form></html>"""


def _same(one: str, other: str) -> bool:
    return bool(one) and hmac.compare_digest(one.encode(), other.encode())


def _is_own(headers: Headers, scope: Scope) -> bool:
    """Whether a write comes from a page of ours. A program that is no browser names no origin, and may write."""
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return headers.get("referer") is None or urlsplit(headers["referer"]).netloc == headers["host"]
    return origin == f"{scope['scheme']}://{headers['host']}"


def _refuse(status: int, why: str, path: str = "") -> Response:
    """Why not, as a program asked for it below /api, else as text."""
    if path.startswith("/api"):
        return JSONResponse({"error": {"what": why, "where": "the request", "mend": "see /api/openapi.json"}}, status)
    return PlainTextResponse(f"{why}\n", status)


class TooMuch(Exception):
    """More is sent than may be, or too slowly."""


def _at_most(receive: Receive, most: int) -> Callable[[], Any]:
    """`receive`, until more than so many bytes have come, or the time is over."""
    seen, whole = 0, False
    end = asyncio.get_running_loop().time() + SECONDS

    async def counted() -> Message:
        nonlocal seen, whole
        if whole:
            return await receive()  # waits for the reader to go
        left = end - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(receive(), max(left, 0.0))
        except TimeoutError:
            raise TooMuch("the whole of it took too long to come") from None
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooMuch(f"more than {most >> 20} MB are sent")
        whole = message["type"] == "http.request" and not message.get("more_body", False)
        return message

    return counted
