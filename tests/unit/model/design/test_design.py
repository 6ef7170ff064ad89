"""The design, held against slow loops over the same events."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.days import day_number
from lynchpin.errors import BadValue
from lynchpin.model.design import build_design, expand
from lynchpin.model.design.build import with_half_life
from lynchpin.model.design.steps import lay_steps

START = date(2015, 1, 1)


def frame(rows):
    """rows: (day after START, sources, targets, class, contexts, source sector, target sector)"""
    padded = [(*row, *("", [], "GOV", "GOV")[len(row) - 3 :]) for row in rows]
    return pl.DataFrame(
        {
            "date": [START + timedelta(days=r[0]) for r in padded],
            "source": [r[1].split(";") for r in padded],
            "target": [r[2].split(";") for r in padded],
            "event_class": [r[3] or None for r in padded],
            "contexts": pl.Series([r[4] for r in padded], dtype=pl.List(pl.String)),
            "source_sector": [r[5] for r in padded],
            "target_sector": [r[6] for r in padded],
        }
    ).sort("date")


@pytest.fixture
def toy(tmp_path):
    write_new_case("toy", tmp_path)
    return read_case(tmp_path / "toy")


def with_text(tmp_path, **changes):
    write_new_case("other", tmp_path)
    file = tmp_path / "other" / "case.toml"
    text = file.read_text()
    for old, fresh in changes.values():
        assert old in text
        text = text.replace(old, fresh)
    file.write_text(text)
    return read_case(file)


def test_steps_end_at_the_origin():
    steps = lay_steps(START, date(2016, 1, 1), 7)
    assert steps.origin_day == day_number(date(2016, 1, 1))
    assert steps.starts[-1] == steps.origin_day
    assert 0 <= steps.first_day - day_number(START) < 7
    assert steps.step_of(np.array([steps.origin_day - 1, steps.first_day, steps.first_day - 1])).tolist() == [51, 0, -1]
    with pytest.raises(BadValue, match="only 9 steps"):
        lay_steps(START, START + timedelta(days=69), 7)


def pairs_of(acts):
    names = np.array(acts.nodes)
    return sorted(zip(acts.event.tolist(), names[acts.source], names[acts.target], strict=True))


def test_joint_and_mutual_acts_expand(toy):
    rows = [
        (1, "PRK", "JPN;KOR", "conflict"),
        (2, "JPN;KOR;USA", "JPN;KOR;USA", "cooperation"),
        (3, "RUS;USA", "PRK", "cooperation"),
        (4, "KOR", "KOR", "conflict"),
    ]
    found = pairs_of(expand(frame(rows), toy))
    trio = ["JPN", "KOR", "USA"]
    expected = [(0, "PRK", "JPN"), (0, "PRK", "KOR"), (2, "USA", "PRK")]
    expected += [(1, i, j) for i in trio for j in trio if i != j]
    assert found == sorted(expected)


def test_sectors_are_nodes_besides_their_state(tmp_path):
    case = with_text(tmp_path, nodes=('PRK = "North Korea"', 'PRK = "North Korea"\n"KOR.OPP" = "o"\n"KOR.GOV" = "g"'))
    rows = [
        (1, "KOR", "KOR", "conflict", [], "OPP", "GOV"),
        (2, "KOR", "JPN", "conflict", [], "OPP", "GOV"),
        (3, "KOR", "KOR", "conflict", [], "CVL", "GOV"),
    ]
    assert pairs_of(expand(frame(rows), case)) == [(0, "KOR.OPP", "KOR.GOV"), (1, "KOR", "JPN"), (1, "KOR.OPP", "JPN")]


def random_rows(seed, count=300, days=700):
    rng = np.random.default_rng(seed)
    states = ["USA", "JPN", "KOR", "PRK"]
    rows = []
    for _ in range(count):
        i, j = rng.choice(4, 2, replace=False)
        rows.append((int(rng.integers(0, days)), states[i], states[j], ["cooperation", "conflict"][rng.integers(2)]))
    return rows


def slow_trace(rows, source, target, event_class, day, half_life):
    return sum(
        2.0 ** (-(day - when) / half_life)
        for when, s, t, c in rows
        if (s, t, c) == (source, target, event_class) and when < day
    )


def test_columns_are_their_formulas(toy):
    rows = random_rows(1)
    origin = START + timedelta(days=700)
    steps = lay_steps(START, origin, 7)
    design = build_design(toy, expand(frame(rows), toy), steps)
    unit = next(u for u in design.units if (u.source, u.target, u.event_class) == ("JPN", "KOR", "cooperation"))
    names = [design.columns[p].name for p in unit.columns]
    starts = [int(s) - day_number(START) for s in steps.starts[steps.burn_in : steps.count]]
    for row, day in enumerate(starts):
        here = dict(zip(names, unit.X[row], strict=True))
        own = slow_trace(rows, "JPN", "KOR", "cooperation", day, 90.0)
        threat = sum(slow_trace(rows, "PRK", ally, "conflict", day, 60.0) for ally in ("JPN", "KOR"))
        push = min(
            slow_trace(rows, "USA", ally, "cooperation", day, 60.0)
            + slow_trace(rows, ally, "USA", "cooperation", day, 60.0)
            for ally in ("JPN", "KOR")
        )
        np.testing.assert_allclose(here["inertia(90d)"], np.log1p(own), rtol=1e-9)
        np.testing.assert_allclose(here["shared_threat"], np.log1p(threat), rtol=1e-9)
        np.testing.assert_allclose(here["patron_push"], np.log1p(push), rtol=1e-9)
        within = [1 for when, s, t, c in rows if (s, t, c) == ("JPN", "KOR", "cooperation") and day <= when < day + 7]
        assert unit.y[row] == len(within)
        before = [when for when, *_ in rows if when < day]
        number = sum(2.0 ** (-(day - when) / 365.25) for when in before)
        first = min(min(when for when, *_ in rows), int(steps.starts[0]) - day_number(START))
        length = (1 - 2.0 ** (-(day - first) / 365.25)) * 365.25 / np.log(2) / 7
        part = [
            1.0 + sum(2.0 ** (-(day - when) / 365.25) for when, _, _, c in rows if when < day and c == name)
            for name in ("cooperation", "conflict")
        ]
        density = (number + 1) / (length + 1) * part[0] / sum(part) * 2
        np.testing.assert_allclose(design.offset["cooperation"][row], np.log(density), rtol=1e-9)


def test_mechanisms_move_only_their_right_side(toy):
    design = build_design(toy, expand(frame(random_rows(2)), toy), lay_steps(START, START + timedelta(days=700), 7))
    for unit in design.units:
        names = [design.columns[p].name for p in unit.columns if design.columns[p].kind == "mechanism"]
        moved = {unit.source, unit.target} == {"JPN", "KOR"} and unit.event_class == "cooperation"
        assert names == (["shared_threat", "patron_push"] if moved else [])


def test_product_is_of_centred_factors(tmp_path):
    case = with_text(
        tmp_path,
        says=(
            "patron -- a : cooperation & patron -- b : cooperation => a -> b : cooperation",
            "a -- b : conflict * shared_threat => a -> b : cooperation",
        ),
    )
    rows = random_rows(3)
    steps = lay_steps(START, START + timedelta(days=700), 7)
    design = build_design(case, expand(frame(rows), case), steps)
    unit = next(u for u in design.units if (u.source, u.target, u.event_class) == ("KOR", "JPN", "cooperation"))
    at = {design.columns[p].name: k for k, p in enumerate(unit.columns)}
    starts = [int(s) - day_number(START) for s in steps.starts[steps.burn_in : steps.count]]
    brake = np.array(
        [
            np.log1p(
                slow_trace(rows, "KOR", "JPN", "conflict", d, 60.0)
                + slow_trace(rows, "JPN", "KOR", "conflict", d, 60.0)
            )
            for d in starts
        ]
    )
    threat = unit.X[:, at["shared_threat"]]
    expected = (brake - brake.mean()) * (threat - threat.mean())
    np.testing.assert_allclose(unit.X[:, at["patron_push"]], expected, rtol=1e-9, atol=1e-12)


def test_contexts_narrow_a_cause(tmp_path):
    case = with_text(tmp_path, says=("adversary -> ally : conflict =>", "adversary -> ally : conflict[nuclear] =>"))
    rows = [(30, "PRK", "KOR", "conflict", ["trade"]), (40, "PRK", "KOR", "conflict", ["nuclear", "trade"])]
    steps = lay_steps(START, START + timedelta(days=140), 7)
    design = build_design(case, expand(frame(rows), case), steps)
    unit = next(u for u in design.units if (u.source, u.target, u.event_class) == ("KOR", "JPN", "cooperation"))
    at = {design.columns[p].name: k for k, p in enumerate(unit.columns)}
    ages = np.array([int(s) - day_number(START) - 40 for s in steps.starts[steps.burn_in : steps.count]])
    expected = np.where(ages > 0, np.log1p(2.0 ** (-ages / 60.0)), 0.0)
    np.testing.assert_allclose(unit.X[:, at["shared_threat"]], expected, rtol=1e-9, atol=1e-15)


def test_another_half_life_equals_a_design_made_with_it(toy):
    acts, steps = expand(frame(random_rows(4)), toy), lay_steps(START, START + timedelta(days=700), 7)
    swapped = with_half_life(build_design(toy, acts, steps), "shared_threat", 14.0)
    fresh = build_design(toy, acts, steps, {"shared_threat": 14.0})
    for one, other in zip(swapped.units, fresh.units, strict=True):
        np.testing.assert_array_equal(one.X, other.X)
    assert swapped.columns == fresh.columns
    base = build_design(toy, acts, steps)
    assert any(not np.array_equal(one.X, other.X) for one, other in zip(base.units, fresh.units, strict=True))


def test_later_events_do_not_reach_earlier_rows(toy):
    rows, extra = random_rows(5), [(690, "PRK", "KOR", "conflict")] * 20
    steps = lay_steps(START, START + timedelta(days=700), 7)
    plain = build_design(toy, expand(frame(rows), toy), steps)
    more = build_design(toy, expand(frame(rows + extra), toy), steps)
    untouched = int((steps.starts[steps.burn_in : steps.count] <= day_number(START) + 690).sum())
    for one, other in zip(plain.units, more.units, strict=True):
        np.testing.assert_array_equal(one.X[:untouched], other.X[:untouched])
    for c, offset in plain.offset.items():
        np.testing.assert_array_equal(offset[:untouched], more.offset[c][:untouched])
    assert untouched < plain.rows
