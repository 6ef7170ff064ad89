"""Events that last: by hand, by plain loops, and a planted truth that is found again."""

from __future__ import annotations

import json
from math import log

import numpy as np
import polars as pl
import pytest

from helpers.plain_interval import PlainInterval
from helpers.planted_lasting import END_EFFECTS, HALF_LIFE, NAMES, START_EFFECTS, drawn
from lynchpin.engine.rem.events import stream_of
from lynchpin.engine.rem.lasting import lasting, read_spells
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.risk import risk_set
from lynchpin.engine.rem.work import Work
from lynchpin.errors import BadData, BadValue, UnknownName

SCHEMA = ["start", "end", "sender", "receiver"]


def record(*rows):
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_rates_by_hand():
    """Two dyads of two actors: starts over the time without an event, ends over the time with one."""
    fit = lasting(
        record((0.0, 2.0, "A", "B"), (1.0, 4.0, "B", "A"), (5.0, 6.0, "A", "B"), (7.0, None, "B", "A")),
        "",
        "",
        stop=10.0,
    )
    # A -> B has none from 2 to 5 and from 6 to 10; B -> A from 0 to 1 and from 4 to 7. The first start starts the clock
    assert fit.start.estimate == pytest.approx([log(3 / (3 + 4 + 1 + 3))])
    # ends at 2, 4 and 6; A -> B is going on for 2 + 1, B -> A for 3 + 3
    assert fit.end.estimate == pytest.approx([log(3 / (3 + 6))])
    assert (fit.start.n_events, fit.end.n_events, fit.n_ended, fit.n_open) == (3, 3, 3, 1)
    assert fit.mean_duration == pytest.approx(2.0)


