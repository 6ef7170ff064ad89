"""A store that is larger than one file: a folder of Parquet parts by feed and month, read by DuckDB with pruning.

    lynchpin-lake.json                  what the folder is
    parts/TABLE/FEED/MONTH/KEY.parquet  the rows that passed the rules, of one file each; KEY is its hash and its source
    files/KEY/                          that file's manifest: its small tables, and which parts it has
    settled/TABLE/FEED/MONTH.json       rows of two files with one key: which one does not stay
    merged/TABLE/FEED/MONTH.json        parts that `compact` made one

A file is in the lake when its folder under `files` is there, which one rename does; a part that no manifest names is
not read. So a stop at any point leaves the lake as it was before a file or after it, and the same command goes on.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from lynchpin._version import __version__
from lynchpin.errors import BadData
from lynchpin.later import Later
from lynchpin.record.store import _file
from lynchpin.record.store._file import LAYOUT, TABLES, border, insert, literal, query, run
from lynchpin.record.store.check import repeats

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = Later("duckdb")

MARK = "lynchpin-lake.json"
_MARK = "lynchpin lake"

#: Tables that are kept by feed and month; the others lie with the manifest of their file.
BIG = ("events", "mentions")
SMALL = tuple(name for name in TABLES if name not in (*BIG, "about"))

#: Rows whose key another file has too, and which do not stay.
_LOSER: dict[str, pl.DataType] = {
    "part": pl.String(),
    "row": pl.Int64(),
    "file": pl.String(),
    "dataset": pl.String(),
    "event_id": pl.String(),
    "date": pl.Date(),
    "known_from": pl.Date(),
    "reason": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of one feed and month of a table lie."""

    table: str
    name: str  # FEED/MONTH

    def part(self, lake: Path, key: str) -> Path:
        """The part of one file, or a merged one."""
        return lake / "parts" / self.table / self.name / f"{key}.parquet"

    def told(self, lake: Path, kind: str) -> Path:
        """What is settled, or merged, of the place."""
        return lake / kind / self.table / f"{self.name}.json"


def is_lake(path: str | Path) -> bool:
    """Whether a path is a folder that holds a store in parts."""
    return (Path(path) / MARK).is_file()


