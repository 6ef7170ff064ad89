"""What was known on a day: its origin, its view, and the provenance that follows from it."""

from __future__ import annotations

import pickle
from datetime import date

import polars as pl
import pytest

from lynchpin.account.cases import Known, known, read_case, read_known
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.account.cases.record import case_events, origin_of
from lynchpin.errors import BadValue, UnknownName
from lynchpin.record.store import data_hash

LAST = date(2012, 7, 8)

ORIGINS = [  # as of, the first day that is not known where the last event is of 2012-07-08
    (None, date(2012, 7, 9)),
    (date(2012, 7, 9), date(2012, 7, 9)),
    (date(2012, 8, 1), date(2012, 8, 1)),
    (date(2012, 9, 8), date(2012, 9, 8)),  # 62 days of silence are silence
    (date(2012, 9, 9), date(2012, 7, 9)),  # 63 are the end of the record
    (date(2020, 1, 1), date(2012, 7, 9)),
]


@pytest.mark.parametrize(("as_of", "origin"), ORIGINS, ids=str)
def test_the_day_that_a_fit_stands_on(as_of: date | None, origin: date) -> None:
    events = pl.DataFrame({"date": [date(2012, 1, 2), LAST, date(2012, 3, 4)]})
    assert origin_of(events, as_of) == origin


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Known:
    """The small case that `lynchpin new` writes, as of a day between its events."""
    folder = tmp_path_factory.mktemp("toy")
    write_new_case("toy", folder)
    return read_known(folder / "toy", as_of="2016-02-17")


def test_a_record_as_of_a_day(toy: Known) -> None:
    assert (toy.as_of, toy.origin, toy.view) == (date(2016, 2, 17), date(2016, 2, 17), "reports")
    assert toy.events["date"].to_list() == sorted(toy.events["date"].to_list())
    assert toy.events["date"].max() == date(2016, 2, 16)


def test_a_day_may_be_text_or_a_date(toy: Known) -> None:
    again = read_known(toy.case, as_of=date(2016, 2, 17))
    assert again.case is toy.case
    assert again.events.equals(toy.events)
    with pytest.raises(BadValue, match="'' is not a day of the calendar"):
        read_known(toy.case, as_of="")


def test_provenance_follows_from_what_is_known(toy: Known) -> None:
    made_from = toy.provenance
    assert (made_from.case, made_from.as_of, made_from.origin) == ("toy", date(2016, 2, 17), date(2016, 2, 17))
    assert made_from.data_hash == data_hash(toy.events)
    assert made_from.case_hash == read_case(toy.case.path).hash
    assert (made_from.events_used, made_from.reports, made_from.view) == (6, 6, "reports")
    assert (made_from.first_event_date, made_from.last_event_date) == (date(2015, 3, 2), date(2016, 2, 16))
    assert made_from.seed == toy.case.seed
    assert set(made_from.packages) == {"python", "numpy", "scipy", "numba", "polars", "duckdb"}
    assert dict(made_from.datasets) == {"chronology": 6}


def test_folded_reports_are_counted() -> None:
    events = pl.DataFrame({"date": [date(2012, 1, 2), LAST], "dataset": ["icews", "gdelt"], "reports": [3, 4]})
    assert Known(None, events, None, LAST).view == "episodes"  # type: ignore[arg-type]


def test_a_hash_is_worked_out_once_and_only_when_asked_for(toy: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = []
    monkeypatch.setattr(known, "data_hash", lambda events: hashed.append(events.height) or "00")
    earlier = toy.before(date(2016, 1, 1))
    assert hashed == []
    assert earlier.provenance is earlier.provenance
    assert earlier.provenance.data_hash == "00"
    assert hashed == [earlier.events.height]


def test_an_earlier_day(toy: Known) -> None:
    earlier = toy.before(date(2015, 12, 1))
    assert (earlier.as_of, earlier.origin) == (date(2015, 12, 1), date(2015, 12, 1))
    assert earlier.events["date"].max() < date(2015, 12, 1)
    assert earlier.events.equals(read_known(toy.case, as_of="2015-12-01").events)
    assert toy.events.height == 6  # what was known later is as it was


def test_it_goes_to_another_process(toy: Known) -> None:
    again = pickle.loads(pickle.dumps(toy))
    assert again.provenance == toy.provenance


def test_a_mechanism_by_name(northeast) -> None:
    assert northeast.mechanism("shared_threat") is next(m for m in northeast.mechanisms if m.name == "shared_threat")
    with pytest.raises(UnknownName) as caught:
        northeast.mechanism("shared_thread")
    assert (caught.value.what, caught.value.where, caught.value.mend) == (
        "no mechanism named 'shared_thread'",
        "northeast-asia",
        "did you mean 'shared_threat'?",
    )


@pytest.mark.parametrize(("start", "is_in"), [("2015-03-02", True), ("2015-03-03", False)])
def test_an_event_on_the_start_of_a_case_counts_and_one_before_it_does_not(
    tmp_path_factory: pytest.TempPathFactory, start: str, is_in: bool
) -> None:
    folder = tmp_path_factory.mktemp("start")
    write_new_case("toy", folder)
    file = folder / "toy" / "case.toml"
    text = file.read_text(encoding="utf-8")
    assert "start = 2015-01-01" in text
    file.write_text(text.replace("start = 2015-01-01", f"start = {start}"), encoding="utf-8")
    days = case_events(read_case(folder / "toy"))["date"].to_list()
    assert (days[0] == date(2015, 3, 2)) is is_in
    assert len(days) == 11 + is_in
