"""Edges of a design: an act on the first day of a step, on the origin, on the start of the case; and before 1970."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import Case, read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.days import day_number
from lynchpin.model.design import Design, build_design, expand
from lynchpin.model.design.steps import lay_steps

Row = tuple[int, str, str, str]  # day after the start, source, target, class


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("toy")
    write_new_case("toy", folder)
    return read_case(folder / "toy")


def made(case: Case, rows: list[Row], start: date, days: int) -> Design:
    frame = pl.DataFrame(
        {
            "date": [start + timedelta(days=row[0]) for row in rows],
            "source": [row[1].split(";") for row in rows],
            "target": [row[2].split(";") for row in rows],
            "event_class": [row[3] for row in rows],
            "contexts": pl.Series([[] for _ in rows], dtype=pl.List(pl.String)),
            "source_sector": ["GOV"] * len(rows),
            "target_sector": ["GOV"] * len(rows),
        }
    ).sort("date")
    return build_design(case, expand(frame, case), lay_steps(start, start + timedelta(days=days), 7))


def unit(design: Design, source: str, target: str, event_class: str) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Counts by fitted step, and columns by name."""
    one = next(u for u in design.units if (u.source, u.target, u.event_class) == (source, target, event_class))
    return one.y, {design.columns[p].name: one.X[:, k] for k, p in enumerate(one.columns)}


START, DAYS = date(2015, 1, 1), 140  # 20 steps, of which 4 fill the memory


def test_an_act_falls_into_the_step_that_begins_on_its_day_and_is_remembered_from_the_next(toy: Case) -> None:
    first = 7 * 10
    for day, step in ((first - 1, 9), (first, 10), (first + 6, 10), (first + 7, 11)):
        y, columns = unit(made(toy, [(day, "JPN", "KOR", "cooperation")], START, DAYS), "JPN", "KOR", "cooperation")
        assert y.tolist() == [int(row == step - 4) for row in range(16)]
        felt = columns["inertia(90d)"]
        assert not felt[: step - 3].any() and (felt[step - 3 :] > 0.0).all()
        age = 7 * (step + 1) - day
        assert felt[step - 3] == pytest.approx(np.log1p(0.5 ** (age / 90.0)))


def test_the_day_before_the_origin_is_the_last_that_counts(toy: Case) -> None:
    rows = [(day, "JPN", "KOR", "cooperation") for day in (DAYS - 1, DAYS, DAYS + 1)]
    y, _ = unit(made(toy, rows, START, DAYS), "JPN", "KOR", "cooperation")
    assert y.tolist() == [0] * 15 + [1]


@pytest.mark.parametrize("extra", range(7))
def test_steps_end_on_the_origin_whatever_is_left_over_at_the_start(toy: Case, extra: int) -> None:
    steps = lay_steps(START, START + timedelta(days=DAYS + extra), 7)
    assert steps.origin_day == day_number(START) + DAYS + extra
    assert (steps.count, steps.first_day) == (20, day_number(START) + extra)


def test_an_act_done_together_counts_once_each_way_and_an_edge_of_either_way_counts_both(toy: Case) -> None:
    """The push of the patron, written with `--`, takes in both directions of what each side did alone."""
    both = made(toy, [(40, "USA;JPN", "USA;JPN", "cooperation"), (40, "KOR", "USA", "cooperation")], START, DAYS)
    for source, target in (("USA", "JPN"), ("JPN", "USA"), ("KOR", "USA")):
        assert unit(both, source, target, "cooperation")[0].sum() == 1
    assert unit(both, "USA", "KOR", "cooperation")[0].sum() == 0
    weight = 0.5 ** ((7 * 6 - 40) / 60.0)
    push = unit(both, "JPN", "KOR", "cooperation")[1]["patron_push"]
    assert push[2] == pytest.approx(np.log1p(min(2 * weight, weight)))
    alone = made(toy, [(40, "JPN", "USA", "cooperation"), (40, "USA", "KOR", "cooperation")], START, DAYS)
    assert unit(alone, "JPN", "KOR", "cooperation")[1]["patron_push"][2] == pytest.approx(np.log1p(weight))


def test_a_record_before_1970_has_the_design_of_one_after(toy: Case) -> None:
    rng = np.random.default_rng(3)
    states = ["USA", "JPN", "KOR", "PRK"]
    rows: list[Row] = []
    for day in sorted(rng.integers(0, DAYS, 80).tolist()):
        source, target = rng.choice(4, 2, replace=False)
        rows.append((day, states[source], states[target], ("cooperation", "conflict")[int(rng.integers(2))]))
    late, early = (made(toy, rows, start, DAYS) for start in (START, date(1969, 11, 1)))
    assert early.steps.first_day == -61 and early.steps.origin_day == 79
    assert late.rows == early.rows == 16
    for one, other in zip(late.units, early.units, strict=True):
        np.testing.assert_array_equal(one.y, other.y)
        np.testing.assert_allclose(one.X, other.X, atol=1e-12)
    for name, offset in late.offset.items():
        np.testing.assert_allclose(offset, early.offset[name], atol=1e-12)
