"""What is asked of a large store is answered in parts that fit into memory, and the answer is that of the whole."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import numpy as np
import polars as pl
import pytest

from helpers.reports import DAY, record, report
from lynchpin.account.cases import read_case
from lynchpin.record.store import FOLDS, ORDER, Selection, Store, data_hash, fold
from lynchpin.record.store import _file as store_file
from lynchpin.record.store.hashing import table_hash
from lynchpin.session.events import count_events, filter_events, list_events

WHO = ("KOR", "JPN", "USA", "PRK:Army", ":Barack Obama", ":Lawmaker", "JPN:Lawmaker")


@pytest.fixture(scope="module")
def reports() -> pl.DataFrame:
    """Crowded: every fold takes something in, sides are swapped, named without a state, or both on both sides."""
    rng = np.random.default_rng(7)
    rows = []
    for _ in range(1500):
        who, whom = rng.choice(len(WHO), 2, replace=False)
        code = str(rng.choice(["040", "036", "042", "043", "130"]))
        kind = "THREATEN" if code == "130" else "CONSULT"
        rows.append(report(int(rng.integers(0, 60)), WHO[who], WHO[whom], code, kind=kind))
    joint = [report(d, "KOR", "JPN", "040") | {"source": ["JPN", "KOR"], "target": ["JPN", "KOR"]} for d in (1, 3, 40)]
    by_hand = [report(d, "KOR", "JPN", "", status="verified") for d in (2, 2, 3)]
    return record(*rows, *joint, *by_hand)


@pytest.fixture(scope="module")
def store(reports, tmp_path_factory):
    path = tmp_path_factory.mktemp("parts") / "s.duckdb"
    with Store.open(path, create=True) as opened:
        store_file.insert(opened._connection, "events", reports)
    return path


def test_episodes_are_the_same_in_any_number_of_parts(reports, store):
    whole = fold(reports)
    assert all(whole.folded.values()), "every fold has something to do"
    with Store.open(store, read_only=True) as opened:
        for at_once in (10**6, 300, 40):
            parts = list(opened.folded_in_parts(Selection(), at_once=at_once))
            assert len(parts) == -(-reports.height // at_once)
            together = pl.concat([part.events for part in parts]).sort(ORDER)
            assert together.equals(whole.events.select(together.columns))
            for name in FOLDS:
                assert sum(part.folded[name] for part in parts) == whole.folded[name]
        assert opened.fold_counts() == whole.to_dict()


@pytest.mark.parametrize("at_once", [1_000_000, 97, 1])
def test_the_hash_is_the_same_in_any_number_of_parts(reports, store, at_once):
    few = reports if at_once > 1 else reports.head(120)
    twice = pl.concat([few, few.head(50)])  # a store holds none, but a hash has no say in that
    ids = pl.Series([f"{n}" * (n % 4) for n in range(twice.height)])  # of several lengths, empty ones too
    spoiled = twice.with_columns(event_id=pl.when(pl.int_range(pl.len()) % 7 == 0).then(None).otherwise(ids))
    with Store.open(store, read_only=True) as opened:
        assert opened.content_hash() == data_hash(reports)
        if at_once > 1:
            assert table_hash(opened._connection, "events", at_once=at_once) == data_hash(reports)
    with duckdb.connect() as memory:
        store_file.run(memory, "CREATE TABLE given_rows AS SELECT * FROM given", given=store_file.Stream(spoiled))
        assert table_hash(memory, "given_rows", at_once=at_once) == data_hash(spoiled)
        store_file.run(memory, "DELETE FROM given_rows")
        assert table_hash(memory, "given_rows") == data_hash(spoiled.clear())


def test_the_events_that_are_shown_are_those_of_the_whole(reports, store, monkeypatch):
    case = read_case("northeast-asia")
    every = filter_events(case, store, episodes=True)
    whole = fold(reports).events
    assert every["event_id"].to_list() == whole["event_id"].to_list()
    monkeypatch.setattr(
        Store.folded_in_parts, "__kwdefaults__", {**Store.folded_in_parts.__kwdefaults__, "at_once": 300}
    )
    assert filter_events(case, store, episodes=True).equals(every)
    newest = list_events(case, store, episodes=True, limit=7)
    assert newest.total == every.height and newest.rows.equals(every.tail(7))
    some = {"states": ["KOR"], "since": DAY + timedelta(days=10), "until": DAY + timedelta(days=20)}
    fits = pl.col("source").list.contains("KOR") | pl.col("target").list.contains("KOR")
    chosen = every.filter(fits, pl.col("date").is_between(some["since"], some["until"], closed="left"))
    assert list_events(case, store, episodes=True, **some).rows["event_id"].equals(chosen["event_id"])
    for by in ("year", "class", "type", "dyad", "status"):
        counted = list_events(case, store, episodes=True, count=by)
        assert counted.rows.equals(count_events(every, by)), by
        assert counted.total == every.height
