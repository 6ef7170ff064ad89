"""Comparing: what is refused, what is said, what the page and the pictures carry."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest

from lynchpin.answers.scenarios import changes_of, what_if
from lynchpin.errors import LynchpinError
from lynchpin.report.page.scenario import headline, render_scenario
from lynchpin.report.plots import lateral_gap
from lynchpin.report.plots import what_if as picture
from lynchpin.report.screen import parts


@pytest.fixture(scope="module")
def pushed(fit_2012):
    return fit_2012.what_if("push-doubled", days=91, draws=300)


def test_python_and_words_agree(pushed):
    assert pushed.to_frame().height == 100
    text = pushed.summary()
    assert "the rate of USA -- ally : cooperation times 2" in text
    row = pushed.measures.row(0, named=True)
    assert f"{row['baseline']:.1f} acts expected without, {row['scenario']:.1f} with" in text
    assert "no causal effect" in text
    assert pushed.held_scenario > pushed.held_baseline  # twice the push is more than the record has shown


def test_doubling_a_rate_doubles_what_it_expects_at_first(fit_2012):
    found = fit_2012.what_if(scale=["2 PRK -> KOR : material_conflict"], days=30, draws=300)
    unit = (pl.col("source") == "PRK") & (pl.col("target") == "KOR") & (pl.col("event_class") == "material_conflict")
    row = found.table.filter(unit).row(0, named=True)
    assert 1.9 < row["scenario"] / row["baseline"] < 2.6  # and more, since acts feed later ones


def test_acts_put_in_are_counted_apart(fit_2012):
    found = fit_2012.what_if("gsomia-signed", days=184, draws=100)
    put_in = {(r["source"], r["target"], r["event_class"]): r["put_in"] for r in found.table.iter_rows(named=True)}
    assert put_in["JPN", "KOR", "security_cooperation"] == put_in["KOR", "JPN", "security_cooperation"] == 6
    assert sum(put_in.values()) == 12  # acts at home are between sectors, which are not drawn
    assert found.measures["put_in"].to_list() == [12, 0, 0]
    tie = found.index.filter(pl.col("pair") == "JPN-KOR")
    assert (tie["difference"] > 0).all()


OUTSIDE = [
    ({"inject": ["2012-07-08 KOR -> JPN : grievance"]}, "2012-07-08 is not among the days that are played"),
    ({"inject": ["2012-10-09 KOR -> JPN : grievance"]}, "2012-10-09 is not among the days that are played"),
    ({"silence": ["PRK from 2014-01-01"]}, "lies outside the days that are played"),
    ({"remove": ["nea-2016-11-23-01"]}, "no event before 2012-07-09 has the id"),
]


@pytest.mark.parametrize(("changes", "what"), OUTSIDE, ids=[what for _, what in OUTSIDE])
def test_what_lies_outside_is_refused(fit_2012, changes, what):
    with pytest.raises(LynchpinError, match=what):
        what_if(fit_2012, changes=changes_of(fit_2012.case, **changes), days=91, draws=100)


@pytest.mark.parametrize("asked", [{"days": 5}, {"days": 4000}, {"draws": 50}])
def test_days_and_draws_have_their_range(fit_2012, asked):
    with pytest.raises(LynchpinError):
        what_if(fit_2012, "push-doubled", **asked)


def test_pictures(pushed):
    rows = picture.data(pushed)
    assert rows["label"][0] == "Japan-South Korea security cooperation"
    assert rows.filter(pl.col("kind") == "unit")["difference"].abs().is_sorted(descending=True)
    for chart in (picture.draw(rows), picture.draw_months(picture.months(pushed, rows["label"][0]))):
        spec = chart.to_dict()
        assert spec["layer"] and "Japan-South Korea security cooperation" in spec["description"]


def test_the_picture_says_each_verdict_and_what_is_put_in(fit_2012, pushed):
    rows = picture.data(fit_2012.what_if("gsomia-signed", days=184, draws=100))
    assert rows.select("first", "second", "short").row(0) == (
        "Threat response",
        "security cooperation of the three",
        "Threat response",
    )
    assert rows["verdict"][0].endswith("; 12 put in") and "put in" not in rows["verdict"][1]
    for row in (*rows.iter_rows(named=True), *picture.data(pushed).iter_rows(named=True)):
        clear = row["lower"] > 0.0 or row["upper"] < 0.0
        assert row["clear"] == clear == (row["verdict"].split(";")[0] in ("more", "fewer"))
        assert "".join((row["first"], row["second"])).replace(" ", "") in row["label"].replace(": ", "").replace(
            " ", ""
        )
    assert "more" in picture.data(pushed)["verdict"].to_list()


def test_the_gap_is_drawn_with_and_without(fit_2012, pushed):
    frame, rows = lateral_gap.data_ahead(pushed), pushed.index.filter(pl.col("pair") == "lateral gap")
    assert frame["scenario"].to_list() == rows["scenario"].to_list() and frame.height == 3
    assert ((frame["high"] - frame["baseline"]) - rows["upper"]).abs().max() < 1e-12
    assert (frame["low"] <= frame["high"]).all()
    spec = lateral_gap.draw_ahead(frame).to_dict()
    assert f"{frame['scenario'][-1]:+.2f} with it" in spec["description"]
    assert 'id="gap' in render_scenario(fit_2012.made_from, pushed)
    alone = replace(pushed, index=pushed.index.filter(pl.col("pair") != "lateral gap"))
    assert lateral_gap.data_ahead(alone).is_empty() and 'id="gap' not in render_scenario(fit_2012.made_from, alone)


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Japan-South Korea security cooperation", ("Japan-South Korea security cooperation", "")),
        ("Leverage: Chinese cooperation toward Seoul", ("Leverage", "Chinese cooperation toward Seoul")),
        (
            "Security cooperation of the three and of others",
            ("Security cooperation of the three and", "of others"),
        ),
    ],
)
def test_a_long_label_takes_two_lines(label, lines):
    assert picture._two_lines(label) == lines


def test_no_minus_stands_before_a_zero(pushed):
    assert not re.search(r"[+-]0\.0+(?![0-9])", " ".join(pushed.sentences))


def test_page_is_whole_and_asks_nothing(fit_2012, pushed):
    text = render_scenario(fit_2012.made_from, pushed)
    assert "Washington works with both allies twice as much" in text
    assert pushed.note[:60] in text
    outside = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", outside)
    _, table, _, *_ = parts(pushed)
    assert table.row_count >= len(pushed.measures)


def test_the_page_has_a_headline_that_says_what_differs():
    """By hand: two of three rows leave out no difference, and the first two of those are named."""
    rows = pl.DataFrame(
        {
            "label": ["talks", "raids", "aid", "trade"],
            "text": ["+2.0 (+1.0 to +3.0)", "0.0 (-1.0 to +1.0)", "-1.0 (-2.0 to -0.5)", "+4.0 (+1.0 to +9.0)"],
            "clear": [True, False, True, True],
        }
    )
    assert headline(rows) == (
        "What differs clearly, in acts: talks: +2.0 (+1.0 to +3.0); aid: −1.0 (−2.0 to −0.5), and 1 more."
    )
    assert headline(rows.filter(~pl.col("clear"))).startswith("Nothing differs clearly")
