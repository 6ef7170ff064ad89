"""A filter at ingestion: what is left out is counted by reason, remembered, and changes no answer about what is kept."""

from __future__ import annotations

import gzip
import json
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lynchpin.cli import app
from lynchpin.cli._main import main
from lynchpin.errors import BadData, BadValue, UnknownName
from lynchpin.record.store import Filter, Store, filter_of
from lynchpin.record.store.check import EVERY_ROW
from lynchpin.testing.feeds import event_line, mention_line

PAIRS = [("JPN", "KOR"), ("KOR", "JPN"), ("USA", "JPN"), ("USA", "CHN"), ("", "KOR"), ("KOR", "KOR"), ("CHN", "RUS")]
THREE = Filter(("JPN", "KOR", "USA"))
DAYS = 6


def write_feed(folder: Path, name: str = "20191020000000.export.CSV", first: int = 0) -> Path:
    """Each pair on each of six days from 20 October 2019 on, and a row that is refused and one that is there twice."""
    lines = []
    for day in range(DAYS):
        stamp = f"201910{20 + day}"
        for at, (a, b) in enumerate(PAIRS):
            lines.append(
                event_line(
                    GLOBALEVENTID=str(first + 100 * day + at),
                    SQLDATE=stamp,
                    DATEADDED=f"{stamp}120000",
                    Actor1CountryCode=a,
                    Actor2CountryCode=b,
                )
            )
    lines += [lines[0], event_line(GLOBALEVENTID=f"{first}9999", SQLDATE="20191399")]
    file = folder / name
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def opened(folder: Path, keep: Filter = EVERY_ROW, name: str = "s.duckdb") -> Store:
    store = Store.open(folder / name, create=True)
    store.ingest(None, write_feed(folder), keep=keep)
    return store


@pytest.mark.parametrize(
    ("keep", "filtered", "accepted"),
    [
        (Filter(), {}, 42),
        (THREE, {"other_states": 18}, 24),  # of seven a day: USA -> CHN, nobody -> KOR and CHN -> RUS go
        (Filter(since=date(2019, 10, 22)), {"before_since": 14}, 28),
        (Filter(until=date(2019, 10, 22)), {"from_until_on": 28}, 14),
        # two days of seven, of which three each are of other states; what is outside the days counts as that alone
        (
            Filter(THREE.states, date(2019, 10, 21), date(2019, 10, 23)),
            {"before_since": 7, "from_until_on": 21, "other_states": 6},
            8,
        ),
    ],
)
def test_the_counts_add_up(tmp_path: Path, keep: Filter, filtered: dict[str, int], accepted: int) -> None:
    with Store.open(tmp_path / "s.duckdb", create=True) as store:
        report = store.ingest(None, write_feed(tmp_path), keep=keep)
        assert (report.filtered, report.accepted) == (filtered, accepted)
        assert report.read == 44 == report.accepted + report.refused + report.duplicates + sum(filtered.values())
        assert report.reasons == {"bad_date": 1, "exact_duplicate": 1}
        assert store.events().height == accepted and store.verify() == []
        told = store.info()
    assert (told["filtered"], told["filtered_by"]) == (sum(filtered.values()), filtered)
    kept = [{"states": list(keep.states), "since": keep.since, "until": keep.until, "kept": str(keep), "files": 1}]
    assert told["filters"] == (kept if keep else [])
    assert ("filtered" in report.summary()) == bool(keep)


def test_a_filtered_store_answers_as_the_whole_one(tmp_path: Path) -> None:
    with opened(tmp_path) as whole, opened(tmp_path, THREE, "t.duckdb") as part:
        assert part.events().equals(whole.events(among=THREE.states))
        assert part.daily().equals(whole.daily())  # seven reports a day, whoever they are of
        assert part.daily()["reports"].to_list() == [7] * DAYS
        assert part.daily(before=date(2019, 10, 23)).equals(whole.daily(before=date(2019, 10, 23)))
        assert part.exposure().equals(whole.exposure())


def test_days_that_were_left_out_have_no_volume(tmp_path: Path) -> None:
    with opened(tmp_path, Filter(since=date(2019, 10, 23))) as store:
        assert store.daily()["date"].to_list() == [date(2019, 10, 23) + timedelta(days=n) for n in range(3)]


def test_a_file_under_a_wider_filter_is_not_passed_over(tmp_path: Path) -> None:
    with opened(tmp_path, THREE) as store:
        for narrower in (THREE, Filter(("JPN", "KOR")), Filter(THREE.states, since=date(2019, 10, 21))):
            again = store.ingest(None, tmp_path / "20191020000000.export.CSV", keep=narrower)
            assert again.files[0].already and again.files[0].filtered == {"other_states": 18}
        for wider in (Filter(), Filter(("CHN", *THREE.states)), Filter(since=date(2019, 10, 21))):
            with pytest.raises(BadData, match=r"under another filter \(among JPN, KOR, USA\)"):
                store.ingest(None, tmp_path / "20191020000000.export.CSV", keep=wider)


