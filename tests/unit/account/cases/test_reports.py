"""A record that was read once and cut on a day is the record that was read on that day."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from lynchpin.account.cases import case_events, read_reports
from lynchpin.errors import BadValue
from lynchpin.record.sources import get as source
from lynchpin.record.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """300 days of a coded feed; every third file's acts become known forty days late."""
    folder, draw = tmp_path_factory.mktemp("reports"), random.Random(2)
    header = "\t".join(source("icews").columns)
    with Store.open(folder / "store", create=True) as made:
        for number, lag in enumerate((0, 40)):
            rows = []
            for n in range(400):
                day = date(2012, 1, 1) + timedelta(days=draw.randrange(300))
                a, b = draw.sample(("Japan", "South Korea", "United States", "Germany"), 2)
                text, code = draw.choice(("Consult\t040", "Make a visit\t042", "Threaten\t130")).split("\t")
                fields = [f"{number}-{n:04}", str(day), a, "", a, text, code, "1", b, "", b]
                rows.append("\t".join(fields + [""] * 9))
            (folder / f"{number}.tab").write_text("\n".join([header, *sorted(rows), ""]), encoding="utf-8")
            made.ingest("icews", folder / f"{number}.tab", known_lag=lag)
    return folder / "store"


@pytest.mark.parametrize("episodes", [True, False, None])
@pytest.mark.parametrize("day", [date(2012, 2, 1), date(2012, 6, 15), date(2013, 1, 1)])
def test_cut_on_a_day_it_is_what_was_read_on_the_day(northeast, store, day, episodes):
    whole = read_reports(northeast, store)
    then = whole.before(day)
    assert then.told(day, episodes).equals(case_events(northeast, store, as_of=day, episodes=episodes))
    assert then.where == then.store == "store"  # no path goes to a worker


def test_a_chronology_too(northeast):
    day = date(2012, 7, 9)
    assert read_reports(northeast).before(day).told(day).equals(case_events(northeast, as_of=day))


def test_before_the_first_event_there_is_nothing_to_tell(northeast, store):
    with pytest.raises(BadValue, match="no event of the record was known before 1990-01-01") as refusal:
        read_reports(northeast, store).before(date(1990, 1, 1)).told(date(1990, 1, 1))
    assert refusal.value.where == "store" and "2012-01-0" in refusal.value.mend
