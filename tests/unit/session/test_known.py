"""The fit to what was known, and what came after it."""

from __future__ import annotations

from datetime import date

from lynchpin.account.cases import Known, case_events, read_known
from lynchpin.session import facade, known
from lynchpin.session.known import came_after


def test_what_came_after_the_origin(toy) -> None:
    then = read_known(toy, as_of="2016-02-16")
    came = came_after(then, None, date(2016, 9, 9))
    assert came["date"].to_list() == [date(2016, 2, 16), date(2016, 3, 31)]  # the origin is in it, the end is not
    assert came_after(then, None, date(2016, 2, 16)).is_empty()


def test_before_and_after_make_the_whole(toy) -> None:
    then = read_known(toy, as_of="2016-02-16")
    both = [*then.events["event_id"], *came_after(then, None, date(2030, 1, 1))["event_id"]]
    assert both == case_events(toy)["event_id"].to_list()


def test_after_a_record_that_has_ended(toy) -> None:
    """As of a day long after the last event, the fit stands on the day after it, and nothing comes."""
    then = read_known(toy, as_of="2019-01-01")
    assert then.origin == date(2017, 7, 7)
    assert came_after(then, None, date(2030, 1, 1)).is_empty()


def test_what_came_is_told_in_the_view_of_what_was_known(toy, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(
        known, "case_events", lambda case, store, episodes: asked.append((store, episodes)) or case_events(case)
    )
    then = read_known(toy, as_of="2016-02-16")
    folded = Known(toy, then.events.with_columns(reports=1), then.as_of, then.origin)
    came_after(then, "s", date(2017, 1, 1))
    came_after(folded, "s", date(2017, 1, 1))
    assert asked == [("s", False), ("s", True)]


def test_a_fit_holds_what_it_was_made_from(toy) -> None:
    fit = known.fit(toy, as_of="2016-11-24")
    assert (fit.origin, fit.known.as_of, fit.events.height) == (date(2016, 11, 24), date(2016, 11, 24), 9)
    assert fit.made_from == read_known(toy, as_of="2016-11-24").provenance
    public = facade.fit(toy, as_of="2016-11-24")
    assert public.made_from == fit.made_from
    assert public.estimate.tolist() == fit.estimate.tolist()
