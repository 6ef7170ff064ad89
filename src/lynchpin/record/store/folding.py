"""Folding: from reports to episodes, one named fold at a time.

A feed that is coded by machine writes one act many times: twice with the sides swapped, as a visit and as its
hosting, again in every story, again on the days after. The store keeps every report; a view folds them. The
folds are applied in this order, and each can be left out:

    repeats        the same act of the same two sides on the same day, under another id
    mirrors        an act done together, written once from each side: one mutual act
    visits         "make a visit" and "host a visit" of the same two on the same day: one mutual act
    restatements   the same act of the same two states again, soon after: one episode

What is known of an episode on a day rests on the reports before that day alone: a later report adds to its count
and moves its last day, and changes nothing else. Rows that people wrote are one row for an act already, and no
fold touches them. Why these folds and these windows: docs/decisions/0011-folding.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from lynchpin.errors import BadValue, UnknownName, suggest
from lynchpin.events import SCHEMA
from lynchpin.record.store.mentions import REACH

#: A restatement comes at most so many days after the report before it ...
WINDOW_DAYS = 7
#: ... and at most so many days after the first report of its episode.
LONGEST_DAYS = 28

#: What an episode has beside the columns of an event; its first day is `date`.
EPISODE: dict[str, pl.DataType] = {"reports": pl.Int64(), "last_date": pl.Date()}

#: CAMEO codes of acts that two sides do together, which coders write from each side. Measured shares of such rows
#: with a twin: 040, 041, 044, 046 and 057 over 97 %, the others 20 to 80 %; nothing else that is done together.
MUTUAL_CODES = frozenset(
    {"030", "031", "0311", "0312", "0313", "0314", "032", "036", "037", "040", "041", "044", "046", "050", "057"}
    | {"060", "061", "062", "063", "064", "0871", "164"}
)
VISIT, HOST = "042", "043"

_SIDES = ("source", "target")
_ACT = ("type", "mode", "code", "contexts", "agreement")
_TWIN = ("date", "dataset", "_act", "_one", "_two", "agreement")  # what two tellings of one act share

#: What the folds look at or add up. The rest, most of the record, waits for the first reports that stay.
_READ = frozenset(
    {"date", "known_from", "dataset", "status", "code_scheme", *_ACT, *REACH}
    | {f"{side}{part}" for side in _SIDES for part in ("", "_sector", "_name")}
)


#: Whose act a report is of, as SQL: the same, whichever side is named first, for all reports that a fold can make one.
PAIR = """
array_to_string(list_sort(list_distinct(list_concat(source, target))), ';')
|| '|' || least({0}, {1}) || '|' || greatest({0}, {1})
""".format(*(f"CASE WHEN len({side}) = 0 THEN coalesce({side}_name, '') ELSE '' END" for side in _SIDES))


@dataclass(frozen=True, slots=True)
class Fold:
    """One fold.

    Attributes
    ----------
    name : str, as it is switched and reported
    says : str, one sentence: which reports become one
    apply : DataFrame of coded reports in their order -> the same with fewer rows; `reports` adds up
    """

    name: str
    says: str
    apply: Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """Episodes, and what each fold did.

    Attributes
    ----------
    events : DataFrame in the columns of `lynchpin.events.SCHEMA` and of `EPISODE`, in the order of the reports
    reports : int, rows that came in
    folded : dict, fold -> rows that it took into others, in the order of the folds
    """

    events: pl.DataFrame
    reports: int
    folded: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain values: reports == episodes + the sum of folded."""
        return {"reports": self.reports, "episodes": self.events.height, "folded": dict(self.folded)}


