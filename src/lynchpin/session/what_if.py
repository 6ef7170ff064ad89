"""A what-if as everyone asks it: two sets of futures, and what the record says of the pushes that are played."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from lynchpin.answers.evidence.plays import on_evidence
from lynchpin.answers.scenarios import Baseline, Scenario
from lynchpin.answers.scenarios import what_if as compare
from lynchpin.answers.scenarios.scenario import Change
from lynchpin.defaults import DAYS, PAIRS
from lynchpin.model import Fit
from lynchpin.results import WhatIf


def what_if(
    fit: Fit,
    scenario: Scenario | str | Path | None = None,
    *,
    changes: Sequence[Change] = (),
    days: int = DAYS,
    draws: int = PAIRS,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    kept: Baseline | None = None,
) -> WhatIf:
    """Futures with and without a scenario, with the grades of the mechanisms it plays in headline and sentences.

    Parameters, errors and the comparison itself: see `lynchpin.answers.scenarios.what_if`. The grades are those of the
    case's own ledger, whatever the seed of the paths.
    """
    asked = partial(compare, fit, scenario, changes=changes, days=days, draws=draws, seed=seed)
    found = asked(workers=workers, executor=executor, kept=kept)
    return on_evidence(fit, found, scenario, changes)