def test_another_file_may_have_another_filter_and_info_says_so(tmp_path: Path) -> None:
    with opened(tmp_path, THREE) as store:
        store.ingest(None, write_feed(tmp_path, "20191027000000.export.CSV", first=5000))
        assert store.filters() == {Filter(): 1, THREE: 1}
        assert store.verify() == []
    found = CliRunner().invoke(app, ["store", "info", str(tmp_path / "s.duckdb")])
    assert "18 rows left out by a filter at ingestion (18 other_states):" in found.stdout
    assert "  among JPN, KOR, USA: 1 files" in found.stdout and "  every row: 1 files" in found.stdout


def test_an_export_and_a_compact_store_keep_the_filter(tmp_path: Path) -> None:
    with opened(tmp_path, THREE) as store:
        store.export(tmp_path / "out")
        daily = store.daily()
    Store.compact(tmp_path / "s.duckdb")
    with Store.open(tmp_path / "t.duckdb", create=True) as other:
        report = other.ingest(None, tmp_path / "out")
        assert report.filtered == {"other_states": 18} and report.read == 44
    for name in ("s.duckdb", "t.duckdb"):
        with Store.open(tmp_path / name, read_only=True) as store:
            assert store.filters() == {THREE: 1} and store.daily().equals(daily) and store.verify() == []


def test_mentions_are_asked_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.mentions.CSV").write_text(f"{mention_line()}\n", encoding="utf-8")
    with Store.open(tmp_path / "s.duckdb", create=True) as store:
        report = store.ingest(None, tmp_path / "a.mentions.CSV", keep=THREE)
        assert (report.accepted, report.filtered, store.filters()) == (1, {}, {})


@pytest.mark.parametrize(
    ("states", "since", "until", "kind", "what"),
    [
        ("KOR,UAE", None, None, UnknownName, "no state has the code 'UAE'"),
        ("KOR,JPX", None, None, UnknownName, "no state has the code 'JPX'"),
        ("KOR", None, None, BadValue, "needs two of them"),
        ("", None, None, BadValue, "needs two of them"),
        (None, "2019-10-02", "2019-10-02", BadValue, "no day is on or after 2019-10-02 and before 2019-10-02"),
        (None, "yesterday", None, BadValue, "yesterday"),
    ],
)
def test_what_cannot_be_asked(
    states: str | None, since: str | None, until: str | None, kind: type[Exception], what: str
) -> None:
    with pytest.raises(kind, match=what):
        filter_of(states, since, until)


def test_a_code_that_is_a_name_is_helped() -> None:
    with pytest.raises(UnknownName) as caught:
        filter_of("KOR,UAE")
    assert caught.value.mend == "did you mean 'ARE'?"
    assert filter_of(" usa, kor;JPN ") == THREE


# A broken file in a folder


def folder_with_broken_files(folder: Path) -> Path:
    there = folder / "feed"
    there.mkdir()
    write_feed(there)
    whole = gzip.compress(write_feed(folder, "b.export.CSV", first=7000).read_bytes())
    (there / "b.export.CSV.gz").write_bytes(whole[: len(whole) // 2])  # cut short
    (there / "c.export.CSV.zip").write_bytes(b"PK\x03\x04 and no more")
    (there / "README").write_text("about", encoding="utf-8")
    return there


def test_a_broken_file_does_not_stop_its_folder(tmp_path: Path) -> None:
    there = folder_with_broken_files(tmp_path)
    with Store.open(tmp_path / "s.duckdb", create=True) as store:
        report = store.ingest(None, there)
        assert report.accepted == store.events().height == 42
        assert [file.file for file in report.files] == ["20191020000000.export.CSV"]
    assert [Path(where).name for where, _ in report.failed] == ["b.export.CSV.gz", "c.export.CSV.zip"]
    assert all("archive is broken" in why for _, why in report.failed)
    assert [Path(where).name for where, _ in report.left_out] == ["README"]
    assert report.summary().splitlines()[-3].startswith("2 of the files could not be read")


def test_strict_leaves_with_2_and_the_others_are_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there, store = folder_with_broken_files(tmp_path), tmp_path / "s.duckdb"
    run = CliRunner().invoke
    plain = run(app, ["ingest", "auto", str(there), "--store", str(store), "--json"])
    assert plain.exit_code == 0 and len(json.loads(plain.stdout)["failed"]) == 2
    words = ["ingest", "auto", str(there), "--store", str(tmp_path / "t.duckdb"), "--strict"]
    monkeypatch.setattr(sys, "argv", ["lynchpin", *words])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    with Store.open(tmp_path / "t.duckdb", read_only=True) as opened:
        assert opened.events().height == 42


@pytest.mark.parametrize("name", ["b.export.CSV.gz", "c.export.CSV.zip"])
def test_a_broken_file_that_was_named_is_an_error(tmp_path: Path, name: str) -> None:
    there = folder_with_broken_files(tmp_path)
    with Store.open(tmp_path / "s.duckdb", create=True) as store, pytest.raises(BadData, match="archive is broken"):
        store.ingest(None, [there / name])


def test_a_folder_of_nothing_but_broken_files_is_an_error(tmp_path: Path) -> None:
    there = folder_with_broken_files(tmp_path)
    (there / "20191020000000.export.CSV").unlink()
    with (
        pytest.raises(BadData, match="there is no file to read") as caught,
        Store.open(tmp_path / "s.duckdb", create=True) as store,
    ):
        store.ingest(None, there)
    assert "b.export.CSV.gz: the archive is broken" in caught.value.mend
    assert not (tmp_path / "s.duckdb").exists()
