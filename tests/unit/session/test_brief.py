"""The parts of a brief: which events it shows, what it reveals, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from lynchpin.account.cases import case_events, read_known
from lynchpin.errors import BadValue, UnknownName
from lynchpin.model import fit_case
from lynchpin.results import Brief, Forecast
from lynchpin.session.brief import _among, how_it_fades, make_brief
from lynchpin.session.notes import notes

SIDES = [  # source, target, whether it is shown for a case of JPN, KOR, PRK and USA
    (["KOR"], ["JPN"], True),
    (["FRA", "USA"], ["JPN", "KOR"], True),
    (["USA"], ["CHN"], False),
    (["CHN"], ["USA"], False),
    ([], ["USA"], False),
    (["CHN"], ["RUS"], False),
]


def test_events_with_a_state_of_the_case_on_both_sides(toy) -> None:
    events = pl.DataFrame({"source": [s for s, _, _ in SIDES], "target": [t for _, t, _ in SIDES]})
    assert events.select(shown=_among(toy))["shown"].to_list() == [shown for *_, shown in SIDES]


@pytest.fixture(scope="module")
def brief(toy) -> Brief:
    return make_brief(toy, as_of="2016-02-16", reveal=True, days=220, draws=100)


def test_a_brief_shows_what_was_known(toy, brief) -> None:
    assert brief.events["date"].to_list() == [day for day in case_events(toy)["date"] if day < date(2016, 2, 16)]
    assert brief.provenance == read_known(toy, as_of="2016-02-16").provenance
    assert (brief.title, brief.roles, brief.watch) == (toy.title, toy.roles, toy.watch)
    assert list(brief.classes) == list(toy.class_names)
    assert [row.id for row in brief.claims if row.id] == [claim.id for claim in toy.claims]
    assert brief.agreements == ()


def test_what_it_reveals_lies_between_the_origin_and_the_end_of_the_outlook(brief) -> None:
    """220 days are 7 months: to 2016-09-16, a week after the nuclear test, before the signing."""
    assert brief.forecast.table["month"].max() == 7
    assert brief.revealed is not None
    assert brief.revealed["date"].to_list() == [date(2016, 2, 16), date(2016, 3, 31), date(2016, 9, 9)]


def test_a_brief_that_reveals_nothing_is_the_same_but_for_that(toy, brief) -> None:
    plain = make_brief(toy, as_of="2016-02-16", days=220, draws=100)
    assert plain.revealed is None
    assert plain.notes == brief.notes
    assert plain.fit_table.equals(brief.fit_table)


def test_agreements_revealed_begin_on_the_origin_or_later(toy_with_agreements) -> None:
    shown = make_brief(toy_with_agreements, as_of="2016-02-16", reveal=True, days=90, draws=100)
    assert [(life.id, life.stage) for life in shown.agreements] == [("pact", "proposed")]
    assert [(life.id, [act.date for act in life.history]) for life in shown.revealed_agreements] == [
        ("pact", [date(2016, 2, 16)]),
        ("late", [date(2016, 5, 1)]),
    ]


# --- what a brief says of itself --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def outlook(brief) -> Forecast:
    return brief.forecast


def test_a_record_that_ended_long_before_is_said_first(toy, outlook) -> None:
    fit = fit_case(read_known(toy, as_of="2019-01-01"))
    assert fit.origin == date(2017, 7, 7)
    said = "The record ends on 2017-07-06, long before 2019-01-01: the fit and the outlook stand on 2017-07-07."
    assert said in notes(replace(fit, converged=True), outlook)[0]
    first, second, *_ = notes(replace(fit, converged=False), outlook)
    assert first.startswith("The fit did not settle")
    assert second == said
    whole = replace(fit, known=replace(fit.known, as_of=None), converged=True)
    assert not any("long before" in note for note in notes(whole, outlook))


def test_folding_is_said_where_reports_were_folded(toy, outlook) -> None:
    fit = fit_case(read_known(toy))
    assert not any("folded into" in note for note in notes(fit, outlook))
    folded = replace(fit, known=replace(fit.known, events=fit.events.with_columns(reports=3)))
    assert any("36 reports are folded into 12 episodes" in note for note in notes(folded, outlook))


# --- how a push fades -------------------------------------------------------------------------------------------------

REFUSED = [
    ({"days": -1}, BadValue, "cannot look -1 days ahead"),
    ({"days": 36526}, BadValue, "cannot look 36526 days ahead"),
    ({"dyad": "KOR JPN"}, BadValue, "'KOR JPN' is no dyad"),
    ({"mechanism": "shared_thread"}, UnknownName, "no mechanism named 'shared_thread'"),
]


@pytest.mark.parametrize(("options", "kind", "what"), REFUSED, ids=[what for *_, what in REFUSED])
def test_what_cannot_be_asked(toy, options, kind, what) -> None:
    with pytest.raises(kind) as caught:
        how_it_fades(toy, as_of="2016-11-24", **options)
    assert caught.value.what == what


def test_a_push_to_the_days_asked_for(toy) -> None:
    made_from, push = how_it_fades(toy, "shared_threat", as_of="2016-02-16", dyad=" KOR->JPN ", days=60, reveal=True)
    assert (made_from.origin, push.origin, push.revealed_until) == (
        date(2016, 2, 16),
        date(2016, 2, 16),
        date(2016, 4, 16),
    )
    assert push.mechanism == "shared_threat"
    _, blind = how_it_fades(toy, "shared_threat", as_of="2016-02-16", days=60)
    assert blind.revealed_until is None
