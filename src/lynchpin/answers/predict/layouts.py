"""Benchmarks as others lay them out: train, valid and test by tabs with lists of names, or one edge list with a header.

Time is whole numbers of any kind: 0, 1, 2, hours, quarters of an hour, seconds since 1970, years; or dates. It is
counted in steps from the first time on, a step being the largest that divides every gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from lynchpin.answers.predict.facts import Facts, make_facts
from lynchpin.engine.statistics.base import Ints
from lynchpin.errors import BadData

SPLITS = ("train", "valid", "test")
#: Where train and valid end in an edge list, of the times of all lines: as the Temporal Graph Benchmark has it.
ENDS = (0.70, 0.85)
#: Columns of an edge list by what they hold, under the names that they are given; the act may be left out.
NAMES = {
    "time": ("timestamp", "ts", "time", "day", "date"),
    "head": ("head", "src", "source", "u", "user_id"),
    "tail": ("tail", "dst", "destination", "i", "item_id"),
    "act": ("relation_type", "relation", "rel", "edge_type"),
}
NO_ACT = "(one act)"
#: Facts that a day of the half-lives holds on average where a step of time holds fewer than one.
A_DAY = 100
#: Steps from the first time to the last, fewer than which a record may have.
MOST_STEPS = 2**31
#: Times that stand on one grid before a single one beside it is taken for a slip.
MANY = 20


def read_benchmark(folder: str | Path) -> tuple[dict[str, Facts], tuple[int, int]]:
    """Read a temporal-knowledge-graph benchmark.

    Parameters
    ----------
    folder : path of a folder with train.txt, valid.txt and test.txt (`source relation target time [anything]` by tabs),
        entity2id.txt and relation2id.txt; or with one `*edgelist*.csv` of a header and lines (`timestamp,head,tail,
        relation_type` in any order, or `day,src,dst`; an edge list of no time, `*static*`, is passed over), or of that
        file. An edge list is split at the 70 % and 85 % quantiles of its times

    Returns
    -------
    "all" and each split as Facts, days counted in steps from the first time; and the first days of valid and test

    Raises
    ------
    BadData : a file is missing or a line broken, a number has no name, the splits overlap in time, or one is empty
    """
    home = Path(folder)
    edges = _edge_list(home)
    actors: Sequence[str]
    relations: Sequence[str]
    if edges is not None:
        rows, actors, relations = _edges(edges)
        lines, files = np.arange(len(rows)) + 2, np.zeros(len(rows), np.int8)
        ends = np.quantile(rows[:, 3], ENDS)
        splits = np.searchsorted(ends, rows[:, 3], side="left").astype(np.int8)
        named: tuple[Path, ...] = (edges,)
    else:
        actors, relations = _names(home / "entity2id.txt"), _names(home / "relation2id.txt")
        named = tuple(home / f"{split}.txt" for split in SPLITS)
        read = [_numbers(file, len(actors), len(relations)) for file in named]
        rows = np.concatenate(read)
        files = splits = np.repeat(np.arange(3, dtype=np.int8), [len(part) for part in read])
        lines = np.concatenate([np.arange(len(part)) + 1 for part in read])
    step = _step(rows[:, 3], files, lines, named)
    if (int(rows[:, 3].max()) - int(rows[:, 3].min())) // step >= MOST_STEPS:
        raise BadData(f"the times span {MOST_STEPS:,} steps or more", str(home), "write them in a coarser unit")
    day = (rows[:, 3] - rows[:, 3].min()) // step
    first, last = ([int(f(day[splits == k], initial=e)) for k in range(3)] for f, e in ((np.min, 2**62), (np.max, -1)))
    for k, split in enumerate(SPLITS):
        if last[k] < 0:
            raise BadData(f"no line is left for {split}", str(home), "a benchmark has three times or more")
    for (k, early), (_, late) in pairwise(enumerate(SPLITS)):
        if last[k] >= first[k + 1]:
            raise BadData(f"{early}.txt reaches into the days of {late}.txt", str(home), "split the facts by time")
    facts = make_facts(day, rows[:, 0], rows[:, 1], rows[:, 2], actors, relations, _unit(day[splits == 0]))
    bounds = [*first[1:], last[2] + 1]
    made = {split: facts.between(a, b) for split, (a, b) in zip(SPLITS, pairwise([0, *bounds]), strict=True)}
    return {"all": facts} | made, (first[1], first[2])


def _step(times: Ints, files: np.ndarray, lines: Ints, named: Sequence[Path]) -> int:
    """The largest step that divides every gap between times.

    Raises
    ------
    BadData : a single time beside a grid on which all the others stand
    """
    distinct = np.unique(times)
    gaps = np.diff(distinct)
    step = int(np.gcd.reduce(gaps)) or 1
    if distinct.size > MANY:
        values, counts = np.unique(gaps, return_counts=True)
        usual = int(values[counts.argmax()])
        of = distinct % usual
        rests, held = np.unique(of, return_counts=True)
        if usual > step and held.max() == distinct.size - 1:
            at = int(np.flatnonzero(times % usual != rests[held.argmax()])[0])
            where = f"{named[files[at]]}, line {lines[at]}"
            raise BadData(
                f"a time is between the steps of {usual} of all the others", where, "mend or leave out the line"
            )
    return step


def _unit(day: Ints) -> int:
    """Steps that count as one day of the half-lives: one; where facts are rarer than steps, those with `A_DAY`."""
    steps = int(day.max()) - int(day.min()) + 1
    return 1 if day.size >= steps else -(-A_DAY * steps // day.size)


# -- Train, valid and test by tabs, with lists of names.


def _names(file: Path) -> tuple[str, ...]:
    named: dict[int, str] = {}
    for row, line in enumerate(_text(file).split("\n"), 1):
        name, _, number = line.rstrip("\r").rpartition("\t")
        if not line.strip() or (row == 1 and not name):
            continue
        if not name or not number.strip().isdigit():
            raise BadData(f"{line!r} is not a name, a tab and a number", f"{file}, line {row}", "fetch it again")
        named[int(number)] = name.replace("_", " ")
    if sorted(named) != list(range(len(named))) or not named:
        raise BadData("the numbers do not count from 0 without a gap", str(file), "fetch it again")
    return tuple(named[k] for k in range(len(named)))


def _numbers(file: Path, n: int, n_relations: int) -> Ints:
    """Lines as source, relation, target, time."""
    text = _text(file)
    if not text.strip():
        raise BadData("the file is empty", str(file), "fetch it again")
    table = pl.read_csv(text.encode(), separator="\t", has_header=False, infer_schema=False, truncate_ragged_lines=True)
    whole = table.select(pl.col(table.columns[:4]).cast(pl.Int64, strict=False))
    row = whole.with_row_index("_row", 1).filter(
        pl.any_horizontal(pl.all().is_null()) if whole.width == 4 else pl.lit(True)
    )
    if row.height:
        where = f"{file}, line {row['_row'][0]}"
        raise BadData("a line is not four whole numbers by tabs", where, "source, relation, target, time")
    rows = whole.to_numpy().astype(np.int64)
    top = np.array([n, n_relations, n])
    wrong = np.flatnonzero(((rows[:, :3] < 0) | (rows[:, :3] >= top)).any(axis=1))
    if wrong.size:
        raise BadData("a number has no name in the lists beside it", f"{file}, line {wrong[0] + 1}", "fetch them again")
    return rows


def _text(file: Path) -> str:
    if not file.is_file():
        mend = "a benchmark has five files, or one edge list; see docs/explanation/predict.md"
        raise BadData(f"{file.name} is missing", str(file.parent), mend)
    return file.read_text(encoding="utf-8-sig", errors="replace")


# -- One edge list with a header.


def _edge_list(home: Path) -> Path | None:
    """The edge list that is meant, or None where the folder has train, valid or test by tabs, or nothing."""
    if home.is_file():
        return home
    if not home.is_dir() or any((home / f"{split}.txt").exists() for split in SPLITS):
        return None
    found = sorted(file for file in home.glob("*edgelist*.csv") if "static" not in file.name)
    if len(found) > 1:
        told = ", ".join(file.name for file in found[:4])
        raise BadData(f"the folder has more than one edge list: {told}", str(home), "name the file itself")
    return found[0] if found else None


def _edges(file: Path) -> tuple[Ints, tuple[str, ...], tuple[str, ...]]:
    """Lines as source, relation, target, time; and the names of actors and acts, numbers by size, words by spelling."""
    try:
        table = pl.read_csv(file, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)
    except (pl.exceptions.ComputeError, pl.exceptions.NoDataError) as error:
        raise BadData(
            f"the edge list cannot be read: {str(error).splitlines()[0]}", str(file), "fetch it again"
        ) from None
    at = {_plain(name): name for name in table.columns}
    held = {what: next((at[name] for name in names if name in at), "") for what, names in NAMES.items()}
    for what in ("time", "head", "tail"):
        if not held[what]:
            told = " or ".join(NAMES[what])
            raise BadData(f"no column of the header holds the {what}", f"{file}, line 1", f"name one {told}")
    if table.is_empty():
        raise BadData("the edge list has no line below its header", str(file), "fetch it again")
    time = _times(table[held["time"]], file)
    ends = [_named(table[held[what]], what, file) for what in ("head", "tail")]
    actors = _in_order(pl.concat(each.unique() for each in ends).unique())
    source, target = (_placed(each, actors) for each in ends)
    if held["act"]:
        act = _named(table[held["act"]], "act", file)
        relations = _in_order(act.unique())
        relation = _placed(act, relations)
    else:
        relations, relation = (NO_ACT,), np.zeros(len(time), np.int64)
    return np.column_stack([source, relation, target, time]), actors, relations


def _plain(name: str) -> str:
    return name.strip().lower().lstrip("\ufeff")


def _named(column: pl.Series, what: str, file: Path) -> pl.Series:
    kept = column.str.strip_chars()
    wrong = (kept.is_null() | (kept == "")).arg_true()
    if wrong.len():
        raise BadData(f"a line has no {what}", f"{file}, line {wrong[0] + 2}", "mend or leave out the line")
    return kept


def _in_order(names: pl.Series) -> tuple[str, ...]:
    numbers = names.cast(pl.Int64, strict=False)
    by = names if numbers.null_count() else numbers
    return tuple(names.gather(by.arg_sort()).to_list())


def _placed(column: pl.Series, names: Sequence[str]) -> Ints:
    return column.cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()


def _times(column: pl.Series, file: Path) -> Ints:
    """Times as whole numbers, written as such, with a point and nothing behind it, or as dates."""
    plain = column.str.strip_chars()
    best = plain.cast(pl.Int64, strict=False)
    if best.null_count():
        real = plain.cast(pl.Float64, strict=False)
        whole = real.set(real.is_finite().fill_null(False) & (real != real.floor()), None).cast(pl.Int64, strict=False)
        dates = plain.str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32).cast(pl.Int64)
        best = min((best, whole, dates), key=lambda reading: reading.null_count())
    if best.null_count():
        line = best.is_null().arg_true()[0] + 2
        what = f"{column[line - 2]!r} is not a whole number of time, or a date as YYYY-MM-DD"
        raise BadData(what, f"{file}, line {line}", "write every time in one way")
    return best.to_numpy().astype(np.int64)
