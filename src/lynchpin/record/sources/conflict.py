"""Feeds of armed conflict, coded by people: ACLED's exports and UCDP's georeferenced events (GED).

Their actors are groups, few of which are states, so a row without a state on each side is refused and counted
(`no_state_pair`). What to know:

- ACLED names groups: `lynchpin.record.ontology.conflict.state_forces` says which act for a state, and `inter1` and
  `inter2`, where they are there, must call them forces of a state too (1 or 8, or in words). Associated actors are no
  side. UCDP gives the number of Gleditsch and Ward of each government.
- The order of actors means who did it to whom only where the table of acts says so. Other acts are joint: the same
  states on both sides. With several states on a side that would set allies against each other: refused
  (`side_of_several`).
- A day known within a week is noted (`within_a_week`); known within a month, its precision is "month"; known less
  well, the row is refused (`coarse_date`). Where UCDP gives two days the act has the later one, by which it had
  happened.
- ACLED's `timestamp` is when the row was last uploaded: from that day on it was known as it stands. UCDP has no such
  day; `--known-lag` says how late its releases are.
- No scale is shipped. Deaths are not read: what an act counts for comes from its type and mode alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import polars as pl

from lynchpin.record.ontology import conflict, countries
from lynchpin.record.sources._base import Source, complete, joined
from lynchpin.record.sources._days import read_days
from lynchpin.record.sources._feed import calendar, cell, constants, header_fields, key_cell, places, plover_magnitude
from lynchpin.record.sources._sides import FOUND, Found, by_spell, by_value, code_found, side_columns
from lynchpin.record.sources._text import first_line, must_be_file
from lynchpin.tabular import open_table

SCALE = "plover-2.0"
_ACT = pl.Struct({"type": pl.String(), "mode": pl.String(), "is_ordered": pl.Boolean()})
_NOBODY = pl.lit([], pl.List(pl.String))
_STATE_FORCES = ("", "1", "8", "state forces", "external/other forces", "external forces")  # values of `inter1`


def _names(path: Path) -> set[str]:
    line = first_line(path)
    return {name.casefold() for name in header_fields(line, max(",;\t", key=line.count))}


def _parts(path: Path, aliases: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]) -> Iterator[pl.LazyFrame]:
    """Every line of a CSV file as texts, a column `_NAME` for each of the aliases.

    Raises
    ------
    BadData : no such file, an empty one, a header without the columns that are needed, or a quote that is not closed
    """
    table = open_table(must_be_file(path), knows=lambda header: set(needed) <= {name.casefold() for name in header})
    at = places(list(table.header), aliases, needed, path)
    return (
        part.lazy()
        .with_columns(_split="cells")
        .select(
            "row",
            "raw",
            _what="what",
            _fields=pl.col("cells").list.len().cast(pl.Int64),
            _fields_expected=pl.lit(len(table.header), pl.Int64),
            _notes=pl.lit(list(table.notes), pl.List(pl.String)),
            **{f"_{name}": (key_cell if name in ("id", "date") else cell)(place) for name, place in at.items()},
        )
        for part in table.parts()
    )


def _events(typed: pl.LazyFrame, dataset: conflict.Feed, file: Path) -> pl.LazyFrame:
    """Events from `date`, `_from`, `_to` (structs of `FOUND`), `_act`, `_weeks`, and the texts of both feeds."""
    told = typed.with_columns(
        **constants(dataset, SCALE, dataset, file),
        **side_columns("source", pl.col("_from")),
        **side_columns("target", pl.col("_to")),
        **{name: pl.col("_act").struct.field(name) for name in ("type", "mode")},
        _is_joint=~pl.col("_act").struct.field("is_ordered").fill_null(True),
        event_id=pl.col("_id").str.strip_chars(),
        source_name=pl.col("_side_a"),
        target_name=pl.col("_side_b"),
        summary=pl.when(pl.col("_sub_event") == "").then("_event").otherwise("_sub_event"),
        url=pl.format("{}:{}", pl.lit(dataset), "_id"),
        _date_text=pl.col("_date"),
        _magnitude_text=pl.lit(""),
    ).with_columns(
        code=pl.col("summary"), _code_text=pl.col("summary"), magnitude=plover_magnitude(pl.col("type"), pl.col("mode"))
    )
    source, target = pl.col("source").list, pl.col("target").list
    unpaired = (source.len() == 0) | (target.len() == 0) | (source.set_intersection("target").list.len() > 0)
    several = pl.col("_is_joint") & ((source.len() > 1) | (target.len() > 1))
    is_both = pl.col("_is_joint") & ~unpaired & ~several
    both = {
        "": pl.concat_list("source", "target").list.sort(),
        "_name": pl.format("{}; {}", "source_name", "target_name"),
        "_sector": pl.when(pl.col("source_sector") == pl.col("target_sector"))
        .then("source_sector")
        .otherwise(pl.lit("")),
    }
    week = pl.when(pl.col("_known_within") == "week").then(pl.lit(["within_a_week"])).otherwise(_NOBODY)
    return complete(
        told.with_columns(
            precision=pl.when(pl.col("_known_within") == "month").then(pl.lit("month")).otherwise(pl.lit("day")),
            _notes=pl.concat_list("_notes", week),
            _unfit=pl.when(pl.col("date").is_null())  # no day, no state of that day: one fault, not two
            .then(None)
            .when(unpaired)
            .then(pl.lit("no_state_pair"))
            .when(several)
            .then(pl.lit("side_of_several"))
            .when(pl.col("_known_within") == "year")
            .then(pl.lit("coarse_date")),
            **{
                f"{side}{end}": pl.when(is_both).then(said).otherwise(f"{side}{end}")
                for side in ("source", "target")
                for end, said in both.items()
            },
        )
    )


def _act(feed: conflict.Feed) -> pl.Expr:
    """What the table of acts says of an event and its sub-event; nulls where it does not know them."""

    def look_up(both: str) -> dict[str, object] | None:
        event, _, sub_event = both.casefold().partition("|")
        known = conflict.acts(feed).get((event.strip(), sub_event.strip()))
        return {name: getattr(known, name) for name in _ACT.to_schema()} if known else None

    return by_value(pl.format("{}|{}", "_event", "_sub_event"), look_up, _ACT)


# -- ACLED: what its export tool and its interface write, of any year since the sub-events of 2019.

ACLED_COLUMNS = (
    *("event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type"),
    *("actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting"),
    *("iso", "region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude", "geo_precision"),
    *("source", "source_scale", "notes", "fatalities", "tags", "timestamp"),
)
_ACLED = {
    "id": ("event_id_cnty",),
    "date": ("event_date",),
    "precision": ("time_precision",),
    "event": ("event_type",),
    "sub_event": ("sub_event_type",),
    "side_a": ("actor1",),
    "inter_a": ("inter1",),
    "side_b": ("actor2",),
    "inter_b": ("inter2",),
    "known": ("timestamp",),
}
_WITHIN = {"acled": {"": "day", "1": "day", "2": "week", "3": "month"}}
_WITHIN["ucdp"] = {"1": "day", "2": "week", "3": "week", "4": "month"}


def matches_acled(path: Path) -> bool:
    """Whether the first line is a header of ACLED, the older one with `data_id` or the newer one."""
    return {"event_id_cnty", "event_date", "actor1", "actor2"} <= _names(path)


def blocks_acled(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, or a header without the columns that are needed
    """
    for texts in _parts(path, _ACLED, ("id", "date", "event", "sub_event", "side_a", "side_b")):
        typed = texts.with_columns(date=_acled_day(pl.col("_date")), _act=_act("acled"), _known_text=pl.col("_known"))
        yield _events(
            typed.with_columns(
                known_from=by_value(pl.col("_known"), _uploaded, pl.Date()),
                _known_within=_within("acled"),
                _from=_group("a"),
                _to=_group("b"),
            ),
            "acled",
            path,
        )


