"""ACLED and UCDP: which groups act for a state, whose act it is, how well its day is known, and what is refused."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lynchpin.errors import BadData
from lynchpin.record import sources
from lynchpin.record.ontology import conflict, plover
from lynchpin.record.sources.conflict import ACLED_COLUMNS, UCDP_COLUMNS
from lynchpin.record.store import Store
from lynchpin.record.store.check import Checked, check

JAPAN, SEOUL = "Military Forces of Japan (2006-)", "Military Forces of South Korea (2017-2022)"
NEW = [name for name in ACLED_COLUMNS if name != "admin3"]
#: The header that the export tool wrote until 2022.
OLD = (
    *("data_id", "iso", "event_id_cnty", "event_id_no_cnty", "event_date", "year", "time_precision", "event_type"),
    *("sub_event_type", "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction"),
    *("region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude", "geo_precision"),
    *("source", "source_scale", "notes", "fatalities", "timestamp", "iso3"),
)
_ACLED = {
    "event_id_cnty": "JPN1",
    "event_date": "2021-01-12",
    "time_precision": "1",
    "event_type": "Explosions/Remote violence",
    "sub_event_type": "Air/drone strike",
    "actor1": JAPAN,
    "inter1": "State forces",
    "actor2": SEOUL,
    "inter2": "External/Other forces",
    "timestamp": "1611187200",  # 00:00 UTC of 21 January 2021
}
_UCDP = {
    "id": "7",
    "year": "2010",
    "type_of_violence": "1",
    "side_a": "Government of North Korea",
    "side_b": "Government of South Korea",
    "gwnoa": "731",
    "gwnob": "732",
    "date_prec": "1",
    "date_start": "2010-11-23 00:00:00.000",
    "date_end": "2010-11-23 00:00:00.000",
    "best": "4",
}


def written(header: tuple[str, ...] | list[str], *rows: dict[str, str], separator: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[row.get(name, "") for name in header] for row in rows])
    return out.getvalue()


def checked(folder: Path, name: str, text: str) -> Checked:
    file = folder / "feed.csv"
    file.write_text(text, encoding="utf-8")
    source = sources.detect(file)
    assert source.name == name
    return check(source.read(file), source)


def acled(folder: Path, **changes: str) -> Checked:
    return checked(folder, "acled", written(NEW, _ACLED | changes))


def ucdp(folder: Path, **changes: str) -> Checked:
    return checked(folder, "ucdp", written(UCDP_COLUMNS, _UCDP | changes))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (JAPAN, ("Japan", "MIL")),
        ("Military Forces of the United States", ("United States", "MIL")),
        ("Police Forces of South Korea (2017-2022) Coast Guard", ("South Korea", "GOV")),
        ("Government of Japan (2021-)", ("Japan", "GOV")),
        ("Military Forces of Iran (1989-) Islamic Revolutionary Guard Corps", ("Iran", "MIL")),
        ("Military Forces of Yemen (2017-) Houthi", None),
        ("Military Forces of Yemen (2022-) Presidential Leadership Council", None),
        ("Mutiny of Military Forces of Sudan (2019-)", None),
        ("Unidentified Military Forces", None),
        ("Protesters (Japan)", None),
        ("Civilians (South Korea)", None),
        ("", None),
    ],
)
def test_which_groups_act_for_a_state(name: str, expected: tuple[str, str] | None) -> None:
    assert conflict.state_forces(name) == expected


def test_the_table_of_acts_holds_types_and_modes_of_plover() -> None:
    for feed in ("acled", "ucdp"):
        for act in conflict.acts(feed).values():
            assert act.type in plover.names() and act.why
            assert not act.mode or act.mode in plover.type_of(act.type).modes
    assert len(conflict.acts("acled")) == 25 and len(conflict.acts("ucdp")) == 3


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, {"date": date(2021, 1, 12), "known_from": date(2021, 1, 21), "precision": "day", "type": "ASSAULT"}),
        ({}, {"source": ["JPN"], "target": ["KOR"], "source_sector": "MIL", "mode": "aerial", "magnitude": -9.0}),
        ({"event_date": "12 January 2021"}, {"date": date(2021, 1, 12)}),
        ({"event_date": "12-January-2021"}, {"date": date(2021, 1, 12)}),
        ({"event_date": "12 Jan 2021"}, {"date": date(2021, 1, 12)}),
        ({"inter1": "1", "inter2": "8"}, {"source": ["JPN"], "target": ["KOR"]}),
        ({"time_precision": "3"}, {"precision": "month"}),
        ({"timestamp": ""}, {"known_from": date(2021, 1, 12)}),  # nothing said: its day
        ({"timestamp": "2021-02-01"}, {"known_from": date(2021, 2, 1)}),
        # nobody says who attacked in a battle: the act is of both, upon each other
        (
            {"event_type": "Battles", "sub_event_type": "Armed clash"},
            {"source": ["JPN", "KOR"], "target": ["JPN", "KOR"], "source_name": f"{JAPAN}; {SEOUL}"},
        ),
        (
            {"event_type": "Strategic developments", "sub_event_type": "Agreement"},
            {"type": "SUPPORT", "source": ["JPN", "KOR"], "magnitude": 5.0},
        ),
        (
            {"event_type": "Strategic developments", "sub_event_type": "Disrupted weapons use"},
            {"type": "OTHER", "magnitude": None},
        ),
    ],
)
def test_acled_rows(tmp_path: Path, cells: dict[str, str], expected: dict[str, Any]) -> None:
    found = acled(tmp_path, **cells)
    assert found.reasons == {}
    (row,) = found.events.to_dicts()
    assert {name: row[name] for name in expected} == expected
    assert (row["code_scheme"], row["scale"], row["status"], row["url"]) == (
        "acled",
        "plover-2.0",
        "coded",
        "acled:JPN1",
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"actor2": "Protesters (South Korea)", "inter2": "6"}, "no_state_pair"),
        ({"actor2": ""}, "no_state_pair"),
        ({"actor2": SEOUL, "inter2": "Rebel group"}, "no_state_pair"),  # the feed itself calls it a rebel group
        ({"actor2": "Police Forces of Japan (2006-)"}, "no_state_pair"),  # one state on both sides
        ({"actor2": "Military Forces of Yemen (2017-) Houthi"}, "no_state_pair"),
        ({"actor2": "Military Forces of Atlantis (2017-)"}, "no_state_pair"),
        ({"sub_event_type": "Sit-in"}, "unknown_code"),
        ({"time_precision": "9"}, "coarse_date"),
        ({"event_date": "31 February 2021"}, "bad_date"),
        ({"event_date": "03/04/2021"}, "bad_date"),
        ({"timestamp": "soon"}, "bad_known_from"),
        ({"timestamp": "1600000000"}, "dated_after_known"),  # September 2020
    ],
)
def test_acled_rows_that_are_refused(tmp_path: Path, cells: dict[str, str], reason: str) -> None:
    found = acled(tmp_path, **cells)
    assert (found.read, found.events.height, found.reasons) == (1, 0, {reason: 1})


def test_a_day_known_within_a_week_is_noted(tmp_path: Path) -> None:
    assert acled(tmp_path, time_precision="2").notes == {"within_a_week": 1}
    assert ucdp(tmp_path, date_prec="3").notes == {"within_a_week": 1}


def test_both_headers_and_separators_say_the_same(tmp_path: Path) -> None:
    rows = [
        checked(tmp_path, "acled", written(header, _ACLED, separator=sign)).events.drop("row")
        for header, sign in ((NEW, ","), (NEW, ";"), (OLD, ","), (OLD, ";"))
    ]
    assert all(frame.equals(rows[0]) for frame in rows) and rows[0].height == 1


def test_a_note_may_go_over_lines(tmp_path: Path) -> None:
    two = written(NEW, _ACLED | {"notes": 'Shots,\n"many"\nof them.'}, _ACLED | {"event_id_cnty": "JPN2"})
    assert checked(tmp_path, "acled", two).events["row"].to_list() == [2, 5]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, {"source": ["KOR", "PRK"], "target": ["KOR", "PRK"], "date": date(2010, 11, 23), "code": "1"}),
        ({}, {"type": "ASSAULT", "magnitude": -9.0, "known_from": date(2010, 11, 23), "precision": "day"}),
        ({"gwnoa": "731.0"}, {"source": ["KOR", "PRK"]}),  # as a data frame writes a number with gaps in its column
        ({"type_of_violence": "3"}, {"source": ["PRK"], "target": ["KOR"]}),
        ({"type_of_violence": "3", "gwnoa": "731, 710"}, {"source": ["CHN", "PRK"], "target": ["KOR"]}),
        # on the later of the two days it had happened for sure
        ({"date_start": "2010-11-01", "date_end": "2010-11-30", "date_prec": "4"}, {"date": date(2010, 11, 30)}),
        ({"date_start": "2010-11-01", "date_end": "2010-11-30", "date_prec": "4"}, {"precision": "month"}),
    ],
)
def test_ucdp_rows(tmp_path: Path, cells: dict[str, str], expected: dict[str, Any]) -> None:
    found = ucdp(tmp_path, **cells)
    assert found.reasons == {}
    (row,) = found.events.to_dicts()
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"gwnob": "", "side_b": "Rebels"}, "no_state_pair"),
        ({"gwnob": "9999"}, "no_state_pair"),
        ({"gwnoa": "731, 710"}, "side_of_several"),
        ({"date_prec": "5"}, "coarse_date"),
        ({"date_start": "2010-12-01"}, "bad_date"),  # after its end
        ({"type_of_violence": "4"}, "unknown_code"),
    ],
)
def test_ucdp_rows_that_are_refused(tmp_path: Path, cells: dict[str, str], reason: str) -> None:
    found = ucdp(tmp_path, **cells)
    assert (found.read, found.events.height, found.reasons) == (1, 0, {reason: 1})


def test_a_version_without_the_numbers_of_states_is_refused(tmp_path: Path) -> None:
    header = [name for name in UCDP_COLUMNS if name != "gwnob"]
    with pytest.raises(BadData, match="columns are missing: gwnob"):
        checked(tmp_path, "ucdp", written(header, _UCDP))


def test_a_lag_holds_where_the_feed_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "ged.csv").write_text(written(UCDP_COLUMNS, _UCDP), encoding="utf-8")
    (tmp_path / "acled.csv").write_text(written(NEW, _ACLED), encoding="utf-8")
    with Store.open(tmp_path / "s.duckdb", create=True) as store:
        report = store.ingest(None, [tmp_path / "ged.csv", tmp_path / "acled.csv"], known_lag=30)
        known = dict(store.events().select("dataset", pl.col("known_from")).iter_rows())
    assert (report.read, report.accepted) == (2, 2)
    assert known == {"acled": date(2021, 1, 21), "ucdp": date(2010, 12, 23)}
