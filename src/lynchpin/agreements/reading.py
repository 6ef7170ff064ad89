"""Reading agreements and their dated stages, as they were known on a day."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

from lynchpin.agreements.rules import Row, check_history
from lynchpin.agreements.stages import STAGES
from lynchpin.errors import BadData, BadValue, suggest
from lynchpin.events import parse_day
from lynchpin.results import AgreementLife, StageRow

_DATED_NAME = re.compile(r"\s*\([^)]*\)|\s+of (?:19|20)\d\d\b")
_YEAR = re.compile(r"(?:19|20)\d\d")

_AGREEMENT_COLUMNS = ("id", "title", "parties", "patron", "kind")
_STAGE_COLUMNS = ("agreement", "date", "precision", "stage", "actor", "summary", "source_url", "status")


def read_agreements(
    agreements: Path, stages: Path, *, before: date | None, among: Collection[str] | None, first: str = ""
) -> tuple[AgreementLife, ...]:
    """Agreements with at least one stage dated before a day.

    Only what was known then is read into the result: the table's own outcome and summary look back from a later day and
    are left out, and so is what a title names of later years ("currency swap (2001-2015)").

    Parameters
    ----------
    agreements, stages : Path, the two CSV files of a case
    before : date or None, nothing dated on or after it; None for all
    among : states; an agreement counts when all its parties, and at least two of them, are among these. None for all
    first : str, id of the agreement to list first

    Returns
    -------
    tuple of AgreementLife, the flagship first, then by the day of the last act, newest first

    Raises
    ------
    BadData : a column is missing, a stage or a date is impossible, a row names no known agreement, an id stands twice,
        or a history breaks a rule of `lynchpin.agreements.rules`. The whole file is checked, whatever the day
    """
    table = _table(agreements)
    history: dict[str, list[StageRow]] = {}
    whole: dict[str, list[Row]] = {}
    for line, row in _rows(stages, _STAGE_COLUMNS):
        where = f"{stages.name} line {line}"
        if row["agreement"] not in table:
            raise BadData(
                f"no agreement with id {row['agreement']!r}",
                where,
                suggest(row["agreement"], table, noun="agreement"),
            )
        if row["stage"] not in STAGES:
            raise BadData(f"no stage named {row['stage']!r}", where, suggest(row["stage"], STAGES, noun="stage"))
        try:
            day = parse_day(row["date"])
        except BadValue as error:
            raise BadData(error.what, where, error.mend) from None
        whole.setdefault(row["agreement"], []).append(Row(line, row["agreement"], day, row["stage"], row["actor"]))
        if before is None or day < before:
            stage = StageRow(
                day,
                row["precision"],
                row["stage"],
                row["actor"],
                row["summary"],
                row["source_url"],
                row["status"],
            )
            history.setdefault(row["agreement"], []).append(stage)
    for rows in whole.values():
        check_history(rows, stages.name)
    lives = []
    for id_, row in table.items():
        parties = tuple(row["parties"].split(";"))
        acts = history.get(id_, [])  # in the order of their days, and of the acts within a day: checked
        if acts and len(parties) > 1 and (among is None or set(parties) <= set(among)):
            lives.append(
                AgreementLife(
                    id_,
                    title_on(row["title"], before),
                    parties,
                    row["patron"],
                    row["kind"],
                    acts[-1].stage,
                    acts[-1].date,
                    tuple(acts),
                    tuple(filter(None, row.get("issue_contexts", "").split(";"))),
                )
            )
    return tuple(sorted(lives, key=lambda life: (life.id != first, -life.since.toordinal(), life.id)))


def _table(path: Path) -> dict[str, dict[str, str]]:
    """Id -> its row; an id that stands twice is refused."""
    table: dict[str, dict[str, str]] = {}
    for line, row in _rows(path, _AGREEMENT_COLUMNS):
        where = f"{path.name} line {line}"
        if row["id"] in table:
            raise BadData(f"the id {row['id']!r} stands twice", where, "give each agreement an id of its own")
        parties = row["parties"].split(";")
        if row["patron"] and row["patron"] in parties:
            raise BadData(
                f"{row['id']}: the patron {row['patron']} is a party",
                where,
                "a patron stands outside: leave the column empty where it is a party",
            )
        table[row["id"]] = row
    return table


def title_on(title: str, before: date | None) -> str:
    """A title without the parts that name a year after the day it is shown for.

    Examples
    --------
    >>> title_on("Japan-South Korea currency swap (2001-2015)", date(2012, 7, 9))
    'Japan-South Korea currency swap'
    >>> title_on("Japan-South Korea currency swap (2001-2015)", None)
    'Japan-South Korea currency swap (2001-2015)'
    """
    if before is None:
        return title

    def keep(part: re.Match[str]) -> str:
        later = any(int(year) > before.year for year in _YEAR.findall(part.group()))
        return "" if later else part.group()

    return _DATED_NAME.sub(keep, title)


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows of a CSV file with their line numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for column in columns:
                if column not in (reader.fieldnames or ()):
                    raise BadData(
                        f"{path.name} lacks the column {column!r}",
                        f"{path.name} line 1",
                        f"its columns are {', '.join(columns)}",
                    )
            return [(reader.line_num, {key: value or "" for key, value in row.items() if key}) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadData(f"cannot read {path.name}: {error}", str(path)) from None
