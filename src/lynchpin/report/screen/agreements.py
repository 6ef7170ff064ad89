"""Agreements as tables for a terminal: all in one, or one in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from lynchpin.report.screen._parts import WIDTH, grid, parts
from lynchpin.report.text import spaced
from lynchpin.report.width import Aside
from lynchpin.results import AgreementLife, Agreements, Ratification, StageChance, StageDifference, chance, signed

_YEAR = 365


@parts.register
def _(record: Agreements, width: int = WIDTH) -> Iterator[str | RenderableType]:
    """All about the one that was asked for; of several, a line for each that has not ended."""
    if not record.only:
        yield _overview(record)
        return
    for life in record.lives:
        yield Text(f"{life.title} ({life.id})", style="bold")
        yield Text(_about(life))
        yield from _in_full(life)
    yield Aside("\n".join(record.notes))


def _overview(record: Agreements) -> Table:
    """The stage of each, and the likeliest stages a year on."""
    live = [life for life in record.lives if life.standing != "ended"]
    ended = len(record.lives) - len(live)
    many = "agreement" if len(live) == 1 else "agreements"
    title = f"{record.provenance.case}: {len(live)} {many}{f', and {ended} that have ended' if ended else ''}"
    table = _table("agreement", "stands at", "last act", "a year on", title=title, caption=" ".join(record.notes))
    for life in live:
        year = sorted((c for c in life.forecast if c.horizon_days == _YEAR), key=lambda c: -c.probability)
        likely = ", ".join(f"{spaced(c.stage)} {chance(c.probability)}" for c in year[:3] if c.probability >= 0.05)
        table.add_row(life.id, spaced(life.standing), f"{spaced(life.stage)} {life.since}", likely)
    return table


def _about(life: AgreementLife) -> str:
    patron = f", outside patron {life.patron}" if life.patron else ""
    return (
        f"{'; '.join(life.parties)}{patron}; {spaced(life.kind)}. "
        f"Stands at: {spaced(life.standing)}. Last act: {spaced(life.stage)}, {life.since}.\n"
    )


def _in_full(life: AgreementLife) -> Iterator[RenderableType]:
    yield _history(life)
    yield ""
    if life.standing != "ended" and life.forecast:
        yield _forecast(life.forecast)
        yield ""
    if life.what_if:
        yield "The same with the deed, and the difference in points:"
        yield _what_if(life.what_if)
        yield ""
    if life.forces:
        yield Text(f"What each adds to the chance, in points, of standing {spaced(life.success)} a year on:")
        yield _forces(life)
        yield ""
    if life.ratification is not None and life.standing in ("negotiating", "agreed_in_principle", "suspended"):
        yield from _ratification(life.ratification)
        yield ""
    if life.analogues:
        yield _analogues(life)
        yield ""


def _history(life: AgreementLife) -> Table:
    table = _table("date", "stage", "by", "what")
    for act in life.history:
        table.add_row(str(act.date), spaced(act.stage), act.actor or "all", act.summary)
    return table


def _forces(life: AgreementLife) -> Table:
    table = _table("force", "value", "points", "90 %", "what it is")
    for force in life.forces:
        span = f"{signed(100 * force.lower, 0)} to {signed(100 * force.upper, 0)}"
        table.add_row(spaced(force.name), signed(force.value), signed(100 * force.change, 0), span, force.means)
    return table


def _analogues(life: AgreementLife) -> Table:
    table = _table("like", "on", "distance", "a year later", "last known")
    for one in life.analogues:
        after, known = spaced(one.stage_after), spaced(one.stage_known)
        table.add_row(one.title, str(one.date), f"{one.distance:.1f}", after, known)
    return table


def _forecast(ahead: Sequence[StageChance]) -> Table:
    cells = []
    for one in ahead:
        base = "" if one.base_rate is None else f"; base {chance(one.base_rate)}"
        cells.append((one, one.upper, f"{chance(one.probability)} ({chance(one.lower)} to {chance(one.upper)}{base})"))
    return _by_month(cells)


def _what_if(differences: Sequence[StageDifference]) -> Table:
    cells = [
        (
            one,
            max(one.given, one.without),
            f"{chance(one.given)} ({signed(100 * one.difference, 0)}; {signed(100 * one.lower, 0)} to "
            f"{signed(100 * one.upper, 0)})",
        )
        for one in differences
    ]
    return _by_month(cells)


def _by_month(cells: Sequence[tuple[StageChance | StageDifference, float, str]]) -> Table:
    """A row for each stage that has a chance worth a line, a column for each horizon."""
    months = dict.fromkeys(f"{round(one.horizon_days / 30.4)} months" for one, _, _ in cells)
    table = _table("stage", *months)
    for stage in dict.fromkeys(one.stage for one, _, _ in cells):
        row = [(largest, cell) for one, largest, cell in cells if one.stage == stage]
        if max(largest for largest, _ in row) >= 0.005:
            table.add_row(spaced(stage), *(cell for _, cell in row))
    return table


def _ratification(game: Ratification) -> list[RenderableType]:
    table = _table("at home in", "acts", "takes the text", "win-set", "passes")
    for side in game.sides:
        support = f"{chance(side.support)} ({chance(side.support_lower)} to {chance(side.support_upper)})"
        table.add_row(side.party, str(side.acts), support, f"0 to {side.win_set:.2f}", chance(side.passes))
    needed = " and ".join(f"{count} in {party}" for party, count in game.needed) or "none"
    return [
        Text("As a two-level game (0 is the status quo, 1 the text; from acts of domestic actors):"),
        table,
        Text(
            f"{game.binds} binds; were the text put to all at home today, all would pass it with a chance of "
            f"{chance(game.chance)} (of that vote alone: those above are of where it stands by then, on any way). "
            f"Further acts for it that would make that likelier than not: {needed}."
        ),
    ]


def _table(*names: str, **options: Any) -> Table:
    return grid(names, left=names, **options)
