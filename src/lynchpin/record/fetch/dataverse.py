"""ICEWS and POLECAT: the files of a data set on a Dataverse, by its programming interface.

The data set is looked up by DOI, its newest version listed, and each file fetched by its number. A file that
Dataverse has read into a table of its own is asked for as it was deposited (`format=original`): that is what
the published md5 belongs to. Two files of one name get their number in front of the name.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lynchpin.errors import BadData, UnknownName, suggest
from lynchpin.record.fetch._client import Client, Manners
from lynchpin.record.fetch.download import Wanted, download, download_all
from lynchpin.record.fetch.report import Fetched, FetchReport, OnProgress

PUBLISHED_AT = "https://dataverse.harvard.edu"
BASE_VARIABLE = "LYNCHPIN_DATAVERSE_URL"


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set of a Dataverse.

    Attributes
    ----------
    doi : str
    names : tuple of str, patterns of the names of its event files; its manuals and lists fit none
    """

    doi: str
    names: tuple[str, ...]


DATASETS: dict[str, DataSet] = {
    "icews": DataSet("doi:10.7910/DVN/28075", ("events.*", "*icews-events*", "[12][09][0-9][0-9]*.tab*", "20*.zip")),
    "polecat": DataSet("doi:10.7910/DVN/AJGVIT", ("ngecevents*",)),
}


def fetch_dataverse(
    source: str,
    folder: str | Path,
    *,
    match: str = "*",
    base_url: str | None = None,
    manners: Manners | None = None,
    progress: OnProgress | None = None,
) -> FetchReport:
    """Fetch the event files of ICEWS or POLECAT.

    Parameters
    ----------
    source : {"icews", "polecat"}
    folder : where the files go; made when it is not there. Files that are there and whole are not asked for
    match : str, only files whose name fits this pattern, as in "*2018*"; case does not matter
    base_url : str, another Dataverse; else the environment's LYNCHPIN_DATAVERSE_URL, else Harvard's
    manners : Manners, pace, tries and time-outs
    progress : called now and then, see `Progress`

    Returns
    -------
    FetchReport; files that may not be had without an account are among `failed`

    Raises
    ------
    UnknownName : no such data set
    BadData : the data set cannot be looked up, no file fits, or the folder cannot be written
    """
    if source not in DATASETS:
        raise UnknownName(f"no data set named {source!r}", mend=suggest(source, DATASETS, noun="data set"))
    asked = DATASETS[source]
    place = (base_url or os.environ.get(BASE_VARIABLE) or PUBLISHED_AT).rstrip("/")
    client = Client(manners or Manners())
    try:
        listed = _listed(client, f"{place}/api/datasets/:persistentId/?persistentId={asked.doi}")
        wanted, closed, malformed = _choose(listed, asked, match, place)
        if listed and len(malformed) == len(listed):
            raise BadData(
                f"no entry of the list can be read; the first is: {malformed[0]}",
                f"{place}, {asked.doi}",
                f"try again later, or name another Dataverse with --base-url or {BASE_VARIABLE}",
            )
        if not wanted and not closed:
            raise BadData(
                f"no event file of {source} fits {match!r}",
                f"{place}, {asked.doi}",
                "give a wider --match, as in '*2018*'; without it every event file is fetched",
            )
        files = download_all(client, wanted, Path(folder), progress=progress)
    finally:
        client.close()
    together = sorted((*files, *closed), key=lambda file: file.name)
    return FetchReport(source, str(folder), tuple(together), tuple(malformed))


def _listed(client: Client, url: str) -> list[Any]:
    """What the data set says of its files."""
    with TemporaryDirectory() as desk:
        found = download(client, Wanted("listing.json", url, is_list=True), Path(desk))
        why = found.why
        if found.status != "failed":
            try:
                answer = json.loads((Path(desk) / "listing.json").read_text(encoding="utf-8"))
                files = answer["data"]["latestVersion"]["files"]
                if isinstance(files, list):
                    return files
            except (ValueError, KeyError, TypeError, RecursionError):
                pass
            why = "the answer is not what a Dataverse gives"
    raise BadData(
        f"the data set cannot be looked up: {why}",
        url,
        f"try again later, or name another Dataverse with --base-url or {BASE_VARIABLE}",
    )


def _choose(listed: list[Any], asked: DataSet, match: str, place: str) -> tuple[list[Wanted], list[Fetched], list[str]]:
    """The files to fetch, those that are closed, and the entries that cannot be read."""
    wanted: list[tuple[int, Wanted]] = []
    closed: list[Fetched] = []
    malformed: list[str] = []
    for number, entry in enumerate(listed, start=1):
        try:
            file = entry["dataFile"]
            is_table = bool(file.get("originalFileFormat"))
            identity = int(file["id"])
            name = str((is_table and file.get("originalFileName")) or file["filename"])
            size = file.get("originalFileSize") if is_table else file.get("filesize")
            size = int(size) if size is not None else None
            is_closed = bool(entry.get("restricted"))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            malformed.append(f"listing, file {number}: {str(entry)[:200]}")
            continue
        if not re.fullmatch(r"[^/\\\x00-\x1f]+", name) or name in (".", ".."):
            malformed.append(f"listing, file {number}: {name[:200]!r} is no name of a file")
            continue
        lower = name.lower()
        if not any(fnmatchcase(lower, pattern) for pattern in asked.names) or not fnmatchcase(lower, match.lower()):
            continue
        url = f"{place}/api/access/datafile/{identity}" + ("?format=original" if is_table else "")
        if is_closed:
            closed.append(Fetched(name, url, "failed", 0, _md5(file), 0, "the file needs an account"))
        else:
            wanted.append((identity, Wanted(name, url, size, _md5(file))))
    repeats = Counter(item.name for _, item in wanted)
    return [item if repeats[item.name] == 1 else _numbered(key, item) for key, item in wanted], closed, malformed


def _numbered(identity: int, item: Wanted) -> Wanted:
    return Wanted(f"{identity}-{item.name}", item.url, item.size_bytes, item.md5)


def _md5(file: dict[str, Any]) -> str:
    """The md5 of a file, where the Dataverse gives one; another kind of sum is not taken for one."""
    checksum = file.get("checksum") or {}
    value = file.get("md5") or (checksum.get("value") if str(checksum.get("type")).upper() == "MD5" else "")
    return str(value or "").lower()
