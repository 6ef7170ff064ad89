"""What happened less what was expected: by hand, by plain loops, and where an effect changes with time."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

import lynchpin
from helpers.plain_interval import past
from helpers.relational_plain import HALF_LIFE, crowded_stream, plain_columns
from lynchpin.cli import app
from lynchpin.errors import BadValue
from lynchpin.report import files

EFFECTS = ("inertia", "reciprocity", "outdegreeSender")


def test_a_constant_rate_by_hand():
    """Two dyads, events at 1, 2 and 6 of a clock from 0 to 6: half an event in each unit of time, a quarter of each."""
    frame = pl.DataFrame({"time": [1.0, 2.0, 6.0], "sender": list("AAB"), "receiver": list("BBA")})
    found = lynchpin.rem(frame, "", likelihood="interval", start=0.0).residuals()
    dyads = {(a, b): rest for a, b, *rest in found.dyads.rows()}
    assert dyads["A", "B"] == pytest.approx([2.0, 1.5, 0.5, 0.5 / np.sqrt(1.5)])
    assert dyads["B", "A"] == pytest.approx([1.0, 1.5, -0.5, -0.5 / np.sqrt(1.5)])
    # one event less half of one, two less one, three less three; over the root of three events
    assert found.score["value"].to_list() == pytest.approx([0.5 / np.sqrt(3), 1 / np.sqrt(3), 0.0], abs=1e-7)
    (test,) = found.tests.rows(named=True)
    assert (test["name"], test["at"]) == ("baseline", 2.0) and test["largest"] == pytest.approx(1 / np.sqrt(3))
    roles = {(actor, role): seen for actor, role, seen, *_ in found.actors.rows()}
    assert roles == {("A", "sender"): 2.0, ("B", "receiver"): 2.0, ("B", "sender"): 1.0, ("A", "receiver"): 1.0}


@pytest.mark.parametrize("likelihood", ["ordinal", "choice"])
@pytest.mark.parametrize("seed", [1, 2])
def test_they_are_those_of_plain_loops(seed, likelihood):
    """Simultaneous events share one denominator: each was expected of everyone by its chance."""
    stream = crowded_stream(seed)
    n, effects = len(stream.actors), EFFECTS[:2] if likelihood == "choice" else EFFECTS
    fit = lynchpin.rem(stream, " ".join(f"{name}({HALF_LIFE:g})" for name in effects), likelihood=likelihood)
    found = fit.residuals()
    seen, mean, spread = (np.zeros((n, n)) for _ in range(3))
    sent = np.zeros(n)
    scores, information = [], np.zeros((len(effects),) * 2)
    for t in np.unique(stream.when):
        X = plain_columns(stream, t, effects)
        here = [(i, j) for w, i, j in zip(stream.when, stream.src, stream.dst, strict=True) if w == t]
        score = np.zeros(len(effects))
        for who in sorted({i for i, _ in here}) if likelihood == "choice" else [None]:
            mine = [(i, j) for i, j in here if who in (None, i)]
            rows = [(i, j) for i in range(n) for j in range(n) if i != j and who in (None, i)]
            weight = np.array([np.exp(X[i, j] @ fit.estimate) for i, j in rows])
            chance, k = weight / weight.sum(), len(mine)
            x = np.array([X[i, j] for i, j in rows])
            centre = chance @ x
            information += k * ((x.T * chance) @ x - np.outer(centre, centre))
            for i, j in mine:
                seen[i, j] += 1.0
                score += X[i, j] - centre
            for (i, j), p in zip(rows, chance, strict=True):
                mean[i, j] += k * p
                spread[i, j] += k * p * (1.0 - p)
            for i in range(n):
                p = sum(c for (s, _), c in zip(rows, chance, strict=True) if s == i)
                sent[i] += k * p * (1.0 - p)
        scores.append(score)
    names = list(stream.actors)
    for sender, receiver, observed, expected, residual, z in found.dyads.rows():
        at = names.index(sender), names.index(receiver)
        assert (observed, expected) == pytest.approx((seen[at], mean[at]))
        assert z == pytest.approx(residual / np.sqrt(spread[at]))
    if likelihood == "ordinal":
        mine = found.actors.filter(role="sender").sort("actor")
        assert mine["z"].to_list() == pytest.approx(((seen - mean).sum(axis=1) / np.sqrt(sent)).tolist())
    course = np.cumsum(scores, axis=0) / np.sqrt(np.diag(information))
    for k, name in enumerate(fit.names):
        np.testing.assert_allclose(found.score.filter(name=name)["value"], course[:, k], rtol=1e-6, atol=1e-6)


def test_waits_of_rates_that_decay_are_those_of_plain_loops():
    """The integral of each dyad's rate by a fine sum, of a covariate-free model with decay."""
    rng = np.random.default_rng(4)
    when = np.sort(rng.uniform(0.0, 12.0, 14))
    src = rng.integers(0, 3, 14)
    dst = (src + rng.integers(1, 3, 14)) % 3
    frame = pl.DataFrame(
        {"time": when, "sender": [*map("ABC".__getitem__, src)], "receiver": [*map("ABC".__getitem__, dst)]}
    )
    fit = lynchpin.rem(frame, "inertia(2)", likelihood="interval", start=0.0, stop=12.0, ridge=0.5)
    edges = np.concatenate([[0.0], fit.stream.when, [12.0]])
    expected = np.zeros((3, 3))
    for a, b in pairwise(edges):
        grid = a + (b - a) * (np.arange(60) + 0.5) / 60
        for t in grid:
            expected += (
                (b - a) / 60 * np.exp(fit.estimate[0] + fit.estimate[1] * past(fit.stream, t, "inertia", half_life=2.0))
            )
    for sender, receiver, _, mean, _, _ in fit.residuals().dyads.rows():
        assert mean == pytest.approx(expected["ABC".index(sender), "ABC".index(receiver)], rel=1e-4)


