"""How the ledger does on records whose truth is known: coverage of its interval, and how often it finds what is there.

Two generators that share nothing: `planted` (five worlds in which causes and outcomes wander by themselves) and
`planted_bursts` (two, with bursts, seasons and seven states). Each record is fitted and its first mechanism measured as
the ledger measures it, with the default number of shifts. Seeds were set once, after the rule: do not tune on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.planted import STEADY, WANDERING, planted_case, planted_known
from helpers.planted_bursts import BURSTS, LINGERING, bursty_case, bursty_known
from lynchpin.account.cases import Known
from lynchpin.answers.evidence.rates import COLUMNS as MEASURED
from lynchpin.answers.evidence.rates import Drawn, rates
from lynchpin.answers.evidence.verdict import GRADES, grade
from lynchpin.numbers import Z90

MECHANISM = "shared_threat"

#: True effects, log rate ratios per unit of the statistic, the first none: x1.23, x1.52 and x2.00 per doubling.
EFFECTS = (0.0, 0.3, 0.6, 1.0)


@dataclass(frozen=True)
class Generator:
    """A way to make records: its worlds, the first seed of each effect, and records a world with none and with some."""

    worlds: Mapping[str, Mapping[str, float]]
    case: Callable
    known: Callable[..., Known]
    seed: int
    records: tuple[int, int]

    def seeds(self, world: int, effect: float, most: int | None = None) -> Iterable[int]:
        first = self.seed + 10_000 * EFFECTS.index(effect) + 1_000 * world
        records = self.records[0 if effect == 0.0 else 1]
        return range(first, first + min(records, most or records))


GENERATORS = {
    "wandering": Generator({"steady": STEADY, **WANDERING}, planted_case, planted_known, 1_500_000, (1000, 200)),
    "bursts": Generator(BURSTS, bursty_case, bursty_known, 1_800_000, (100, 40)),
    "lingering": Generator(LINGERING, bursty_case, bursty_known, 1_600_000, (100, 40)),
}

#: Of one record: world, true effect, z of the fit, timing effect, its clustered error, spread over shifts.
COLUMNS = ("world", "effect", *MEASURED)


def records(
    generator: Generator, effect: float, folder: Path, most: int | None = None, executor: Executor | None = None
) -> np.ndarray:
    """Every record of an effect: shape (records, COLUMNS). They are drawn here, and fitted by whoever does the work."""
    case = generator.case(folder)
    drawn = [
        (world, seed, truth)
        for world, truth in enumerate(generator.worlds.values())
        for seed in generator.seeds(world, effect, most)
    ]
    asked = (Drawn(generator.known(case, seed, effect=effect, **truth), MECHANISM, seed) for _, seed, truth in drawn)
    found = rates(asked, of=len(drawn), executor=executor)
    return np.column_stack([[world for world, *_ in drawn], np.full(len(drawn), effect), found])


def summary(rows: np.ndarray) -> dict[str, float]:
    """What the records of one effect show; rates of grades are of the worst world where there is no effect."""
    world, effect, fit_z, estimate, clustered, spread = rows.T
    error = clustered * spread
    covered, at_most = np.abs(estimate - effect) <= Z90 * error, estimate + Z90 * error >= effect
    graded = [grade("+", z, b / e) for z, b, e in zip(fit_z, estimate, error, strict=True)]
    reached = {
        name: np.array([one.side == "for" and one.grade in GRADES[: k + 1] for one in graded])
        for k, name in enumerate(GRADES)
    }
    by_world = [world == number for number in np.unique(world)]

    def rate(hits: np.ndarray) -> float:
        return float(max(hits[here].mean() for here in by_world) if effect[0] == 0.0 else hits.mean())

    return {
        "n": len(rows),
        "mean": round(float(estimate.mean()), 3),
        "coverage": round(float(covered.mean()), 4),
        "worst_coverage": round(float(min(covered[here].mean() for here in by_world)), 4),
        "at_most_holds": round(float(at_most.mean()), 4),
        "at_least_holds": round(float((estimate - Z90 * error <= effect).mean()), 4),
        **{name: round(rate(hits), 4) for name, hits in reached.items()},
    }
