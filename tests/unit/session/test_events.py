"""Filters and counts of events, held against the rows themselves."""

from __future__ import annotations

from datetime import date
from io import StringIO

import polars as pl
import pytest
from rich.console import Console

from lynchpin.account.cases import case_events
from lynchpin.errors import BadData, BadValue, UnknownName
from lynchpin.record.store import Store
from lynchpin.report.events import events_csv, events_table, plain_table
from lynchpin.session.events import count_events, filter_events, list_events


@pytest.fixture(scope="module")
def rows(northeast):
    return list(case_events(northeast).iter_rows(named=True))


def both(row, state):
    return state in row["source"] or state in row["target"]


FILTERS = [
    ({"states": ["PRK"]}, lambda r: both(r, "PRK")),
    ({"states": ["JPN", "KOR"]}, lambda r: both(r, "JPN") and both(r, "KOR")),
    ({"dyad": "KOR -> JPN"}, lambda r: "KOR" in r["source"] and "JPN" in r["target"]),
    (
        {"dyad": "KOR--JPN"},
        lambda r: ("KOR" in r["source"] and "JPN" in r["target"]) or ("JPN" in r["source"] and "KOR" in r["target"]),
    ),
    ({"event_class": "grievance"}, lambda r: r["event_class"] == "grievance"),
    ({"event_type": "MOBILIZE"}, lambda r: r["type"] == "MOBILIZE"),
    ({"since": "2012-06-29", "until": "2012-07-01"}, lambda r: date(2012, 6, 29) <= r["date"] < date(2012, 7, 1)),
    ({"agreement": "gsomia-jpn-kor"}, lambda r: r["agreement"] == "gsomia-jpn-kor"),
    ({"as_of": "2005-01-01"}, lambda r: r["date"] < date(2005, 1, 1)),
]


@pytest.mark.parametrize(("chosen", "fits"), FILTERS, ids=[str(f[0]) for f in FILTERS])
def test_filter(northeast, rows, chosen, fits):
    expected = [r["event_id"] for r in rows if fits(r)]
    assert filter_events(northeast, **chosen)["event_id"].to_list() == expected
    assert 0 < len(expected) < len(rows)


def test_filters_add_up(northeast, rows):
    found = filter_events(northeast, dyad="KOR -> JPN", event_class="grievance", since="2012-08-01", until="2012-09-01")
    assert found.height == sum(
        "KOR" in r["source"]
        and "JPN" in r["target"]
        and r["event_class"] == "grievance"
        and r["date"].strftime("%Y-%m") == "2012-08"
        for r in rows
    )


@pytest.mark.parametrize("by", ["year", "month", "class", "type", "status"])
def test_counts_add_up(northeast, rows, by):
    counted = count_events(filter_events(northeast), by)
    assert counted["events"].sum() == len(rows)


def test_count_by_dyad_counts_a_joint_act_in_each(northeast):
    counted = dict(count_events(filter_events(northeast, since="2012-06-21", until="2012-06-22"), "dyad").iter_rows())
    assert counted["JPN->KOR"] == counted["KOR->JPN"] == counted["USA->JPN"] == 1


def test_count_by_actor_counts_an_act_once_for_each_on_either_side(northeast, rows):
    counted = dict(count_events(filter_events(northeast), "actor").iter_rows())
    assert counted["JPN"] == sum("JPN" in {*r["source"], *r["target"]} for r in rows)
    month = dict(count_events(filter_events(northeast), "month").iter_rows())
    assert month["2012-07"] == sum(r["date"].strftime("%Y-%m") == "2012-07" for r in rows)


FAULTS = [
    ({"states": ["South Korea"]}, UnknownName, "KOR"),
    ({"states": ["XYZ"]}, UnknownName, "ISO3"),
    ({"dyad": "KOR JPN"}, BadValue, "KOR -> JPN"),
    ({"event_class": "grievences"}, UnknownName, "grievance"),
    ({"event_type": "mobilise"}, UnknownName, "MOBILIZE"),
    ({"since": "2012-13-01"}, BadValue, "YYYY-MM-DD"),
]


@pytest.mark.parametrize(("chosen", "kind", "mend"), FAULTS, ids=[str(f[0]) for f in FAULTS])
def test_fault_says_how_to_mend(northeast, chosen, kind, mend):
    with pytest.raises(kind) as caught:
        filter_events(northeast, **chosen)
    assert mend in caught.value.mend


def test_csv_has_every_row(northeast, rows):
    text = events_csv(filter_events(northeast, states=["PRK"]))
    assert len(text.splitlines()) == 1 + sum(both(r, "PRK") for r in rows)
    assert "JPN;KOR" in text


