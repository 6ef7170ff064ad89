"""A backtest's work as tasks of several kinds: an origin each, and the ceiling by some spans at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import date
from itertools import chain

from lynchpin.account.cases import Known
from lynchpin.answers.forecast.backtest import Answer, KnownOn, Question, asked
from lynchpin.answers.forecast.ceiling import Spans, by_metric
from lynchpin.answers.forecast.months import Panel
from lynchpin.answers.forecast.tally import Seen
from lynchpin.crew import called, each
from lynchpin.days import day_number, month_start


def roll(
    panel: Panel,
    questions: Sequence[Question],
    record: Known | None,
    seed: int,
    *,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    known_on: KnownOn | None = None,
    holes: Sequence[tuple[date, date]] = (),
) -> tuple[list[Answer], Seen]:
    """Answer every question, and score what rates from both sides of each span would have said of it.

    Parameters
    ----------
    executor : any concurrent.futures.Executor; None for this process
    progress : called after each task with how many are done, and how many there are
    others : as for `lynchpin.answers.forecast.backtest.asked`

    Returns
    -------
    tuple : the answers, in the order of the questions; the ceiling's scores, as `tally.tables` takes them
    """
    spans = {months: _spans(panel, questions, months) for months in sorted({m for q in questions for m in q.months})}
    levels = {months: of.level_tasks() for months, of in spans.items()}
    first = len(questions) + sum(map(len, levels.values()))
    tasks = chain(asked(panel, questions, record, seed, known_on=known_on, holes=holes), *levels.values())
    done = each(called, tasks, executor, of=first, tell=progress)
    answers, at = done[: len(questions)], len(questions)
    scored = {}
    for months, cut in levels.items():
        scored[months] = spans[months].score_tasks(done[at : at + len(cut)])
        at += len(cut)
    scores = each(called, list(chain(*scored.values())), executor)
    seen, at = {}, 0
    for months, parts in scored.items():
        seen[months] = by_metric(scores[at : at + len(parts)])
        at += len(parts)
    return answers, seen


def _spans(panel: Panel, questions: Sequence[Question], months: int) -> Spans:
    days = [question.origin for question in questions if months in question.months]
    return Spans(panel, tuple(map(day_number, days)), tuple(day_number(month_start(day, months)) for day in days))