def fold(events: pl.DataFrame, folds: Sequence[str] | None = None) -> Folded:
    """Fold reports into episodes.

    Parameters
    ----------
    events : DataFrame in the columns of `lynchpin.events.SCHEMA`; further columns go through with the first
        report, but for those of `REACH`: mentions add up, and of the others the greatest stays
    folds : names of the folds to apply, in any order; None for all of them

    Returns
    -------
    Folded

    Raises
    ------
    UnknownName : no such fold
    """
    wanted = chosen(folds)
    order = [name for name in ("date", "dataset", "event_id", "file", "row") if name in events.columns]
    given = events.sort(order, maintain_order=True).with_row_index("_at")
    given = given.with_columns(reports=pl.lit(1, pl.Int64), last_date=pl.col("date"), _joint=pl.lit(False))
    carried = [name for name in events.columns if name not in _READ]
    apart, given = given.select("_at", *carried), given.drop(carried)
    is_coded = given["status"] == "coded"
    coded, others = given.filter(is_coded), given.filter(~is_coded)
    folded: dict[str, int] = {}
    for one in wanted:
        fewer = one.apply(coded) if coded.height else coded
        folded[one.name], coded = coded.height - fewer.height, fewer
    coded = coded.with_columns(**_together(pl.col("_joint")))
    episodes = pl.concat([coded, others]).join(apart, on="_at", how="left").sort("_at")
    episodes = episodes.select(*events.columns, *EPISODE)
    return Folded(episodes, events.height, folded)


def folds() -> dict[str, Fold]:
    """Every fold by name, in the order in which they are applied."""
    return {one.name: one for one in _FOLDS}


def chosen(names: Sequence[str] | None) -> tuple[Fold, ...]:
    """The folds of these names, in the order in which they are applied; all when None.

    Raises
    ------
    UnknownName : no such fold

    Examples
    --------
    >>> [fold.name for fold in chosen(["restatements", "repeats"])]
    ['repeats', 'restatements']
    """
    known = folds()
    if isinstance(names, str):
        raise BadValue("the folds are a list of names", "fold", f'write it as ("{names}",)')
    for name in names or ():
        if name not in known:
            raise UnknownName(f"no fold named {name!r}", "fold", suggest(name, known, noun="fold"))
    return tuple(one for one in _FOLDS if names is None or one.name in names)


def clusters(reports: pl.DataFrame) -> pl.Series:
    """Numbers such that reports of two numbers never become one, whichever of them are known.

    They are of other states or other acts, or there are more than `WINDOW_DAYS` between them. So when reports come to
    a record, only the clusters that they are of are folded anew.

    Parameters
    ----------
    reports : DataFrame in the columns of `lynchpin.events.SCHEMA` that a fold looks at

    Returns
    -------
    Series of Int64, one number for each report, in their order; the numbers mean nothing
    """
    names = [
        pl.when(pl.col(side).list.len() == 0).then(pl.col(f"{side}_name").fill_null("")).otherwise(pl.lit(""))
        for side in _SIDES
    ]
    visit = pl.when(pl.col("code") == HOST).then(pl.lit(VISIT)).otherwise(pl.col("code").fill_null(""))
    states = pl.concat_list(*_SIDES).list.unique().list.sort().list.join(";")
    who = (states, pl.min_horizontal(names), pl.max_horizontal(names))
    key = pl.concat_str(*who, visit, pl.col("dataset"), pl.col("agreement").fill_null(""), separator="\x1f")
    rows = reports.select("date", _key=key).with_row_index("_place")
    rows = rows.with_columns(_key=pl.col("_key").rank("dense")).sort("_key", "date", maintain_order=True)
    apart = (pl.col("_key").diff() != 0) | (pl.col("date").diff().dt.total_days() > WINDOW_DAYS)
    numbers = rows.select("_place", _number=apart.fill_null(False).cast(pl.Int64).cum_sum())
    return numbers.sort("_place")["_number"]


def _repeats(coded: pl.DataFrame) -> pl.DataFrame:
    key = ["date", "dataset", *(f"_{side}" for side in _SIDES), *_ACT]
    return _merge(coded.with_columns(**_sides()), key).select(coded.columns)


