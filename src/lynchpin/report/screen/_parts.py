"""The dispatch itself, and the one form of table, apart from the records that they are for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import singledispatch
from typing import Any, Literal

from rich.console import RenderableType
from rich.table import Table

from lynchpin.report.text import text

#: Columns of a terminal whose width is not known.
WIDTH = 100


@singledispatch
def parts(record: Any, width: int = WIDTH) -> Iterator[str | RenderableType]:
    """What a command prints of a record, part by part: its text, where its kind has no table.

    Parameters
    ----------
    record : any record
    width : int, columns of the terminal

    Returns
    -------
    iterator; a string is printed as it is, anything else by rich

    Raises
    ------
    TypeError : the record has neither table nor text
    """
    yield text(record)


def grid(names: Iterable[str], *, left: Collection[str], whole: Collection[str] = (), **options: Any) -> Table:
    """A table without lines: columns stand to the right, but for those on the left; those that are whole never wrap."""
    options = dict[str, Any](pad_edge=False, title_justify="left", caption_justify="left") | options
    table = Table(box=None, **options)
    for name in names:
        side: Literal["left", "right"] = "left" if name in left else "right"
        table.add_column(name, justify=side, no_wrap=name in whole)
    return table
