"""What the ledger says of records whose truth is known: each record is fitted, and one mechanism of it measured.

How often its interval holds the truth, and how often a grade is reached where there is nothing, is counted from these
by whoever planted the truth. Records are drawn by the one who asks and are the tasks: a worker needs neither the
generator nor the record of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from lynchpin.account.cases import Known
from lynchpin.answers.evidence.grades import fit_z
from lynchpin.answers.evidence.placebo import draw_lags, placebo
from lynchpin.crew import each
from lynchpin.defaults import SHIFTS
from lynchpin.engine.statistics.base import Floats
from lynchpin.model import fit_case

#: Of one record: z of the joint fit, timing effect, its clustered error, and its spread over shifts.
COLUMNS = ("fit_z", "estimate", "clustered_error", "spread")

#: Records that a task holds: a fit and its shifts are a few tenths of a second.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A record that was drawn, the mechanism to be measured, and the seed of its shifts."""

    known: Known
    mechanism: str
    seed: int
    shifts: int = SHIFTS


def rates(
    drawn: Iterable[Drawn],
    *,
    of: int | None = None,
    executor: Executor | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Floats:
    """Fit every record, and measure its mechanism as the ledger measures it.

    Parameters
    ----------
    drawn : records, in any number; a generator draws while others are fitted
    of : how many there are, where they are no sequence; for `tell`
    executor : any concurrent.futures.Executor; a few records are a task; None for this process
    tell : called after each task with how many are done, and how many there are

    Returns
    -------
    ndarray, shape (records, 4), in the order of the records: the columns of `COLUMNS`; no missing values

    Raises
    ------
    BadValue : a record cannot be fitted
    AssertionError : a record leaves nothing of the mechanism's cause once drift is out; a planted one never does
    """
    tasks = _batches(drawn)
    found = each(_measured, tasks, executor, of=None if of is None else -(-of // _AT_ONCE), tell=tell)
    return np.array([row for rows in found for row in rows], dtype=np.float64).reshape(-1, len(COLUMNS))


def _batches(drawn: Iterable[Drawn]) -> Iterable[list[Drawn]]:
    held: list[Drawn] = []
    for one in drawn:
        held.append(one)
        if len(held) == _AT_ONCE:
            yield held
            held = []
    if held:
        yield held


def _measured(records: list[Drawn]) -> list[tuple[float, float, float, float]]:
    """Runs on a worker."""
    return [measured(one) for one in records]


def measured(drawn: Drawn) -> tuple[float, float, float, float]:
    """What the ledger says of one record, in the columns of `COLUMNS`."""
    fit = fit_case(drawn.known)
    found = placebo(fit, drawn.mechanism, draw_lags(fit, drawn.mechanism, drawn.shifts, drawn.seed))
    assert found is not None, "nothing is left of the cause"
    return fit_z(fit, drawn.mechanism), found.estimate, found.clustered_error, found.spread
