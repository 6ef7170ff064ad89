"""Every event and every stage as the page cites it: when, who, what, and where it can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from lynchpin.report.page import words
from lynchpin.report.plots.theme import spoken
from lynchpin.results import AgreementLife

#: A page lists no more events than this, the latest; a browser could not show them all.
MOST_CITED = 4000


@dataclass(frozen=True, slots=True)
class Citation:
    """One line of the list of sources; `key` joins an event's line to its dots."""

    key: str
    year: int
    when: str
    who: str
    summary: str
    act: str  # type and mode
    event_class: str
    status: str
    link: tuple[str, str] | None  # address and host
    reference: str  # what stands for an address that is none


def citations(events: pl.DataFrame, actors: Mapping[str, str], prefix: str) -> list[Citation]:
    """A line for each event, by date; the latest `MOST_CITED` only.

    Parameters
    ----------
    events : DataFrame in the order of `lynchpin.events.SCHEMA`, plus event_class
    actors : code -> name
    prefix : str, begins every key
    """
    listed = []
    for number, row in enumerate(events.sort("date", maintain_order=True).tail(MOST_CITED).iter_rows(named=True)):
        link = words.web_address(row["url"] or "")
        source = words.side(row["source"], row["source_sector"] or "", row["source_name"] or "", actors)
        target = words.side(row["target"], row["target_sector"] or "", row["target_name"] or "", actors)
        act = " · ".join(spoken(part) for part in ((row["type"] or "").lower(), row["mode"] or "") if part)
        listed.append(
            Citation(
                key=f"{prefix}{number}",
                year=row["date"].year,
                when=words.day(row["date"], row["precision"] or "day"),
                who=f"{source}, jointly" if source == target else f"{source} → {target}",
                summary=row["summary"] or "",
                act=act,
                event_class=row["event_class"] or "",
                status=row["status"] or "",
                link=link,
                reference="" if link else row["url"] or "",
            )
        )
    return listed


def for_timeline(events: pl.DataFrame, listed: Sequence[Citation]) -> pl.DataFrame:
    """The listed events with the words of their citations, as `timeline.dots` reads them."""
    frame = events.sort("date", maintain_order=True).tail(MOST_CITED)
    return frame.select("date", "source", "target", "event_class", "magnitude", "status").with_columns(
        event=pl.Series([line.key for line in listed], dtype=pl.String),
        when=pl.Series([line.when for line in listed], dtype=pl.String),
        who=pl.Series([line.who for line in listed], dtype=pl.String),
        act=pl.Series([line.act for line in listed], dtype=pl.String),
        summary=pl.Series([line.summary for line in listed], dtype=pl.String),
    )


def by_year(listed: Sequence[Citation]) -> list[tuple[int, list[Citation]]]:
    """The lines of each year, the latest year first."""
    ordered = sorted(listed, key=lambda line: -line.year)
    return [(year, list(lines)) for year, lines in groupby(ordered, key=lambda line: line.year)]


def stage_citations(lives: Sequence[AgreementLife], actors: Mapping[str, str]) -> list[tuple[str, list[Citation]]]:
    """The lines of each agreement's acts, under its title."""
    found = []
    for life in lives:
        lines = []
        for row in sorted(life.history, key=lambda act: act.date):
            link = words.web_address(row.url)
            lines.append(
                Citation(
                    key="",
                    year=row.date.year,
                    when=words.day(row.date, row.precision),
                    who=words.mover(row.actor, actors),
                    summary=row.summary,
                    act=spoken(row.stage),
                    event_class="",
                    status=row.status,
                    link=link,
                    reference="" if link else row.url,
                )
            )
        found.append((life.title, lines))
    return found
