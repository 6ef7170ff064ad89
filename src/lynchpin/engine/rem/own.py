"""Statistics that were computed elsewhere: a table of dyads and times with a column for each."""

from __future__ import annotations

import polars as pl

from lynchpin.engine.rem.covariates import NAMES
from lynchpin.engine.rem.events import column_of
from lynchpin.engine.rem.times import Table, place_of
from lynchpin.errors import BadData


def own_statistics(table: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The columns of a table as covariates of pairs, by their names.

    Parameters
    ----------
    table : frame of time, sender, receiver, and a column of numbers for each statistic; a row is of its dyad at its
        time, and holds until the next of that dyad

    Raises
    ------
    BadData : a column lacks, or there is no statistic
    """
    notes: list[str] = []
    where = place_of(table, "statistics", notes)
    ends = {
        need: column_of(table, need, where, notes, NAMES, ("time", "sender", "receiver"))
        for need in ("time", "sender", "receiver")
    }
    names = [name for name in table.columns if name not in ends.values()]
    if not names:
        raise BadData("there is no statistic", where, "give a column for each beside time, sender and receiver")
    found = {}
    for name in names:
        one = table.select(**{need: pl.col(column) for need, column in ends.items()}, value=pl.col(name))
        found[name.strip()] = one if not isinstance(table, Table) else Table.of(one, table.where, table.mended)
    return found
