"""A second generator of records with a known truth, written apart from `planted`: it shares nothing with it but
the form of its acts.

Day by day, seven states. Acts come in bursts: each begets others of its pair and class within days, as reactions and
follow-up meetings do. The volume of the whole record has seasons, and each pair has its own good and bad spells, which
switch at random days. The effect that is asked for moves what begins a burst.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import numpy as np
import polars as pl

from helpers.planted import as_events
from lynchpin.account.cases import Case, Known, read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.model import Fit, fit_case

FIRST, DAYS = date(2002, 1, 7), 3640
SEVEN = ("USA", "JPN", "KOR", "PRK", "CHN", "RUS", "TWN")
MEMORY_DAYS = 60.0

#: Ways to be bursty: followers of an act and how long they take, the season's swing, and days between switches of mood.
BURSTS = {
    "bursts of a day, strong season": {"followers": 0.4, "delay_days": 0.4, "season": 0.8, "mood_days": 90.0},
    "larger bursts, moods of a year": {"followers": 0.6, "delay_days": 0.4, "season": 0.4, "mood_days": 365.0},
}
#: The same, but that reactions linger for days: memory of a pair, which a control for its own past takes for such, and a
#: part of the effect with it. Nothing is promised there.
LINGERING = {
    "bursts of days, strong season": {"followers": 0.4, "delay_days": 3.0, "season": 0.8, "mood_days": 90.0},
    "larger bursts of days, moods of a year": {"followers": 0.6, "delay_days": 2.0, "season": 0.4, "mood_days": 365.0},
}


def bursty_case(folder) -> Case:
    """The case that `lynchpin new` writes, with three states more."""
    write_new_case("bursty", folder)
    file = folder / "bursty" / "case.toml"
    text = file.read_text().replace("start = 2015-01-01", f"start = {FIRST}")
    more = 'PRK = "North Korea"\nCHN = "China"\nRUS = "Russia"\nTWN = "Taiwan"\n'
    file.write_text(text.replace('PRK = "North Korea"\n', more))
    return read_case(file)


def bursty_events(seed: int, *, effect=0.0, followers=0.4, delay_days=3.0, season=0.8, mood_days=90.0) -> pl.DataFrame:
    """One record. `effect`: of log(1 + trace of North Korea's conflict toward the allies) on the allies' cooperation."""
    rng = np.random.default_rng(seed)
    pairs = list(combinations(SEVEN, 2))
    kinds = [(pair, kind) for pair in pairs for kind in ("cooperation", "conflict")]
    swing = season * np.sin(2.0 * np.pi * (np.arange(DAYS) / 365.25 + rng.random()))
    mood = np.array([_moods(rng, mood_days) for _ in kinds])
    busy = np.array([0.0 if "USA" in pair or "PRK" in pair or pair == ("JPN", "KOR") else -1.5 for pair, _ in kinds])
    rate = np.exp(np.log(0.012) + busy[:, None] + mood + swing)  # of what begins a burst, (kinds, days)
    waiting: list[list[int]] = [[] for _ in range(DAYS)]  # kinds of the followers that are due on each day
    allies = kinds.index((("JPN", "KOR"), "cooperation"))
    fade, threat = 2.0 ** (-1.0 / MEMORY_DAYS), 0.0
    rows: list[tuple[date, list[str], list[str], str]] = []
    for day in range(DAYS):
        today = rate[:, day].copy()
        today[allies] *= (1.0 + threat) ** effect
        begun = np.repeat(np.arange(len(kinds)), rng.poisson(today)).tolist()
        threat *= fade
        for kind in begun + waiting[day]:
            for wait in rng.exponential(delay_days, rng.poisson(followers)):
                if day + 1 + int(wait) < DAYS:
                    waiting[day + 1 + int(wait)].append(kind)
            (one, other), what = kinds[kind]
            source, target = (one, other) if rng.random() < 0.5 else (other, one)
            both = what == "cooperation" and rng.random() < 0.3
            ends = ([one, other], [one, other]) if both else ([source], [target])
            rows.append((FIRST + timedelta(days=day), *ends, what))
            if source == "PRK" and target in ("JPN", "KOR") and what == "conflict":
                threat += fade
    return as_events("b", [row[0] for row in rows], [(row[1], row[2]) for row in rows], [row[3] for row in rows])


def _moods(rng: np.random.Generator, mood_days: float) -> np.ndarray:
    """A log intensity that stays for a spell and then is another: (days,)."""
    spell = np.cumsum(rng.random(DAYS) < 1.0 / mood_days)
    return rng.normal(0.0, 0.7, spell[-1] + 1)[spell]


def bursty_known(case: Case, seed: int, **truth: float) -> Known:
    return Known(case, bursty_events(seed, **truth), None, FIRST + timedelta(days=DAYS))


def bursty_fit(case: Case, seed: int, **truth: float) -> Fit:
    return fit_case(bursty_known(case, seed, **truth))
