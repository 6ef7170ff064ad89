"""Specifications of one record, a task for a worker: every step, exposure, count, memory and scale, fitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import isfinite

import numpy as np
import polars as pl

from lynchpin.account.cases import Case, Known, Mechanism
from lynchpin.account.cases.record import origin_of
from lynchpin.answers.evidence.choices import (
    MECHANISM,
    RECORD,
    STEPS,
    exposure_days,
    scaled,
)
from lynchpin.answers.evidence.placebo import Placebo, draw_lags, placebo
from lynchpin.answers.evidence.recall import (
    Length,
    Recall,
    recall,
    said_otherwise,
    with_joint,
)
from lynchpin.answers.evidence.said import missing
from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.answers.evidence.splits import SMALLEST_INFORMATION
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue
from lynchpin.events import first_day
from lynchpin.model import Fit
from lynchpin.model.design import Acts, Design, build_design, expand
from lynchpin.model.design.build import linked, restated, with_exposure
from lynchpin.model.design.steps import Steps, lay_steps
from lynchpin.model.fit import Estimate, precision_of, settle
from lynchpin.model.half_life import fit_half_lives
from lynchpin.model.newton import maximise
from lynchpin.results import Choice, Effect, Specification

#: What is classified, and by which case; or why nothing can be tried.
Read = tuple[Case, pl.DataFrame] | str

#: Turns of coefficients, pooling and dispersion for a record, and the tolerance on log dispersion.
_ROUNDS, _SIZE_TOLERANCE = 10, 1e-2

#: Newton decrement at which a specification is taken as fitted: its estimate is then off by 0.001 of its error.
_TOLERANCE = 1e-6


def keys(choices: Sequence[Choice], name: str) -> tuple[str, ...]:
    """The levels of the choice of that name, in order; none where it is not there."""
    return tuple(level.key for choice in choices if choice.name == name for level in choice.levels)


@dataclass(frozen=True, slots=True, eq=False)
class _Base:
    """One record, settled: what every column of the mechanism is tried on."""

    design: Design
    case: Case
    state: Estimate
    precision: Floats
    fitted_days: float  # the half-life of the mechanism, fitted to it; NaN where no level asks


@dataclass(frozen=True, slots=True, eq=False)
class Stands:
    """Where the case's own fit stands, without its design."""

    case: Case
    known: Known
    estimate: Floats
    theta: Mapping[str, float]
    pooled_sd: Mapping[str, float]
    half_life_days: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """The case's own fit, and what is to be tried."""

    fit: Stands
    mechanism: Mechanism
    choices: tuple[Choice, ...]
    lengths: Mapping[str, Length]  # what the levels of "half-life" stand for
    own_days: float
    others: tuple[str, ...]
    shifts: int
    own: Placebo | None  # of the case's own fit, as in the ledger
    moved: dict[tuple[str, ...], Floats] = field(default_factory=dict)  # studentised, without a shift and under each

    def record(self, one: tuple[str, ...], known: Read) -> Iterator[tuple[tuple[str, ...], Specification]]:
        """Every specification of one record (view, feed, class scheme, rows), at all steps."""
        start: dict[tuple[str, str], _Base] = {}
        steps = sorted(keys(self.choices, "step"), key=lambda name: STEPS[name] != self.fit.case.step_days)
        for step in steps:  # the case's own first: half-lives are fitted there, and the other begins from it
            ways = list(product(keys(self.choices, "exposure"), keys(self.choices, "counts")))
            if isinstance(known, str):
                for exposure, counts in ways:
                    yield from self._none(known, (step, *one, exposure, counts))
                continue
            case, events = known
            laid = self._laid(replace(case, step_days=STEPS[step]), events)
            if isinstance(laid, str):
                for exposure, counts in ways:
                    yield from self._none(laid, (step, *one, exposure, counts))
                continue
            design, counted = laid
            tried = _Columns(design, case.mechanism(self.mechanism.name))
            bases = {way: self._settled(design, case, step, start, way) for way in ways}
            start = start or bases
            lengths, forms, joints = (keys(self.choices, name) for name in MECHANISM[:3])
            for way, length, form, joint in product(ways, lengths, forms, joints):
                yield from self._scales((step, *one), bases[way], tried, counted, way, length, form, joint)

    def _scales(
        self,
        place: tuple[str, ...],
        base: _Base,
        tried: _Columns,
        counted: Mapping[str, tuple[int, int]],
        way: tuple[str, str],
        length: str,
        form: str,
        joint: str,
    ) -> Iterator[tuple[tuple[str, ...], Specification]]:
        """The specifications of one record and memory, on every scale; each begins from the one before."""
        begin = base.state.beta
        for scale in keys(self.choices, "scale"):
            at = (*place, *way, length, form, joint, scale)
            one, begin = self._specification(at, base, tried, counted[joint], begin)
            yield at, one

    def _laid(self, case: Case, events: pl.DataFrame) -> tuple[Design, dict[str, tuple[int, int]]] | str:
        """The design of a record, and its acts of cause and target by level of "joint acts"; or why the mechanism
        cannot be tried on it."""
        acts: Acts = expand(events, case)
        mechanism = case.mechanism(self.mechanism.name)
        n_target = count_target(acts, mechanism)
        levels = keys(self.choices, "joint acts")
        counted = {level: (count_cause(acts, case, with_joint(mechanism, level)), n_target) for level in levels}
        why = missing(max(n for n, _ in counted.values()), n_target)
        if why is not None:
            return why
        first = max(case.start, first_day(events))
        try:
            steps: Steps = lay_steps(first, origin_of(events, self.fit.known.as_of), case.step_days)
        except BadValue as error:
            return error.what
        half_lives = dict(self.fit.half_life_days)
        return linked(build_design(case, acts, steps, half_lives), mechanism.name), counted

    def _settled(
        self, design: Design, case: Case, step: str, begun: Mapping[tuple[str, str], _Base], way: tuple[str, str]
    ) -> _Base:
        """One record with one exposure and one likelihood, settled with the mechanism as the case has it."""
        exposure, counts = way
        start = begun.get(way)
        case = replace(case, step_days=STEPS[step], counts=counts)  # type: ignore[arg-type]
        design = with_exposure(design, exposure_days(case, exposure))
        design = replace(design, case=case)
        name = self.mechanism.name
        state = settle(design, case, self._begin(case, start), _ROUNDS, _SIZE_TOLERANCE)
        state = replace(state, beta=np.where(_seen(design), state.beta, 0.0))
        precision = precision_of(design, case, state.variance)
        days = np.nan if start is None else start.fitted_days
        if start is None and any(self.lengths[key].days is None for key in keys(self.choices, "half-life")):
            fades = said_otherwise(case.mechanism(name), Recall(60.0, np.inf))
            found, _ = fit_half_lives(restated(design, fades, {}), [name], state.beta, state.theta, precision)
            days = found.evaluator.half_life_days[name]
        return _Base(design, case, state, precision, days)

    def _begin(self, case: Case, start: _Base | None) -> Estimate | None:
        """Where a record begins: at the same record with the other step, else at the case's own fit if it can."""
        if start is not None:
            return start.state
        fit = self.fit
        if case.class_names != fit.case.class_names:
            return None
        return Estimate(fit.estimate, dict(fit.theta), {c: sd**2 for c, sd in fit.pooled_sd.items()}, False)

    def _specification(
        self, at: tuple[str, ...], base: _Base, tried: _Columns, counted: tuple[int, int], begin: Floats
    ) -> tuple[Specification, Floats]:
        """One specification, and its coefficients, for the next to begin from."""
        names = (*RECORD, *MECHANISM)
        own_record = self._is_own(at[: len(RECORD)])
        own = own_record and self._is_own(at)
        fitted = self.own_days if own_record and self.mechanism.half_life_days is None else base.fitted_days
        length, form, joint, scale = at[len(RECORD) :]
        remembered = recall(self.mechanism, self.own_days, self.lengths[length], form, fitted)
        nothing = Specification(
            choices=dict(zip(names, at, strict=True)),
            own=own,
            n_cause_events=counted[0],
            n_target_events=counted[1],
            half_life_days=remembered.half_life_days if isfinite(remembered.half_life_days) else None,
            window_days=remembered.window_days if isfinite(remembered.window_days) else None,
        )
        if counted[0] == 0:
            return replace(nothing, cannot_because=missing(*counted)), begin
        if own and not self.shifts:
            return self._told(nothing, self.own), begin
        design = replace(tried(remembered, joint, scale), offset=base.design.offset)
        beta, here, converged = maximise(design, begin, base.state.theta, base.precision, tolerance=_TOLERANCE)
        if not converged:
            return replace(nothing, cannot_because="the fit did not converge"), base.state.beta
        there = self._as_fit(base, design, beta, here.covariance)
        moves = bool(self.shifts) and STEPS[at[0]] == self.fit.case.step_days
        lags = draw_lags(there, self.mechanism.name, self.shifts if moves else 0, base.case.seed)
        found = placebo(there, self.mechanism.name, lags)
        if found is not None and moves:
            self.moved[at] = found.studentised
        return self._told(nothing, self.own if own else found), beta  # the own one by the very numbers of the ledger

    def _as_fit(self, base: _Base, design: Design, beta: Floats, covariance: Floats) -> Fit:
        """One specification as a fit, which the timing of its cause can be asked of."""
        return Fit(
            design=replace(design, case=base.case),
            estimate=beta,
            covariance=covariance,
            clustered=covariance,
            theta=base.state.theta,
            pooled_sd={c: float(np.sqrt(v)) for c, v in base.state.variance.items()},
            half_life_interval={},
            log_likelihood=np.nan,
            converged=True,
            known=self.fit.known,
            half_life_profile={},
        )

    def _told(self, nothing: Specification, found: Placebo | None) -> Specification:
        """The timing effect; its error carries the spread that the shifts have in the case's own specification."""
        if found is None or found.information < SMALLEST_INFORMATION:
            return replace(nothing, cannot_because="the record says next to nothing of it")
        spread = 1.0 if self.own is None else self.own.spread
        return replace(nothing, effect=Effect.of(found.estimate, found.clustered_error * spread))

    def _none(self, why: str, at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Specification]]:
        names = (*RECORD, *MECHANISM)
        for rest in product(*(keys(self.choices, name) for name in MECHANISM)):
            whole = (*at, *rest)
            yield (
                whole,
                Specification(dict(zip(names, whole, strict=True)), self._is_own(whole), 0, 0, cannot_because=why),
            )

    def _is_own(self, at: tuple[str, ...]) -> bool:
        """Whether the case makes these choices, the first of all, this way."""
        return all(
            level.own
            for choice, key in zip(self.choices, at, strict=False)
            for level in choice.levels
            if level.key == key
        )


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One record, and what is to be tried on it."""

    work: Work
    one: tuple[str, ...]
    known: Read


def of_record(task: Task) -> tuple[dict[tuple[str, ...], Specification], dict[tuple[str, ...], Floats]]:
    """Runs on a worker: every specification of a record, and what the shifts made of some."""
    work = replace(task.work, moved={})
    return dict(work.record(task.one, task.known)), work.moved


class _Columns:
    """Designs of one record with the mechanism remembered and scaled otherwise, each made once."""

    def __init__(self, design: Design, mechanism: Mechanism) -> None:
        self.design, self.mechanism = design, mechanism
        self._kept: dict[tuple[Recall, str, str], Design] = {}

    def __call__(self, remembered: Recall, joint: str, scale: str) -> Design:
        key = (remembered, joint, scale)
        if key not in self._kept:
            said = said_otherwise(with_joint(self.mechanism, joint), remembered)
            self._kept[key] = scaled(self.design, said, scale)
        return self._kept[key]


def _seen(design: Design) -> Floats:
    """Which columns any unit of a design has: shape (columns,)."""
    seen = np.zeros(len(design.columns), dtype=bool)
    for unit in design.units:
        seen[unit.columns] = True
    return seen
