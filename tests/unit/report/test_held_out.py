"""How predict says its check: with an interval over days, and with none where there is nothing to tell one from."""

from __future__ import annotations

from dataclasses import replace

from helpers.records import full
from lynchpin.report.screen import parts
from lynchpin.results import Held, Prediction


def test_one_day_held_out_gives_no_interval() -> None:
    record = next(one for one in full() if isinstance(one, Prediction))
    said = [str(part) for part in parts(record, 100) if isinstance(part, str)]
    assert any("choice 0.625 (0.500 to 0.750)" in part for part in said)
    one_day = replace(
        record, check=(Held("choice", 0.139, 0.139, 0.139, 0.4), Held("strict", 0.132, 0.132, 0.132, 0.3))
    )
    said = [str(part) for part in parts(one_day, 100) if isinstance(part, str)]
    assert any("choice 0.139; strict 0.132; without intervals" in part for part in said)
