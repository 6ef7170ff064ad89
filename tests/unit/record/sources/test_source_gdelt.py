"""GDELT in its four layouts: each trap, and the fast and the careful way to read give the same rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lynchpin.errors import BadData
from lynchpin.record import sources
from lynchpin.record.sources import Source, _text
from lynchpin.record.sources import _text as _fields
from lynchpin.record.sources._gdelt import sector, split_actor
from lynchpin.record.store import Store, check
from lynchpin.testing.feeds import MENTION_LINE, REDUCED_LINE, event_line, mention_line

V2, V1, REDUCED, MENTIONS = (sources.get(f"gdelt{end}") for end in ("", "-v1", "-reduced", "-mentions"))
WAYS = [(V2, 61), (V1, 58), (V1, 57)]


def write(folder: Path, *lines: str, end: str = "\n") -> Path:
    path = folder / "20191024143000.export.CSV"
    path.write_bytes(end.join([*lines, ""]).encode())
    return path


def first(folder: Path, source: Source = V2, width: int = 61, **changes: str) -> dict[str, Any]:
    return source.read(write(folder, event_line(width, **changes))).collect().row(0, named=True)


@pytest.mark.parametrize(("source", "width"), WAYS)
def test_a_line_becomes_an_event(tmp_path: Path, source: Source, width: int) -> None:
    row = first(tmp_path, source, width)
    expected = {
        "event_id": "881990832",
        "date": date(2019, 10, 24),
        "precision": "day",
        "source": ["KOR"],
        "source_sector": "GOV",
        "source_name": "SEOUL",
        "target": ["JPN"],
        "target_sector": "",
        "target_name": "JAPAN",
        "type": "AGREE",
        "contexts": ["intelligence"],
        "code": "0314",
        "code_scheme": "cameo-gdelt",
        "magnitude_shipped": 5.2,
        "magnitude": 5.2,
        "scale": "goldstein-gdelt",
        "url": "" if width == 57 else "https://e.org/a",
        "status": "coded",
        "dataset": source.name,
        "file": "20191024143000.export.CSV",
        "row": 1,
        "_fields": width,
        "_fields_expected": width,
    }
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Actor1CountryCode": "ROM"}, {"source": ["ROU"]}),
        ({"Actor1CountryCode": "EUR"}, {"source": [], "_source_place": ""}),
        ({"Actor1CountryCode": "QQQ"}, {"source": [], "_source_place": "QQQ"}),
        ({"Actor1CountryCode": "RUS", "SQLDATE": "19790704"}, {"source": ["SUN"]}),
        ({"Actor1Code": "", "Actor1Name": "", "Actor1CountryCode": ""}, {"source": [], "source_name": ""}),
        ({"Actor1Name": ""}, {"source_name": "KORGOV"}),
        ({"Actor1Name": "NA"}, {"source_name": "NA"}),
        ({"Actor1Name": 'the "blue" house'}, {"source_name": 'the "blue" house'}),
        ({"Actor1Type1Code": "MED"}, {"source_sector": "CVL"}),  # CAMEO's MED is the media
        ({"Actor1Type1Code": "REB", "Actor1Type2Code": "MIL"}, {"source_sector": "MIL"}),
        ({"SQLDATE": "20091024"}, {"date": date(2009, 10, 24), "known_from": date(2019, 10, 24)}),
        ({"SQLDATE": "20190230"}, {"date": None}),
        ({"SQLDATE": "2019102"}, {"date": None}),
        ({"EventCode": "10"}, {"type": None, "code": "10"}),
        ({"EventCode": "010"}, {"type": "OTHER"}),
        ({"GoldsteinScale": "-7"}, {"magnitude_shipped": -7.0, "magnitude": 5.2}),
        ({"GoldsteinScale": "x"}, {"magnitude_shipped": None, "_magnitude_text": "x"}),
    ],
)
def test_traps(tmp_path: Path, changes: dict[str, str], expected: dict[str, Any]) -> None:
    row = first(tmp_path, **changes)
    assert {name: row[name] for name in expected} == expected


def test_widths_may_mix_in_version_1(tmp_path: Path) -> None:
    lines = [event_line(58), event_line(57, GLOBALEVENTID="2"), event_line(61, GLOBALEVENTID="3")]
    checked = check(V1.read(write(tmp_path, *lines)), V1)
    assert checked.events["url"].to_list() == ["https://e.org/a", ""]
    assert checked.refused.select("row", "raw", "broke").rows() == [(3, lines[2], ["wrong_field_count"])]


@pytest.mark.parametrize(
    "text",
    ["a\tb\tc\n", "a\tb\n", "a\tb\tc\td\na\tb\n", "\n", "\t\t\n", "a\t\t\n", "a\tb\tc\r\n", "x\n\ny", "\t\tc\n\tb\tc"],
)
def test_the_fast_way_gives_what_the_careful_way_gives(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file"
    path.write_text(text, newline="")
    wanted, found = {"one": 0, "three": 2}, list(_text.blocks(path))
    careful = pl.concat([_fields._uneven(block, "\t", (3,), wanted).collect() for block in found])
    assert pl.concat([_fields.block_fields(block, "\t", (3,), wanted).collect() for block in found]).equals(careful)
    assert careful["raw"].to_list() == [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def test_an_even_block_is_read_the_fast_way(tmp_path: Path) -> None:
    """Planted fault: were the proof by counting wrong, these would differ from their lines."""
    path = write(tmp_path, *[event_line(61, GLOBALEVENTID=str(at)) for at in range(5)])
    (block,) = _text.blocks(path)
    assert _fields._even(block, "\t", 61, {"id": 0}) is not None
    uneven = _text.Block(block.data.replace(b"KOR\t", b"KOR", 1).replace(b"JPN\t", b"JPN\t\t", 1), 1, 5)
    assert uneven.data.count(b"\t") == block.data.count(b"\t")
    got = _fields.block_fields(uneven, "\t", (61,), {"id": 0}).collect()
    assert got["_fields"].to_list() == [
        len(line.split("\t")) for line in uneven.data.decode().removesuffix("\n").split("\n")
    ]


@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 20])
def test_blocks_are_the_file(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbfone\n\ntw\xe9o\nth\x00ree\r\n\nend")
    found = pl.concat([block.scan().collect() for block in _text.blocks(path, size)])
    assert found.equals(pl.concat(list(_text.line_blocks(path))).collect())
    assert found["row"].to_list() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("most_lines", [1, 2, 3, 6, 100])
def test_a_block_has_no_more_lines_than_it_may(tmp_path: Path, most_lines: int) -> None:
    """16 MB of newlines took 6.5 GB: a line costs far more than its bytes."""
    path = tmp_path / "file"
    path.write_bytes(b"one\n\ntwo\n\n\nend\n")
    parts = list(_text.blocks(path, 1 << 20, most_lines))
    assert max(part.lines for part in parts) == min(most_lines, 6)
    assert [part.first for part in parts] == list(range(1, 7, min(most_lines, 6)))
    assert b"".join(part.data for part in parts) == b"one\n\ntwo\n\n\nend\n"
    assert pl.concat([part.scan().collect() for part in parts])["raw"].to_list() == ["one", "", "two", "", "", "end"]


@pytest.mark.parametrize("source", [V2, V1], ids=lambda source: source.name)
@pytest.mark.parametrize("sign", [";", ","])
@pytest.mark.parametrize("has_header", [True, False])
def test_what_a_spreadsheet_saved_is_refused(tmp_path: Path, source: Source, sign: str, has_header: bool) -> None:
    row = event_line(len(source.columns), DATEADDED="2.02E+13", EventCode="40")
    lines = [sign.join(source.columns)] * has_header + [row.replace("\t", sign)]
    path = write(tmp_path, *lines, end="\r\n")
    assert sources.detect(path).name == source.name
    with pytest.raises(BadData, match="saved by a spreadsheet") as caught:
        source.read(path)
    assert ("header" in caught.value.what) == has_header
    assert "2.02E+13" in caught.value.what and "fetch it again" in caught.value.mend


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (event_line(61), "gdelt"),
        (event_line(58), "gdelt-v1"),
        (event_line(57), "gdelt-v1"),
        (REDUCED_LINE, "gdelt-reduced"),
        (MENTION_LINE, "gdelt-mentions"),
        (",".join(MENTIONS.columns), "gdelt-mentions"),
    ],
)
def test_the_first_line_tells(tmp_path: Path, line: str, name: str) -> None:
    assert sources.detect(write(tmp_path, line)).name == name


def test_the_reduced_layout_has_years(tmp_path: Path) -> None:
    path = write(tmp_path, REDUCED_LINE, REDUCED_LINE.replace("1979", "79"))
    checked = check(REDUCED.read(path), REDUCED)
    row = checked.events.row(0, named=True)
    assert (row["date"], row["precision"], row["event_id"]) == (date(1979, 12, 31), "year", "1979:RUSGOV:KOR:0841")
    assert (row["source"], row["source_sector"], row["target"]) == (["SUN"], "GOV", ["KOR"])
    assert checked.refused["broke"].to_list() == [["bad_date"]]


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("KORGOV", ("KOR", "GOV")),
        ("BGRGOVMIL", ("BGR", "GOV;MIL")),
        ("BUS", ("", "BUS")),
        ("IGOEUREEC", ("EUR", "IGO;EEC")),
        ("", ("", "")),
        ("é", ("", "é")),
    ],
)
def test_actor_codes(code: str, parts: tuple[str, str]) -> None:
    assert split_actor(code) == parts


def test_roles() -> None:
    assert [sector(roles) for roles in ("GOV;MIL", "MIL;GOV", "REB;MED", "IGO", "")] == ["GOV", "MIL", "CVL", "", ""]


def test_mentions_by_tab_and_by_comma_are_the_same(tmp_path: Path) -> None:
    lines = [mention_line(), mention_line(MentionIdentifier="https://e.org/a,b", Confidence="80")]
    tabs = MENTIONS.read(write(tmp_path, *lines)).collect().drop("raw", "row")
    quoted = [line.replace("https://e.org/a,b", '"https://e.org/a,b"').replace("\t", ",") for line in lines]
    path = write(tmp_path, ",".join(MENTIONS.columns).lower(), *quoted)
    commas = MENTIONS.read(path).collect()
    assert commas.drop("raw", "row").equals(tabs)
    assert commas["row"].to_list() == [2, 3]
    assert tabs.select("date", "outlet", "sentence", "confidence").row(0) == (date(2017, 7, 1), "paper.org", 4, 20.0)


# The translated stream


def test_the_name_of_a_file_tells_the_translated_stream(tmp_path: Path) -> None:
    plain, translated = tmp_path / "20191024143000.export.CSV", tmp_path / "20191024143000.translation.export.CSV"
    for file in (plain, translated):
        file.write_text(f"{event_line()}\n", encoding="utf-8")
    assert [sources.detect(file).name for file in (plain, translated)] == ["gdelt", "gdelt-translated"]
    with pytest.raises(BadData, match="of GDELT's translated stream, by its name"):
        sources.get("gdelt").read(translated)
    with pytest.raises(BadData, match="not of GDELT's translated stream, by its name"):
        sources.get("gdelt-translated").read(plain)


def test_ids_never_fold_across_streams(tmp_path: Path) -> None:
    for name in ("20191024143000", "20191024143000.translation"):
        lines = [event_line(), event_line(GLOBALEVENTID="")]
        (tmp_path / f"{name}.export.CSV").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        page = mention_line(MentionIdentifier=f"https://e.org/{name}", MentionTimeDate="20191025000000")
        (tmp_path / f"{name}.mentions.CSV").write_text(f"{page}\n", encoding="utf-8")
    with Store.open(tmp_path / "s.duckdb", create=True) as store:
        report = store.ingest(None, tmp_path)
        assert (report.accepted, report.duplicates, report.reasons) == (4, 0, {"no_event_id": 2})
        for view in ("reports", "episodes"):
            told = store.events(view=view, reach=True)  # type: ignore[arg-type]
            assert told.select("dataset", "event_id", "mentions").rows() == [
                ("gdelt", "881990832", 1),
                ("gdelt-translated", "t881990832", 1),
            ]
        assert store.verify() == []
