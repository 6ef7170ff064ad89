"""Upkeep: what a store holds, whether its tables agree with each other, and how to make it small.

May be asked of any store; nothing here changes an event.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from lynchpin._version import __version__
from lynchpin.errors import BadData
from lynchpin.events import SCHEMA
from lynchpin.later import Later
from lynchpin.record.store import lake
from lynchpin.record.store._file import LAYOUT, TABLES, beside, border, lay_out, literal, run, settle
from lynchpin.record.store.filters import Filter
from lynchpin.record.store.hashing import table_hash

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = Later("duckdb")

#: What `faults` asks: a query for the rows that are wrong, and the sentence for one of them.
_QUESTIONS: tuple[tuple[str, str], ...] = (
    (
        "SELECT file, read, accepted + duplicates + refused + coalesce(apart, 0) AS told FROM files LEFT JOIN "
        "(SELECT sha256, dataset AS source, sum(reports) AS apart FROM filtered GROUP BY ALL) USING (sha256, source) "
        "WHERE read <> told",
        "{0}: read {1} rows, but accepted + duplicates + refused + filtered is {2}",
    ),
    (
        "SELECT coalesce(f.file, e.file), coalesce(told, 0), coalesce(held, 0) "
        "FROM (SELECT file, sum(accepted) AS told FROM files WHERE kind = 'events' GROUP BY file) f "
        "FULL JOIN (SELECT file, count(*) AS held FROM events GROUP BY file) e ON e.file = f.file "
        "WHERE coalesce(told, 0) <> coalesce(held, 0)",
        "{0}: the manifest tells of {1} events, and there are {2}",
    ),
    (
        "SELECT coalesce(f.file, e.file), coalesce(told, 0), coalesce(held, 0) "
        "FROM (SELECT file, sum(accepted) AS told FROM files WHERE kind = 'mentions' GROUP BY file) f "
        "FULL JOIN (SELECT file, count(*) AS held FROM mentions GROUP BY file) e ON e.file = f.file "
        "WHERE coalesce(told, 0) <> coalesce(held, 0)",
        "{0}: the manifest tells of {1} mentions, and there are {2}",
    ),
    *(
        (
            f"SELECT file, told, coalesce(held, 0) FROM (SELECT file, sha256, sum({table}) AS told FROM files "
            f"GROUP BY file, sha256) LEFT JOIN (SELECT file, sha256, count(*) AS held FROM {table} "
            "GROUP BY file, sha256) USING (file, sha256) WHERE told <> coalesce(held, 0)",
            f"{{0}}: the manifest tells of {{1}} rows of {table}, and there are {{2}}",
        )
        for table in ("refused", "duplicates")
    ),
    (
        "SELECT dataset, event_id, date, count(*) FROM events GROUP BY dataset, event_id, date HAVING count(*) > 1",
        "{0}: event {1} of {2} is there {3} times",
    ),
    (
        "SELECT coalesce(v.dataset, e.dataset), coalesce(v.date, e.date), coalesce(told, 0), coalesce(held, 0) "
        "FROM (SELECT dataset, date, sum(reports) AS told FROM volume GROUP BY dataset, date) v FULL JOIN "
        "(SELECT dataset, date, count(*) AS held FROM events GROUP BY dataset, date) e "
        "ON v.dataset = e.dataset AND v.date IS NOT DISTINCT FROM e.date WHERE coalesce(told, 0) <> coalesce(held, 0)",
        "{0}: the volume of {1} is {2}, and there are {3} events",
    ),
)
_MOST = 20  # faults that are told, of one kind


def describe(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, Any]:
    """What a store holds, as plain values; no clock and no hash, so that it costs little."""
    with border(path):
        counts = {table: run(connection, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES if table != "about"}
        feeds = run(
            connection,
            "SELECT dataset, count(*), min(date), max(date), count_if(len(source) > 0 AND len(target) > 0) "
            "FROM events GROUP BY dataset ORDER BY dataset",
        )
        sums = run(connection, "SELECT coalesce(sum(read), 0) FROM files")[0][0]
        reasons = dict(
            run(connection, "SELECT reason, sum(reports)::BIGINT FROM filtered GROUP BY reason ORDER BY reason")
        )
        kept = run(
            connection,
            "SELECT states, since, until, count(*) FROM (SELECT file, source, sha256 FROM files WHERE kind = 'events') "
            "LEFT JOIN filters USING (file, source, sha256) GROUP BY ALL ORDER BY count(*) DESC, states, since, until",
        )
    names = ("dataset", "events", "first", "last", "with_state_pair")
    return {
        "store": path.name,
        "size": lake.size(path) if lake.is_lake(path) else path.stat().st_size,
        "layout": LAYOUT,
        "files": counts["files"],
        "read": int(sums),
        "events": counts["events"],
        "duplicates": counts["duplicates"],
        "refused": counts["refused"],
        "filtered": sum(reasons.values()),
        "filtered_by": reasons,
        "filters": [
            {**one.to_dict(), "kept": str(one), "files": files}
            for one, files in ((Filter(tuple(row[0] or ()), *row[1:3]), row[3]) for row in kept)
            if reasons or any(row[0] is not None for row in kept)
        ],
        "mentions": counts["mentions"],
        "datasets": [dict(zip(names, row, strict=True)) for row in feeds],
    }


def faults(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Where the tables of a store disagree, a sentence each; empty for a sound store."""
    found = []
    with border(path):
        for sql, says in _QUESTIONS:
            rows = run(connection, f"SELECT * FROM ({sql}) ORDER BY ALL LIMIT {_MOST}")
            found += [says.format(*row) for row in rows]
    return found


