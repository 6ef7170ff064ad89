"""By hand: the sandwich by dyad, instants and presence at their edges, times before 1970, the line that an error names."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import polars as pl
import pytest

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.engine.rem.events import stream_of
from lynchpin.engine.rem.features import _standardise
from lynchpin.engine.rem.risk import risk_set
from lynchpin.errors import BadData

STREAM = crowded_stream(7, events=150, days=50, actors=5)
OFF = ~np.eye(5, dtype=bool)


def test_the_sandwich_by_dyad_by_hand() -> None:
    """What happened less what was expected, times the column, added up over the whole life of each dyad."""
    fit = lynchpin.rem(STREAM, "inertia(4) reciprocity(9)", likelihood="ordinal", cluster="dyad")
    scores = np.zeros((5, 5, 2))
    for at in np.unique(STREAM.when):
        past, now = STREAM.when < at, at == STREAM.when
        x = np.zeros((5, 5, 2))
        for column, (half_life, back) in enumerate(((4.0, False), (9.0, True))):
            ends = (STREAM.dst, STREAM.src) if back else (STREAM.src, STREAM.dst)
            np.add.at(x[..., column], (ends[0][past], ends[1][past]), 0.5 ** ((at - STREAM.when[past]) / half_life))
        chance = np.where(OFF, np.exp(x @ fit.estimate), 0.0)
        chance /= chance.sum()
        acted = np.zeros((5, 5))
        np.add.at(acted, (STREAM.src[now], STREAM.dst[now]), 1.0)
        scores += (acted - now.sum() * chance)[..., None] * x
    by_dyad = scores[OFF]
    assert by_dyad.sum(axis=0) == pytest.approx([0.0, 0.0], abs=1e-6), "they add up to nothing at the top"
    meat = by_dyad.T @ by_dyad * 20 / 19
    np.testing.assert_allclose(fit.robust, fit.covariance @ meat @ fit.covariance, rtol=1e-5)
    assert fit.se == pytest.approx(np.sqrt(np.diag(fit.robust)))


@pytest.mark.parametrize("cluster", ["dyad", "time"])
@pytest.mark.parametrize("kinds", [2, 3])
def test_the_sandwich_of_types_by_hand(cluster: str, kinds: int) -> None:
    """A multinomial logit: each event's column times what happened less its chance, added up within each cluster."""
    stream = replace(STREAM, kind=np.arange(STREAM.count) ** 2 % 7 % kinds, kinds=("clash", "talk", "visit")[:kinds])
    text = "inertia(4) reciprocity(9, class=talk)"
    fit = lynchpin.rem(stream, text, likelihood="type", cluster=cluster)  # type: ignore[arg-type]
    beta = np.vstack([np.zeros(3), fit.estimate.reshape(kinds - 1, 3)])
    by_cluster: dict[object, np.ndarray] = {}
    for e in range(stream.count):
        s, r, at = stream.src[e], stream.dst[e], stream.when[e]
        sent = (stream.when < at) & (stream.src == s) & (stream.dst == r)
        back = (stream.when < at) & (stream.src == r) & (stream.dst == s) & (stream.kind == 1)
        traces = [(0.5 ** ((at - stream.when[m]) / h)).sum() for m, h in ((sent, 4.0), (back, 9.0))]
        x = np.array([1.0, *traces])
        chance = np.exp(beta @ x) / np.exp(beta @ x).sum()
        score = np.concatenate([x * ((stream.kind[e] == c) - chance[c]) for c in range(1, kinds)])
        key = (s, r) if cluster == "dyad" else at
        by_cluster[key] = by_cluster.get(key, 0.0) + score
    scores = np.array(list(by_cluster.values()))
    assert scores.sum(axis=0) == pytest.approx(np.zeros(scores.shape[1]), abs=1e-6), "nothing is left at the top"
    meat = scores.T @ scores * len(scores) / (len(scores) - 1)
    np.testing.assert_allclose(fit.robust, fit.covariance @ meat @ fit.covariance, rtol=1e-6)
    assert fit.se == pytest.approx(np.sqrt(np.diag(fit.robust)))
    assert not np.allclose(fit.robust, fit.covariance, rtol=0.01)


def test_the_interval_of_a_coefficient_is_that_of_90_in_100() -> None:
    table = lynchpin.rem(STREAM, "inertia(4)").to_frame().row(0, named=True)
    assert table["upper"] - table["estimate"] == pytest.approx(1.6448536 * table["se"], rel=1e-6)
    assert table["estimate"] - table["lower"] == pytest.approx(1.6448536 * table["se"], rel=1e-6)


