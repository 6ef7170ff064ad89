"""What the layouts of GDELT's event table share.

- A code is text: "010" is not "10", and a code of two digits is not taken, since a spreadsheet makes "10" of "010".
- "NA" is a text like any other, and no field is ever quoted.
- `SQLDATE` is the day of the act as guessed from the text. It may be years before `DATEADDED`, the day of the story;
  it stays the event's date, the latter is `known_from`, and the store counts such rows.
- An actor's country is in CAMEO's letters (ROM is Romania), the places are in FIPS 10-4; only the former is read. AFR,
  EUR and other regions are no states, and RUS of 1979 is the Soviet Union. A blank actor leaves its side empty, and
  the row stays.
- Roles (GOV, MIL, ...) are CAMEO's, where MED is the media.
- The Goldstein value is kept as shipped and looked up anew from the code.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.days import parse_digits
from lynchpin.errors import BadData
from lynchpin.record.ontology import cameo, contexts, countries, scales, sectors
from lynchpin.record.sources._base import complete
from lynchpin.record.sources._sides import FOUND, Found, by_spell, by_value, side_columns
from lynchpin.record.sources._text import fields, first_line, must_be_file

SCALE = "goldstein-gdelt"
CITATION = "Leetaru, Schrodt (2013), GDELT: Global Data on Events, Location and Tone, ISA Annual Convention"
LICENCE = "unrestricted, with a citation and a link to https://www.gdeltproject.org"

_MEANING = pl.Struct(
    {
        "type": pl.String(),
        "mode": pl.String(),
        "contexts": pl.List(pl.String()),
        "magnitude": pl.Float64(),
        "summary": pl.String(),
    }
)

#: The first 35 columns, which every version has.
HEAD: tuple[str, ...] = (
    *("GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate"),
    *(
        f"Actor{side}{part}"
        for side in (1, 2)
        for part in (
            *("Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code"),
            *("Type1Code", "Type2Code", "Type3Code"),
        )
    ),
    *("IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale"),
    *("NumMentions", "NumSources", "NumArticles", "AvgTone"),
)
_GEO = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")
_WANTED = ("GLOBALEVENTID", "SQLDATE", "EventCode", "GoldsteinScale", "DATEADDED", "SOURCEURL")
_SIDES = tuple(
    f"Actor{side}{part}"
    for side in (1, 2)
    for part in ("Code", "Name", "CountryCode", "Type1Code", "Type2Code", "Type3Code")
)


def columns(*, has_district: bool) -> tuple[str, ...]:
    """The columns of a version; 2.0 has the districts (ADM2) of places, 1.0 does not."""
    parts = [part for part in _GEO if has_district or part != "ADM2Code"]
    places = (f"{who}Geo_{part}" for who in ("Actor1", "Actor2", "Action") for part in parts)
    return (*HEAD, *places, "DATEADDED", "SOURCEURL")


def wanted(layout: tuple[str, ...]) -> dict[str, int]:
    """The columns that are read, with their places."""
    return {name: layout.index(name) for name in (*_WANTED, *_SIDES)}


def first_fields(path: Path) -> int:
    """How many fields the first line has, if it is one of GDELT's events or was before a spreadsheet; else 0."""
    return len(_first(path)[1])


def must_not_be_mangled(path: Path) -> None:
    """Refuse a file that went through a spreadsheet.

    Raises
    ------
    BadData : the first lines show it: a header, other signs than tabs, or numbers in the way of 2.02E+13
    """
    separator, parts = _first(path)
    clues = []
    if parts and not parts[0].isdigit():
        clues.append("it begins with a header")
    if parts and separator != "\t":
        clues.append(f"its fields are parted by {'semicolons' if separator == ';' else 'commas'}, not by tabs")
    if parts and any(re.fullmatch(r"\d[.,]?\d*E\+1[0-9]", text) for text in _second_line(path, separator)[-2:]):
        clues.append("DATEADDED is cut to the like of 2.02E+13")
    if clues:
        raise BadData(
            f"the file was opened and saved by a spreadsheet, it seems: {', and '.join(clues)}; codes have then lost "
            "their zeros (012 and 12)",
            f"{path}, line 1",
            "take the file as GDELT published it: fetch it again from data.gdeltproject.org, and unpack it without "
            "opening it in a spreadsheet",
        )


