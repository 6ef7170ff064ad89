"""The fade of a push on the page: two pictures above, and what came in the revealed section only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from helpers.made_up import made_up_brief
from lynchpin.account.cases import case_events
from lynchpin.answers.evidence import fade
from lynchpin.report.page import render
from lynchpin.results import Fade
from lynchpin.session.facade import fit

AS_OF = date(2012, 7, 9)


@pytest.fixture(scope="module")
def fades() -> tuple[Fade, Fade]:
    found = fit("northeast-asia", as_of=AS_OF)
    whole = case_events(found.case)
    later = whole.filter((pl.col("date") >= AS_OF) & (pl.col("date") < date(2013, 1, 9)))
    return fade(found, "shared_threat"), fade(found, "shared_threat", later=later)


def test_what_came_stands_in_the_revealed_section_only(fades: tuple[Fade, Fade]) -> None:
    known, came = fades
    page = render(replace(made_up_brief(), fade=known, revealed_fade=came))
    above, below = page.split('<section id="next"')
    launch = "North Korea launches an Unha-3 rocket"
    assert came.acts.filter("ahead")["headline"].str.contains(launch).any()
    assert launch not in above and launch in below
    assert 'data-spec="fade"' in above and 'data-spec="fade-profile"' in above and "How long it lasts" in above
    assert 'data-spec="revealed-fade"' in below
    assert " ".join(known.words[:1]) in above


def test_a_page_without_one_says_nothing_of_it() -> None:
    page = render(made_up_brief())
    assert "How long it lasts" not in page and "revealed-fade" not in page