def make(path: Path) -> None:
    """Make an empty lake.

    Raises
    ------
    BadData : there is something else of that name, or the folder cannot be made
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise BadData("there is something of that name, which is no store in parts", str(path), "name another folder")
    try:
        path.mkdir(exist_ok=True)
        write_json(path / MARK, {"mark": _MARK, "layout": LAYOUT, "version": __version__})
    except OSError as error:
        raise BadData(f"the store cannot be made: {error.strerror}", str(path), "choose another place") from None


def discard(path: Path) -> None:
    """Take a lake away that holds no file."""
    if not keys(path):
        shutil.rmtree(path, ignore_errors=True)


def write_json(path: Path, value: object) -> None:
    """A file that is there whole, or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with new.open("w", encoding="utf-8") as out:
            json.dump(value, out, default=str)
            out.flush()
            os.fsync(out.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise BadData("the store is broken: this file cannot be read", str(path), "ingest into a new folder") from None
    return found


# -- What lies where.


def keys(lake: Path) -> list[str]:
    """The files that are in a lake, by key."""
    folder = lake / "files"
    return sorted(entry.name for entry in os.scandir(folder) if entry.name[0] != ".") if folder.is_dir() else []


def places(lake: Path) -> dict[Place, dict[str, int]]:
    """Every place that holds rows: the keys of the files that they are of, and how many of each."""
    found: dict[Place, dict[str, int]] = {}
    for key in keys(lake):
        for table, parts in _read_json(lake / "files" / key / "parts.json").items():
            for name, rows in parts.items():
                found.setdefault(Place(table, name), {})[key] = int(rows)
    return dict(sorted(found.items(), key=lambda one: (one[0].table, one[0].name)))


def paths_of(lake: Path, place: Place, of: Iterable[str]) -> list[Path]:
    """The files on the disk that hold the rows of these keys, each row once."""
    merged = _read_json(place.told(lake, "merged"))
    within = set(merged.get("of", ()))
    whole = [place.part(lake, merged["part"])] if merged else []
    return [*whole, *(place.part(lake, key) for key in of if key not in within)]


# -- Reading: every table of a store, over the parts.


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that has the tables of a store: views over the parts, and the manifests in memory.

    Raises
    ------
    BadData : the folder is no lake, is of a newer layout, or is broken
    """
    told = _read_json(path / MARK)
    if told.get("mark") != _MARK:
        raise BadData("the folder is no store", str(path), "name another; `lynchpin ingest --parts` makes one")
    if told["layout"] > LAYOUT:
        raise BadData(
            f"the store was made by a newer Lynchpin (layout {told['layout']}; this one knows {LAYOUT})",
            str(path),
            "update this one",
        )
    connection = _file.in_memory(_scratch())
    try:
        with border(path):
            _lay_views(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _scratch() -> str:
    """Where DuckDB puts what does not fit into memory."""
    return str(Path(tempfile.gettempdir()) / f"lynchpin-{os.getpid()}")


def _lay_views(connection: duckdb.DuckDBPyConnection, lake: Path) -> None:
    run(connection, f"CREATE TABLE about AS SELECT '{_MARK}' AS mark, {LAYOUT} AS layout")
    held = places(lake)
    losers = {table: [pl.DataFrame(schema=_LOSER)] for table in BIG}
    for place, of in held.items():
        losers[place.table].append(settled(connection, lake, place, of))
    for table in BIG:
        parts = [one for place, of in held.items() if place.table == table for one in paths_of(lake, place, of)]
        lost = pl.concat(losers[table])
        if lost.height:
            run(connection, f"CREATE TABLE lost_{table} AS SELECT part, row FROM given", given=_file.Stream(lost))
        run(connection, _view(table, parts, has_losers=lost.height > 0))
    lost = pl.concat([part for parts in losers.values() for part in parts])
    _lay_small(connection, lake, lost)


def _view(table: str, parts: Sequence[Path], *, has_losers: bool) -> str:
    columns = ", ".join(f'"{name}"' for name in TABLES[table])
    if not parts:
        empty = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in TABLES[table].items())
        return f"CREATE VIEW {table} AS SELECT {empty} WHERE false"
    rows = f"read_parquet([{', '.join(map(literal, parts))}])"
    if not has_losers:
        return f"CREATE VIEW {table} AS SELECT {columns} FROM {rows}"
    run_first = f"SELECT {columns} FROM {rows} p WHERE NOT EXISTS "
    return f"CREATE VIEW {table} AS {run_first}(SELECT 1 FROM lost_{table} l WHERE l.part = p.part AND l.row = p.row)"


def _lay_small(connection: duckdb.DuckDBPyConnection, lake: Path, lost: pl.DataFrame) -> None:
    """The small tables: what each file told, less the rows that another file had before."""
    for table in SMALL:
        listed = ", ".join(f'"{name}" {kind}' for name, kind in TABLES[table].items())
        run(connection, f"CREATE TABLE {table} ({listed})")
        files = [lake / "files" / key / f"{table}.parquet" for key in keys(lake)]
        there = [literal(file) for file in files if file.is_file()]
        if there:
            run(connection, f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet([{', '.join(there)}])")
    if lost.is_empty():
        return
    manifest = query(connection, "SELECT * FROM files")
    told = manifest.with_columns(part=_key_of("sha256", "source"))
    hashes = dict(told.select("part", "sha256").iter_rows())
    counted = {
        (key,): {reason: n for _, reason, n in rows.iter_rows()}
        for (key, *_), rows in lost.group_by("part", "reason").len().group_by("part")
    }
    changed = [_less(row, Counter(counted.get((row["part"],), {}))) for row in told.to_dicts()]
    run(connection, "DELETE FROM files")
    insert(connection, "files", pl.DataFrame(changed, schema=manifest.schema))
    with_hash = lost.with_columns(sha256=pl.col("part").replace_strict(hashes, return_dtype=pl.String))
    insert(connection, "duplicates", with_hash.select(list(TABLES["duplicates"])))
    fewer = with_hash.filter(pl.col("dataset") != "").group_by("dataset", "file", "sha256", "date", "known_from")
    volume = query(connection, "SELECT * FROM volume")
    less = pl.concat([volume, fewer.agg(reports=-pl.len().cast(pl.Int64)).select(volume.columns)])
    left = less.group_by([name for name in volume.columns if name != "reports"]).agg(pl.sum("reports"))
    run(connection, "DELETE FROM volume")
    insert(connection, "volume", left.filter(pl.col("reports") != 0).select(volume.columns))


def _less(row: Mapping[str, Any], lost: Counter[str]) -> dict[str, Any]:
    """A row of the manifest with so many rows as duplicates that had been accepted, by reason."""
    kept = {name: value for name, value in row.items() if name != "part"}
    many = lost.total()
    reasons = Counter(json.loads(kept["reasons"])) + lost
    changed = {"accepted": kept["accepted"] - many, "duplicates": kept["duplicates"] + many}
    return kept | changed | {"reasons": json.dumps(dict(sorted(reasons.items())))}


# -- Rows of two files with one key.


def key_of(sha256: str, source: str) -> str:
    """What a file of a source is called in the lake."""
    return f"{sha256[:24]}-{source}"


def _key_of(sha256: str, source: str) -> pl.Expr:
    return pl.concat_str(pl.col(sha256).str.slice(0, 24), pl.lit("-"), pl.col(source))


def settled(connection: duckdb.DuckDBPyConnection, lake: Path, place: Place, of: Mapping[str, int]) -> pl.DataFrame:
    """The rows of a place that do not stay, in the columns of `_LOSER`: as written down, else worked out."""
    if len(of) < 2:
        return pl.DataFrame(schema=_LOSER)
    told = _read_json(place.told(lake, "settled"))
    if told and set(told["of"]) == set(of):
        days = ("date", "known_from")
        plain = {name: pl.String() if name in days else kind for name, kind in _LOSER.items()}
        rows = pl.DataFrame(told["lost"], schema=plain, orient="row")
        return rows.with_columns(pl.col(days).str.to_date()).cast(pl.Schema(_LOSER))
    return _losers(connection, lake, place, of)


def settle(lake: Path, place: Place, of: Mapping[str, int]) -> int:
    """Work out which rows of a place do not stay, and write it down; how many there are."""
    with border(lake), _file.in_memory(_scratch()) as connection:
        lost = _losers(connection, lake, place, of)
    write_json(place.told(lake, "settled"), {"of": sorted(of), "lost": lost.rows()})
    return lost.height


def is_settled(lake: Path, place: Place, of: Iterable[str]) -> bool:
    """Whether what is written down of a place covers all of its files."""
    told = _read_json(place.told(lake, "settled"))
    return bool(told) and set(told["of"]) == set(of)


def _losers(connection: duckdb.DuckDBPyConnection, lake: Path, place: Place, of: Iterable[str]) -> pl.DataFrame:
    """Of rows with one key that of the file which comes first by name stays, whatever came into the lake first."""
    rows = f"read_parquet([{', '.join(map(literal, paths_of(lake, place, of)))}])"
    key = "event_id, date" if place.table == "events" else "event_id, date, url, sentence"
    same = " AND ".join(f"r.{name.strip()} IS NOT DISTINCT FROM k.{name.strip()}" for name in key.split(","))
    twice = f"SELECT {key} FROM {rows} GROUP BY {key} HAVING count(*) > 1"
    found = query(connection, f"SELECT r.* FROM {rows} r SEMI JOIN ({twice}) k ON {same}")
    if found.is_empty():
        return pl.DataFrame(schema=_LOSER)
    if place.table == "mentions":
        found = found.with_columns(dataset=pl.lit(""), known_from=pl.lit(None, pl.Date))
    kind: Literal["events", "mentions"] = "events" if place.table == "events" else "mentions"
    return repeats(found.sort("file", "part", "row"), kind).select(list(_LOSER)).cast(pl.Schema(_LOSER))


# -- Upkeep.


def size(lake: Path) -> int:
    """Bytes of all that lies in a lake."""
    return sum(file.stat().st_size for file in lake.rglob("*") if file.is_file())


def faults(connection: duckdb.DuckDBPyConnection, lake: Path) -> Iterator[str]:
    """Parts that are not there, cannot be read, or hold other rows than the manifests tell; a sentence each."""
    for place, of in places(lake).items():
        for path in paths_of(lake, place, of):
            name = path.relative_to(lake)
            try:
                sql = f"SELECT part, count(*) FROM read_parquet({literal(path)}) GROUP BY part"
                held = dict(run(connection, sql)) if path.is_file() else {}
            except duckdb.Error as error:
                yield f"{name}: it cannot be read: {str(error).splitlines()[0]}"
                continue
            if not path.is_file():
                yield f"{name}: it is not there"
                continue
            merged = _read_json(place.told(lake, "merged"))
            told = merged["of"] if merged and path.stem == merged["part"] else [path.stem]
            wanted = {key: of[key] for key in told if key in of}
            if held != wanted:
                yield f"{name}: the manifests tell of {sum(wanted.values())} rows, and there are {sum(held.values())}"


def compact(lake: Path) -> tuple[int, int]:
    """Make the parts of each place one, in the order of days; bytes before and after."""
    before = size(lake)
    for place, of in places(lake).items():
        parts = paths_of(lake, place, of)
        if len(parts) > 1:
            _merge(lake, place, sorted(of), parts)
    return before, size(lake)


def _merge(lake: Path, place: Place, of: Sequence[str], parts: Sequence[Path]) -> None:
    name = f"whole-{len(of)}-{of[-1]}"
    whole = place.part(lake, name)
    new = whole.with_name(f".{whole.name}.{os.getpid()}.new")
    rows = f"read_parquet([{', '.join(map(literal, parts))}])"
    try:
        with border(lake), _file.in_memory(_scratch()) as connection:
            copied = f"COPY (SELECT * FROM {rows} ORDER BY date, event_id, part, row) TO {literal(new)}"
            run(connection, f"{copied} (FORMAT parquet, COMPRESSION zstd)")
            were, are = (
                run(connection, f"SELECT count(*) FROM {one}") for one in (rows, f"read_parquet({literal(new)})")
            )
            if were != are:
                raise BadData("rows were lost on the way; nothing was changed", str(whole))
        sync(new)
        new.replace(whole)
        write_json(place.told(lake, "merged"), {"part": name, "of": list(of)})
    finally:
        new.unlink(missing_ok=True)
    for part in parts:  # from here on nobody reads them
        part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """See that a file is on the disk."""
    with path.open("rb") as written:
        os.fsync(written.fileno())
