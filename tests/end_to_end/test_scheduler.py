"""A dask scheduler does the work: the same bytes, and one sentence when it cannot."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from lynchpin.record.store import Store
from lynchpin.session import cluster

distributed = pytest.importorskip("distributed")


#: What a fit took, which is never the same.
TOOK = re.compile(r'"seconds": [0-9.e-]+')


def made(workers: int):
    """A scheduler and workers in this process, that speak over sockets all the same."""
    options = {"protocol": "tcp://", "dashboard_address": ":0", "host": "127.0.0.1"}
    return distributed.LocalCluster(n_workers=workers, threads_per_worker=1, processes=False, **options)


@pytest.fixture(scope="module")
def address():
    with made(2) as two:
        yield two.scheduler_address


@pytest.fixture(scope="module")
def folder(northeast, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cluster")
    with Store.open(folder / "store", create=True) as store:
        store.ingest("chronology", [northeast.events_file])
    rows = [
        f"{day},{sender},{receiver}" for day, sender, receiver in zip(range(60), "abc" * 20, "bca" * 20, strict=True)
    ]
    (folder / "stream.csv").write_text("\n".join(["time,sender,receiver", *rows, "60,a,c", "61,c,a"]) + "\n")
    return folder


ASKED = {
    "backtest": "backtest --dyads top:3 --store store --from 2012-04-01 --to 2012-06-01 --horizon 1m",
    "claims": "claims lateral --triads USA-JPN-KOR --on 2012-07-09 --as-of 2012-07-09 --store store",
    "sensitivity": "sensitivity northeast-asia patron_push --as-of 2006-07-09 --vary counts",
    "whatif": "whatif northeast-asia --as-of 2012-07-09 --silence PRK --days 60 --draws 200",
    "rem": "rem stream.csv --effects reciprocity(10) --random sender",
}


@pytest.mark.parametrize("name", ASKED)
def test_the_same_bytes(address, folder, monkeypatch, run, name):
    monkeypatch.chdir(folder)
    code, alone, said = run(*ASKED[name].split(), "--json")
    _, spread, _ = run(*ASKED[name].split(), "--json", "--scheduler", address)
    assert code == 0 and len(alone) > 500, said
    assert TOOK.sub("", spread) == TOOK.sub("", alone)


def test_the_cluster_is_left_as_it_was(address):
    with cluster.at(address) as crew:
        assert crew.submit(len, "four").result() == 4
    with distributed.Client(address, set_as_default=False) as client:
        assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0


def test_no_scheduler_there(monkeypatch, run):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    code, _, said = run("rem", "none.csv", "--effects", "inertia", "--scheduler", f"tcp://127.0.0.1:{port}")
    assert code == 2 and "no scheduler answers at tcp://127.0.0.1" in said and "dask scheduler" in said


@pytest.mark.parametrize("wrong", ["nonsense://x", "tcp://", "127.0.0.1:notaport"])
def test_no_address(monkeypatch, run, wrong):
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1)
    code, _, said = run("rem", "none.csv", "--effects", "inertia", "--scheduler", wrong)
    assert code == 2 and "no scheduler answers at" in said


def test_a_scheduler_without_workers(monkeypatch, run):
    monkeypatch.setattr(cluster, "WORKERS_WITHIN", 0.3)
    with made(0) as empty:
        code, _, said = run("rem", "none.csv", "--effects", "inertia", "--scheduler", empty.scheduler_address)
    assert code == 2 and "has no worker" in said


def test_workers_and_a_scheduler_do_not_go_together(folder, monkeypatch, run):
    monkeypatch.chdir(folder)
    code, _, said = run(*ASKED["rem"].split(), "--workers", "2", "--scheduler", "tcp://127.0.0.1:1")
    assert code == 2 and "leave one of the two away" in said


@pytest.mark.parametrize("option", ["--workers=2", "--scheduler=tcp://127.0.0.1:1"])
def test_a_ledger_is_not_spread(run, option):
    code, _, said = run("claims", "northeast-asia", option)
    assert code == 2 and "one thread's work" in said
