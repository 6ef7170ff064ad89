"""Issuing a forecast, scoring what has come, and listing both."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.account.cases import Case, case_events, read_case
from lynchpin.answers.forecast import MODEL
from lynchpin.answers.forecast.forecast import Outlook, foresee
from lynchpin.answers.forecast.months import make_panel, unit_names
from lynchpin.days import day_number, edges, parse_day
from lynchpin.defaults import DAYS, DRAWS
from lynchpin.engine.scoring import scores as scoring
from lynchpin.engine.scoring.predictive import Predictive
from lynchpin.errors import BadValue
from lynchpin.events import last_day
from lynchpin.model import Fit
from lynchpin.record.store import data_hash
from lynchpin.results.track import Issued, Track
from lynchpin.session.backtest import parse_lag
from lynchpin.session.known import fit
from lynchpin.session.stages import stage_by
from lynchpin.session.track import _file, stages

#: Metric -> the score of every unit.
METRICS: dict[str, Callable[[Predictive, NDArray[np.int64]], NDArray[np.float64]]] = {
    "crps": scoring.crps,
    "log_score": scoring.log_score,
    "brier": scoring.brier_any,
    "coverage_90": lambda forecast, came: scoring.coverage(forecast, came, 0.9),
}

_DIGITS = 9


def issue(
    file: str | Path,
    case: Case | str | Path,
    events: str | Path | None = None,
    *,
    as_of: str | date | None = None,
    days: int = DAYS,
    draws: int = DRAWS,
    seed: int | None = None,
    episodes: bool | None = None,
    agreement: str | None = None,
    by: str | date | None = None,
) -> Issued:
    """Make a forecast and write it down for good: of counts, or of the stage of an agreement on a day.

    Parameters
    ----------
    file : path of the track record, made when it is not there
    case, events, as_of, episodes : as for `lynchpin.fit`
    days, draws, seed : as for `lynchpin.answers.forecast.forecast`
    agreement, by : as for `lynchpin.session.stages.stage_by`; both or neither

    Returns
    -------
    Issued. Asking again for a forecast that is there (the same case, record, origin, seed and version) changes nothing.
    """
    path = Path(file)
    with _file.opened(path, create=True) as connection:  # first, so that a wrong path costs no fit
        if agreement is not None and by is not None:
            chances = stage_by(case, agreement, by, events, as_of=as_of, draws=draws, seed=seed, episodes=episodes)
            number = stages.add(connection, *chances, seed)
        elif agreement is not None or by is not None:
            raise BadValue("an agreement and a day go together", "track issue", "write --agreement ID --by 2012-12-31")
        else:
            fitted = fit(case, events, as_of=as_of, episodes=episodes)
            outlook = foresee(fitted, days=days, draws=draws, seed=seed)
            number = _add(connection, fitted, outlook, fitted.case.seed if seed is None else seed)
        return next(one for one in _issued(connection) if one.number == number)


def score(file: str | Path, case: Case | str | Path, events: str | Path | None = None, *, lag: str | int = 0) -> Track:
    """Score every period of a case's forecasts that has come to its end in the record.

    Parameters
    ----------
    file : path of the track record
    case : the case whose forecasts are scored
    events : the record that tells what came; None for the case's own chronology
    lag : days that the feed runs late, "7d" or 7: a period is scored when the record reaches so many days past its end,
        since a score is for good and events that come later are not in it

    Returns
    -------
    Track. A period that was scored before stays as it was scored. The stage of an agreement on a day is known when the
    stage file of the case holds an act of that day or a later one, of whatever agreement.
    """
    read = case if isinstance(case, Case) else read_case(case)
    path, lag_days = Path(file), parse_lag(lag)
    with _file.opened(path) as connection:
        open_forecasts = [one for one in _issued(connection) if one.case == read.name]
        if not open_forecasts:
            raise BadValue(f"no forecast of {read.name} was issued here", str(path), "`lynchpin track issue` makes one")
        for one in open_forecasts:
            if one.agreement:
                stages.score(connection, one.number, one.agreement, read)
        for view in dict.fromkeys(one.view for one in open_forecasts if not one.agreement):
            record = case_events(read, events, episodes=view == "episodes")
            end = last_day(record) + timedelta(days=1 - lag_days)
            content = data_hash(record)
            for one in open_forecasts:
                if one.view == view and not one.agreement:
                    _score(connection, one, read, record, end, content)
        return _track(connection, path)


def listed(file: str | Path, case: str = "") -> Track:
    """What was issued and scored.

    Parameters
    ----------
    case : name of a case, "" for all
    """
    path = Path(file)
    with _file.opened(path) as connection:
        track = _track(connection, path)
    if not case:
        return track
    issued = tuple(one for one in track.issued if one.case == case)
    return Track(track.file, issued, track.scores.filter(pl.col("number").is_in([one.number for one in issued])))


def _add(connection: duckdb.DuckDBPyConnection, fitted: Fit, outlook: Outlook, seed: int) -> int:
    made_from = fitted.made_from
    ahead = edges(outlook.origin, 1, len(outlook.months[MODEL]))
    fields = {
        "case_name": made_from.case,
        "origin": str(outlook.origin),
        "horizon_days": str(day_number(ahead[-1]) - day_number(ahead[0])),
        "data_hash": made_from.data_hash,
        "case_hash": made_from.case_hash,
        "view": made_from.view,
        "seed": str(seed),
        "draws": str(outlook.draws),
        "version": made_from.version,
        "units": json.dumps(list(outlook.panel.units)),
        "last_event_date": str(made_from.last_event_date),
    }
    periods = [*pairwise(ahead), (ahead[0], ahead[-1])]
    chances = []
    for model, months in outlook.months.items():
        said = [*months, outlook.whole[model]]
        if len(months) == 1:
            said, periods = said[:1], periods[:1]
        chances += [(model, str(start), str(end), _text(one)) for (start, end), one in zip(periods, said, strict=True)]
    return _file.add(connection, fields, chances)


def _text(forecast: Predictive) -> str:
    """A pmf as JSON, nine digits, without the zeros at its end."""
    return json.dumps(
        [[float(f"{p:.{_DIGITS}g}") for p in _trimmed(row)] for row in forecast.pmf], separators=(",", ":")
    )


def _trimmed(row: NDArray[np.float64]) -> Sequence[float]:
    kept = np.flatnonzero(row > 1e-12)
    return [float(chance) for chance in row[: int(kept[-1]) + 1 if kept.size else 1]]


def _read(text: str) -> Predictive:
    lists = json.loads(text)
    pmf = np.zeros((len(lists), max(len(one) for one in lists)))
    for k, one in enumerate(lists):
        pmf[k, : len(one)] = one
    return Predictive(pmf)


def _score(
    connection: duckdb.DuckDBPyConnection, one: Issued, case: Case, record: pl.DataFrame, end: date, content: str
) -> None:
    """Score the periods of one forecast that have ended and were not scored."""
    units = [tuple(unit) for unit in json.loads(_file.units(connection, one.number))]
    if [tuple(unit) for unit in unit_names(case)] != units:
        raise BadValue(
            f"forecast {one.number} is about other dyads or classes than the case has now",
            case.name,
            "score it with the case as it was (its hash: " + one.case_hash[:8] + ")",
        )
    done = {
        tuple(row)
        for row in _file.rows(
            connection, "SELECT DISTINCT period_start, period_end FROM scores WHERE number = ?", [str(one.number)]
        )
    }
    sql = "SELECT DISTINCT period_start, period_end FROM chances WHERE number = ? ORDER BY ALL"
    ended = [
        period
        for period in _file.rows(connection, sql, [str(one.number)])
        if tuple(period) not in done and parse_day(period[1]) <= end
    ]
    if not ended:
        return
    panel = make_panel(record, units, end, start=one.origin)
    waiting = {
        (start, stop): panel.between(day_number(parse_day(start)), day_number(parse_day(stop))) for start, stop in ended
    }
    scored = []
    for _, model, start, stop, pmf in _file.rows(
        connection, f"SELECT {', '.join(_file.CHANCE)} FROM chances WHERE number = ? ORDER BY rowid", [str(one.number)]
    ):
        if (start, stop) in waiting:
            came, said = waiting[start, stop], _read(pmf)
            scored += [
                (str(one.number), model, start, stop, metric, float(measure(said, came).mean()), came.size, content)
                for metric, measure in METRICS.items()
            ]
    connection.executemany(f"INSERT INTO scores VALUES ({', '.join('?' * len(_file.SCORE))})", scored)


def _issued(connection: duckdb.DuckDBPyConnection) -> list[Issued]:
    forecasts = []
    fields = ", ".join(_file.FORECAST)
    for row in _file.rows(connection, f"SELECT {fields}, hash FROM forecasts ORDER BY number::BIGINT"):
        told = dict(zip((*_file.FORECAST, "hash"), row, strict=True))
        counts = [
            _file.rows(
                connection,
                f"SELECT count(*) FROM (SELECT DISTINCT period_start, period_end FROM {table} WHERE number = ?)",
                [told["number"]],
            )[0][0]
            for table in ("chances", "scores")
        ]
        forecasts.append(
            Issued(
                number=int(told["number"]),
                issued_at=told["issued_at"],
                case=told["case_name"],
                origin=parse_day(told["origin"]),
                horizon_days=int(told["horizon_days"]),
                data_hash=told["data_hash"],
                case_hash=told["case_hash"],
                view=told["view"],
                seed=int(told["seed"]),
                draws=int(told["draws"]),
                version=told["version"],
                last_event_date=parse_day(told["last_event_date"]),
                hash=told["hash"],
                agreement=stages.of(told["units"]),
                periods=int(counts[0]),
                periods_scored=int(counts[1]),
            )
        )
    return forecasts


def _track(connection: duckdb.DuckDBPyConnection, path: Path) -> Track:
    rows = _file.rows(connection, f"SELECT {', '.join(_file.SCORE)} FROM scores ORDER BY rowid")
    schema = {
        "number": pl.String, "model": pl.String, "period_start": pl.String, "period_end": pl.String,
        "metric": pl.String, "value": pl.Float64, "n": pl.Int64, "record_hash": pl.String,
    }  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("number").cast(pl.Int64), pl.col("period_start", "period_end").str.to_date()
    )
    return Track(path.name, tuple(_issued(connection)), frame)
