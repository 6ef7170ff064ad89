"""What a source read, parted into accepted, refused and duplicates, and what a filter leaves out.

    read == accepted + refused + duplicates + filtered

holds always; without a filter nothing is filtered. A row that breaks a rule is refused with every rule it broke. Of
the rows that are left, the first one of each key (event id, date) is accepted, and the others are duplicates. A long
file is checked in blocks; then `stored` must know the blocks before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import polars as pl

from lynchpin.events import COLUMNS
from lynchpin.record.sources import Source
from lynchpin.record.sources._base import MENTION, complete
from lynchpin.record.store.filters import LEFT, Filter, left
from lynchpin.record.store.hashing import content_text
from lynchpin.record.store.rules import DUPLICATES, NO_ROWS, Rows, rules
from lynchpin.tabular import MENDED

KEY = ["event_id", "date"]
EVERY_ROW = Filter()
MENTION_KEY = [*KEY, "url", "sentence"]

#: What is counted of accepted rows and is no reason to refuse them.
NOTES: dict[str, str] = {
    "dated_long_before": "the act became known a year or more after its day",
    "far_ahead": "the act is dated a year or more after all others of its file",
    "code_by_label": "the code is unknown, and was told from the label beside it",
    "dates_day_first": "days were read as day, month, year: no other reading fits the column",
    "dates_month_first": "days were read as month, day, year: no other reading fits the column",
    "within_a_week": "the day is known to within a week",
    "time_of_day": "the time of day beside the date was left out",
    **MENDED,
}
_LONG = timedelta(days=365)
_SIDES = ("source", "target")

#: From the keys of some rows to the events of the store that have those keys, in the columns of an event.
Stored = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """One file's rows after the rules.

    Attributes
    ----------
    events : DataFrame in the columns of `lynchpin.events.SCHEMA`: what is accepted, by line
    refused : DataFrame of `row`, `raw` (the line's text) and `broke` (list of rules), by line
    duplicates : DataFrame of `row`, `event_id`, `date` and `reason`, by line
    unresolved : dict, for "source" and "target" the number of accepted rows without a state on that side
    unknown_places : dict of country names that are no state on their day to the number of accepted rows
    notes : dict of `NOTES` to the number of accepted rows, where there are any
    filtered : DataFrame in the columns of `lynchpin.record.store.filters.LEFT`: what a filter left out, by day

    For a source of mentions `events` holds mentions, in the columns of `lynchpin.record.sources._base.MENTION`.
    """

    events: pl.DataFrame
    refused: pl.DataFrame
    duplicates: pl.DataFrame
    unresolved: dict[str, int]
    unknown_places: dict[str, int]
    notes: dict[str, int] = field(default_factory=dict)
    filtered: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LEFT))

    @property
    def read(self) -> int:
        """Number of rows that came in."""
        return self.events.height + self.refused.height + self.duplicates.height + int(self.filtered["reports"].sum())

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows each reason kept out, by name; a row that broke two rules counts under both."""
        said = pl.concat([self.refused["broke"].explode().drop_nulls(), self.duplicates["reason"]])
        return dict(sorted(said.value_counts().iter_rows()))


def check(
    raw: pl.LazyFrame | pl.DataFrame, source: Source, *, stored: Stored | None = None, known_lag: int = 0
) -> Checked:
    """Apply the rules to what a source read.

    Parameters
    ----------
    raw : frame as a source's `read` gives it
    source : Source, which tells the rules that hold
    stored : function from keys to events that the store holds already; None when there are none
    known_lag : int, days after which an act becomes known where the source says nothing of it

    Returns
    -------
    Checked: every row of `raw` in exactly one of its three tables
    """
    return settle(judge(raw, source, known_lag=known_lag), source, stored)


def judge(raw: pl.LazyFrame | pl.DataFrame, source: Source, *, known_lag: int = 0) -> pl.DataFrame:
    """The first half of `check`, which asks nothing of the store: every row, and which rules it broke.

    Returns
    -------
    DataFrame by line, with a column for each rule, named "!" and its name
    """
    is_events = source.kind == "events"
    frame = complete(raw.lazy()) if is_events else raw.lazy().with_columns(_what=pl.lit(None, pl.String))
    asked = [rule for rule in rules() if rule.holds_for(_rows_of(source))]
    no_rows = {f"!{rule.name}": rule.broken.fill_null(True) for rule in asked if rule in NO_ROWS}
    others = {f"!{rule.name}": rule.broken.fill_null(True) for rule in asked if rule not in NO_ROWS}
    marked = frame.with_columns(**no_rows).with_columns(
        **{name: broken & ~pl.any_horizontal(*no_rows) for name, broken in others.items()}
    )
    marked = marked.with_columns(_bad=pl.any_horizontal(*no_rows, *others))
    kept = marked.with_columns(raw=pl.when("_bad").then("raw"))  # the text of a good line is not held
    if is_events:
        unsaid = pl.col("date") + pl.duration(days=known_lag)
        kept = kept.with_columns(known_from=pl.coalesce("known_from", unsaid))
    helpers = ("_source_place", "_target_place", "_notes") if is_events else ()
    rows = kept.select(*_columns(source), "raw", *helpers, "_bad", "^!.*$").collect()
    return rows if rows["row"].is_sorted() else rows.sort("row")


def settle(rows: pl.DataFrame, source: Source, stored: Stored | None, keep: Filter = EVERY_ROW) -> Checked:
    """The second half of `check`: the rows that `judge` gave, parted in three, and of good ones those that `keep`
    leaves out. Mentions have no states and days of their own: a filter of events asks nothing of them.
    """
    is_events, columns, key = source.kind == "events", _columns(source), KEY if source.kind == "events" else MENTION_KEY
    good, bad = _part(rows, ~rows["_bad"])
    keys = good.select(key)
    first = keys.select(pl.struct(key).is_first_distinct()).to_series()
    known = stored(keys) if stored is not None and good.height else good.clear()
    if known.height:
        old = known.select(*key, _old=True)
        first &= keys.join(old, on=key, how="left", nulls_equal=True, maintain_order="left")["_old"].is_null()
    fresh, again = _part(good, first)
    stays = pl.concat([fresh.select(columns), known.select(columns)]) if known.height else fresh
    content = content_text() if is_events else _mention_text()
    duplicates = _duplicates(again, stays, key, content).sort("row")
    apart = pl.DataFrame(schema=LEFT)
    if keep and is_events:
        told = fresh.with_columns(reason=keep.reason)
        apart, fresh = left(told.filter(pl.col("reason").is_not_null())), fresh.filter(told["reason"].is_null())
    return Checked(
        events=fresh.select(columns),
        refused=_refused(bad, [name.removeprefix("!") for name in rows.columns if name.startswith("!")]),
        duplicates=duplicates,
        unresolved={side: int((fresh[side].list.len() == 0).sum()) for side in _SIDES} if is_events else {},
        unknown_places=_unknown_places(fresh) if is_events else {},
        notes=_notes(fresh) if is_events else {},
        filtered=apart,
    )


def _rows_of(source: Source) -> Rows:
    if source.kind == "mentions":
        return "mentions"
    return "hand" if source.hand_coded else "coded"


def _columns(source: Source) -> tuple[str, ...]:
    return COLUMNS if source.kind == "events" else tuple(MENTION)


def _part(rows: pl.DataFrame, holds: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows for which something holds, and the others; nothing is copied when it holds for all."""
    return (rows, rows.clear()) if holds.all() else (rows.filter(holds), rows.filter(~holds))


def _refused(bad: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    broke = pl.concat_list(pl.when(f"!{name}").then(pl.lit(name)) for name in names)
    return bad.select("row", "raw", broke.list.drop_nulls().alias("broke"))


def _duplicates(again: pl.DataFrame, stays: pl.DataFrame, key: list[str], content: pl.Expr) -> pl.DataFrame:
    """Rows whose key a row of `stays` has, and whether both say the same."""
    exact, other = DUPLICATES
    first = stays.join(again.select(key), on=key, how="semi", nulls_equal=True).select(*key, first_text=content)
    said = again.select("row", *key, text=content).join(first, on=key, how="left", nulls_equal=True)
    same = pl.col("text") == pl.col("first_text")
    return said.select("row", *KEY, reason=pl.when(same).then(pl.lit(exact)).otherwise(pl.lit(other)))


def repeats(rows: pl.DataFrame, kind: Literal["events", "mentions"]) -> pl.DataFrame:
    """Of rows of which the first of each key stays: the others, with the `reason` why not.

    Parameters
    ----------
    rows : DataFrame in the columns of events, or of mentions, in the order of which comes first
    """
    exact, other = DUPLICATES
    key, content = (KEY, content_text()) if kind == "events" else (MENTION_KEY, _mention_text())
    marked = rows.with_columns(_said=content).with_columns(
        _first=pl.col("_said").first().over(key), _at=pl.int_range(pl.len()).over(key)
    )
    same = pl.col("_said") == pl.col("_first")
    return marked.filter(pl.col("_at") > 0).with_columns(
        reason=pl.when(same).then(pl.lit(exact)).otherwise(pl.lit(other))
    )


def _mention_text() -> pl.Expr:
    return pl.concat_str(*MENTION_KEY, "outlet", "confidence", separator="|")


def _notes(events: pl.DataFrame) -> dict[str, int]:
    late = int((events["known_from"] - events["date"] >= _LONG).sum())
    mended = dict(events["_notes"].explode().drop_nulls().value_counts().iter_rows())
    counts = {"dated_long_before": late, **mended}
    return {name: counts[name] for name in NOTES if counts.get(name)}


def _unknown_places(events: pl.DataFrame) -> dict[str, int]:
    sides = [events.select(side, place=f"_{side}_place").filter(pl.col("place") != "") for side in _SIDES]
    named = pl.concat(each.filter(pl.col(each.columns[0]).list.len() == 0).select("place") for each in sides)
    counted = named.group_by("place").len().sort(["len", "place"], descending=[True, False])
    return dict(counted.rows())