def _within(feed: str) -> pl.Expr:
    """How well the day is known: to the "day", "week" or "month", or, for any other precision, to the "year"."""
    return pl.col("_precision").replace_strict(_WITHIN[feed], default="year", return_dtype=pl.String)


def _acled_day(text: pl.Expr) -> pl.Expr:
    """12 January 2021, 12-January-2021 or 2021-01-12; null for anything else."""
    named = text.str.strip_chars().str.replace_all("-", " ", literal=True)
    spelt = pl.when(named.str.contains(r"^\d{1,2} [A-Za-z]{3,} \d{4}$")).then(named)
    return pl.coalesce(calendar(spelt.str.to_date("%d %B %Y", strict=False)), read_days(text, "year first"))


@cache
def _uploaded(text: str) -> date | None:
    """The day of a timestamp: seconds since 1970, in UTC, or a day with the year first."""
    if text.isascii() and text.isdigit() and 9 <= len(text) <= 10:
        return datetime.fromtimestamp(int(text), UTC).date()
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _group(side: str) -> pl.Expr:
    is_state = pl.col(f"_inter_{side}").str.to_lowercase().is_in(_STATE_FORCES)
    name = pl.when(is_state).then(pl.col(f"_side_{side}")).otherwise(pl.lit(""))
    return by_spell(name, pl.col("date"), _group_spells, FOUND)


