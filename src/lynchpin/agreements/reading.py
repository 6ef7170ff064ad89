"""Reading agreements and their dated stages, as they were known on a day."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

from lynchpin.errors import BadData, BadValue, suggest
from lynchpin.events import parse_day
from lynchpin.results import AgreementLife, StageRow

#: What can move a process, in the order in which a smooth one passes; the last five can come more than once.
STAGES = (
    "proposed",
    "negotiating",
    "agreed_in_principle",
    "approved",
    "signed",
    "ratified",
    "in_force",
    "amended",
    "setback",
    "suspended",
    "resumed",
    "termination_notice",
    "ended",
)

_DATED_NAME = re.compile(r"\s*\([^)]*\)|\s+of (?:19|20)\d\d\b")
_YEAR = re.compile(r"(?:19|20)\d\d")

_AGREEMENT_COLUMNS = ("id", "title", "parties", "patron", "kind")
_STAGE_COLUMNS = ("agreement", "date", "precision", "stage", "actor", "summary", "source_url", "status")


def read_agreements(
    agreements: Path, stages: Path, *, before: date | None, among: Collection[str], first: str = ""
) -> tuple[AgreementLife, ...]:
    """Agreements with at least one stage dated before a day.

    Only what was known then is read into the result: the table's own outcome and summary look back from a later day and
    are left out, and so is what a title names of later years ("currency swap (2001-2015)").

    Parameters
    ----------
    agreements, stages : Path, the two CSV files of a case
    before : date or None, nothing dated on or after it; None for all
    among : states; an agreement counts when all its parties, and at least two of them, are among these
    first : str, id of the agreement to list first

    Returns
    -------
    tuple of AgreementLife, the flagship first, then by the day of the last act, newest first

    Raises
    ------
    BadData : a column is missing, a stage or a date is impossible, a row names no known agreement
    """
    table = {row["id"]: row for _, row in _rows(agreements, _AGREEMENT_COLUMNS)}
    history: dict[str, list[StageRow]] = {}
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
    lives = []
    for id_, row in table.items():
        parties = tuple(row["parties"].split(";"))
        acts = sorted(
            history.get(id_, []), key=lambda act: act.date
        )  # stable: file order within a day is the order of acts
        if acts and len(parties) > 1 and set(parties) <= set(among):
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
                )
            )
    return tuple(sorted(lives, key=lambda life: (life.id != first, -life.since.toordinal(), life.id)))


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
