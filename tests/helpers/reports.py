"""Reports of a coded feed, row by row, as tests of the folds write them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from lynchpin.events import SCHEMA

DAY = date(2012, 8, 10)


def report(
    day: int, who: str, whom: str, code: str, *, kind: str = "CONSULT", status: str = "coded", **more: Any
) -> dict[str, Any]:
    """`who` is "KOR", "KOR:Lawmaker" or ":Barack Obama"."""
    row: dict[str, Any] = dict.fromkeys(SCHEMA, "")
    for side, text in (("source", who), ("target", whom)):
        state, _, name = text.partition(":")
        row |= {side: [state] if state else [], f"{side}_name": name or state}
    its_day = DAY + timedelta(days=day)
    row |= {
        "date": its_day,
        "known_from": its_day,
        "type": kind,
        "code": code,
        "code_scheme": "cameo-icews",
        "contexts": [],
    }
    return row | {"status": status, "magnitude_shipped": 1.0, "magnitude": 1.0, "dataset": "icews"} | more


def record(*rows: dict[str, Any]) -> pl.DataFrame:
    numbered = [row | {"event_id": f"{n:03}", "row": n} for n, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema=SCHEMA)
