"""A number of a claim is the same on every page that shows it: that of its cause's timing, as the ledger has it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from helpers.asking import Client
from lynchpin.session.questions import timing_effect, weights_of_act
from lynchpin.web.desk import Asked, Desk

DAY = date(2012, 7, 9)
ASKED = Asked("northeast-asia", "", DAY)


def test_the_effect_is_the_ledgers(desk: Desk) -> None:
    ledger, fitted = desk.ledger(ASKED), desk.fit(ASKED)
    of_mechanisms = {
        one.mechanism: one.effect for one in ledger.rows if one.mechanism in {m.name for m in fitted.case.mechanisms}
    }
    assert len(of_mechanisms) > 10
    for name, effect in of_mechanisms.items():
        assert timing_effect(fitted, name) == effect


def test_what_an_act_weighs_is_held_against_the_ledgers_ratio(desk: Desk) -> None:
    ledger, fitted = desk.ledger(ASKED), desk.fit(ASKED)
    ratios = {one.mechanism: one.effect.rate_ratio for one in ledger.rows if one.mechanism and one.effect is not None}
    rows = weights_of_act(fitted, "nea-2010-11-23-01")
    assert {"shared_threat", "rear_base"} <= {row["mechanism"] for row in rows}
    for row in rows:
        assert row["rate_ratio"] == pytest.approx(ratios[row["mechanism"]], rel=1e-9)


def test_the_theory_page_says_it_too(client: Client, desk: Desk) -> None:
    """A mechanism as the case has it: its row is the ledger's."""
    (row,) = [one for one in desk.ledger(ASKED).rows if one.mechanism == "patron_push"]
    mechanism = desk.case(ASKED).mechanism("patron_push")
    draft = {"name": "patron_push", "says": mechanism.says, "expect": "+", "half_life": "60d", "claim": "C3"}
    shown = client.post("/theory/row?as_of=2012-07-09", data=draft).text
    assert row.effect is not None
    assert re.findall(r"×([0-9.]+)", shown) == [f"{row.effect.rate_ratio:.2f}"] * 2


def test_a_claims_page_says_its_windows_in_words(client: Client) -> None:
    shown = client.get("/claim/shared_threat/row?as_of=2012-07-09").text
    assert "start:" not in shown
    assert re.search(r"Gain in each held-out window</dt><dd>\d+ \w+ \d{4} to \d+ \w+ \d{4}: [−+]\d", shown)


def test_the_relations_ahead_are_not_said_to_be_missing(client: Client) -> None:
    shown = client.get("/ahead/index?as_of=2012-07-09").text
    assert "too little" not in shown
    assert "Index expected" in shown
