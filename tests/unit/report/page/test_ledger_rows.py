"""The ledger as a picture with a line for each row: places by hand, shapes by grade, and nothing that needs a script."""

from __future__ import annotations

from dataclasses import replace
from math import log

import pytest

from lynchpin.report.page import ledger, page, tables
from lynchpin.report.plots.theme import VERDICTS
from lynchpin.results import Claim, Effect

LN2 = log(2.0)


def claim(name: str, effect: Effect | None, **more: object) -> Claim:
    row = Claim(name, "Said so.", f"push_{name}", "a => b", "When a, b.", "+", effect, grade="none", side="for")
    return replace(row, **more)  # type: ignore[arg-type]


def of_ratio(ratio: float, low: float, high: float) -> Effect:
    """Per doubling of the cause: the ratio is two to the power of the estimate."""
    return Effect(log(ratio) / LN2, log(low) / LN2, log(high) / LN2)


def lines(*claims: Claim) -> list[ledger.Group]:
    return ledger.groups(tables.ledger_rows(claims))


def test_places_on_the_log_axis_by_hand() -> None:
    """From 0.25 to 4 the axis is four doublings long: each is a quarter of the width."""
    (group,) = lines(claim("C1", of_ratio(2.0, 0.25, 4.0)), claim("C2", of_ratio(0.5, 0.5, 1.0), expect="-"))
    assert group.ticks == ((0.0, "×0.25"), (25.0, "×0.5"), (50.0, "×1"), (75.0, "×2"), (100.0, "×4"))
    assert group.none == 50.0
    one, two = group.lines
    assert (one.low, one.middle, one.high, one.width) == (0.0, 75.0, 100.0, 100.0)
    assert (two.low, two.middle, two.high, two.width) == (25.0, 25.0, 50.0, 25.0)
    assert (one.expected, two.expected) == ((50.0, 50.0), (0.0, 50.0))
    assert not (one.cut_low or one.cut_high)


def test_an_end_beyond_the_axis_is_cut_and_said_to_be() -> None:
    """No axis goes beyond a tenth and ten."""
    (group,) = lines(claim("C1", of_ratio(1.0, 0.001, 500.0), expect="?"))
    (line,) = group.lines
    assert (line.low, line.middle, line.high) == (0.0, 50.0, 100.0)
    assert line.cut_low and line.cut_high and line.expected is None


def test_rows_of_other_units_have_axes_of_their_own() -> None:
    share = claim("C3", Effect(0.2, 0.05, 0.5, unit="share"), basis="counts")
    acts = claim("C4", Effect(0.6, -0.7, 2.9, unit="acts"), basis="futures")
    ratio, counted, futures = lines(claim("C1", of_ratio(1.0, 0.8, 1.25)), share, acts)
    assert (ratio.lines[0].row.claim.id, counted.none, futures.none) == ("C1", 50.0, 50.0)
    assert (counted.lines[0].low, counted.lines[0].middle, counted.lines[0].high) == (5.0, 20.0, 50.0)
    assert futures.ticks == ((0.0, "−3"), (50.0, "0"), (100.0, "+3"))
    assert futures.lines[0].middle == 60.0  # (0.6 + 3) / 6


def test_a_row_that_cannot_be_tested_has_no_line() -> None:
    assert lines(claim("C1", None, untestable_because="no act")) == []


def test_every_grade_has_a_shape_of_its_own() -> None:
    """Side by direction, strength by size and filling; colour and word say the same besides."""
    assert set(ledger.MARKS) == set(VERDICTS)
    told = [mark for name, mark in ledger.MARKS.items() if name != "untestable"]
    assert len(set(told)) == len(told)


def test_the_key_holds_the_grades_that_stand_there() -> None:
    rows = tables.ledger_rows([claim("C1", of_ratio(2, 1.5, 3), grade="strong"), claim("C2", of_ratio(1, 0.5, 2))])
    assert [name for name, *_ in ledger.marks(rows)] == ["strong for", "none"]


@pytest.mark.parametrize("address", [None, lambda mechanism: f"/claims/{mechanism}"], ids=["a file", "served"])
def test_the_rows_stand_on_the_page_without_a_script(full, address) -> None:
    text = str(page.section("moves", full, claim_page=address))
    tested = [row for row in full.claims if row.effect is not None]
    assert text.count('<details class="graded') == len(tested)
    assert text.count('class="strip"') == len(tested)
    assert "style=" not in text.split('<div class="rule-box">')[0].split("How long it lasts")[0]
    for row in tested:
        assert f">{row.graded.replace(chr(39), '&#39;')}</span>" in text
    linked = [row for row in tested if row.basis == "timing"]
    assert text.count('href="/claims/') == (len(linked) if address else 0)
