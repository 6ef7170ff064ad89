"""Agreements as they were known on a day."""

from __future__ import annotations

import re
from datetime import date

import pytest

from lynchpin.answers.agreements import read_agreements
from lynchpin.errors import BadData, UnknownName


def read(case, before):
    return read_agreements(
        case.agreements_file, case.stages_file, before=before, among=case.states, first=case.flagship
    )


@pytest.mark.parametrize(
    ("before", "stage", "since", "rows"),
    [
        (date(2012, 5, 1), "negotiating", date(2011, 1, 10), 1),  # initialled on 23 April, disclosed on 4 July
        (date(2012, 6, 27), "setback", date(2012, 5, 17), 2),  # a cabinet approved it the day before, and said nothing
        (date(2012, 6, 29), "approved", date(2012, 6, 26), 3),
        (date(2012, 7, 4), "setback", date(2012, 6, 29), 6),
        (date(2012, 7, 5), "setback", date(2012, 6, 29), 7),
        (date(2012, 7, 9), "setback", date(2012, 7, 5), 8),
        (date(2016, 11, 24), "in_force", date(2016, 11, 23), 17),
        (None, "resumed", date(2023, 3, 21), 26),
    ],
)
def test_flagship_stage_on_a_day(northeast, before, stage, since, rows):
    flagship = read(northeast, before)[0]
    assert (flagship.id, flagship.stage, flagship.since, len(flagship.history)) == (
        "gsomia-jpn-kor",
        stage,
        since,
        rows,
    )


def test_nothing_from_the_day_on_and_no_hindsight(northeast):
    for life in read(northeast, date(2012, 7, 9)):
        assert all(act.date < date(2012, 7, 9) for act in life.history)
        assert set(life.parties) <= set(northeast.states)
    assert "tisa-2014" not in [life.id for life in read(northeast, date(2012, 7, 9))]


FAULTS = [
    ("g,2012-01-01,day,signd,,x,,recalled", "no stage named 'signd'"),
    ("h,2012-01-01,day,signed,,x,,recalled", "no agreement with id 'h'"),
    ("g,2012-02-30,day,signed,,x,,recalled", "is not a day of the calendar"),
]


@pytest.mark.parametrize(("row", "words"), FAULTS)
def test_bad_row_is_named(tmp_path, row, words):
    table, stages = tmp_path / "a.csv", tmp_path / "s.csv"
    table.write_text("id,title,parties,patron,kind\ng,G,JPN;KOR,USA,other\n")
    head = "agreement,date,precision,stage,actor,summary,source_url,status\n"
    stages.write_text(head + "g,2011-01-01,day,proposed,,x,,recalled\n" + row + "\n")
    with pytest.raises(BadData) as caught:
        read_agreements(table, stages, before=None, among=("JPN", "KOR"))
    assert words in caught.value.what
    assert "s.csv, line 3" in caught.value.where


def test_an_act_that_was_known_before_it_happened_is_refused(tmp_path):
    table, stages = tmp_path / "a.csv", tmp_path / "s.csv"
    table.write_text("id,title,parties,patron,kind\ng,G,JPN;KOR,USA,other\n")
    head = "agreement,date,known_from,precision,stage,actor,summary,source_url,status\n"
    stages.write_text(head + "g,2011-01-02,2011-01-01,day,proposed,,x,,recalled\n")
    with pytest.raises(BadData, match="was known on 2011-01-01, before it happened") as caught:
        read_agreements(table, stages, before=None, among=("JPN", "KOR"))
    assert caught.value.where.endswith("/s.csv, line 2, rule dated_after_known")
    stages.write_text(head + "g,2011-01-02,2011-01-09,day,proposed,,x,,recalled\n")
    lives = [read_agreements(table, stages, before=date(2011, 1, day), among=None) for day in (9, 10)]
    assert [len(life) for life in lives] == [0, 1]


def test_missing_column_is_named(tmp_path):
    table = tmp_path / "a.csv"
    table.write_text("id,title,parties,kind\n")
    with pytest.raises(BadData, match="lacks the column 'patron'"):
        read_agreements(table, table, before=None, among=())


