"""The ICEWS reader: one line, one row, and each trap of the feed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lynchpin.errors import BadData
from lynchpin.record import sources
from lynchpin.record.ontology import cameo

SOURCE = sources.get("icews")
ROW = {
    "Event ID": "7",
    "Event Date": "2014-12-29",
    "Source Name": "Defense / Security Ministry (Japan)",
    "Source Sectors": "Executive,Government",
    "Source Country": "Japan",
    "Event Text": "Sign formal agreement",
    "CAMEO Code": "057",
    "Intensity": "8",
    "Target Name": "South Korea",
    "Target Sectors": "",
    "Target Country": "South Korea",
}


def line(header: tuple[str, ...] = SOURCE.columns, **changes: str) -> str:
    row = {**ROW, **{name.replace("_", " "): text for name, text in changes.items()}}
    return "\t".join(row.get(name, "") for name in header)


def read(folder: Path, *lines: str, header: tuple[str, ...] = SOURCE.columns, end: str = "\n") -> pl.DataFrame:
    path = folder / "events.2014.tab"
    path.write_bytes(end.join(["\t".join(header), *lines, ""]).encode("utf-8"))
    return SOURCE.read(path).collect().sort("row")


def first(folder: Path, **changes: str) -> dict[str, Any]:
    return read(folder, line(**changes)).row(0, named=True)


def test_a_line_becomes_an_event(tmp_path: Path) -> None:
    row = first(tmp_path)
    expected = {
        "event_id": "7",
        "date": date(2014, 12, 29),
        "precision": "day",
        "source": ["JPN"],
        "source_name": "Defense / Security Ministry (Japan)",
        "source_sector": "GOV",
        "target": ["KOR"],
        "target_name": "South Korea",
        "target_sector": "",
        "type": cameo.lookup("057").type,
        "contexts": list(cameo.lookup("057").contexts),
        "code": "057",
        "code_scheme": "cameo-icews",
        "magnitude_shipped": 8.0,
        "magnitude": 8.0,
        "scale": "goldstein-icews",
        "agreement": "",
        "summary": "Sign formal agreement",
        "url": "icews:2014-12-29",
        "status": "coded",
        "dataset": "icews",
        "file": "events.2014.tab",
        "row": 2,
        "_fields": 20,
        "_fields_expected": 20,
    }
    assert {name: row[name] for name in expected} == expected
    assert row["raw"] == line()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2014-12-29", date(2014, 12, 29)),
        ("12/9/2017", date(2017, 12, 9)),
        ("1/31/2017", date(2017, 1, 31)),
        ("31/1/2017", None),
        ("2014-02-30", None),
        ("2014-2-3", None),
        ("20140203", None),
        ("0000-01-01", None),
        ("0012-05-06", None),
        ("2014-12-29 ", None),
        ("NA", None),
        ("", None),
    ],
)
def test_days(tmp_path: Path, text: str, day: date | None) -> None:
    assert first(tmp_path, Event_Date=text)["date"] == day


@pytest.mark.parametrize("code", ["010", "0314", "10", "40", "04", "13y", "NA", ""])
def test_a_code_is_text_and_never_mended(tmp_path: Path, code: str) -> None:
    row = first(tmp_path, CAMEO_Code=code, Event_Text="Nothing that is known")
    kept = code if code in ("010", "0314") else None
    assert row["code"] == kept
    assert (row["type"] is None) == (kept is None)


@pytest.mark.parametrize("code", ["13y", "40", "NA", ""])
def test_a_known_label_tells_an_unknown_code(tmp_path: Path, code: str) -> None:
    row = first(tmp_path, CAMEO_Code=code, Event_Text="Consult, not specified below")
    other = first(tmp_path, CAMEO_Code=code, Event_Text="Threaten with military force")
    assert (other["code"], other["type"], other["_notes"]) == ("138", "THREATEN", ["code_by_label"])
    assert (row["code"] is None) == (row["_notes"] is None)


def test_a_known_code_is_not_told_by_its_label(tmp_path: Path) -> None:
    row = first(tmp_path, CAMEO_Code="010", Event_Text="Threaten with military force")
    assert (row["code"], row["_label_code"], row["_notes"]) == ("010", "138", None)


@pytest.mark.parametrize("token", ["", "NA", "NULL", "None"])
def test_missing_tokens(tmp_path: Path, token: str) -> None:
    row = first(
        tmp_path, Source_Country=token, Source_Sectors=token, Source_Name=token, Intensity=token, Event_ID=token
    )
    assert (row["source"], row["source_sector"], row["source_name"]) == ([], "", "")
    assert row["magnitude_shipped"] is None and row["magnitude"] == 8.0
    assert row["event_id"] == token  # a key is text, whatever it looks like


def test_namibia_is_not_missing(tmp_path: Path) -> None:
    assert first(tmp_path, Source_Country="Namibia")["source"] == ["NAM"]


@pytest.mark.parametrize(
    ("name", "day", "states"),
    [
        ("Russian Federation", "2018-01-01", ["RUS"]),
        ("Moldova, Republic of", "2018-01-01", ["MDA"]),
        ("the former Yugoslav Republic of Macedonia", "2018-01-01", ["MKD"]),
        ("Cote d'Ivoire", "2018-01-01", ["CIV"]),
        ("South Sudan", "2011-07-08", []),
        ("South Sudan", "2011-07-09", ["SSD"]),
        ("Atlantis", "2018-01-01", []),
    ],
)
def test_a_country_is_the_state_of_that_day(tmp_path: Path, name: str, day: str, states: list[str]) -> None:
    row = first(tmp_path, Source_Country=name, Event_Date=day)
    assert row["source"] == states and row["_source_place"] == name


def test_quotes_are_signs_like_any_other(tmp_path: Path) -> None:
    lines = (line(Source_Name='Abu "Kuni'), line(Event_ID="8", Source_Sectors='"Government,Military"'))
    frame = read(tmp_path, *lines)
    assert frame["source_name"].to_list()[0] == 'Abu "Kuni'
    assert frame["source_sector"].to_list()[1] == "MIL"
    assert frame["row"].to_list() == [2, 3]


def test_only_line_ends_end_a_line(tmp_path: Path) -> None:
    odd = "A\x0bB\x0cC\u2028D\x85E"
    frame = read(tmp_path, line(Source_Name=odd), "", line(Event_ID="8"), end="\r\n")
    assert frame["row"].to_list() == [2, 3, 4]
    assert frame["source_name"].to_list()[0] == odd
    assert frame["raw"].to_list() == [line(Source_Name=odd), "", line(Event_ID="8")]


def test_short_and_long_lines_stay(tmp_path: Path) -> None:
    frame = read(tmp_path, "7\t2014-12-29\tJapan", line() + "\textra")
    assert frame["_fields"].to_list() == [3, 21]
    assert frame["raw"].to_list() == ["7\t2014-12-29\tJapan", line() + "\textra"]


def test_the_file_of_2017_has_no_codes(tmp_path: Path) -> None:
    header = tuple(name for name in SOURCE.columns if name != "CAMEO Code")
    frame = read(
        tmp_path,
        line(header, Event_Date="3/9/2017"),
        line(header, Event_Text="consult"),
        line(header, Event_Text="Dance"),
        header=header,
    )
    assert frame["code"].to_list() == ["057", "040", None]
    assert frame["type"].to_list()[:2] == [cameo.lookup("057").type, cameo.lookup("040").type]
    assert frame["_fields_expected"].to_list() == [19, 19, 19]
    assert frame["date"].to_list()[0] == date(2017, 3, 9)


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    header = tuple(reversed(SOURCE.columns))
    assert read(tmp_path, line(header), header=header)["source"].to_list() == [["JPN"]]


def test_a_missing_column_is_one_error(tmp_path: Path) -> None:
    header = tuple(name.replace("Target Country", "Target Land") for name in SOURCE.columns)
    with pytest.raises(BadData, match="columns are missing: Target Country") as caught:
        read(tmp_path, line(), header=header)
    assert caught.value.where.endswith("line 1")
    assert "did you mean" in caught.value.mend


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_latin_1_spoils_only_its_own_bytes(tmp_path: Path, bom: bytes) -> None:
    path = tmp_path / "events.tab"
    lines = ["\t".join(SOURCE.columns), line(Source_Name="José"), line(Source_Name="Muñoz"), ""]
    encoded = [text.encode("latin-1" if "ñ" in text else "utf-8") for text in lines]
    path.write_bytes(bom + b"\n".join(encoded))
    assert SOURCE.read(path).collect().sort("row")["source_name"].to_list() == ["José", "Muñoz"]


def test_every_label_names_its_own_code() -> None:
    """Else `code_text_mismatch` would refuse good rows."""
    wrong = {
        code.code: cameo.from_label(code.label).code
        for code in cameo.codes().values()
        if len(code.code) > 2 and cameo.from_label(code.label).code != code.code
    }
    assert wrong == {}
