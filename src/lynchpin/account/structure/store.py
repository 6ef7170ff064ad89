"""The structural store: one DuckDB file of facts, and of the files that they came from.

Layout, in three tables:

    about    mark, layout
    tables   one row for each file read: dataset, kinds, file, sha256, first and last day it speaks of, rows read,
             accepted and refused with the reasons (JSON), facts made, citation, licence
    facts    the columns of `lynchpin.account.structure.facts.SCHEMA`

Reading a data set again puts the new file in the place of the old one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from lynchpin.account.structure import atop, states, tables
from lynchpin.account.structure._table import StructuralTable, read_frame
from lynchpin.account.structure.facts import SCHEMA
from lynchpin.errors import BadData, UnknownName, suggest
from lynchpin.later import Later
from lynchpin.record.store import Stream
from lynchpin.tabular import open_table

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = Later("duckdb")

LAYOUT = 1
_MARK = "lynchpin structure"
TABLES: dict[str, StructuralTable] = {
    table.name: table
    for table in (
        atop.TABLE,
        tables.ICOW,
        tables.NMC,
        tables.MID,
        tables.RIVALRIES,
        tables.CONTIGUITY,
        *states.TABLES,
    )
}
_SQL = {pl.String(): "VARCHAR", pl.Date(): "DATE", pl.Float64(): "DOUBLE", pl.Int64(): "BIGINT"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What one file gave. ``read == accepted + refused``; several rows can make one fact, and one row several."""

    dataset: str
    kinds: tuple[str, ...]
    file: str
    sha256: str
    first: date
    last: date
    read: int
    accepted: int
    refused: int
    reasons: dict[str, int]
    facts: int
    citation: str
    licence: str

    def __str__(self) -> str:
        text = (
            f"{self.file} [{self.dataset}]: read {self.read:,} = accepted {self.accepted:,} + refused "
            f"{self.refused:,}; {self.facts:,} facts, {self.first} to {self.last}"
        )
        return text + "".join(f"\n  refused {count:,}: {reason}" for reason, count in self.reasons.items())

    def to_dict(self) -> dict[str, object]:
        """Plain values, dates as text."""
        return {**asdict(self), "first": str(self.first), "last": str(self.last), "kinds": list(self.kinds)}


def import_tables(store: Path, paths: Sequence[Path], dataset: str | None = None) -> tuple[Imported, ...]:
    """Read files into a structural store, which is made when it is not there.

    Parameters
    ----------
    store : Path, of the DuckDB file
    paths : paths of files; a folder stands for the CSV and Parquet files in it that are known
    dataset : str or None, the data set that the files are of; None to know it by the columns

    Returns
    -------
    tuple of Imported, one for each file read. Nothing is written when any file cannot be read.

    Raises
    ------
    BadData : a file is of no known data set, cannot be read, or holds no fact; or `store` is something else
    UnknownName : no such data set
    """
    if dataset is not None and dataset not in TABLES:
        raise UnknownName(f"no structural data set named {dataset!r}", mend=suggest(dataset, TABLES, noun="data sets"))
    read = [_read(path, dataset) for path in _files(paths, dataset)]
    with _open(store, writing=True) as connection:
        connection.begin()
        for made, facts in read:
            connection.execute("DELETE FROM tables WHERE dataset = ?", [made.dataset])
            for name in facts["dataset"].unique().to_list():
                connection.execute("DELETE FROM facts WHERE dataset = ?", [name])
            row = {**made.to_dict(), "kinds": ";".join(made.kinds), "reasons": json.dumps(made.reasons)}
            connection.execute(f"INSERT INTO tables VALUES ({', '.join('?' * len(row))})", list(row.values()))
            connection.register("fresh", Stream(facts))
            connection.execute("INSERT INTO facts SELECT * FROM fresh")
            connection.unregister("fresh")
        connection.commit()
    return tuple(made for made, _ in read)


def read_store(store: Path) -> tuple[tuple[Imported, ...], pl.DataFrame]:
    """The files of a structural store, and all of its facts in a fixed order.

    Raises
    ------
    BadData : there is no such store, or it is something else
    """
    with _open(store, writing=False) as connection:
        cursor = connection.execute("SELECT * FROM tables ORDER BY dataset")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        order = ", ".join(f'"{name}"' for name in SCHEMA)
        facts = pl.DataFrame(Stream(connection.sql(f"SELECT * FROM facts ORDER BY {order}")))
    made = tuple(
        Imported(**{**row, "kinds": tuple(row["kinds"].split(";")), "reasons": json.loads(row["reasons"])})
        for row in rows
    )
    return made, facts.cast(SCHEMA)  # type: ignore[arg-type]


