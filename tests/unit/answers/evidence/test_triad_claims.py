"""One theory on triads: the embedded record makes one, and a record of three makes a forest."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import polars as pl
import pytest

from lynchpin import cli
from lynchpin.answers.evidence import triads as module
from lynchpin.answers.evidence.triads import triad_claims
from lynchpin.errors import BadValue
from lynchpin.record.store import Store
from lynchpin.report.plots import forest as picture

OURS = "USA-JPN-KOR"


@pytest.fixture(scope="module")
def record(northeast, tmp_path_factory):
    file = tmp_path_factory.mktemp("triads") / "record.duckdb"
    with Store.open(file, create=True) as store:
        store.ingest("chronology", [northeast.events_file])
    return file


@pytest.fixture(scope="module")
def ledger(record):
    return triad_claims("lateral", record, on="2012-07-09", as_of="2012-07-09", only=[OURS])


def test_one_triad_says_its_own_and_is_not_pooled(ledger):
    assert [claim.mechanism for claim in ledger.claims][:2] == ["patron_push", "shared_threat"]
    assert ledger.made_from.last_event_date < date(2012, 7, 9) == ledger.made_from.origin
    for claim in ledger.claims:
        (triad,) = claim.splits
        assert triad.part == "USA-JPN-KOR" and claim.pooled is None
        assert triad.n_target_events > 50 and triad.weight is None
        if triad.rate_ratio is not None:
            assert triad.rate_ratio_lower < triad.rate_ratio < triad.rate_ratio_upper
            assert triad.rate_ratio == pytest.approx(2.0**triad.estimate)
    assert "too few triads with data to pool" in ledger.summary()


def test_the_effect_is_that_of_the_ledger_of_the_bound_case(ledger, record):
    """One question, one answer: `claims` of the case that the triad makes says the same."""
    from lynchpin.account.cases import bind, read_known, read_theory
    from lynchpin.account.structure import Structure
    from lynchpin.answers.evidence.claims import claims
    from lynchpin.model import fit_case

    (triad,) = (t for t in bind(read_theory("lateral"), Structure.open(), date(2012, 7, 9)) if t.name == OURS)
    rows = {row.mechanism: row for row in claims(fit_case(read_known(triad.case(), record, as_of="2012-07-09")))}
    for claim in ledger.claims:
        (own,) = claim.splits
        assert own.estimate == pytest.approx(rows[claim.mechanism].estimate, rel=1e-12)
        assert own.standard_error == pytest.approx(rows[claim.mechanism].standard_error, rel=1e-12)


def test_a_frame_a_picture_and_plain_values(ledger):
    frame = ledger.to_frame()
    assert frame.height == len(ledger.claims) and {"mechanism", "triad", "rate_ratio"} <= set(frame.columns)
    shown = picture.data(ledger.claims[0], "triad")
    assert shown.height == 1 and shown["label"][0].startswith("United States")
    chart = ledger.plot("patron_push").to_dict()
    assert chart["layer"] and "United States" in chart["description"]
    assert ledger.to_dict()["claims"][0]["triads"][0]["triad"] == "USA-JPN-KOR"


def test_pairs_of_which_the_record_says_nothing_are_named_with_their_counts(record):
    """With nothing imported the theory fits many pairs; the embedded record follows one of them."""
    found = triad_claims("lateral", record, on="2012-07-09", as_of="2012-07-09")
    for claim in found.claims:
        few = [split for split in claim.splits if split.left_out_because == "fewer than 5 acts between the two"]
        assert len(claim.splits) == 20 and len(few) == 19 and claim.splits[0].part == OURS


def test_no_triad_is_one_clear_error(record):
    with pytest.raises(BadValue, match="no triad fits the theory lateral"):
        triad_claims("lateral", record, on="2012-07-09", only=("USA-ABC-XYZ",))


def test_a_forest_names_what_it_cannot_draw(ledger):
    claim = ledger.claims[0]
    (own,) = claim.splits
    short = [
        replace(own, part=name, title=name, n_cause_events=cause, n_target_events=target, effect=None)
        for name, cause, target in [("A", 3, 4), ("B", 9, 1), ("C", 0, 0), *((f"D{k}", 2, 2) for k in range(9))]
    ]
    shown = picture.data(replace(claim, splits=(own, *short)), "triad")
    assert shown["kind"].to_list() == ["triad", *["few"] * picture.MOST_FEW, "rest"]
    few = shown.filter(kind="few")
    assert few["label"][0] == "A" and few["acts"][0] == "3 / 4"  # most on the thinner side first
    assert set(few["text"]) == {"too little data"} and few["ratio"].null_count() == few.height
    assert shown["label"][-1] == "And 4 more with fewer acts, or none"
    assert picture.draw(shown, "triad").to_dict(validate=True)["layer"]


def test_forests_as_a_page_and_a_picture(record, tmp_path, monkeypatch, capsys):
    pytest.importorskip("vl_convert")
    asked = ["claims", "lateral", "--triads", OURS, "--events", record, "--on", "2012-07-09", "--as-of", "2012-07-09"]
    for name in ("forest.html", "forest.svg"):
        monkeypatch.setattr(sys, "argv", ["lynchpin", *map(str, asked), "--out", str(tmp_path / name)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert not left.value.code and f"written to {tmp_path / name}" in capsys.readouterr().out
    page = (tmp_path / "forest.html").read_text(encoding="utf-8")
    assert "L1 · Patron push" in page and "USA-JPN-KOR" in page and "too few triads with data to pool" in page
    assert "Japan and South Korea" in (tmp_path / "forest.svg").read_text(encoding="utf-8")


def test_acts_are_counted_where_nothing_is_fitted(record, ledger, monkeypatch):
    monkeypatch.setattr(module, "FEWEST", 10_000)
    found = triad_claims("lateral", record, on="2012-07-09", as_of="2012-07-09", only=[OURS])
    for claim, fitted in zip(found.claims, ledger.claims, strict=True):
        (triad,), (other,) = claim.splits, fitted.splits
        assert triad.left_out_because == "fewer than 10000 acts between the two" and triad.effect is None
        assert (triad.n_cause_events, triad.n_target_events) == (other.n_cause_events, other.n_target_events)


def test_a_record_is_cut_by_who_is_followed():
    """Five rows: whose of them a triad's task carries, and how many acts of a class its two have, by hand."""
    rows = [
        (["JPN"], ["KOR"], "a"),  # between the two
        (["JPN", "KOR", "USA"], ["JPN", "KOR", "USA"], "a"),  # a joint act: once between the two
        (["KOR"], ["JPN"], None),  # no class: carried, not counted
        (["DEU"], ["FRA"], "a"),
        ([], ["USA"], "b"),  # one side unknown
        (None, None, None),  # the volume of a day: nobody's act
    ]
    schema = {"source": pl.List(pl.String), "target": pl.List(pl.String), "event_class": pl.String}
    events = pl.DataFrame(rows, schema=schema, orient="row")
    triads = [SimpleNamespace(two=("KOR", "JPN")), SimpleNamespace(two=("DEU", "ITA"))]
    assert module._between(events, triads) == [2, 0]
    cases = [SimpleNamespace(followed=("JPN", "KOR", "USA")), SimpleNamespace(followed=("FRA", "ITA"))]
    assert [found.tolist() for found in module._own_rows(events, cases)] == [[0, 1, 2, 4], [3]]


def test_the_largest_triad_is_begun_first(record, monkeypatch):
    """By the rows that its task carries: the chronology has more of Japan and Korea than of any other two."""
    begun: list[tuple[int, str]] = []
    honest = module._parts
    note = lambda task: (begun.append((task.known.events.height, task.triad.name)), honest(task))[1]  # noqa: E731
    monkeypatch.setattr(module, "_parts", note)
    told = triad_claims("lateral", record, on="2012-07-09", as_of="2012-07-09")
    sizes = [size for size, _ in begun]
    assert begun[0][1] == OURS and sizes == sorted(sizes, reverse=True) and sizes[0] > sizes[-1]
    assert {part.part for part in told.claims[0].splits} == {name for _, name in begun}
