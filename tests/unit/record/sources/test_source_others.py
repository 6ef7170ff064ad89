"""POLECAT, the Phoenix family, the benchmarks and PLOVER JSON: a good line becomes an event, and each trap."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lynchpin.errors import BadData
from lynchpin.events import SCHEMA
from lynchpin.record import sources
from lynchpin.record.sources import polecat
from lynchpin.record.sources._base import HELPERS
from lynchpin.record.store import check
from lynchpin.testing.feeds import samples

SAMPLES = samples()
NAMES = sorted(SAMPLES)


def rows_of(name: str, folder: Path, text: str) -> list[dict[str, Any]]:
    path = SAMPLES[name].write(folder, text.encode("utf-8"))
    return sources.get(name).read(path).collect().sort("row").rows(named=True)


@pytest.mark.parametrize("name", NAMES)
def test_ten_good_lines_are_ten_events(name: str, tmp_path: Path) -> None:
    path = SAMPLES[name].write(tmp_path)
    source = sources.detect(path)
    assert source.name == ("mine" if name == "mapped" else name)
    frame = source.read(path).collect()
    assert dict(frame.schema) == {**SCHEMA, **HELPERS}
    checked = check(frame, source)
    assert (checked.read, checked.events.height, checked.reasons) == (10, 10, {})
    assert checked.events["source"].to_list()[:3] == [["JPN"], ["USA"], ["PRK"]]
    assert checked.events["target"].to_list()[:3] == [["KOR"], ["JPN"], ["KOR"]]
    assert checked.events["type"].to_list()[:3] == ["CONSULT", "SUPPORT", "ACCUSE"] or name in (
        "acled",
        "ucdp",
        "mapped",
        "plover_json",
        "polecat",
    )
    assert checked.unknown_places == {}
    assert checked.events["dataset"].unique().to_list() == [source.name]
    assert checked.events["row"].to_list() == [n + 1 + SAMPLES[name].header for n in range(10)]


@pytest.mark.parametrize("name", NAMES)
def test_a_short_line_is_refused_and_a_blank_one_too(name: str, tmp_path: Path) -> None:
    path = SAMPLES[name].write(tmp_path, f"{SAMPLES[name].text}x\n\n".encode())
    source = sources.get(name)
    checked = check(source.read(path), source)
    assert (checked.read, checked.events.height, checked.refused.height) == (12, 10, 2)
    assert "wrong_field_count" in checked.refused["broke"].to_list()[0]
    assert checked.refused["broke"].to_list()[1] == ["blank_line"]


# POLECAT


def polecat_row(header: tuple[str, ...] = polecat.COLUMNS, **cells: str) -> str:
    said = dict.fromkeys(header, "None") | {"Event ID": "1", "Event Date": "2023-08-18", "Event Type": "CONSULT"}
    return "\t".join((said | {name.replace("_", " "): text for name, text in cells.items()})[name] for name in header)


def polecat_rows(folder: Path, header: str, *rows: str) -> list[dict[str, Any]]:
    return rows_of("polecat", folder, "\n".join([header, *rows, ""]))


def test_an_act_upon_each_other_is_a_joint_act(tmp_path: Path) -> None:
    header = "\t".join(polecat.COLUMNS)
    three = polecat_row(Actor_Country="USA; JPN;KOR", Actor_Name="a; b; c", Primary_Actor_Sector="GOV")
    one = polecat_row(Actor_Country="USA", Event_ID="2")
    named = polecat_row(Actor_Country="USA;JPN", Recipient_Name="somebody", Event_ID="3")
    rows = polecat_rows(tmp_path, header, three, one, named)
    assert [row["source"] for row in rows] == [["JPN", "KOR", "USA"], ["USA"], ["JPN", "USA"]]
    assert [row["target"] for row in rows] == [["JPN", "KOR", "USA"], [], []]
    assert (rows[0]["target_name"], rows[0]["target_sector"]) == ("a; b; c", "GOV")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"Event_Mode": "visit"}, {"mode": "visit", "magnitude": 4.0}),
        ({"Event_Mode": "None"}, {"mode": "", "magnitude": 2.5}),
        ({"Event_Type": "consult"}, {"type": "CONSULT"}),
        ({"Event_Type": "DANCE"}, {"type": None, "magnitude": None}),
        ({"Actor_Country": "KOS"}, {"source": ["XKX"], "_source_place": None}),
        ({"Actor_Country": "IGO"}, {"source": [], "_source_place": None}),
        ({"Publication_Date": "2023-08-20"}, {"known_from": date(2023, 8, 20)}),
        ({"Publication_Date": "None"}, {"known_from": None}),
        ({"Actor_Country": "QQQ"}, {"source": [], "_source_place": "QQQ"}),
        ({"Actor_Sectors": "MED;JUD"}, {"source_sector": "CVL"}),  # health, in PLOVER
        ({"Primary_Actor_Sector": "JUD", "Actor_Sectors": "MIL"}, {"source_sector": "JUD"}),
        ({"Contexts": "reparations; military"}, {"contexts": ["alliance", "history"]}),
        ({"Event_Date": "2023-02-30"}, {"date": None}),
        ({"Intensity": "-7.0"}, {"magnitude_shipped": -7.0}),
        ({"Actor_Name": "Cote d'Ivoire \"x"}, {"source_name": "Cote d'Ivoire \"x"}),
    ],
)
def test_polecat_cells(tmp_path: Path, cells: dict[str, str], expected: dict[str, Any]) -> None:
    (row,) = polecat_rows(tmp_path, "\t".join(polecat.COLUMNS), polecat_row(**cells))
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    "header",
    [
        "\t".join(polecat.COLUMNS).replace("\tIntensity", "\tEvent Intensity"),
        "\t".join(polecat.COLUMNS) + "\t\t\t\t",
        "\t".join([*polecat.COLUMNS[:33], "Headline", *polecat.COLUMNS[33:], "Body"]),
    ],
)
def test_headers_that_do_not_fit(tmp_path: Path, header: str) -> None:
    plain = polecat_row(Actor_Country="JPN", Recipient_Country="KOR", Intensity="3", Version="v")
    rows = polecat_rows(tmp_path, header, plain, plain + "\t\t\t\t", plain + "\tx")
    assert [row["source"] for row in rows] == [["JPN"]] * 3
    assert [row["magnitude_shipped"] for row in rows] == [3.0] * 3
    assert [row["_fields"] - row["_fields_expected"] for row in rows] == [0, 0, 1]


def test_a_header_without_a_needed_column(tmp_path: Path) -> None:
    header = "\t".join(polecat.COLUMNS).replace("Event Date", "Event Dat")
    with pytest.raises(BadData, match="columns are missing: Event Date") as caught:
        polecat_rows(tmp_path, header, polecat_row())
    assert "did you mean 'Event Dat'?" in caught.value.mend


# The Phoenix family


def phoenix_row(**cells: str) -> list[str]:
    names = sources.get("phoenix").columns
    said = dict(zip(names, SAMPLES["phoenix"].text.split("\n")[0].split("\t"), strict=True))
    return [(said | cells)[name] for name in names]


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_a_tab_more_or_less_where_there_is_no_place(tmp_path: Path, shift: int) -> None:
    row = phoenix_row(Lat="", Lon="", LocationName="", StateName="", CountryName="")
    moved = row[:18] + [""] * (5 + shift) + row[23:]
    (read,) = rows_of("phoenix", tmp_path, "\t".join(moved) + "\n")
    assert (read["_fields"], read["_fields_expected"], read["url"]) == (26, 26, "https://example.org/a")


def test_a_tab_more_beside_a_place_is_a_fault(tmp_path: Path) -> None:
    (read,) = rows_of("phoenix", tmp_path, "\t".join([*phoenix_row()[:20], "", *phoenix_row()[20:]]) + "\n")
    assert read["_fields"] == 27


@pytest.mark.parametrize(
    ("entity", "full", "states", "stranger"),
    [
        ("JPN", "JPNGOV", ["JPN"], None),
        ("IGO", "IGOUNO", [], None),
        ("", "ROMGOV", ["ROU"], None),  # the lists of the pipeline lack it
        ("", "REBMUS", [], None),
        ("BYS", "BYS", [], "BYS"),
    ],
)
def test_phoenix_actors(tmp_path: Path, entity: str, full: str, states: list[str], stranger: str | None) -> None:
    row = phoenix_row(SourceActorEntity=entity, SourceActorFull=full)
    (read,) = rows_of("phoenix", tmp_path, "\t".join(row) + "\n")
    assert (read["source"], read["_source_place"]) == (states, stranger)


@pytest.mark.parametrize(
    ("code", "root", "kept"),
    [
        ("040", "04", "040"),
        ("40", "4", "040"),
        ("314", "03", "0314"),
        ("10", "10", "10"),
        ("10", "1", "010"),
        ("043", "", "043"),
        ("43", "", None),
        ("043", "05", None),
        ("999", "09", None),
        ("", "04", None),
    ],
)
def test_the_root_puts_the_zero_back(tmp_path: Path, code: str, root: str, kept: str | None) -> None:
    (read,) = rows_of("phoenix", tmp_path, "\t".join(phoenix_row(EventCode=code, EventRootCode=root)) + "\n")
    assert read["code"] == kept


@pytest.mark.parametrize(
    ("text", "year", "month", "day", "expected"),
    [
        ("1994-06-01", "1994", "6", "1", date(1994, 6, 1)),
        ("6/1/1994", "1994", "6", "1", date(1994, 6, 1)),
        ("6/1/1994", "1994", "1", "6", None),
        ("1994-06-01", "", "", "", date(1994, 6, 1)),
        ("junk", "1994", "6", "1", None),
        ("1994-06-01", "1994", "13", "1", None),
    ],
)
def test_cline_days(tmp_path: Path, text: str, year: str, month: str, day: str, expected: date | None) -> None:
    lines = SAMPLES["cline"].text.split("\n")
    changed = lines[1].replace("1994-06-01,1994,6,1", f"{text},{year},{month},{day}")
    (read,) = rows_of("cline", tmp_path, f"{lines[0]}\n{changed}\n")
    assert read["date"] == expected


def test_columns_are_found_by_name_and_by_either_name(tmp_path: Path) -> None:
    lines = [line.split(",") for line in SAMPLES["terrier"].text.split("\n")[:-1]]
    turned = "".join("\t".join(reversed(line)) + "\n" for line in lines)
    path = SAMPLES["terrier"].write(tmp_path, turned.encode())
    assert sources.detect(path).name == "terrier"
    assert rows_of("terrier", tmp_path, turned)[0]["source"] == ["JPN"]
    served = SAMPLES["cline"].text.replace("eid,", "event_id,").replace("source_root", "src_actor")
    assert rows_of("cline", tmp_path, served)[0]["source"] == ["JPN"]


# Benchmarks


@pytest.mark.parametrize(
    ("name", "day", "states", "sector", "stranger"),
    [
        ("South Korea", "2018-01-01", ["KOR"], "", None),
        ("Police (India)", "2018-01-01", ["IND"], "GOV", None),
        ("Military_(Japan)", "2018-01-01", ["JPN"], "MIL", None),
        ("Citizen (South Sudan)", "2011-07-08", [], "", "Citizen (South Sudan)"),
        ("Citizen (South Sudan)", "2011-07-09", ["SSD"], "CVL", None),
        ("Nobody We Know", "2018-01-01", [], "", "Nobody We Know"),
        ("United Nations", "2018-01-01", [], "", None),
    ],
)
def test_names(tmp_path: Path, name: str, day: str, states: list[str], sector: str, stranger: str | None) -> None:
    (row,) = rows_of("triples", tmp_path, f"{name}\tSign_formal_agreement\tJapan\t{day}\n")
    assert (row["source"], row["source_sector"], row["_source_place"]) == (states, sector, stranger)
    assert (row["code"], row["magnitude"]) == ("057", 8.0)


def test_a_repeated_fact_is_a_duplicate(tmp_path: Path) -> None:
    text = SAMPLES["triples"].text
    path = SAMPLES["triples"].write(tmp_path, (text + text.split("\n")[0] + "\n").encode())
    source = sources.get("triples")
    assert check(source.read(path), source).reasons == {"exact_duplicate": 1}


def test_hours_become_days(tmp_path: Path) -> None:
    rows = rows_of("tkg", tmp_path, "0\t0\t1\t0\t0\n0\t0\t1\t8736\t0\n0\t0\t1\t25\t0\n99\t99\t1\t24\t0\n")
    assert [row["date"] for row in rows] == [date(2014, 1, 1), date(2014, 12, 31), None, date(2014, 1, 2)]
    assert (rows[3]["source_name"], rows[3]["type"]) == ("", None)


def test_the_first_day_must_be_told(tmp_path: Path) -> None:
    sample = SAMPLES["tkg"]
    path = sample.write(tmp_path).rename(tmp_path / "train.txt")
    for name, text in sample.beside.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadData, match="hours from a first day") as caught:
        sources.get("tkg").read(path)
    assert "first_day.txt" in caught.value.mend
    (tmp_path / "first_day.txt").write_text("2005-01-01\n", encoding="utf-8")
    assert sources.get("tkg").read(path).collect()["date"][0] == date(2005, 1, 1)
    (tmp_path / "first_day.txt").write_text("soon", encoding="utf-8")
    with pytest.raises(BadData, match="not a day"):
        sources.get("tkg").read(path)


@pytest.mark.parametrize(
    ("text", "said"), [(None, "is missing"), ("", "is empty"), ("China\t0\nJapan 1\n", "is not a name")]
)
def test_the_lists_of_names(tmp_path: Path, text: str | None, said: str) -> None:
    path = SAMPLES["tkg"].write(tmp_path)
    names = path.with_name("entity2id.txt")
    names.unlink() if text is None else names.write_text(text, encoding="utf-8")
    with pytest.raises(BadData, match=said):
        sources.get("tkg").read(path)


# PLOVER JSON


def record(**changes: object) -> str:
    return json.dumps({"id": "1", "date": "2015-03-01", "event": "AGREE", "source": [{"code": "JPN"}]} | changes)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (record(), {"source": ["JPN"], "target": [], "type": "AGREE", "magnitude": 2.5, "_fields": 1}),
        (record(source=[{"code": "USA"}, {"code": "JOR"}], target=""), {"target": ["JOR", "USA"]}),
        (record(source={"code": "USA", "sector": "MIL"}), {"source": ["USA"], "source_sector": "MIL"}),
        (record(target=[{"code": "ROU"}, {"code": "POL"}]), {"target": ["POL", "ROU"]}),
        (record(target=[{"code": "IGO"}]), {"target": [], "_target_place": None}),
        (record(target=[{"code": "JAP", "actorText": "Tokyo"}]), {"target": [], "_target_place": "JAP"}),
        (record(context=["reparations", "military"]), {"contexts": ["alliance", "history"]}),
        (record(event="CONSULT", mode="Visit"), {"mode": "visit", "magnitude": 4.0}),
        (record(event=3, source="JPN"), {"type": None, "source": []}),
        ("[1, 2]", {"_fields": 0, "date": None}),
        ("{not json", {"_fields": 0, "date": None}),
        ("[" * 100_000, {"_fields": 0}),
    ],
)
def test_records(tmp_path: Path, line: str, expected: dict[str, Any]) -> None:
    (row,) = rows_of("plover_json", tmp_path, line + "\n")
    assert {name: row[name] for name in expected} == expected


def test_every_source_names_its_columns_once() -> None:
    for source in sources.sources().values():
        assert len(set(source.columns)) == len(source.columns), source.name
        assert all(isinstance(name, str) for name in source.columns)
        assert pl.DataFrame({name: [""] for name in source.columns}).width == len(source.columns)
