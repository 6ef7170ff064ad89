"""Slow parts: one mechanism under every choice, each mechanism by period, by dyad and by condition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from textwrap import fill

import polars as pl

import lynchpin
from lynchpin.answers.evidence.splits import by_condition, by_dyad, by_period
from lynchpin.model import Fit
from lynchpin.report.plots import specification_curve
from lynchpin.results import Sensitivity
from parts.runs import AS_OF, CASE, WIDTH, lines_of
from parts.text import fence

SHOWN, SHIFTS = "patron_push", 199
SPLIT = date(2012, 7, 9)


@cache
def then() -> Fit:
    return lynchpin.fit(CASE, as_of=AS_OF)


@cache
def whole() -> Fit:
    return lynchpin.fit(CASE)


@cache
def curve() -> Sensitivity:
    """The curve that the documentation shows: the push as it stood on AS_OF."""
    return then().sensitivity(SHOWN, shifts=SHIFTS, workers=2)


def curve_shown() -> str:
    """The command and its output."""
    command = f"$ lynchpin sensitivity {CASE} {SHOWN} --as-of {AS_OF} --shifts {SHIFTS}"
    return fence("\n".join([command, *lines_of(curve())]))


def curve_today_shown() -> str:
    """The words on the whole record."""
    found = whole().sensitivity(SHOWN, shifts=SHIFTS, workers=2)
    lines = [fill(line, WIDTH) for line in found.sentences()]
    return fence("\n".join([f"$ lynchpin sensitivity {CASE} {SHOWN} --shifts {SHIFTS}", "...", *lines, "..."]))


def periods_shown() -> str:
    """The first claims before and after the day of the account, on the whole record."""
    text = by_period(whole(), [SPLIT]).summary().splitlines()
    cut = next(k for k, line in enumerate(text) if line.startswith("C5"))
    lines = [f"$ lynchpin claims {CASE} --split {SPLIT}", *text[:cut], "..."]
    return fence("\n".join(lines))


def dyads_shown() -> str:
    """Two mechanisms by dyad, on the whole record."""
    text = by_dyad(whole()).summary().split("\n\n")
    kept = [part for part in text if part.startswith(("C4   grievance_brake", "C5"))]
    return fence("\n".join([f"$ lynchpin claims {CASE} --by dyad", "...", "\n\n".join(kept), "..."]))


def conditions_shown() -> str:
    """The products of the case, on the whole record."""
    text = by_condition(whole()).summary().split("\n\n")
    return fence("\n\n".join([f"$ lynchpin claims {CASE} --by condition\n{text[0]}", *text[1:-1]]))


def slow_pictures() -> dict[str, tuple[pl.DataFrame, Callable[[], object]]]:
    """File -> its figures and how it is drawn."""
    figures = specification_curve.data(curve())
    return {"specification-curve.svg": (figures.specifications, lambda: specification_curve.draw(figures))}
