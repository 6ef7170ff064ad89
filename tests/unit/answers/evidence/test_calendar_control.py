"""A calendar in the ledger: its known days are a control of the acts they announce, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from helpers.planted_change import DAYS, START, changing_case
from lynchpin.account.cases import Known, read_case
from lynchpin.answers.evidence import claims
from lynchpin.answers.evidence.placebo import announced
from lynchpin.model import fit_case
from lynchpin.report import evidence
from lynchpin.report.screen import parts

ORIGIN = START + timedelta(days=DAYS)
NAME = "one_dyad_only"

CALENDAR = """
[[calendar]]
name = "summer drill"
acts = "KOR -> patron : cooperation"
yearly = "08-16"
lasts = "14d"
known_since = 2004-06-01
[[calendar]]
name = "other days"
acts = "JPN -> patron : conflict"
yearly = "03-01"
known_since = 2002-01-01
"""


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """The same case without a calendar and with one; the mechanism remembers for a fortnight."""
    folder = tmp_path_factory.mktemp("drills")
    changing_case(folder)
    text = (folder / "changing.toml").read_text(encoding="utf-8").replace('half_life = "1y"', 'half_life = "14d"')
    found = []
    for name, more in (("without", ""), ("with", CALENDAR)):
        file = folder / f"{name}.toml"
        file.write_text(text + more, encoding="utf-8")
        found.append(read_case(file))
    return found


def drilled(seed: int) -> pl.DataFrame:
    """Every August Pyongyang protests before the drill, and Seoul and Washington drill: neither answers the other."""
    rng = np.random.default_rng(seed)
    rows = []
    for day in range(DAYS):
        now = START + timedelta(days=day)
        before, during = (now.month, now.day) >= (8, 2) and now.month == 8, now.month == 8 and 16 <= now.day <= 29
        rows += [(now, "PRK", "KOR", "conflict")] * rng.poisson(0.8 if before and not during else 0.02)
        rows += [(now, "KOR", "USA", "cooperation")] * rng.poisson(1.0 if during else 0.05)
    return pl.DataFrame(
        {
            "event_id": [f"d{k}" for k in range(len(rows))],
            "date": [row[0] for row in rows],
            "source": [[row[1]] for row in rows],
            "target": [[row[2]] for row in rows],
            "event_class": [row[3] for row in rows],
            "contexts": pl.Series([[] for _ in rows], dtype=pl.List(pl.String)),
            "source_sector": ["GOV"] * len(rows),
            "target_sector": ["GOV"] * len(rows),
            "magnitude": [1.0] * len(rows),
        }
    )


def of(case, seed: int = 1):
    fit = fit_case(Known(case, drilled(seed), None, ORIGIN))
    return fit, next(row for row in claims(fit, shifts=99) if row.mechanism == NAME)


def test_announced_days_explain_what_they_bring(cases):
    (_, without), (_, with_it) = (of(case) for case in cases)
    assert without.rate_ratio > 1.5 and without.grade != "none"
    assert abs(with_it.estimate) < 0.5 * without.estimate
    assert (without.announced, with_it.announced) == ((), ("summer drill",))
    assert with_it.fit_z == without.fit_z  # the joint model knows of no calendar: the weaker of both tests is the grade


def test_the_row_says_so(cases):
    fit, row = of(cases[1])
    assert "control of it: summer drill." in evidence.beside(row)
    below = "\n".join(str(getattr(part, "text", part)) for part in parts(claims(fit, shifts=19), 100))
    assert f"{NAME} has the days of the calendar as a control: summer drill" in below


def test_a_share_of_a_step_by_hand_and_only_once_known(cases):
    """Rows are weeks from a Monday; 16 to 29 August 2004 begins on a Monday: two whole weeks. 2003 was not known yet."""
    fit, _ = of(cases[1])
    unit = next(u for u in fit.design.units if (u.source, u.target, u.event_class) == ("KOR", "USA", "cooperation"))
    covered = announced(fit.design, [unit])
    starts = fit.design.steps.starts[fit.design.steps.burn_in : fit.design.steps.count]
    days = [date(1970, 1, 1) + timedelta(days=int(day)) for day in starts]
    assert covered.shape == (2, 1, fit.design.rows) and not covered[1].any()
    of_week = dict(zip(days, covered[0, 0], strict=True))
    for day, share in of_week.items():
        within = [(day + timedelta(days=k)) for k in range(7)]
        by_hand = sum(d.month == 8 and 16 <= d.day <= 29 and d.year >= 2004 for d in within) / 7.0
        assert share == pytest.approx(by_hand), day
    assert sum(of_week.values()) == pytest.approx(2.0 * len({day.year for day in days if 2004 <= day.year <= 2011}))


def test_no_calendar_no_change(cases):
    fit, row = of(cases[0])
    assert announced(fit.design, fit.design.units).shape[0] == 0
    known_later = tuple(replace(entry, since=ORIGIN + timedelta(days=9)) for entry in cases[1].calendar)
    later, same = of(replace(cases[1], calendar=known_later))
    assert not announced(later.design, later.design.units).any() and same.announced == ()
    assert (same.estimate, same.standard_error, same.placebo_p) == pytest.approx(
        (row.estimate, row.standard_error, row.placebo_p), rel=1e-9
    )
