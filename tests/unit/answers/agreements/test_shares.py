"""Attempts and what became of them: hand-made histories, counted by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from scipy.stats import binom

from lynchpin.account.cases import read_case
from lynchpin.answers.agreements import read_agreements
from lynchpin.answers.agreements.shares import exact_interval, stage_share
from lynchpin.results import AgreementLife, StageRow

AFTER = ("setback", "suspended")


def life(name: str, *words: str, kind: str = "logistics") -> AgreementLife:
    days = [date(2000, 1, 1) + timedelta(days=30 * k) for k in range(len(words))]
    rows = tuple(StageRow(day, "day", word, "", "", "", "") for day, word in zip(days, words, strict=True))
    return AgreementLife(name, name, ("JPN", "KOR"), "", kind, words[-1], days[-1], rows)


LIVES = [
    life("signed-later", "negotiating", "setback", "agreed_in_principle", "signed"),
    life("in-force-later", "proposed", "suspended", "in_force"),
    life("open", "negotiating", "setback"),
    life("over", "agreed_in_principle", "setback", "ended"),
    life("smooth", "negotiating", "signed", "setback"),  # set back after the signature: not counted
    life("quiet", "proposed"),
    life("no-opening", "signed", "in_force", "setback"),
    life("setback-first", "setback", "negotiating", "signed"),  # before any opening: not counted
    life("other-kind", "negotiating", "setback", "signed", kind="trade"),
]


def test_attempts_are_counted():
    found = stage_share(LIVES, "x", after=AFTER)
    assert (found.n, found.came, found.ended, found.rest) == (5, 3, 1, 1)
    assert (found.others, found.others_came) == (3, 2)
    assert found.ids == ("in-force-later", "open", "other-kind", "over", "signed-later")
    assert found.p_more == pytest.approx(binom.sf(2, 5, 0.5)) and found.p_fewer == pytest.approx(binom.cdf(3, 5, 0.5))


def test_kinds_part_them_and_an_empty_after_counts_every_attempt():
    assert stage_share(LIVES, "x", kinds=["trade"], after=AFTER).ids == ("other-kind",)
    assert stage_share(LIVES, "x", kinds=["access_basing"], after=AFTER) is None
    every = stage_share(LIVES, "x", kinds=["logistics"], then=AFTER)
    assert (every.n, every.came, every.share) == (7, 4, pytest.approx(4 / 7))


def test_the_interval_is_exact():
    """Every end is wrong in at most 5 % of records, and in nearly 5 % at the end itself."""
    for came, n in ((2, 9), (19, 33), (5, 5), (0, 4)):
        lower, upper = exact_interval(came, n)
        if came:
            assert binom.sf(came - 1, n, lower) == pytest.approx(0.05)
        if came < n:
            assert binom.cdf(came, n, upper) == pytest.approx(0.05)
    assert exact_interval(0, 4)[0] == 0.0 and exact_interval(5, 5)[1] == 1.0


def test_the_embedded_case_counts_what_its_file_holds():
    case = read_case("northeast-asia")
    lives = read_agreements(case.agreements_file, case.stages_file, before=None, among=None)
    (text,) = [share for share in case.shares if share.claim == "C7"]
    found = stage_share(lives, text.name, kinds=text.kinds, after=text.after, then=text.then, against=text.against)
    assert (found.n, found.came, found.ended, found.others, found.others_came) == (33, 19, 3, 54, 51)
