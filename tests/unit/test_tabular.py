"""The one reader of text tables: what can be read in one way is read and noted, anything else is one clear error."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from lynchpin.errors import BadData
from lynchpin.tabular import MENDED, open_table, with_points

HEADER, ROWS = ["time", "sender", "receiver"], [["1", "a", "b"], ["2", "b", "c"], ["3", "c, d", "a"]]
PLAIN = 'time,sender,receiver\n1,a,b\n2,b,c\n3,"c, d",a\n'


def read(
    folder: Path, data: bytes | str, name: str = "t.csv", **how: object
) -> tuple[list[list[str]], list[int], tuple[str, ...]]:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    frame, rows, notes = open_table(path, **how).frame()  # type: ignore[arg-type]
    assert frame.columns == HEADER
    return [list(row) for row in frame.iter_rows()], rows.to_list(), notes


@pytest.mark.parametrize(
    ("data", "rows", "note"),
    [
        (PLAIN, [2, 3, 4], ""),
        (PLAIN.replace("\n", "\r\n"), [2, 3, 4], ""),
        ("\ufeff" + PLAIN, [2, 3, 4], ""),
        (PLAIN.rstrip("\n"), [2, 3, 4], ""),
        (PLAIN.replace("\n", "\r"), [2, 3, 4], MENDED["cr_line_ends"]),
        (PLAIN.encode("utf-16"), [2, 3, 4], MENDED["utf_16"]),
        (PLAIN.encode("utf-16-le"), [2, 3, 4], MENDED["utf_16"]),
        (PLAIN.encode("utf-16-be"), [2, 3, 4], MENDED["utf_16"]),
        ("time;sender;receiver\n1;a;b\n2;b;c\n3;c, d;a\n", [2, 3, 4], "parted by semicolons"),
        ("time\tsender\treceiver\n1\ta\tb\n2\tb\tc\n3\tc, d\ta\n", [2, 3, 4], "parted by tabs"),
        ("time|sender|receiver\n1|a|b\n2|b|c\n3|c, d|a\n", [2, 3, 4], "parted by bars"),
        ('"time" "sender" "receiver"\n1 "a" "b"\n2 "b" "c"\n3 "c, d" "a"\n', [2, 3, 4], "parted by blanks"),
        ('"time","sender","receiver"\n"1",1,"a","b"\n"2",2,"b","c"\n"3",3,"c, d","a"\n', [2, 3, 4], "rows are numbered"),
        ('"","time","sender","receiver"\n"x",1,"a","b"\n"y",2,"b","c"\n"z",3,"c, d","a"\n', [2, 3, 4], "column 1, which has no name"),
        ("# made by hand\n\n" + PLAIN, [4, 5, 6], MENDED["lines_above_header"]),
        (PLAIN.replace("2,b,c\n", "\n2,b,c\n,,\n# end\n"), [2, 4, 7], "blank lines passed over: 2"),
        (PLAIN.replace("2,b,c\n", "# a comment, with a comma\n2,b,c\n"), [2, 4, 5], "comment lines passed over: 1"),
        (PLAIN.replace("2,b,c\n", "time,sender,receiver\n2,b,c\n"), [2, 4, 5], "repeated headers passed over: 1"),
        (PLAIN.replace("\n", ",\n"), [2, 3, 4], ""),
        ('time,sender,receiver,sender\n1,a,b,a\n2,b,c,b\n3,"c, d",a,"c, d"\n', [2, 3, 4], "there twice with the same cells"),
        (gzip.compress(PLAIN.encode(), mtime=0), [2, 3, 4], ""),
    ],
)  # fmt: skip
def test_what_can_be_read_in_one_way_is_read(tmp_path: Path, data: bytes | str, rows: list[int], note: str) -> None:
    cells, lines, notes = read(tmp_path, data)
    assert (cells, lines) == (ROWS, rows)
    assert (note == "" and notes == ()) or any(note in said for said in notes)


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_parts_are_the_whole(tmp_path: Path, at_once: int) -> None:
    (tmp_path / "t.csv").write_text(PLAIN + "\n#x\n" + PLAIN)
    parts = pl.concat(open_table(tmp_path / "t.csv").parts(at_once))
    assert parts["row"].to_list() == list(range(2, 11))
    assert parts["what"].to_list() == ["", "", "", "blank", "comment", "header", "", "", ""]
    assert parts.filter(pl.col("what") == "")["cells"].to_list() == ROWS * 2


def test_a_header_behind_a_hash(tmp_path: Path) -> None:
    knows = {"time", "sender", "receiver"}.issubset
    assert read(tmp_path, "#" + PLAIN, knows=knows)[0] == ROWS
    assert (
        read(tmp_path, "# written on Monday, by hand\n# time,sender,receiver\n" + PLAIN.split("\n", 1)[1], knows=knows)[
            0
        ]
        == ROWS
    )


def test_a_cell_of_several_lines(tmp_path: Path) -> None:
    cells, rows, _ = read(tmp_path, 'time,sender,receiver\n1,"a\nb ""c""",x\n2,b,c\n')
    assert cells == [["1", 'a\nb "c"', "x"], ["2", "b", "c"]]
    assert rows == [2, 4]