TABLE_FAULTS = [
    ("g,G,JPN;KRO,USA,other", UnknownName, "parties: no state named 'KRO'"),
    ("g,G,JPN;South Korea,USA,other", UnknownName, "parties: no state named 'South Korea'"),
    ("g,G,,USA,other", UnknownName, "parties: no state named ''"),
    ("g,G,JPN;KOR,AMERICA,other", UnknownName, "patron: no state named 'AMERICA'"),
    ("g,G,JPN;KOR;JPN,USA,other", BadData, "a party stands twice"),
    ("g,G,JPN;KOR,JPN,other", BadData, "the patron JPN is a party"),
    ("g,G,JPN;KOR,USA,", BadData, "the kind of an agreement is blank"),
    (" ,G,JPN;KOR,USA,other", BadData, "the id of an agreement is blank"),
    ("g,G,JPN;KOR,USA", BadData, "a row of 4 fields where the header has 5"),
    ("g,G,JPN;KOR,USA,other,more", BadData, "a row of 6 fields where the header has 5"),
    ('g,"G,JPN;KOR,USA,other', BadData, "a quote is never closed"),
]


@pytest.mark.parametrize(("row", "kind", "words"), TABLE_FAULTS, ids=[fault[0] for fault in TABLE_FAULTS])
def test_bad_row_of_the_table_is_named(tmp_path, row, kind, words):
    table, stages = tmp_path / "a.csv", tmp_path / "s.csv"
    table.write_text(f"id,title,parties,patron,kind\nh,H,JPN;KOR,USA,other\n{row}\n")
    stages.write_text("agreement,date,precision,stage,actor,summary,source_url,status\n")
    with pytest.raises(kind) as caught:
        read_agreements(table, stages, before=None, among=None)
    assert words in caught.value.what
    assert re.search(r"a\.csv, line 3$", caught.value.where)


STAGE_FAULTS = [
    ("g,2011-01-01,dya,proposed,,x,,recalled", BadData, "no precision named 'dya'"),
    ("g,2011-01-01,day,proposed,KRO.MIL,x,,recalled", UnknownName, "actor: no state named 'KRO'"),
    ("g,1011-01-01,day,proposed,,x,,recalled", BadData, "date should be a day from 1800-01-01"),
    ("g,2011-01-01,day,proposed,,x,,recalled,more", BadData, "a row of 9 fields where the header has 8"),
]


@pytest.mark.parametrize(("row", "kind", "words"), STAGE_FAULTS, ids=[fault[2] for fault in STAGE_FAULTS])
def test_bad_row_of_the_stages_is_named(tmp_path, row, kind, words):
    table, stages = tmp_path / "a.csv", tmp_path / "s.csv"
    table.write_text("id,title,parties,patron,kind\ng,G,JPN;KOR,USA,other\n")
    stages.write_text(f"agreement,date,precision,stage,actor,summary,source_url,status\n{row}\n")
    with pytest.raises(kind) as caught:
        read_agreements(table, stages, before=None, among=None)
    assert words in caught.value.what
    assert re.search(r"s\.csv, line 2$", caught.value.where)


def test_files_that_are_no_tables(tmp_path):
    table, stages = tmp_path / "a.csv", tmp_path / "s.csv"
    stages.write_text("agreement,date,precision,stage,actor,summary,source_url,status\n")
    head = b"id,title,parties,patron,kind\n"
    for content, words, where in [
        (b"", "the file is empty", "a.csv"),
        (b"id,name,parties,patron,kind\ng,G,JPN;KOR,USA,other\n", "lacks the column 'title'", "a.csv, line 1"),
        (b"id,title,parties,patron,kind,id\ng,G,JPN;KOR,USA,other,h\n", "two columns are named 'id'", "line 1"),
    ]:
        table.write_bytes(content)
        with pytest.raises(BadData) as caught:
            read_agreements(table, stages, before=None, among=None)
        assert words in caught.value.what and caught.value.where.endswith(where), caught.value
    table.write_bytes(b"\xef\xbb\xbf" + head + b'g,"two\nlines",JPN;KOR,USA,other\ng,G,JPN;KOR,USA,other\n')
    with pytest.raises(BadData, match="the id 'g' stands twice") as caught:
        read_agreements(table, stages, before=None, among=None)
    assert caught.value.where.endswith("/a.csv, line 4")


def test_the_flagship_is_one_of_the_table(northeast):
    with pytest.raises(UnknownName, match="no agreement has the id 'gsomia'"):
        read_agreements(northeast.agreements_file, northeast.stages_file, before=None, among=None, first="gsomia")
