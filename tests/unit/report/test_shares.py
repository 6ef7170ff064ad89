"""A replay that runs away is said to, and has no share."""

from __future__ import annotations

from helpers.records import share
from lynchpin.report.text import replayed_text, text
from lynchpin.results import Shares


def test_a_replay_that_runs_away_has_no_share() -> None:
    wild = share("wild", recorded=6, replayed=601.0, replayed_share=0.999, replayed_lower=-20.0, replayed_upper=0.999)
    calm = share("calm", recorded=6, replayed=600.0, replayed_share=0.5, replayed_lower=0.25, replayed_upper=0.75)
    assert (replayed_text(wild), replayed_text(calm), replayed_text(share("kept"))) == ("runs away", "600.0", "")
    said = text(Shares((wild, calm), None, None)).splitlines()
    assert " ".join(said[2].split()) == "wild 6 41.5 runs away 25 % 12 % to 38 %"
    assert " ".join(said[3].split()) == "calm 6 41.5 600.0 25 % 12 % to 38 % 50 % 25 % to 75 %"