def _first(path: Path) -> tuple[str, list[str]]:
    """The sign that parts the fields of the first line, and the fields; none when the line is not GDELT's."""
    line = first_line(path)
    separator = max("\t;,", key=line.count)
    parts = _parts(line, separator)
    has_header = len(parts) > 1 and parts[0].strip().casefold() == "globaleventid" and parts[1].casefold() == "sqldate"
    has_keys = len(parts) >= 57 and parts[0].isdigit() and parse_digits(parts[1]) is not None
    return separator, parts if has_header or has_keys else []


def _parts(line: str, separator: str) -> list[str]:
    """The fields of a line; quotes mean something only where a spreadsheet put them."""
    if separator == "\t":
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _second_line(path: Path, separator: str) -> list[str]:
    """The fields of the second line, or of the first when there is only one."""
    with path.open("rb") as stream:
        first = stream.readline(1 << 16)
        line = stream.readline(1 << 16) or first
    return _parts(line.decode("utf-8", errors="replace").rstrip("\r\n"), separator)


def blocks(path: Path, dataset: str, layout: tuple[str, ...], widths: tuple[int, ...]) -> Iterator[pl.LazyFrame]:
    """The events of one file of the event table, in blocks.

    Parameters
    ----------
    path : Path
    dataset : str, name of the source
    layout : the columns of its version
    widths : the numbers of fields that a line may have, the usual one first

    Raises
    ------
    BadData : no such file, an empty one, or one that was saved by a spreadsheet
    """
    file = must_be_file(path)
    must_not_be_mangled(file)
    return (events(block, dataset, file) for block in fields(file, "\t", widths, wanted(layout)))


def is_translated(path: Path) -> bool:
    """Whether a file is of the stream of machine-translated pages: its lines look like any other, its name tells."""
    return ".translation." in path.name.lower()


def own_id(path: Path) -> pl.Expr:
    """The id of an event. Each stream counts for itself here, whatever number it gives: those of the translated one
    begin with "t", so that no two events of two streams are one, and no page of one tells of an event of the other.
    """
    number = pl.col("GLOBALEVENTID")
    return pl.when(number == "").then(number).otherwise(pl.lit("t") + number) if is_translated(path) else number


def events(texts: pl.LazyFrame, dataset: str, file: Path) -> pl.LazyFrame:
    """Events from the fields of `wanted`, as texts."""
    return finish(
        texts.with_columns(date=day(pl.col("SQLDATE")), code=pl.col("EventCode")),
        dataset,
        file,
        states={"source": pl.col("Actor1CountryCode"), "target": pl.col("Actor2CountryCode")},
        event_id=own_id(file),
        precision=pl.lit("day"),
        source_sector=_sector("Actor1"),
        source_name=_name("Actor1"),
        target_sector=_sector("Actor2"),
        target_name=_name("Actor2"),
        url=pl.col("SOURCEURL"),
        _date_text=pl.col("SQLDATE"),
        known_from=by_value(pl.col("DATEADDED"), lambda text: parse_digits(text[:8]), pl.Date()),
    )


def finish(
    typed: pl.LazyFrame, dataset: str, file: Path, *, states: Mapping[str, pl.Expr], **told: pl.Expr
) -> pl.LazyFrame:
    """Add the states of both sides, what a code means, and what is the same in each row.

    Parameters
    ----------
    typed : LazyFrame with `date`, `code` and `GoldsteinScale` beside what `states` and `told` ask for
    dataset : str, name of the source
    file : Path
    states : expressions of the country codes of "source" and "target", in CAMEO's letters
    told : the other columns
    """
    known = typed.with_columns(
        _code=by_value(pl.col("code"), _meanings().get, _MEANING),
        **{f"_{side}": by_spell(code, pl.col("date"), _side_spells, FOUND) for side, code in states.items()},
    )
    return complete(
        known.with_columns(
            **{name: pl.col("_code").struct.field(name) for name in _MEANING.to_schema()},
            **side_columns("source", pl.col("_source")),
            **side_columns("target", pl.col("_target")),
            code_scheme=pl.lit("cameo-gdelt"),
            magnitude_shipped=pl.col("GoldsteinScale").cast(pl.Float64, strict=False),
            scale=pl.lit(SCALE),
            agreement=pl.lit(""),
            status=pl.lit("coded"),
            dataset=pl.lit(dataset),
            file=pl.lit(file.name),
            _magnitude_text=pl.col("GoldsteinScale"),
            _code_text=pl.col("code"),
        ).with_columns(**told)
    )


