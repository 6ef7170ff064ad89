"""One hash for the content of an event table.

Each row becomes one text, the texts are sorted by their bytes, and SHA-256 runs over them. The text does not
lean on how a library prints things:

    text     its length in bytes, ":", the text itself
    list     number of items, "[", the items as texts, "]"
    date     whole days since 1970-01-01
    number   the nearest whole number of millionths
    missing  "~"

The file and line an event was read from are not content: a renamed file is the same record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import polars as pl

from lynchpin.errors import BadValue
from lynchpin.events import SCHEMA, VOLUME
from lynchpin.record.store._file import query, run

if TYPE_CHECKING:
    import duckdb

#: The columns that make the content of an event.
CONTENT: tuple[str, ...] = tuple(name for name in SCHEMA if name not in ("file", "row"))
_BATCH = 20_000
_AT_ONCE = 100_000


def data_hash(events: pl.DataFrame, *, without: Collection[str] = ()) -> str:
    """SHA-256 over the content of event rows.

    Parameters
    ----------
    events : DataFrame with the columns of `lynchpin.events.SCHEMA`; `file` and `row` may lack; rows in any
        order; the daily volume of a record that was cut to a case counts too, where it stands
    without : columns that are left out, as in what an older version wrote

    Returns
    -------
    str, 64 hexadecimal digits; the same for the same rows in any order, another when a row is there twice

    Raises
    ------
    BadValue : a column is missing

    Examples
    --------
    >>> from lynchpin.events import empty_events
    >>> data_hash(empty_events())[:8]
    'f3242098'
    """
    further = [VOLUME] if VOLUME in events.columns else []
    content = [name for name in CONTENT if name not in without]
    lacking = [name for name in content if name not in events.columns]
    if lacking:
        raise BadValue(f"columns are missing: {', '.join(lacking)}", "events", "hand in a whole event table")
    return _hash_of([events], content, further)


def table_hash(
    connection: duckdb.DuckDBPyConnection, table: str, *, without: Collection[str] = (), at_once: int = _AT_ONCE
) -> str:
    """The same of a table of DuckDB, or of what can be selected from: so many rows are in memory at once."""
    content = [name for name in CONTENT if name not in without]
    assert content[0] == "event_id"
    first = "coalesce(strlen(event_id)::VARCHAR || ':' || event_id, '~')"  # how the text of a row begins
    numbered = f"SELECT {first} AS begin, row_number() OVER (ORDER BY {first}) AS n FROM {table}"
    edges = [
        edge for (edge,) in run(connection, f"SELECT DISTINCT begin FROM ({numbered}) WHERE (n - 1) % {at_once} = 0")
    ]
    edges.sort(key=str.encode)
    columns = ", ".join(f'"{name}"' for name in content)

    def parts() -> Iterator[pl.DataFrame]:
        for k, edge in enumerate(edges):
            last = k + 1 == len(edges)
            where, values = (f"{first} >= ?", [edge]) if last else (f"{first} >= ? AND {first} < ?", edges[k : k + 2])
            yield query(connection, f"SELECT {columns} FROM {table} WHERE {where}", values)

    return _hash_of(parts(), content, [])


def _hash_of(parts: Iterable[pl.DataFrame], content: Sequence[str], further: Sequence[str]) -> str:
    """Of rows in any order within a part; no text of a part is before one of an earlier part."""
    digest = hashlib.sha256(f"lynchpin events 1\n{','.join((*content, *further))}\n".encode())
    whole = pl.concat_str([content_text(content), *(_text_of(name, pl.Int64()) for name in further)])
    for part in parts:
        texts = part.select(whole.alias("text"))["text"].sort()
        for start in range(0, texts.len(), _BATCH):
            digest.update("\n".join(texts.slice(start, _BATCH).to_list()).encode())
            digest.update(b"\n")
    return digest.hexdigest()


def content_text(columns: Iterable[str] = CONTENT) -> pl.Expr:
    """The content of each row as one text; two rows have the same text if they have the same content."""
    return pl.concat_str([_text_of(name, SCHEMA[name]) for name in columns])


def _text_of(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name).cast(dtype)
    if dtype == pl.String:
        text = _netstring(column)
    elif dtype == pl.List(pl.String):
        items = column.list.eval(_netstring(pl.element()).fill_null("~")).list.join("")
        text = pl.concat_str(column.list.len().cast(pl.String), pl.lit("["), items, pl.lit("]"))
    elif dtype == pl.Date:
        text = pl.concat_str(column.cast(pl.Int32).cast(pl.String), pl.lit(";"))
    elif dtype == pl.Int64:
        text = pl.concat_str(column.cast(pl.String), pl.lit(";"))
    else:
        millionths = (column * 1e6).round().cast(pl.Int64, strict=False)
        text = pl.concat_str(millionths.cast(pl.String), pl.lit(";"))
    return text.fill_null("~")


def _netstring(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(text.str.len_bytes().cast(pl.String), pl.lit(":"), text)
