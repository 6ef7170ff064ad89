"""The way from a case, or from the busiest dyads of a store, to a backtest."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from lynchpin._version import __version__
from lynchpin.account.cases import Case, Known, Reports, known_of, read_case, read_reports
from lynchpin.answers.forecast import MECHANISM, MODEL
from lynchpin.answers.forecast.backtest import KnownOn, Question, lay_questions
from lynchpin.answers.forecast.baselines import BASELINES, FURTHER
from lynchpin.answers.forecast.holes import feed_days_of, without_holes
from lynchpin.answers.forecast.months import Cells, Panel, UnitName, make_panel, unit_names
from lynchpin.answers.forecast.rolling import roll
from lynchpin.answers.forecast.stack import EWMA_BY_SPAN
from lynchpin.answers.forecast.tally import tables
from lynchpin.crew import hands
from lynchpin.days import month_start, optional_day, parse_day
from lynchpin.defaults import CASE, HORIZONS
from lynchpin.errors import BadValue
from lynchpin.events import acts_of, first_day, last_day
from lynchpin.record.store import Store, data_hash
from lynchpin.results import Backtest
from lynchpin.results.backtest import FeedDays, days_line
from lynchpin.session.dyads import busiest, parse_dyads, quad_units, ranked
from lynchpin.session.retold import Feed, is_told_late, ordered_pairs, panels, read_feed

#: The seed where no case has one.
SEED = 20120709

#: Months of origins where no first one is named.
USUAL_MONTHS = 24

_MONTHS = re.compile(r"([1-9][0-9]?)m?")
_DAYS = re.compile(r"([0-9]{1,4})d")


def backtest(
    case: Case | str | Path | None = None,
    events: str | Path | None = None,
    *,
    dyads: str | None = None,
    first: str | date | None = None,
    last: str | date | None = None,
    horizons: str | Sequence[int] = HORIZONS,
    lag: str | int = 0,
    every: int = 1,
    episodes: bool | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    seed: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[str], None] | None = None,
) -> Backtest:
    """Forecast from many past days, blind to what came after each, and score what was said.

    Parameters
    ----------
    case : Case, or the name or path of one; None with `dyads`
    events : path of a store; None for the case's own chronology
    dyads : "top:25" for the 25 dyads of the store that were busiest before `first`, in PLOVER's four quad classes; the
        mechanism model needs a case, so it is left out
    first, last : days between which origins stand, from `first` on; None: the last 24 months of the record
    horizons : months ahead, "1m,3m" or (1, 3)
    lag : days that the feed runs late, "7d" or 7: so many days before an origin are not known on it
    every : months between origins
    episodes : as for `lynchpin.fit`
    workers : processes of this machine; the answer does not depend on it
    executor : any concurrent.futures.Executor in their place, as that of a dask client
    seed : None for the case's own
    progress : called after each task with how many are done, and how many there are: an origin, or some spans of the
        ceiling
    tell : called once before the work, with which days of the feed have data; nothing is told of what people wrote

    Returns
    -------
    Backtest

    Raises
    ------
    LynchpinError : the record cannot be read, or no origin can be scored
    """
    if dyads is not None and case is not None:
        raise BadValue("both a case and --dyads", "--dyads", "name one of them: a case has its own dyads")
    months = parse_horizons(horizons)
    lag_days = parse_lag(lag)
    if every < 1:
        raise BadValue(f"origins cannot be {every} months apart", "every", "ask for 1 or more")
    start = optional_day(first, name="--from")
    known: Known | None = None
    if dyads is not None:
        count = parse_dyads(dyads)
        if events is None:
            raise BadValue("the dyads of which record?", "--dyads", "name a store with --events")
        feed = read_feed(events, episodes=episodes)
        record = feed.record
        subject, title, used = f"top {count} dyads", f"The {count} busiest dyads of {Path(events).name}", SEED
    else:
        read = case if isinstance(case, Case) else read_case(case or CASE, as_of=start)
        reports = read_reports(read, events)
        known = known_of(reports, episodes=episodes)
        record = known.events
        subject, title, used = read.name, read.title, read.seed
    used = used if seed is None else seed
    end = last_day(record) + timedelta(days=1)
    stop = month_start(end, -min(months)) if last is None else parse_day(last, name="--to")
    begin = start or month_start(stop, 1 - USUAL_MONTHS)
    if begin > stop:
        raise BadValue(f"{begin} is after {stop}", "--from, --to", "the first origin comes before the last")
    questions = lay_questions(make_panel(record, (), end), begin, stop, months, lag_days, every)
    covered = _covered(events, feed_end=end, first=first_day(record))
    left_out = 0
    if covered is not None:
        if tell is not None:
            tell(days_line(covered))
        questions, left_out = without_holes(questions, covered)
        if not questions:
            raise BadValue(
                f"of no origin between {begin} and {stop} is there data enough: {days_line(covered)}",
                "--from, --to",
                "an origin needs 60 days with data before it, and no hole in its last month or over a tenth of what is "
                "asked; read the missing days in, or choose others",
            )
    with hands(workers, executor) as crew:
        known_on: KnownOn | None = None
        if known is not None:
            units = unit_names(known.case)
            if is_told_late(record):
                known_on = partial(_then, reports, units, known.view == "episodes")
        else:
            units, known_on = _busiest_of(feed, parse_dyads(dyads or ""), begin, lag_days, questions, crew)
        panel = make_panel(record, units, end)
        answers, seen = roll(
            panel,
            questions,
            known,
            used,
            executor=crew,
            progress=progress,
            known_on=known_on,
            holes=() if covered is None else covered.holes,
        )
    frames = tables(answers, panel, every, used, seen)
    return Backtest(
        subject=subject,
        title=title,
        model=MODEL,
        mechanism=MECHANISM if MECHANISM in frames["scores"]["model"].to_list() else "",
        baselines=tuple(BASELINES),
        further=(*FURTHER, EWMA_BY_SPAN),
        origin_days=tuple(question.origin for question in questions),
        lag_days=lag_days,
        units=len(units),
        dyads=tuple(dict.fromkeys((i, j) for i, j, _ in units)),
        classes=_classes(units),
        events=acts_of(record).height,
        first_event_date=first_day(record),
        last_event_date=last_day(record),
        data_hash=data_hash(record),
        view="episodes" if "reports" in record.columns else "reports",
        seed=used,
        feed_days=covered,
        left_out=left_out,
        version=__version__,
        store="" if events is None else Path(events).name,
        **frames,
    )


def _covered(store: str | Path | None, *, feed_end: date, first: date) -> FeedDays | None:
    """Which days of a store have reports of machines; None for a chronology, or a store of nothing else."""
    if store is None:
        return None
    with Store.open(Path(store), read_only=True) as opened:
        daily = opened.daily()
    return None if daily.is_empty() else feed_days_of(daily, first, feed_end)


def _busiest_of(
    feed: Feed, count: int, begin: date, lag_days: int, questions: Sequence[Question], crew: Executor | None
) -> tuple[list[UnitName], KnownOn | None]:
    """The units of the dyads that were busiest by what was known on the first origin, and what was known on each."""
    day = begin - timedelta(days=lag_days)
    if not feed.is_told_late:
        return quad_units(busiest(feed.record, count, day)), None
    days = sorted({day, *(question.known for question in questions)})
    changes = feed.retold(days, crew)
    units = quad_units(ranked(ordered_pairs(changes, days.index(day)), count, day, first_day(feed.record)))
    cells = dict(zip(days, panels(changes, days, units), strict=True))
    return units, lambda on: Counted(cells[on])


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What was known of a feed, cell by cell; a worker makes a panel of it."""

    cells: Cells

    def __call__(self) -> tuple[Panel, None]:
        return self.cells.panel(), None


