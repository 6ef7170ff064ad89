"""Records whose truth is known: autocorrelated, trending causes and outcomes, with an effect between them or none.

Drawn week by week by plain loops that share nothing with the package. Six pairs, two classes; every pair and class has
its own log intensity: a random walk that is pulled back (half-life half a year), and a trend. No pair hears of any
other but through the effect that is asked for.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from lynchpin.account.cases import Case, Known, read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.model import Fit, fit_case

START, WEEKS = date(2002, 1, 7), 520
STATES = ("USA", "JPN", "KOR", "PRK")
BASE, SIZE, HALF_LIFE_DAYS = -2.3, 2.0, 60.0

#: First seed of the slow tests and of benchmarks/verdict_rates.py; each set of records takes the next RECORDS.
FRESH, RECORDS = 740_000, 200

#: Ways in which causes and outcomes wander, none of which has an effect in it.
WANDERING = {
    "trend, and half a year": {"trend": 2.0, "half_life_weeks": 26.0, "spread": 0.8},
    "a year": {"trend": 0.0, "half_life_weeks": 52.0, "spread": 1.0},
    "four years": {"trend": 0.0, "half_life_weeks": 200.0, "spread": 1.0},
    "steep trend, and eight weeks": {"trend": 3.0, "half_life_weeks": 8.0, "spread": 0.5},
}
#: Records that the model knows all of: no trend, and nothing that wanders for longer than a fortnight.
STEADY = {"trend": 0.0, "half_life_weeks": 2.0, "spread": 0.01}


def planted_case(folder, patron_half_life: str = "180d") -> Case:
    """The case that `lynchpin new` writes, with a longer memory for the push."""
    write_new_case("planted", folder)
    file = folder / "planted" / "case.toml"
    text = file.read_text().replace("start = 2015-01-01", f"start = {START}")
    head, push = text.split('name = "patron_push"\nclaim', 1)
    push = push.replace('half_life = "60d"', f'half_life = "{patron_half_life}"', 1)
    file.write_text(f'{head}name = "patron_push"\nclaim{push}')
    return read_case(file)


def intensity(rng, *, spread: float, half_life_weeks: float, trend: float) -> np.ndarray:
    """A log intensity through the weeks: pulled back to its trend by half every half-life."""
    keep = 0.5 ** (1.0 / half_life_weeks)
    noise = rng.normal(0.0, spread * np.sqrt(1.0 - keep**2), WEEKS)
    path = np.empty(WEEKS)
    path[0] = rng.normal(0.0, spread)
    for week in range(1, WEEKS):
        path[week] = keep * path[week - 1] + noise[week]
    return path + trend * (np.arange(WEEKS) / WEEKS - 0.5)


def planted_events(seed: int, *, effect=0.0, spread=0.8, half_life_weeks=26.0, trend=2.0) -> pl.DataFrame:
    """One record. `effect`: of log(1 + trace of the rival's conflict toward the allies) on the allies' cooperation."""
    rng = np.random.default_rng(seed)
    paths = {
        (i, j, c): intensity(rng, spread=spread, half_life_weeks=half_life_weeks, trend=trend)
        for i in range(4)
        for j in range(i + 1, 4)
        for c in ("cooperation", "conflict")
    }
    threat, rows = 0.0, []
    for week in range(WEEKS):
        drawn = []
        for (i, j, c), path in paths.items():
            moved = effect * np.log1p(threat) if (i, j, c) == (1, 2, "cooperation") else 0.0
            mean = np.exp(BASE + path[week] + moved)
            for _ in range(rng.poisson(mean * rng.gamma(SIZE) / SIZE)):
                drawn.append((int(rng.integers(7)), i, j, c, int(rng.integers(3))))
        threat *= 2.0 ** (-7.0 / HALF_LIFE_DAYS)
        for day, i, j, c, way in drawn:
            if (i in (1, 2)) and j == 3 and c == "conflict" and way == 0:
                threat += 2.0 ** (-(7.0 - day) / HALF_LIFE_DAYS)
        rows += [(START + timedelta(days=7 * week + day), i, j, c, way) for day, i, j, c, way in drawn]
    rows.sort(key=lambda row: row[0])
    ends = [_ends(STATES[i], STATES[j], c, way) for _, i, j, c, way in rows]
    return as_events("e", [row[0] for row in rows], ends, [row[3] for row in rows])


def as_events(
    letter: str, days: list[date], ends: list[tuple[list[str], list[str]]], classes: list[str]
) -> pl.DataFrame:
    """Acts as classified events. Lists are joined and split again: polars is slow at lists of lists."""
    n = len(days)
    return pl.DataFrame(
        {
            "event_id": [f"{letter}{k}" for k in range(n)],
            "date": pl.Series(days, dtype=pl.Date),
            "source": pl.Series([";".join(source) for source, _ in ends], dtype=pl.String).str.split(";"),
            "target": pl.Series([";".join(target) for _, target in ends], dtype=pl.String).str.split(";"),
            "event_class": pl.Series(classes, dtype=pl.String),
            "contexts": pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, n),
            "source_sector": ["GOV"] * n,
            "target_sector": ["GOV"] * n,
            "magnitude": [1.0 if name == "cooperation" else -1.0 for name in classes],
        }
    )


def _ends(a: str, b: str, event_class: str, way: int) -> tuple[list[str], list[str]]:
    """One act in three is sent by the second state, one by the first, one (of cooperation) by both."""
    if way == 0:
        return [b], [a]
    return ([a, b], [a, b]) if way == 2 and event_class == "cooperation" else ([a], [b])


def planted_known(case: Case, seed: int, **truth: float) -> Known:
    return Known(case, planted_events(seed, **truth), None, START + timedelta(days=7 * WEEKS))


def planted_fit(case: Case, seed: int, **truth: float) -> Fit:
    return fit_case(planted_known(case, seed, **truth))


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share. Wilson (1927), Journal of the American Statistical Association 22."""
    middle = (hits + z**2 / 2) / (n + z**2)
    reach = z * np.sqrt(hits * (n - hits) / n + z**2 / 4) / (n + z**2)
    return middle - reach, middle + reach


def rate(hits) -> str:
    """A share, and its interval, as text."""
    low, high = wilson(int(np.sum(hits)), len(hits))
    return f"{np.sum(hits)} of {len(hits)}, {np.mean(hits):.1%} ({low:.1%} to {high:.1%})"


def seeds_of(number: int) -> range:
    return range(FRESH + number * RECORDS, FRESH + (number + 1) * RECORDS)
