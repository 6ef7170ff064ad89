"""Classes part the events: first match wins, and what no class takes has none."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl
import pytest

from lynchpin.account.cases import EventClass, case_events, classify
from lynchpin.account.cases.record import class_column
from lynchpin.errors import BadData, BadValue

CLASSES = (
    EventClass("talks_on_history", "", ("CONSULT",), ("history", "territory"), ""),
    EventClass("warm", "", ("CONSULT", "REQUEST"), (), "+"),
    EventClass("cold", "", (), (), "-"),
)
# type, contexts, magnitude, class
ROWS = [
    ("CONSULT", ["history"], -1.0, "talks_on_history"),
    ("CONSULT", ["alliance", "territory"], 1.0, "talks_on_history"),
    ("CONSULT", ["alliance"], 1.0, "warm"),
    ("CONSULT", [], 0.0, None),
    ("REQUEST", ["history"], 3.0, "warm"),
    ("REQUEST", ["history"], -5.0, "cold"),
    ("ASSAULT", [], None, None),
    ("ASSAULT", [], -9.0, "cold"),
]


def test_first_class_that_fits():
    events = pl.DataFrame([r[:3] for r in ROWS], schema=["type", "contexts", "magnitude"], orient="row")
    assert classify(events, CLASSES)["event_class"].to_list() == [r[3] for r in ROWS]


def test_every_event_of_the_embedded_record_has_one_class(northeast):
    events = case_events(northeast)
    assert events.height == 4225
    assert events["event_class"].null_count() == 0


def test_nothing_from_the_day_itself(northeast):
    events = case_events(northeast, as_of=date(2012, 6, 29))
    assert events["date"].max() < date(2012, 6, 29)
    assert case_events(northeast, as_of=date(2012, 6, 30))["date"].max() == date(2012, 6, 29)


def test_before_the_first_event(northeast):
    with pytest.raises(BadValue, match="no event of the record was known before 1997-01-01") as caught:
        case_events(northeast, as_of=date(1997, 1, 1))
    assert "1998-01-23" in caught.value.mend


def test_refused_row_of_a_chronology_is_named(northeast, tmp_path):
    from lynchpin.account.cases import read_case
    from lynchpin.account.cases.builtin import write_new_case

    write_new_case("toy", tmp_path)
    file = tmp_path / "toy" / "events.csv"
    file.write_text(file.read_text().replace("2016-02-16,day", "2016-02-31,day"))
    with pytest.raises(BadData) as caught:
        case_events(read_case(tmp_path / "toy"))
    assert "1 of 12 rows" in caught.value.what
    assert "events.csv, line 7" in caught.value.where


def test_missing_column_is_one_clear_error(tmp_path):
    from lynchpin.account.cases import read_case
    from lynchpin.account.cases.builtin import write_new_case

    write_new_case("toy", tmp_path)
    file = tmp_path / "toy" / "events.csv"
    file.write_text(file.read_text().replace("event_type", "typ", 1))
    with pytest.raises(BadData, match="event_type"):
        case_events(read_case(tmp_path / "toy"))


def test_a_class_can_leave_contexts_out():
    """Polars and DuckDB part the events alike, also where an event has no context at all."""
    rules = (EventClass("pact", "", ("AGREE",), ("alliance",), "", ("trade",)), EventClass("rest", "", (), (), ""))
    tags = [["alliance"], ["alliance", "trade"], ["trade"], [], None]
    events = pl.DataFrame(
        {"type": ["AGREE"] * 5, "contexts": tags, "magnitude": [1.0] * 5},
        schema_overrides={"contexts": pl.List(pl.String)},
    )
    wanted = ["pact", "rest", "rest", "rest", "rest"]
    assert classify(events, rules)["event_class"].to_list() == wanted
    said, values = class_column(rules)
    lists = ", ".join(f"('AGREE', {tag if tag is not None else 'NULL'}::VARCHAR[], 1.0)" for tag in tags)
    rows = duckdb.execute(f"SELECT {said} FROM (VALUES {lists}) AS t(type, contexts, magnitude)", values).fetchall()
    assert [name for (name,) in rows] == wanted
