"""The brief in a screenful of text: what a person reads before opening the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from lynchpin.report.page import changes, headlines, tables, words
from lynchpin.report.page.figures import lanes, watch_name
from lynchpin.report.plots import fan, totals
from lynchpin.report.plots.theme import pair_name, spoken
from lynchpin.report.width import laid_out
from lynchpin.results import Brief
from lynchpin.results.base import UNSEEN

#: From these widths on there is room for what is otherwise left out.
WIDE, WIDEST = 110, 150

#: Lines of each kind of change that a terminal shows.
MOST_CHANGES = 8

#: How the grades that say something look; those that say nothing are dim.
_STYLES = {"strong for": "bold", "moderate for": "bold", "strong against": "bold red", "moderate against": "bold red"}
_STYLES |= {"slight for": "", "slight against": "red"}


@dataclass(frozen=True, slots=True)
class terminal:  # noqa: N801
    """A brief for a rich console: title, claims, outlook, index, agreements; fits 80 columns, uses more.

    Parameters
    ----------
    brief : Brief
    """

    brief: Brief

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        width = options.max_width
        wide = width >= WIDE
        yield from _head(self.brief)
        yield from _changed(self.brief)
        if self.brief.claims:
            yield laid_out(_claims(self.brief, wide), width)
        if self.brief.watch:
            yield laid_out(_outlook(self.brief, width >= WIDEST), width)
        yield laid_out(_index(self.brief), width)
        if self.brief.agreements:
            yield laid_out(_agreements(self.brief, wide), width)


def _head(brief: Brief) -> Iterator[RenderableType]:
    made_from = brief.provenance
    yield Text(brief.title, style="bold")
    when = (
        f"as of {made_from.as_of}, blind to that day and later"
        if made_from.as_of
        else f"the whole record, to {made_from.last_event_date}"
    )
    yield Text(when)
    yield from (Text(line) for line in made_from.told().split("\n")[1:])
    yield Text(
        f"{words.plural(made_from.events_used, 'event')} {made_from.first_event_date} to {made_from.last_event_date}, "
        f"data {made_from.data_hash[:8]}, case {made_from.case_hash[:8]}, seed {made_from.seed}, "
        f"lynchpin {made_from.version}",
        style="dim",
    )
    for headline in headlines.headlines(brief):
        yield Text(f"- {headline.lead}")


def _changed(brief: Brief) -> Iterator[Text]:
    """What changed since an earlier brief; nothing where none was asked for."""
    found = changes.told(brief)
    if found is None:
        return
    yield Text(f"\n{found.title}", style="bold")
    yield Text(found.lead)
    for name, lines in found.parts:
        if lines:
            yield Text(f"{name}:")
            yield from (Text(f"- {line}") for line in lines[:MOST_CHANGES])
        if len(lines) > MOST_CHANGES:
            yield Text(f"  and {len(lines) - MOST_CHANGES:,} more: the page and --json have them all", style="dim")


def _table(title: str, *columns: tuple[str, str]) -> Table:
    """A plain table; columns are (header, "left", "right" or "narrow")."""
    table = Table(
        title=f"\n{title}", title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1)
    )
    for name, side in columns:
        table.add_column(
            name,
            justify="left" if side == "left" else "right",
            no_wrap=side == "right",
            max_width=11 if side == "narrow" else None,
        )
    return table


def _claims(brief: Brief, wide: bool) -> Table:
    columns = [("", "left"), ("claim", "left"), ("expects", "left"), ("ratio", "right"), ("at least", "right")]
    columns += [("at most", "right"), ("half-life", "right"), ("evidence", "left")]
    if wide:
        columns.insert(7, ("acts: cause / target", "right"))
    else:
        columns = [column for column in columns if column[0] not in ("expects", "half-life")]
    table = _table("What moves it: rate ratio when the cause doubles", *columns)
    table.caption = None if wide else f"half-lives, numbers of acts and what is expected: {WIDE} columns show them too"
    for row in tables.ledger_rows(brief.claims):
        claim = row.claim
        tested = claim.effect is not None
        said = {
            "": claim.id,
            "claim": row.name or claim.claim,
            "expects": row.expected if tested else words.UNKNOWN,
            "ratio": words.UNKNOWN if claim.effect is not None and claim.effect.is_unseen else row.ratio,
            "at least": row.at_least,
            "at most": row.at_most,
            "half-life": words.half_life(claim.half_life_days) if tested else words.UNKNOWN,
            "acts: cause / target": f"{claim.n_cause_events:,} / {claim.n_target_events:,}"
            if tested
            else words.UNKNOWN,
        }
        cells = [Text(said[name]) for name, _ in columns if name != "evidence"]
        graded = f"{claim.graded}, {UNSEEN}" if claim.effect is not None and claim.effect.is_unseen else claim.graded
        table.add_row(*cells, Text(graded, style=_STYLES.get(claim.graded, "dim")))
    return table


def _outlook(brief: Brief, wide: bool) -> Table:
    months = brief.forecast.table["month"].n_unique()
    columns = [
        ("", "left"),
        ("expected", "right"),
        ("80 %", "right"),
        ("last 12 m", "right"),
        ("chance of any", "right"),
        ("90 %", "right"),
        ("base rate", "right"),
    ]
    if wide:
        columns += [(name, "narrow") for name in tables.baselines(brief.forecast)]
    table = _table(f"Outlook: events over {words.plural(months, 'month')}", *columns)
    for watch in brief.watch:
        rows = totals.beside(brief.forecast, watch)
        if rows.is_empty():
            continue
        ours = rows.row(0, named=True)
        year = fan.behind(brief.forecast, watch, months=12)
        cells = [
            watch_name(brief, watch),
            words.number(ours["mean"], 1),
            words.interval(ours["low"], ours["high"], 0),
            words.number(int(year["count"].sum()) if year.height else None, 0),
            words.percent(ours["p_any"]),
            words.span(ours["any_lower"], ours["any_upper"]),
            words.percent(ours["base_rate"]),
        ]
        if wide:
            cells += [words.number(mean, 1) for mean in rows.filter(~pl.col("ours"))["mean"]]
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _index(brief: Brief) -> Table:
    table = _table(
        "Relation index today, −1 all conflict to +1 all cooperation",
        ("", "left"),
        ("index", "right"),
        ("90 % interval", "right"),
        ("last turned", "left"),
    )
    for pair in lanes(brief):
        now = headlines.today(brief, pair)
        if now is None:
            continue
        turn = headlines.last_turn(brief, pair)
        table.add_row(
            Text(pair_name(pair, brief.actors)),
            words.signed(now[0]),
            f"{words.signed(now[1])} to {words.signed(now[2])}",
            f"{turn[0]}, {turn[1]}" if turn else words.UNKNOWN,
        )
    return table


def _agreements(brief: Brief, wide: bool) -> Table:
    shown = brief.agreements if wide else brief.agreements[:5]
    shown = shown[:12]
    table = _table(
        f"Agreements: {len(shown)} of {len(brief.agreements)}, the flagship first",
        ("", "left"),
        ("stage", "left"),
        ("since", "right"),
        *((("a year on", "left"),) if any(life.forecast for life in shown) else ()),
    )
    for row, life in zip(tables.life_rows(shown, brief.actors), shown, strict=True):
        said = [Text(row.likely)] if any(life.forecast for life in shown) else []
        table.add_row(Text(row.title), Text(spoken(life.stage)), row.since, *said)
    return table
