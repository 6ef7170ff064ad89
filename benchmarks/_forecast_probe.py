"""One tree's forecasts of one subject, scored: what `forecast_pairs.py` starts, once for each revision.

    python _forecast_probe.py JOB OUT      JOB: a JSON file {kind, store, first, last, every, months, count}

Writes OUT: scores of the default forecast of every origin and unit, by month, and the processor seconds of forecasting
and scoring with the baselines left out. Names that one tree has and the other has not are asked for, never assumed.
"""

from __future__ import annotations

import inspect
import json
import sys
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np


def main(job: dict[str, Any], out: str) -> None:
    """Run one job."""
    from lynchpin.account.cases import read_case, read_known
    from lynchpin.answers.forecast import backtest as room
    from lynchpin.answers.forecast.months import make_panel, unit_names
    from lynchpin.days import day_number
    from lynchpin.events import last_day

    first, last = date.fromisoformat(job["first"]), date.fromisoformat(job["last"])
    known = None
    if job["kind"] == "dyads":
        try:
            from lynchpin.session.dyads import busiest, quad_events, quad_units
        except ImportError:
            from lynchpin.answers.forecast.targets import busiest, quad_events, quad_units
        record = quad_events(job["store"])
        units = quad_units(busiest(record, job["count"], first))
    else:
        known = read_known(read_case("northeast-asia", as_of=first), job["store"])
        record, units = known.events, unit_names(known.case)
    panel = make_panel(record, units, last_day(record) + timedelta(days=1))
    questions = room.lay_questions(panel, first, last, tuple(job["months"]), 0, job["every"])
    answer = room.answer
    if "beside" in inspect.signature(answer).parameters:
        answer = partial(answer, beside=False)
    else:
        room.BASELINES = {}
    found: dict[str, list[Any]] = {}
    seconds = 0.0
    for again in (True, False) if job["warm"] else (False,):  # once to compile and to import, then in earnest
        for question in questions[:1] if again else questions:
            past = panel.before(day_number(question.known))
            start = day_number(question.origin)
            came = {m: panel.between(start, day_number(room.month_start(question.origin, m))) for m in question.months}
            then = None if known is None else known.before(question.known)
            began = process_time()
            answered = answer(question, past, came, then, 1)
            seconds += 0.0 if again else process_time() - began
            for one in answered.scored:
                if one.model == room.MODEL and not again:
                    for metric in ("crps", "log_score"):
                        found.setdefault(f"{one.months} {metric}", []).append(one.values[metric])
    pairs = ["-".join(sorted((i, j))) for i, j, _ in units]
    dyads = [f"{i}-{j}" for i, j, _ in units]
    scores = {name: np.stack(values) for name, values in found.items()}
    np.savez(out, pairs=np.array(pairs), dyads=np.array(dyads), seconds=np.array(seconds), **scores)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.argv[2])