def compact(path: Path) -> tuple[int, int]:
    """Write a store anew, in the order of days, and put it in the place of the old one.

    The old file stays until the new one is whole, and nobody can write to it in between. A symbolic link stays one.

    Returns
    -------
    tuple of int, bytes before and after

    Raises
    ------
    BadData : the store is in use, has a second name that would keep the old content, or there is no room
    """
    path = path.resolve()
    was = path.stat()
    if was.st_nlink > 1:
        mend = "remove the other name (a hard link), or copy the store and compact the copy"
        raise BadData("the file has another name, which would keep the old content", str(path), mend)
    with beside(path, "compact") as new:
        with border(path), duckdb.connect(new) as connection:
            lay_out(connection)
        with border(path), duckdb.connect() as connection:
            for name, file, mode in (("old", path, "READ_ONLY"), ("new", new, "READ_WRITE")):
                run(connection, f"ATTACH {literal(file)} AS {name} ({mode})")  # while it is, nobody else may write
            if path.with_name(f"{path.name}.wal").exists():
                raise BadData("the store is in use", str(path), "close the other program that has it open")
            connection.begin()
            for table in _DATA:
                order = " ORDER BY date, dataset, event_id, file, row" if table == "events" else ""
                run(connection, f"INSERT INTO new.main.{table} BY NAME SELECT * FROM old.main.{table}{order}")
            connection.commit()
            lost = [table for table in _DATA if _count(connection, "old", table) != _count(connection, "new", table)]
            if lost:
                raise BadData(f"rows of {', '.join(lost)} were lost on the way; nothing was changed", str(path))
            run(connection, "CHECKPOINT new")
            run(connection, "DETACH new")
            settle(new)
            new.chmod(was.st_mode & 0o7777)
            if hasattr(os, "chown"):
                with suppress(PermissionError):
                    os.chown(new, was.st_uid, was.st_gid)
            new.replace(path)
    return was.st_size, path.stat().st_size


def _count(connection: duckdb.DuckDBPyConnection, store: str, table: str) -> int:
    return int(run(connection, f"SELECT count(*) FROM {store}.main.{table}")[0][0])


# -- Parquet out and in: a store as a folder of tables that any tool reads, and back without loss.

DESCRIPTION = "lynchpin-store.json"
_MARK = "lynchpin export"
_DATA = tuple(name for name in TABLES if name != "about")
_ORDER = {"events": "date, dataset, event_id, file, row", "volume": "dataset, file, date"}


def is_export(path: str | Path) -> bool:
    """Whether a path is a folder that `export` wrote."""
    return (Path(path) / DESCRIPTION).is_file()


