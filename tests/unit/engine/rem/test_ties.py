"""`ties=`: day-stamped events in every combination, against plain loops over days and sets, or refused in one sentence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from math import log

import numpy as np
import polars as pl
import pytest

import lynchpin
from helpers.relational_plain import HALF_LIFE, crowded_stream, plain_columns
from lynchpin.errors import LynchpinError

NAMES = ("inertia", "reciprocity", "otp")
TEXT = " ".join(NAMES)
STREAM = crowded_stream(7, events=45, actors=4, days=16)


def exact(stream, beta, dyads_of):
    """The conditional log-likelihood by plain loops over sets; dyads_of: tied dyads -> comparisons of (tied, all)."""
    total = 0.0
    for time in np.unique(stream.when):
        X = plain_columns(stream, time, NAMES)
        now = stream.when == time
        tied = list(zip(stream.src[now].tolist(), stream.dst[now].tolist(), strict=True))
        for acted, everyone in dyads_of(tied):
            rows = [d for d in everyone if d not in acted] + acted  # an event each
            w = [np.exp(X[d] @ beta) for d in rows]
            sets = sum(np.prod([w[k] for k in some]) for some in combinations(range(len(rows)), len(acted)))
            total += sum(X[d] @ beta for d in acted) - log(sets)
    return total


def all_dyads(tied):
    return [(tied, [(i, j) for i in range(4) for j in range(4) if i != j])]


def by_sender(tied):
    return [
        ([d for d in tied if d[0] == s], [(s, j) for j in range(4) if j != s]) for s in sorted({d[0] for d in tied})
    ]


@pytest.mark.parametrize(("likelihood", "dyads_of"), [("ordinal", all_dyads), ("choice", by_sender)])
def test_exact_is_that_of_plain_loops(likelihood, dyads_of):
    found = lynchpin.rem(STREAM, TEXT, likelihood=likelihood, ties="exact", half_life=HALF_LIFE)
    at = exact(STREAM, found.estimate, dyads_of)
    assert found.log_likelihood == pytest.approx(at, rel=1e-10)
    curvature = []
    for h in np.diag(found.se * 1e-3):
        up, down = (exact(STREAM, found.estimate + sign * h, dyads_of) for sign in (1, -1))
        assert up < at and down < at
        curvature.append((2 * at - up - down) / h.max() ** 2)
    np.testing.assert_allclose(curvature, np.diag(np.linalg.inv(found.covariance)), rtol=1e-3)
    assert "simultaneous events: exact" in found.summary()


@pytest.mark.parametrize("ties", ["efron", "exact"])
@pytest.mark.parametrize(
    "options",
    [
        {"likelihood": "choice"},
        {"cluster": "dyad"},
        {"cluster": "time"},
        {"controls": 4},
        {"controls": 1000},
        {"ridge": 1.0},
        {"half_life": "fit"},
        {"clock": "order"},
        {"dyads": [("A", "B"), ("B", "A"), ("A", "C"), ("C", "D"), ("D", "A"), ("B", "D")]},
        {"presence": pl.DataFrame({"actor": ["D"], "from": [4.0], "to": [None]})},
        {"start": 3.0, "stop": 12.0},
    ],
    ids=lambda options: next(iter(options)),
)
def test_it_goes_with_everything_else(ties, options):
    stream = STREAM
    for pairs in [options["dyads"]] if "dyads" in options else []:
        ours = [(stream.actors[s], stream.actors[r]) in pairs for s, r in zip(stream.src, stream.dst, strict=True)]
        stream = cut(stream, np.array(ours))
    if "presence" in options:
        stream = cut(stream, (stream.when >= 4.0) | ((stream.src != 3) & (stream.dst != 3)))
    found = lynchpin.rem(stream, "inertia reciprocity", ties=ties, **options)
    assert np.isfinite(found.estimate).all() and (found.se > 0).all()
    assert found.log_likelihood >= found.null_log_likelihood - 1e-6 * (1 + found.n_events) or options.get("ridge")


def cut(stream, keep):
    return replace(stream, **{c: getattr(stream, c)[keep] for c in ("when", "src", "dst", "kind", "weight")})


@pytest.mark.parametrize("ties", ["efron", "exact"])
def test_workers_and_weights_change_nothing_they_should_not(ties):
    weighed = replace(STREAM, weight=np.linspace(-1.0, 2.0, STREAM.count), weighed_by="w")
    one = lynchpin.rem(weighed, TEXT, ties=ties, half_life=HALF_LIFE)
    with ThreadPoolExecutor(2) as executor:
        two = lynchpin.rem(weighed, TEXT, ties=ties, half_life=HALF_LIFE, executor=executor)
    np.testing.assert_array_equal(one.estimate, two.estimate)
    assert one.log_likelihood != lynchpin.rem(STREAM, TEXT, ties=ties, half_life=HALF_LIFE).log_likelihood


def test_everyone_drawn_is_the_full_risk_set():
    """As many controls as there are others: the exact likelihood of the sample is the whole one; Efron's too."""
    for ties in ("efron", "exact"):
        full = lynchpin.rem(STREAM, TEXT, ties=ties, half_life=HALF_LIFE)
        drawn = lynchpin.rem(STREAM, TEXT, ties=ties, half_life=HALF_LIFE, controls=100, cluster="time")
        assert drawn.log_likelihood == pytest.approx(full.log_likelihood, rel=1e-12)
        np.testing.assert_allclose(drawn.estimate, full.estimate, rtol=1e-8)


