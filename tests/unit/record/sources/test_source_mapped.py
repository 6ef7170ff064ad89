"""Any table through a mapping file: what it may say, and one clear error for each fault in it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lynchpin.errors import BadData, LynchpinError
from lynchpin.record import sources
from lynchpin.record.store import Checked, Store, check

MAPPING = """name = "mine"
code_scheme = "cameo-1.1"
actors = "iso3"

[columns]
date = "when"
source = "who"
target = "whom"
code = "act"
"""
TABLE = "when,who,whom,act\n2012-06-29,KOR,JPN,120\n2012-06-30,USA;JPN,USA;JPN,0314\n"


def read(folder: Path, mapping: str = MAPPING, table: str = TABLE, name: str = "mine.csv") -> pl.DataFrame:
    (folder / "mine.toml").write_text(mapping, encoding="utf-8")
    path = folder / name
    path.write_text(table, encoding="utf-8")
    source = sources.detect(path)
    return check(source.read(path), source).events


def test_a_table_becomes_events(tmp_path: Path) -> None:
    events = read(tmp_path)
    assert events["date"].to_list() == [date(2012, 6, 29), date(2012, 6, 30)]
    assert events["source"].to_list() == [["KOR"], ["JPN", "USA"]]
    assert events["target"].to_list() == [["JPN"], ["JPN", "USA"]]
    assert events["type"].to_list() == ["REJECT", "AGREE"]
    assert events["contexts"].to_list() == [[], ["intelligence"]]
    assert events["magnitude"].to_list() == [-4.0, 5.2]
    assert events["event_id"].to_list() == ["KOR | 120 | JPN", "USA;JPN | 0314 | USA;JPN"]
    assert events["dataset"].unique().to_list() == ["mine"]


@pytest.mark.parametrize(
    ("changes", "cells", "expected"),
    [
        ({'"iso3"': '"cow"'}, "2012-06-29,732,740,120", {"source": ["KOR"], "target": ["JPN"]}),
        ({'"iso3"': '"fips"'}, "2012-06-29,KS,JA,120", {"source": ["KOR"], "target": ["JPN"]}),
        ({'"iso3"': '"name"'}, "2012-06-29,South Korea,Japan,120", {"source": ["KOR"], "target": ["JPN"]}),
        ({'"iso3"': '"actor"'}, "2012-06-29,Military (Japan),Korea,120", {"source": ["JPN"], "source_sector": "MIL"}),
        ({'"cameo-1.1"': '"cameo-label"'}, "2012-06-29,KOR,JPN,Consult", {"code": "040", "type": "CONSULT"}),
        ({'"cameo-1.1"': '"cameo-0.5b1"'}, "2012-06-29,KOR,JPN,163", {"scale": "goldstein-ku", "magnitude": -6.5}),
        ({'"cameo-1.1"': '"plover"'}, "2012-06-29,KOR,JPN,accuse", {"type": "ACCUSE", "magnitude": -3.0}),
        ({"[columns]": 'date_format = "%d/%m/%y"\n[columns]'}, "29/06/12,KOR,JPN,120", {"date": date(2012, 6, 29)}),
        ({"[columns]": '[fixed]\nsource_sector = "leg"\nsummary = "x"\n[columns]'}, "2012-06-29,KOR,JPN,120",
         {"source_sector": "LEG", "summary": "x"}),
        ({"[columns]": '[fixed]\nknown_from = "2012-07-04"\n[columns]'}, "2012-06-29,KOR,JPN,120",
         {"date": date(2012, 6, 29), "known_from": date(2012, 7, 4)}),
        ({"[columns]": 'date_format = "%d/%m/%y"\n[fixed]\nknown_from = "04/07/12"\n[columns]'}, "29/06/12,KOR,JPN,120",
         {"date": date(2012, 6, 29), "known_from": date(2012, 7, 4)}),
        ({}, "2012-06-29,KOR,JPN,120", {"known_from": date(2012, 6, 29)}),
        ({"[columns]": '[fixed]\nmagnitude = "-3"\nagreement = "g"\n[columns]'}, "2012-06-29,KOR,JPN,120",
         {"magnitude_shipped": -3.0, "magnitude": -4.0, "agreement": "g"}),
    ],
)  # fmt: skip
def test_what_a_mapping_may_say(
    tmp_path: Path, changes: dict[str, str], cells: str, expected: dict[str, object]
) -> None:
    mapping = MAPPING
    for old, new in changes.items():
        mapping = mapping.replace(old, new)
    row = read(tmp_path, mapping, f"when,who,whom,act\n{cells}\n").row(0, named=True)
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        ('"mine"', "mine", "is not TOML", 1),
        ('"mine"', "3", 'name should be "text", not 3', 1),
        ('name = "mine"', 'nam = "mine"', "no key named 'nam' in the top of the file", 1),
        ('"mine"', '"icews"', "a source of ours is named 'icews'", None),
        ('"cameo-1.1"', '"cameo"', "code_scheme cannot be 'cameo'", 2),
        ('"iso3"', '"iso2"', "actors cannot be 'iso2'", 3),
        ("[columns]", "columns = 3\n[other]", "columns. should be a table", 5),
        ("date =", "dat =", "no key named 'dat' in .columns.", 6),
        ('"when"', "2012-06-29", 'date should be "text"', 6),
        ('date = "when"\n', "", "nothing is said of date", 5),
        ('"who"', '"whoever"', "no column is named 'whoever' in mine.csv", 7),
        ("[columns]", '[fixed]\ndate = "x"\n[columns]', "both a column and fixed", 6),
        ("[columns]", 'separator = "ab"\n[columns]', "not one sign", 5),
    ],
)
def test_each_fault_is_one_error_with_its_line(tmp_path: Path, old: str, new: str, said: str, line: int | None) -> None:
    with pytest.raises(LynchpinError, match=said) as caught:
        read(tmp_path, MAPPING.replace(old, new))
    assert line is None or re.search(rf"mine.toml, line {line}(,|$)|at line {line}, ", str(caught.value))
    assert caught.value.mend


def test_the_mapping_of_the_how_to(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[4] / "docs" / "how-to" / "read-a-feed.md"
    mapping = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    (row,) = read(tmp_path, mapping, "when,who,whom,act\n09.07.2012,KOR,JPN,REJECT\n").rows(named=True)
    assert (row["date"], row["source"], row["type"]) == (date(2012, 7, 9), ["KOR"], "REJECT")


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="two columns are named 'who'"):
        read(tmp_path, table="when,who,who,whom,act\n")


def test_a_mapping_is_named_in_place_of_a_source(tmp_path: Path) -> None:
    (tmp_path / "how.toml").write_text(MAPPING, encoding="utf-8")
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(TABLE, encoding="utf-8")
    (tmp_path / "b.csv").write_text(TABLE + "2012-07-01,KOR,JPN,120\n", encoding="utf-8")
    with Store.open(tmp_path / "s", create=True) as store:
        report = store.ingest(str(tmp_path / "how.toml"), [tmp_path / "a.csv", tmp_path / "b.csv"])
    assert (report.read, report.accepted, report.reasons) == (5, 3, {"exact_duplicate": 2})
    assert {file.source for file in report.files} == {"mine"}


def test_parquet(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(MAPPING, encoding="utf-8")
    frame = pl.DataFrame(
        {
            "when": [date(2012, 6, 29), None],
            "who": [["USA", "JPN"], ["KOR"]],
            "whom": ["KOR", "JPN"],
            "act": ["040", "120"],
        }
    )
    frame.write_parquet(tmp_path / "p.parquet")
    with Store.open(tmp_path / "s", create=True) as store:
        report = store.ingest(None, tmp_path / "p.parquet")
        assert (report.read, report.accepted, report.reasons) == (2, 1, {"bad_date": 1})
        assert store.events()["source"].to_list() == [["JPN", "USA"]]
        assert '"whom":"JPN"' in store.refused()["raw"][0]
        assert report.files[0].encoding == "parquet"
    (tmp_path / "p.parquet").write_bytes((tmp_path / "p.parquet").read_bytes()[:-9])
    with pytest.raises(BadData, match="cannot be read"):
        sources.detect(tmp_path / "p.parquet").read(tmp_path / "p.parquet")


def test_without_a_mapping_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(TABLE, encoding="utf-8")
    with pytest.raises(BadData, match="no mapping file stands beside") as caught:
        sources.plan("mapped", path)
    assert "mine.toml" in caught.value.mend


def test_a_mapping_goes_before_what_a_header_tells(tmp_path: Path) -> None:
    header = ",".join(sources.get("chronology").columns)
    mapping = MAPPING.replace('"when"', '"date"').replace('"who"', '"source"').replace('"whom"', '"target"')
    (tmp_path / "mine.toml").write_text(mapping.replace('"act"', '"event_type"'), encoding="utf-8")
    (tmp_path / "mine.csv").write_text(header + "\n", encoding="utf-8")
    assert sources.detect(tmp_path / "mine.csv").name == "mine"


# --- days and tables that are written otherwise ------------------------------------------------------------------------


def checked(folder: Path, table: str | bytes, mapping: str = MAPPING, name: str = "mine.csv") -> Checked:
    (folder / "mine.toml").write_text(mapping, encoding="utf-8")
    path = folder / name
    path.write_bytes(table if isinstance(table, bytes) else table.encode())
    source = sources.detect(path)
    return check(source.read(path), source)


def days(*texts: str) -> str:
    return "when,who,whom,act\n" + "".join(f"{text},KOR,JPN,120\n" for text in texts)


@pytest.mark.parametrize(
    ("texts", "expected", "notes"),
    [
        (["03/04/2012", "25/04/2012"], [date(2012, 4, 3), date(2012, 4, 25)], {"dates_day_first": 2}),
        (["3/4/2012", "04/25/2012"], [date(2012, 3, 4), date(2012, 4, 25)], {"dates_month_first": 2}),
        (["03.04.2012", "25.04.2012"], [date(2012, 4, 3), date(2012, 4, 25)], {"dates_day_first": 2}),
        (["04-25-2012", "04-26-2012"], [date(2012, 4, 25), date(2012, 4, 26)], {"dates_month_first": 2}),
        (["25/04/2012", "31/31/2012"], [date(2012, 4, 25), None], {"dates_day_first": 1}),
        (["03/03/2012", "04/04/2012"], [date(2012, 3, 3), date(2012, 4, 4)], {"dates_day_first": 2}),
        (["2012-06-29", "20120630"], [date(2012, 6, 29), date(2012, 6, 30)], {}),
        (["2012/06/29", "2012.06.30"], [date(2012, 6, 29), date(2012, 6, 30)], {}),
        (["2012-06-29", "25/04/2012"], [date(2012, 6, 29), date(2012, 4, 25)], {"dates_day_first": 2}),
        (["2012-06-29T18:30:00Z", "2012-06-30"], [date(2012, 6, 29), date(2012, 6, 30)], {"time_of_day": 1}),
        (["25/04/2012 18:30", "03/04/2012 1:00"], [date(2012, 4, 25), date(2012, 4, 3)],
         {"dates_day_first": 2, "time_of_day": 2}),
        (["25/04/12", "0000-01-01", "0012-05-06", "soon"], [None] * 4, {}),
    ],
)  # fmt: skip
def test_days_are_judged_as_a_column(
    tmp_path: Path, texts: list[str], expected: list[date | None], notes: dict[str, int]
) -> None:
    """03/04 was 4 March whatever stood in the other rows, and 25/04 was refused."""
    found = checked(tmp_path, days(*texts))
    assert found.events["date"].to_list() == [day for day in expected if day]
    assert found.reasons == ({"bad_date": expected.count(None)} if None in expected else {})
    assert found.notes == notes


@pytest.mark.parametrize(
    ("texts", "said", "where", "mend"),
    [
        (["03/04/2012", "05/06/2012"], "could have the day first or the month, as in '03/04/2012'", "line 2", "date_format"),
        (["03/03/2012", "05/06/2012"], "as in '05/06/2012'", "line 3", '"%d/%m/%Y" or "%m/%d/%Y"'),
        (["25/04/2012", "1/2/2012", "04/25/2012"], "'25/04/2012' has the day first, '04/25/2012' the month", "lines 2 and 4",
         "YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_days_of_two_readings_are_refused_with_the_fix(
    tmp_path: Path, texts: list[str], said: str, where: str, mend: str
) -> None:
    with pytest.raises(BadData, match=re.escape(said)) as caught:
        checked(tmp_path, days(*texts))
    assert where in caught.value.where and mend in caught.value.mend
    stated = MAPPING.replace("[columns]", 'date_format = "%d/%m/%Y"\n[columns]')
    assert checked(tmp_path, days("03/04/2012", "05/06/2012"), stated).events["date"].to_list()[0] == date(2012, 4, 3)


def test_the_last_row_of_a_long_file_counts_too(tmp_path: Path) -> None:
    found = checked(tmp_path, days(*["03/04/2012"] * 70_000, "25/04/2012"))
    assert found.events["date"].to_list() == [date(2012, 4, 3), date(2012, 4, 25)]


SEMICOLONS = "when;who;whom;act\n2012-06-29;KOR;JPN;120\n"
OTHERWISE = {
    "semicolons": (SEMICOLONS, {"parted_by_semicolons": 1}),
    "tabs": (SEMICOLONS.replace(";", "\t"), {"parted_by_tabs": 1}),
    "utf-16": (SEMICOLONS.replace(";", ",").encode("utf-16"), {"utf_16": 1}),
    "cr": (SEMICOLONS.replace(";", ",").replace("\n", "\r"), {"cr_line_ends": 1}),
    "r": ('"when","who","whom","act"\n"1","2012-06-29","KOR","JPN","120"\n', {"row_numbers": 1}),
    "comments": ("# mine\n" + SEMICOLONS.replace(";", ","), {"lines_above_header": 1}),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_table_written_otherwise_is_read_and_noted(tmp_path: Path, name: str) -> None:
    table, notes = OTHERWISE[name]
    found = checked(tmp_path, table)
    assert found.events.select("date", "source", "target", "code").rows() == [
        (date(2012, 6, 29), ["KOR"], ["JPN"], "120")
    ]
    assert found.notes == notes and found.reasons == {}


def test_decimal_commas_of_the_magnitude(tmp_path: Path) -> None:
    mapping = MAPPING + 'magnitude = "score"\n'
    table = "when;who;whom;act;score\n2012-06-29;KOR;JPN;120;-3,5\n2012-06-30;KOR;JPN;120;2\n"
    found = checked(tmp_path, table, mapping)
    assert found.events["magnitude_shipped"].to_list() == [-3.5, 2.0] and found.notes["decimal_commas"] == 2
    assert checked(tmp_path, table.replace("2\n", "2.5\n"), mapping).reasons == {"bad_magnitude": 1}


def test_lines_that_are_no_rows_are_counted(tmp_path: Path) -> None:
    lines = TABLE.splitlines()
    found = checked(tmp_path, "\n".join([lines[0], "", lines[1], "# end", ",,,", lines[0], lines[2]]))
    assert found.events["row"].to_list() == [3, 7]
    assert found.reasons == {"blank_line": 2, "comment_line": 1, "repeated_header": 1}


def test_the_wrong_separator_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="no column is named 'when'") as caught:
        checked(tmp_path, SEMICOLONS, MAPPING.replace("[columns]", 'separator = "|"\n[columns]'))
    assert "'when;who;whom;act'" in caught.value.mend


def test_a_day_far_ahead_is_noted_and_no_clock_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MAPPING)
    rows = [f"2012-06-{day:02}" for day in range(1, 29)]
    for ahead, notes in (("2202-06-29", {"far_ahead": 1}), ("2013-01-01", {})):
        (tmp_path / "mine.csv").write_text(days(*rows, ahead))
        with Store.open(tmp_path / ahead, create=True) as store:
            report = store.ingest(None, tmp_path / "mine.csv")
        assert report.notes == notes and report.accepted == 29
    assert "a year or more after all others" in report.summary() or notes == {}
