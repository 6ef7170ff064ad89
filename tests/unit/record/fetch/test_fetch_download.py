"""One file from a server that misbehaves: it arrives whole under its own name, or not at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.publisher import (
    PAGE,
    QUICK,
    Misdeed,
    Publisher,
    cuts_short,
    drips,
    endless,
    hangs,
    leads_to,
    md5,
    says,
    says_page,
    swaps,
    trickles,
)  # fmt: skip
from lynchpin.errors import BadData
from lynchpin.record.fetch import Fetched, Manners, Progress
from lynchpin.record.fetch._client import Client
from lynchpin.record.fetch.download import Wanted, download, download_all

BODY = random.Random(1).randbytes(200_000)

# what the server does first, the status it ends with, requests made
MENDS: dict[str, tuple[list[Misdeed], str, int]] = {
    "nothing wrong": ([], "fetched", 1),
    "500 then fine": ([says(500)], "fetched", 2),
    "503 twice": ([says(503), says(503)], "fetched", 3),
    "429 with Retry-After": ([says(429, Retry_After="0")], "fetched", 2),
    "cut short": ([cuts_short(0.4)], "fetched", 2),
    "cut short again and again": ([cuts_short(0.3)] * 6, "fetched", 7),
    "hangs, then resumed": ([hangs(0.5)], "fetched", 2),
    "drips": ([drips], "fetched", 2),
    "another place, as Dataverse's store": (
        [leads_to("/store/a.zip?X-Amz-Signature=1%2F2&X-Amz-Expires=60")],
        "fetched",
        1,
    ),
    "another place, which breaks off": ([leads_to("/store/broken.zip"), leads_to("/store/a.zip")], "fetched", 2),
    "another body, then the right one": ([swaps(b"x" * len(BODY))], "fetched", 2),
}

# what the server does always, what is said of it, requests at most
STAYS: dict[str, tuple[Misdeed, str, int]] = {
    "500": (says(500), "the server answers 500", 4),
    "403": (says(403), "the server answers 403", 1),
    "wrong md5": (swaps(b"y" * len(BODY)), "the md5 is", 2),
    "too short": (swaps(BODY[:-1]), "200,000 are announced", 2),
    "too long": (swaps(BODY + b"z"), "more bytes came than the 200,000 that are announced", 2),
    "never ends": (endless, "more bytes came than the 200,000 that are announced", 2),
    "a page for an error": (swaps(PAGE), "the server sent a web page instead of the file", 2),
    "a page of that length": (swaps(PAGE.ljust(len(BODY))), "the server sent a web page instead of the file", 2),
    "404 with a page": (says_page(404), "the server answers 404", 1),
    "a redirect to nowhere": (leads_to("/gone"), "the server answers 404", 1),
    "a redirect in a circle": (leads_to("/loop"), "too many redirects", 4),
    "hangs up at once": (cuts_short(0.0), "the connection broke off", 4),
}


def fetch(publisher: Publisher, folder: Path, manners: Manners = QUICK, **known: object) -> Fetched:
    publisher.files["/a.zip"] = publisher.files["/store/a.zip"] = publisher.files["/store/broken.zip"] = BODY
    publisher.files["/loop"] = b""
    publisher.misdeeds.setdefault("/loop", [leads_to("/loop")] * 99)
    publisher.misdeeds.setdefault("/store/broken.zip", [cuts_short(0.5)])
    wanted = Wanted("a.zip", f"{publisher.url}/a.zip", len(BODY), md5(BODY))
    client = Client(manners)
    try:
        return download(client, replace(wanted, **known), folder)  # type: ignore[arg-type]
    finally:
        client.close()


@pytest.mark.parametrize("case", MENDS)
def test_it_arrives_whole(publisher: Publisher, tmp_path: Path, case: str) -> None:
    misdeeds, status, tries = MENDS[case]
    publisher.misdeeds["/a.zip"] = list(misdeeds)
    found = fetch(publisher, tmp_path)
    assert (found.status, found.tries, found.why) == (status, tries, "")
    assert (tmp_path / "a.zip").read_bytes() == BODY
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("case", STAYS)
def test_it_fails_and_nothing_stands_under_its_name(publisher: Publisher, tmp_path: Path, case: str) -> None:
    misdeed, why, tries = STAYS[case]
    publisher.misdeeds["/a.zip"] = [misdeed] * 20
    found = fetch(publisher, tmp_path)
    assert (found.status, found.size_bytes, found.tries) == ("failed", 0, tries)
    assert why in found.why
    assert not (tmp_path / "a.zip").exists()


def test_no_server_at_all(tmp_path: Path) -> None:
    client = Client(QUICK)
    found = download(client, Wanted("a.zip", "http://127.0.0.1:9/a.zip", 1, ""), tmp_path)
    assert (found.status, found.why) == ("failed", "no connection to the server")
    assert list(tmp_path.iterdir()) == []


def test_a_broken_body_is_taken_up_where_it_ended(publisher: Publisher, tmp_path: Path) -> None:
    publisher.misdeeds["/a.zip"] = [cuts_short(0.5)]
    fetch(publisher, tmp_path)
    assert publisher.ranges == [("/a.zip", "bytes=100000-")]


def test_a_part_that_was_left_is_taken_up(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "a.zip.part").write_bytes(BODY[:150_000])
    assert fetch(publisher, tmp_path).status == "resumed"
    assert publisher.ranges == [("/a.zip", "bytes=150000-")]
    assert (tmp_path / "a.zip").read_bytes() == BODY


@pytest.mark.parametrize("part", [b"other" * 1000, BODY + b"more", BODY[:-1] + b"?"], ids=["other", "longer", "spoilt"])
def test_a_part_of_something_else_does_no_harm(publisher: Publisher, tmp_path: Path, part: bytes) -> None:
    (tmp_path / "a.zip.part").write_bytes(part)
    assert fetch(publisher, tmp_path).status == "resumed"
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_a_server_that_cannot_resume_sends_the_whole(publisher: Publisher, tmp_path: Path) -> None:
    publisher.lets_resume = False
    (tmp_path / "a.zip.part").write_bytes(BODY[:150_000])
    assert fetch(publisher, tmp_path).status == "resumed"
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_without_an_md5_nothing_is_joined(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "a.zip.part").write_bytes(b"?" * 1000)
    fetch(publisher, tmp_path, md5="")
    assert publisher.ranges == []
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_what_is_there_is_not_asked_for(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(BODY)
    assert fetch(publisher, tmp_path).status == "already there"
    assert publisher.asked["/a.zip"] == 0


def test_a_spoilt_file_under_the_right_name_is_replaced(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(BODY[:-1] + b"?")
    assert fetch(publisher, tmp_path).status == "fetched"
    assert (tmp_path / "a.zip").read_bytes() == BODY


@pytest.mark.skipif(os.name != "posix", reason="the lock is POSIX's")
def test_two_fetches_never_write_one_part(publisher: Publisher, tmp_path: Path) -> None:
    import fcntl

    with (tmp_path / "a.zip.part").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        found = fetch(publisher, tmp_path)
    assert (found.status, found.why) == ("failed", "another fetch is writing this file")
    assert fetch(publisher, tmp_path).status == "fetched"


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")
def test_a_killed_download_is_taken_up(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["/a.zip"] = BODY
    publisher.misdeeds["/a.zip"] = [hangs(0.5)]
    program = (
        "import sys; from pathlib import Path; from lynchpin.record.fetch._client import Client, Manners;"
        "from lynchpin.record.fetch.download import Wanted, download;"
        f"download(Client(Manners()), Wanted('a.zip', sys.argv[1], {len(BODY)}, {md5(BODY)!r}), Path(sys.argv[2]))"
    )
    child = subprocess.Popen([sys.executable, "-c", program, f"{publisher.url}/a.zip", str(tmp_path)])
    part, until = tmp_path / "a.zip.part", time.monotonic() + 10
    while time.monotonic() < until and (not part.exists() or part.stat().st_size < 60_000):
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait(5)
    left = part.stat().st_size
    assert 60_000 <= left <= 100_000
    assert not (tmp_path / "a.zip").exists()
    assert fetch(publisher, tmp_path).status == "resumed"
    assert publisher.ranges == [("/a.zip", f"bytes={left}-")]
    assert (tmp_path / "a.zip").read_bytes() == BODY


def test_retry_after_is_obeyed_up_to_the_longest_wait(publisher: Publisher, tmp_path: Path) -> None:
    publisher.misdeeds["/a.zip"] = [says(429, Retry_After="3600")]
    begun = time.monotonic()
    assert fetch(publisher, tmp_path).status == "fetched"
    assert 0.3 <= time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("failures", "retry_after", "least", "most"),
    [
        (1, None, 0.5, 1.0),
        (4, None, 4.0, 8.0),
        (30, None, 60.0, 120.0),
        (1, "7", 7.0, 7.0),
        (1, "900", 120.0, 120.0),
        (1, "Wed, 21 Oct 2015 07:28:00 GMT", 0.0, 0.0),
        (1, "soon", 0.5, 1.0),
    ],
)
def test_how_long_it_waits(failures: int, retry_after: str | None, least: float, most: float) -> None:
    waits = [Manners().wait_seconds(failures, retry_after) for _ in range(50)]
    assert least <= min(waits) <= max(waits) <= most
    assert least == most or len(set(waits)) > 40  # no two clients knock in step


def test_the_pace_is_kept(publisher: Publisher, tmp_path: Path) -> None:
    bodies = {f"{number}.zip": b"%d" % number for number in range(6)}
    publisher.files |= {f"/{name}": body for name, body in bodies.items()}
    wanted = [Wanted(name, f"{publisher.url}/{name}", len(body), md5(body)) for name, body in bodies.items()]
    begun = time.monotonic()
    client = Client(replace(QUICK, requests_per_second=20.0))
    found = download_all(client, wanted, tmp_path)
    assert [file.status for file in found] == ["fetched"] * 6
    assert time.monotonic() - begun >= 5 / 20
    assert publisher.agents == {f"lynchpin/{__import__('lynchpin').__version__}"}


def test_one_that_fails_does_not_stop_the_others_and_progress_adds_up(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files |= {"/a.zip": BODY, "/b.zip": BODY[:1000]}
    wanted = [
        *(
            Wanted(name, f"{publisher.url}/{name}", len(body), md5(body))
            for name, body in [("a.zip", BODY), ("b.zip", BODY[:1000])]
        ),
        Wanted("c.zip", f"{publisher.url}/c.zip", 10, ""),
    ]
    told: list[Progress] = []
    found = download_all(Client(QUICK), wanted, tmp_path / "new", progress=told.append)
    assert [file.status for file in found] == ["fetched", "fetched", "failed"]
    assert (told[-1].files_done, told[-1].files, told[-1].bytes_done, told[-1].bytes) == (3, 3, 201_000, 201_010)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadData, match="the folder cannot be made"):
        download_all(Client(QUICK), [], tmp_path / "file" / "below")


@pytest.mark.parametrize("is_list", [False, True])
def test_a_deadline_holds_with_all_tries_and_waits(publisher: Publisher, tmp_path: Path, is_list: bool) -> None:
    """A line that is slow and never dead, or a server that always asks to wait, held a fetch for ever."""
    publisher.files["/a.zip"] = BODY
    manners = replace(QUICK, tries=1000, slowest_bytes_per_second=0.1, deadline_seconds=0.6, list_deadline_seconds=0.6)
    for misdeed in (trickles, says(503, Retry_After="60")):
        publisher.misdeeds["/a.zip"] = [misdeed] * 1000
        wanted = Wanted(
            "a.zip", f"{publisher.url}/a.zip", None if is_list else len(BODY), "" if is_list else md5(BODY), is_list
        )
        began = time.monotonic()
        found = download(Client(manners), wanted, tmp_path)
        assert found.status == "failed" and "not whole after 0.6 seconds" in found.why
        assert time.monotonic() - began < 6


def test_a_list_without_an_end_is_left(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["/list.txt"] = b"1 a\n" * 1000
    publisher.misdeeds["/list.txt"] = [endless] * 9
    wanted = Wanted("list.txt", f"{publisher.url}/list.txt", is_list=True)
    found = download(Client(replace(QUICK, list_bytes=100_000)), wanted, tmp_path)
    assert found.status == "failed" and "more bytes came than the 100,000" in found.why


def test_a_server_that_knows_no_ranges(publisher: Publisher, tmp_path: Path) -> None:
    """It sends the whole again, with 200: what was there before is not put in front of it."""
    publisher.lets_resume = False
    publisher.misdeeds["/a.zip"] = [cuts_short(0.5)]
    found = fetch(publisher, tmp_path)
    assert (found.status, found.tries) == ("fetched", 2)
    assert (tmp_path / "a.zip").read_bytes() == BODY