def _mirrors(coded: pl.DataFrame) -> pl.DataFrame:
    """Whichever side is named first, and for a side with itself in turns, as both rows then read alike."""
    chosen = coded["code"].is_in(list(MUTUAL_CODES)) & _is_cameo(coded)
    rows = coded.filter(chosen).with_columns(**_sides())
    one, two = pl.min_horizontal("_source", "_target"), pl.max_horizontal("_source", "_target")
    rows = rows.with_columns(_act="code", _one=one, _two=two, _forth=pl.col("_source") <= pl.col("_target"))
    turn = pl.int_range(pl.len()).over([*_TWIN, "_forth"]) % 2 == 0
    rows = rows.with_columns(_forth=pl.when(pl.col("_one") == pl.col("_two")).then(turn).otherwise("_forth"))
    kept = _twins(rows, stays=pl.col("_at") == pl.col("_at").min().over([*_TWIN, "_nth"]))
    kept = kept.with_columns(**_together(pl.col("_pair")))
    return pl.concat([kept.select(coded.columns), coded.filter(~chosen)]).sort("_at")


def _visits(coded: pl.DataFrame) -> pl.DataFrame:
    """A hosting is read the other way round and so meets its visit, which stays. It is made mutual at the end,
    since a visit of the one and a visit of the other are two acts, and no restatement of each other."""
    chosen = coded["code"].is_in([VISIT, HOST]) & _is_cameo(coded)
    rows = coded.filter(chosen).with_columns(**_sides(), _act=pl.lit(VISIT), _forth=pl.col("code") == VISIT)
    rows = rows.with_columns(
        _one=pl.when("_forth").then("_source").otherwise("_target"),
        _two=pl.when("_forth").then("_target").otherwise("_source"),
    )
    kept = _twins(rows, stays=pl.col("_forth")).with_columns(_joint=pl.col("_joint") | pl.col("_pair"))
    return pl.concat([kept.select(coded.columns), coded.filter(~chosen)]).sort("_at")


def _is_cameo(coded: pl.DataFrame) -> pl.Series:
    return coded["code_scheme"].str.starts_with("cameo").fill_null(False)


def _twins(rows: pl.DataFrame, stays: pl.Expr) -> pl.DataFrame:
    """Of one day and act, the n-th row told forth and the n-th told back are a pair; one of the two stays."""
    rows = rows.with_columns(_nth=pl.int_range(pl.len()).over([*_TWIN, "_forth"]))
    rows = rows.with_columns(_pair=pl.len().over([*_TWIN, "_nth"]) == 2)
    totals = [*_sums(rows), ("known_from", pl.col("known_from").max())]  # one act of both is known when both tell it
    both = {name: pl.when("_pair").then(total.over([*_TWIN, "_nth"])).otherwise(name) for name, total in totals}
    return rows.with_columns(**both).filter(~pl.col("_pair") | stays)


def _together(is_pair: pl.Expr) -> dict[str, pl.Expr]:
    """Both states on both sides. A sector stays where it is that of both; where a state is not known, all stays."""
    source, target = pl.col("source"), pl.col("target")
    joins = is_pair & (source.list.len() > 0) & (target.list.len() > 0)
    both = pl.when(joins).then(source.list.set_union(target).list.sort())
    same = pl.col("source_sector") == pl.col("target_sector")
    blank = joins & ~same
    return {
        "source": both.otherwise(source),
        "target": both.otherwise(target),
        "source_sector": pl.when(blank).then(pl.lit("")).otherwise("source_sector"),
        "target_sector": pl.when(blank).then(pl.lit("")).otherwise("target_sector"),
    }


def _restatements(coded: pl.DataFrame) -> pl.DataFrame:
    """States are the sides here, whoever spoke for them; a side without a name is never folded."""
    who = {f"_{side}": _actor(side) for side in _SIDES}
    key = ["dataset", "_source", "_target", *_ACT]
    named = coded.with_columns(**who).with_columns(_named=(pl.col("_source") != "") & (pl.col("_target") != ""))
    told, others = named.filter("_named"), named.filter(~pl.col("_named"))
    if told.is_empty():
        return coded
    told = told.with_columns(_key=_number(told, key)).sort("_key", "_at")
    spells = _spells(told["_key"].to_list(), told["date"].cast(pl.Int32).to_list(), WINDOW_DAYS, LONGEST_DAYS)
    merged = _merge(told.with_columns(_spell=pl.Series(spells, dtype=pl.Int64)), ["_spell"])
    return pl.concat([merged.select(coded.columns), others.select(coded.columns)]).sort("_at")


