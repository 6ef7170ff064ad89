"""Files that are uploaded become a store: read by a process of its own, within limits, and moved into place whole.

    DIR/uploads/STORE/SOURCE/FILE    what was uploaded, as it came
    DIR/uploads/STORE/actors.csv     names that were assigned by hand
    DIR/stores/STORE.duckdb          what was read of all that

The store is made anew from its files each time, beside the old one, which it replaces once it is whole: a halt at any
moment leaves the old one, or the new one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from lynchpin.errors import BadData, BadValue
from lynchpin.web.work import Cancelled, Tell

#: What the process that reads may take: bytes of memory, seconds of work, seconds in all, and bytes of all files.
MEMORY, WORK_SECONDS, SECONDS, ALL_BYTES = 4 << 30, 300, 600, 2 << 30
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


def safe_name(name: str) -> str:
    """A file name that can do no harm: its last part, plain letters, no leading dot; its ending is kept.

    Examples
    --------
    >>> safe_name("../../etc/pass wd.csv"), safe_name("<b>.CSV.gz"), safe_name("")
    ('pass_wd.csv', 'b_.CSV.gz', 'file.csv')
    """
    plain = _SAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).lstrip("._-")
    return plain[-120:].lstrip("._-") or "file.csv"


def keep(stream: IO[bytes], name: str, home: Path) -> Path:
    """Write an upload beside its place and move it there: the file, or nothing.

    Raises
    ------
    BadData : it is empty, or there is no room for it
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".incoming-", dir=home.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                shutil.copyfileobj(stream, out)
                size = out.tell()
                out.flush()
                os.fsync(out.fileno())
            if not size:
                raise BadData("the file is empty", safe_name(name), "choose one that holds rows")
            place = _free(home, safe_name(name))
            Path(aside).replace(place)
        finally:
            Path(aside).unlink(missing_ok=True)
    except OSError as error:
        raise BadData(f"the upload cannot be kept: {error.strerror}", safe_name(name), "make room for it") from None
    return place


def _free(home: Path, name: str) -> Path:
    place, number = home / name, 2
    while place.exists():
        place = home / f"{number}-{name}"
        number += 1
    return place


def write_whole(file: Path, text: str) -> None:
    """Write a small file beside its place and move it there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=".writing-", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(aside).replace(file)
    finally:
        Path(aside).unlink(missing_ok=True)


def read_all(folder: Path, store: str, tell: Tell) -> list[dict[str, Any]]:
    """Make a store of everything that was uploaded for it.

    Returns
    -------
    list of dict, what `lynchpin ingest --json` tells of each source

    Raises
    ------
    BadData : a file is not of its source, or reading takes more than it may; the store stays as it was
    """
    uploads, home = folder / "uploads" / store, folder / "stores"
    home.mkdir(parents=True, exist_ok=True)
    sources = sorted(place for place in uploads.iterdir() if place.is_dir())
    if sum(file.stat().st_size for place in sources for file in place.iterdir()) > ALL_BYTES:
        raise BadData(f"more than {ALL_BYTES >> 20:,} MB were uploaded", store, "read them with `lynchpin ingest`")
    actors = uploads / "actors.csv"
    with tempfile.TemporaryDirectory(prefix=".reading-", dir=folder) as aside:
        made, reports = Path(aside) / "store.duckdb", []
        for number, place in enumerate(sources):
            tell(f"reading {place.name}", number, len(sources))
            files = [str(file) for file in sorted(place.iterdir())]
            named = ["--actors", str(actors)] if actors.is_file() else []
            reports.append(
                _run(["ingest", place.name, *files, "--store", str(made), *named, "--json", "--quiet"], tell)
            )
        made.replace(home / f"{store}.duckdb")
    return reports


def _run(words: list[str], tell: Tell) -> dict[str, Any]:
    """The command line in a process of its own, within limits; called off, it is ended."""
    root = str(Path(__file__).resolve().parents[2])
    inherited = os.environ.get("PYTHONPATH")
    environment = os.environ | {
        "PYTHONPATH": f"{root}{os.pathsep}{inherited}" if inherited else root,
        "LYNCHPIN_TOKEN": "",
    }
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "lynchpin.cli", *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=environment,
        )
        try:
            _limit(process.pid)
            end = time.monotonic() + SECONDS
            while process.poll() is None:
                tell("reading", 0, 0)
                if time.monotonic() > end:
                    raise BadData(f"reading took more than {SECONDS} s", "upload", "read it with `lynchpin ingest`")
                time.sleep(0.1)
        except (BadData, Cancelled, ProcessLookupError):
            process.kill()
            process.wait()
            raise
        out.seek(0)
        err.seek(0)
        said = err.read(20_000).decode("utf-8", "replace").strip()
        if process.returncode == 0:
            told: dict[str, Any] = json.loads(out.read())
            return told
    if process.returncode == 2:
        raise _as_error(said)
    raise BadData("reading took more time or memory than an upload may", "upload", "read it with `lynchpin ingest`")


def _limit(process: int) -> None:
    """Hold a process to its memory and its work: Linux can do that to another process; elsewhere the clock holds it."""
    if sys.platform == "linux":
        import resource

        resource.prlimit(process, resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.prlimit(process, resource.RLIMIT_CPU, (WORK_SECONDS, WORK_SECONDS))


def _as_error(said: str) -> BadData:
    """The error that a process printed, in its parts; without the folders of this machine."""
    what, _, rest = said.partition("\n  where: ")
    where, _, mend = rest.partition("\n  to mend: ")
    return BadData(what or "the file cannot be read", re.sub(r"\S*/", "", where), mend)


def check_source(source: str, known: set[str]) -> str:
    """A source that may be named from outside: one of ours, never the path of a mapping."""
    if source not in known | {"auto"}:
        raise BadValue(f"no source {source[:40]!r}", "source", "choose one of the list")
    return source
