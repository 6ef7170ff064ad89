"""Reading events and effects, risk sets and covariates: what is understood, and what is said of what is not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import lynchpin
from helpers.relational_plain import crowded_stream
from lynchpin.engine.rem.api import rem
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import read_events, read_table, stream_of
from lynchpin.engine.rem.risk import risk_set
from lynchpin.engine.statistics import catalogue
from lynchpin.errors import LynchpinError

GOOD = [
    ("inertia(30d)", "inertia(half_life=30d)"),
    ("inertia(half_life=36h) + reciprocity", "inertia(half_life=36h) reciprocity"),
    ("otp(class=coop|talk, scale=log1p)", "otp(class=coop|talk, scale=log1p)"),
    ("otp(legs=coop/conflict, unique)", "otp(legs=coop/conflict, unique)"),
    ("inertia:reciprocity", "inertia:reciprocity"),
    ("inertia(window=90d, weight=no)", "inertia(window=90d, weight=no)"),
    ("inertia(12.5)", "inertia(half_life=12.5d)"),
]


@pytest.mark.parametrize(("text", "back"), GOOD)
def test_effects_are_read(text, back):
    said = " ".join(str(term) for term in parse_effects(text))
    assert said.replace("300h", "12.5d") == back
    assert parse_effects(said) == parse_effects(text)


BAD = [
    (",", "no effects"),
    ("baseline inertia", "the baseline is no effect"),
    ("inertia recipocity", "column 9"),
    ("inertia(30x)", "'30x' is not a length"),
    ("inertia(speed=3)", "no argument 'speed'"),
    ("inertia(scale=logg)", "did you mean 'log1p'"),
    ("inertia(window=3d, half_life=4d)", "both a half-life and a window"),
    ("inertia inertia", "there twice"),
    ("inertia: ", "without its second"),
    ("inertia % otp", "'%' is not expected"),
    ("otp(legs=coop)", "legs are two"),
    ("otp(scale=prop)", "has no proportion"),
    ("otp(unique=maybe)", "yes or no"),
    ("psABBA(unique)", "psABBA has no unique form"),
    ("send(x, unique)", "send has no unique form"),
    ("inertia(30d, unique)", "inertia(unique) does not decay"),
    ("otp(unique, half_life=3d)", "otp(unique) does not decay"),
    ("indegreeSender(unique, scale=prop)", "has no proportion"),
    ("inertia(0d)", "more than zero"),
]


@pytest.mark.parametrize("text", ["inertia", "inertia(scale=std)", "baseline", ""])
def test_a_scale_for_all_is_one_of_those_there_are(text):
    with pytest.raises(LynchpinError, match="no scale 'logg'\n  where: scale\n  to mend: did you mean 'log1p'"):
        parse_effects(text, scale="logg")


@pytest.mark.parametrize(("text", "said"), BAD)
def test_bad_effects_are_explained(text, said):
    with pytest.raises(LynchpinError) as error:
        parse_effects(text)
    assert said in str(error.value)


@pytest.mark.parametrize("name", catalogue())
def test_an_effect_without_a_half_life_remembers_in_full(name):
    of = "(x)" if catalogue()[name].feed.endswith("values") else ""
    [term] = parse_effects(f"{name}{of}")
    assert term.effects[0].half_life is None and term.effects[0].window is None


def test_a_window_of_its_own_takes_the_place_of_the_common_half_life():
    [term] = parse_effects("inertia(window=9d)", half_life=30.0)
    assert term.effects[0].half_life is None and term.effects[0].window == 9.0


FILES = [
    ("time,sender,receiver\n3,a,b\n1,b,a\n", [1.0, 3.0], False),
    ("Date,From,To\n1970-01-02,a,b\n1970-01-03,b,a\n", [1.0, 2.0], True),
    ("datetime,source,target\n1970-01-01T12:00:00,a,b\n1970-01-01 18:00,b,a\n", [0.5, 0.75], True),
]


@pytest.mark.parametrize(("text", "when", "is_dated"), FILES)
def test_files_are_read(tmp_path, text, when, is_dated):
    (tmp_path / "e.csv").write_text(text)
    stream = read_events(tmp_path / "e.csv")
    assert stream.when.tolist() == when and stream.is_dated is is_dated and stream.actors == ("a", "b")


def test_a_file_is_read_as_any_table_is_and_the_summary_says_how(tmp_path):
    rows = [f"{day};{hour},5;{a};{b}" for day, hour, a, b in [(1, 1, "a", "b"), (2, 2, "b", "a"), (3, 3, "a", "c")] * 4]
    text = "# by hand\nnumber;time;sender;receiver\n" + "\n\n".join(rows[:3]) + "\n" + "\n".join(rows[3:]) + "\n"
    (tmp_path / "e.csv").write_bytes(text.encode("utf-16"))
    stream = read_events(tmp_path / "e.csv")
    assert stream.when.tolist() == [1.5] * 4 + [2.5] * 4 + [3.5] * 4 and stream.actors == ("a", "b", "c")
    said = rem(stream, "inertia", ridge=1.0).summary()
    for note in ("UTF-16", "parted by semicolons", "lines above the header", "blank lines passed over: 2", "'time'"):
        assert "- note: " in said and note in said


def test_a_day_and_a_time_of_day_are_one_time(tmp_path):
    (tmp_path / "e.csv").write_text("date,time,sender,receiver\n1970-01-02,6:00,a,b\n1970-01-02,18:00:00,b,a\n")
    assert read_events(tmp_path / "e.csv").when.tolist() == [1.25, 1.75]


def test_a_fault_names_its_line_whatever_was_passed_over(tmp_path):
    (tmp_path / "e.csv").write_text("time,sender,receiver\n\n1,a,b\n\n2,b,b\n")
    with pytest.raises(LynchpinError, match="line 5"):
        read_events(tmp_path / "e.csv")


def test_a_covariate_keeps_its_kinds(tmp_path):
    (tmp_path / "x.csv").write_text("actor;value\na;1,5\nb;\n")
    assert read_table(tmp_path / "x.csv").rows() == [("a", "1.5"), ("b", None)]


BROKEN = [
    ("when,sender,receiver\n1,a,b\n", "no column for the time"),
    ("time,sender,receiver\n1,a,\n", "no receiver"),
    ("time,sender,receiver\n1,a,b\n2,b,b\n", "line 3"),
    ("time,sender,receiver\n1,a,b\nsoon,b,a\n", "'soon' is not a time"),
    ("time,sender,receiver,weight\n1,a,b,heavy\n", "no number"),
    ("time,sender,receiver\n", "no events"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_broken_files_are_explained(tmp_path, text, said):
    (tmp_path / "e.csv").write_text(text)
    with pytest.raises(LynchpinError) as error:
        read_events(tmp_path / "e.csv")
    assert said in str(error.value)


def test_no_such_file():
    with pytest.raises(LynchpinError, match="no such file"):
        read_events("nowhere.csv")


def test_numbers_are_actors_in_their_own_order():
    frame = pl.DataFrame({"time": [1, 2, 3], "sender": [10, 9, 2], "receiver": [2, 10, 9]})
    assert stream_of(frame).actors == ("2", "9", "10")


STREAM = crowded_stream(3, events=150, days=40)


def test_risk_sets():
    assert risk_set(STREAM).dyads == 30
    assert risk_set(STREAM, "senders").i.tolist() == [0, 1, 2, 3, 4, 5]
    assert risk_set(STREAM.before(3.0), "active").dyads < 30
    with pytest.raises(LynchpinError, match="no risk set"):
        risk_set(STREAM, "fully")


def test_an_event_outside_the_risk_set_is_refused():
    with pytest.raises(LynchpinError, match="is not at risk"):
        lynchpin.rem(STREAM, "inertia", dyads=[("A", "B"), ("B", "A")])


def test_presence_takes_absent_actors_out_of_the_comparison():
    """Before day 20 nobody meets F; its events before are left out."""
    from dataclasses import replace

    keep = ((STREAM.src != 5) & (STREAM.dst != 5)) | (STREAM.when >= 20)
    late = replace(STREAM, **{c: getattr(STREAM, c)[keep] for c in ("when", "src", "dst", "kind", "weight")})
    presence = pl.DataFrame({"actor": ["F"], "from": [20.0], "to": [None]})
    whole, half = lynchpin.rem(late, "inertia"), lynchpin.rem(late, "inertia", presence=presence)
    early = int((late.when < 20).sum())
    expected = whole.null_log_likelihood + early * (np.log(30) - np.log(20))
    assert half.null_log_likelihood == pytest.approx(expected, rel=1e-12)
    assert half.n_rows < whole.n_rows
    with pytest.raises(LynchpinError, match="is not at risk"):
        lynchpin.rem(STREAM, "inertia", presence=presence)
    with pytest.raises(LynchpinError, match="leaves before"):
        lynchpin.rem(STREAM, "inertia", presence=pl.DataFrame({"actor": ["F"], "from": [3], "to": [2]}))


REFUSED = [
    ("inertia", {"likelihood": "ordinary"}, "no likelihood"),
    ("inertia(class=war)", {}, "no event is of type 'war'"),
    ("inertia(scale=std)", {"controls": 3}, "everyone at risk"),
    ("otp", {"likelihood": "interval", "risk_set": "senders"}, "no sender's own"),
    ("inertia inertia(class=clash) inertia(class=talk)", {}, "is a combination of"),
    ("outdegreeSender", {"likelihood": "choice"}, "the same for all receivers"),
    ("inertia(class=clash):inertia(class=talk):reciprocity(window=0.001)", {}, "the same for everyone"),
    ("inertia", {"ridge": -1.0}, "negative"),
    ("inertia", {"controls": 0}, "1 or more"),
]


@pytest.mark.parametrize(("effects", "options", "said"), REFUSED)
def test_what_cannot_be_told_is_refused(effects, options, said):
    with pytest.raises(LynchpinError) as error:
        lynchpin.rem(STREAM, effects, **options)
    assert said in str(error.value)


def test_separation_is_refused_and_a_ridge_mends_it():
    """Every event goes where one has gone before."""
    from dataclasses import replace

    again = np.zeros(150, np.int32)
    stream = replace(STREAM, src=again, dst=np.full(150, 2, np.int32), when=np.arange(150.0))
    with pytest.raises(LynchpinError, match=r"without fail|no top"):
        lynchpin.rem(stream, "inertia", first=2)
    assert np.isfinite(lynchpin.rem(stream, "inertia", first=2, ridge=1.0).estimate).all()


def test_proportions_and_z_scores_are_what_they_say():
    from helpers.relational_plain import plain_columns
    from lynchpin.engine.rem.problem import prepare
    from lynchpin.engine.rem.request import Request

    terms = parse_effects("inertia(4, scale=prop) outdegreeSender(4, scale=prop) inertia(4, scale=std)")
    problem = prepare(Request(terms=terms), STREAM)
    X = problem.features.fill(problem.features.start(), problem.plan)
    times = np.unique(STREAM.when)
    dyads = [(i, j) for i in range(6) for j in range(6) if i != j]
    for q in (0, 5, times.size - 1):
        N = plain_columns(STREAM, times[q], ("inertia", "outdegreeSender"))
        mine = X[:, q * 30 : (q + 1) * 30]
        inertia, sent = (np.array([N[d][c] for d in dyads]) for c in (0, 1))
        share = np.divide(inertia, sent, out=np.full(30, 0.2), where=sent > 0)
        total = N[:, :, 0].sum()
        np.testing.assert_allclose(mine[0], share, atol=1e-12)
        np.testing.assert_allclose(mine[1], sent / total if total else np.full(30, 1 / 6), atol=1e-12)
        sd = inertia.std(ddof=1)
        np.testing.assert_allclose(mine[2], (inertia - inertia.mean()) / sd if sd else 0.0, atol=1e-9)
