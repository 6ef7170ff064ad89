"""GDELT by its lists: the files of the days asked for, and every line that cannot be read told."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from helpers.publisher import PAGE, QUICK, Publisher, cuts_short, md5, says, says_page
from lynchpin.errors import BadData, BadValue
from lynchpin.record.fetch import FetchReport, fetch_gdelt
from lynchpin.record.fetch.gdelt import BASE_VARIABLE

NEW = {
    f"{stamp}.{kind}.zip": f"{stamp} {kind}".encode()
    for stamp in ("20150218230000", "20150219000000", "20150219001500", "20150221234500")
    for kind in ("export.CSV", "mentions.CSV", "gkg.csv")
}
OLD = {
    "2004.zip": b"a year",
    "200601.zip": b"a month",
    "201212.zip": b"another month",
    "20130401.export.CSV.zip": b"a day",
    "20150218.export.CSV.zip": b"the last day",
    "20150219.export.CSV.zip": b"a day of both",
}
BROKEN = [
    "12345",
    "99 nothex http://data.gdeltproject.org/gdeltv2/20150219003000.export.CSV.zip",
    "10 297a16b493de7cf6ca809a7cc31d0b93 http://data.gdeltproject.org/gdeltv2/20159999003000.export.CSV.zip",
    "10 297a16b493de7cf6ca809a7cc31d0b93 http://data.gdeltproject.org/gdeltv2/../../etc/passwd",
    "\ufffd\x00 odd",
]


def fetch(publisher: Publisher, folder: Path, first: str, last: str, **how: object) -> FetchReport:
    """The files of the days from the first to the last, both included: `until` is the day after."""
    until = date.fromisoformat(last) + timedelta(days=1)
    return fetch_gdelt(first, until, folder, base_url=publisher.url, manners=QUICK, **how)  # type: ignore[arg-type]


def there(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@pytest.fixture
def both(publisher: Publisher) -> Publisher:
    publisher.gdelt(NEW)
    publisher.old_gdelt(OLD)
    return publisher


# first day, last day, files beyond the lists
SPANS = [
    ("2015-02-19", "2015-02-19", ["20150219000000.export.CSV.zip", "20150219001500.export.CSV.zip"]),
    (
        "2015-02-18",
        "2015-02-19",
        ["20150218.export.CSV.zip", "20150219000000.export.CSV.zip", "20150219001500.export.CSV.zip"],
    ),
    ("2013-04-01", "2013-04-01", ["20130401.export.CSV.zip"]),
    ("2012-12-24", "2013-04-02", ["201212.zip", "20130401.export.CSV.zip"]),
    ("2004-06-01", "2006-01-01", ["2004.zip", "200601.zip"]),
    ("2020-01-01", "2020-01-02", []),
]


@pytest.mark.parametrize(("since", "until", "names"), SPANS)
def test_the_files_of_a_span_of_days(both: Publisher, tmp_path: Path, since: str, until: str, names: list[str]) -> None:
    report = fetch(both, tmp_path, since, until)
    assert sorted(there(tmp_path)) == names == [file.name for file in report.files]
    assert all(body == (OLD | NEW)[name] for name, body in there(tmp_path).items())
    assert not report.failed
    assert not report.malformed


def test_days_without_a_file_are_named(both: Publisher, tmp_path: Path) -> None:
    report = fetch(both, tmp_path, "2015-02-17", "2015-02-22")
    assert report.days_without_files == ("2015-02-17", "2015-02-20", "2015-02-22")
    assert "no file is listed for 3 of the days: 2015-02-17, 2015-02-20, 2015-02-22" in report.summary()


def test_kinds_of_file(both: Publisher, tmp_path: Path) -> None:
    fetch(both, tmp_path, "2015-02-21", "2015-02-21", kinds=("export", "mentions"))
    assert sorted(there(tmp_path)) == ["20150221234500.export.CSV.zip", "20150221234500.mentions.CSV.zip"]
    with pytest.raises(BadValue, match="no kind of file 'mention'"):
        fetch(both, tmp_path, "2015-02-21", "2015-02-21", kinds=("mention",))


def test_lines_that_cannot_be_read_are_kept_and_stop_nothing(publisher: Publisher, tmp_path: Path) -> None:
    publisher.gdelt(NEW, more_lines="\n".join(BROKEN) + "\n\n")
    report = fetch(publisher, tmp_path, "2015-02-19", "2015-02-19")
    assert len(there(tmp_path)) == 2
    assert [line.partition(": ")[2] for line in report.malformed] == [line.strip() for line in BROKEN]
    assert report.malformed[0] == "masterfilelist.txt, line 13: 12345"
    assert report.to_dict()["malformed_lines"] == 5
    assert "5 lines of the list could not be read" in report.summary()


def test_lines_of_the_old_lists_that_cannot_be_read(publisher: Publisher, tmp_path: Path) -> None:
    publisher.old_gdelt(
        OLD, more_sizes="x 20130402.export.CSV.zip\n1 ../2004.zip\n", more_sums="short 20130403.export.CSV.zip\n"
    )
    publisher.files["/events/filesizes"] += b"1088704384 GDELT.MASTERREDUCEDV2.1979-2013.zip\n"
    report = fetch(publisher, tmp_path, "2013-04-01", "2013-04-03")
    assert list(there(tmp_path)) == ["20130401.export.CSV.zip"]
    assert len(report.malformed) == 3


def test_a_second_run_asks_for_the_list_alone(both: Publisher, tmp_path: Path) -> None:
    fetch(both, tmp_path, "2015-02-19", "2015-02-19")
    before = sum(both.asked.values())
    report = fetch(both, tmp_path, "2015-02-19", "2015-02-19")
    assert report.counts == {"fetched": 0, "resumed": 0, "already there": 2, "failed": 0}
    assert sum(both.asked.values()) == before + 1


def test_what_failed_is_told_and_taken_up_later(both: Publisher, tmp_path: Path) -> None:
    address = "/gdeltv2/20150219001500.export.CSV.zip"
    both.misdeeds[address] = [cuts_short(0.5), *[says(500)] * 3, says(500)]
    report = fetch(both, tmp_path, "2015-02-19", "2015-02-19")
    assert [(file.name, file.why) for file in report.failed] == [
        (address[len("/gdeltv2/") :], "the server answers 500")
    ]
    assert "run the same command again" in report.summary()
    assert sorted(there(tmp_path)) == ["20150219000000.export.CSV.zip", "20150219001500.export.CSV.zip.part"]
    both.misdeeds.clear()
    assert fetch(both, tmp_path, "2015-02-19", "2015-02-19").counts["resumed"] == 1
    assert there(tmp_path) == {name: NEW[name] for name in NEW if name.startswith("20150219") and "export" in name}


def test_a_list_that_is_cut_short_is_never_taken_for_the_whole(both: Publisher, tmp_path: Path) -> None:
    both.misdeeds["/gdeltv2/masterfilelist.txt"] = [cuts_short(0.3), cuts_short(0.6)]
    assert len(fetch(both, tmp_path, "2015-02-19", "2015-02-21").files) == 3


def test_no_list_no_fetch(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(BadData, match="the list of files cannot be fetched: the server answers 404") as told:
        fetch(publisher, tmp_path / "new", "2015-02-19", "2015-02-19")
    assert BASE_VARIABLE in told.value.mend
    assert not (tmp_path / "new").exists()


def test_the_place_may_stand_in_the_environment(
    both: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BASE_VARIABLE, both.url + "/")
    report = fetch_gdelt(date(2015, 2, 19), date(2015, 2, 20), tmp_path, manners=QUICK)
    assert [file.url for file in report.files] == [f"{both.url}/gdeltv2/{name}" for name in sorted(there(tmp_path))]


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2015-02-20", "2015-02-19"),
        ("2015-02-19", "2015-02-19"),
        ("2015-2-1", "2015-02-19"),
        ("2015-02-30", "2015-03-01"),
    ],
)
def test_days_that_make_no_span(since: str, until: str, tmp_path: Path) -> None:
    with pytest.raises(BadValue):
        fetch_gdelt(since, until, tmp_path, base_url="http://127.0.0.1:9", manners=QUICK)


def test_nothing_is_asked_on_import() -> None:
    program = (
        "import sys; seen = []; asking = ('socket.connect', 'socket.getaddrinfo', 'socket.sendto');"
        "sys.addaudithook(lambda event, words: event in asking and seen.append(event));"
        "import lynchpin.record.fetch, lynchpin; print(seen)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert told.stdout.strip() == "[]", told.stdout + told.stderr


@pytest.mark.parametrize(
    ("path", "days"),
    [
        ("/gdeltv2/masterfilelist.txt", ("2015-02-19", "2015-02-19")),
        ("/events/md5sums", ("2015-02-18", "2015-02-18")),
        ("/events/filesizes", ("2015-02-18", "2015-02-18")),
    ],
)
@pytest.mark.parametrize("body", [PAGE, b"", b"\n\n", b"moved, see our new site\n"])
def test_a_list_without_a_line_that_can_be_used(
    both: Publisher, tmp_path: Path, path: str, days: tuple[str, str], body: bytes
) -> None:
    """A page that tells of an error, sent with "200 OK", was a list without files: nothing failed, nothing came."""
    both.files[path] = body
    with pytest.raises(BadData, match="holds no line that can be used") as caught:
        fetch(both, tmp_path, *days)
    assert caught.value.where.endswith(path) and "--base-url" in caught.value.mend
    assert there(tmp_path) == {}


def test_a_file_that_is_gone_does_not_stop_the_others(both: Publisher, tmp_path: Path) -> None:
    gone = "20150219000000.export.CSV.zip"
    both.misdeeds[f"/gdeltv2/{gone}"] = [says_page(404)] * 9
    report = fetch(both, tmp_path, "2015-02-19", "2015-02-19")
    assert [(file.name, file.why) for file in report.failed] == [(gone, "the server answers 404")]
    assert list(there(tmp_path)) == ["20150219001500.export.CSV.zip"]


def test_the_translated_stream_comes_beside_the_other_when_asked_for(both: Publisher, tmp_path: Path) -> None:
    name = "20150219000000.translation.export.CSV.zip"
    body = b"in other words"
    both.files[f"/gdeltv2/{name}"] = body
    line = f"{len(body)} {md5(body)} http://data.gdeltproject.org/gdeltv2/{name}\n"
    both.files["/gdeltv2/masterfilelist-translation.txt"] = line.encode()
    plain = ["20150219000000.export.CSV.zip", "20150219001500.export.CSV.zip"]
    assert [file.name for file in fetch(both, tmp_path, "2015-02-19", "2015-02-19").files] == plain
    found = fetch(both, tmp_path, "2015-02-19", "2015-02-19", translated=True)
    assert [file.name for file in found.files] == [plain[0], name, plain[1]]
    assert there(tmp_path)[name] == body and not found.failed


def test_until_leaves_its_day_out(both: Publisher, tmp_path: Path) -> None:
    report = fetch_gdelt("2015-02-18", "2015-02-19", tmp_path, base_url=both.url, manners=QUICK)
    assert [file.name for file in report.files] == ["20150218.export.CSV.zip"]