def _spells(keys: list[int], days: list[int], window: int, longest: int) -> list[int]:
    """Number the episodes: rows by key and day; a row looks back only, at the row before and the first of its own."""
    numbers, number = [0] * len(keys), -1
    key, first, last = None, 0, 0
    for at, (its_key, day) in enumerate(zip(keys, days, strict=True)):
        if its_key != key or day - last > window or day - first > longest:
            number, key, first = number + 1, its_key, day
        numbers[at], last = number, day
    return numbers


def _merge(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """One row for each key: the first report, with the count of all and the last day of any."""
    number = _number(rows, key) if key != ["_spell"] else rows["_spell"]
    counted = rows.with_columns(_group=number)
    totals = {"last_date": pl.col("last_date").max(), **dict(_sums(rows))}
    sums = counted.group_by("_group").agg(pl.col("_at").min(), **totals)
    if sums.height == rows.height:
        return rows
    return rows.drop(*totals).join(sums.drop("_group"), on="_at", how="inner").sort("_at").select(
        rows.columns
    )  # fmt: skip


def _sums(rows: pl.DataFrame) -> list[tuple[str, pl.Expr]]:
    """What rows that become one have together."""
    known = pl.col("mentions").is_not_null().any()
    added = [("reports", pl.col("reports").sum()), ("mentions", pl.when(known).then(pl.col("mentions").sum()))]
    added = [(name, total) for name, total in added if name in rows.columns]
    return added + [(name, pl.col(name).max()) for name in REACH if name != "mentions" and name in rows.columns]


def _number(rows: pl.DataFrame, key: list[str]) -> pl.Series:
    """The same whole number for the same values of the key: the place of the first such row."""
    texts = rows.select(_key=pl.concat_str([_text(name, rows.schema[name]) for name in key], separator="\x1f"))
    firsts = texts.with_row_index("_first").group_by("_key").agg(pl.col("_first").min())
    return texts.join(firsts, on="_key", how="left", maintain_order="left")["_first"].cast(pl.Int64)


def _text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.List):
        column = column.list.join("\x1e")
    elif dtype == pl.Date:
        column = column.cast(pl.Int32).cast(pl.String)
    return column.fill_null("")


def _sides() -> dict[str, pl.Expr]:
    """Each side to the letter: its states, its sector and its name."""
    return {
        f"_{side}": pl.concat_str(
            pl.col(side).list.join(";"), f"{side}_sector", f"{side}_name", separator="\x1e", ignore_nulls=True
        )
        for side in _SIDES
    }


def _actor(side: str) -> pl.Expr:
    """The states and the sector, a state's government being the state; the name where no state is known."""
    sector = pl.when(pl.col(f"{side}_sector") == "GOV").then(pl.lit("")).otherwise(f"{side}_sector")
    states = pl.concat_str(pl.col(side).list.join(";"), sector, separator="/", ignore_nulls=True)
    return pl.when(pl.col(side).list.len() > 0).then(states).otherwise(pl.col(f"{side}_name").fill_null(""))


_FOLDS = (
    Fold("repeats", "the same act of the same two sides on the same day, under another id", _repeats),
    Fold("mirrors", "an act done together that is written once from each side becomes one mutual act", _mirrors),
    Fold("visits", "a visit and its hosting on the same day become one mutual act", _visits),
    Fold(
        "restatements",
        f"the same act of the same two states again, at most {WINDOW_DAYS} days after the report before it and "
        f"{LONGEST_DAYS} days after the first, becomes one episode",
        _restatements,
    ),
)
#: Names of all folds, in the order in which they are applied.
FOLDS: tuple[str, ...] = tuple(one.name for one in _FOLDS)

assert not set(EPISODE) & set(SCHEMA)
