"""Structural tables: every row accepted or refused, facts as the table says, and days on which they are known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lynchpin.account.structure import TABLES, import_tables, known_days, read_store
from lynchpin.errors import BadData, UnknownName
from lynchpin.record.store import Store

DAY = date.fromisoformat

MID = "disno,statea,stateb,strtday,strtmnth,strtyr,endday,endmnth,endyear,hihost"
FILES = {
    "atop": "ccode1,ccode2,year,atop_defense,atop_offense,atop_neutral,atop_nonagg,atop_consul\n"
    "2,732,1989,1,0,0,0,1\n732,2,1989,1,0,0,0,1\n2,732,1990,1,0,0,0,0\n2,732,1992,1,0,0,0,0\n365,731,1990,1,0,0,0,0\n"
    "2,9999,1990,1,0,0,0,0\n2,2,1990,1,0,0,0,0\n2,740,NA,1,0,0,0,0\n2,740,1990,7,0,0,0,0\n",
    "icow": "chal,tgt,begclaim,endclaim,name,icowsal\n740,732,195204,201799,Dokdo,5\n2,20,190001,190507,Passage,-9\n"
    "740,365,195204,201799,Kurils,\n740,9999,195204,201799,Atlantis,\n740,732,195204,20012,slip,\n",
    "cow-nmc": "ccode,year,milex,cinc\n2,2010,1,0.15\n2,2011,1,0.14\n732,2011,1,1.4\n732,x,1,0.1\n",
    "mid": f"{MID}\n1,731,732,23,11,2010,29,11,2010,4\n2,710,740,-9,3,1996,3,7,1996,-9\n3,2,9999,1,1,1990,2,1,1990,4\n"
    "4,2,40,1,1,1990,-9,-9,-9,4\n",
    "tss": "tssr_id,rivalry,ccode1,ccode2,start,end\n1,Koreas,732,731,1948,2020\n2,Old,2,740,1898,1945\n3,Odd,2,740,1990,1980\n",
    "cow-contiguity": "ccode1,ccode2,conttype,stdate,enddate\n732,731,1,1948-09-01,2016-12-01\n740,732,4,1952-04-01,2016-12-01\n"
    "2,740,0,1952-04-01,2016-12-01\n2,20,1,1950-01-01,1960-05-01\n",
    "cow-states": "stateabb,ccode,statenme,styear,stmonth,stday,endyear,endmonth,endday,version\n"
    "USA,2,US,1816,1,1,2016,12,31,2016\nGDR,265,East,1954,3,25,1990,10,2,2016\nHAN,240,Hanover,1838,1,1,1866,7,26,2016\n",
    "gw-states": "gwcode,stateabb,statename,startdate,enddate\n2,USA,US,1816-01-01,2017-12-31\n817,RVN,South,1954-05-01,1975-04-30\n",
    "cow-majors": "stateabb,ccode,styear,stmonth,stday,endyear,endmonth,endday,version\nUSA,2,1898,8,13,2016,12,31,2016\n",
}  # fmt: skip

# data set -> (read, refused), then facts as (kind, a, b, since, until, known_from, known_to, value, detail)
EXPECTED = {
    "atop": (9, 4, {
        ("alliance", "KOR", "USA", "1989-01-01", "1990-12-31", "1990-01-01", "1991-12-31", None, "defense"),
        ("alliance", "KOR", "USA", "1992-01-01", None, "1993-01-01", None, None, "defense"),
        ("alliance", "KOR", "USA", "1989-01-01", "1989-12-31", "1990-01-01", "1990-12-31", None, "consultation"),
        ("alliance", "PRK", "SUN", "1990-01-01", "1990-12-31", "1991-01-01", "1991-12-31", None, "defense"),
    }),
    "icow": (5, 2, {
        ("claim", "JPN", "KOR", "1952-04-01", None, "1952-05-01", None, 5.0, "Dokdo"),
        ("claim", "USA", "CAN", "1900-01-01", "1905-07-01", "1900-02-01", "1905-07-31", -9.0, "Passage"),
        ("claim", "JPN", "SUN", "1952-04-01", "1991-12-25", "1952-05-01", "1991-12-25", None, "Kurils"),
        ("claim", "JPN", "RUS", "1991-12-26", None, "1991-12-26", None, None, "Kurils"),
    }),
    "cow-nmc": (4, 2, {
        ("capability", "USA", "", "2010-01-01", "2010-12-31", "2011-01-01", "2011-12-31", 0.15, ""),
        ("capability", "USA", "", "2011-01-01", None, "2012-01-01", None, 0.14, ""),
    }),
    "mid": (4, 2, {
        ("dispute", "KOR", "PRK", "2010-11-23", "2010-11-29", "2010-11-24", "2010-11-29", 4.0, "no. 1"),
        ("dispute", "CHN", "JPN", "1996-03-01", "1996-07-03", "1996-03-02", "1996-07-03", None, "no. 2"),
    }),
    "tss": (3, 1, {
        ("rivalry", "KOR", "PRK", "1948-09-09", None, "1949-01-01", None, None, "Koreas"),
        ("rivalry", "JPN", "USA", "1898-01-01", "1945-12-31", "1899-01-01", "1945-12-31", None, "Old"),
    }),
    "cow-contiguity": (4, 1, {
        ("contiguity", "KOR", "PRK", "1948-09-09", None, "1948-10-01", None, 1.0, "a border on land or a river"),
        ("contiguity", "JPN", "KOR", "1952-04-01", None, "1952-05-01", None, 4.0, "150 miles of water or less"),
        ("contiguity", "CAN", "USA", "1950-01-01", "1960-05-01", "1950-02-01", "1960-05-31", 1.0, "a border on land or a river"),
    }),
    "cow-states": (3, 1, {
        ("state", "USA", "", "1816-01-01", None, "1816-01-02", None, None, ""),
        ("state", "DDR", "", "1954-03-25", "1990-10-02", "1954-03-26", "1990-10-02", None, ""),
    }),
    "gw-states": (2, 0, {
        ("state", "USA", "", "1816-01-01", None, "1816-01-02", None, None, ""),
        ("state", "RVN", "", "1954-05-01", "1975-04-30", "1954-05-02", "1975-04-30", None, ""),
    }),
    "cow-majors": (1, 0, {("power", "USA", "", "1898-08-13", None, "1898-08-14", None, None, "")}),
}  # fmt: skip


def written(name: str, folder: Path) -> Path:
    file = folder / f"{name}.csv"
    file.write_text(FILES[name], encoding="utf-8")
    return file


def test_every_table_has_a_sample():
    assert set(FILES) == set(EXPECTED) == set(TABLES)


@pytest.mark.parametrize("name", FILES)
def test_rows_are_accepted_or_refused_and_facts_are_what_the_table_says(name, tmp_path):
    (made,) = import_tables(tmp_path / "s", [written(name, tmp_path)])
    read, refused, facts = EXPECTED[name]
    assert (made.dataset, made.read, made.refused) == (name, read, refused)
    assert made.read == made.accepted + made.refused and sum(made.reasons.values()) == refused
    held, frame = read_store(tmp_path / "s")
    assert held == (made,) and made.facts == frame.height
    text = [pl.col(column).cast(pl.String) for column in ("since", "until", "known_from", "known_to")]
    found = frame.select("kind", "a", "b", *text, "value", "detail").rows()
    assert set(found) == facts and len(found) == len(facts)


def test_parquet_reads_as_csv_does(tmp_path):
    frame = pl.read_csv(written("atop", tmp_path), null_values="NA")
    frame.cast(pl.Float64).write_parquet(tmp_path / "atop.parquet")
    import_tables(tmp_path / "a", [tmp_path / "atop.csv"])
    import_tables(tmp_path / "b", [tmp_path / "atop.parquet"])
    assert read_store(tmp_path / "a")[1].equals(read_store(tmp_path / "b")[1])


def test_a_folder_is_read_and_a_second_reading_replaces_the_first(tmp_path):
    for name in FILES:
        written(name, tmp_path)
    (tmp_path / "notes.csv").write_text("nothing,of,ours\n1,2,3\n", encoding="utf-8")
    made = import_tables(tmp_path / "s", [tmp_path])
    assert sorted(table.dataset for table in made) == sorted(FILES)
    first = read_store(tmp_path / "s")
    import_tables(tmp_path / "s", [tmp_path / "tss.csv", tmp_path / "icow.csv"])
    again = read_store(tmp_path / "s")
    assert again[0] == first[0] and again[1].equals(first[1])


def test_bad_files_are_one_clear_error_and_write_nothing(tmp_path):
    good, empty = written("tss", tmp_path), tmp_path / "empty.csv"
    empty.write_text("tssr_id,rivalry,ccode1,ccode2,start,end\n1,x,9999,9998,1990,1991\n", encoding="utf-8")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no more")
    for path, words in (
        (tmp_path / "none.csv", "no such file"),
        (other, "no structural table that is known"),
        (empty, "no row of the file gives a fact"),
        (broken, "cannot be read"),
    ):
        with pytest.raises(BadData, match=words):
            import_tables(tmp_path / "s", [good, path])
        assert not (tmp_path / "s").exists()
    with pytest.raises(BadData, match="columns are missing: chal, tgt"):
        import_tables(tmp_path / "s", [good], "icow")
    with pytest.raises(UnknownName, match="no structural data set named 'icwo'"):
        import_tables(tmp_path / "s", [good], "icwo")
    (tmp_path / "bare").mkdir()
    with pytest.raises(BadData, match="no structural table here"):
        import_tables(tmp_path / "s", [tmp_path / "bare"])


def test_another_file_is_not_a_structural_store(tmp_path):
    with pytest.raises(BadData, match="no structural store here"):
        read_store(tmp_path / "none")
    (tmp_path / "text").write_text("hello", encoding="utf-8")
    with pytest.raises(BadData, match="not a structural store"):
        read_store(tmp_path / "text")
    with Store.open(tmp_path / "events", create=True):
        pass
    with pytest.raises(BadData, match="not a structural store"):
        read_store(tmp_path / "events")
    with pytest.raises(BadData, match="not a structural store"):
        import_tables(tmp_path / "events", [written("tss", tmp_path)])


@pytest.mark.parametrize(
    ("since", "until", "precision", "event", "known"),
    [
        ("2012-07-09", None, "day", True, ("2012-07-10", None)),
        ("2012-07-09", "2012-07-20", "day", True, ("2012-07-10", "2012-07-20")),
        ("2012-07-09", "2012-07-20", "day", False, ("2012-07-10", "2012-07-21")),
        ("2012-12-01", "2013-02-01", "month", True, ("2013-01-01", "2013-02-28")),
        ("2012-01-01", "2014-12-31", "year", True, ("2013-01-01", "2014-12-31")),
        ("2012-01-01", "2014-12-31", "year", False, ("2013-01-01", "2015-12-31")),
    ],
)
def test_days_on_which_a_fact_is_known(since, until, precision, event, known):
    found = known_days(DAY(since), until and DAY(until), precision, event=event)
    assert found == (DAY(known[0]), known[1] and DAY(known[1]))
