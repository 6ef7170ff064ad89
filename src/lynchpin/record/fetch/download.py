"""Downloads files so that one under its own name is always whole."""

from __future__ import annotations

import hashlib
import importlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lynchpin.errors import BadData
from lynchpin.record.fetch._client import Client, Final, Misfit, Passing
from lynchpin.record.fetch.report import Fetched, OnProgress, Progress, Status

_CHUNK = 1 << 16
_MISFITS = 2  # a whole file that does not add up twice is the server's own


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch: its name in the folder, its address, and what is known about it beforehand.

    `size_bytes` is None and `md5` is "" where the publisher does not say. `is_list`: a list of files, not one of them.
    """

    name: str
    url: str
    size_bytes: int | None = None
    md5: str = ""
    is_list: bool = False


def download_all(
    client: Client, wanted: Iterable[Wanted], folder: Path, *, progress: OnProgress | None = None
) -> tuple[Fetched, ...]:
    """Fetch files side by side; one that fails does not stop the others.

    Returns
    -------
    tuple of Fetched, by name

    Raises
    ------
    BadData : the folder cannot be written
    """
    files = sorted({item.name: item for item in wanted}.values(), key=lambda item: item.name)
    _make(folder)
    meter = _Meter(files, progress)
    with ThreadPoolExecutor(max(client.manners.parallel, 1), "fetch") as pool:
        tasks = [pool.submit(_one, client, item, folder, meter) for item in files]
        try:
            return tuple(task.result() for task in tasks)
        except BaseException:  # an interrupt too: the parts stay, to be taken up
            client.stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _one(client: Client, item: Wanted, folder: Path, meter: _Meter) -> Fetched:
    try:
        found = download(client, item, folder, moved=lambda there: meter.moved(item.name, there))
    except OSError as full:
        raise BadData(
            f"the file cannot be written: {full.strerror}",
            str(folder / item.name),
            "make room or name another folder, then run it again: what is there stays",
        ) from None
    meter.done(found)
    return found


def download(
    client: Client, item: Wanted, folder: Path, *, moved: Callable[[int], None] = lambda there: None
) -> Fetched:
    """Fetch one file.

    Parameters
    ----------
    client : Client
    item : Wanted
    folder : Path, exists
    moved : called with the number of bytes that are there

    Returns
    -------
    Fetched; its status is "failed" when the server did not give the whole file
    """
    whole, part = folder / item.name, folder / f"{item.name}.part"
    if whole.exists() and not _wrong(whole, item):
        return _told(item, "already there", whole.stat().st_size, 0)
    with locked(part) as mine:
        if not mine:
            return _told(item, "failed", 0, 0, "another fetch is writing this file")
        if whole.exists() and not _wrong(whole, item):  # another fetch ended while we came here
            return _told(item, "already there", whole.stat().st_size, 0)
        return _fill(client, item, whole, part, moved)


def _fill(client: Client, item: Wanted, whole: Path, part: Path, moved: Callable[[int], None]) -> Fetched:
    begun = _size(part)
    failures, tries, misfits, why = 0, 0, 0, ""
    seconds = client.manners.list_deadline_seconds if item.is_list else client.manners.deadline_seconds
    deadline = time.monotonic() + seconds
    while failures < client.manners.tries and not client.stopped.is_set():
        if time.monotonic() >= deadline:
            return _told(item, "failed", 0, tries, f"it is not whole after {seconds:g} seconds; {why}".rstrip("; "))
        before, retry_after = _size(part), None
        tries += 1
        try:
            _more(client, item, part, deadline, moved)
            wrong = _wrong(part, item)
            if not wrong:
                part.replace(whole)
                _sync(whole.parent)
                return _told(item, "resumed" if begun else "fetched", whole.stat().st_size, tries)
            raise Misfit(wrong)
        except Misfit as misfit:
            why, misfits = _with_page(part, str(misfit)), misfits + 1
            _empty(part)  # bytes that do not add up are of no use
            if misfits == _MISFITS:
                break
        except Passing as passing:
            why, retry_after = passing.why, passing.retry_after
        except Final as final:
            return _told(item, "failed", 0, tries, str(final))
        # a request that brought something starts the count anew: a slow line is not a dead one
        failures = 1 if _size(part) > before else failures + 1
        if failures < client.manners.tries:
            client.wait(failures, retry_after, deadline - time.monotonic())
    return _told(item, "failed", 0, tries, "stopped" if client.stopped.is_set() else why)


def _with_page(part: Path, why: str) -> str:
    """What is wrong, and whether it is because a web page came: servers send one for an error, with "200 OK"."""
    with part.open("rb") as stream:
        head = stream.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_page = head.startswith((b"<!doctype", b"<html", b"<?xml"))
    return f"the server sent a web page instead of the file ({why})" if is_page else why


def _more(client: Client, item: Wanted, part: Path, deadline: float, moved: Callable[[int], None]) -> None:
    """Ask for what is missing, and write it to the part."""
    there = _size(part)
    if item.size_bytes is None or there > item.size_bytes or (there and not item.md5):
        _empty(part)  # nothing would tell a wrong continuation
        there = 0
    if there and there == item.size_bytes:
        return
    with client.get(item.url, from_byte=there) as answer:
        if answer.status == 416:
            _empty(part)
            raise Passing("the server has less than was fetched before")
        starts = f"bytes {there}-"
        if there and (answer.status != 206 or not answer.headers.get("Content-Range", "").startswith(starts)):
            _empty(part)  # the whole is coming, whatever was asked
            if answer.status == 206:
                raise Passing("the server sends another range than was asked for")
        with part.open("ab") as out:
            most = (
                item.size_bytes if item.size_bytes is not None else client.manners.list_bytes if item.is_list else None
            )
            _pour(client, answer.read1, out, most, deadline, moved)
            out.flush()
            os.fsync(out.fileno())


def _pour(
    client: Client,
    read: Callable[[int], bytes],
    out: BinaryIO,
    most: int | None,
    deadline: float,
    moved: Callable[[int], None],
) -> None:
    """Copy a body; drop one that merely drips, that goes on beyond its announced size, or that takes too long."""
    manners = client.manners
    since, count = time.monotonic(), 0
    while not client.stopped.is_set():
        chunk = read(_CHUNK)
        if not chunk:
            return
        out.write(chunk)
        moved(out.tell())
        if most is not None and out.tell() > most:
            raise Misfit(f"more bytes came than the {most:,} that are announced")
        if time.monotonic() >= deadline:
            raise Passing("it comes too slowly")
        count += len(chunk)
        elapsed = time.monotonic() - since
        if elapsed >= manners.timeout_seconds:
            if count < manners.slowest_bytes_per_second * elapsed:
                raise Passing(f"the server sends less than {manners.slowest_bytes_per_second:g} bytes a second")
            since, count = time.monotonic(), 0
    raise Passing("stopped")


def _wrong(path: Path, item: Wanted) -> str:
    """What is wrong with a file that should be whole; "" when nothing is."""
    size = _size(path)
    if item.size_bytes is not None and size != item.size_bytes:
        return f"{size:,} bytes came where {item.size_bytes:,} are announced"
    if not item.md5:
        return ""
    with path.open("rb") as lines:
        found = hashlib.file_digest(lines, "md5").hexdigest()
    return "" if found == item.md5.lower() else f"the md5 is {found} where {item.md5.lower()} is announced"


def _told(item: Wanted, status: Status, size: int, tries: int, why: str = "") -> Fetched:
    return Fetched(item.name, item.url, status, size, item.md5, tries, why)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _empty(path: Path) -> None:
    path.open("wb").close()


def _sync(folder: Path) -> None:
    """Make a new name last through a power cut, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadData(
            f"the folder cannot be made: {problem.strerror}", str(folder), "name another one with --dir"
        ) from None


