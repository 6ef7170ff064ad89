"""The reader of hand-coded chronologies: what a row becomes, and one clear error for a wrong file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lynchpin.errors import BadData
from lynchpin.record import sources
from lynchpin.record.store import check

SOURCE = sources.get("chronology")
HEADER = ",".join(SOURCE.columns)
TISA = (
    "nea-2014-12-29-01,2014-12-29,day,JPN;KOR;USA,MIL,USA;JPN;KOR,MIL,AGREE,sign,intelligence;alliance,8.0,"
    "tisa-2014,Three sides sign.,https://example.org/a,verified"
)


def read(folder: Path, text: str | bytes) -> pl.DataFrame:
    path = folder / "mine.csv"
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return SOURCE.read(path).collect().sort("row")


def test_a_row_becomes_an_event(tmp_path: Path) -> None:
    row = read(tmp_path, f"{HEADER}\n{TISA}\n").row(0, named=True)
    expected = {
        "event_id": "nea-2014-12-29-01",
        "date": date(2014, 12, 29),
        "precision": "day",
        "source": ["JPN", "KOR", "USA"],
        "target": ["JPN", "KOR", "USA"],
        "source_sector": "MIL",
        "source_name": "JPN;KOR;USA",
        "target_name": "USA;JPN;KOR",
        "type": "AGREE",
        "mode": "sign",
        "contexts": ["alliance", "intelligence"],
        "code": "",
        "code_scheme": "",
        "magnitude_shipped": 8.0,
        "magnitude": 8.0,
        "scale": "chronology-2026",
        "agreement": "tisa-2014",
        "summary": "Three sides sign.",
        "url": "https://example.org/a",
        "status": "verified",
        "dataset": "chronology",
        "file": "mine.csv",
        "row": 2,
        "raw": TISA,
        "_fields": 15,
        "_fields_expected": 15,
        "_strangers": 0,
    }
    assert {name: row[name] for name in expected} == expected


def test_a_column_may_say_when_an_act_became_known(tmp_path: Path) -> None:
    header = HEADER.replace(",precision", ",known_from,precision")
    lines = [TISA.replace(",day", f",{cell},day").replace("-01,2014", f"-{k},2014") for k, cell in enumerate(CELLS)]
    checked = check(read(tmp_path, "\n".join([header, *lines, ""])), SOURCE)
    assert checked.events["known_from"].to_list() == [date(2014, 12, 29), date(2014, 12, 29), date(2015, 1, 4)]
    assert checked.refused["broke"].to_list() == [["dated_after_known"], ["bad_known_from"]]


CELLS = ("", "2014-12-29", "2015-01-04", "2014-12-28", "January")


def test_lines_are_counted_through_quoted_fields(tmp_path: Path) -> None:
    long = TISA.replace("Three sides sign.", '"Three sides,\nnone of them\r\n""glad"", sign."')
    frame = read(tmp_path, f"{HEADER}\n{long}\n\n{TISA}\n")
    assert frame["row"].to_list() == [2, 5, 6]
    assert frame["summary"].to_list()[0] == 'Three sides,\nnone of them\n"glad", sign.'
    assert frame["raw"].to_list() == [long.replace("\r\n", "\n"), "", TISA]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_marks_and_line_ends_do_not_matter(tmp_path: Path, bom: str, end: str) -> None:
    frame = read(tmp_path, f"{bom}{HEADER}{end}{TISA}{end}{TISA}")
    assert frame["row"].to_list() == [2, 3]
    assert frame["raw"].to_list() == [TISA, TISA]


def test_columns_are_found_by_name_and_others_left_alone(tmp_path: Path) -> None:
    names, cells = ["note", *reversed(SOURCE.columns)], ["mine", *reversed(TISA.split(","))]
    row = read(tmp_path, f"{','.join(names)}\n{','.join(cells)}\n").row(0, named=True)
    assert (row["event_id"], row["_fields"], row["_fields_expected"]) == ("nea-2014-12-29-01", 16, 16)


@pytest.mark.parametrize(
    ("actors", "day", "strangers"),
    [("JPN", "2014-12-29", 0), ("Japan", "2014-12-29", 1), ("SUN", "2014-12-29", 1), ("SUN", "1985-03-11", 0)],
)
def test_codes_that_are_no_state_on_the_day_are_counted(tmp_path: Path, actors: str, day: str, strangers: int) -> None:
    row = TISA.replace("2014-12-29,", f"{day},").replace("JPN;KOR;USA", actors, 1)
    assert read(tmp_path, f"{HEADER}\n{row}\n")["_strangers"].to_list() == [strangers]


WRONG_FILES = {
    "missing column": (f"{HEADER.replace(',magnitude', '')}\n", "a column is missing: magnitude", "needed are"),
    "misspelt column": (f"{HEADER.replace('magnitude', 'magnitud')}\n", "missing: magnitude", "'magnitud'"),
    "two columns": (f"{HEADER.replace(',mode,contexts', '')}\n", "columns are missing: mode, contexts", "mode"),
    "column twice": (f"{HEADER},status\n", "there twice: status", "rename"),
    "workbook": (b"PK\x03\x04rest", "a workbook", "CSV"),
    "nul": (f"{HEADER}\n\x00\n", "NUL", "CSV"),
    "open quote": (
        f"{HEADER}\n{TISA.replace('Three', chr(34) + 'Three')}\n{TISA}\n",
        "not closed before line 3",
        "close",
    ),
    "open quote at the end": (f"{HEADER}\n{TISA.replace('Three', chr(34) + 'Three')}\n", "never closed", "close"),
    "nothing": ("\n", "holds no header", "columns"),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_wrong_file_is_one_error_that_says_how_to_mend_it(tmp_path: Path, name: str) -> None:
    content, said, mend = WRONG_FILES[name]
    with pytest.raises(BadData) as caught:
        read(tmp_path, content)
    assert said in caught.value.what
    assert "mine.csv" in caught.value.where
    assert mend in caught.value.mend


def test_errors_name_the_line(tmp_path: Path) -> None:
    with pytest.raises(BadData) as caught:
        read(tmp_path, WRONG_FILES["open quote"][0])
    assert caught.value.where.endswith("line 2")


PLAIN = [HEADER, TISA.replace("JPN;KOR;USA", "JPN").replace("USA;JPN;KOR", "KOR").replace(";alliance", "")]
MENDED_FILES = {
    "semicolons": (
        "\n".join(PLAIN).replace(",", ";").replace("8.0", "8,5"),
        ["parted_by_semicolons", "decimal_commas"],
    ),
    "tabs": ("\n".join(PLAIN).replace(",", "\t"), ["parted_by_tabs"]),
    "utf-16": ("\n".join(PLAIN).encode("utf-16"), ["utf_16"]),
    "latin-1": ("\n".join(PLAIN).replace("Three", "Tr\xe9s").encode("latin-1"), ["latin_1"]),
    "a comment above": ("# mine\n" + "\n".join(PLAIN), ["lines_above_header"]),
}


@pytest.mark.parametrize("name", MENDED_FILES)
def test_a_file_written_otherwise_is_read_and_noted(tmp_path: Path, name: str) -> None:
    content, notes = MENDED_FILES[name]
    (row,) = read(tmp_path, content).rows(named=True)
    assert (row["date"], row["source"], row["target"]) == (date(2014, 12, 29), ["JPN"], ["KOR"])
    assert row["magnitude"] == (8.5 if name == "semicolons" else 8.0)
    assert row["_notes"] == notes
    assert row["summary"] == ("Tr\xe9s sides sign." if name == "latin-1" else "Three sides sign.")


def test_lines_that_are_no_rows_are_told_and_are_no_fault(tmp_path: Path) -> None:
    lines = [HEADER, "", TISA, "# a comment", ",,,,,,,,,,,,,,", HEADER, TISA.replace("-01,", "-02,")]
    checked = check(read(tmp_path, "\n".join(lines)), SOURCE)
    assert checked.events["row"].to_list() == [3, 7]
    assert checked.reasons == {"blank_line": 2, "comment_line": 1, "repeated_header": 1}
    assert checked.read == 6
