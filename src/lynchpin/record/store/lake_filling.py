"""Filling a store in parts: a file is a task, and so is settling a month that several files have rows of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from lynchpin.crew import each
from lynchpin.errors import BadData
from lynchpin.record import sources
from lynchpin.record.ontology import actors
from lynchpin.record.sources import Found, Source
from lynchpin.record.store import _file, lake
from lynchpin.record.store._file import BadStore, border, literal, run
from lynchpin.record.store._intake import hash_of, take_in
from lynchpin.record.store.filters import Filter
from lynchpin.record.store.lake import BIG, SMALL, Place
from lynchpin.record.store.report import FileReport

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Task:
    """One file of a feed, and how it is read.

    source : name of a source, or path of a mapping file
    own_actors : path of a table of actors of one's own, or None
    """

    lake: Path
    found: Found
    source: str
    known_lag: int
    keep: Filter
    own_actors: Path | None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a file: its report, or why there is none."""

    report: FileReport | None
    remarks: tuple[tuple[str, str], ...] = ()
    error: BadData | None = None


def fill(
    path: Path,
    taken: Sequence[tuple[Found, Source]],
    asked: str | None,
    *,
    known_lag: int,
    keep: Filter,
    own_actors: Path | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Done]:
    """Read files into a lake, and settle what they have in common.

    Parameters
    ----------
    path : the lake's folder; workers must see it, and the files
    taken : files and their sources
    asked : the source as it was asked for, which may be a mapping file
    executor : any concurrent.futures.Executor; None for this process
    progress : called after each file with how many are done, and how many there are
    """
    _sweep(path)
    mapping = asked if asked is not None and asked.endswith(".toml") else None
    whole = path.resolve()
    tasks = [Task(whole, found, mapping or source.name, known_lag, keep, own_actors) for found, source in taken]
    done = each(filled, tasks, executor, tell=progress)
    open_places = [(place, of) for place, of in lake.places(path).items() if len(of) > 1]
    unsettled = [(whole, place, of) for place, of in open_places if not lake.is_settled(path, place, of)]
    each(_settled, unsettled, executor)
    return done


def _settled(task: tuple[Path, Place, dict[str, int]]) -> int:
    return lake.settle(*task)


def filled(task: Task) -> Done:
    """Runs on a worker: one file into the lake, whole or not at all."""
    if not lake.is_lake(task.lake):
        raise BadData("a worker does not see the store", str(task.lake), "fill it where every worker sees the folder")
    if not task.found.path.is_file():
        raise BadData("a worker does not see the file", str(task.found.path), "put it where every worker sees it")
    remarks: list[tuple[str, str]] = []
    try:
        with (
            actors.own_table(task.own_actors),
            sources.unpacked(task.found, remark=lambda why: remarks.append((task.found.where, why))) as file,
        ):
            return Done(_taken(task, file), tuple(remarks))
    except BadStore:
        raise
    except BadData as error:
        return Done(None, tuple(remarks), error)


def _taken(task: Task, file: Path) -> FileReport:
    source = sources.get(task.source)
    key = lake.key_of(hash_of(file), source.name)
    work = task.lake / ".work" / f"{os.getpid()}-{uuid4().hex[:8]}"
    work.mkdir(parents=True)
    try:
        one = work / "one"
        _file.make_store(one)
        with _file.connect(one, create=False, read_only=False) as connection:
            run(connection, "SET threads = 1")
            there = task.lake / "files" / key
            for table in ("files", "filters", "filtered"):
                if (there / f"{table}.parquet").is_file():
                    rows = f"read_parquet({literal(there / f'{table}.parquet')})"
                    run(connection, f"INSERT INTO {table} BY NAME SELECT * FROM {rows}")
            report = take_in(connection, task.lake, file, source, known_lag=task.known_lag, keep=task.keep)
            if not report.already:
                with border(task.lake):
                    _put(connection, task.lake, work, key)
        return report
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _put(connection: duckdb.DuckDBPyConnection, path: Path, work: Path, key: str) -> None:
    """The tables of a store of one file as parts of a lake; the last step is the one that counts."""
    manifest = work / "manifest"
    manifest.mkdir()
    parts = {table: _put_parts(connection, path, work, table, key) for table in BIG}
    for table in SMALL:
        if run(connection, f"SELECT 1 FROM {table} LIMIT 1"):
            out = manifest / f"{table}.parquet"
            run(connection, f"COPY {table} TO {literal(out)} (FORMAT parquet, COMPRESSION zstd)")
            lake.sync(out)
    lake.write_json(manifest / "parts.json", parts)
    (path / "files").mkdir(exist_ok=True)
    try:
        manifest.rename(path / "files" / key)
    except OSError:
        if not (path / "files" / key).is_dir():  # else another worker was faster, with the same
            raise


def _put_parts(connection: duckdb.DuckDBPyConnection, path: Path, work: Path, table: str, key: str) -> dict[str, int]:
    if not run(connection, f"SELECT 1 FROM {table} LIMIT 1"):
        return {}
    feed = "dataset" if table == "events" else "'mentions'"
    columns = f"*, {literal(key)} AS part, {feed} AS _feed, strftime(date, '%Y-%m') AS _month"
    out = work / table
    run(
        connection,
        f"COPY (SELECT {columns} FROM {table} ORDER BY _feed, _month, date, event_id) TO {literal(out)} "
        "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (_feed, _month))",
    )
    counts: dict[str, int] = {}
    for folder in sorted(out.glob("*/*")):
        place = Place(table, "/".join(part.partition("=")[2] for part in folder.relative_to(out).parts))
        (written,) = folder.glob("*.parquet")
        counts[place.name] = int(run(connection, f"SELECT count(*) FROM read_parquet({literal(written)})")[0][0])
        lake.sync(written)
        to = place.part(path, key)
        to.parent.mkdir(parents=True, exist_ok=True)
        written.replace(to)
    return counts


def _sweep(path: Path) -> None:
    """Remove what workers left that were killed on this machine."""
    folder = path / ".work"
    for left in list(folder.iterdir()) if folder.is_dir() else []:
        process = left.name.partition("-")[0]
        if process.isdigit() and not _file.is_alive(int(process)):
            shutil.rmtree(left, ignore_errors=True)
