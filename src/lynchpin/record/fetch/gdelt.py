"""GDELT: the events of each quarter of an hour (2.0) and of each day, month or year (1.0), by their lists.

    2.0   gdeltv2/masterfilelist.txt, lines `<bytes> <md5> <url>`, from 2015-02-19 on
    1.0   events/filesizes and events/md5sums, lines `<bytes> <name>` and `<md5>  <name>`, for the days before:
          YYYYMMDD.export.CSV.zip from 2013-04-01, YYYYMM.zip from 2006, YYYY.zip from 1979

2.0 begins at 23:00 on 2015-02-18; that day is taken from 1.0, where it is whole. The days are those on which
GDELT added the rows, in UTC; an event may be older. Lines of a list that cannot be read are kept in the report.
A month or a year is taken as a whole when one of its days is asked for.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from lynchpin.days import parse_day, parse_digits
from lynchpin.errors import BadData, BadValue
from lynchpin.record.fetch._client import Client, Manners
from lynchpin.record.fetch.download import Wanted, download, download_all
from lynchpin.record.fetch.report import FetchReport, OnProgress

Kind = Literal["export", "mentions", "gkg"]

PUBLISHED_AT = "http://data.gdeltproject.org"
BASE_VARIABLE = "LYNCHPIN_GDELT_URL"
FIRST_DAY_OF_V2 = date(2015, 2, 19)
_KINDS = ("export", "mentions", "gkg")
_V2_LINE = re.compile(r"(\d+) ([0-9a-fA-F]{32}) (\S+)")
_V2_NAME = re.compile(r"(\d{8})\d{6}(?:\.translation)?\.(export|mentions|gkg)\.csv\.zip", re.IGNORECASE)
_V1_NAME = re.compile(r"(\d{4})(\d{2})?(\d{2})?(?:\.export\.CSV)?\.zip")
_V1_OTHER = re.compile(r"GDELT\.MASTERREDUCEDV2\S*|\S*(?:md5sums|filesizes)\S*")


def fetch_gdelt(
    since: str | date,
    until: str | date,
    folder: str | Path,
    *,
    kinds: Iterable[Kind] = ("export",),
    translated: bool = False,
    base_url: str | None = None,
    manners: Manners | None = None,
    progress: OnProgress | None = None,
) -> FetchReport:
    """Fetch GDELT's files for a span of days.

    Parameters
    ----------
    since, until : date or YYYY-MM-DD, the first day, and the day after the last one
    folder : where the files go; made when it is not there. Files that are there and whole are not asked for
    kinds : any of "export" (events), "mentions", "gkg"; 1.0 has events only
    translated : bool, also the files of 2.0 from machine-translated pages
    base_url : str, another place that holds the same files; else the environment's LYNCHPIN_GDELT_URL, else
        GDELT's own
    manners : Manners, pace, tries and time-outs
    progress : called now and then, see `Progress`

    Returns
    -------
    FetchReport; `failed` lists what did not come, and running it again takes it up

    Raises
    ------
    BadValue : a day that is none, an empty span, an unknown kind
    BadData : a list cannot be fetched, or the folder cannot be written
    """
    first, last = _span(since, until)
    wanted_kinds = _checked(kinds)
    place = (base_url or os.environ.get(BASE_VARIABLE) or PUBLISHED_AT).rstrip("/")
    client = Client(manners or Manners())
    try:
        malformed: list[str] = []
        wanted: list[Wanted] = []
        covered: set[date] = set()
        with tempfile.TemporaryDirectory() as lists:
            if first < FIRST_DAY_OF_V2:
                _old(client, place, Path(lists), (first, min(last, _V1_LAST)), wanted, covered, malformed)
            if last >= FIRST_DAY_OF_V2:
                span = (max(first, FIRST_DAY_OF_V2), last)
                names = ["masterfilelist.txt", *(["masterfilelist-translation.txt"] if translated else [])]
                for name in names:
                    lines = _lines(client, f"{place}/gdeltv2/{name}", Path(lists))
                    _new(lines, name, place, span, wanted_kinds, wanted, covered, malformed)
        files = download_all(client, wanted, Path(folder), progress=progress)
    finally:
        client.close()
    return FetchReport("gdelt", str(folder), files, tuple(malformed), _uncovered(first, last, covered))


_V1_LAST = FIRST_DAY_OF_V2 - timedelta(days=1)


def _new(
    lines: Iterator[str],
    list_name: str,
    place: str,
    span: tuple[date, date],
    kinds: frozenset[str],
    wanted: list[Wanted],
    covered: set[date],
    malformed: list[str],
) -> None:
    """Pick the files of 2.0 from a master file list."""
    usable = 0
    for number, line in enumerate(lines, start=1):
        fields = _V2_LINE.fullmatch(line.strip())
        name = fields and _V2_NAME.fullmatch(urlsplit(fields[3]).path.rpartition("/")[2])
        day = name and parse_digits(name[1])
        if not fields or not name or not day:
            if line.strip():
                malformed.append(f"{list_name}, line {number}: {line.strip()[:200]}")
            continue
        usable += 1
        if span[0] <= day <= span[1] and name[2].lower() in kinds:
            address = f"{place}/gdeltv2/{name[0]}"  # by name, so that a mirror serves its own copy
            wanted.append(Wanted(name[0], address, int(fields[1]), fields[2].lower()))
            covered.add(day)
    _must_be_list(usable, f"{place}/gdeltv2/{list_name}", malformed)


def _must_be_list(usable: int, url: str, malformed: list[str]) -> None:
    """A page that tells of an error, or another list, is not taken for a list without files.

    Raises
    ------
    BadData : no line of it can be used
    """
    if not usable:
        shown = f"; {malformed[-1]}" if malformed else "; it is empty"
        mend = f"try again later, or name a mirror with --base-url or {BASE_VARIABLE}"
        raise BadData(f"the list of files holds no line that can be used{shown}", url, mend)


def _old(
    client: Client,
    place: str,
    lists: Path,
    span: tuple[date, date],
    wanted: list[Wanted],
    covered: set[date],
    malformed: list[str],
) -> None:
    """Pick the files of 1.0 from its two lists."""
    sums: dict[str, str] = {}
    for name, value, where in _pairs(client, place, lists, "md5sums", malformed):
        if re.fullmatch(r"[0-9a-fA-F]{32}", value):
            sums[name] = value.lower()
        else:
            malformed.append(where)
    _must_be_list(len(sums), f"{place}/events/md5sums", malformed)
    usable = 0
    for name, value, where in _pairs(client, place, lists, "filesizes", malformed):
        days = _days_of(name)
        if not (value.isascii() and value.isdigit()) or days is None:
            malformed.append(where)
            continue
        usable += 1
        if days[0] <= span[1] and span[0] <= days[1]:
            wanted.append(Wanted(name, f"{place}/events/{name}", int(value), sums.get(name, "")))
            inside = range((min(days[1], span[1]) - max(days[0], span[0])).days + 1)
            covered |= {max(days[0], span[0]) + timedelta(days=number) for number in inside}
    _must_be_list(usable, f"{place}/events/filesizes", malformed)


def _pairs(
    client: Client, place: str, lists: Path, list_name: str, malformed: list[str]
) -> Iterator[tuple[str, str, str]]:
    """File name, value and place in the list, for each line of a list of 1.0."""
    for number, line in enumerate(_lines(client, f"{place}/events/{list_name}", lists), start=1):
        parts = line.split()
        where = f"{list_name}, line {number}: {line.strip()[:200]}"
        if len(parts) == 2 and _V1_NAME.fullmatch(parts[1]):
            yield parts[1], parts[0], where
        elif parts and not (len(parts) == 2 and _V1_OTHER.fullmatch(parts[1])):
            malformed.append(where)


def _days_of(name: str) -> tuple[date, date] | None:
    """First and last day of a file of 1.0."""
    found = _V1_NAME.fullmatch(name)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if year and month and day:
            return date(year, month, day), date(year, month, day)
        if year and month:
            after = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), after - timedelta(days=1)
        return date(year or 0, 1, 1), date(year or 0, 12, 31)
    except ValueError:
        return None


def _lines(client: Client, url: str, lists: Path) -> Iterator[str]:
    """The lines of a published list, once it is here as a whole."""
    name = url.rpartition("/")[2]
    found = download(client, Wanted(name, url, is_list=True), lists)
    if found.status == "failed":
        raise BadData(
            f"the list of files cannot be fetched: {found.why}",
            url,
            f"try again later, or name a mirror with --base-url or {BASE_VARIABLE}",
        )
    with (lists / name).open(encoding="utf-8", errors="replace") as text:
        yield from text


def _span(since: str | date, until: str | date) -> tuple[date, date]:
    first, end = parse_day(since, name="since"), parse_day(until, name="until")
    if end <= first:
        what = f"no day is on or after {first} and before {end}"
        raise BadValue(what, "until", "`until` leaves its own day out: name the day after the last")
    return first, end - timedelta(days=1)


def _checked(kinds: Iterable[str]) -> frozenset[str]:
    asked = frozenset(kinds)
    for kind in sorted(asked - set(_KINDS)):
        raise BadValue(f"no kind of file {kind!r}", "kinds", f"one of: {', '.join(_KINDS)}")
    return asked


def _uncovered(first: date, last: date, covered: set[date]) -> tuple[str, ...]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(str(day) for day in days if day not in covered)
