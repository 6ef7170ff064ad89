"""What the brief says of an agreement's future."""

from __future__ import annotations

from datetime import date

import polars as pl

from lynchpin.report.page.words import ahead, likely, success_chance
from lynchpin.report.plots import agreement, backtest, chances
from lynchpin.results import AgreementLife, Analogue, Force, StageChance, StageRow

CHANCES = (("in_force", 0.30), ("signed", 0.05), ("agreed_in_principle", 0.45), ("suspended", 0.1), ("ended", 0.10))
LIFE = AgreementLife(
    "g",
    "The pact",
    ("JPN", "KOR"),
    "USA",
    "other",
    "setback",
    date(2012, 7, 5),
    (StageRow(date(2011, 1, 10), "day", "negotiating", "", "Talks", "", ""),),
    standing="agreed_in_principle",
    success="signed or in_force",
    forecast=tuple(StageChance(365, stage, p, p / 2, min(1.0, 2 * p)) for stage, p in CHANCES),
    forces=(Force("setbacks", "setbacks so far", 3.0, -0.12, -0.4, 0.04), Force("threat", "x", 0.1, 0.001, -0.1, 0.1)),
    analogues=(Analogue("h", "Another", date(2008, 4, 3), "agreed_in_principle", 0.9, "signed", "in_force"),),
)


def test_the_chance_of_success_and_the_likeliest_stages():
    chance, words = success_chance(LIFE)
    assert (round(chance, 6), words) == (0.35, "signed or in force")
    assert likely(LIFE) == "agreed in principle 45 %, in force 30 %"
    said = ahead([LIFE])
    assert "stands signed or in force a year on is 35 %" in said.lead
    assert [(row.name, row.change) for row in said.forces] == [("Setbacks", "−12")]  # a tenth of a point is left out
    assert said.analogues == ["Another, Apr 2008: signed a year later; last known: in force"]


def test_nothing_is_said_without_a_model():
    plain = AgreementLife(
        *(getattr(LIFE, name) for name in ("id", "title", "parties", "patron", "kind", "stage", "since", "history"))
    )
    assert ahead([plain]) is None and ahead([]) is None and likely(plain) == ""


def test_bars_fill_the_width():
    bars = chances.bars(LIFE)
    assert bars["high"].max() == 1.0 and (bars["low"] <= bars["high"]).all()
    assert bars["words"].to_list() == ["30 %", "", "45 %", "10 %", "10 %"]
    assert "in 12 months: in force 30 %" in chances.draw(bars, "The pact").to_dict(validate=False)["description"]


def test_the_picture_through_time_has_every_band():
    issued = pl.DataFrame(
        {
            "date": [date(2012, 1, 1), date(2012, 6, 30)],
            "standing": ["negotiating", "agreed_in_principle"],
            "probability": [0.4, 0.3],
            "lower": [0.1, 0.1],
            "upper": [0.9, 0.8],
            "threat": [0.1, None],
        }
    )
    end = date(2012, 7, 9)
    assert agreement.chance(issued, end=end)["until"].to_list() == [date(2012, 6, 30), end]
    assert agreement.forces(issued, end=end).height == 1
    drawn = agreement.draw(LIFE, issued, {"threat": "x"}, end=end, asked=date(2012, 7, 1)).to_dict(validate=False)
    assert "30 % (10 % to 80 %)" in drawn["description"]


def test_reliability_is_drawn_with_its_groups():
    bins = pl.DataFrame({"forecast": [0.2], "observed": [0.1], "lower": [0.0], "upper": [0.3], "n": [40]})
    curve = backtest.curve({"all": bins, "some": bins})
    assert curve["group"].to_list() == ["all", "some"]
    assert "all: 20 % issued, 10 % came" in backtest.draw(curve).to_dict(validate=False)["description"]
