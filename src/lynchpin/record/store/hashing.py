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
from collections.abc import Collection, Iterable

import polars as pl

from lynchpin.errors import BadValue
from lynchpin.events import SCHEMA, VOLUME

#: The columns that make the content of an event.
CONTENT: tuple[str, ...] = tuple(name for name in SCHEMA if name not in ("file", "row"))
_BATCH = 100_000


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
    digest = hashlib.sha256(f"lynchpin events 1\n{','.join((*content, *further))}\n".encode())
    whole = pl.concat_str([content_text(content), *(_text_of(name, pl.Int64()) for name in further)])
    texts = events.select(whole.alias("text"))["text"].sort()
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
