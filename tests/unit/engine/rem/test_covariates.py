"""Tables of values and of presence: whose they are, what lacks, what is there twice, and from when on."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.special import logsumexp

import lynchpin
from lynchpin.errors import LynchpinError

ACTORS = ("a", "b", "c", "d")
PAIRS = ["ab", "ba", "ac", "cb", "bd", "ab", "ca", "da", "bc", "dc", "ab", "cd", "bd", "ac"]
EVENTS = pl.DataFrame({"time": range(1, 15), "sender": [p[0] for p in PAIRS], "receiver": [p[1] for p in PAIRS]})
DYADS = [(i, j) for i in ACTORS for j in ACTORS if i != j]
VALUE = {"a": 1.5, "b": -0.5, "c": 0.25, "d": 0.0}


def of_actors(values=None, **more):
    values = VALUE if values is None else values
    return pl.DataFrame({"actor": list(values), "value": list(values.values()), **more})


def of_pairs(values):
    return pl.DataFrame(
        {"sender": [i for i, _ in values], "receiver": [j for _, j in values], "value": list(values.values())}
    )


def log_likelihood(beta, value):
    """Of an ordinal model with one column that does not change, by hand."""
    every = logsumexp([beta * value(i, j) for i, j in DYADS])
    return sum(beta * value(*pair) - every for pair in PAIRS)


def fitted(text, table, **options):
    return lynchpin.rem(EVENTS, text, covariates={"x": table}, **options)


def agrees(fit, value):
    assert fit.log_likelihood == pytest.approx(log_likelihood(fit.estimate[0], value), rel=1e-9)


TIES = {("a", "b"): 1.0, ("b", "d"): 0.5, ("c", "d"): 2.0, ("a", "c"): 0.25}


def test_a_dyad_that_is_not_named_is_an_error_unless_its_value_is_said():
    with pytest.raises(LynchpinError, match=r"no value for a -> d and 7 other dyads(.|\n)*absent=0"):
        fitted("tie(x)", of_pairs(TIES))
    fit = fitted("tie(x, absent=0)", of_pairs(TIES))
    agrees(fit, lambda i, j: TIES.get((i, j), 0.0))
    assert "covariate x: 8 of 12 dyads have no value from the start and count as 0" in fit.notes
    assert fit.to_dict()["effects"] == ["tie(x, absent=0.0)"]
    other = fitted("tie(x, absent=-0.75)", of_pairs(TIES))
    agrees(other, lambda i, j: TIES.get((i, j), -0.75))


def test_symmetric_says_that_a_row_is_for_both_directions():
    value = lambda i, j: TIES.get((i, j), TIES.get((j, i), 0.0))  # noqa: E731
    agrees(fitted("tie(x, symmetric, absent=0)", of_pairs(TIES)), value)
    both = {**TIES, **{(j, i): v for (i, j), v in TIES.items()}}
    agrees(fitted("tie(x, absent=0)", of_pairs(both)), value)
    agrees(fitted("tie(x, symmetric, absent=0)", of_pairs(both)), value)
    full = {(i, j): float(k) / 5 for k, (i, j) in enumerate(DYADS) if i < j}
    with pytest.raises(LynchpinError, match="if a row is for both directions, add symmetric"):
        fitted("tie(x)", of_pairs(full))
    agrees(fitted("tie(x, symmetric)", of_pairs(full)), lambda i, j: full[min(i, j), max(i, j)])
    with pytest.raises(LynchpinError, match=r"a and b have two values(.|\n)*lines 2 and 6"):
        fitted("tie(x, symmetric, absent=0)", of_pairs({**TIES, ("b", "a"): 3.0}))


def test_an_actor_that_is_not_named():
    with pytest.raises(LynchpinError, match="no value for d"):
        fitted("send(x)", of_actors({k: VALUE[k] for k in "abc"}))
    agrees(fitted("send(x, absent=0)", of_actors({k: VALUE[k] for k in "abc"})), lambda i, j: VALUE[i])
    with pytest.raises(LynchpinError, match="does 'D' mean 'd'"):
        fitted("send(x)", of_actors({"a": 1, "b": 2, "c": 3, "D": 4}))


def test_only_who_is_compared_needs_a_value():
    """A receiver's own value is not asked of who only sends, nor a pair's of who is not at risk."""
    dyads = [tuple(p) for p in sorted(set(PAIRS))]
    table = of_pairs({d: float(k % 3) for k, d in enumerate(dyads)})
    fit = fitted("tie(x)", table, dyads=dyads)
    assert fit.n_dyads == len(dyads) and np.isfinite(fit.estimate).all()


def test_codes_stay_text():
    codes = dict(zip(ACTORS, ("002", "020", "200", "710"), strict=True))
    coded = EVENTS.with_columns(pl.col(c).replace_strict(codes) for c in ("sender", "receiver"))
    table = pl.DataFrame({"actor": list(codes.values()), "value": list(VALUE.values())})
    fit = lynchpin.rem(coded, "send(x)", covariates={"x": table})
    assert fit.stream.actors == ("002", "020", "200", "710")
    agrees(fit, lambda i, j: VALUE[i])
    short = table.with_columns(actor=pl.col("actor").cast(pl.Int64))
    with pytest.raises(
        LynchpinError, match=r"no value for 002 and 1 other actor\n(.|\n)*does '20' mean '020'|does '2' mean '002'"
    ):
        lynchpin.rem(coded, "send(x)", covariates={"x": short})


def test_codes_stay_text_on_the_command_line(tmp_path):
    from typer.testing import CliRunner

    from lynchpin.cli import app

    codes = dict(zip(ACTORS, ("002", "020", "200", "710"), strict=True))
    coded = EVENTS.with_columns(pl.col(c).replace_strict(codes) for c in ("sender", "receiver"))
    coded.write_csv(tmp_path / "e.csv")
    pl.DataFrame({"actor": list(codes.values()), "value": list(VALUE.values())}).write_csv(tmp_path / "x.csv")
    done = CliRunner().invoke(
        app,
        ["rem", str(tmp_path / "e.csv"), "--effects", "send(x)", "--covariate", f"x={tmp_path / 'x.csv'}", "--json"],
    )
    import json

    answer = json.loads(done.stdout)
    assert answer["log_likelihood"] == pytest.approx(
        log_likelihood(answer["estimate"][0], lambda i, j: VALUE[i]), rel=1e-9
    )


def test_names_that_match_no_actor_are_counted():
    table = of_actors({**VALUE, "Zeta": 1.0, "Yard": 2.0})
    assert "covariate x: 2 of 6 names are no actors of the events ('Yard', 'Zeta')" in fitted("send(x)", table).notes
    with pytest.raises(
        LynchpinError, match="none of its 2 names is an actor: it has 'Yard', 'Zeta', the events have 'a', 'b'"
    ):
        fitted("send(x)", of_actors({"Zeta": 1.0, "Yard": 2.0}))


def test_keys_that_are_there_twice_are_refused_with_both_lines():
    twice = pl.concat([of_actors(), of_actors({"b": 7.0})])
    with pytest.raises(LynchpinError, match=r"b is there twice(.|\n)*lines 3 and 6"):
        fitted("send(x)", twice)
    pairs = pl.concat([of_pairs(TIES), of_pairs({("b", "d"): 0.5})])
    with pytest.raises(LynchpinError, match=r"b -> d is there twice(.|\n)*lines 3 and 6"):
        fitted("tie(x, absent=0)", pairs)
    timed = of_actors({"a": 1.0}, time=[3]).vstack(of_actors({"a": 2.0}, time=[3]))
    with pytest.raises(LynchpinError, match=r"lines 6 and 7"):
        fitted("send(x, absent=0)", pl.concat([of_actors(time=[0, 0, 0, 0]), timed]))


WORDS = [
    (["true", "false", "True", "FALSE"], [1.0, 0.0, 1.0, 0.0]),
    (["1.5", " 2", "-3e-1", "0"], [1.5, 2.0, -0.3, 0.0]),
]


@pytest.mark.parametrize(("words", "numbers"), WORDS)
def test_words_that_are_numbers(words, numbers):
    value = dict(zip(ACTORS, numbers, strict=True))
    agrees(fitted("send(x)", of_actors(dict(zip(ACTORS, words, strict=True)))), lambda i, j: value[i])


@pytest.mark.parametrize("cell", ["NA", "", "nan", "null", ".", "N/A"])
def test_values_that_lack(cell):
    table = of_actors({"a": "1.5", "b": cell, "c": "0.25", "d": "0"})
    with pytest.raises(LynchpinError, match=r"no value(.|\n)*line 3"):
        fitted("send(x)", table)
    value = {"a": 1.5, "b": 9.0, "c": 0.25, "d": 0.0}
    agrees(fitted("send(x, absent=9)", table), lambda i, j: value[i])


def test_words_are_only_for_same():
    table = of_actors({"a": "red", "b": "blue", "c": "red", "d": "blue"})
    color = {"a": 0, "b": 1, "c": 0, "d": 1}
    agrees(fitted("same(x)", table), lambda i, j: float(color[i] == color[j]))
    with pytest.raises(LynchpinError, match=r"x is no number: 'red'(.|\n)*line 2"):
        fitted("send(x)", table)
    with pytest.raises(LynchpinError, match="none is 0"):
        fitted("same(x, absent=0)", table)
    with pytest.raises(LynchpinError, match=r"x is no number: '1,5'(.|\n)*line 4"):
        fitted("receive(x)", of_actors({"a": "1", "b": "2", "c": "1,5", "d": "0"}))


def test_equal_values_are_the_same_however_they_came_about():
    """0.2 and then 0.9 is 0.9: changes that add up with a rounding are no difference."""
    assert 0.2 + (0.9 - 0.2) != 0.9
    table = pl.DataFrame({"actor": list("abcdb"), "time": [0, 0, 0, 0, 1], "value": [0.9, 0.2, 0.9, 9.0, 0.9]})
    fit = lynchpin.rem(EVENTS, "same(x)", covariates={"x": table}, start=2)
    late = PAIRS[1:]
    shared = {"a", "b", "c"}
    value = lambda i, j: float({i, j} <= shared)  # noqa: E731
    every = logsumexp([fit.estimate[0] * value(i, j) for i, j in DYADS])
    assert fit.log_likelihood == pytest.approx(sum(fit.estimate[0] * value(*p) - every for p in late), rel=1e-9)


def test_a_value_counts_after_its_time_and_must_be_there_when_it_is_first_needed():
    changing = pl.DataFrame({"actor": list("abcda"), "time": [0, 0, 0, 0, 6], "value": [0.0, 1.0, 2.0, 0.0, 5.0]})
    fit = fitted("send(x)", changing)
    total = 0.0
    for time, pair in enumerate(PAIRS, 1):
        value = {"a": 5.0 if time > 6 else 0.0, "b": 1.0, "c": 2.0, "d": 0.0}
        total += fit.estimate[0] * value[pair[0]] - logsumexp([fit.estimate[0] * value[i] for i, _ in DYADS])
    assert fit.log_likelihood == pytest.approx(total, rel=1e-9)
    late = changing.with_columns(time=pl.col("time") + 1)
    with pytest.raises(LynchpinError, match="no value for a and 3 other actors before 1, when it is first compared"):
        fitted("send(x)", late)
    assert fitted("send(x)", late, start=2).n_events == 13
    presence = pl.DataFrame({"actor": ["d"], "from": [5], "to": [None]})
    of_d = pl.DataFrame({"actor": list("abcd"), "time": [0, 0, 0, 4], "value": [0.0, 1.0, 2.0, 3.0]})
    assert fitted("send(x)", of_d, presence=presence).n_events == 14
    with pytest.raises(LynchpinError, match="no value for d before 5, when it is first compared"):
        fitted("send(x)", of_d.with_columns(time=pl.Series([0, 0, 0, 5])), presence=presence)


def test_a_covariate_that_no_effect_names_is_refused():
    with pytest.raises(LynchpinError, match="covariate x is in no effect"):
        fitted("inertia", of_actors())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("inertia(absent=0)", "no table of values"),
        ("inertia(symmetric)", "no table of values"),
        ("send(x, symmetric)", "of actors, not of pairs"),
        ("tie(x, absent=none)", "absent is a number"),
        ("tie(x, absent=inf)", "absent is a number"),
        ("tie(x, symmetric=perhaps)", "yes or no"),
    ],
)
def test_words_that_do_not_belong(text, said):
    with pytest.raises(LynchpinError, match=said):
        fitted(text, of_actors())


def test_a_saved_fit_keeps_what_was_said_of_absent_values(tmp_path):
    fit = fitted("tie(x, symmetric, absent=0.5)", of_pairs(TIES))
    back = lynchpin.load_rem(fit.save(tmp_path / "f"))
    assert back.to_dict() == fit.to_dict() and back.check().recall == fit.check().recall


# -- Presence and pairs at risk.


def spells(*rows):
    return pl.DataFrame([list(row) for row in rows], schema=["actor", "from", "to"], orient="row", strict=False)


@pytest.mark.parametrize(
    "rows",
    [
        [("d", 0, 9), ("d", 5, None)],
        [("d", 0, 9), ("d", 9, None)],
        [("d", 5, None), ("d", 0, 9)],
        [("d", 0, None), ("d", 3, 4), ("d", 4, 6)],
    ],
)
def test_spells_that_overlap_or_touch_are_one(rows):
    """Twice at risk a dyad would be twice in every comparison."""
    fit = lynchpin.rem(EVENTS, "inertia", presence=spells(*rows))
    one = lynchpin.rem(EVENTS, "inertia", presence=spells(("d", 0, None)))
    assert (fit.log_likelihood, fit.n_rows) == (one.log_likelihood, one.n_rows)
    assert one.log_likelihood == pytest.approx(lynchpin.rem(EVENTS, "inertia").log_likelihood, rel=1e-12)
    [note] = fit.notes
    assert f"{len(rows) - 1} spells overlap or touch" in note and "d (line " in note
    assert not one.notes


def test_spells_apart_stay_apart():
    fit = lynchpin.rem(EVENTS, "", presence=spells(("d", 0, 6), ("d", 8, None)), likelihood="ordinal")
    assert not fit.notes
    assert fit.null_log_likelihood == pytest.approx(-12 * np.log(12) - 2 * np.log(6))  # at 6 and 7 without d


def test_nobody_is_ever_present_with_another():
    apart = spells(("a", 0, 1), ("b", 1, 2), ("c", 2, 3), ("d", 3, 4))
    with pytest.raises(LynchpinError, match="no two actors of the 4 are ever present together"):
        lynchpin.rem(EVENTS, "inertia", presence=apart)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("d", 3, 3)], "leaves before it enters(.|\n)*line 2"),
        ([("a", 0, 20), ("D", 3, None)], "no actor 'D' in the events(.|\n)*line 3(.|\n)*does 'D' mean 'd'"),
        ([("a", 0, 20), (" ", 3, None)], "no actor(.|\n)*line 3"),
        ([("d", 7, None)], "b -> d is not at risk at 5 and acts"),
    ],
)
def test_spells_that_cannot_be(rows, said):
    with pytest.raises(LynchpinError, match=said):
        lynchpin.rem(EVENTS, "inertia", presence=spells(*rows))


def test_steps_in_which_nobody_is_at_risk_are_none():
    """All leave for a while: the rate is that of the time in which someone could act."""
    quiet = EVENTS.filter(~pl.col("time").is_between(6, 8))
    away = spells(*[(actor, *ends) for actor in ACTORS for ends in ((0, 6), (9, None))])
    fit = lynchpin.rem(quiet, "", likelihood="rate", presence=away)
    assert fit.n_time_points == 11 and fit.estimate[0] == pytest.approx(np.log(11 / (11 * 12)))


def test_pairs_at_risk_go_by_their_headers():
    pairs = sorted(set(PAIRS))
    turned = pl.DataFrame(
        {"receiver": [p[1] for p in pairs], "sender": [p[0] for p in pairs], "note": ["x"] * len(pairs)}
    )
    fit = lynchpin.rem(EVENTS, "inertia", dyads=turned)
    assert fit.log_likelihood == lynchpin.rem(EVENTS, "inertia", dyads=[tuple(p) for p in pairs]).log_likelihood
    again = pl.concat([turned, turned.head(2)])
    assert lynchpin.rem(EVENTS, "inertia", dyads=again).notes == (
        "dyads at risk: 2 rows name a pair again and count once",
    )
    with pytest.raises(LynchpinError, match=r"no actor 'e' in the events(.|\n)*line 3"):
        lynchpin.rem(EVENTS, "inertia", dyads=[("a", "b"), ("e", "a")])
    with pytest.raises(LynchpinError, match=r"a pair of an actor with itself(.|\n)*line 2"):
        lynchpin.rem(EVENTS, "inertia", dyads=[("a", "a"), ("b", "a")])
