"""Agreements of a case as of a day: which are named, which the brief looks at, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lynchpin.account.cases import read_known
from lynchpin.defaults import STAGE_DRAWS
from lynchpin.errors import BadData, BadValue, DidNotConverge, UnknownName
from lynchpin.session import agreements as room
from lynchpin.session.agreements import agreements, agreements_of, fitted_agreements, looked_ahead, named

STANDINGS = [  # before, the agreements among the case's states with the stage each has come to
    (date(2015, 7, 1), []),
    (date(2015, 7, 2), [("pact", "proposed")]),
    (date(2016, 2, 17), [("pact", "negotiating")]),
    (date(2016, 6, 1), [("pact", "negotiating"), ("late", "proposed")]),  # the flagship first, though it is older
    (date(2016, 12, 1), [("pact", "signed"), ("late", "proposed")]),
]


@pytest.mark.parametrize(("before", "lives"), STANDINGS, ids=str)
def test_agreements_among_the_states_of_a_case(toy_with_agreements, before, lives) -> None:
    assert [(life.id, life.stage) for life in agreements_of(toy_with_agreements, before)] == lives


def test_a_case_without_agreements(toy) -> None:
    assert agreements_of(toy, date(2017, 1, 1)) == ()
    assert looked_ahead(read_known(toy)) == ()
    with pytest.raises(BadData, match="the case names no agreements") as caught:
        fitted_agreements(read_known(toy))
    assert (caught.value.where, "stages =" in caught.value.mend) == ("case.toml", True)


def test_an_agreement_by_its_id(toy_with_agreements) -> None:
    lives = agreements_of(toy_with_agreements, date(2016, 12, 1))
    assert named(lives, "late", date(2016, 12, 1)) is lives[1]
    with pytest.raises(UnknownName) as caught:
        named(lives, "pakt", date(2016, 12, 1))
    assert caught.value.what == "no agreement 'pakt' is known before 2016-12-01"
    assert caught.value.mend == "did you mean 'pact'?"


def test_all_agreements_are_fitted_and_only_those_of_the_case_are_shown(northeast, monkeypatch) -> None:
    known = read_known(northeast, as_of="2012-07-09")
    fitted = fitted_agreements(known)
    assert (fitted.origin, fitted.seed) == (date(2012, 7, 9), northeast.seed)
    assert {life.id for life in fitted.lives} > {life.id for life in agreements_of(northeast, known.origin)}
    assert max(act.date for life in fitted.lives for act in life.history) < known.origin
    assert fitted.lives[0].id == northeast.flagship

    monkeypatch.setattr(room, "fitted_agreements", lambda known: fitted)
    shown = agreements(northeast, as_of="2012-07-09", draws=10, forces=False)
    assert all(set(life.parties) <= set(northeast.states) for life in shown.lives)
    assert (shown.n_agreements, shown.draws) == (len(fitted.lives), 10)
    assert shown.n_moves == int(fitted.hazards.n_moves.sum())
    assert shown.provenance == known.provenance
    assert all(life.what_if == () and life.forces == () for life in shown.lives)
    with pytest.raises(BadValue, match="a deed is done to one agreement"):
        agreements(northeast, as_of="2012-07-09", draws=10, forces=False, deed="sign")


def test_a_deed_is_done_to_the_one_agreement(northeast) -> None:
    with_deed = agreements(
        northeast, as_of="2012-07-09", agreement="gsomia-jpn-kor", draws=10, forces=False, deed="sign"
    )
    [life] = with_deed.lives
    differences = {(one.horizon_days, one.stage): one.difference for one in life.what_if}
    assert len(differences) == len(life.what_if) > 0
    for days in {days for days, _ in differences}:
        assert sum(value for (horizon, _), value in differences.items() if horizon == days) == pytest.approx(0.0)
        assert differences[days, "signed"] + differences[days, "in_force"] > 0.0


def test_a_brief_shows_agreements_as_they_are_where_too_little_is_known(toy_with_agreements, monkeypatch) -> None:
    known = read_known(toy_with_agreements, as_of="2016-12-01")

    def refuse(known):
        raise DidNotConverge("too few moves")

    monkeypatch.setattr(room, "fitted_agreements", refuse)
    assert looked_ahead(known) == agreements_of(toy_with_agreements, known.origin)


def test_a_brief_looks_at_the_flagship_in_full_and_at_others_a_year_ahead(toy_with_agreements, monkeypatch) -> None:
    looks = []

    def look(fitted, lives, *, draws, with_forces=None, **more):
        looks.append(([life.id for life in lives], draws, with_forces is None, more))
        return tuple(lives)

    monkeypatch.setattr(room, "fitted_agreements", lambda known: "the model")
    monkeypatch.setattr(room, "look_ahead", look)
    known = read_known(toy_with_agreements, as_of="2016-12-01")
    assert [life.id for life in looked_ahead(known)] == ["pact", "late"]
    assert looks == [(["late"], STAGE_DRAWS, False, {"weeks": 53}), (["pact"], STAGE_DRAWS, True, {})]

    looks.clear()
    other = replace(known, case=replace(known.case, flagship=""))
    assert [life.id for life in looked_ahead(other)] == ["pact", "late"]
    assert [ids for ids, *_ in looks] == [["pact", "late"], []]