def test_western_letters(tmp_path: Path) -> None:
    cells, _, notes = read(tmp_path, "time,sender,receiver\n1,C\xf4te,\x93x\x94\n".encode("latin-1"))
    assert cells == [["1", "C\xf4te", "\u201cx\u201d"]] and notes == (MENDED["latin_1"],)


@pytest.mark.parametrize(
    ("data", "said", "line"),
    [
        ('time,sender,receiver\n1,"a,b\n2,b,c\n3,c,a\n', "a quote is not closed before line 3", "line 2"),
        ('time,sender,receiver\n1,a,b\n2,"b,c', "a quote is never closed", "line 3"),
        ('time,sender,receiver\n1,a,"b\nx\ny\n', "a quote is never closed", "line 2"),
        ("time,sender,receiver\n1,a\n", "a row of 2 fields where the header has 3, parted by commas", "line 2"),
        ("time,sender,receiver\n1,a,b\n1,5,a,b\n", "a row of 4 fields where the header has 3, parted by commas", "line 3"),
        ("time,sender,receiver,sender\n1,a,b,c\n", "two columns are named 'sender', and they differ", "line 1"),
        ("time,sender,receiver\n1,a,b\n#2,b,c\n", "it could be a comment or a row", "line 3"),
        ("a;b,c;d\n1;2,3;4\n", "could be parted by commas or semicolons", "line 1"),
        (b"PK\x03\x04xx", "a workbook or a zip file", ""),
        (b"", "the file is empty", ""),
        (b"\n\n# nothing\n", "holds no header", ""),
        (b"time,sender,receiver\n1,a,\x00b\n", "NUL bytes, so it is not text", "line 2"),
        (gzip.compress(PLAIN.encode(), mtime=0)[:-9], "the archive is broken", ""),
    ],
)  # fmt: skip
def test_the_rest_is_one_error_with_its_line(tmp_path: Path, data: bytes | str, said: str, line: str) -> None:
    with pytest.raises(BadData, match=said) as caught:
        read(tmp_path, data)
    assert line in caught.value.where and caught.value.mend


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="no such file"):
        open_table(tmp_path / "t.csv")


def test_a_line_of_a_feed_is_a_row_whatever_its_quotes(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b'time,sender,receiver\n1,"a,b\n2,\x00b,c\n#3,c,a\n')
    rows = pl.concat(open_table(tmp_path / "t.csv", is_feed=True).parts())
    assert rows["cells"].to_list() == [["1", "a,b"], ["2", "\ufffdb", "c"], ["#3", "c", "a"]]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1,5", "2", "-0,25", ""], ["1.5", "2", "-0.25", ""]),
        (["1,234", "2,5"], ["1.234", "2.5"]),
        (["1,234", "22,500"], None),  # thousands, or decimals: nobody knows
        (["1,5", "2.5"], None),
        (["1.5"], None),
        (["a,b", "1,5"], None),
        (["", ""], None),
    ],
)
def test_decimal_commas(cells: list[str], expected: list[str] | None) -> None:
    found = with_points(pl.Series("x", cells))
    assert (None if found is None else found.to_list()) == expected


def test_decimal_commas_of_a_table_are_noted(tmp_path: Path) -> None:
    cells, _, notes = read(tmp_path, "time;sender;receiver\n1,5;a;b\n2;b;c\n")
    assert cells == [["1.5", "a", "b"], ["2", "b", "c"]]
    assert "decimal commas read in the column 'time'" in notes