def alternating(turns, *, events=240, seed=1):
    """Who has x of 1 acts more often; `turns`: in the second half those with x of 0 do."""
    rng = np.random.default_rng(seed)
    x = np.array([1, 1, 1, 0, 0, 0])
    rows = []
    for k in range(events):
        sign = -1.0 if turns and k >= events // 2 else 1.0
        weight = np.exp(sign * 1.0 * x)
        i = int(rng.choice(6, p=weight / weight.sum()))
        j = int((i + rng.integers(1, 6)) % 6)
        rows.append((float(k), "ABCDEF"[i], "ABCDEF"[j]))
    frame = pl.DataFrame(rows, schema=["time", "sender", "receiver"], orient="row")
    return frame, {"covariates": {"x": pl.DataFrame({"actor": list("ABCDEF"), "value": x.astype(float)})}}


def test_an_effect_that_turns_half_way_strays_and_one_that_stays_does_not():
    for turns in (True, False):
        frame, options = alternating(turns)
        (test,) = lynchpin.rem(frame, "send(x)", **options).residuals().tests.rows(named=True)
        assert (test["largest"] > test["bound"]) is turns
        assert (test["p"] < 0.01) is turns
        if turns:
            assert 100.0 < test["at"] < 140.0


@pytest.mark.slow
def test_of_models_that_hold_a_tenth_strays_beyond_the_bound():
    """300 records: the share with p of 0.1 or less is within three standard errors of a tenth."""
    strayed = []
    for seed in range(300):
        frame, options = alternating(False, events=120, seed=seed)
        fit = lynchpin.rem(frame, "send(x) reciprocity", **options)
        strayed.append((fit.residuals(seed=seed).tests["p"] <= 0.1).to_list())
    share = np.mean(strayed, axis=0)
    assert np.abs(share - 0.1).max() < 3.0 * np.sqrt(0.09 / 300)


def test_what_has_no_residuals_is_refused():
    fit = lynchpin.rem(crowded_stream(), "inertia", likelihood="type")
    with pytest.raises(BadValue, match="type model"):
        fit.residuals()
    frame, _ = alternating(False, events=40)
    with pytest.raises(BadValue, match="choice of coordination"):
        lynchpin.rem(frame, "sp", likelihood="choice", undirected=True, ridge=1.0).residuals()


# --- the command, and the pictures -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stream_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("rem") / "a.csv"
    frame, _ = alternating(False, events=60)
    frame.write_csv(file)
    return file


def test_the_command_draws_checks_and_writes(stream_file, tmp_path):
    words = [
        "rem",
        str(stream_file),
        "--effects",
        "inertia(9) reciprocity",
        "--simulate",
        "3",
        "--check",
        "--seed",
        "4",
    ]
    done = CliRunner().invoke(app, [*words, "--simulated", str(tmp_path / "b.csv"), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["simulated"]["draws"], told["simulated"]["seed"], told["residuals"]["seed"]) == (3, 4, 4)
    assert {row["measure"] for row in told["simulated"]["bands"]} >= {"sent", "received", "share", "total of an effect"}
    assert told["check"]["recall"]["mean_rank"] <= 1.0
    assert pl.read_csv(tmp_path / "b.csv").columns == ["draw", "time", "sender", "receiver"]
    said = CliRunner().invoke(app, words).stdout
    assert "within what 90 of 100 draws have" in said and "stray through time" in said and "mean rank" in said


def test_each_can_be_drawn_as_a_page(stream_file, tmp_path):
    for option in (["--simulate", "2"], ["--check"]):
        file = tmp_path / f"{option[0][2:]}.html"
        words = ["rem", str(stream_file), "--effects", "inertia(9)", *option, "--out", str(file), "--quiet"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        assert "A relational event model, ordinal" in file.read_text(encoding="utf-8")


WRONG = [
    (["--simulated", "b.csv"], "nothing is drawn"),
    (["--out", "b.html"], "nothing to draw"),
    (["--out", "b.html", "--check", "--simulate", "2"], "two pictures for one file"),
    (["--simulate", "0"], "0 draws"),
    (["--simulate", "2", "--simulated", "b.xlsx"], "no kind of table"),
]


@pytest.mark.parametrize(("words", "what"), WRONG, ids=[what for _, what in WRONG])
def test_what_cannot_be_asked_is_refused(stream_file, words, what):
    done = CliRunner().invoke(app, ["rem", str(stream_file), "--effects", "inertia", *words])
    assert done.exit_code != 0 and what in str(done.exception)


def test_pictures_hold_every_number_that_is_told():
    frame, options = alternating(True, events=60)
    fit = lynchpin.rem(frame, "send(x) inertia(5)", **options)
    drawn, left = fit.simulate(4), fit.residuals()
    spec = files.spec(drawn)
    shown = sum(len(rows) for rows in spec["datasets"].values())
    assert shown == drawn.bands.filter(pl.col("observed").is_finite() & pl.col("mean").is_not_null()).height
    spec = files.spec(left)
    assert [len(spec["datasets"][f"course-{k}"]) for k in range(2)] == [60, 60]
    assert len(spec["datasets"]["actors"]) == min(left.actors.height, 20)
    for chart in (drawn.plot(), left.plot()):
        assert chart.to_dict()["description"]
