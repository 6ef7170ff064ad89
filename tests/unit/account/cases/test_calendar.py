"""The calendar of a case: read with its errors pointing at the line, its days by what was known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lynchpin.account.cases import read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.account.cases.calendar import days_of, shares
from lynchpin.days import day_number, day_of
from lynchpin.errors import LynchpinError

ENTRY = """
[[calendar]]
name = "remembrance"
acts = "{one} -- {two} : conflict"
yearly = "02-22"
lasts = "2d"
known_since = 2005-03-16

[[calendar]]
name = "summits"
acts = "{one} -> {two} : cooperation"
on = [2012-05-13, 2013-05-20]
known_since = [2012-03-01, 2013-05-01]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_new_case("small", tmp_path)
    return tmp_path / "small"


def written(folder: Path, text: str) -> Path:
    states = read_case(folder).states
    file = folder / "case.toml"
    file.write_text(file.read_text(encoding="utf-8") + text.format(one=states[0], two=states[1]), encoding="utf-8")
    return folder


def begins(entry, first: date, last: date, known: date) -> list[date]:
    days = days_of(entry, day_number(first), day_number(last), known=day_number(known))
    return [day_of(begin) for begin, _ in days]


def test_entries_are_read_and_a_case_without_any_has_none(folder: Path) -> None:
    assert read_case(folder).calendar == ()
    yearly, dated = read_case(written(folder, ENTRY)).calendar
    one, two = read_case(folder).states[:2]
    assert yearly.dyads == {(one, two), (two, one)} and dated.dyads == {(one, two)}
    assert (yearly.yearly, yearly.days, yearly.since) == ((2, 22), 2, date(2005, 3, 16))
    assert dated.on == ((date(2012, 5, 13), date(2012, 3, 1)), (date(2013, 5, 20), date(2013, 5, 1)))


def test_a_day_is_there_once_it_was_known(folder: Path) -> None:
    yearly, dated = read_case(written(folder, ENTRY)).calendar
    first, last = date(2004, 1, 1), date(2014, 1, 1)
    assert begins(yearly, first, date(2006, 12, 31), date(2005, 3, 16)) == []
    known = begins(yearly, date(2005, 1, 1), date(2006, 12, 31), date(2005, 3, 17))
    assert known == [date(2005, 2, 22), date(2006, 2, 22)]
    assert begins(dated, first, last, date(2013, 5, 1)) == [date(2012, 5, 13)]
    assert len(begins(dated, first, last, date(2013, 5, 2))) == 2


def test_an_entry_that_runs_into_a_range_touches_it(folder: Path) -> None:
    yearly, _ = read_case(written(folder, ENTRY)).calendar
    assert begins(yearly, date(2010, 2, 23), date(2010, 3, 1), date(2010, 1, 1)) == [date(2010, 2, 22)]
    assert begins(yearly, date(2010, 2, 24), date(2010, 3, 1), date(2010, 1, 1)) == []


def test_shares_are_the_part_of_a_period_that_is_covered(folder: Path) -> None:
    case = read_case(written(folder, ENTRY))
    one, two = case.states[:2]
    units = [(one, two, "conflict"), (two, one, "conflict"), (one, two, "cooperation")]
    week = day_number(date(2012, 2, 20))
    edges = [week, week + 7, week + 14, day_number(date(2012, 5, 13)), day_number(date(2012, 5, 14))]
    found = shares(case.calendar, units, edges, known=day_number(date(2012, 4, 1)))
    assert found.shape == (2, 3, 4)
    np.testing.assert_allclose(found[0], [[2 / 7, 0, 0, 0], [2 / 7, 0, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(found[1], [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1.0]])
    assert not shares(case.calendar, units, edges, known=day_number(date(2004, 1, 1))).any()


BAD = [
    ('yearly = "02-22"', 'yearly = "02-30"', "yearly cannot be '02-30'"),
    ('yearly = "02-22"', 'yearly = "02-29"', "yearly cannot be '02-29'"),
    ('yearly = "02-22"', "", "needs either yearly or on"),
    ('yearly = "02-22"', 'yearly = "02-22"\non = [2012-02-22]', "needs either yearly or on"),
    ('lasts = "2d"', 'lasts = "12h"', "whole days"),
    ('lasts = "2d"', 'lasts = "1y"', "whole days"),
    ("known_since = 2005-03-16", "", "lacks 'known_since'"),
    ("known_since = 2005-03-16", 'known_since = "2005"', "known_since should be a day"),
    ("[2012-03-01, 2013-05-01]", "[2012-03-01, 2013-05-21]", "after it began"),
    ("[2012-03-01, 2013-05-01]", "[2012-03-01, 2012-04-01, 2012-05-01]", "one day for all"),
    ("[2012-05-13, 2013-05-20]", '["2012-05-13"]', "days without quotes"),
    (": conflict", ": quarrel", "quarrel"),
    ('name = "summits"', 'name = "remembrance"', "two [[calendar]]"),
    ('lasts = "2d"', 'length = "2d"', "no key named 'length'"),
]


@pytest.mark.parametrize(("what", "instead", "said"), BAD)
def test_a_fault_is_told_with_its_line(folder: Path, what: str, instead: str, said: str) -> None:
    assert what in ENTRY
    with pytest.raises(LynchpinError) as told:
        read_case(written(folder, ENTRY.replace(what, instead, 1)))
    text = str(told.value)
    assert said in text and "case.toml, line" in text and "to mend" in text
