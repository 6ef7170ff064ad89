"""Nothing dated on or after `as_of` may change a single byte of any answer."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import polars as pl
import pytest

from lynchpin.cases import classify
from lynchpin.cases import record as record_room
from lynchpin.contract import brief_answer, dump
from lynchpin.events import SCHEMA
from lynchpin.store import Store
from lynchpin.workbench import make_brief

AS_OF = date(2012, 7, 9)


@pytest.fixture(scope="module")
def stores(northeast, tmp_path_factory):
    """The chronology up to the day, the same with all that came later, and with a flood of later nonsense besides."""
    folder = tmp_path_factory.mktemp("stores")
    lines = northeast.events_file.read_text(encoding="utf-8").splitlines()
    early = [lines[0]] + [line for line in lines[1:] if line.split(",")[1] < "2012-07-09"]
    later = [lines[0]] + [line for line in lines[1:] if line.split(",")[1] >= "2012-07-09"]
    flood = [lines[0]] + [
        f"zz-2012-07-{9 + k % 20:02d}-{k:04d},2012-07-{9 + k % 20:02d},day,PRK,MIL,KOR,GOV,ASSAULT,shelling,provocation,-10,"
        f"gsomia-jpn-kor,Leak {k}.,,recalled"
        for k in range(500)
    ]
    paths = {}
    for name, parts in {"early": [early], "all": [early, later], "flood": [flood, early, later]}.items():
        paths[name] = folder / f"{name}.duckdb"
        with Store.open(paths[name], create=True) as store:
            for k, part in enumerate(parts):
                file = folder / f"{name}{k}.csv"
                file.write_text("\n".join(part) + "\n", encoding="utf-8")
                store.ingest("chronology", [file])
    return paths


@pytest.fixture(scope="module")
def answers(northeast, stores):
    return {name: dump(brief_answer(make_brief(northeast, path, as_of=AS_OF))) for name, path in stores.items()}


def test_later_events_change_no_byte(answers):
    assert answers["early"] == answers["all"] == answers["flood"]


def test_nothing_later_is_shown(answers):
    text = answers["flood"]
    assert "Leak" not in text
    answer = json.loads(text)
    assert answer["last_event_date"] < "2012-07-09"
    stages = [act["date"] for life in answer["agreements"] for act in life["history"]]
    assert max(stages) < "2012-07-09"
    assert "outcome_as_of" not in text


def test_embedded_record_is_cut_the_same_way(northeast, answers):
    assert dump(brief_answer(make_brief(northeast, as_of=AS_OF))) == answers["early"].replace(
        "early0.csv", "events.csv"
    )


def test_reveal_changes_nothing_above_it(northeast, answers):
    revealed = json.loads(dump(brief_answer(make_brief(northeast, as_of=AS_OF, reveal=True))))
    apart = revealed.pop("revealed")
    assert revealed == json.loads(answers["early"])
    assert all(event["date"] >= "2012-07-09" for event in apart["events"])
    assert any("observed" in row for row in apart["forecast"])


def test_the_law_catches_a_gate_left_open_by_a_day(northeast, stores, answers, monkeypatch):
    """A fault planted once: `<=` for `<` at the one gate."""
    monkeypatch.setattr(record_room, "before", lambda events, as_of: events.filter(pl.col("date") <= as_of))
    monkeypatch.setattr(record_room, "_from_store", lambda path, as_of: Store.open(path, read_only=True).events())
    leaky = dump(brief_answer(make_brief(northeast, stores["flood"], as_of=AS_OF)))
    assert leaky != answers["early"]


def test_rows_in_any_order_give_one_answer(northeast, fit_2012):
    """The order in which files were read is no part of the record."""
    from lynchpin.design import expand
    from lynchpin.store import data_hash

    shuffled = fit_2012.events.select(*SCHEMA).sample(fraction=1.0, shuffle=True, seed=1)
    assert data_hash(shuffled) == fit_2012.made_from.data_hash
    acts = expand(classify(shuffled.sort("date", "event_id"), northeast.classes), northeast)
    np.testing.assert_array_equal(acts.day, fit_2012.design.layers.acts.day)
