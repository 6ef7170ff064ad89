"""Windows and lags of mechanisms: read, refused, said, computed as the formula says, and no look ahead."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.answers.evidence.claims import sentence
from lynchpin.errors import BadValue
from lynchpin.model.design import build_design, expand
from lynchpin.model.design.layers import Layer, step_weights
from lynchpin.model.design.steps import lay_steps

START = date(2015, 1, 1)
FIRST = 'expect = "+"\nhalf_life = "60d"                # or "fit"'


def case_with(folder, memory: str, second: str = 'half_life = "60d"'):
    """The small case of `lynchpin new`, its first mechanism with this memory and its second with that."""
    write_new_case("toy", folder)
    file = folder / "toy" / "case.toml"
    text = file.read_text()
    assert FIRST in text
    text = text.replace(FIRST, f'expect = "+"\n{memory}')
    cut = text.index('name = "patron_push"\nclaim')
    file.write_text(text[:cut] + text[cut:].replace('half_life = "60d"', second))
    return read_case(file)


READ = [  # keys, half-life, window, lag, how the sentence ends
    ('half_life = "30d"', 30.0, np.inf, 0.0, "each act's weight halves every 30 days."),
    ('half_life = "fit"\nlag = "2w"', None, np.inf, 14.0,
     "acts begin to count 14 days after they happen; from then on the half-life is estimated."),
    ('window = "90d"', np.inf, 90.0, 0.0, "acts count in full for 90 days."),
    ('half_life = "none"', np.inf, np.inf, 0.0, "acts count in full, however old."),
    ('half_life = "30d"\nwindow = "90d"\nlag = "30d"', 30.0, 90.0, 30.0,
     "acts begin to count 30 days after they happen; from then on each act's weight halves every 30 days, "
     "and acts count for 90 days."),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "half_life", "window", "lag", "ending"), READ, ids=[row[0] for row in READ])
def test_memory_is_read_and_said(tmp_path, keys, half_life, window, lag, ending):
    case = case_with(tmp_path, keys)
    mechanism = case.mechanisms[0]
    assert (mechanism.half_life_days, mechanism.window_days, mechanism.lag_days) == (half_life, window, lag)
    assert sentence(mechanism, case).endswith("; " + ending)


BAD = [  # keys, what
    ('window = "90"', "'90' is not a length of time"),
    ('window = "0d"', "more than zero"),
    ('lag = "a month"', "'a month' is not a length of time"),
    ('half_life = "never"', "'never' is not a length of time"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "what"), BAD, ids=[row[0] for row in BAD])
def test_bad_memory_points_at_its_line(tmp_path, keys, what):
    with pytest.raises(BadValue, match=what) as caught:
        case_with(tmp_path, keys)
    lines = (tmp_path / "toy" / "case.toml").read_text().splitlines()
    at = next(k for k, line in enumerate(lines, start=1) if keys in line)
    assert f"case.toml, line {at}, [mechanism] {keys.split()[0]}" in caught.value.where


def frame(rows):
    return pl.DataFrame(
        {
            "date": [START + timedelta(days=day) for day, *_ in rows],
            "source": [[s] for _, s, _, _ in rows],
            "target": [[t] for _, _, t, _ in rows],
            "event_class": [c for *_, c in rows],
            "contexts": pl.Series([[] for _ in rows], dtype=pl.List(pl.String)),
            "source_sector": ["GOV"] * len(rows),
            "target_sector": ["GOV"] * len(rows),
        }
    ).sort("date")


def random_rows(seed, count=250, days=500):
    rng = np.random.default_rng(seed)
    states = ["USA", "JPN", "KOR", "PRK"]
    pairs = [rng.choice(4, 2, replace=False) for _ in range(count)]
    return [
        (int(rng.integers(0, days)), states[i], states[j], ["cooperation", "conflict"][rng.integers(2)])
        for i, j in pairs
    ]


def made(case, rows):
    return build_design(case, expand(frame(rows), case), lay_steps(START, START + timedelta(days=500), 7))


def slow(rows, source, target, event_class, day, half_life, window, lag):
    """The formula, act by act."""
    total = 0.0
    for when, s, t, c in rows:
        age = day - when - lag
        if (s, t, c) == (source, target, event_class) and 0 < age <= window:
            total += 2.0 ** (-age / half_life)
    return total


def test_columns_are_their_formulas(tmp_path):
    """Each mechanism has its own memory, also where one speaks of the other."""
    case = case_with(tmp_path, 'window = "40d"\nlag = "10d"', 'half_life = "20d"\nlag = "36h"')
    rows = random_rows(1)
    design = made(case, rows)
    unit = next(u for u in design.units if (u.source, u.target, u.event_class) == ("JPN", "KOR", "cooperation"))
    at = {design.columns[p].name: k for k, p in enumerate(unit.columns)}
    starts = design.steps.starts[design.steps.burn_in : design.steps.count] - (START - date(1970, 1, 1)).days
    for row, day in enumerate(starts):
        threat = sum(slow(rows, "PRK", ally, "conflict", day, np.inf, 40.0, 10.0) for ally in ("JPN", "KOR"))
        push = min(
            slow(rows, "USA", ally, "cooperation", day, 20.0, np.inf, 1.5)
            + slow(rows, ally, "USA", "cooperation", day, 20.0, np.inf, 1.5)
            for ally in ("JPN", "KOR")
        )
        np.testing.assert_allclose(unit.X[row, at["shared_threat"]], np.log1p(threat), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(unit.X[row, at["patron_push"]], np.log1p(push), rtol=1e-9, atol=1e-12)
    assert [c.half_life_days for c in design.columns if c.kind == "mechanism"] == [None, 20.0]


def test_later_events_do_not_reach_earlier_rows(tmp_path):
    """Nothing of a day or later counts on it; under a lag, nothing of the days before it either."""
    case = case_with(tmp_path, 'window = "40d"\nlag = "21d"', 'window = "30d"')
    rows = random_rows(5)
    plain, more = made(case, rows), made(case, rows + [(450, "PRK", "KOR", "conflict")] * 20)
    starts = plain.steps.starts[plain.steps.burn_in : plain.steps.count] - (START - date(1970, 1, 1)).days
    k = next(p for p, c in enumerate(plain.columns) if c.name == "shared_threat")
    touched = np.zeros(starts.size, dtype=bool)
    for one, other in zip(plain.units, more.units, strict=True):
        np.testing.assert_array_equal(one.X[starts <= 450], other.X[starts <= 450])
        if k in one.columns:
            touched |= one.X[:, one.columns == k][:, 0] != other.X[:, other.columns == k][:, 0]
    assert np.array_equal(touched, (starts > 471) & (starts <= 511))
    assert touched.any()


@pytest.mark.parametrize("memory", [(60.0, np.inf, 0.0), (np.inf, 40.0, 10.0), (9.0, 30.0, 25.0), (20.0, np.inf, 3.0)])
def test_step_weights_are_means_over_the_days_of_a_step(memory):
    age = (np.arange(100_000) + 0.5) * 7.0 / 10_000 - memory[2]  # ten steps, finely
    weight = np.where((age > 0) & (age <= memory[1]), 2.0 ** (-np.maximum(age, 0) / memory[0]), 0.0)
    layer = Layer(("x",), (), *memory)
    np.testing.assert_array_equal(layer.weight(age + memory[2]), weight)
    found = step_weights(layer, 7, 10)
    np.testing.assert_allclose(found, weight.reshape(10, 10_000).mean(axis=1), rtol=1e-3, atol=1e-4)
