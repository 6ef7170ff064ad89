"""PLOVER as JSON lines: one record to a line, as in PLOVER's gold standard records.

    {"id": "1", "date": "2014-12-29", "event": "AGREE", "mode": "", "context": "intelligence",
     "source": [{"actorText": "Tokyo", "code": "JPN", "sector": "GOV"}], "target": [{"code": "KOR"}], "text": "..."}

What to know:

- A side is one actor, a list of actors, or "" for none. Each has an ISO3 code, or the code of a body that is no
  state; the first sector that is one of ours decides.
- Several actors without a target are a joint act: the same set of states stands on both sides.
- A line that is no record has no fields, so the rule on the number of fields refuses it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.record.ontology import sectors
from lynchpin.record.sources._base import Source, complete, joined
from lynchpin.record.sources._feed import constants, day, number, our_contexts, plover_magnitude, plover_type
from lynchpin.record.sources._sides import code_found, side_columns
from lynchpin.record.sources._text import first_line, line_blocks, must_be_file

COLUMNS = ("id", "date", "source", "target", "event", "mode", "context", "magnitude", "text", "url")
SCALE = "plover-2.0"
_SIDES = ("source", "target")
_RECORD = pl.Struct(
    {
        "fields": pl.Int64(),
        **{name: pl.String() for name in ("id", "date", "event", "mode", "context", "magnitude", "text", "url")},
        **{f"{side}_{what}": pl.String() for side in _SIDES for what in ("name", "code", "sector", "size")},
    }
)


def matches(path: Path) -> bool:
    """Whether the first line is a JSON object with an id, a date and an event."""
    try:
        record = json.loads(first_line(path))
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and {"id", "date", "event"} <= set(record)


def blocks(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, or an empty one
    """
    file = must_be_file(path)

    def records(lines: pl.Series) -> pl.Series:
        return pl.Series(lines.name, [_record(line) for line in lines], dtype=_RECORD)

    record = pl.col("raw").map_batches(records, return_dtype=_RECORD, is_elementwise=True)
    return (
        complete(_events(lines.with_columns(_record=record).unnest("_record"), file)) for lines in line_blocks(file)
    )


def _record(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return {"fields": 0}
    found: dict[str, Any] = {name: _text(said.get(name)) for name in COLUMNS if name not in _SIDES}
    for side in _SIDES:
        found |= {f"{side}_{what}": text for what, text in _side(said.get(side)).items()}
    return {"fields": 1, **found}


def _side(said: object) -> dict[str, str]:
    """One side's actors: names, codes, the first of our sectors, and how many there are."""
    actors = [said] if isinstance(said, dict) else said if isinstance(said, list) else []
    known = [actor for actor in actors if isinstance(actor, dict)]
    sector = (sectors.from_code(_text(actor.get("sector")), "plover") for actor in known)
    return {
        "name": "; ".join(name for actor in known if (name := _text(actor.get("actorText") or actor.get("actor")))),
        "code": ";".join(code for actor in known if (code := _text(actor.get("code")))),
        "sector": next((ours for ours in sector if ours), ""),
        "size": str(len(known)),
    }


def _text(value: object) -> str:
    if isinstance(value, list):
        return ";".join(_text(item) for item in value)
    if value is None or isinstance(value, dict | bool):
        return ""
    return str(value).encode("utf-8", errors="replace").decode("utf-8").strip()


def _events(texts: pl.LazyFrame, file: Path) -> pl.LazyFrame:
    blank = pl.lit("")
    typed = texts.rename({"date": "_date_text", "id": "event_id"}).with_columns(
        date=day(pl.col("_date_text")),
        type=plover_type(pl.col("event")),
        mode=pl.col("mode").str.to_lowercase().fill_null(blank),
        source_code=pl.col("source_code").fill_null(blank),
        target_code=pl.col("target_code").fill_null(blank),
    )
    looked_up = typed.with_columns(
        _source=code_found(pl.col("source_code"), pl.col("date")),
        _target=code_found(pl.col("target_code"), pl.col("date")),
    )
    sectored = {f"{side}_sector": pl.col(f"{side}_sector").fill_null(blank) for side in _SIDES}
    sides = {
        name: column
        for side in _SIDES
        for name, column in side_columns(side, pl.col(f"_{side}")).items()
        if name not in sectored
    }
    sided = looked_up.with_columns(
        **constants("plover_json", SCALE, SCALE, file),
        **sides,
        **sectored,
        source_name=pl.col("source_name").fill_null(blank),
        target_name=pl.col("target_name").fill_null(blank),
        code=pl.col("event"),
        _code_text=pl.col("event"),
        contexts=our_contexts(pl.col("context")),
        magnitude=plover_magnitude(pl.col("type"), pl.col("mode")),
        magnitude_shipped=number(pl.col("magnitude")),
        _magnitude_text=pl.col("magnitude").fill_null(blank),
        summary=pl.col("text").fill_null(blank),
        url=pl.col("url").fill_null(blank),
        _fields=pl.col("fields"),
        _fields_expected=pl.lit(1, pl.Int64),
    )
    is_joint = (pl.col("target_size") == "0") & (pl.col("source").list.len() > 1)
    return sided.with_columns(
        pl.when(is_joint).then(f"source{part}").otherwise(f"target{part}").alias(f"target{part}")
        for part in ("", "_name", "_sector")
    )


SOURCE = Source(
    name="plover_json",
    summary="PLOVER events as JSON lines, one record to a line",
    citation="Halterman, Bagozzi, Beger, Schrodt, Scarborough (2023), PLOVER and POLECAT: A New Political Event "
    "Ontology and Dataset; cite the file's own authors too",
    licence="the file's own",
    columns=COLUMNS,
    scale=SCALE,
    matches=matches,
    read=joined(blocks),
    blocks=blocks,
)
