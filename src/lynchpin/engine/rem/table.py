"""The design as a table: who was compared with whom, what happened, and every column, for use elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lynchpin.engine.compiled import plainly
from lynchpin.engine.rem.cost import memory_here
from lynchpin.engine.rem.problem import Problem, prepare
from lynchpin.engine.rem.shards import blocks_of, row_numbers
from lynchpin.engine.rem.work import Work
from lynchpin.errors import BadData, BadValue

if TYPE_CHECKING:
    from lynchpin.engine.rem.result import RemFit

#: Columns of every table, before those of the effects.
COLUMNS = ("comparison", "time_point", "time", "sender", "receiver", "events", "exposure", "weight")

_WRITERS: dict[str, Callable[[pl.DataFrame, Path], object]] = {
    ".parquet": pl.DataFrame.write_parquet,
    ".csv": pl.DataFrame.write_csv,
}


def design(fit: RemFit) -> pl.DataFrame:
    """The rows that a fit compared.

    Returns
    -------
    DataFrame, one row for each dyad of each comparison: comparison and time_point (numbers from 0; a wait may be
    several comparisons), time (a date where times are; a number of the time point where they are counted), sender,
    receiver, events (how often it acted), exposure (how long it was at risk, 1 without a clock), weight (how many a
    sampled row stands for), the type of the event for the type model, or of the row where types are at risk, and a
    column for each effect, by its name

    Raises
    ------
    BadValue : it would not fit into the memory
    """
    problem = prepare(fit.request, fit.stream)
    size = 8.0 * problem.plan.rows * (len(COLUMNS) + problem.features.columns)
    if size > memory_here() / 2:
        raise BadValue(
            f"a table of {problem.plan.rows:,} rows takes {size / 1e9:.1f} GB", "table", "draw controls, or start later"
        )
    with plainly(problem.is_small):
        return _design(problem)


def _design(problem: Problem) -> pl.DataFrame:
    stream, has_baseline = problem.given, int(problem.request.needs.baseline)
    names, is_typed = problem.names[has_baseline:], problem.request.needs.events_only
    actors, kinds = (pl.Series(names, dtype=pl.String) for names in (stream.actors, stream.kinds))
    work = Work(problem.features, problem.plan, problem.request.model, memory=0)
    points = np.unique(problem.plan.point)
    parts, first = [], 0
    for shard in work.shards:
        for part, block in zip(shard.parts, blocks_of(shard), strict=True):
            sizes, rows = np.diff(block.ptr), row_numbers(part)
            events = np.zeros(rows.size)
            np.add.at(events, block.seen_row, block.seen_count)
            per_group = {
                "comparison": first + np.arange(part.groups),
                "time_point": np.searchsorted(points, part.point),
                "time": part.at,
                "exposure": part.exposure,
            }
            columns = {name: np.repeat(values, sizes) for name, values in per_group.items()}
            columns["events"] = events.astype(np.int64)
            columns["weight"] = np.ones(rows.size) if block.log_weight is None else np.exp(block.log_weight)
            ends = {"sender": actors[part.i[rows]], "receiver": actors[part.j[rows]]}
            frame = pl.DataFrame(columns).with_columns(**ends).select(COLUMNS)
            if part.kind is not None:
                frame = frame.with_columns(type=kinds[part.kind[rows]])
            effects = pl.DataFrame(dict(zip(names, block.X[has_baseline:], strict=True)))
            parts.append(pl.concat([frame, effects], how="horizontal") if names else frame)
            first += part.groups
    table = pl.concat(parts)
    if is_typed:
        fitted = stream.when >= _first_time(problem)
        if problem.explained is not None:
            fitted &= problem.explained
        table.insert_column(len(COLUMNS), kinds[stream.kind[fitted]].alias("type"))
    if stream.is_dated and problem.request.clock == "time":
        day = 86_400_000_000
        return table.with_columns((pl.col("time") * day).round().cast(pl.Int64).cast(pl.Datetime("us")))
    return table


def _first_time(problem: Problem) -> float:
    """The time of the first event that is compared, in the times of the stream as given."""
    times = np.unique(problem.given.when)
    at = float(problem.plan.at[0])
    return float(times[int(at) - 1]) if problem.request.clock == "order" else at


def write_design(fit: RemFit, path: str | Path) -> Path:
    """Write the design to a new file.

    Raises
    ------
    BadData, BadValue : it is there already, there is no such folder, or it is neither .parquet nor .csv
    """
    file = Path(path)
    refuse_table(file)
    try:
        _WRITERS[file.suffix.lower()](design(fit), file)
    except OSError as error:
        raise BadData(f"cannot write {file}: {error.strerror}", str(file), "choose another place") from None
    return file


def refuse_table(path: str | Path) -> None:
    """What cannot be written is refused before anything is fitted.

    Raises
    ------
    BadData, BadValue : as for `write_design`
    """
    file = Path(path)
    if file.suffix.lower() not in _WRITERS:
        raise BadValue(f"no kind of table: {file.name}", "table", f"end its name in {' or '.join(_WRITERS)}")
    try:
        if not file.parent.is_dir():
            raise BadData(f"no folder {file.parent}", str(file), "make it, or choose another place")
        if file.exists():
            raise BadData(f"{file} is there already", str(file), "choose another name: nothing is replaced")
    except OSError as error:
        raise BadData(f"cannot write there: {error}", str(path)[:200], "choose another place") from None
