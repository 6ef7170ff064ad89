"""Acts of many parties as one event: reading, statistics against plain loops, the likelihood, and what was planted."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import polars as pl
import pytest
from scipy.special import logsumexp

from helpers.seeds import seeds
from lynchpin.engine.hyper import hyper
from lynchpin.engine.hyper.effects import parse_hyper_effects
from lynchpin.engine.hyper.fit import columns
from lynchpin.engine.hyper.record import read_record
from lynchpin.engine.hyper.sample import draw_sets
from lynchpin.engine.hyper.statistics import HYPER_STATISTICS
from lynchpin.errors import BadData, BadValue, UnknownName

EVERY = "subrep(1, 4) subrep(2, 4) subrep(3) subrep(2) repetition(4) closure(4) closure average(x) difference(x)"


def random_meetings(seed, *, events=25, actors=7, most=5, with_sender=False):
    """Few actors, many events of one time."""
    rng, rows = np.random.default_rng(seed), []
    for time in np.sort(rng.integers(0, 14, events)):
        some = rng.choice(actors, rng.integers(2 + with_sender, most + 1), replace=False)
        row = {"time": float(time), "participants": "; ".join(f"a{k}" for k in some[int(with_sender) :])}
        rows.append(row | {"sender": f"a{some[0]}"} if with_sender else row)
    return pl.DataFrame(rows)


def covariate(seed, actors=7):
    value = np.random.default_rng(seed).normal(size=actors)
    return pl.DataFrame({"actor": [f"a{k}" for k in range(actors)], "value": value})


def plain_columns(record, sets, effects, value):
    """By the references of the statistics, from the definitions."""
    out = np.empty((len(effects), sets.when.size))
    for k, effect in enumerate(effects):
        reference = HYPER_STATISTICS[effect.statistic].reference
        for r, (a, b) in enumerate(zip(sets.ptr[:-1], sets.ptr[1:], strict=True)):
            who, sender = sets.who[a:b].tolist(), int(sets.sender[r])
            out[k, r] = reference(record, sets.when[r], who, sender, effect.order, effect.half_life, value)
    return out


@pytest.mark.parametrize("with_sender", [False, True])
@pytest.mark.parametrize("seed", seeds(60, 20))
def test_every_statistic_is_what_plain_loops_say(seed, with_sender):
    record = read_record(random_meetings(seed, with_sender=with_sender), actors=[f"a{k}" for k in range(7)])
    sets, _ = draw_sets(record, 0, 3, seed)
    text = EVERY + (" senderSubrep(1, 4) senderSubrep(2)" if with_sender else "")
    effects, table = parse_hyper_effects(text, record.clock), covariate(seed)
    found = columns(record, sets, effects, {"x": table}, [])
    right = plain_columns(record, sets, effects, table["value"].to_numpy())
    np.testing.assert_allclose(found, right, rtol=1e-10, atol=1e-12)
    left_out = set() if with_sender else {"senderSubrep"}
    assert {effect.statistic for effect in effects} == set(HYPER_STATISTICS) - left_out


def test_by_hand():
    """Before 4: ABC at 1 and AB at 2. Of ABD: A twice, B twice, D never; AB twice; no three of them."""
    frame = pl.DataFrame({"time": [1, 2, 3, 4], "participants": ["A;B;C", "A;B", "C;D", "A;B;D"]})
    record = read_record(frame)
    sets, ptr = draw_sets(record, 3, 1, 1)
    effects = parse_hyper_effects("subrep(1) subrep(2) subrep(3) repetition closure", record.clock)
    found = columns(record, sets, effects, {}, [])[:, ptr[0]]
    # A has met B twice and C once; D has met C once. AB: through C 1, D 0. AD: through B 0, C 1. BD: the same.
    np.testing.assert_allclose(found, [5 / 3, 2 / 3, 0.0, 0.0, 1.0])


def test_a_day_half_as_old_counts_twice_as_much():
    frame = pl.DataFrame({"time": [0.0, 10.0, 20.0], "participants": ["A;B", "A;C", "A;B"]})
    record = read_record(frame)
    sets, _ = draw_sets(record, 2, 1, 1)
    found = columns(record, sets, parse_hyper_effects("subrep(2, 10) subrep(1, 10)", record.clock), {}, [])
    np.testing.assert_allclose(found[:, 0], [0.25, (0.75 + 0.25) / 2])


def test_rows_that_share_an_event_are_one():
    joint = pl.DataFrame({"time": ["2001-02-03", "2001-02-05"], "participants": ["JPN; KOR;USA", "JPN;USA"]})
    apart = pl.DataFrame(
        {
            "date": ["2001-02-03", "2001-02-05", "2001-02-03", "2001-02-03", "2001-02-05"],
            "event": ["drill", "talk", "drill", "drill", "talk"],
            "actor": ["USA", "USA", "KOR", "JPN", "JPN"],
        }
    )
    a, b = read_record(joint), read_record(apart)
    assert a.actors == b.actors == ("JPN", "KOR", "USA")
    for name in ("when", "ptr", "who", "sender"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert a.members(0).tolist() == [0, 1, 2]


def test_controls_are_other_sets_of_the_size_each_once():
    record = read_record(random_meetings(3, actors=9))
    sets, ptr = draw_sets(record, 0, 6, 4)
    for e, (a, b) in enumerate(pairwise(ptr)):
        group = [tuple(sets.who[sets.ptr[r] : sets.ptr[r + 1]].tolist()) for r in range(a, b)]
        assert group[0] == tuple(record.members(e).tolist())
        assert len(set(group)) == len(group) == 7
        assert all(len(one) == len(group[0]) and list(one) == sorted(set(one)) for one in group)
    again, _ = draw_sets(record, 0, 6, 4)
    np.testing.assert_array_equal(sets.who, again.who)


def test_where_all_other_sets_are_few_all_are_compared():
    record = read_record(pl.DataFrame({"time": [1, 2], "participants": ["A;B", "B;C;D"]}))
    _, ptr = draw_sets(record, 0, 50, 1)
    assert np.diff(ptr).tolist() == [6, 4]


def test_who_acts_is_in_no_set_of_others():
    record = read_record(random_meetings(5, with_sender=True))
    sets, _ = draw_sets(record, 0, 5, 1)
    for r, (a, b) in enumerate(zip(sets.ptr[:-1], sets.ptr[1:], strict=True)):
        assert sets.sender[r] not in sets.who[a:b]


def test_the_fit_is_the_top_of_the_likelihood_by_a_plain_loop():
    frame, table = random_meetings(11, events=60, actors=9), covariate(2, 9)
    text = "subrep(1, 6) subrep(2, 6) difference(x)"
    fit = hyper(frame, text, controls=8, covariates={"x": table}, seed=5)
    record = read_record(frame)
    sets, ptr = draw_sets(record, 0, 8, 5)
    X = plain_columns(record, sets, parse_hyper_effects(text, record.clock), table["value"].to_numpy())

    def value(beta):
        eta = beta @ X
        return sum(eta[a] - logsumexp(eta[a:b]) for a, b in pairwise(ptr))

    assert fit.log_likelihood == pytest.approx(value(fit.estimate), rel=1e-10)
    for k in range(3):
        nudge = np.where(np.arange(3) == k, 1e-4, 0.0)
        up, down = value(fit.estimate + nudge), value(fit.estimate - nudge)
        assert (up - down) / 2e-4 == pytest.approx(0.0, abs=1e-4)
    assert fit.null_log_likelihood == pytest.approx(-60 * np.log(9))


def drawn_exactly(seed, truth, *, events=500, n=10, half_life=60.0):
    """Meetings of 2 to 4 of ten: each set is taken from all there are."""
    rng = np.random.default_rng(seed)
    every = {m: np.array([*combinations(range(n), m)]) for m in (2, 3, 4)}
    x, N, d, rows = rng.normal(size=n), np.zeros((n, n)), np.zeros(n), []
    for t in range(events):
        m = int(rng.integers(2, 5))
        sets, pairs = every[m], [*combinations(range(m), 2)]
        alone = d[sets].mean(axis=1)
        together = np.mean([N[sets[:, a], sets[:, b]] for a, b in pairs], axis=0)
        apart = np.mean([np.abs(x[sets[:, a]] - x[sets[:, b]]) for a, b in pairs], axis=0)
        eta = truth[0] * alone + truth[1] * together + truth[2] * apart
        p = np.exp(eta - eta.max())
        mine = sets[rng.choice(len(sets), p=p / p.sum())]
        rows.append((float(t), ";".join(f"a{k}" for k in mine)))
        d[mine] += 1.0
        N[np.ix_(mine, mine)] += 1.0
        d, N = d * 2.0 ** (-1.0 / half_life), N * 2.0 ** (-1.0 / half_life)
    table = pl.DataFrame({"actor": [f"a{k}" for k in range(n)], "value": x})
    return pl.DataFrame(rows, schema=["time", "participants"], orient="row"), table


def test_estimates_lie_about_what_was_planted():
    """Ten records drawn exactly: the mean off, in standard errors, and its spread."""
    truth, off = np.array([0.03, 0.1, -0.6]), []
    for seed in range(10):
        frame, table = drawn_exactly(seed, truth)
        fit = hyper(frame, "subrep(1, 60) subrep(2, 60) difference(x)", covariates={"x": table}, seed=seed)
        off.append((fit.estimate - truth) / fit.se)
    assert (np.abs(np.mean(off, axis=0)) < 2.6 / np.sqrt(10) + 0.1).all(), np.mean(off, axis=0)
    assert 0.6 < np.std(off) < 1.4


def planted(seed, truth, *, events=2000, n=50, half_life=200.0, among=1000):
    """Meetings of 2 to 8 of 50: each set is taken from a thousand drawn at random, by what they had in common."""
    rng = np.random.default_rng(seed)
    x, N, d, rows = rng.normal(size=n), np.zeros((n, n)), np.zeros(n), []
    for t in range(events):
        m = int(rng.integers(2, 9))
        sets = np.argsort(rng.random((among, n)), axis=1)[:, :m]
        pairs = [*combinations(range(m), 2)]
        alone = d[sets].mean(axis=1)
        together = np.mean([N[sets[:, a], sets[:, b]] for a, b in pairs], axis=0)
        apart = np.mean([np.abs(x[sets[:, a]] - x[sets[:, b]]) for a, b in pairs], axis=0)
        eta = truth[0] * alone + truth[1] * together + truth[2] * apart
        p = np.exp(eta - eta.max())
        mine = sets[rng.choice(among, p=p / p.sum())]
        rows.append((float(t), ";".join(f"a{k}" for k in mine)))
        fade = 2.0 ** (-1.0 / half_life)
        d[mine] += 1.0
        N[np.ix_(mine, mine)] += 1.0
        d, N = d * fade, N * fade
    table = pl.DataFrame({"actor": [f"a{k}" for k in range(n)], "value": x})
    return pl.DataFrame(rows, schema=["time", "participants"], orient="row"), table


def test_what_was_planted_is_found():
    """50 actors, 2,000 meetings of 2 to 8: the truth is within three standard errors of each."""
    truth = np.array([0.02, 0.2, -0.8])
    frame, table = planted(1, truth)
    fit = hyper(frame, "subrep(1, 200) subrep(2, 200) difference(x)", controls=10, covariates={"x": table})
    assert fit.n_events == 2000 and fit.n_actors == 50 and fit.sizes == (2, 8) and fit.n_sets == 22_000
    off = (fit.estimate - truth) / fit.se
    assert (np.abs(off) < 3.0).all(), (fit.estimate, fit.se)
    assert (np.abs(fit.estimate[1:]) > 4.0 * fit.se[1:]).all(), (fit.estimate, fit.se)


def test_the_answer_and_the_summary():
    fit = hyper(random_meetings(1, events=60), "subrep(1)", controls=4, start=3.0)
    assert fit.to_dict()["names"] == ["subrep(1)"] and fit.to_frame().height == 1
    said = fit.summary()
    assert f"{fit.n_events} events, each of 2 to 5 of 7 actors" in said
    assert "each event is compared with 4 other sets of its size (seed 1)" in said


BAD = [
    ({"time": [1, 2], "participants": ["A;B", "A"]}, {}, "fewer than 2 take part\n  where: events, line 3"),
    ({"time": [1, 2], "participants": ["A;B", "A;A"]}, {}, "A takes part twice"),
    ({"time": [1, 2], "participants": ["A;B", ""]}, {}, "no participant"),
    ({"time": [1, 2], "event": ["m", "m"], "actor": ["A", "B"]}, {}, "event m has two times"),
    ({"time": [1, 2], "sender": ["A", "B"], "participants": ["A;B", "C"]}, {}, "A acts on itself"),
    ({"time": [1, 2], "who": ["A;B", "C;D"]}, {}, "no column for the event"),
]


@pytest.mark.parametrize(("columns", "options", "what"), BAD)
def test_a_bad_record_is_refused(columns, options, what):
    with pytest.raises(BadData, match=what):
        hyper(pl.DataFrame(columns), "subrep(1)", **options)


@pytest.mark.parametrize(
    ("text", "options", "what"),
    [
        ("subrep", {}, "subrep needs an order"),
        ("subrep(9)", {}, "subrep needs an order"),
        ("average", {}, "average needs a covariate"),
        ("average(x)", {}, "no covariate 'x'"),
        ("inertia", {}, "no statistic named 'inertia'"),
        ("closure closure", {}, "closure is there twice"),
        ("closure(1, 2)", {}, "closure takes half-life"),
        ("senderSubrep(1)", {}, "the events have no sender"),
        ("", {}, "no effects"),
        ("closure", {"controls": 0}, "controls must be 1 or more"),
        ("closure", {"covariates": {"x": covariate(1)}}, "covariate x is in no effect"),
        ("average(x)", {"covariates": {"x": covariate(1).head(3)}}, "no value for a"),
    ],
)
def test_what_makes_no_sense_is_refused(text, options, what):
    with pytest.raises((BadData, BadValue, UnknownName), match=what):
        hyper(random_meetings(1), text, **options)
