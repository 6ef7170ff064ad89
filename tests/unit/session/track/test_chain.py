"""The chain of a track record: whoever replaces a forecast has to issue every later one anew, and that is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from lynchpin.errors import BadData
from lynchpin.session.track import _file

FIELDS = {name: name for name in _file.FORECAST if name not in ("number", "issued_at")}
PERIOD = ("2012-07-09", "2012-08-09")


def chances(p: float) -> list[tuple[str, ...]]:
    return [("lynchpin", *PERIOD, f"[[{p}]]"), ("zero", *PERIOD, "[[1.0]]")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three forecasts, one after the other."""
    path = tmp_path / "track.duckdb"
    with _file.opened(path, create=True) as connection:
        for number, p in enumerate((0.25, 0.5, 0.75), 1):
            assert _file.add(connection, FIELDS | {"seed": str(number)}, chances(p)) == number
    return path


def rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file)) as connection:
        return connection.execute(sql).fetchall()


def whole(file: Path) -> bool:
    try:
        with _file.opened(file):
            return True
    except BadData as broken:
        assert "not as it was issued" in broken.what
        return False


def replaced(file: Path, number: int, **changed: str) -> str:
    """Put other fields into a forecast, with the hash that now belongs to it; that hash."""
    (told,) = rows(file, f"SELECT {', '.join(_file.FORECAST)}, before FROM forecasts WHERE number = '{number}'")
    forecast = dict(zip(_file.FORECAST, told[:-1], strict=True)) | changed
    said = rows(file, f"SELECT {', '.join(_file.CHANCE)} FROM chances WHERE number = '{number}'")
    fresh = _file.chain_hash(told[-1], forecast, said)
    assignments = ", ".join(f"{name} = '{value}'" for name, value in (changed | {"hash": fresh}).items())
    rows(file, f"UPDATE forecasts SET {assignments} WHERE number = '{number}'")
    return fresh


def test_each_forecast_names_the_one_before_it(file: Path) -> None:
    told = rows(file, "SELECT number, before, hash FROM forecasts ORDER BY number")
    assert [number for number, _, _ in told] == ["1", "2", "3"]
    assert [before for _, before, _ in told] == ["", told[0][2], told[1][2]]
    assert len({mark for _, _, mark in told}) == 3 and whole(file)


def test_a_hash_hangs_on_the_one_before_it() -> None:
    forecast = FIELDS | {"number": "2", "issued_at": "2012-07-09T08:00:00Z"}
    numbered = [("2", *row) for row in chances(0.5)]
    first = _file.chain_hash("a" * 64, forecast, numbered)
    assert first == _file.chain_hash("a" * 64, forecast, numbered[::-1]), "the order of the rows says nothing"
    assert first != _file.chain_hash("b" * 64, forecast, numbered)
    for name in _file.FORECAST:
        assert first != _file.chain_hash("a" * 64, forecast | {name: "other"}, numbered), name


@pytest.mark.parametrize("number", [1, 2])
def test_a_forecast_replaced_with_its_hash_is_refused(file: Path, number: int) -> None:
    replaced(file, number, draws="9")
    assert not whole(file)


@pytest.mark.parametrize("number", [1, 2])
def test_and_refused_where_the_next_row_names_the_new_hash(file: Path, number: int) -> None:
    """The next row's own hash was made over the old one."""
    fresh = replaced(file, number, draws="9")
    rows(file, f"UPDATE forecasts SET before = '{fresh}' WHERE number = '{number + 1}'")
    assert not whole(file)


def test_and_refused_where_the_next_row_is_hashed_anew_but_not_the_one_after(file: Path) -> None:
    fresh = replaced(file, 1, draws="9")
    replaced(file, 2)  # with the hash over what it says of the one before
    rows(file, f"UPDATE forecasts SET before = '{fresh}' WHERE number = '2'")
    replaced(file, 2)
    assert not whole(file)


def test_forecasts_that_change_places_or_leave_are_seen(file: Path) -> None:
    sound = file.read_bytes()
    for sql in (
        "UPDATE forecasts SET number = CASE number WHEN '1' THEN '2' WHEN '2' THEN '1' ELSE number END",
        "DELETE FROM forecasts WHERE number = '2'",
        "UPDATE forecasts SET before = '' WHERE number = '2'",
        "INSERT INTO forecasts SELECT * FROM forecasts WHERE number = '3'",
        "INSERT INTO chances VALUES ('3', 'lynchpin', '2012-07-09', '2012-08-09', '[[0.9]]')",
    ):
        file.write_bytes(sound)
        rows(file, sql)
        assert not whole(file), sql


def test_what_breaks_while_a_file_is_open_leaves_it_as_it_was(file: Path) -> None:
    with pytest.raises(KeyboardInterrupt), _file.opened(file) as connection:
        _file.add(connection, FIELDS | {"seed": "4"}, chances(0.1))
        raise KeyboardInterrupt
    assert len(rows(file, "SELECT * FROM forecasts")) == 3 and whole(file)
