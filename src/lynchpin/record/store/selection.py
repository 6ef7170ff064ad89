"""Which events are wanted, as conditions that DuckDB checks: of a store, so the rest stays there, or of a frame."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from lynchpin.later import Later
from lynchpin.record.store._file import Stream, query

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = Later("duckdb")

#: The order of a record.
ORDER = ("date", "dataset", "event_id", "file", "row")

_INVOLVES = "(list_contains(source, ?) OR list_contains(target, ?))"


@dataclass(frozen=True, slots=True)
class Selection:
    """Conditions that all hold; build one with the methods, each of which gives a narrower one.

    Attributes
    ----------
    conditions : tuple of str, SQL over the columns of an event, with question marks
    values : tuple, what stands for the question marks, in order
    column : tuple of name, SQL and its values: a column to compute first, which conditions may name; or None
    """

    conditions: tuple[str, ...] = ()
    values: tuple[object, ...] = ()
    column: tuple[str, str, tuple[object, ...]] | None = None

    def where(self, condition: str, *values: object) -> Selection:
        """One condition more."""
        return replace(self, conditions=(*self.conditions, condition), values=(*self.values, *values))

    def since(self, day: date | None) -> Selection:
        """Dated on the day or later; None for any."""
        return self if day is None else self.where("date >= ?", day)

    def before(self, day: date | None) -> Selection:
        """Dated strictly before the day; None for any."""
        return self if day is None else self.where("date < ?", day)

    def known_before(self, day: date | None) -> Selection:
        """What happened and became known strictly before the day, as `lynchpin.events.before` has it; None for all."""
        return self if day is None else self.where("date < ?", day).where("known_from < ?", day)

    def equal(self, column: str, text: str | None) -> Selection:
        """A column has this text; None for any."""
        return self if text is None else self.where(f"{column} = ?", text)

    def involving(self, *states: str) -> Selection:
        """Each of the states, by its ISO3 code, stands on either side."""
        narrowed = self
        for state in states:
            narrowed = narrowed.where(_INVOLVES, state, state)
        return narrowed

    def with_any_of(self, states: Collection[str]) -> Selection:
        """At least one of the states stands on either side."""
        some = "(list_has_any(source, ?::VARCHAR[]) OR list_has_any(target, ?::VARCHAR[]))"
        return self.where(some, sorted(states), sorted(states))

    def among(self, states: Collection[str]) -> Selection:
        """One of the states stands on each side, or people wrote the row: those are few, and stay."""
        each = "(list_has_any(source, ?::VARCHAR[]) AND list_has_any(target, ?::VARCHAR[]))"
        return self.where(f"(status <> 'coded' OR {each})", sorted(states), sorted(states))

    def side(self, side: str, state: str | None) -> Selection:
        """A state stands on one side, "source" or "target"; None for any."""
        return self if state is None else self.where(f"list_contains({side}, ?)", state)

    def between(self, one: str, other: str) -> Selection:
        """From one state to the other, either way."""
        way = "(list_contains(source, ?) AND list_contains(target, ?))"
        return self.where(f"({way} OR {way})", one, other, other, one)

    def with_column(self, name: str, sql: str, values: tuple[object, ...]) -> Selection:
        """The same, with a column that is computed first and that conditions may name."""
        return replace(self, column=(name, sql, values))

    def sql(self, columns: str, table: str, end: str = "") -> str:
        """The query."""
        within = f"(SELECT *, {self.column[1]} AS {self.column[0]} FROM {table})" if self.column else table
        return f"SELECT {columns} FROM {within} WHERE {' AND '.join(('true', *self.conditions))} {end}"

    @property
    def all_values(self) -> list[object]:
        """What stands for the question marks of the query."""
        return [*(self.column[2] if self.column else ()), *self.values]


def selected(events: pl.DataFrame, selection: Selection) -> pl.DataFrame:
    """The rows of a frame of events that are wanted, in their order."""
    numbered = events.with_row_index("_at")
    with duckdb.connect() as connection:
        found = query(connection, selection.sql("_at", "given"), selection.all_values, given=Stream(numbered))
    return events[found["_at"].sort()]


def order_of(*, newest_first: bool = False) -> str:
    """The end of a query that puts events in order."""
    return "ORDER BY " + ", ".join(f"{name} DESC" if newest_first else name for name in ORDER)