@cache
def _side_spells(code: str) -> list[tuple[date, dict[str, object]]]:
    """What a country in CAMEO's letters stands for over time.

    The feed writes today's codes throughout: on a day without a state of that code it stands for the one that then
    had the same number of COW, as RUS does for the Soviet Union in 1979.
    """
    latest = countries.find(code, "cameo")
    number = latest.cow if latest else None
    firsts = [first for first, _ in countries.spells(code, "cameo")]
    firsts += [first for first, _ in countries.spells(number, "cow")] if number is not None else []
    spells = []
    for first in sorted(set(firsts)):
        state = countries.find(code, "cameo", on=first)
        if state is None and number is not None:
            state = countries.find(number, "cow", on=first)
        stranger = "" if code in REGIONS else code
        spells.append((first, Found([state.iso3] if state else [], "", stranger)._asdict()))
    return spells


#: Codes in the place of a country that stand for a region (CAMEO manual, ch. 3): known, and no state.
REGIONS = frozenset(
    (
        *("AFR", "ASA", "BLK", "CAR", "CAS", "CAU", "CFR", "EAF", "EEU", "EIN", "EUR", "LAM", "MDT", "MEA", "NAF"),
        *("NMR", "PGS", "SAF", "SAM", "SAS", "SCN", "SEA", "WAF", "WST"),
    )
)


def day(text: pl.Expr) -> pl.Expr:
    """YYYYMMDD; null for anything else."""
    return by_value(text, parse_digits, pl.Date())


@cache
def sector(roles: str) -> str:
    """Our sector for CAMEO roles joined by ";": the first one that has one.

    Examples
    --------
    >>> sector("GOV;MIL"), sector("REB;MED"), sector("")
    ('GOV', 'CVL', '')
    """
    return next((ours for role in roles.split(";") if (ours := sectors.from_code(role, "cameo"))), "")


@cache
def split_actor(code: str) -> tuple[str, str]:
    """The country and the roles (joined by ";") in a CAMEO actor code, three letters each.

    Examples
    --------
    >>> split_actor("KORGOV"), split_actor("BGRGOVMIL"), split_actor("BUS"), split_actor("IGOEUREEC")
    (('KOR', 'GOV'), ('BGR', 'GOV;MIL'), ('', 'BUS'), ('EUR', 'IGO;EEC'))
    """
    chunks = [code[at : at + 3] for at in range(0, len(code), 3)]
    lead = next((chunk for chunk in chunks[:2] if chunk in REGIONS or countries.find(chunk, "cameo")), "")
    return lead, ";".join(chunk for chunk in chunks if chunk != lead)


def _sector(actor: str) -> pl.Expr:
    """The sector of the first of three roles that has one."""
    each = (
        by_value(pl.col(f"{actor}Type{at}Code"), lambda role: sector(role) or None, pl.String()) for at in (1, 2, 3)
    )
    return pl.coalesce(*each, pl.lit(""))


def _name(actor: str) -> pl.Expr:
    name = pl.col(f"{actor}Name")
    return pl.when(name == "").then(pl.col(f"{actor}Code")).otherwise(name)


@cache
def _meanings() -> dict[str, dict[str, Any]]:
    """What each code is: its type, mode, contexts in our tags, score, and its label."""
    return {
        code.code: {
            "type": code.type,
            "mode": code.mode,
            "contexts": list(contexts.to_ours(code.contexts)),
            "magnitude": scales.magnitude(SCALE, code=code.code),
            "summary": code.label,
        }
        for code in cameo.codes().values()
        if len(code.code) > 2
    }