def test_one_covariate_by_hand():
    """Whether the other dyad is going on: two rates, each events over time."""
    rows = (0.0, 2.0, "A", "B"), (1.0, 4.0, "B", "A"), (5.0, 6.5, "A", "B"), (6.0, 8.0, "B", "A"), (9.0, 9.5, "A", "B")
    fit = lasting(record(*rows), "reciprocity(of=ongoing)", "reciprocity(of=ongoing)", stop=12.0)
    # started beside the other's: at 1 and 6; alone: at 5 and 9. Time beside: A -> B 2-4 and 6.5-8, B -> A 0-1, 5-6, 9-9.5
    beside, alone = log(2 / (2 + 1.5 + 2.5)), log(2 / ((1 + 1 + 2.5) + (1 + 1 + 2.5)))
    assert fit.start.estimate == pytest.approx([alone, beside - alone], abs=1e-8)
    # ended beside the other's: at 2 and 6.5, over 1 + 0.5 of each; alone: at 4, 8 and 9.5, over 1 + 1 + 0.5, 2 + 1.5
    beside, alone = log(2 / (2 * 1.5)), log(3 / (2.5 + 3.5))
    assert fit.end.estimate == pytest.approx([alone, beside - alone], abs=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_both_processes_are_those_of_plain_loops(seed):
    """Value, slope and curvature, of what is remembered of starts and ends, and of what goes on."""
    n, until = 4, 7.0
    frame = drawn((-2.2, 0.3, 0.8), (-0.7, 0.2, -0.3), until, n, np.random.default_rng(seed))
    start_effects = "inertia(4) reciprocity(of=ongoing) indegreeReceiver(window=3) recencySendSender"
    end_effects = "recencyContinue outdegreeSender(of=ongoing) inertia(class=end, scale=log1p) reciprocity(2)"
    found = lasting(frame, start_effects, end_effects, stop=until + 1.0, ridge=1.0)
    events = [(a, np.inf if b is None else b, NAMES.index(i), NAMES.index(j)) for a, b, i, j in frame.rows()]

    def history(t):
        begun, ended, going = ([e for e in events if keep(*e, t)] for keep in (_begun, _ended, _going))
        return begun, ended, going

    def starting(t):
        begun, _, going = history(t)
        X = np.zeros((n, n, 4))
        for a, _, i, j in begun:
            X[i, j, 0] += 0.5 ** ((t - a) / 4.0)
            X[:, j, 2] += t - a <= 3.0
        for _, _, i, j in going:
            X[j, i, 1] = 1.0
        for i in range(n):
            X[i, :, 3] = max((1.0 / (t - a + 1.0) for a, _, s, _ in begun if s == i), default=0.0)
        return X

    def ending(t):
        begun, ended, going = history(t)
        X = np.zeros((n, n, 4))
        for a, _, i, j in begun:
            X[i, j, 0] = max(X[i, j, 0], 1.0 / (t - a + 1.0))
            X[j, i, 3] += 0.5 ** ((t - a) / 2.0)
        for _, _, i, _ in going:
            X[i, :, 1] += 1.0
        for a, b, i, j in ended:
            X[i, j, 2] += b - a
        X[:, :, 2] = np.log1p(X[:, :, 2])
        return X

    def is_going(t, i, j):
        return any(a < t <= b for a, b, s, r in events if (s, r) == (i, j))

    times = sorted({t for a, b, _, _ in events for t in (a, b) if np.isfinite(t)})
    jumps = [*times, *(t + 3.0 for t in times)]
    for fit, columns, can, seen in (
        (found.start, starting, lambda t, i, j: not is_going(t, i, j), [(a, i, j) for a, _, i, j in events]),
        (found.end, ending, is_going, [(b, i, j) for _, b, i, j in events if np.isfinite(b)]),
    ):
        rows = [(t, NAMES[i], NAMES[j]) for t, i, j in seen]
        stream = stream_of(
            pl.DataFrame(rows, schema=["time", "sender", "receiver"], orient="row"), actors=tuple(NAMES[:n])
        )
        plain = PlainInterval(
            stream,
            columns,
            begin=times[0],
            counts_begin=False,
            end=until + 1.0,
            jumps=jumps,
            at_risk=can,
            panels=1,
            looks=12,
        )
        problem = prepare(fit.request, fit.stream)
        work = Work(problem.features, problem.plan, fit.request.model)
        for beta in (fit.estimate, np.array([-1.0, 0.3, -0.4, 0.2, 0.5])):
            sums = work.sums(beta)
            assert sums.value == pytest.approx(plain.value(beta), rel=1e-8)
            np.testing.assert_allclose(sums.gradient, plain.slope(beta), rtol=1e-7, atol=1e-7)
            np.testing.assert_allclose(sums.information, plain.information(beta), rtol=1e-7, atol=1e-7)


def _begun(a, b, i, j, t):
    return a < t


def _ended(a, b, i, j, t):
    return b < t


def _going(a, b, i, j, t):
    return a < t <= b


def test_a_planted_record_is_found_again():
    truth = np.array([-3.0, 0.5, 0.8]), np.array([-0.5, 0.3, -0.2])
    frame = drawn(*truth, 120.0, 6, np.random.default_rng(3))
    fit = lasting(frame, START_EFFECTS, END_EFFECTS, start=0.0, stop=120.0)
    assert fit.start.n_events > 200
    for found, planted in zip((fit.start, fit.end), truth, strict=True):
        assert (np.abs(found.estimate - planted) < 3.0 * found.se).all()


@pytest.mark.slow
def test_planted_records_are_found_again_and_their_intervals_hold():
    """60 records: no coefficient is off by more than three tenths of a standard error; 80 to 99 % of intervals hold."""
    truth = np.array([-3.0, 0.4, 0.8]), np.array([-0.5, 0.3, -0.2])
    off = []
    for seed in range(60):
        frame = drawn(*truth, 300.0, 6, np.random.default_rng(1000 + seed))
        fit = lasting(frame, START_EFFECTS, END_EFFECTS, start=0.0, stop=300.0)
        off.append(np.concatenate([(f.estimate - t) / f.se for f, t in zip((fit.start, fit.end), truth, strict=True)]))
    off = np.array(off)
    assert np.abs(off.mean(axis=0)).max() < 0.3 + 2.0 / np.sqrt(60)
    held = (np.abs(off) < 1.645).mean(axis=0)
    assert held.min() >= 0.80 and held.max() <= 0.99
    print(off.mean(axis=0), held)


def test_undirected_events_have_one_pair():
    """A pair is busy whoever is named first: starts over the time without an event, by hand."""
    rows = (0.0, 2.0, "A", "B"), (3.0, 4.0, "B", "A"), (4.0, 5.0, "A", "B"), (6.0, 7.0, "C", "A")
    fit = lasting(record(*rows), "", "", undirected=True, stop=8.0)
    # pairs AB, AC, BC: AB free 2-3, (4-4), 5-8; AC 0-6, 7-8; BC 0-8
    assert fit.start.estimate == pytest.approx([log(3 / (4 + 7 + 8))])
    assert fit.end.estimate == pytest.approx([log(4 / (2 + 1 + 1 + 1))])


def test_types_are_of_starts_unless_an_effect_says_ends():
    rows = [(float(k), k + 0.5, "ABC"[k % 3], "BCA"[k % 3], ("call", "visit")[k % 2]) for k in range(12)]
    frame = pl.DataFrame(rows, schema=[*SCHEMA, "type"], orient="row")
    fit = lasting(frame, "inertia(3) inertia(3, class=visit)", "outdegreeSender(class=end)", ridge=1.0)
    said = [term.effects[0].classes for fitted in (fit.start, fit.end) for term in fitted.request.terms]
    assert said == [("call", "visit"), ("visit",), ("call end", "visit end")]


def test_dates_are_days_and_an_open_end_goes_on():
    frame = pl.DataFrame(
        {
            "start": ["2020-01-01", "2020-01-05", "2020-01-11"],
            "end": ["2020-01-03", "2020-01-09", ""],
            "sender": ["A", "B", "A"],
            "receiver": ["B", "A", "B"],
        }
    )
    fit = lasting(frame, "", "", stop="2020-01-15")
    assert fit.end.estimate == pytest.approx([log(2 / (2 + 4 + 4))])
    assert fit.start.estimate == pytest.approx([log(2 / ((14 - 2 - 4) + (14 - 4)))])
    told = json.loads(json.dumps(fit.to_dict(), allow_nan=False))
    assert (told["n_open"], told["start"]["names"]) == (1, ["baseline"])
    assert "still going on" in fit.summary() and "since" not in fit.summary().splitlines()[0]
    assert fit.to_frame().select("process", "name").rows() == [("start", "baseline"), ("end", "baseline")]


WRONG = [
    (((0.0, 2.0, "A", "B"), (1.0, 3.0, "A", "B")), "two events going on at one time", "lines 2 and 3"),
    (((0.0, 2.0, "A", "B"), (3.0, 3.0, "A", "B")), "does not end after it starts", "line 3"),
    (((0.0, None, "A", "B"), (1.0, None, "B", "A")), "no event has an end", "events"),
    (((0.0, None, "A", "B"), (4.0, 5.0, "A", "B")), "two events going on at one time", "lines 2 and 3"),
    (((None, 1.0, "A", "B"), (4.0, 5.0, "A", "B")), "no start", "line 2"),
    (((0.0, 1.0, "A", "A"), (4.0, 5.0, "A", "B")), "acts on itself", "line 2"),
]


@pytest.mark.parametrize(("rows", "what", "where"), WRONG, ids=[w[1] for w in WRONG])
def test_what_cannot_be_read_is_refused(rows, what, where):
    with pytest.raises(BadData, match=what) as caught:
        lasting(record(*rows), "", "")
    assert where in caught.value.where


def test_effects_and_covariates_that_are_not_right_are_refused():
    rows = record((0.0, 2.0, "A", "B"), (1.0, 4.0, "B", "A"), (5.0, 6.0, "A", "B"))
    with pytest.raises(UnknownName, match="no statistic named 'inertai'") as caught:
        lasting(rows, "", "inertai")
    assert caught.value.where.startswith("end effects")
    with pytest.raises(BadValue, match="ongoing"):
        lasting(rows, "", "", covariates={"ongoing": pl.DataFrame({"actor": ["A"], "value": [1.0]})})
    with pytest.raises(BadValue, match="x is in no effect"):
        lasting(rows, "", "", covariates={"x": pl.DataFrame({"actor": ["A"], "value": [1.0]})})


def test_overlaps_of_a_pair_without_direction_are_refused():
    rows = record((0.0, 2.0, "A", "B"), (1.0, 4.0, "B", "A"))
    assert read_spells(rows).length.tolist() == [2.0, 3.0]
    with pytest.raises(BadData, match="two events"):
        read_spells(rows, undirected=True)


# --- pairs that are at risk for a time ---------------------------------------------------------------------------------


def pairs(*rows, last="until"):
    return pl.DataFrame(rows, schema=["sender", "receiver", "since", last], orient="row")


STREAM = stream_of(
    pl.DataFrame(
        [(1.0, "A", "B"), (2.0, "B", "A"), (3.0, "A", "B")], schema=["time", "sender", "receiver"], orient="row"
    )
)


def test_pairs_at_risk_for_a_time():
    risk = risk_set(STREAM, dyads=pairs(("A", "B", None, 2.0), ("B", "A", 1.0, None), ("A", "B", 2.5, 4.0)))
    assert list(zip(risk.i, risk.j, risk.enter, risk.leave, strict=True)) == [
        (0, 1, -np.inf, 2.0), (0, 1, 2.5, 4.0), (1, 0, 1.0, np.inf),
    ]  # fmt: skip
    assert risk.dyads == 2
    through = risk_set(STREAM, dyads=pairs(("A", "B", 0.0, 2.0), ("B", "A", 1.0, None), last="through"))
    assert through.leave[0] == np.nextafter(2.0, 3.0)


def test_pairs_at_risk_while_their_actors_are_there():
    presence = pl.DataFrame({"actor": ["A"], "from": [1.5], "to": [3.5]})
    risk = risk_set(STREAM, dyads=pairs(("A", "B", None, 2.0), ("B", "A", 1.0, None)), presence=presence)
    assert list(zip(risk.enter, risk.leave, strict=True)) == [(1.5, 2.0), (1.5, 3.5)]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ((("A", "B", 0.0, 2.0), ("A", "B", 1.0, 3.0)), "at risk twice at one time"),
        ((("A", "B", 2.0, 1.0), ("B", "A", 1.0, 3.0)), "before it begins"),
    ],
)
def test_spells_of_a_pair_that_are_not_right_are_refused(rows, what):
    with pytest.raises(BadValue, match=what):
        risk_set(STREAM, dyads=pairs(*rows))


def test_a_half_life_of_effects_that_name_none():
    frame = drawn((-2.2, 0.3, 0.8), (-0.7, 0.2, -0.3), 20.0, 4, np.random.default_rng(5))
    named = lasting(frame, f"inertia({HALF_LIFE})", "")
    shared = lasting(frame, "inertia", "", half_life=HALF_LIFE)
    assert named.start.estimate.tolist() == shared.start.estimate.tolist()
