"""A generated GDELT 2.0 export of any size, in the shape of a real one.

The shares follow two real quarter-hours of 2015 and 2019: an actor is blank in a sixth of the rows, names a state in
two thirds of the others, and has a role in two thirds. One line in a hundred comes a second time.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

_WORDS = """
USA GBR RUS IRN CHN SYR CAN AFR TUR JPN FRA UKR ARE NOR IND ESP DEU EUR IRL ITA MYS PHL KEN EGY PAK BRA BLR NLD LKA ZAF
TKM ISR BEL SOM LBN AUS URY SAU MEX MCO KOR IRQ GHA ARM AFG PRK ROM
GOV MIL COP JUD LEG OPP BUS EDU MED CVL REB HLH
010 010 020 036 040 040 042 042 043 043 046 051 051 057 060 070 0841 090 100 110 111 112 112 1123 120 130 138 141 150
163 173 173 174 180 182 190 190 193 0231 0331
"""
_EACH = _WORDS.split()
_STATES, _ROLES, _CODES = _EACH[:47], _EACH[47:59], _EACH[59:]
_PLACES = [
    ("4", "Seoul, Soul-T'ukpyolsi, South Korea", "KS", "KS11", "25353", "37.5664", "127", "-716583"),
    ("4", "Tokyo, Tokyo, Japan", "JA", "JA40", "36302", "35.685", "139.751", "-246227"),
    ("3", "Washington, District of Columbia, United States", "US", "USDC", "DC001", "38.8951", "-77.0364", "531871"),
    ("1", "Germany", "GM", "GM", "", "51.5", "10.5", "GM"),
    ("0", "", "", "", "", "", "", ""),
]
_BLOCK = 100_000
_DAY = date(2019, 10, 24)
_EPOCH = date(1970, 1, 1).toordinal()


def write_export(
    path: Path, rows: int, *, seed: int = 1, first: int = 0, added: tuple[date, date] = (_DAY, _DAY)
) -> Path:
    """Write a file of so many rows, one in a hundred a repeat of an earlier line of its block.

    `first` is the number of the first row, of which the ids are made; the days on which rows were added go evenly
    over `added`, first and last.
    """
    begin, end = (day.toordinal() - _EPOCH for day in added)
    with path.open("wb") as out:
        for start in range(0, rows, _BLOCK):
            count = min(_BLOCK, rows - start)
            rng = np.random.default_rng([seed, start + first])
            known = begin + np.arange(start, start + count) * (end - begin + 1) // rows
            block = _block(rng, start + first, count, known)
            block.write_csv(out, separator="\t", quote_style="never", include_header=False)
    return path


def _block(rng: np.random.Generator, start: int, rows: int, known: np.ndarray) -> pl.DataFrame:
    days = pl.Series(known - rng.choice([0, 0, 0, 0, 0, 0, 0, 1, 30, 365], rows)).cast(pl.Int32).cast(pl.Date)
    added = pl.Series("added", known).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y%m%d143000")
    place = [rng.integers(0, len(_PLACES), rows) for _ in range(3)]
    code = pl.Series(_CODES).gather(rng.integers(0, len(_CODES), rows))
    root = code.str.slice(0, 2)
    frame = pl.DataFrame({"id": pl.Series(880_000_000 + start + np.arange(rows)).cast(pl.String), "day": days}).select(
        "id",
        pl.col("day").dt.strftime("%Y%m%d").alias("sqldate"),
        pl.col("day").dt.strftime("%Y%m").alias("month"),
        pl.col("day").dt.year().cast(pl.String).alias("year"),
        pl.lit("2019.8055").alias("fraction"),
        *_actor(rng, rows, "a1"),
        *_actor(rng, rows, "a2"),
        pl.Series("root", rng.integers(0, 2, rows)).cast(pl.String),
        code.alias("code"),
        code.str.slice(0, 3).alias("base"),
        root.alias("rootcode"),
        pl.Series("quad", rng.integers(1, 5, rows)).cast(pl.String),
        pl.lit("2.8").alias("goldstein"),
        *(pl.Series(name, rng.integers(1, 20, rows)).cast(pl.String) for name in ("mentions", "sources", "articles")),
        pl.Series("tone", rng.normal(0, 3, rows)).cast(pl.String),
        *(
            pl.Series(f"place{at}{part}", [spot[part] for spot in _PLACES]).gather(chosen)
            for at, chosen in enumerate(place)
            for part in range(8)
        ),
        added,
        pl.concat_str(
            pl.lit("https://www.example-paper.com/news/world/"),
            pl.Series(rng.integers(0, 1 << 40, rows)).cast(pl.String),
            pl.lit("/a-headline-of-the-usual-length-about-a-meeting"),
        ).alias("url"),
    )
    again = rng.integers(0, rows // 2, rows // 100)
    return pl.concat([frame[: rows - again.size], frame[again]])


def _actor(rng: np.random.Generator, rows: int, name: str) -> list[pl.Series]:
    """The ten columns of one side."""
    state = pl.Series(["", *_STATES]).gather(rng.integers(0, len(_STATES) + 1, rows) * (rng.random(rows) < 0.6))
    role = pl.Series(["", *_ROLES]).gather(rng.integers(0, len(_ROLES) + 1, rows) * (rng.random(rows) < 0.6))
    blank = pl.Series([""]).new_from_index(0, rows)
    code = state + role
    columns = [code, code.str.to_lowercase() + "-name", state, blank, blank, blank, blank, role, blank, blank]
    return [column.alias(f"{name}{at}") for at, column in enumerate(columns)]


def write_moved(base: Path, out: Path, *, first: int, days: int, added: tuple[date, date]) -> Path:
    """The rows of a file of `write_export` as others: ids from `first` on, every day later by so many.

    A day past the end of `added` begins again at its start, and the day of the act moves with the day on which it was
    told of. Nothing is parsed or formatted as text, so a file takes a tenth of the time of a fresh one.
    """
    begin, end = (day.toordinal() - _EPOCH for day in added)
    text = np.fromfile(base, dtype=np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(text == ord("\n"))[:-1] + 1])
    ends = np.append(starts[1:], text.size)
    ids, told = np.unique(_number(text, starts, 9), return_inverse=True)
    _put(text, starts, 9, 880_000_000 + first + np.arange(ids.size)[told])
    known_at = _last_tab(text, ends) - 14
    known, happened = (_day(text, at) for at in (known_at, starts + 10))
    later = begin + (known - begin + days) % (end - begin + 1)
    for at, day in ((known_at, later), (starts + 10, happened + later - known)):
        year, month, of_month = _civil(day)
        _put(text, at, 8, year * 10_000 + month * 100 + of_month)
        if at is not known_at:
            _put(text, at + 9, 6, year * 100 + month)
            _put(text, at + 16, 4, year)
    text.tofile(out)
    return out


def _number(text: np.ndarray, at: np.ndarray, digits: int) -> np.ndarray:
    """The numbers of so many digits that stand at some places."""
    found = np.zeros(at.size, dtype=np.int64)
    for k in range(digits):
        found = found * 10 + (text[at + k] - ord("0"))
    return found


def _put(text: np.ndarray, at: np.ndarray, digits: int, number: np.ndarray) -> None:
    for k in reversed(range(digits)):
        number, digit = np.divmod(number, 10)
        text[at + k] = digit + ord("0")


def _last_tab(text: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Where the last field of each line begins, less one: addresses have no tab in them."""
    at = ends - 1
    waiting = np.arange(at.size)
    while waiting.size:
        at[waiting] -= 1
        waiting = waiting[text[at[waiting]] != ord("\t")]
    return at


def _day(text: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Days since 1970 of dates as YYYYMMDD."""
    number = _number(text, at, 8)
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(first.astype(np.int64) + day - 1)


def _civil(day: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Year, month and day of the month of days since 1970."""
    months = day.astype("datetime64[D]").astype("datetime64[M]")
    number = months.astype(np.int64)
    return 1970 + number // 12, number % 12 + 1, day - months.astype("datetime64[D]").astype(np.int64) + 1
