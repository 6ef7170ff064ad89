"""How chances of any act do on small records, against the base rate that stands beside them.

    python benchmarks/small_records.py

Laid down before any of it was run. Of each embedded case two kinds of record are known on an origin: all of it up to
the origin (the first half, and what has come since), or its last 60 acts alone, as of a case that somebody has begun.
Eight origins stand evenly spaced between the median act and the last day whose answer is known. On each, every dyad
and class of which the record holds an act gets its chance of any act in the next 91 and 182 days from the default
forecast, and the base rate that is printed beside it: the share of windows as long, side by side before the origin,
that held one, with half a window with and half one without added. Brier and log scores are means over dyads and
classes, then over origins; smaller is better. What counts as shown: the forecast's mean is the smaller one in both
scores over the four cases together, for both kinds of record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from lynchpin.account.cases import read_known
from lynchpin.account.cases.builtin import builtin_cases
from lynchpin.answers.forecast.chances import base_rate, none_of, windows_with_any
from lynchpin.answers.forecast.months import make_panel, unit_names
from lynchpin.answers.forecast.stack import DaysAhead, stacks
from lynchpin.days import day_number

ORIGINS, SPANS, FEW = 8, (91, 182), 60


@dataclass(frozen=True)
class Scored:
    """Mean scores of one origin: Brier and log score of the forecast and of the base rate, over so many units."""

    case: str
    record: str  # "all" or "60 acts"
    days: int
    origin: date
    units: int
    brier: float
    brier_base: float
    log: float
    log_base: float


def origins(events: pl.DataFrame) -> list[date]:
    """Evenly spaced days from the median act to the last whose answer is known."""
    first = events["date"].sort()[events.height // 2]
    last = events["date"].max() - timedelta(max(SPANS))
    return [first + timedelta(int(step)) for step in np.linspace(0, (last - first).days, ORIGINS)]


def scored(name: str) -> Iterator[Scored]:
    """Every origin of a case, by kind of record and span."""
    known = read_known(name)
    events = known.events.filter(pl.col("event_class").is_not_null())
    units = unit_names(known.case)
    whole = make_panel(events, units, events["date"].max() + timedelta(1))
    for origin in origins(events):
        past = events.filter((pl.col("date") < origin) & (pl.col("known_from") < origin)).sort("date")
        for record, kept in (("all", past), (f"{FEW} acts", past.tail(FEW))):
            panel = make_panel(kept, units, origin)
            seen = panel.total[:, -1] > 0
            for days in SPANS:
                [stack] = stacks(panel, [DaysAhead(0, days)])
                start = day_number(origin)
                came = whole.between(start, start + days) > 0
                chance, base = 1.0 - none_of(stack), base_rate(*windows_with_any(panel, days))
                scores = [(_brier(one, came)[seen].mean(), _log(one, came)[seen].mean()) for one in (chance, base)]
                (brier, log), (brier_base, log_base) = scores
                yield Scored(name, record, days, origin, int(seen.sum()), brier, brier_base, log, log_base)


def _brier(chance: np.ndarray, came: np.ndarray) -> np.ndarray:
    return (chance - came) ** 2


def _log(chance: np.ndarray, came: np.ndarray) -> np.ndarray:
    return -np.log(np.where(came, chance, 1.0 - chance))


def table(rows: list[Scored]) -> pl.DataFrame:
    """Means over origins, by case, record and span."""
    frame = pl.DataFrame([vars(row) for row in rows])
    keys = ["case", "record", "days"]
    return frame.group_by(keys, maintain_order=True).agg(
        pl.col("units", "brier", "brier_base", "log", "log_base").mean()
    )


def together(rows: list[Scored]) -> Mapping[str, tuple[float, float, float, float]]:
    """Of each kind of record the means over the four cases: Brier, that of the base rate, log score, that of it."""
    told = (
        table(rows).group_by("record", maintain_order=True).agg(pl.col("brier", "brier_base", "log", "log_base").mean())
    )
    return {str(row[0]): tuple(map(float, row[1:])) for row in told.iter_rows()}  # type: ignore[misc]


if __name__ == "__main__":
    found = [row for name in builtin_cases() for row in scored(name)]
    with pl.Config(tbl_rows=-1, tbl_cols=-1, float_precision=4, tbl_width_chars=120):
        print(table(found))
    for record, (brier, brier_base, log, log_base) in together(found).items():
        print(
            f"{record}: Brier {brier:.4f} (base rate {brier_base:.4f}), log score {log:.4f} (base rate {log_base:.4f})"
        )
