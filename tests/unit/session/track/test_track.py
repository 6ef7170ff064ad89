"""A track record: what was issued stays, what has come is scored once, and a changed row is seen."""

from __future__ import annotations

import shutil

import duckdb
import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import case_events, read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.answers.forecast.forecast import foresee
from lynchpin.answers.forecast.months import make_panel
from lynchpin.days import day_number
from lynchpin.engine.scoring.scores import crps, log_score
from lynchpin.errors import BadData, BadValue
from lynchpin.record.store import Store
from lynchpin.session.facade import fit
from lynchpin.session.stages import stage_by
from lynchpin.session.track import issue, listed, score

AS_OF = "2016-11-24"  # the day after an event: the record is not quiet, so the forecast stands there


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("track")
    write_new_case("small", folder)
    return read_case(folder / "small")


@pytest.fixture(scope="module")
def issued(small, tmp_path_factory):
    """One forecast issued; the bytes of the file, so that each test begins anew."""
    file = tmp_path_factory.mktemp("file") / "track.duckdb"
    one = issue(file, small, as_of=AS_OF, days=60, draws=100)
    return file.read_bytes(), one


@pytest.fixture
def file(issued, tmp_path):
    path = tmp_path / "track.duckdb"
    path.write_bytes(issued[0])
    return path


def everything(file):
    with duckdb.connect(str(file), read_only=True) as connection:
        return {
            t: connection.execute(f"SELECT * FROM {t} ORDER BY ALL").fetchall()
            for t in ("forecasts", "chances", "scores")
        }


def test_what_was_issued_is_what_was_forecast(small, issued, file):
    _, one = issued
    assert (one.number, one.case, str(one.origin), one.periods, one.periods_scored) == (1, "small", AS_OF, 3, 0)
    assert one.data_hash == fit(small, as_of=AS_OF).made_from.data_hash


def test_scores_are_those_of_the_forecast(small, file):
    found = score(file, small).scores
    outlook = foresee(fit(small, as_of=AS_OF), days=60, draws=100)
    record = case_events(small)
    panel = make_panel(record, outlook.panel.units, record["date"].max(), start=outlook.origin)
    for model, months in outlook.months.items():
        for said, start, end in zip(months, ("2016-11-24", "2016-12-24"), ("2016-12-24", "2017-01-24"), strict=True):
            days = [day_number(pl.Series([day]).str.to_date()[0]) for day in (start, end)]
            came = panel.between(*days)
            told = found.filter((pl.col("model") == model) & (pl.col("period_end") == pl.lit(end).str.to_date()))
            value = dict(
                told.filter(pl.col("period_start") == pl.lit(start).str.to_date()).select("metric", "value").iter_rows()
            )
            np.testing.assert_allclose(value["crps"], crps(said, came).mean(), rtol=1e-6, atol=1e-9)
            np.testing.assert_allclose(value["log_score"], log_score(said, came).mean(), rtol=1e-6, atol=1e-9)


def test_issuing_and_scoring_again_change_nothing(small, issued, file):
    again = issue(file, small, as_of=AS_OF, days=60, draws=100)
    assert again == issued[1]
    score(file, small)
    before = everything(file)
    score(file, small)
    assert everything(file) == before
    assert listed(file).issued[0].periods_scored == 3


def test_a_score_stays_when_the_record_changes(small, file, tmp_path):
    score(file, small)
    before = everything(file)
    rows = (small.path.parent / "events.csv").read_text().splitlines()
    (tmp_path / "more.csv").write_text("\n".join(rows[:-1]) + "\n")
    with Store.open(tmp_path / "s", create=True) as store:
        store.ingest("chronology", tmp_path / "more.csv")
    score(file, small, tmp_path / "s")
    assert everything(file) == before


def test_only_periods_that_have_ended_are_scored(small, file, tmp_path):
    rows = (small.path.parent / "events.csv").read_text().splitlines()
    dated = [row for row in rows[1:] if row.split(",")[1] < "2017-01-15"]
    (tmp_path / "early.csv").write_text("\n".join([rows[0], *dated]) + "\n")
    with Store.open(tmp_path / "s", create=True) as store:
        store.ingest("chronology", tmp_path / "early.csv")
    last = max(row.split(",")[1] for row in dated)
    found = score(file, small, tmp_path / "s")
    assert last == "2017-01-09"  # the first month ended, the second and the whole have not
    assert found.issued[0].periods_scored == 1
    assert score(file, small).issued[0].periods_scored == 3


def test_a_store_that_grows_is_scored_month_by_month_and_a_late_feed_is_waited_for(small, file, tmp_path):
    header, *rows = (small.path.parent / "events.csv").read_text().splitlines()
    rows.sort(key=lambda row: row.split(",")[1])
    store, told = tmp_path / "s", []
    with Store.open(store, create=True):
        pass
    for begin, end in (("0000", "2016-11-24"), ("2016-11-24", "2017-01-15"), ("2017-01-15", "9999")):
        part = tmp_path / f"{end}.csv"
        part.write_text("\n".join([header, *(row for row in rows if begin <= row.split(",")[1] < end)]) + "\n")
        with Store.open(store) as opened:
            opened.ingest("chronology", part)
        told += [score(file, small, store, lag=lag) for lag in ("30d", 0)]
    assert [one.issued[0].periods_scored for one in told] == [0, 0, 0, 1, 3, 3]
    first = told[3].scores  # the first month, which ended weeks before the record did
    key = [name for name in first.columns if name not in ("value", "record_hash")]
    kept = told[-1].scores.join(first.select(key), on=key, how="semi")
    assert first.height and first.sort(key).equals(kept.sort(key))  # as it was scored, with the hash of the record then


