"""What pages show: names and not codes, dials that move something, and parts that there are."""

from __future__ import annotations

import re
from datetime import date

import pytest

from helpers.asking import Client
from lynchpin.web.desk import Asked, Desk

DAY = "as_of=2012-07-09"


def test_a_state_that_the_case_does_not_name_has_its_name(client: Client) -> None:
    """Russia stands in acts of the case and is no state of it."""
    shown = client.get("/events?as_of=2012-07-09&text=six-party+delegation").text
    assert "Russia and United States" in shown
    assert "RUS" not in shown


def test_an_act_is_told_in_names_and_words(client: Client) -> None:
    shown = client.get(f"/events/nea-2010-11-23-01?{DAY}").text
    assert "The count of material conflict, North Korea → South Korea." in shown
    assert "<code>inertia</code>, whose memory halves in 3.0 years" in shown
    assert "−10.0" in shown


def test_the_timeline_is_drawn_for_each_choice_of_filters(client: Client) -> None:
    """It is kept by its filters: another choice, another picture; the same one, the same."""
    first, other, again = (
        re.search(r'"datasets": ?{.*?}]?}', client.get(f"/events?{DAY}&state={state}").text, re.DOTALL)
        for state in ("PRK", "CHN", "PRK")
    )
    assert first is not None and other is not None and again is not None
    assert first[0] == again[0] != other[0]


def test_dials_are_those_of_rates(client: Client) -> None:
    """A mechanism on agreements, or a count of them, moves no rate."""
    shown = client.get(f"/whatif?{DAY}").text
    dials = set(re.findall(r'name="dial\.(\w+)"', shown))
    assert {"patron_push", "rear_base"} <= dials
    assert not dials & {"veto_of_agreements", "demands_set_talks_back", "signed_after_a_setback"}
    chosen = set(re.findall(r'<option value="(\w+)"', client.get(f"/theory?{DAY}&mechanism=patron_push").text))
    assert "veto_of_agreements" not in chosen


def test_what_moves_no_rate_has_no_parts_of_one(client: Client) -> None:
    rate, count = (client.get(f"/claims/{name}?{DAY}").text for name in ("patron_push", "signed_after_a_setback"))
    for part in ("shifts", "fade", "dyads", "periods"):
        assert f'id="{part}-later"' in rate
        assert f'id="{part}-later"' not in count
    assert 'id="curve"' in rate and 'id="curve"' not in count
    assert 'id="row-later"' in count


def test_a_browser_has_the_later_parts_begun_and_a_program_has_not(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Asked] = []
    monkeypatch.setattr(Desk, "begin", lambda self, asked: begun.append(asked))
    assert client.get(f"/?{DAY}").status_code == 200
    assert begun == []
    assert client.get(f"/?{DAY}", headers={"sec-fetch-mode": "navigate"}).status_code == 200
    assert begun == [Asked("northeast-asia", "", date(2012, 7, 9))]
