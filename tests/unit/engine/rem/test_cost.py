"""What a large fit will take is said before it begins, and what cannot fit is refused."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from lynchpin.engine.rem import cost, problem
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.request import Request
from lynchpin.errors import BadValue, LynchpinWarning


def stream(actors, events):
    src = (np.arange(events) % actors).astype(np.int32)
    return EventStream(
        np.arange(events, dtype=float),
        src,
        ((src + 1) % actors).astype(np.int32),
        np.zeros(events, np.int32),
        np.ones(events),
        tuple(map(str, range(actors))),
        ("",),
        False,
    )


LARGE = stream(5_000, 10_000)
FIVE = parse_effects("inertia reciprocity outdegreeSender indegreeReceiver otp")


def test_five_thousand_actors_say_what_they_cost(monkeypatch):
    """24,995,000 dyads at 10,000 time points are 2.5e11 rows."""
    monkeypatch.setattr(cost, "memory_here", lambda: 64e9)
    with pytest.warns(
        LynchpinWarning, match=r"24,995,000 dyads at risk, 2.5e\+11 rows: up to \d+\.\d GB of memory and \d+ hours"
    ):
        cost.afford(Request(terms=FIVE), LARGE)
    with pytest.warns(LynchpinWarning, match=r"--controls 20"):
        cost.afford(Request(terms=FIVE), LARGE)


def test_what_does_not_fit_is_refused_before_anything_is_laid_out(monkeypatch):
    monkeypatch.setattr(cost, "memory_here", lambda: 2e9)
    monkeypatch.setattr(problem, "risk_set", lambda *_, **__: pytest.fail("it was laid out"))
    with pytest.raises(BadValue, match=r"24,995,000 dyads(.|\n)*this machine has 2\.0 GB(.|\n)*--controls 20"):
        problem.prepare(Request(terms=FIVE), LARGE)


@pytest.mark.parametrize(
    "request_of",
    [
        Request(terms=FIVE, controls=20, risk_set="active"),
        Request(terms=FIVE, risk_set="active", likelihood="type"),
        Request(terms=parse_effects("outdegreeSender"), risk_set="senders", likelihood="interval"),
    ],
)
def test_what_costs_little_is_not_spoken_of(request_of, monkeypatch):
    monkeypatch.setattr(cost, "memory_here", lambda: 64e9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cost.afford(request_of, stream(500, 2_000))


def test_the_machine_has_memory():
    assert 1e8 < cost.memory_here() < 1e14
