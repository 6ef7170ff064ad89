"""Names of actors: text in every file, written in one way, and what looks like one actor under two names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import numpy as np
import polars as pl

from lynchpin.engine.rem.times import Source, line_of
from lynchpin.errors import BadData

#: Words that stand for a value that lacks, and for no actor. NA is Namibia too: it is noted, not refused.
NO_NAME = frozenset({"", "nan", "null", "none", "n/a", "#n/a", "<na>"})
#: Words that stand for a value that lacks in a table of values.
NO_VALUE = NO_NAME | {"na", ".", "-"}
_MOST_SHOWN = 5


def as_text(column: pl.Series) -> pl.Series:
    """Keys as text: without blanks around, accents in composed form (NFC); floats that are whole as whole numbers."""
    if column.dtype.is_float() and not column.is_nan().any() and (column.drop_nulls() % 1 == 0).all():
        column = column.cast(pl.Int64, strict=False)
    return column.cast(pl.String).str.strip_chars().str.normalize("NFC")


def read_names(column: pl.Series, where: str, what: str) -> pl.Series:
    """A column of names of actors.

    Parameters
    ----------
    column : text or whole numbers
    where, what : the file, and what the names are ("sender"), for errors

    Raises
    ------
    BadData : a name lacks, or a control character is in one
    """
    names = as_text(column)
    if (lacks := names.is_null() | names.fill_null("").str.to_lowercase().is_in(list(NO_NAME))).any():
        shown = names.filter(lacks)[0]
        raise BadData(
            f"no {what}" + (f": {shown!r} is no name" if shown else ""),
            line_of(where, lacks),
            "fill it in or leave the row out",
        )
    if (broken := names.str.contains(r"\pCc")).any():
        raise BadData(
            f"a {what} has a line break or another control character in it: {names.filter(broken)[0][:40]!r}",
            line_of(where, broken),
            "close the quote that is open there, or take the character out",
        )
    return names


def look_alikes(lines: Mapping[str, int], where: str, what: str = "actor") -> list[str]:
    """What to say of names that may be one under two spellings.

    Parameters
    ----------
    lines : name -> the first line it is on

    Raises
    ------
    BadData : two names are one number, as 1 and 1.0
    """
    notes = []
    for name in lines:
        whole = re.fullmatch(r"(-?\d+)\.0+", name)
        if whole and whole[1] in lines:
            raise BadData(
                f"{whole[1]!r} and {name!r} are one number and two {what}s",
                f"{where}, lines {lines[whole[1]]} and {lines[name]}",
                "write it in one way",
            )
    alike: dict[str, list[str]] = {}
    for name in lines:
        alike.setdefault(_plain(name), []).append(name)
    pairs = [names for names in alike.values() if len(names) > 1]
    for names in pairs[:_MOST_SHOWN]:
        spelled = ", ".join(f"{name!r} (line {lines[name]})" for name in names)
        notes.append(f"{where}: {spelled} are taken as {len(names)} {what}s")
    if len(pairs) > _MOST_SHOWN:
        notes.append(
            f"{where}: {len(pairs) - _MOST_SHOWN} more sets of {what}s differ only in capitals, blanks or zeros"
        )
    if "NA" in lines and what == "actor":
        notes.append(
            f"{where}: 'NA' (line {lines['NA']}) is taken as an actor; if it says that a name lacks, leave it out"
        )
    return notes


def meant(names: Sequence[str], known: Sequence[str]) -> str:
    """Which of the known names one of the others may stand for, in words; empty where none is near."""
    plain = {_plain(name): name for name in reversed(known)}
    for name in names:
        near = plain.get(_plain(name.removesuffix(".0")))
        close = [near] if near else get_close_matches(name, known, n=1)
        if close:
            return f"does {name!r} mean {close[0]!r}? Write it as in the events"
    return ""


def _plain(name: str) -> str:
    """A name without what spelling makes of it: capitals, blanks, marks without width, zeros in front."""
    shown = "".join(mark for mark in name.casefold() if unicodedata.category(mark) != "Cf")
    return re.sub(r"[\s_]+", " ", shown).strip().lstrip("0")


def composed(columns: Sequence[pl.Series], where: str) -> list[str]:
    """What to say where accents were composed."""
    for column in columns:
        if column.dtype == pl.String:
            changed = (column.str.normalize("NFC") != column).fill_null(False)
            if changed.any():
                first = line_of(where, changed).rpartition(", ")[2]
                return [f"{where}: accents are put into composed form (NFC), first in {first}"]
    return []


def first_lines(columns: Sequence[pl.Series], where: str) -> dict[str, int]:
    """name -> the first line it is on, by name."""
    lines = where.lines.to_numpy() if isinstance(where, Source) else np.arange(columns[0].len()) + 2
    frame = pl.concat([pl.DataFrame({"name": column, "line": lines}) for column in columns])
    first = frame.group_by("name").agg(pl.col("line").min()).sort("name")
    return dict(first.iter_rows())


def natural(name: str) -> tuple[bool, float, str]:
    """Whole numbers and decimals in their own order, before names."""
    if re.fullmatch(r"[+-]?\d{1,300}(\.\d+)?", name):
        return (False, float(name), name)
    return (True, 0.0, name)
