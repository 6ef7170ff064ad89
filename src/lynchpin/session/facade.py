"""What `import lynchpin` offers of a case and its fit: the records of the wings below, with the verbs that need others.

`Case` and `Fit` have no field of their own. The wings below make and take the plain records, so that none of them
needs to know what is done with it further up.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lynchpin import model
from lynchpin.account import cases
from lynchpin.answers.evidence import claims
from lynchpin.answers.evidence.sensitivity import sensitivity
from lynchpin.answers.forecast import forecast
from lynchpin.answers.scenarios import changes_of
from lynchpin.crew import hands
from lynchpin.defaults import DAYS, DRAWS, PAIRS, SHIFTS
from lynchpin.results import Forecast, Ledger, Sensitivity, WhatIf
from lynchpin.results.base import Shown
from lynchpin.session import known
from lynchpin.session.what_if import what_if

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True, slots=True, repr=False)
class Case(Shown, cases.Case):
    __doc__ = cases.Case.__doc__

    @classmethod
    def of(cls, read: cases.Case) -> Case:
        """The plain record with these verbs."""
        return cls(**{field.name: getattr(read, field.name) for field in fields(read)})

    def summary(self) -> str:
        """Who acts, and how much the case says."""
        return (
            f"{self.name}: {self.title}\nstates {', '.join(self.states)}; {len(self.class_names)} classes, "
            f"{len(self.mechanisms)} mechanisms, {len(self.claims)} claims"
        )

    def fit(self, events: str | Path | None = None, *, as_of: str | date | None = None) -> Fit:
        """Fit the case to its chronology or to a store: see `lynchpin.fit`."""
        return fit(self, events, as_of=as_of)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fit(Shown, model.Fit):
    __doc__ = model.Fit.__doc__

    @classmethod
    def of(cls, fitted: model.Fit) -> Fit:
        """The plain record with these verbs."""
        return cls(**{field.name: getattr(fitted, field.name) for field in fields(fitted)})

    def claims(self, *, shifts: int = SHIFTS, seed: int | None = None, workers: int = 1) -> Ledger:
        """The claims ledger: see `lynchpin.answers.evidence.claims`."""
        return claims(self, shifts=shifts, seed=seed, workers=workers)

    def sensitivity(
        self,
        mechanism: str,
        events: str | Path | None = None,
        *,
        vary: Sequence[str] = (),
        half_lives: Sequence[float] = (),
        shifts: int = 0,
        workers: int = 1,
        executor: Executor | None = None,
    ) -> Sensitivity:
        """A mechanism under every combination of choices: see `lynchpin.answers.evidence.sensitivity.sensitivity`."""
        with hands(workers, executor) as crew:
            return sensitivity(self, mechanism, events, vary=vary, half_lives=half_lives, shifts=shifts, executor=crew)

    def forecast(
        self, days: int = DAYS, *, draws: int = DRAWS, seed: int | None = None, workers: int | None = None
    ) -> Forecast:
        """Counts to come: see `lynchpin.answers.forecast.forecast`."""
        return forecast(self, days=days, draws=draws, seed=seed, workers=workers)

    def what_if(
        self,
        scenario: str | Path | None = None,
        *,
        days: int = DAYS,
        draws: int = PAIRS,
        seed: int | None = None,
        executor: Executor | None = None,
        **changes: Sequence[str],
    ) -> WhatIf:
        """Futures with and without a scenario: see `lynchpin.session.what_if`, and `changes_of` there."""
        made = changes_of(self.case, **changes)
        return what_if(self, scenario, changes=made, days=days, draws=draws, seed=seed, executor=executor)

    def plot(self) -> alt.TopLevelMixin:
        """The claims as a forest picture."""
        return self.claims().plot()


def load_case(case: str | Path, *, allow_outside: bool | None = None) -> Case:
    """Read and check a case: see `lynchpin.account.cases.read_case`."""
    return Case.of(cases.read_case(case, allow_outside=allow_outside))


def fit(
    case: cases.Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    episodes: bool | None = None,
) -> Fit:
    """Fit a case to what was known on a day.

    Parameters
    ----------
    case : Case, or the name or path of one
    events : path of a store made by `lynchpin ingest`; None for the case's own chronology
    as_of : day, or YYYY-MM-DD: nothing that happened or became known on or after it is used; None for all
    episodes : bool, fold the reports of one act into one; None: where any row was coded by machine

    Returns
    -------
    Fit

    Raises
    ------
    LynchpinError : the case or the record cannot be read, or no event was known before `as_of`

    Examples
    --------
    >>> fitted = fit("northeast-asia", as_of="2012-07-09")
    >>> fitted.converged
    True
    """
    return Fit.of(known.fit(case, events, as_of=as_of, episodes=episodes))