@dataclass(frozen=True, slots=True, eq=False)
class Then:
    """What a case's record held on a day; a worker folds it and counts."""

    reports: Reports
    units: Sequence[UnitName]
    episodes: bool
    day: date

    def __call__(self) -> tuple[Panel, Known]:
        events = self.reports.told(self.day, self.episodes)
        then = Known(self.reports.case, events, self.day, self.day, self.reports.store)
        return make_panel(events, self.units, self.day), then


def _then(reports: Reports, units: Sequence[UnitName], episodes: bool, day: date) -> Then:
    return Then(reports.before(day), units, episodes, day)


def _classes(units: Sequence[UnitName]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c for _, _, c in units))


def parse_horizons(text: str | Sequence[int]) -> tuple[int, ...]:
    """Horizons in months.

    Examples
    --------
    >>> parse_horizons("1m,3m"), parse_horizons("1, 6")
    ((1, 3), (1, 6))
    """
    if not isinstance(text, str):
        horizons = [int(months) for months in text]
    else:
        read = [_MONTHS.fullmatch(part.strip()) for part in text.split(",")]
        if None in read:
            raise BadValue(f"cannot read the horizons {text!r}", "--horizon", "write months, as in 1m,3m,6m")
        horizons = [int(one[1]) for one in read if one is not None]
    if not horizons or min(horizons) < 1 or max(horizons) > 24:
        raise BadValue(f"horizons of {text!r}", "--horizon", "ask for 1 to 24 months, as in 1m,3m,6m")
    return tuple(sorted(set(horizons)))


def parse_lag(text: str | int, *, name: str = "--lag") -> int:
    """A lag in days; `name` is the option, for the error.

    Examples
    --------
    >>> parse_lag("7d"), parse_lag(0)
    (7, 0)
    """
    if isinstance(text, int):
        days = text
    else:
        read = _DAYS.fullmatch(text.strip())
        if read is None:
            raise BadValue(f"cannot read the lag {text!r}", name, "write days, as in 7d")
        days = int(read[1])
    if not 0 <= days <= 365:
        raise BadValue(f"a lag of {days} days", name, "ask for 0 to 365 days")
    return days
