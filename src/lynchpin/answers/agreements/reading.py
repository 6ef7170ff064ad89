"""Reading agreements and their dated stages, as they were known on a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from lynchpin import limits
from lynchpin.answers.agreements.stages import ACTS, ENDED, OPENINGS, STAGES
from lynchpin.days import parse_cell, parse_day
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.files import must_be_regular
from lynchpin.record.ontology import countries
from lynchpin.results import AgreementLife, StageRow
from lynchpin.tabular import open_table, tell

_DATED_NAME = re.compile(r"\s*\([^)]*\)|\s+of (?:19|20)\d\d\b")
_YEAR = re.compile(r"(?:19|20)\d\d")

_AGREEMENT_COLUMNS = ("id", "title", "parties", "patron", "kind")
_STAGE_COLUMNS = ("agreement", "date", "precision", "stage", "actor", "summary", "source_url", "status")
_PRECISIONS = ("day", "month", "year")


def read_agreements(
    agreements: Path, stages: Path, *, before: date | None, among: Collection[str] | None, first: str = ""
) -> tuple[AgreementLife, ...]:
    """Agreements with at least one stage that was known before a day.

    Only what was known then is read into the result: the table's own outcome and summary look back from a later day and
    are left out, and so is what a title names of later years ("currency swap (2001-2015)").

    Parameters
    ----------
    agreements, stages : Path, the two CSV files of a case
    before : date or None, nothing that happened or became known on or after it; None for all. The stage file may say
        in `known_from` when an act became known; a blank cell is its date
    among : states; an agreement counts when all its parties, and at least two of them, are among these. None for all
    first : str, id of the agreement to list first

    Returns
    -------
    tuple of AgreementLife, the flagship first, then by the day of the last act, newest first

    Raises
    ------
    BadData : a column is missing, a stage or a date is impossible, a row names no known agreement, an id stands twice,
        or a history breaks a rule of `lynchpin.answers.agreements.reading`. The whole file is checked, whatever the day
    UnknownName : a party, a patron or an actor is no state, or `first` is no agreement of the file
    """
    table, entries = _whole(agreements, stages)
    if first and first not in table:
        mend = suggest(first, table, noun="agreement")
        raise UnknownName(f"no agreement has the id {first[:80]!r}, the flagship's", f"{agreements}, line 1", mend)
    history: dict[str, list[StageRow]] = {}
    for id_, stage in entries:
        if stage.is_known(before):
            history.setdefault(id_, []).append(stage)
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


#: The rows of an agreements file by id, and those of its stages file in order.
Whole = tuple[dict[str, dict[str, str]], list[tuple[str, StageRow]]]

#: The two files that were read last, and what they held: a brief asks for the same ones five times.
_LAST: dict[tuple[str, str, bytes], Whole] = {}


def _whole(agreements: Path, stages: Path) -> Whole:
    """Everything that the two files say, each row checked; read anew where either has changed."""
    digest = sha256()
    for path in (agreements, stages):
        try:
            digest.update(sha256(must_be_regular(path, "table").read_bytes()).digest())
        except OSError:
            return _read_whole(agreements, stages)  # it says what is wrong
    key = (str(agreements), str(stages), digest.digest())
    found = _LAST.get(key)
    if found is None:
        found = _read_whole(agreements, stages)
        _LAST.clear()
        _LAST[key] = found
    return found


def _read_whole(agreements: Path, stages: Path) -> Whole:
    table = _table(agreements)
    entries: list[tuple[str, StageRow]] = []
    whole: dict[str, list[StageEntry]] = {}
    for line, row in _rows(stages, _STAGE_COLUMNS):
        where = f"{stages}, line {line}"
        if row["agreement"] not in table:
            raise BadData(
                f"no agreement with id {row['agreement']!r}",
                where,
                suggest(row["agreement"], table, noun="agreement"),
            )
        if row["stage"] not in STAGES:
            raise BadData(f"no stage named {row['stage']!r}", where, suggest(row["stage"], STAGES, noun="stage"))
        if row["precision"] not in _PRECISIONS:
            mend = suggest(row["precision"], _PRECISIONS, noun="precision")
            raise BadData(f"no precision named {row['precision'][:80]!r}", where, mend)
        if row["actor"]:
            _must_be_state(row["actor"].partition(".")[0], "actor", where)
        try:
            day = limits.day("date", parse_day(row["date"]), where=where)
            known_from = parse_cell(row.get("known_from", ""), name="known_from")
        except BadValue as error:
            raise BadData(error.what, where, error.mend) from None
        if known_from is not None and known_from < day:
            raise BadData(
                f"{row['agreement']}: {row['stage']} of {day} was known on {known_from}, before it happened",
                f"{where}, rule dated_after_known",
                "known_from is the day on which it became known: the same day or a later one, or blank",
            )
        whole.setdefault(row["agreement"], []).append(
            StageEntry(line, row["agreement"], day, row["stage"], row["actor"])
        )
        stage = StageRow(
            day,
            row["precision"],
            row["stage"],
            row["actor"],
            row["summary"],
            row["source_url"],
            row["status"],
            known_from,
        )
        entries.append((row["agreement"], stage))
    for rows in whole.values():
        check_history(rows, str(stages))
    return table, entries


def _table(path: Path) -> dict[str, dict[str, str]]:
    """Id -> its row; an id that stands twice is refused."""
    table: dict[str, dict[str, str]] = {}
    for line, row in _rows(path, _AGREEMENT_COLUMNS):
        where = f"{path}, line {line}"
        if row["id"] in table:
            raise BadData(f"the id {row['id']!r} stands twice", where, "give each agreement an id of its own")
        if not row["id"].strip() or not row["kind"].strip():
            blank = "kind" if row["id"].strip() else "id"
            raise BadData(f"the {blank} of an agreement is blank", where, "give each agreement an id and a kind")
        parties = row["parties"].split(";")
        for column, state in [("parties", party) for party in parties] + [("patron", row["patron"])]:
            if state or column == "parties":
                _must_be_state(state, column, where)
        if len(set(parties)) < len(parties):
            raise BadData(f"{row['id']}: a party stands twice in {row['parties'][:80]!r}", where, "name each once")
        if row["patron"] and row["patron"] in parties:
            raise BadData(
                f"{row['id']}: the patron {row['patron']} is a party",
                where,
                "a patron stands outside: leave the column empty where it is a party",
            )
        table[row["id"]] = row
    return table


def _must_be_state(code: str, column: str, where: str) -> None:
    if countries.find(code, system="iso3") is None:
        near = countries.find(code)
        mend = f"{code} is {near.iso3}" if near else "states are named by their ISO3 code, as in KOR; parted by ;"
        raise UnknownName(f"{column}: no state named {code[:80]!r}", where, mend)


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
    """Rows of a text table with their line numbers.

    Raises
    ------
    BadData : no such file, no table (see `lynchpin.tabular`), or a column lacks
    """
    must_be_regular(path, "table")
    frame, lines, notes = open_table(path, knows=set(columns).issubset).frame()
    tell(path, notes)
    for column in columns:
        if column not in frame.columns:
            mend = f"its columns are {', '.join(columns)}"
            raise BadData(f"{path.name} lacks the column {column!r}", f"{path}, line 1", mend)
    return list(zip(lines.to_list(), frame.iter_rows(named=True), strict=True))


# -- What a history of stages may not hold: each rule has a name, and a breach names its file and row.


@dataclass(frozen=True, slots=True)
class StageEntry:
    """A row of the stage file as the rules see it."""

    line: int
    agreement: str
    date: date
    stage: str
    actor: str


Breach = tuple[str, str] | None  # what is wrong, how to mend it


def in_order(earlier: Sequence[StageEntry], row: StageEntry) -> Breach:
    """The rows of an agreement stand in the order of their days."""
    if earlier and row.date < earlier[-1].date:
        return (
            f"{row.agreement}: {row.stage} of {row.date} stands below {earlier[-1].stage} of {earlier[-1].date}",
            "put the rows of an agreement in the order of their days",
        )
    return None


def one_act_a_side_a_day(earlier: Sequence[StageEntry], row: StageEntry) -> Breach:
    """One side moves an agreement once a day; a signature that takes effect at once is one act in two rows."""
    for other in earlier:
        same = other.date == row.date and other.actor == row.actor
        if same and (other.stage, row.stage) != ("signed", "in_force"):
            side = f"by {row.actor}" if row.actor else "by all sides together"
            return (
                f"{row.agreement}: two stages on {row.date} {side}, {other.stage} (line {other.line}) and {row.stage}",
                "keep the act that moved it, or name the side that did each",
            )
    return None


def nothing_after_the_end(earlier: Sequence[StageEntry], row: StageEntry) -> Breach:
    """Nothing follows an end, but the end of another side."""
    for other in earlier:
        if other.stage == ENDED and (row.stage != ENDED or other.actor == row.actor):
            return (
                f"{row.agreement}: {row.stage} of {row.date} follows its end of {other.date} (line {other.line})",
                "a process taken up again is a new agreement with an id of its own",
            )
    return None


def talks_before_signature(earlier: Sequence[StageEntry], row: StageEntry) -> Breach:
    """Talks do not begin after the signature."""
    words = [other.stage for other in earlier]
    if row.stage in OPENINGS and "signed" in words and not set(words) & {*OPENINGS, "agreed_in_principle", "approved"}:
        at = next(other for other in earlier if other.stage == "signed")
        return (
            f"{row.agreement}: {row.stage} of {row.date} follows signed of {at.date} (line {at.line})",
            "talks come before a signature; talks on a new text are a new agreement, on its change: amended",
        )
    return None


def signature_before_force(earlier: Sequence[StageEntry], row: StageEntry) -> Breach:
    """What is in force is not signed for the first time."""
    words = [other.stage for other in earlier]
    if row.stage == "signed" and "in_force" in words and "signed" not in words:
        at = next(other for other in earlier if other.stage == "in_force")
        return (
            f"{row.agreement}: signed of {row.date} follows in_force of {at.date} (line {at.line})",
            "a signature comes before force; a new text is a new agreement",
        )
    return None


def what_it_needs(earlier: Sequence[StageEntry], row: StageEntry) -> Breach:
    """Some acts need another before them."""
    needs = ACTS[row.stage].after
    if needs and not {other.stage for other in earlier} & set(needs):
        first = "" if earlier else ", and nothing comes before it"
        return (
            f"{row.agreement}: {row.stage} of {row.date} comes before any of {', '.join(needs)}{first}",
            "add the act that is missing, or name the stage for what it was",
        )
    return None


RULES: Final[tuple[Callable[[Sequence[StageEntry], StageEntry], Breach], ...]] = (
    in_order,
    nothing_after_the_end,
    one_act_a_side_a_day,
    talks_before_signature,
    signature_before_force,
    what_it_needs,
)


def check_history(rows: Sequence[StageEntry], file: str) -> None:
    """Refuse a history that no agreement can have.

    Parameters
    ----------
    rows : the rows of one agreement, in file order
    file : str, name of the file, for the error

    Raises
    ------
    BadData : names the file, the row and the rule of the first breach
    """
    for at, row in enumerate(rows):
        for rule in RULES:
            breach = rule(rows[:at], row)
            if breach:
                raise BadData(breach[0], f"{file}, line {row.line}, rule {rule.__name__}", breach[1])
