"""What other cases lend: each agreement once, whatever a file calls it, and only what was known."""

from __future__ import annotations

from datetime import date

import pytest

from lynchpin.account.cases import case_events
from lynchpin.answers.agreements.lending import Lent, is_one, lent_rows
from lynchpin.results import AgreementLife, StageRow

A, B = (("2001-02-03", "proposed"), ("2002-05-06", "signed")), (("2001-02-03", "proposed"), ("2003-01-01", "ended"))


def life(name, parties, acts, title=""):
    history = tuple(StageRow(date.fromisoformat(day), "day", stage, "", "", "", "verified") for day, stage in acts)
    last = history[-1]
    return AgreementLife(name, title or name, parties, "", "other", last.stage, last.date, history)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (life("one", ("JPN", "USA"), B), True),  # its id
        (life("two", ("KOR", "USA"), (("1999-01-01", "signed"),), title="one"), True),  # its title
        (life("three", ("TUR", "ISR"), B), True),  # parties and an act in common
        (life("four", ("ISR", "TUR"), (("2001-02-04", "proposed"),)), False),
        (life("five", ("ISR", "USA"), A), False),
    ],
)
def test_one_agreement_under_two_names(other, same):
    mine = life("one", ("ISR", "TUR"), A)
    assert is_one(mine, other) is same and is_one(other, mine) is same


def test_each_is_lent_once_and_as_it_was_known(northeast):
    events = case_events(northeast)
    mine = [life("mine", ("JPN", "KOR"), A)]
    lent = [
        Lent("first", (life("x", ("KOR", "JPN"), B), life("y", ("CHN", "JPN"), A)), events, northeast.states, ("PRK",)),
        Lent(
            "second",
            (life("z", ("JPN", "CHN"), A), life("late", ("CHN", "KOR"), (("2010-01-01", "signed"),))),
            events,
            northeast.states,
            ("PRK",),
        ),
    ]
    parts, others = lent_rows(lent, mine, date(2002, 1, 1))
    assert [one.id for one in others] == ["first:y"]  # x is ours, z is y, and the last had not happened
    assert [act.stage for act in others[0].history] == ["proposed"]
    assert parts[0].ids == ("first:y",) and parts[1].ids == ()