def test_a_dyad_is_there_while_both_of_its_actors_are() -> None:
    presence = pl.DataFrame({"actor": ["A", "B", "B"], "from": [2.0, 5.0, 12.0], "to": [10.0, 8.0, 20.0]})
    risk = risk_set(STREAM, presence=presence)
    spells = {}
    for row in zip(risk.i.tolist(), risk.j.tolist(), risk.enter.tolist(), risk.leave.tolist(), strict=True):
        spells.setdefault(row[:2], []).append(row[2:])
    assert spells[0, 1] == spells[1, 0] == [(5.0, 8.0)], "the spell that the two share, whoever sends"
    assert spells[0, 2] == spells[2, 0] == [(2.0, 10.0)], "an actor that is not listed is always there"
    assert sorted(spells[1, 3]) == sorted(spells[3, 1]) == [(5.0, 8.0), (12.0, 20.0)]
    assert spells[2, 3] == [(-np.inf, np.inf)]
    assert risk.turns().tolist() == [2.0, 5.0, 8.0, 10.0, 12.0, 20.0]


def test_who_enters_at_an_instant_can_act_at_it_and_who_leaves_cannot() -> None:
    """Two instants, one event each, no effect but whether A sends: the risk set at each instant, counted by hand."""
    events = pl.DataFrame({"time": [1.0, 2.0], "sender": ["A", "B"], "receiver": ["B", "A"]})
    stream = stream_of(events, actors=("A", "B", "C"))
    wealth = pl.DataFrame({"actor": ["A", "B", "C"], "value": [1.0, 0.0, 0.0]})

    def null(begin: float, end: float) -> float:
        presence = pl.DataFrame({"actor": ["C"], "from": [begin], "to": [end]})
        fit = lynchpin.rem(stream, "send(x)", covariates={"x": wealth}, presence=presence, first=0)
        return float(fit.null_log_likelihood)

    assert null(5.0, 9.0) == pytest.approx(-2 * log(2))
    assert null(2.0, 9.0) == pytest.approx(-log(2) - log(6)), "C enters at the second instant"
    assert null(0.0, 2.0) == pytest.approx(-log(6) - log(2)), "and leaves at it"
    assert null(0.0, 9.0) == pytest.approx(-2 * log(6))


def test_standardised_is_by_n_less_one_within_each_group() -> None:
    values = np.array([1.0, 3.0, 5.0, 2.0, 2.0, 4.0, 8.0])
    _standardise(values, np.array([3, 2, 2]))
    assert values == pytest.approx([-1.0, 0.0, 1.0, 0.0, 0.0, -(0.5**0.5), 0.5**0.5])


FRAME = {"time": ["1969-12-30", "1969-12-31", "1970-01-02"], "sender": ["a", "b", "a"], "receiver": ["b", "a", "c"]}


def test_days_before_1970_are_below_zero_and_in_order() -> None:
    stream = stream_of(pl.DataFrame(FRAME))
    assert stream.when.tolist() == [-2.0, -1.0, 1.0] and stream.is_dated
    stamped = pl.DataFrame(FRAME | {"time": ["1969-12-31T12:00", "1969-12-31T18:00:00", "1970-01-01T00:00"]})
    assert stream_of(stamped).when.tolist() == [-0.5, -0.25, 0.0]
    assert stream_of(pl.DataFrame(FRAME)).before(-1.0).count == 1, "an event at the time itself is not before it"


def test_the_same_record_earlier_gives_the_same_fit() -> None:
    days = pl.Series(STREAM.when).cast(pl.Int32)
    names = np.array(STREAM.actors)
    fits = []
    for first in (-25, 15_000):
        frame = pl.DataFrame(
            {"time": (days + first).cast(pl.Date), "sender": names[STREAM.src], "receiver": names[STREAM.dst]}
        )
        fits.append(lynchpin.rem(frame, "inertia(4) recencySendSender", likelihood="interval"))
    np.testing.assert_allclose(fits[0].estimate, fits[1].estimate, rtol=1e-7)
    np.testing.assert_allclose(fits[0].log_likelihood, fits[1].log_likelihood, rtol=1e-10)


@pytest.mark.parametrize(
    ("column", "cells", "line", "what"),
    [
        ("time", ["1969-12-30", "1969-12-31", "soon"], 4, "'soon' is not a time"),
        ("sender", ["a", None, "a"], 3, "no sender"),
        ("receiver", ["a", "a", "c"], 2, "acts on itself"),
        ("weight", ["1", "2", "much"], 4, "a weight that is no number"),
    ],
)
def test_an_error_names_the_line_the_header_being_the_first(
    column: str, cells: list[str], line: int, what: str
) -> None:
    with pytest.raises(BadData, match=what) as caught:
        stream_of(pl.DataFrame(FRAME | {column: cells}), where="mine.csv")
    assert caught.value.where == f"mine.csv, line {line}"
