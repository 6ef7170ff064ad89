"""Records in which one effect differs: by period, by dyad, or by how long its cause is remembered.

Drawn day by day by plain loops that share nothing with the package. A rival strikes at each of five allies in bursts;
each ally then turns to its patron, or not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from lynchpin.account.cases import Case, Known, case_events, case_path, read_case
from lynchpin.model import Fit, fit_case

BASE = -3.6  # log rate of each ally, a day
START, DAYS = date(2002, 1, 7), 3640
ALLIES = ("JPN", "KOR", "PHL", "THA", "AUS")

_CASE = """
[case]
name = "changing"
title = "An effect that differs"
start = 2002-01-07
seed = 7
[nodes]
USA = "United States"
JPN = "Japan"
KOR = "South Korea"
PHL = "Philippines"
THA = "Thailand"
AUS = "Australia"
PRK = "North Korea"
[roles]
patron = ["USA"]
ally = ["JPN", "KOR", "PHL", "THA", "AUS"]
adversary = ["PRK"]
[variables]
x = "ally"
[model]
exposure_half_life = "none"
[[class]]
name = "cooperation"
types = ["AGREE"]
[[class]]
name = "conflict"
types = ["ASSAULT"]
[[control]]
statistic = "inertia"
half_life = "90d"
[[mechanism]]
name = "turn_to_patron"
says = "adversary -> x : conflict => x -> patron : cooperation"
expect = "+"
half_life = "60d"
[[mechanism]]
name = "one_dyad_only"
says = "PRK -> KOR : conflict => KOR -> USA : cooperation"
expect = "+"
half_life = "1y"
"""


def changing_case(folder) -> Case:
    file = folder / "changing.toml"
    file.write_text(_CASE, encoding="utf-8")
    return read_case(file)


def changing_events(seed: int, effect, *, half_life: float = 60.0, rise: float = 0.0) -> pl.DataFrame:
    """One record. `effect`: function of the ally's number and the day, of log(1 + trace) on the log rate a day. `rise`: of
    every ally's log rate in the second half, whatever its rival does."""
    rng = np.random.default_rng(seed)
    burst = np.zeros(len(ALLIES))
    trace = np.zeros(len(ALLIES))
    rows = []
    for day in range(DAYS):
        burst = np.where(rng.random(len(ALLIES)) < 0.006, 20.0, np.maximum(burst - 1.0, 0.0))
        struck = rng.poisson(np.where(burst > 0, 0.25, 0.004))
        level = BASE + (rise if 2 * day >= DAYS else 0.0)
        felt = np.array([effect(n, day) for n in range(len(ALLIES))])
        turned = rng.poisson(np.exp(level + felt * np.log1p(trace)))
        for n, ally in enumerate(ALLIES):
            rows += [(day, "PRK", ally, "conflict")] * struck[n] + [(day, ally, "USA", "cooperation")] * turned[n]
        trace = (trace + struck) * 2.0 ** (-1.0 / half_life)
    return pl.DataFrame(
        {
            "event_id": [f"e{k}" for k in range(len(rows))],
            "date": [START + timedelta(days=row[0]) for row in rows],
            "source": [[row[1]] for row in rows],
            "target": [[row[2]] for row in rows],
            "type": ["AGREE" if row[3] == "cooperation" else "ASSAULT" for row in rows],
            "event_class": [row[3] for row in rows],
            "contexts": pl.Series([[] for _ in rows], dtype=pl.List(pl.String)),
            "source_sector": ["GOV"] * len(rows),
            "target_sector": ["GOV"] * len(rows),
            "magnitude": [1.0 if row[3] == "cooperation" else -1.0 for row in rows],
            "dataset": ["planted"] * len(rows),
            "status": ["verified"] * len(rows),
        }
    )


def changing_fit(case: Case, seed: int, effect, path=None, **truth: float) -> Fit:
    """The fit of one record; with a `path`, of one that the case can read again, as its own chronology."""
    origin = START + timedelta(days=DAYS)
    events = changing_events(seed, effect, **truth)
    if path is not None:
        lines = [
            f"{e['event_id']},{e['date']},,day,{e['source'][0]},GOV,{e['target'][0]},GOV,{e['type']},,,{e['magnitude']},,x,,verified,"
            for e in events.iter_rows(named=True)
        ]
        file = path / "events.csv"
        header = case_path("northeast-asia").with_name("events.csv").read_text(encoding="utf-8").splitlines()[0]
        file.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
        case = replace(case, events_file=file)
        events = case_events(case)
    return fit_case(Known(case, events, origin, origin))
