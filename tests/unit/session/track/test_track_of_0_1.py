"""A track file that version 0.1.0 wrote is read as it is, and its chain holds."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from lynchpin.errors import BadData
from lynchpin.session.track import listed

FIELDS = (
    "number", "issued_at", "case_name", "origin", "horizon_days", "data_hash", "case_hash", "view", "seed", "draws",
    "version", "units", "last_event_date",
)  # fmt: skip
FORECAST = (
    "1", "2026-07-01T08:00:00Z", "northeast-asia", "2012-07-09", "31", "be3a", "0c1d", "reports", "7", "100", "0.1.0",
    json.dumps([["KOR", "JPN", "grievance"]]), "2012-07-08",
)  # fmt: skip
CHANCE = ("1", "lynchpin", "2012-07-09", "2012-08-09", "[[0.75,0.25]]")


def chain(texts: tuple[str, ...]) -> str:
    """The hash of the first forecast of a file, as layout 1 has it: each text after its length."""
    digest = hashlib.sha256(b"lynchpin track 1\n")
    for text in ("", *texts):
        digest.update(f"{len(text)}:{text}\n".encode())
    return digest.hexdigest()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "track.duckdb"
    texts = ", ".join(f"{name} VARCHAR" for name in FIELDS)
    with duckdb.connect(path) as connection:
        for sql in (
            "CREATE TABLE about (mark VARCHAR, layout INTEGER)",
            "INSERT INTO about VALUES ('lynchpin track', 1)",
            f"CREATE TABLE forecasts ({texts}, before VARCHAR, hash VARCHAR)",
            "CREATE TABLE chances (number VARCHAR, model VARCHAR, period_start VARCHAR, period_end VARCHAR, pmf VARCHAR)",
            "CREATE TABLE scores (number VARCHAR, model VARCHAR, period_start VARCHAR, period_end VARCHAR, "
            "metric VARCHAR, value DOUBLE, n BIGINT, record_hash VARCHAR)",
        ):
            connection.execute(sql).fetchall()
        row = [*FORECAST, "", chain((*FORECAST, *CHANCE))]
        connection.execute(f"INSERT INTO forecasts VALUES ({', '.join('?' * len(row))})", row).fetchall()
        connection.execute("INSERT INTO chances VALUES (?, ?, ?, ?, ?)", list(CHANCE)).fetchall()
    return path


def test_it_is_listed_as_it_was_issued(old: Path) -> None:
    (issued,) = listed(old).issued
    assert (issued.number, issued.case, issued.origin, issued.version) == (
        1,
        "northeast-asia",
        date(2012, 7, 9),
        "0.1.0",
    )


def test_a_change_in_it_is_seen(old: Path) -> None:
    with duckdb.connect(old) as connection:
        connection.execute("UPDATE chances SET pmf = '[[0.5,0.5]]'").fetchall()
    with pytest.raises(BadData, match="forecast 1 is not as it was issued"):
        listed(old)
