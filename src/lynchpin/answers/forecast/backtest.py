"""Rolling the origin: every model forecasts from each past day, blind to it and to what came, and is scored.

One origin is one task. It is handed a panel that ends where its knowledge ends, and apart from it the counts that came;
so tasks can be run in any order, by any number of workers, and give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from lynchpin.account.cases import Known
from lynchpin.answers.forecast.baselines import BASELINES, FURTHER, MonthsAhead, baseline_pmf, past_months, spread_of
from lynchpin.answers.forecast.forecast import MECHANISM, MODEL, drawn_pmf, played
from lynchpin.answers.forecast.grid import top_of
from lynchpin.answers.forecast.months import Panel
from lynchpin.answers.forecast.stack import EWMA_BY_SPAN, DaysAhead, lengths_of, stacks
from lynchpin.days import day_number, day_of, month_start
from lynchpin.engine.scoring import scores as score
from lynchpin.engine.scoring.predictive import Counts, Predictive
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue
from lynchpin.model import fit_case

#: What was known on a day, as counts and for the mechanism model (None: it is left out); a worker calls it.
Then = Callable[[], tuple[Panel, Known | None]]
KnownOn = Callable[[date], Then]

#: A function of a module, and what it is handed.
Task = tuple[Callable[[Any], Any], Any]

#: Paths of the mechanism model at each origin.
DRAWS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One origin: what is asked on that day, and what came.

    known : the first day that is not known: the origin less the feed's lag
    months : horizons, in months, that the record covers
    """

    origin: date
    known: date
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """One model at one origin and horizon.

    values : name -> (units,): every metric; covered_90, closed_90 and so on; pit_0 to pit_9; p_any and mean
    """

    model: str
    months: int
    values: Mapping[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """All of one origin: a Scored for each horizon and model, and the counts that came."""

    question: Question
    scored: tuple[Scored, ...]
    came: Mapping[int, Counts]


def lay_questions(
    panel: Panel, first: date, last: date, months: Sequence[int], lag_days: int, every: int = 1
) -> list[Question]:
    """The origins: every so many months from `first` to `last`, each with the horizons that the record covers.

    Raises
    ------
    BadValue : no origin has two months of record before it and a horizon after it
    """
    found, k = [], 0
    while (origin := month_start(first, k * every)) <= last:
        k += 1
        known = origin - timedelta(days=lag_days)
        covered = tuple(m for m in months if day_number(month_start(origin, m)) <= panel.end)
        if covered and day_number(known) - panel.before(day_number(known)).first >= 60:
            found.append(Question(origin, known, covered))
    if not found:
        begin, end = (day_of(day) for day in (panel.first, panel.end))
        raise BadValue(
            f"no origin between {first} and {last} can be scored",
            "--from, --to",
            f"the record runs from {begin} to {end - timedelta(days=1)}; an origin needs two months before it, and its "
            "horizon after it",
        )
    return found


def answer(
    question: Question,
    past: Panel,
    came: Mapping[int, Counts],
    record: Known | None,
    seed: int,
    *,
    beside: bool = True,
) -> Answer:
    """Forecast from one origin and score it.

    Parameters
    ----------
    past : Panel that ends on `question.known`
    came : months -> counts from the origin on
    record : what is known of the case, for the mechanism model; None leaves it out
    beside : bool, the baselines too
    """
    require_blind(past, question)
    start = day_number(question.origin)
    ends = {m: day_number(month_start(question.origin, m)) for m in question.months}
    spans = [DaysAhead(start - past.end, end - start) for end in ends.values()]
    history = past_months(past, day_of(past.end))
    calendar = () if record is None else record.case.calendar
    stacked = stacks(past, spans, lengths=lengths_of(past, calendar, max(ends.values()) - past.end), beside=beside)
    drawn = _drawn(past, start, ends, record, seed)
    scored = []
    for months, stack in zip(ends, stacked, strict=True):
        ahead = MonthsAhead(1, months)
        grids = [(rows, top_of(history, ahead, rows)) for rows in blocks(spread_of(history, ahead))]
        said: dict[str, Callable[[Counts, int], Floats]] = {MODEL: stack.pmf}
        if months in drawn:
            said[MECHANISM] = lambda rows, top, draws=drawn[months]: drawn_pmf(draws[:, rows], top)  # type: ignore[misc]
        if beside:
            for name in (*BASELINES, *FURTHER):
                said[name] = lambda rows, top, name=name, ahead=ahead: baseline_pmf(name, history, ahead, rows, top)  # type: ignore[misc]
            said[EWMA_BY_SPAN] = stack.ewma_pmf
        for model, pmf in said.items():
            parts = [(rows, measured(Predictive(pmf(rows, top)), came[months][rows])) for rows, top in grids]
            scored.append(_joined(model, months, parts))
    return Answer(question, tuple(scored), came)


def require_blind(past: Panel, question: Question) -> None:
    """A panel that reaches past what was known is a fault of ours."""
    assert past.end <= day_number(question.known), "a forecast was handed days that were not known"


def asked(
    panel: Panel,
    questions: Sequence[Question],
    record: Known | None,
    seed: int,
    *,
    known_on: KnownOn | None = None,
    holes: Sequence[tuple[date, date]] = (),
) -> Iterator[Task]:
    """A task for each question, cut as it is wanted; each makes an `Answer`.

    Parameters
    ----------
    panel : Panel, the whole record; a task is handed what it may see
    known_on : what was known on a day; None for what `before` leaves of panel and record
    holes : spans without data, first day and first day after, which are taken out of what a forecast by counts sees
    """
    for question in questions:
        start = day_number(question.origin)
        came = {m: panel.between(start, day_number(month_start(question.origin, m))) for m in question.months}
        if known_on is not None:
            then = known_on(question.known)
        else:
            known = None if record is None else record.before(question.known)
            then = Plain(panel.before(day_number(question.known)), known)
        yield _answer, (question, then, tuple(holes), came, seed)


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """What was known, as it is."""

    panel: Panel
    record: Known | None

    def __call__(self) -> tuple[Panel, Known | None]:
        return self.panel, self.record


def _answer(
    task: tuple[Question, Then, tuple[tuple[date, date], ...], Mapping[int, Counts], int],
) -> Answer:
    """Runs on a worker."""
    question, then, holes, came, seed = task
    past, record = then()
    return answer(question, past.without(holes), came, record, seed)


def _drawn(past: Panel, start: int, ends: Mapping[int, int], record: Known | None, seed: int) -> dict[int, Counts]:
    """The mechanism model's draws of every horizon; nothing where there is no record to fit."""
    if record is None or record.events.is_empty():
        return {}
    try:
        fit = fit_case(record)
    except BadValue:  # the record is too short on that day
        return {}
    edges = sorted({past.end, start, *ends.values()})
    counts = played(fit, edges, DRAWS, seed, workers=1).counts.astype(np.int64)
    return {m: counts[:, edges.index(start) : edges.index(end)].sum(axis=1) for m, end in ends.items()}


def blocks(scale: Floats) -> list[Counts]:
    """Units of a like scale together, so that one busy dyad does not stretch the grid of all."""
    level = np.floor(np.log2(np.maximum(scale, 8.0)) / 2.0).astype(np.int64)
    return [np.flatnonzero(level == one) for one in np.unique(level)]


def measured(forecast: Predictive, came: Counts) -> dict[str, Floats]:
    """Every score, and what calibration is judged by: name -> (units,)."""
    found = {
        "crps": score.crps(forecast, came),
        "log_score": score.log_score(forecast, came),
        "brier": score.brier_any(forecast, came),
        "log_score_any": score.log_score_any(forecast, came),
    }
    for level in score.LEVELS:
        found[f"interval_score_{level * 100:.0f}"] = score.interval_score(forecast, came, level)
        found[f"covered_{level * 100:.0f}"] = score.coverage(forecast, came, level)
        found[f"closed_{level * 100:.0f}"] = score.inside(forecast, came, level)
    bins = {f"pit_{k}": share for k, share in enumerate(score.pit(forecast, came).T)}
    return found | bins | {"p_any": forecast.p_any, "mean": forecast.mean}


def _joined(model: str, months: int, parts: Sequence[tuple[Counts, Mapping[str, Floats]]]) -> Scored:
    """Blocks of units put back in the order of units."""
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))
    values = {name: np.concatenate([part[name] for _, part in parts])[order] for name in parts[0][1]}
    return Scored(model, months, values)
