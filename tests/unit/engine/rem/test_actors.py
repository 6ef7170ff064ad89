"""Node lists: who could act though they never do, in every part of a fit; and what is refused of a list."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.cli import app
from lynchpin.engine.rem.actors import with_actors
from lynchpin.errors import LynchpinError

EVENTS = pl.DataFrame({"time": range(8), "sender": list("ABABCABA"), "receiver": list("BCBAABAC")})
FIVE = list("EDCBA")


def test_they_are_at_risk():
    for among, n in ((None, 3), (FIVE, 5)):
        fit = lynchpin.rem(EVENTS, "", actors=among)
        assert fit.n_dyads == n * (n - 1) and fit.log_likelihood == pytest.approx(-8 * np.log(n * (n - 1)))
        choice = lynchpin.rem(EVENTS, "", likelihood="choice", actors=among)
        assert choice.log_likelihood == pytest.approx(-8 * np.log(n - 1))
        rate = lynchpin.rem(EVENTS, "", likelihood="interval", risk_set="senders", actors=among)
        assert rate.estimate[0] == pytest.approx(np.log(7 / (7 * n)))
    assert "5 actors listed, 2 of them in no event" in fit.summary()
    told = fit.to_dict()
    assert (told["n_actors"], told["n_silent_actors"], fit.stream.actors) == (5, 2, tuple("ABCDE"))
    assert lynchpin.rem(EVENTS, "").to_dict()["n_silent_actors"] == 0


def test_a_list_of_those_that_act_changes_nothing():
    alone, listed = lynchpin.rem(EVENTS, "inertia"), lynchpin.rem(EVENTS, "inertia", actors=["C", "A", "B"])
    np.testing.assert_array_equal(alone.estimate, listed.estimate)


def test_they_need_values_and_can_have_effects():
    values = pl.DataFrame({"actor": list("ABC"), "value": [1.0, 2.0, 0.5]})
    with pytest.raises(LynchpinError, match="no value for D and 1 other actor"):
        lynchpin.rem(EVENTS, "send(x)", covariates={"x": values}, actors=FIVE)
    fit = lynchpin.rem(EVENTS, "inertia", actors=FIVE, random="sender", likelihood="interval")
    assert fit.random[0].effect.size == 5 and fit.random[0].effect[3] <= 0
    shares = lynchpin.rem(EVENTS, "inertia(scale=prop)", actors=FIVE)  # 1 / (n - 1) before anything happened
    assert np.isfinite(shares.estimate).all()


def test_they_are_drawn_as_controls_and_cost_their_rows():
    fits = [lynchpin.rem(EVENTS, "inertia", actors=among, controls=100) for among in (None, FIVE)]
    assert [fit.n_rows for fit in fits] == [8 * 6, 8 * 20]


def test_they_stay_through_a_stop_a_file_and_new_events(tmp_path):
    stop = lynchpin.rem(EVENTS, "inertia", actors=FIVE, stop=3)
    assert stop.n_dyads == 20 and stop.stream.left_out == ()
    assert lynchpin.rem(EVENTS, "inertia", stop=3, actors=["A", "B", "C"]).n_dyads == 6
    back = lynchpin.load_rem(stop.save(tmp_path / "fit"))
    assert back.to_dict() == stop.to_dict() and "5 actors listed" in back.summary()
    new = pl.DataFrame({"time": [20, 21], "sender": ["D", "A"], "receiver": ["A", "E"]})
    assert back.predict(new)["n_at_risk"].to_list() == [20, 20]
    assert back.check().null_surprise == pytest.approx(np.log(20))


def test_other_tables_may_name_them():
    pairs = [(a, b) for a in "ABCDE" for b in "ABCDE" if a != b]
    spells = pl.DataFrame({"actor": ["D"], "from": [3], "to": [5]})
    assert lynchpin.rem(EVENTS, "", actors=FIVE, dyads=pairs).n_dyads == 20
    fit = lynchpin.rem(EVENTS, "", actors=list("ABCD"), presence=spells)
    assert fit.log_likelihood == pytest.approx(-6 * np.log(6) - 2 * np.log(12))
    with pytest.raises(LynchpinError, match="no actor 'D' in the events"):
        lynchpin.rem(EVENTS, "", presence=spells)


def test_many_silent_ones_are_one(monkeypatch):
    """Where idle dyads are summed through their actors, the silent ones are alike."""
    from lynchpin.engine.rem import idle

    stream, names = crowded_stream(2, events=80, actors=5, days=30), [*"ABCDE", *(f"S{k}" for k in range(40))]
    one_by_one = lynchpin.rem(stream, "inertia(2d) outdegreeSender(5d)", actors=names)
    monkeypatch.setattr(idle, "SHARED_ROWS", 0)
    shared = lynchpin.rem(stream, "inertia(2d) outdegreeSender(5d)", actors=names)
    assert shared.n_dyads == 45 * 44
    np.testing.assert_allclose(shared.estimate, one_by_one.estimate, rtol=1e-8)


def test_the_command_line(tmp_path):
    EVENTS.write_csv(tmp_path / "e.csv")
    (tmp_path / "a.csv").write_text("label,floor\nA,1\nB,2\nC,2\nSilent One,3\n")
    asked = ["rem", str(tmp_path / "e.csv"), "--effects", "inertia", "--actors", str(tmp_path / "a.csv"), "--json"]
    told = json.loads(CliRunner().invoke(app, asked).stdout)
    assert (told["n_actors"], told["n_dyads"], told["n_silent_actors"]) == (4, 12, 1)


@pytest.mark.parametrize("names", [pl.DataFrame({"node": ["D", "C", "B", "A", "E"]}), tuple(FIVE), FIVE], ids=type)
def test_forms_of_a_list(names):
    assert with_actors(lynchpin.rem(EVENTS, "").stream, names).actors == tuple("ABCDE")


def test_numbers_are_names():
    events = pl.DataFrame({"time": [1, 2, 3], "sender": [1, 2, 1], "receiver": [2, 1, 2]})
    assert lynchpin.rem(events, "", actors=range(1, 5)).n_dyads == 12


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("actor\nA\nB\nC\nA\n", "'A' is there twice", "actors, lines 2 and 5"),
        ("actor\nA\nB\n", "'C' is in the events and not in the list of actors", "actors"),
        ("actor\nA\nB\nc\n", "'C' is in the events and not in the list", "actors"),
        ("actor\nX\n", "'A' is in the events and not in the list of actors, as do 2 others", "actors"),
        ("actor,floor\nA,1\n,2\nB,1\nC,1\n", "no actor", "actors, line 3"),
        ("actor\nA\nNaN\nB\nC\n", "no actor: 'NaN' is no name", "actors, line 3"),
        ("actor\n", "the list of actors is empty", "actors"),
        ("who\nA\nB\nC\n", "no column for the actor", "actors, header: who"),
        ("actor\nA\nB\nC\n1\n1.0\n", "'1' and '1.0' are one number and two actors", "actors, lines 5 and 6"),
    ],
)
def test_what_is_refused(tmp_path, text, what, where):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(LynchpinError) as caught:
        lynchpin.rem(EVENTS, "inertia", actors=tmp_path / "a.csv")
    assert what in caught.value.what and caught.value.where == where and caught.value.mend


def test_a_name_spelled_otherwise_is_asked_about(tmp_path):
    with pytest.raises(LynchpinError, match="not in the list") as caught:
        lynchpin.rem(EVENTS, "", actors=["A", "B", "c"])
    assert "does 'C' mean 'c'" in caught.value.mend
    with pytest.raises(LynchpinError, match="no such file"):
        lynchpin.rem(EVENTS, "", actors="nowhere.csv")


def test_alike_names_are_noted():
    fit = lynchpin.rem(EVENTS, "", actors=["A", "B", "C", "c"])
    assert any("'C' (line 4), 'c' (line 5) are taken as 2 actors" in note for note in fit.notes)
