"""Networks: covariates of pairs in the place of events, for all of a statistic or for one leg of a two-path."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from scipy.special import logsumexp
from typer.testing import CliRunner

import lynchpin
from helpers.plain_interval import PlainInterval
from helpers.relational_plain import crowded_stream
from lynchpin.cli import app
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.errors import BadData, BadValue, UnknownName

STREAM = crowded_stream(4, events=80, days=20)  # six actors, whole days
N = len(STREAM.actors)
DYADS = [(i, j) for i in range(N) for j in range(N) if i != j]

#: Who is a friend of whom, since when; some are friends no more.
FRIENDS = pl.DataFrame(
    [
        ("A", "B", -1, 1.0),
        ("B", "C", -1, 2.0),
        ("C", "A", -1, 0.5),
        ("D", "B", -1, 1.0),
        ("B", "A", 5.5, 1.0),
        ("E", "F", 7.0, 1.0),
        ("F", "C", 9.5, 3.0),
        ("A", "B", 12.0, 0.0),
        ("B", "D", 14.0, 1.0),
    ],
    schema=["sender", "receiver", "time", "value"],
    orient="row",
)


def friends(at):
    """The network at a time: a value counts after its own."""
    out = np.zeros((N, N))
    for a, b, since, value in FRIENDS.iter_rows():
        if since < at:
            out[STREAM.actors.index(a), STREAM.actors.index(b)] = value
    return out


def acts(at, window=np.inf, kind=None):
    out = np.zeros((N, N))
    for t, s, r, k in zip(STREAM.when, STREAM.src, STREAM.dst, STREAM.kind, strict=True):
        if t < at and at - t <= window and kind in (None, k):
            out[s, r] += 1.0
    return out


def others(i, j):
    return [k for k in range(N) if k not in (i, j)]


def each(formula):
    return np.array([[0.0 if i == j else formula(i, j) for j in range(N)] for i in range(N)])


def paths(A, B, unique=False):
    """i -> k in A, k -> j in B."""
    if unique:
        A, B = A > 0, B > 0
    return each(lambda i, j: sum(min(A[i, k], B[k, j]) for k in others(i, j)))


#: effect -> the same at a time, by plain loops.
EFFECTS = {
    "inertia(of=friend, absent=0)": friends,
    "reciprocity(of=friend, absent=0)": lambda t: friends(t).T,
    "reciprocity(of=friend, unique, absent=0)": lambda t: friends(t).T > 0,
    "indegreeReceiver(of=friend, unique, absent=0)": lambda t: each(lambda i, j: (friends(t)[:, j] > 0).sum()),
    "outdegreeReceiver(of=friend, absent=0)": lambda t: each(lambda i, j: friends(t)[j].sum()),
    "otp(of=friend, absent=0)": lambda t: paths(friends(t), friends(t)),
    "otp(first=friend, absent=0)": lambda t: paths(friends(t), acts(t)),
    "otp(second=friend, absent=0)": lambda t: paths(acts(t), friends(t)),
    "otp(second=friend, unique, absent=0)": lambda t: paths(acts(t), friends(t), unique=True),
    "otp(window=3.5, second=friend, absent=0)": lambda t: paths(acts(t, 3.5), friends(t)),
    "otp(class=talk, first=friend, absent=0)": lambda t: paths(friends(t), acts(t, kind=1)),
    "itp(first=friend, absent=0)": lambda t: paths(friends(t), acts(t)).T,
    "osp(first=friend, absent=0)": lambda t: paths(friends(t), acts(t).T),
    "isp(second=friend, absent=0)": lambda t: paths(acts(t).T, friends(t)),
    "sp(second=friend, absent=0)": lambda t: paths(acts(t) + acts(t).T, friends(t) + friends(t).T),
    "otp(first=friend, second=foe, absent=0)": lambda t: paths(friends(t), friends(t).T),
    "fourCycle(of=friend, absent=0)": lambda t: each(
        lambda i, j: sum(
            min(friends(t)[i, k], friends(t)[m, k], friends(t)[m, j])
            for k in others(i, j)
            for m in others(i, j)
            if m != k
        )
    ),
}
FOES = FRIENDS.rename({"sender": "receiver", "receiver": "sender"})
TABLES = {"friend": FRIENDS, "foe": FOES}


def tables_of(effect):
    return {name: table for name, table in TABLES.items() if f"={name}" in effect}


@pytest.mark.parametrize("effect", EFFECTS)
def test_which_dyad_next_by_plain_loops(effect):
    fit = lynchpin.rem(STREAM, f"outdegreeSender {effect}", covariates=tables_of(effect), ridge=1.0)
    total = 0.0
    for t in np.unique(STREAM.when):
        of_sender = acts(t).sum(axis=1)
        eta = fit.estimate[0] * of_sender[:, None] + fit.estimate[1] * EFFECTS[effect](t)
        every = logsumexp([eta[d] for d in DYADS])
        now = STREAM.when == t
        total += sum(eta[s, r] - every for s, r in zip(STREAM.src[now], STREAM.dst[now], strict=True))
    assert fit.log_likelihood == pytest.approx(total, rel=1e-10)


@pytest.mark.parametrize("effect", ["otp(second=friend, absent=0)", "outdegreeReceiver(of=friend, absent=0)"])
def test_a_network_changes_within_a_wait(effect):
    fit = lynchpin.rem(STREAM, effect, likelihood="interval", covariates=tables_of(effect), ridge=0.1)
    plain = PlainInterval(
        STREAM,
        lambda t: np.asarray(EFFECTS[effect](t), float)[..., None],
        begin=STREAM.when[0],
        counts_begin=False,
        jumps=(5.5, 7.0, 9.5, 12.0, 14.0),
    )
    assert fit.log_likelihood == pytest.approx(plain.value(fit.estimate), rel=1e-9)


def test_a_default_half_life_is_of_events_only():
    fit = lynchpin.rem(STREAM, "inertia otp(of=friend, absent=0)", half_life=3.0, covariates={"friend": FRIENDS})
    assert fit.to_dict()["effects"] == ["inertia(half_life=3d)", "otp(of=friend, absent=0.0)"]
    assert fit.names == ("inertia", "otp(of=friend)")


def test_it_is_read_again(tmp_path):
    text = "inertia otp(second=friend, unique, absent=0)"
    fit = lynchpin.rem(STREAM, text, covariates={"friend": FRIENDS})
    again = lynchpin.load_rem(fit.save(tmp_path / "fit.rem"))
    assert again.request.terms == fit.request.terms == parse_effects(text)
    assert again.check().recall == fit.check().recall


def test_one_table_for_both_directions_and_ties_with_oneself():
    pairs = pl.DataFrame({"sender": ["A", "B", "C"], "receiver": ["B", "C", "C"], "value": [1, 1, 1]})
    both = pl.DataFrame({"sender": list("ABBC"), "receiver": list("BACB"), "value": [1, 1, 1, 1]})
    of = "otp(second=friend, absent=0{})"
    one = lynchpin.rem(STREAM, of.format(", symmetric"), covariates={"friend": pairs})
    two = lynchpin.rem(STREAM, of.format(""), covariates={"friend": both})
    assert one.log_likelihood == two.log_likelihood
    assert any("1 ties of an actor with itself are not read" in note for note in one.notes)


def test_legs_of_types_that_come_in_an_order():
    """Clash first, talk after: how many third parties i had clashed with before they first talked to j."""
    fit = lynchpin.rem(STREAM, "otpOrdered(legs=clash/talk)")
    first = np.full((2, N, N), np.inf)
    total = 0.0
    for t in np.unique(STREAM.when):
        clash, talk = first
        x = each(lambda i, j, c=clash, k=talk: sum(c[i, m] < k[m, j] < np.inf for m in others(i, j)))
        eta = fit.estimate[0] * x
        every = logsumexp([eta[d] for d in DYADS])
        now = np.flatnonzero(STREAM.when == t)
        total += sum(eta[STREAM.src[e], STREAM.dst[e]] - every for e in now)
        for e in now:
            cell = (STREAM.kind[e], STREAM.src[e], STREAM.dst[e])
            first[cell] = min(first[cell], t)
    assert fit.log_likelihood == pytest.approx(total, rel=1e-10)


REFUSED = {
    "inertia(legs=talk/clash)": "inertia has no legs",
    "inertia(first=friend)": "inertia has no legs",
    "psABBA(of=friend)": "psABBA reads no network",
    "otpOrdered(first=friend)": "otpOrdered reads no network",
    "otp(of=friend, first=friend)": "of is both legs",
    "otp(first=friend, legs=talk/clash)": "legs are types of events",
    "indegreeSender(of=friend, scale=prop)": "of a network has no proportion",
    "otp(of=friend, class=talk)": "class is of events",
    "otp(of=friend, window=3)": "window is of events",
    "otp(of=friend, half_life=3)": "half_life is of events",
    "otp(first=friend, second=friend, weight=no)": "weight is of events",
    "otp(half_life=3, first=friend)": "a network does not decay",
    "otp(absent=0)": "otp has no table of values",
    "otp(symmetric)": "otp has no table of values",
    "tie(friend, first=friend)": "tie has no legs",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_does_not_go_together_is_refused(text):
    with pytest.raises(BadValue, match=REFUSED[text]):
        parse_effects(text)


def test_a_network_that_is_not_there_is_not_used_or_has_gaps():
    with pytest.raises(BadValue, match="a network does not decay"):
        lynchpin.rem(STREAM, "otp(second=friend)", half_life=3.0, covariates={"friend": FRIENDS})
    with pytest.raises(UnknownName, match="no covariate 'frend'"):
        lynchpin.rem(STREAM, "otp(second=frend)", covariates={})
    with pytest.raises(BadValue, match="covariate foe is in no effect"):
        lynchpin.rem(STREAM, "otp(second=friend, absent=0)", covariates=TABLES)
    with pytest.raises(BadData, match="no value for A -> C") as caught:
        lynchpin.rem(STREAM, "otp(second=friend)", covariates={"friend": FRIENDS})
    assert "add absent=0" in caught.value.mend


def test_the_command(tmp_path):
    names = np.array(STREAM.actors)
    pl.DataFrame({"time": STREAM.when, "sender": names[STREAM.src], "receiver": names[STREAM.dst]}).write_csv(
        tmp_path / "e.csv"
    )
    FRIENDS.write_csv(tmp_path / "f.csv")
    text = "inertia otp(second=friend, absent=0)"
    asked = ["rem", str(tmp_path / "e.csv"), "--effects", text, "--covariate", f"friend={tmp_path / 'f.csv'}", "--json"]
    told = json.loads(CliRunner().invoke(app, asked).stdout)
    fit = lynchpin.rem(STREAM, text, covariates={"friend": FRIENDS})
    np.testing.assert_allclose(told["estimate"], fit.estimate, rtol=1e-12)
    assert told["names"] == ["inertia", "otp(second=friend)"]
