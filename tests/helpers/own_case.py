"""A case of one's own as a newcomer has it after an hour: what `lynchpin new` writes, sixty acts, an agreement of four stages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from lynchpin.account.cases.builtin import write_new_case

_EVENTS = (
    "event_id,date,precision,source,source_sector,target,target_sector,event_type,mode,contexts,magnitude,agreement,"
    "summary,source_url,status"
)
_STAGES = (
    ("2016-02-01", "proposed"),
    ("2016-09-15", "negotiating"),
    ("2018-05-10", "agreed_in_principle"),
    ("2018-11-20", "signed"),
)
#: Who does what to whom, and how often of twenty: some dyads hardly ever act.
_ACTS = (
    (("JPN", "KOR", "CONSULT"),) * 5
    + (("USA", "JPN", "COOPERATE"),) * 4
    + (("PRK", "KOR", "THREATEN"),) * 5
    + (("KOR", "JPN", "ACCUSE"),) * 3
    + (("USA", "KOR", "SUPPORT"),) * 2
    + (("PRK", "USA", "ASSAULT"),)
)
_SIZE = {"CONSULT": 1.5, "COOPERATE": 3.0, "SUPPORT": 3.0, "ACCUSE": -2.0, "THREATEN": -5.0, "ASSAULT": -9.0}


def own_case(folder: Path, acts: int = 60, seed: int = 5) -> Path:
    """Write it; the folder of the case."""
    write_new_case("mine", folder)
    case = folder / "mine"
    rng = np.random.default_rng(seed)
    days = np.sort(rng.integers(0, 5 * 365, acts))
    rows = [_EVENTS]
    for number, day in enumerate(days.tolist()):
        source, target, kind = _ACTS[rng.integers(len(_ACTS))]
        when = date(2015, 1, 5) + timedelta(day)
        rows.append(f"own-{number},{when},day,{source},GOV,{target},GOV,{kind},,,{_SIZE[kind]},,An act.,,recalled")
    (case / "events.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (case / "agreements.csv").write_text(
        "id,title,parties,patron,kind,issue_contexts,outcome_as_of_2025,summary,events_id\n"
        "our-deal,Our deal,JPN;KOR,USA,intelligence,diplomacy,unknown,A deal.,our-deal\n",
        encoding="utf-8",
    )
    stages = ["agreement,date,known_from,precision,stage,actor,reason_contexts,summary,source_url,status"]
    stages += [f"our-deal,{day},,day,{stage},,,A stage.,,recalled" for day, stage in _STAGES]
    (case / "agreement_stages.csv").write_text("\n".join(stages) + "\n", encoding="utf-8")
    file = case / "case.toml"
    text = file.read_text(encoding="utf-8")
    head = 'events = "events.csv"'
    assert head in text
    files = 'agreements = "agreements.csv"\nstages = "agreement_stages.csv"\nflagship = "our-deal"\n'
    file.write_text(text.replace(head, files + head, 1), encoding="utf-8")
    return case
