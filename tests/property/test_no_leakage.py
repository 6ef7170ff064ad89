"""Nothing that happened, or became known, on or after `as_of` may change a single byte of any answer."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import case_events, classify
from lynchpin.account.cases import record as record_room
from lynchpin.answers.evidence import sensitivity as sensitivity_room
from lynchpin.answers.evidence import shifts
from lynchpin.answers.evidence.shifts import daily
from lynchpin.answers.evidence.splits import by_dyad, by_period
from lynchpin.events import SCHEMA
from lynchpin.model.design import Steps
from lynchpin.record.sources import get as source
from lynchpin.record.store import Store, fold
from lynchpin.report.contract import answer, dump
from lynchpin.results import plain
from lynchpin.session.brief import make_brief
from lynchpin.session.facade import fit

AS_OF = date(2012, 7, 9)


@pytest.fixture(scope="module")
def stores(northeast, tmp_path_factory):
    """The chronology as known on the day, the same with all that came later, and with later nonsense besides.

    The nonsense of "flood" happens from the day on; that of "late" happened before it, and became known on it or later;
    "both" holds the one and the other, so that one answer is blind to either or to none.
    """
    folder = tmp_path_factory.mktemp("stores")
    lines = northeast.events_file.read_text(encoding="utf-8").splitlines()
    known = {line: max(line.split(",")[1:3]) < "2012-07-09" for line in lines[1:]}
    early = [lines[0]] + [line for line in lines[1:] if known[line]]
    later = [lines[0]] + [line for line in lines[1:] if not known[line]]
    act = "day,PRK,MIL,KOR,GOV,ASSAULT,shelling,provocation,-10,gsomia-jpn-kor,Leak {}.,,recalled,"
    flood = [lines[0]] + [
        f"zz-2012-07-{9 + k % 20:02d}-{k:04d},2012-07-{9 + k % 20:02d},,{act.format(k)}" for k in range(500)
    ]
    late = [lines[0]] + [
        f"zz-{date(2012, 7, 8) - timedelta(days=7 * k)}-99,{date(2012, 7, 8) - timedelta(days=7 * k)},"
        f"{date(2012, 7, 9) + timedelta(days=k % 3)},{act.format(k)}"
        for k in range(500)
    ]
    paths = {}
    whole = {
        "early": [early],
        "all": [early, later],
        "flood": [flood, early, later],
        "late": [late, early, later],
        "both": [flood, late, early, later],
    }
    for name, parts in whole.items():
        paths[name] = folder / f"{name}.duckdb"
        with Store.open(paths[name], create=True) as store:
            for k, part in enumerate(parts):
                file = folder / f"{name}{k}.csv"
                file.write_text("\n".join(part) + "\n", encoding="utf-8")
                store.ingest("chronology", [file])
    return paths


@pytest.fixture(scope="module")
def answers(northeast, stores):
    return {name: dump(answer(make_brief(northeast, stores[name], as_of=AS_OF))) for name in ("early", "both")}


def test_later_events_change_no_byte(answers):
    assert answers["early"] == answers["both"]


def test_nothing_later_is_shown(answers):
    text = answers["both"]
    assert "Leak" not in text
    answer = json.loads(text)
    assert answer["last_event_date"] < "2012-07-09"
    stages = [act["date"] for life in answer["agreements"] for act in life["history"]]
    assert max(stages) < "2012-07-09"
    assert "outcome_as_of" not in text


def test_the_embedded_record_is_cut_the_same_way_and_reveal_changes_nothing_above_it(northeast, answers):
    revealed = json.loads(dump(answer(make_brief(northeast, as_of=AS_OF, reveal=True))))
    apart = revealed.pop("revealed")
    assert revealed == json.loads(answers["early"])
    assert all(event["date"] >= "2012-07-09" for event in apart["events"])
    assert any("observed" in row for row in apart["forecast"])


def test_the_law_catches_a_gate_left_open_by_a_day(northeast, stores, monkeypatch):
    """A fault planted once: `<=` for `<` at the one gate."""
    honest = ledger(northeast, stores["early"])
    open_gate(monkeypatch, stores["flood"], pl.col("date") <= AS_OF)
    assert ledger(northeast, stores["flood"]) != honest


def test_the_law_catches_a_gate_that_asks_for_the_day_alone(northeast, stores, monkeypatch):
    """A fault planted once: what happened before the day goes in, known by then or not."""
    honest = ledger(northeast, stores["early"])
    open_gate(monkeypatch, stores["late"], pl.col("date") < AS_OF)
    assert ledger(northeast, stores["late"]) != honest


def ledger(case, path):
    """What a brief says first: the claims of the day."""
    return dump(plain(fit(case, path, as_of=AS_OF).claims(shifts=19)))


def open_gate(monkeypatch, path, gate):
    """This condition is all that stands between the record and the fit."""
    with Store.open(path, read_only=True) as store:
        whole = store.events()
    monkeypatch.setattr(record_room, "before", lambda events, as_of: events.filter(gate))
    monkeypatch.setattr(record_room, "_from_store", lambda path, as_of, **options: (whole, record_room._NO_VOLUME))


@pytest.fixture(scope="module")
def evidence(northeast, stores):
    """The evidence of the day, from what was known of it and from all that came later."""
    return {name: fit(northeast, stores[name], as_of=AS_OF).claims(shifts=49) for name in ("early", "both")}


def test_the_evidence_of_a_day_is_the_same_whatever_came_later(evidence):
    """Placebo, held-out score, smallest effect and the acts that weigh most, from the part of the record of that day."""
    assert evidence["early"] == evidence["both"]
    assert all(act.date < AS_OF for claim in evidence["early"] for act in claim.top_events)


def test_the_law_catches_a_placebo_that_looks_ahead(northeast, stores, evidence, monkeypatch):
    """A fault planted once: causes are moved round a record that is longer than what was known."""
    whole = fit(northeast, stores["all"]).design.layers.acts
    monkeypatch.setattr(shifts, "daily", lambda acts, steps, *cell: daily(whole, steps, *cell))
    monkeypatch.setattr(
        Steps, "origin_day", property(lambda steps: steps.first_day + steps.count * steps.step_days + 700)
    )
    assert fit(northeast, stores["early"], as_of=AS_OF).claims(shifts=49) != evidence["early"]


def moderated(northeast, path):
    """The curve, the periods and the dyads of a day, as bytes."""
    found = fit(northeast, path, as_of=AS_OF)
    curve = found.sensitivity(
        "patron_push", path, vary=("classes", "half-life", "scale"), half_lives=(21.0,), shifts=19
    )
    periods, dyads = by_period(found, [date(2010, 1, 1)]), by_dyad(found)
    return dump({"curve": plain(curve), "said": curve.sentences(), "periods": plain(periods), "dyads": plain(dyads)})


@pytest.fixture(scope="module")
def curve(northeast, stores):
    return moderated(northeast, stores["early"])


def test_curves_periods_and_dyads_of_a_day_are_the_same_whatever_came_later(northeast, stores, curve):
    assert curve == moderated(northeast, stores["both"])
    assert '"2012-07-10"' not in curve


def test_the_law_catches_a_curve_that_reads_the_whole_record(northeast, stores, curve, monkeypatch):
    """A fault planted once: the records of the curve are not cut."""
    monkeypatch.setattr(
        sensitivity_room, "case_events", lambda case, store, *, as_of, **how: case_events(case, store, **how)
    )
    assert moderated(northeast, stores["flood"]) != curve


def test_rows_in_any_order_give_one_answer(northeast, fit_2012):
    """The order in which files were read is no part of the record."""
    from lynchpin.model.design import expand
    from lynchpin.record.store import data_hash

    shuffled = fit_2012.events.select(*SCHEMA).sample(fraction=1.0, shuffle=True, seed=1)
    assert data_hash(shuffled) == fit_2012.made_from.data_hash
    acts = expand(classify(shuffled.sort("date", "event_id"), northeast.classes), northeast)
    np.testing.assert_array_equal(acts.day, fit_2012.design.layers.acts.day)


# Episodes and exposure: made from what came before the day, and from nothing else.

STATES = ("Japan", "South Korea", "United States")
CODES = ("Consult\t040", "Criticize or denounce\t111", "Make a visit\t042", "Host a visit\t043")


def coded(draw_from: random.Random, rows: int) -> list[str]:
    """A small and crowded feed: three states, four codes, a report most days, mirrored or not."""
    lines = []
    for n in range(rows):
        day = date(2012, 6, 20) + timedelta(days=draw_from.randrange(40))
        a, b = draw_from.sample(STATES, 2)
        text, code = draw_from.choice(CODES).split("\t")
        lines.append("\t".join([f"{n:04}", str(day), a, "", a, text, code, "1", b, "", b] + [""] * 9))
    return lines


@pytest.fixture(scope="module")
def feeds(tmp_path_factory):
    """A feed up to the day, and the whole of it."""
    folder = tmp_path_factory.mktemp("feeds")
    header, lines = "\t".join(source("icews").columns), coded(random.Random(1), 400)
    early = [line for line in lines if line.split("\t")[1] < str(AS_OF)]
    assert 50 < len(early) < 350
    for name, chosen in {"early": early, "all": lines}.items():
        (folder / f"{name}.tab").write_text("\n".join([header, *chosen, ""]), encoding="utf-8")
        with Store.open(folder / name, create=True) as store:
            store.ingest("icews", folder / f"{name}.tab")
    return folder / "early", folder / "all"


def seen(path, before):
    """Every view of a store as of a day, without the place each row was read from."""
    with Store.open(path, read_only=True) as store:
        episodes = store.events(before=before, view="episodes").drop("file", "row")
        return episodes.rows(), store.exposure(before=before).rows(), store.folded(before=before).to_dict()


def test_later_reports_change_no_episode_and_no_exposure(feeds):
    early, whole = feeds
    assert seen(early, AS_OF) == seen(whole, AS_OF) == seen(early, None)
    assert all(rows > 0 for rows in seen(whole, None)[2]["folded"].values()), "every fold has something to do"


def test_later_reports_move_only_counts_and_last_days(feeds):
    _, whole = feeds
    fixed = [name for name in SCHEMA if name not in ("file", "row")]
    with Store.open(whole, read_only=True) as store:
        reports = store.events()
    everything = fold(reports).events
    for days in range(0, 45, 4):
        day = date(2012, 6, 20) + timedelta(days=days)
        then = fold(reports.filter(pl.col("date") < day)).events
        assert then.select(fixed).equals(everything.filter(pl.col("date") < day).select(fixed))


def test_case_events_are_the_episodes_of_that_day(northeast, feeds):
    early, whole = feeds
    known = [case_events(northeast, path, as_of=AS_OF).drop("file", "row") for path in (early, whole)]
    assert "reports" in known[0].columns and known[0].equals(known[1])
    assert "reports" not in case_events(northeast, as_of=AS_OF).columns
    assert "reports" not in case_events(northeast, whole, as_of=AS_OF, episodes=False).columns


def test_the_law_catches_episodes_that_look_ahead(feeds, monkeypatch):
    """A fault planted once: fold first and cut afterwards."""
    early, whole = feeds
    honest = Store.events

    def folded_late(self, *, before=None, states=None, view="reports", fold=None, **options):
        found = honest(self, view=view, fold=fold)
        return found if before is None else found.filter(pl.col("date") < before)

    monkeypatch.setattr(Store, "events", folded_late)
    assert seen(early, AS_OF)[0] != seen(whole, AS_OF)[0]