def test_the_chain_goes_on(small, file):
    second = issue(file, small, as_of="2017-01-10", days=30, draws=100)
    track = listed(file)
    assert second.number == 2 and [one.number for one in track.issued] == [1, 2]
    assert len({one.hash for one in track.issued}) == 2


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE forecasts SET origin = '2016-07-31'",
        "UPDATE chances SET pmf = replace(pmf, '0.9', '0.8') WHERE model = 'lynchpin'",
        "DELETE FROM chances WHERE model = 'zero'",
        "UPDATE forecasts SET issued_at = '2001-01-01T00:00:00Z'",
        "DELETE FROM forecasts",
    ],
)
def test_what_was_changed_is_seen(file, tampering):
    with duckdb.connect(str(file)) as connection:
        connection.execute(tampering)
    with pytest.raises(BadData, match=r"not as it was issued|belong to no forecast"):
        listed(file)


def test_bad_files_are_clear_errors(small, tmp_path):
    with pytest.raises(BadData, match="no such track record"):
        listed(tmp_path / "none.duckdb")
    (tmp_path / "text.duckdb").write_text("hello")
    with pytest.raises(BadData, match="cannot open"):
        listed(tmp_path / "text.duckdb")
    with Store.open(tmp_path / "store.duckdb", create=True):
        pass
    with pytest.raises(BadData, match="no track record"):
        listed(tmp_path / "store.duckdb")
    with pytest.raises(BadValue):
        issue(tmp_path / "new.duckdb", small, as_of="1990-01-01")
    assert not (tmp_path / "new.duckdb").exists()


@pytest.fixture(scope="module")
def foreseen(northeast, tmp_path_factory):
    """A year of the flagship, from the embedded case; the bytes of the file."""
    file = tmp_path_factory.mktemp("stage") / "track.duckdb"
    one = issue(file, northeast, as_of="2012-07-09", agreement="gsomia-jpn-kor", by="2013-07-08", draws=30)
    return file.read_bytes(), one


def test_the_stage_of_an_agreement_is_scored(northeast, foreseen, tmp_path):
    file = tmp_path / "track.duckdb"
    file.write_bytes(foreseen[0])
    one = foreseen[1]
    assert (one.agreement, one.horizon_days, one.periods, one.draws) == ("gsomia-jpn-kor", 365, 1, 30)
    _, said = stage_by(northeast, "gsomia-jpn-kor", "2013-07-08", as_of="2012-07-09", draws=30)
    found = score(file, northeast)
    value = {(model, metric): v for model, metric, v in found.scores.select("model", "metric", "value").iter_rows()}
    came = "suspended"  # since 2012-07-11, as the stage file has it
    for model, chances in (
        ("lynchpin", {c.stage: c.probability for c in said.stages}),
        ("base rate", {c.stage: c.probability for c in said.baselines if c.model == "base rate"}),
        ("constant kind", {c.stage: c.probability for c in said.baselines if c.model == "constant kind"}),
    ):
        brier = sum((p - (stage == came)) ** 2 for stage, p in chances.items())
        assert value[model, "stage_brier"] == pytest.approx(brier, rel=1e-6)
        assert value[model, "stage_log"] == pytest.approx(-np.log(chances[came]), rel=1e-6)
    before = everything(file)
    assert score(file, northeast).issued[0].periods_scored == 1 and everything(file) == before


def test_a_stage_that_is_not_known_yet_is_not_scored(northeast, foreseen, tmp_path):
    shutil.copytree(northeast.path.parent, tmp_path / "case")
    file, stages = tmp_path / "track.duckdb", tmp_path / "case" / northeast.stages_file.name
    file.write_bytes(foreseen[0])
    rows = stages.read_text().splitlines()
    stages.write_text("\n".join([rows[0], *(row for row in rows[1:] if row.split(",")[1] < "2013-07-01")]) + "\n")
    assert score(file, read_case(tmp_path / "case" / "case.toml")).scores.is_empty()
    assert not score(file, northeast).scores.is_empty()


def test_changed_chances_of_a_stage_are_seen(foreseen, tmp_path):
    file = tmp_path / "track.duckdb"
    file.write_bytes(foreseen[0])
    with duckdb.connect(str(file)) as connection:
        connection.execute("UPDATE chances SET pmf = replace(pmf, '0.', '0.1') WHERE model = 'lynchpin'")
    with pytest.raises(BadData, match="not as it was issued"):
        listed(file)


def test_an_agreement_needs_its_day(northeast, tmp_path):
    with pytest.raises(BadValue, match="go together"):
        issue(tmp_path / "t.duckdb", northeast, as_of="2012-07-09", agreement="gsomia-jpn-kor")


def test_another_case_is_told_apart(file, northeast):
    with pytest.raises(BadValue, match="no forecast of northeast-asia"):
        score(file, northeast)
    assert listed(file, "small").issued and not listed(file, "northeast-asia").issued
