"""Legs that are multiplied, and scales that bend a value: by hand, and within waits."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
import polars as pl
import pytest

import lynchpin
from helpers.plain_interval import PlainInterval, past
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import stream_of
from lynchpin.engine.rem.problem import prepare
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.work import Work
from lynchpin.errors import BadValue, UnknownName

#: A -> C three times, C -> B twice, A -> D, D -> B four times; then D -> A.
LEGS = [("A", "C")] * 3 + [("C", "B")] * 2 + [("A", "D")] + [("D", "B")] * 4 + [("D", "A")]
EVENTS = pl.DataFrame(
    [(float(k), *ends) for k, ends in enumerate(LEGS)], schema=["time", "sender", "receiver"], orient="row"
)


def last(effect, **options):
    """The column of A -> B at the last time."""
    stream = stream_of(EVENTS.vstack(EVENTS[-1].with_columns(time=20.0)))
    table = lynchpin.rem(stream, effect, ridge=1.0, **options).design()
    return table.filter(pl.col("time") == 20.0, sender="A", receiver="B")[:, -1][0]


@pytest.mark.parametrize(
    ("effect", "value"),
    [
        ("otp", 2 + 1),
        ("otp(joined=smaller)", 2 + 1),
        ("otp(joined=product)", 3 * 2 + 1 * 4),
        ("otp(joined=geometric)", sqrt(6) + sqrt(4)),
        ("otp(joined=product, window=15)", 0 * 2 + 1 * 4),  # what A sent to C at 0, 1 and 2 is over
        ("otp(joined=product, scale=sqrt)", sqrt(10)),
        ("otp(scale=geometric)", 2 * (1 - 1 / 8)),
        ("outdegreeSender(scale=sqrt)", 2.0),
        ("outdegreeSender(scale=geometric)", 2 * (1 - 1 / 16)),
    ],
)
def test_a_column_by_hand(effect, value):
    assert last(effect) == pytest.approx(value)


def test_a_product_decays_twice_as_fast_and_its_root_as_a_count():
    product, mean = (
        sum(
            sum(0.5 ** ((20.0 - k) / 5.0) for k, ends in enumerate(LEGS) if ends == ("A", third))
            * sum(0.5 ** ((20.0 - k) / 5.0) for k, ends in enumerate(LEGS) if ends == (third, "B"))
            for third in thirds
        )
        for thirds in ("CD", "C")
    )
    assert last("otp(5, joined=product)") == pytest.approx(product)
    assert last("otp(5, joined=geometric)") == pytest.approx(sqrt(mean) + sqrt(product - mean))


@pytest.mark.parametrize("seed", [1, 2])
def test_rates_of_products_move_within_a_wait_as_plain_loops_say(seed):
    rng = np.random.default_rng(seed)
    src = rng.integers(0, 4, 16)
    dst = (src + rng.integers(1, 4, 16)) % 4
    names = np.array(list("ABCD"))
    frame = pl.DataFrame({"time": np.sort(rng.uniform(0, 9, 16)), "sender": names[src], "receiver": names[dst]})
    stream = stream_of(frame, time_unit="d")
    terms = parse_effects(
        "otp(3, joined=product) osp(2, joined=geometric) inertia(4, scale=sqrt) inertia(4, scale=geometric)"
    )
    request = Request(terms=terms, likelihood="interval", start=0.0, stop=11.0)

    def columns(t):
        N = past(stream, t, "inertia", half_life=4.0)
        return np.stack(
            [
                past(stream, t, "otp(product)", half_life=3.0),
                past(stream, t, "osp(geometric)", half_life=2.0),
                np.sqrt(N),
                2.0 * (1.0 - 2.0**-N),
            ],
            axis=-1,
        )

    problem = prepare(request, stream)
    plain = PlainInterval(stream, columns, begin=0.0, end=11.0, panels=2, looks=10)
    beta = np.array([-1.0, 0.2, 0.3, -0.4, 0.5])
    found = Work(problem.features, problem.plan, request.model).sums(beta)
    assert found.value == pytest.approx(plain.value(beta), rel=1e-8)
    np.testing.assert_allclose(found.gradient, plain.slope(beta), rtol=1e-7, atol=1e-7)


def test_they_are_read_back_as_they_are_written():
    (term,) = parse_effects("otp(3d, joined=product, scale=geometric)")
    assert parse_effects(str(term)) == (term,) and "joined=product" in str(term)


@pytest.mark.parametrize(
    ("effects", "error", "what"),
    [
        ("inertia(joined=product)", BadValue, "joins no two legs"),
        ("otp(joined=product, unique)", BadValue, "unique counts third parties"),
        ("otp(joined=sum)", UnknownName, "no way 'sum' to join legs"),
        ("otp(scale=cube)", UnknownName, "no scale 'cube'"),
    ],
)
def test_what_makes_no_sense_is_refused(effects, error, what):
    with pytest.raises(error, match=what):
        parse_effects(effects)


def test_a_root_of_less_than_nothing_is_refused():
    x = pl.DataFrame({"actor": list("ABCD"), "value": [1.0, -2.0, 0.5, 1.0]})
    for scale, least in (("sqrt", "less than 0"), ("geometric", "less than 0")):
        with pytest.raises(BadValue, match=f"{scale} of a value of {least}"):
            lynchpin.rem(EVENTS, f"send(x, scale={scale}) inertia", covariates={"x": x}, ridge=1.0)
    weighed = EVENTS.with_columns(weight=pl.Series([-1.0] + [1.0] * (EVENTS.height - 1)))
    with pytest.raises(BadValue, match="sqrt of a negative weight"):
        lynchpin.rem(weighed, "outdegreeSender(scale=sqrt)", ridge=1.0)


def test_geometric_weights_are_those_of_the_field():
    """e^a (1 - (1 - e^-a)^x) with a = ln 2, of Snijders and others."""
    for x in (1.0, 2.0, 5.5):
        assert 2.0 * (1.0 - 2.0**-x) == pytest.approx(exp(np.log(2)) * (1.0 - (1.0 - exp(-np.log(2))) ** x))
