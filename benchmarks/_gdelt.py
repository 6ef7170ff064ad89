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
