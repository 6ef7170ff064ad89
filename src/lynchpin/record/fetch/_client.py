"""One polite HTTP client: a pool of connections, a pace, and how long to wait before asking again."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import urllib3

from lynchpin._version import __version__

#: Answers that may be different in a moment.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server is asked.

    Attributes
    ----------
    parallel : int, downloads at a time
    requests_per_second : float, at most so many requests are begun, by all downloads together
    tries : int, requests in a row for one file that bring nothing, before it is given up
    back_off_seconds : float, wait before the second try; twice as long before each one after, at most
        `longest_wait_seconds`; each wait is drawn between one half of it and the whole
    longest_wait_seconds : float, also the most that a server's Retry-After is obeyed
    timeout_seconds : float, for a connection, and for the next bytes of a body
    slowest_bytes_per_second : float, a body that comes more slowly over `timeout_seconds` is dropped and
        taken up again
    deadline_seconds : float, the most that one file may take, with all its tries and waits
    list_deadline_seconds : float, the same for a published list
    list_bytes : int, the most that a list may hold, since nothing announces its size
    """

    parallel: int = 4
    requests_per_second: float = 8.0
    tries: int = 6
    back_off_seconds: float = 1.0
    longest_wait_seconds: float = 120.0
    timeout_seconds: float = 30.0
    slowest_bytes_per_second: float = 512.0
    deadline_seconds: float = 4 * 3600.0
    list_deadline_seconds: float = 1800.0
    list_bytes: int = 2_000_000_000

    def wait_seconds(self, failures: int, retry_after: str | None) -> float:
        """How long to wait after so many failures in a row; what the server asks for comes first."""
        asked = _retry_after(retry_after)
        if asked is not None:
            return min(asked, self.longest_wait_seconds)
        longest = min(self.back_off_seconds * 2.0 ** (failures - 1), self.longest_wait_seconds)
        return longest * random.uniform(0.5, 1.0)


class Passing(Exception):
    """A request that failed in a way that may pass; `retry_after` is the server's own wish."""

    def __init__(self, why: str, retry_after: str | None = None) -> None:
        super().__init__(why, retry_after)
        self.why, self.retry_after = why, retry_after


class Final(Exception):
    """A request whose answer will not change."""


class Misfit(Exception):
    """A body that is not the file that was announced."""


@dataclass(slots=True)
class Client:
    """Connections that are shared by the downloads of one fetch.

    Attributes
    ----------
    manners : Manners
    stopped : Event; once set, waits end at once and downloads stop between two chunks
    """

    manners: Manners
    stopped: threading.Event = field(default_factory=threading.Event)
    _pool: urllib3.PoolManager = field(init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _next_start: float = 0.0

    def __post_init__(self) -> None:
        # redirects are followed (Dataverse hands files over to a store of its own); every other retry is ours
        once = urllib3.Retry(
            total=5, connect=0, read=0, status=0, other=0, redirect=5, respect_retry_after_header=False
        )
        timeout = urllib3.Timeout(connect=self.manners.timeout_seconds, read=self.manners.timeout_seconds)
        agent = f"lynchpin/{__version__}"
        self._pool = urllib3.PoolManager(
            maxsize=max(self.manners.parallel, 1), retries=once, timeout=timeout, headers={"User-Agent": agent}
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.clear()

    def wait(self, failures: int, retry_after: str | None, most_seconds: float) -> None:
        """Wait before the next try, so many seconds at most."""
        self.stopped.wait(min(self.manners.wait_seconds(failures, retry_after), max(most_seconds, 0.0)))

    @contextmanager
    def get(self, url: str, *, from_byte: int = 0) -> Iterator[urllib3.BaseHTTPResponse]:
        """Ask for a file, or for what comes after its first bytes.

        Raises
        ------
        Passing : no connection, a time-out, a body cut short, 429 or a server's error
        Final : any other answer than 200, 206 or 416
        """
        self._pace()
        headers = {"Accept-Encoding": "identity", "User-Agent": self._pool.headers["User-Agent"]}
        if from_byte:
            headers["Range"] = f"bytes={from_byte}-"
        try:
            answer = self._pool.request("GET", url, headers=headers, preload_content=False, decode_content=False)
            try:
                if answer.status in PASSING:
                    raise Passing(f"the server answers {answer.status}", answer.headers.get("Retry-After"))
                if answer.status not in (200, 206, 416):
                    raise Final(f"the server answers {answer.status}")
                yield answer
            finally:
                answer.close()
        except urllib3.exceptions.LocationValueError as wrong:
            raise Final(f"{url!r} is no address: {wrong}") from None
        except (urllib3.exceptions.HTTPError, OSError) as broken:
            raise Passing(_plainly(broken)) from None

    def _pace(self) -> None:
        """Wait until it is this request's turn."""
        with self._turn:
            now = time.monotonic()
            start = max(now, self._next_start)
            self._next_start = start + 1 / self.manners.requests_per_second
        self.stopped.wait(start - now)


def _retry_after(text: str | None) -> float | None:
    """Retry-After in seconds: a number, or a date of HTTP."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError):
        return None


def _plainly(problem: Exception) -> str:
    if isinstance(problem, urllib3.exceptions.MaxRetryError) and problem.reason:
        problem = problem.reason
    if isinstance(problem, urllib3.exceptions.NewConnectionError):
        return "no connection to the server"
    if isinstance(problem, urllib3.exceptions.ConnectTimeoutError | urllib3.exceptions.ReadTimeoutError):
        return "the server does not answer in time"
    if isinstance(problem, urllib3.exceptions.ProtocolError | urllib3.exceptions.IncompleteRead):
        return "the connection broke off"
    return str(problem) or type(problem).__name__