def export(connection: duckdb.DuckDBPyConnection, store: Path, folder: Path, content_hash: str) -> dict[str, Any]:
    """Write every table of a store into a new folder.

    Returns
    -------
    dict, the description: mark, layout, version, content_hash, rows by table

    Raises
    ------
    BadData : something of that name is there already, or it cannot be written
    """
    if folder.exists():
        raise BadData("there is something of that name already", str(folder), "name a folder that is not there")
    new = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        rows = {}
        with border(store):
            for table in _DATA:
                order = f" ORDER BY {_ORDER[table]}" if table in _ORDER else ""
                out = literal(new / f"{table}.parquet")
                run(connection, f"COPY (SELECT * FROM {table}{order}) TO {out} (FORMAT parquet, COMPRESSION zstd)")
                rows[table] = int(run(connection, f"SELECT count(*) FROM {table}")[0][0])
        told = {
            "mark": _MARK,
            "layout": LAYOUT,
            "version": __version__,
            "content_hash": content_hash,
            "rows": rows,
        }
        (new / DESCRIPTION).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        new.rename(folder)
    except OSError as error:
        raise BadData(f"the export cannot be written: {error.strerror}", str(folder), "choose another place") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return told


def take_in(connection: duckdb.DuckDBPyConnection, store: Path, folder: Path) -> pl.DataFrame:
    """Add what an export holds to a store, in one transaction. Files that the store holds already change nothing.

    Returns
    -------
    DataFrame, the manifest rows of the export, with `already`: whether the store held that file before

    Raises
    ------
    BadData : not an export, one of a newer layout, one that was changed or cut since, or one that holds events
        that the store has from other files
    """
    told = _description(folder)
    there = [name for name in _DATA if told["layout"] >= 4 or name not in ("filters", "filtered")]
    parts = {table: f"read_parquet({literal(folder / f'{table}.parquet')})" for table in there}
    with border(store):
        lacking = ("known_from",) if told["layout"] < 3 else ()
        columns = ", ".join(f'"{name}"' for name in SCHEMA if name not in lacking)
        try:
            content = table_hash(connection, parts["events"], without=lacking)
        except (duckdb.IOException, duckdb.InvalidInputException, duckdb.BinderException) as error:
            raise _spoiled(folder, str(error).splitlines()[0]) from None
        if content != told["content_hash"]:
            raise _spoiled(folder, "its events are not those it was written with")
        known = "SELECT sha256, source FROM main.files"
        files = run(connection, f"SELECT *, (sha256, source) IN ({known}) AS already FROM {parts['files']}")
        names = [*TABLES["files"], "already"]
        manifest = pl.DataFrame(files, schema=names, orient="row", infer_schema_length=None)
        if manifest.height and manifest["already"].all():
            return manifest
        twice = run(
            connection,
            f"SELECT count(*) FROM {parts['events']} SEMI JOIN main.events USING (dataset, event_id, date)",
        )[0][0]
        if twice or manifest["already"].any():
            raise BadData(
                f"the store holds a part of this export already ({twice} events)",
                str(folder),
                "take it into a new store",
            )
        connection.begin()
        try:
            for table, rows in parts.items():
                listed = columns if table == "events" else "*"
                if lacking and table in ("events", "volume"):
                    listed += ", date AS known_from"
                run(connection, f"INSERT INTO {table} BY NAME SELECT {listed} FROM {rows}")
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
    return manifest


def _description(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        is_ours = told["mark"] == _MARK and isinstance(told["layout"], int) and isinstance(told["content_hash"], str)
    except (OSError, ValueError, KeyError, TypeError):
        is_ours, told = False, {}
    if not is_ours:
        raise BadData("this is no export of a store", str(folder), "`lynchpin store export` makes one")
    if told["layout"] > LAYOUT:
        raise BadData(f"the export is of a newer layout ({told['layout']})", str(folder), "update Lynchpin")
    return dict(told)


def _spoiled(folder: Path, why: str) -> BadData:
    return BadData(f"the export was changed or cut: {why}", str(folder), "export the store again")