def _group_spells(name: str) -> list[tuple[date, dict[str, object] | None]]:
    found = conflict.state_forces(name)
    if found is None:
        return [(date.min, None)]
    country, sector = found
    spells = countries.spells(country, "name")
    return [(first, Found([state.iso3] if state else [], sector, None)._asdict()) for first, state in spells]


ACLED = Source(
    name="acled",
    summary="ACLED events (CSV as its export tool writes them, of either header); only acts between two states",
    citation="Raleigh, Kishi, Linke (2023), Political instability patterns are obscured by conflict dataset scope "
    "conditions, sources, and coding choices, Humanities and Social Sciences Communications 10; "
    "give the day on which yours was exported",
    licence="ACLED's terms of use (acleddata.com): registration, attribution, no passing on of the rows",
    columns=ACLED_COLUMNS,
    scale=SCALE,
    matches=matches_acled,
    read=joined(blocks_acled),
    coded_by="people of the project",
    blocks=blocks_acled,
)


# -- UCDP GED: the yearly releases from version 20 on, and the candidate events of each month.

UCDP_COLUMNS = (
    *("id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id"),
    *("conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a"),
    *("side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office"),
    *("source_date", "source_headline", "source_original", "where_prec", "where_coordinates", "where_description"),
    *("adm_1", "adm_2", "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region"),
    *("event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians"),
    *("deaths_unknown", "best", "high", "low", "gwnoa", "gwnob"),
)
_UCDP = {
    "id": ("id",),
    "date": ("date_end",),
    "start": ("date_start",),
    "precision": ("date_prec",),
    "event": ("type_of_violence",),
    "conflict": ("conflict_name",),
    "side_a": ("side_a",),
    "side_b": ("side_b",),
    "gwno_a": ("gwnoa",),
    "gwno_b": ("gwnob",),
}


def matches_ucdp(path: Path) -> bool:
    """Whether the first line is a header of UCDP GED."""
    return {"side_a", "side_b", "date_start", "type_of_violence"} <= _names(path)


def blocks_ucdp(path: Path) -> Iterator[pl.LazyFrame]:
    """Read one file in blocks.

    Raises
    ------
    BadData : no such file, an empty one, or a header without the columns that are needed
    """
    for texts in _parts(path, _UCDP, tuple(_UCDP)):
        typed = texts.with_columns(date=read_days(pl.col("_date"), "year first"), _sub_event=pl.lit(""))
        start = read_days(pl.col("_start"), "year first")
        typed = typed.with_columns(date=pl.when(start <= pl.col("date")).then("date"), _act=_act("ucdp"))
        yield _events(
            typed.with_columns(_known_within=_within("ucdp"), _from=_government("a"), _to=_government("b")),
            "ucdp",
            path,
        ).with_columns(summary=pl.lit("armed force"))


def _government(side: str) -> pl.Expr:
    number = pl.col(f"_gwno_{side}").str.replace_all(r"\.0\b", "")
    return code_found(number, pl.col("date"), "gw")


UCDP = Source(
    name="ucdp",
    summary="UCDP georeferenced events (GED, CSV, versions from 20 on); only acts between two states",
    citation="Sundberg, Melander (2013), Introducing the UCDP Georeferenced Event Dataset, Journal of Peace Research "
    "50(4); and the article of your version, which the page of the download names",
    licence="CC BY 4.0, as stated at ucdp.uu.se",
    columns=UCDP_COLUMNS,
    scale=SCALE,
    matches=matches_ucdp,
    read=joined(blocks_ucdp),
    coded_by="people of the project",
    blocks=blocks_ucdp,
)

SOURCES = (ACLED, UCDP)
