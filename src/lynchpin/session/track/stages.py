"""Forecasts of the stage of an agreement on a day: written down, and scored when the stage is known.

stage_brier     sum over the stages of the squared difference of chance and outcome: 0 at best, 2 at worst
stage_log       minus the logarithm of the chance of the stage that it came to stand at
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import timedelta

import duckdb

from lynchpin.account.cases import Case
from lynchpin.answers.agreements import read_agreements
from lynchpin.answers.agreements.moments import STANDING_STAGES
from lynchpin.answers.agreements.stages import follow
from lynchpin.answers.forecast import MODEL
from lynchpin.days import parse_day
from lynchpin.errors import BadData
from lynchpin.results import Provenance, StageBy
from lynchpin.session.track import _file

#: No chance is taken to be smaller in the log score.
LEAST = 1e-6


def of(units: str) -> str:
    """The agreement that a forecast is about; "" where it is of counts."""
    told = json.loads(units)
    return str(told["agreement"]) if isinstance(told, dict) else ""


def add(connection: duckdb.DuckDBPyConnection, made_from: Provenance, stage_by: StageBy, seed: int | None) -> int:
    """Write the chances of the stages down, ours and those of the plain ways, and give the forecast's number."""
    fields = {
        "case_name": made_from.case,
        "origin": str(stage_by.origin),
        "horizon_days": str((stage_by.by - stage_by.origin).days + 1),
        "data_hash": made_from.data_hash,
        "case_hash": made_from.case_hash,
        "view": made_from.view,
        "seed": str(made_from.seed if seed is None else seed),
        "draws": str(stage_by.draws),
        "version": made_from.version,
        "units": json.dumps({"agreement": stage_by.agreement, "stages_hash": stage_by.stages_hash}),
        "last_event_date": str(made_from.last_event_date),
    }
    said = [(MODEL, one.stage, one.probability) for one in stage_by.stages]
    said += [(one.model, one.stage, one.probability) for one in stage_by.baselines]
    end = str(stage_by.by + timedelta(days=1))
    chances = [
        (model, str(stage_by.origin), end, json.dumps({stage: float(f"{p:.9g}") for m, stage, p in said if m == model}))
        for model in dict.fromkeys(model for model, _, _ in said)
    ]
    return _file.add(connection, fields, chances)


def score(connection: duckdb.DuckDBPyConnection, number: int, agreement: str, case: Case) -> None:
    """Score one forecast, where its day has come in the stage file and it was not scored before."""
    if case.agreements_file is None or case.stages_file is None:
        raise BadData(f"forecast {number} is of an agreement, and the case names none", case.path.name, "")
    lives = read_agreements(case.agreements_file, case.stages_file, before=None, among=None)
    last = max(act.date for life in lives for act in life.history)
    sql = f"SELECT {', '.join(_file.CHANCE)} FROM chances WHERE number = ? ORDER BY rowid"
    rows = _file.rows(connection, sql, [str(number)])
    end = parse_day(rows[0][3])
    if last < end - timedelta(days=1) or _file.rows(
        connection, "SELECT 1 FROM scores WHERE number = ? LIMIT 1", [str(number)]
    ):
        return
    life = next((one for one in lives if one.id == agreement), None)
    if life is None:
        raise BadData(
            f"forecast {number} is of the agreement {agreement!r}, which the case no longer names",
            case.agreements_file.name,
            "put it back",
        )
    came = follow(act.stage for act in life.history if act.date < end).stage
    content = hashlib.sha256(case.stages_file.read_bytes()).hexdigest()
    scored = []
    for _, model, start, stop, text in rows:
        chances = json.loads(text)
        brier = sum((chances[stage] - (stage == came)) ** 2 for stage in STANDING_STAGES)
        log = -math.log(max(chances[came], LEAST))
        scored += [
            (str(number), model, start, stop, metric, value, 1, content)
            for metric, value in (("stage_brier", brier), ("stage_log", log))
        ]
    connection.executemany(f"INSERT INTO scores VALUES ({', '.join('?' * len(_file.SCORE))})", scored)
