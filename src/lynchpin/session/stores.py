"""Stores as one looks at them: what they hold, what was refused and why, and names that no state was found for."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.errors import BadValue, suggest
from lynchpin.record.ontology import countries
from lynchpin.record.ontology.sectors import sectors
from lynchpin.record.store import Store
from lynchpin.record.store.rules import meanings


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A store as it stands.

    info : what `lynchpin store info --json` tells
    refused : rows that broke a rule: file, row, raw, broke; at most as many as were asked for
    refused_in_all : int
    unresolved : names without a state, by volume; at most as many as were asked for
    """

    info: Mapping[str, Any]
    refused: pl.DataFrame
    refused_in_all: int
    unresolved: pl.DataFrame


def look(store: str | Path, most: int = 200) -> Look:
    """Open a store for looking only; errors as for `Store.open`."""
    with Store.open(store, read_only=True) as opened:
        refused = opened.refused()
        names = opened.unresolved()
        return Look(opened.info(), refused.head(most), refused.height, names.filter(pl.col("known") == "").head(most))


def reasons() -> dict[str, str]:
    """What each reason for refusing a row says."""
    return meanings()


def actor_row(name: str, state: str, sector: str) -> tuple[str, str, str]:
    """A line of a table of actors: a name, its state as ISO3, and its sector.

    Raises
    ------
    BadValue : the name cannot stand in such a table, or there is no such state or sector
    """
    if not name.strip() or len(name) > 300 or ";" in name or any(ord(sign) < 32 for sign in name):
        raise BadValue(f"{name[:80]!r} cannot stand in a table of actors", "name", "it has no ; and no line end")
    code = ""
    if state.strip():
        found = countries.find(state.strip())
        if found is None:
            raise BadValue(
                f"no state {state[:80]!r}", "state", "write the ISO3 code or the English name, or leave it empty"
            )
        code = found.iso3
    if sector and sector not in sectors("lynchpin"):
        raise BadValue(f"no sector {sector[:40]!r}", "sector", suggest(sector, sectors("lynchpin"), noun="sector"))
    return name, code, sector


def with_names(table: str, given: Mapping[str, tuple[str, str]]) -> str:
    """The text of a table of actors with names assigned; a name that is there already is assigned anew.

    Parameters
    ----------
    table : str, CSV with the columns name, state, sector; or nothing
    given : name -> state, sector

    Raises
    ------
    BadValue : as for `actor_row`
    """
    kept = {row["name"]: (row["state"], row["sector"]) for row in csv.DictReader(io.StringIO(table))}
    for name, (state, sector) in given.items():
        checked = actor_row(name, state, sector)
        kept[checked[0]] = checked[1:]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("name", "state", "sector"))
    writer.writerows((name, *rest) for name, rest in kept.items())
    return stream.getvalue()
