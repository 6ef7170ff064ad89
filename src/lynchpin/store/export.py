"""Parquet out and in: a store as a folder of tables that any tool reads, and back without loss.

The folder holds one Parquet file for each table and `lynchpin-store.json`, which is written last, into a folder that
gets its name when all is there: what has the name is whole. The description carries the content hash, which is held
against the events when they come back.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from lynchpin._version import __version__
from lynchpin.errors import BadData
from lynchpin.events import SCHEMA

from ._file import LAYOUT, TABLES, border, run
from .hashing import data_hash

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
    beside = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        rows = {}
        with border(store):
            for table in _DATA:
                order = f" ORDER BY {_ORDER[table]}" if table in _ORDER else ""
                out = _literal(beside / f"{table}.parquet")
                run(connection, f"COPY (SELECT * FROM {table}{order}) TO {out} (FORMAT parquet, COMPRESSION zstd)")
                rows[table] = int(run(connection, f"SELECT count(*) FROM {table}")[0][0])
        told = {
            "mark": _MARK,
            "layout": LAYOUT,
            "version": __version__,
            "content_hash": content_hash,
            "rows": rows,
        }
        (beside / DESCRIPTION).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        beside.rename(folder)
    except OSError as error:
        raise BadData(f"the export cannot be written: {error.strerror}", str(folder), "choose another place") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
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
    parts = {table: f"read_parquet({_literal(folder / f'{table}.parquet')})" for table in _DATA}
    with border(store):
        columns = ", ".join(f'"{name}"' for name in SCHEMA)
        try:
            texts = pl.DataFrame(pl.read_parquet(folder / "events.parquet", columns=list(SCHEMA)))
        except (OSError, pl.exceptions.PolarsError) as error:
            raise _spoiled(folder, str(error).splitlines()[0]) from None
        if data_hash(texts) != told["content_hash"]:
            raise _spoiled(folder, "its events are not those it was written with")
        known = "SELECT sha256, source FROM main.files"
        files = run(connection, f"SELECT *, (sha256, source) IN ({known}) AS already FROM {parts['files']}")
        names = [*TABLES["files"], "already"]
        manifest = pl.DataFrame(files, schema=names, orient="row", infer_schema_length=None)
        if manifest.height and manifest["already"].all():
            return manifest
        held = run(
            connection,
            f"SELECT count(*) FROM {parts['events']} SEMI JOIN main.events USING (dataset, event_id, date)",
        )[0][0]
        if held or manifest["already"].any():
            raise BadData(
                f"the store holds a part of this export already ({held} events)",
                str(folder),
                "take it into a new store",
            )
        connection.begin()
        try:
            for table, rows in parts.items():
                listed = columns if table == "events" else "*"
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


def _literal(path: Path) -> str:
    """A path as text of SQL."""
    return "'" + str(path).replace("'", "''") + "'"
