"""At least one act by a day, and the relation index ahead."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from lynchpin.answers.forecast.targets import any_by, index_ahead
from lynchpin.answers.relations import relation_index
from lynchpin.answers.simulate import simulate
from lynchpin.errors import LynchpinError

DRAWS = 400


def test_the_chance_of_one_dyad_and_class_is_the_default_forecasts_own(fit_2012):
    """The origin is 9 July: half a year of whole months ends on 8 January, and the forecast prints that span."""
    (found,) = any_by(fit_2012, ["KOR -> JPN : security_cooperation"], date(2013, 1, 8), draws=DRAWS)
    said = fit_2012.forecast(days=180, draws=DRAWS).totals.filter(
        (pl.col("model") == "lynchpin") & (pl.col("source") == "KOR") & (pl.col("target") == "JPN")
    )
    row = said.filter(pl.col("event_class") == "security_cooperation").row(0, named=True)
    assert found.p_any == pytest.approx(row["p_any"], abs=1e-9) and found.mean == pytest.approx(row["mean"], rel=1e-3)
    assert (found.q05, found.q95) == (row["q05"], row["q95"])
    assert found.lower < found.p_any < found.upper


def test_several_dyads_hold_one_as_likely_as_any_and_less_than_if_they_had_nothing_in_common(fit_2012):
    names = ["PRK -> KOR : material_conflict", "PRK -> JPN : material_conflict", "PRK -> ally : material_conflict"]
    one, other, both = any_by(fit_2012, names, date(2012, 8, 5), draws=DRAWS, seed=3)
    assert max(one.p_any, other.p_any) <= both.p_any <= 1.0 - (1.0 - one.p_any) * (1.0 - other.p_any) + 1e-9
    assert both.mean == pytest.approx(one.mean + other.mean)


def test_no_chance_is_nothing_and_none_is_certain(fit_2012):
    found = any_by(fit_2012, ["CHN -> PRK : material_conflict", "PRK -> ally : any"], date(2014, 7, 8), draws=100)
    for one in found:
        assert 0.0 < one.lower <= one.p_any <= one.upper <= 1.0 and 0.0 < one.base_rate < 1.0
        assert " 0 %" not in one.summary() and "100 %" not in one.summary()


def test_the_windows_before_are_counted(fit_2012):
    (found,) = any_by(fit_2012, ["PRK -> ally : material_conflict"], date(2012, 8, 5), draws=DRAWS, seed=3)
    counts = simulate(fit_2012, 4, DRAWS, 3).counts.sum(axis=1)  # 9 July to 5 August: four whole weeks
    chosen = [
        u.source == "PRK" and u.target in ("JPN", "KOR") and u.event_class == "material_conflict"
        for u in fit_2012.design.units
    ]
    assert found.mechanism_mean == pytest.approx(counts[:, chosen].sum(axis=1).mean())
    acts = fit_2012.events.filter(
        (pl.col("event_class") == "material_conflict")
        & pl.col("source").list.contains("PRK")
        & (pl.col("target").list.set_intersection(["JPN", "KOR"]).list.len() > 0)
    )["date"]
    back = {(date(2012, 7, 8) - day).days // 28 for day in acts}
    assert found.windows_with_any == len({window for window in back if window < found.windows})
    assert "of at least one from 2012-07-09 to 2012-08-05" in found.summary()


def test_longer_is_likelier_and_wider_is_likelier(fit_2012):
    near, far = (
        any_by(fit_2012, ["PRK -> KOR : conflict", "PRK -> ally : any"], day, draws=DRAWS)
        for day in (date(2012, 7, 31), date(2012, 12, 31))
    )
    assert near[0].p_any < far[0].p_any and near[0].p_any <= near[1].p_any


BAD = [
    ("PRK -> KOR : conflict", date(2012, 7, 8), "is not between"),
    ("PRK -> KOR : conflict", date(2030, 1, 1), "is not between"),
    ("PRK -> KRO : conflict", date(2012, 8, 1), "called 'KRO'"),
    ("PRK -> KOR : conflict[nuclear]", date(2012, 8, 1), "not drawn by context"),
    ("PRK -> KOR.OPP : conflict", date(2012, 8, 1), "a sector"),
]


@pytest.mark.parametrize(("pattern", "by", "what"), BAD)
def test_what_cannot_be_asked(fit_2012, pattern, by, what):
    with pytest.raises(LynchpinError, match=what):
        any_by(fit_2012, [pattern], by, draws=100)


def test_the_index_starts_from_where_it_stands(fit_2012):
    ahead = index_ahead(fit_2012, days=180, draws=DRAWS).to_frame()
    now = relation_index(fit_2012.case, fit_2012.events, fit_2012.made_from.origin)
    last = now.series.filter(pl.col("date") == fit_2012.made_from.origin)
    for pair, index in last.select("pair", "index").iter_rows():
        first = ahead.filter(pl.col("pair") == pair).row(0, named=True)
        assert abs(first["mean"] - index) < 0.25
        assert first["q05"] <= first["q50"] <= first["q95"]
    gap = ahead.filter(pl.col("pair") == "lateral gap")
    width = (gap["q95"] - gap["q05"]).to_numpy()
    assert gap.height == 6 and width[-1] > width[0]
    assert np.isfinite(ahead["mean"].to_numpy()).all()