class _Meter:
    """Adds up how far the files are, and tells it, one call at a time."""

    def __init__(self, files: list[Wanted], tell: OnProgress | None) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._there: dict[str, int] = {}
        self._done = 0
        self._files = len(files)
        self._bytes = sum(item.size_bytes or 0 for item in files)

    def moved(self, name: str, there: int) -> None:
        with self._lock:
            self._there[name] = there
            self._say(name)

    def done(self, file: Fetched) -> None:
        with self._lock:
            self._there[file.name] = file.size_bytes
            self._done += 1
            self._say(file.name)

    def _say(self, name: str) -> None:
        if self._tell:
            self._tell(Progress(self._done, self._files, sum(self._there.values()), self._bytes, name))


# -- A lock on a part, so that two fetches into one folder never write the same file.


@contextmanager
def locked(part: Path) -> Iterator[bool]:
    """Hold a part while it is written; gives whether it was free. The lock ends with the process, however it ends."""
    if os.name != "posix":  # Windows cannot rename a file that is held open; its own rules keep two writers apart
        yield True
        return
    with part.open("ab") as handle:
        if not _take(handle):
            yield False
            return
        try:
            yield True
        finally:
            if part.exists() and part.stat().st_size == 0:
                part.unlink(missing_ok=True)


def _take(handle: BinaryIO) -> bool:
    fcntl = importlib.import_module("fcntl")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