def test_no_cell_of_csv_is_a_formula(northeast):
    """A spreadsheet runs a cell that begins so; a number and a text that goes on so stay as they are."""
    texts = ["=1+2", "+1", "-1", "@a", "\tx", "\rx", "a=1", "", None]
    frame = pl.DataFrame({"summary": texts, "magnitude": [-1.5] * 9, "source": [["=x", "KOR"]] * 9})
    back = pl.read_csv(StringIO(events_csv(frame)), infer_schema=False)
    assert back["summary"].to_list() == ["'=1+2", "'+1", "'-1", "'@a", "'\tx", "'\rx", "a=1", "", None]
    assert set(back["magnitude"]) == {"-1.5"}
    assert set(back["source"]) == {"'=x;KOR"}
    own = filter_events(northeast, states=["PRK"])
    assert "\n'" not in events_csv(own) and ",'" not in events_csv(own)


def drawn(table, width):
    out = StringIO()
    Console(file=out, width=width, color_system=None).print(table)
    return out.getvalue()


def test_a_narrow_terminal_reads_sentences(northeast):
    chosen = filter_events(northeast, dyad="JPN -- KOR", since="2012-06-26", until="2012-06-30")
    lines = drawn(events_table(chosen, 0, width=80), 80).splitlines()
    assert lines[0].split() == ["date", "what", "happened"]
    assert lines[1].startswith("2012-06-26  KOR -> JPN: Seoul's cabinet approves")
    words = {word for line in lines[1:-1] for word in line.split()}
    assert "security_cooperation," in words and "verified" in words  # whole words, whatever the width


def test_a_wide_terminal_has_a_column_for_each(northeast):
    chosen = filter_events(northeast, dyad="JPN -- KOR", since="2012-06-26", until="2012-06-30")
    head = drawn(events_table(chosen, 0, width=140), 140).splitlines()[0]
    assert head.split() == ["date", "who", "to", "whom", "type", "class", "what", "status"]


def test_signs_of_a_feed_are_no_markup(northeast):
    """A name in brackets stopped the table, or was lost."""
    chosen = filter_events(northeast, since="2012-06-26", until="2012-06-30").with_columns(
        summary=pl.lit("a [/b] [red]")
    )
    for width in (80, 140):
        assert "[/b]" in drawn(events_table(chosen, 0, width=width), width)
    assert "[/b] [red]" in drawn(plain_table(pl.DataFrame({"name": ["a [/b] [red]"]})), 80)


# --- from a store: what fits is chosen within DuckDB ------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(northeast, tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "s.duckdb"
    with Store.open(path, create=True) as opened:
        opened.ingest("chronology", northeast.events_file)
    return path


@pytest.mark.parametrize("chosen", [f[0] for f in FILTERS], ids=[str(f[0]) for f in FILTERS])
def test_a_store_is_filtered_as_a_chronology_is(northeast, store, chosen):
    expected = filter_events(northeast, **chosen)
    assert filter_events(northeast, store, **chosen).equals(expected)
    assert filter_events(northeast, store, episodes=True, **chosen).select(expected.columns).equals(expected)
    listed = list_events(northeast, store, limit=3, **chosen)
    assert (listed.total, listed.back) == (expected.height, 0)
    assert listed.rows.equals(expected.tail(3))


@pytest.mark.parametrize("by", ["year", "month", "class", "type", "status", "dyad", "actor"])
def test_a_store_is_counted_as_a_chronology_is(northeast, store, by):
    listed = list_events(northeast, store, count=by)
    assert listed.rows.equals(list_events(northeast, count=by).rows)
    assert listed.total == filter_events(northeast).height and listed.rows.height > 1


@pytest.mark.parametrize("record", ["chronology", "store"])
def test_the_answers_are_counted_where_both_sides_are_named(northeast, store, rows, record):
    listed = list_events(northeast, store if record == "store" else None, source="JPN", target="KOR", limit=5)
    forth = sum("JPN" in r["source"] and "KOR" in r["target"] for r in rows)
    either = sum(
        ("JPN" in r["source"] and "KOR" in r["target"]) or ("KOR" in r["source"] and "JPN" in r["target"]) for r in rows
    )
    assert (listed.total, listed.back, listed.rows.height) == (forth, either - forth, 5)
    assert listed.back > 0


def test_no_such_count(northeast):
    with pytest.raises(UnknownName, match="cannot count by 'decade'"):
        list_events(northeast, count="decade")


def test_a_store_without_events_says_so(northeast, tmp_path):
    Store.open(tmp_path / "s", create=True).close()
    with pytest.raises(BadData, match="holds no event"):
        list_events(northeast, tmp_path / "s")