def _files(paths: Sequence[Path], dataset: str | None) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        inside = [file for file in sorted(path.iterdir()) if file.suffix in (".csv", ".parquet")]
        files += [file for file in inside if dataset is not None or _table_of(_columns(file)) is not None]
    if not files:
        where = ", ".join(map(str, paths))
        raise BadData("there is no structural table here", where, "`lynchpin structure list` names the known ones")
    return files


def _columns(file: Path) -> list[str]:
    if file.suffix == ".parquet":
        return list(read_frame(file).columns)
    return list(open_table(file).header)


def _table_of(columns: Sequence[str]) -> StructuralTable | None:
    return next((table for table in TABLES.values() if table.matches(columns)), None)


def _read(path: Path, dataset: str | None) -> tuple[Imported, pl.DataFrame]:
    frame = read_frame(path)
    table = TABLES[dataset] if dataset else _table_of(frame.columns)
    if table is None:
        raise BadData(
            "the columns are those of no structural table that is known",
            str(path),
            "known: " + "; ".join(f"{name} ({', '.join(t.columns)})" for name, t in TABLES.items()),
        )
    lacking = [name for name in table.columns if name not in frame.columns]
    if lacking:
        raise BadData(f"columns are missing: {', '.join(lacking)}", str(path), f"a file of {table.name} has them")
    reading = table.read(frame)
    if reading.facts.is_empty():
        raise BadData(f"no row of the file gives a fact ({table.name})", str(path), "is the file whole?")
    reasons = reading.refused["reason"].value_counts(sort=True).sort(["count", "reason"], descending=[True, False])
    made = Imported(
        dataset=table.name,
        kinds=table.kinds,
        file=path.name,
        sha256=sha256(path.read_bytes()).hexdigest(),
        first=reading.first,
        last=reading.last,
        read=reading.read,
        accepted=reading.accepted,
        refused=reading.refused.height,
        reasons=dict(reasons.iter_rows()),
        facts=reading.facts.height,
        citation=table.citation,
        licence=table.licence,
    )
    return made, reading.facts


@contextmanager
def _open(path: Path, *, writing: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    is_new = not path.exists()
    if is_new and not writing:
        raise BadData(
            "there is no structural store here",
            str(path),
            "`lynchpin structure import FILE... --store STORE` makes one",
        )
    try:
        connection = duckdb.connect(str(path), read_only=not writing)
    except (duckdb.Error, OSError) as error:
        mend = "give the file that `lynchpin structure import` made; no other program may have it open"
        raise BadData(f"not a structural store: {str(error).splitlines()[0]}", str(path), mend) from None
    try:
        if is_new:
            connection.execute("CREATE TABLE about (mark VARCHAR, layout INTEGER)")
            connection.execute("INSERT INTO about VALUES (?, ?)", [_MARK, LAYOUT])
            connection.execute(
                "CREATE TABLE tables (dataset VARCHAR, kinds VARCHAR, file VARCHAR, sha256 VARCHAR, first DATE, "
                "last DATE, read BIGINT, accepted BIGINT, refused BIGINT, reasons VARCHAR, facts BIGINT, "
                "citation VARCHAR, licence VARCHAR)"
            )
            columns = ", ".join(f'"{name}" {_SQL[dtype]}' for name, dtype in SCHEMA.items())
            connection.execute(f"CREATE TABLE facts ({columns})")
        _recognise(connection, path)
        yield connection
    finally:
        connection.close()


def _recognise(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        about = connection.execute("SELECT mark, layout FROM about").fetchone()
    except duckdb.Error:
        about = None
    if about is None or about[0] != _MARK:
        mend = "`lynchpin structure import FILE... --store STORE` makes one; a store of events is another thing"
        raise BadData("not a structural store", str(path), mend)
    if about[1] != LAYOUT:
        raise BadData(
            f"the structural store has layout {about[1]}, and this version reads {LAYOUT}", str(path), "import again"
        )
