"""From a dated sentence to a row of a chronology: proposed by a model, accepted or mended by a person, appended."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from lynchpin.account.cases import Case, builtin_cases, case_events, read_case
from lynchpin.answers.coding import Coder, held_out, learn, score, tried
from lynchpin.days import parse_day
from lynchpin.defaults import CASE
from lynchpin.errors import BadData, BadValue
from lynchpin.record.sources import get as source
from lynchpin.record.store import check
from lynchpin.record.store.rules import meanings
from lynchpin.results.coding import Accuracy, CoderScores

__all__ = ["COLUMNS", "Coder", "append", "coder", "elsewhere", "new_row", "scores"]

#: Columns of a row that is appended, where a chronology has no others.
COLUMNS = (
    "event_id", "date", "known_from", "precision", "source", "source_sector", "target", "target_sector", "event_type",
    "mode", "contexts", "magnitude", "agreement", "summary", "source_url", "status",
)  # fmt: skip
#: The day that parts what the shown accuracy was learnt on from what it was tried on.
TRIED_FROM = date(2013, 1, 1)


def coder() -> Coder:
    """What is learnt from the whole embedded chronology."""
    return learn(case_events(read_case(CASE)))


def scores(day: date = TRIED_FROM) -> CoderScores:
    """How often the proposals are right on the embedded chronology's rows from a day on, learnt from those before it.

    Rows of the first layer, which belong to no series, are scored apart: they are the ones that are coded one by one.
    """
    case = read_case(CASE)
    first = {row["event_id"] for row in _rows_of(case) if not row.get("series")}
    return held_out(case_events(case), day, {"first layer": first})


def elsewhere() -> dict[str, Accuracy]:
    """How often what is learnt from the whole embedded chronology is right on those of the package's other cases."""
    learnt = coder()
    return {
        name: score(tried(learnt, case_events(read_case(name)))) for name in sorted(builtin_cases()) if name != CASE
    }


def _rows_of(case: Case) -> list[dict[str, str]]:
    assert case.events_file is not None
    return list(csv.DictReader(io.StringIO(case.events_file.read_text(encoding="utf-8-sig"))))


def new_row(case: Case, values: Mapping[str, str]) -> dict[str, str]:
    """A row of the form as a row of the case's chronology, with an id that is free.

    Raises
    ------
    BadValue : the day or a number cannot be read, or a text has a line end
    BadData : the row breaks a rule of the store
    """
    row = {column: " ".join(values.get(column, "").split()) for column in COLUMNS}
    day = parse_day(row["date"], name="date")
    if not row["summary"]:
        raise BadValue("the row has no sentence", "summary", "say in a sentence of your own what happened")
    row["precision"], row["status"] = row["precision"] or "day", row["status"] or "recalled"
    for name in ("source", "target", "contexts"):
        row[name] = ";".join(sorted({part.strip() for part in row[name].split(";") if part.strip()}))
    taken = {one["event_id"] for one in _rows_of(case)} if case.events_file is not None else set()
    stem = f"own-{day}"
    row["event_id"] = row["event_id"] or next(
        f"{stem}-{k:02d}" for k in range(1, 10_000) if f"{stem}-{k:02d}" not in taken
    )
    if row["event_id"] in taken:
        raise BadValue(f"the id {row['event_id']!r} is taken", "event_id", "leave it empty")
    _must_hold(row)
    return row


def _must_hold(row: Mapping[str, str]) -> None:
    """Hold one row against the rules that `ingest` holds it against."""
    with tempfile.TemporaryDirectory() as aside:
        file = Path(aside) / "row.csv"
        file.write_text(_text([row]), encoding="utf-8")
        feed = source("chronology")
        checked = check(feed.read(file), feed)
    if checked.refused.height:
        says = meanings()
        broke = checked.refused.row(0, named=True)["broke"]
        raise BadData("; ".join(says.get(name, name) for name in broke), "the row", "mend what is named, and try again")


def _text(rows: list[Mapping[str, str]], columns: tuple[str, ...] = COLUMNS) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n", extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def append(case: Case, row: Mapping[str, str]) -> Path:
    """Add a row to the chronology of a case of one's own; the file is replaced whole, or stays as it is.

    Raises
    ------
    BadData : the case comes with the package, names no chronology, or its file cannot be written
    """
    if case.events_file is None or case.path in builtin_cases().values():
        mend = "save a copy of it as a case of your own on the theory page"
        raise BadData("the chronology of this case cannot be written to", case.name, mend)
    text = case.events_file.read_text(encoding="utf-8-sig")
    header = next(csv.reader(io.StringIO(text)), [])
    line = io.StringIO()
    csv.DictWriter(line, header, lineterminator="\n", extrasaction="ignore", restval="").writerow(dict(row))
    handle, aside = tempfile.mkstemp(prefix=".appending-", dir=case.events_file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text if text.endswith("\n") else f"{text}\n")
            out.write(line.getvalue())
            out.flush()
            os.fsync(out.fileno())
        Path(aside).replace(case.events_file)
    except OSError as error:
        raise BadData(
            f"the chronology cannot be written: {error.strerror}", case.events_file.name, "make room"
        ) from None
    finally:
        Path(aside).unlink(missing_ok=True)
    return case.events_file
