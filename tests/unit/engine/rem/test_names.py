"""Who acts, and how much an event counts: names that lack or look alike, and weights only where they are said."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

import lynchpin
from lynchpin.engine.rem.events import read_events, stream_of
from lynchpin.engine.rem.names import natural
from lynchpin.errors import LynchpinError

HEAD = "time,sender,receiver\n"
ROWS = "1,a,b\n2,b,a\n3,a,c\n4,c,b\n5,b,c\n"


def read(tmp_path, text, **options):
    (tmp_path / "e.csv").write_text(text, encoding="utf-8")
    return read_events(tmp_path / "e.csv", **options)


@pytest.mark.parametrize("cell", ["", '""', "   ", "nan", "NaN", "null", "None", "N/A", "#N/A", "<NA>"])
@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_a_name_that_lacks_is_refused_with_its_line(tmp_path, cell, side):
    row = f"6,{cell},a\n" if side == "sender" else f"6,a,{cell}\n"
    with pytest.raises(LynchpinError, match=f"no {side}(.|\n)*line 7"):
        read(tmp_path, HEAD + ROWS + row)


def test_a_missing_number_of_a_frame_is_no_actor():
    frame = pl.DataFrame({"time": [1, 2, 3], "sender": [1.0, 2.0, float("nan")], "receiver": [2.0, 1.0, 2.0]})
    with pytest.raises(LynchpinError, match=r"no sender(.|\n)*line 4"):
        stream_of(frame)
    assert stream_of(frame.head(2)).actors == ("1", "2")


NOTED = [
    ("6,Usa,a\n7,USA,a\n", ["'USA' (line 8), 'Usa' (line 7) are taken as 2 actors"]),
    ("6,South Korea,a\n7,a,South_Korea\n", ["'South Korea' (line 7), 'South_Korea' (line 8) are taken as 2 actors"]),
    ("6,002,a\n7,2,a\n", ["'002' (line 7), '2' (line 8) are taken as 2 actors"]),
    ("6,NA,a\n", ["'NA' (line 7) is taken as an actor"]),
    ("6,Cote\u0301,a\n7,Cot\u00e9,b\n", ["accents are put into composed form (NFC), first in line 7"]),
]


@pytest.mark.parametrize(("rows", "said"), NOTED)
def test_what_looks_alike_is_noted_with_its_lines(tmp_path, rows, said):
    notes = read(tmp_path, HEAD + ROWS + rows).notes
    assert len(notes) == len(said)
    for note, part in zip(notes, said, strict=True):
        assert part in note


def test_accents_make_no_second_actor(tmp_path):
    assert read(tmp_path, HEAD + ROWS + "6,Cote\u0301,a\n7,Cot\u00e9,b\n").actors == ("Cot\u00e9", "a", "b", "c")


def test_one_number_written_in_two_ways_is_refused(tmp_path):
    with pytest.raises(LynchpinError, match=r"'1' and '1.0' are one number and two actors(.|\n)*lines 7 and 8"):
        read(tmp_path, HEAD + ROWS + "6,1,a\n7,1.0,a\n")


def test_an_open_quote_is_refused_with_its_line(tmp_path):
    with pytest.raises(LynchpinError, match=r"(line break|quote is not closed)(.|\n)*line 7"):
        read(tmp_path, HEAD + ROWS + '6,"a,b\n7,c,a\n8,"d,b\n')


def test_many_look_alikes_are_counted(tmp_path):
    rows = "".join(f"{6 + k},Name{k},NAME{k}\n" for k in range(9))
    notes = read(tmp_path, HEAD + ROWS + rows).notes
    assert len(notes) == 6 and "4 more sets of actors" in notes[-1]


def test_names_are_in_one_order():
    names = ["10", "9", "-2", "1e3", "inf", "b", "2.5", "nan "]
    assert sorted(names, key=natural) == ["-2", "2.5", "9", "10", "1e3", "b", "inf", "nan "]


DRAWN = """
import polars as pl, lynchpin
names = ["inf", "Nan", "b2", "10", "x y", "Infinity", "1e3"]
pairs = [(a, b) for a in names for b in names if a != b]
frame = pl.DataFrame({"time": range(len(pairs)), "sender": [a for a, _ in pairs], "receiver": [b for _, b in pairs]})
frame = frame.filter((pl.col("sender") != "Nan") & (pl.col("receiver") != "Nan"))
fit = lynchpin.rem(frame, "outdegreeSender(9, scale=log1p) inertia", controls=3, seed=5, ridge=1.0)
print(fit.stream.actors, fit.estimate.tolist(), fit.log_likelihood)
"""


def test_a_seed_draws_alike_whatever_the_hash_seed(monkeypatch):
    told = []
    for seed in ("1", "77"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        told.append(subprocess.run([sys.executable, "-c", DRAWN], capture_output=True, text=True, check=True).stdout)
    assert told[0] == told[1] and "inf" in told[0]


# -- Weights.

HEAVY = np.array([5.0, 1.0, 3.0, 2.0, 1.0, 4.0, 1.0, 2.0, 1.0, 3.0, 1.0, 1.0])
PAIRS = ["ab", "ba", "ac", "cb", "bc", "ab", "ca", "ba", "bc", "ac", "ab", "cb"]


def weighed(name, weights=HEAVY):
    columns = {"time": range(12), "sender": [p[0] for p in PAIRS], "receiver": [p[1] for p in PAIRS], name: weights}
    return pl.DataFrame(columns)


@pytest.mark.parametrize("name", ["value", "increment", "magnitude", "Value"])
def test_what_looks_like_a_weight_is_none_unasked(name):
    plain = lynchpin.rem(weighed(name).drop(name), "inertia")
    fit = lynchpin.rem(weighed(name), "inertia")
    assert fit.estimate.tolist() == plain.estimate.tolist()
    assert fit.notes == (f"events: column {name!r} is not read; --weight {name} weighs events by it",)
    asked = lynchpin.rem(weighed(name), "inertia", weight=name)
    assert asked.estimate[0] != fit.estimate[0] and not asked.notes
    assert asked.summary().splitlines()[0].endswith(f"; events weighed by column {name!r}")
    assert asked.to_dict()["weight"] == name and fit.to_dict()["weight"] is None


def test_a_column_called_weight_is_said_in_the_first_line():
    fit = lynchpin.rem(weighed("weight"), "inertia")
    assert (
        fit.summary().splitlines()[0] == "Relational event model, ordinal likelihood; events weighed by column 'weight'"
    )
    without = lynchpin.rem(weighed("weight"), "inertia", weight="no")
    assert without.estimate.tolist() == lynchpin.rem(weighed("weight"), "inertia(weight=no)").estimate.tolist()
    assert without.summary().splitlines()[0] == "Relational event model, ordinal likelihood"
    assert fit.estimate[0] != without.estimate[0]


def test_new_events_are_weighed_as_the_fitted_ones():
    fit = lynchpin.rem(weighed("value"), "inertia(scale=log1p)", weight="value")
    new = pl.DataFrame({"time": [20, 21], "sender": ["a", "a"], "receiver": ["b", "c"], "value": [50.0, 1.0]})
    light = new.with_columns(value=1.0)
    assert fit.predict(new)["probability"][1] != fit.predict(light)["probability"][1]


def test_no_such_weight():
    with pytest.raises(LynchpinError, match=r"no column 'wieght'(.|\n)*did you mean 'weight'"):
        lynchpin.rem(weighed("weight"), "inertia", weight="wieght")


def test_log1p_of_a_negative_weight_is_refused():
    negative = weighed("weight", np.where(np.arange(12) == 3, -0.5, HEAVY))
    with pytest.raises(LynchpinError, match=r"log1p of a negative weight: c -> b at 3 weighs -0.5"):
        lynchpin.rem(negative, "inertia(scale=log1p)")
    assert lynchpin.rem(negative, "inertia(scale=log1p, weight=no)").n_events == 12
    assert lynchpin.rem(negative, "inertia").n_events == 12


def test_log1p_of_a_covariate_below_minus_one_is_refused():
    table = pl.DataFrame({"actor": list("abc"), "value": [1.0, -2.0, 0.5]})
    for text in ("send(x, scale=log1p)", "minimum(x, scale=log1p)"):
        with pytest.raises(LynchpinError, match=r"log1p of a value of -1 or less"):
            lynchpin.rem(weighed("w").drop("w"), text, covariates={"x": table})