def test_an_exact_sample_of_controls_is_centred():
    """The conditional likelihood of a sample has no bias of the sample's own: its mean over draws is the full one."""
    stream = crowded_stream(3, events=240, actors=9, days=60)
    full = lynchpin.rem(stream, "inertia(scale=log1p)", ties="exact")
    drawn = [lynchpin.rem(stream, "inertia(scale=log1p)", ties="exact", controls=5, seed=s) for s in range(25)]
    spread = np.array([fit.estimate[0] for fit in drawn])
    assert abs(spread.mean() - full.estimate[0]) < 3 * spread.std() / 5 + 0.05 * full.se[0]
    assert "as one set" in drawn[0].summary()


def test_controls_of_an_efron_fit_are_weighted_where_events_are_tied():
    tied = lynchpin.rem(STREAM, "inertia", ties="efron", controls=3)
    assert tied.request.control_weights == "weighted"
    apart = replace(STREAM, when=np.arange(STREAM.count, dtype=float))
    assert lynchpin.rem(apart, "inertia", ties="efron", controls=3).request.control_weights == "nested"


def test_a_dyad_that_acts_again_and_again_is_no_division_by_zero():
    """What version 0.1.0 made of day-stamped data: one dyad, several times a day."""
    when = np.repeat(np.arange(12.0), 3)
    frame = pl.DataFrame({"time": when, "sender": ["A", "A", "B"] * 12, "receiver": ["B", "B", "A"] * 12})
    extra = pl.DataFrame({"time": [3.0, 5.0, 7.0], "sender": ["C", "B", "C"], "receiver": ["A", "C", "B"]})
    for ties in ("efron", "exact"):
        fit = lynchpin.rem(pl.concat([frame, extra]), "inertia(scale=log1p)", ties=ties)
        assert np.isfinite(fit.estimate).all() and fit.n_events == 39


def test_separation_of_sets():
    """Both that act have more than any other, though not the same: exact ties have no top, and say of what."""
    stream = crowded_stream(5, events=40, actors=4, days=10)
    order = np.lexsort((stream.dst, stream.src, stream.when))
    stream = cut(stream, order)
    marks = {(s, r): 1.0 + 0.1 * k for k, (s, r) in enumerate([("A", "B"), ("B", "C")])}
    when = np.repeat(np.arange(10.0), 2)
    frame = pl.DataFrame({"time": when, "sender": ["A", "B"] * 10, "receiver": ["B", "C"] * 10})
    rows = [(s, r, marks.get((s, r), 0.1 * len(s))) for s in "ABC" for r in "ABC" if s != r]
    table = pl.DataFrame(rows, schema=["sender", "receiver", "value"], orient="row")
    with pytest.raises(LynchpinError, match=r"tie\(x\) predicts the events without fail"):
        lynchpin.rem(frame, "tie(x)", covariates={"x": table}, ties="exact")
    assert np.isfinite(lynchpin.rem(frame, "tie(x)", covariates={"x": table}, ties="breslow").estimate).all()


def test_new_events_are_ranked_however_many_are_simultaneous(tmp_path):
    fit = lynchpin.load_rem(lynchpin.rem(STREAM, "inertia", ties="exact").save(tmp_path / "fit"))
    crowd = pl.DataFrame({"time": [99.0] * 20, "sender": list("ABCD") * 5, "receiver": list("BCDA") * 5})
    ranked = fit.predict(crowd)
    assert ranked.height == 4 and ranked["n_at_risk"].to_list() == [12] * 4
    assert fit.check().surprise > 0 and fit.request.ties == "exact"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"ties": "exact", "random": "receiver"}, "exact ties have no random effects"),
        ({"ties": "exact", "controls": 3, "control_weights": "weighted"}, "without weights"),
        ({"ties": "efron", "controls": 3, "control_weights": "nested"}, "controls of its own"),
        ({"ties": "efron2"}, "no ties 'efron2'"),
    ],
)
def test_what_does_not_go_together_is_refused(options, says):
    with pytest.raises(LynchpinError, match=says):
        lynchpin.rem(STREAM, "inertia", **options)


def test_more_than_a_dozen_are_refused_with_the_day():
    dated = pl.DataFrame(
        {
            "time": ["2012-07-09"] * 13 + ["2012-07-10", "2012-07-11"],
            "sender": list("ABCABCABCABCABC"),
            "receiver": list("BCABCABCABCABCA"),
        }
    )
    for clock in ("time", "order"):
        with pytest.raises(LynchpinError, match="13 events at 2012-07-09: exact ties take up to 12") as caught:
            lynchpin.rem(dated, "inertia", ties="exact", clock=clock)
        assert "efron" in caught.value.mend
    assert np.isfinite(lynchpin.rem(dated[1:], "inertia", ties="exact").estimate).all()
