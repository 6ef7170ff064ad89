"""Agreements as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lynchpin.results import AgreementLife, Agreements, Ratification, StageChance, StageDifference

_YEAR = 365


def agreements_table(found: Agreements) -> Table:
    """One line for each agreement that has not ended: its stage, and the likeliest stages a year on."""
    live = [life for life in found.lives if life.standing != "ended"]
    ended = len(found.lives) - len(live)
    table = _table("agreement", "stands at", "last act", "a year on", caption=" ".join(found.notes))
    for life in live:
        year = sorted((c for c in life.forecast if c.horizon_days == _YEAR), key=lambda c: -c.probability)
        likely = ", ".join(f"{_said(c.stage)} {c.probability:.0%}" for c in year[:3] if c.probability >= 0.05)
        table.add_row(life.id, _said(life.standing), f"{_said(life.stage)} {life.since}", likely)
    table.title = f"{len(live)} agreements{f', and {ended} that have ended' if ended else ''}"
    table.title_justify = "left"
    return table


def agreement_page(found: Agreements) -> Group:
    """All about one agreement."""
    parts: list[RenderableType] = []
    for life in found.lives:
        parts += [Text(f"{life.title} ({life.id})", style="bold"), Text(_about(life)), *_tables(life)]
    return Group(*parts, Text("\n".join(found.notes)))


def _about(life: AgreementLife) -> str:
    patron = f", outside patron {life.patron}" if life.patron else ""
    return (
        f"{'; '.join(life.parties)}{patron}; {_said(life.kind)}. "
        f"Stands at: {_said(life.standing)}. Last act: {_said(life.stage)}, {life.since}.\n"
    )


def _tables(life: AgreementLife) -> list[RenderableType]:
    history = _table("date", "stage", "by", "what")
    for act in life.history:
        history.add_row(str(act.date), _said(act.stage), act.actor or "all", act.summary)
    parts: list[RenderableType] = [history, Text("")]
    if life.standing != "ended" and life.forecast:
        parts += [_forecast(life.forecast), Text("")]
    if life.what_if:
        parts += [Text("The same with the deed, and the difference in points:"), _what_if(life.what_if), Text("")]
    if life.forces:
        forces = _table("force", "value", "points", "90 %", "what it is")
        for force in life.forces:
            span = f"{100 * force.lower:+.0f} to {100 * force.upper:+.0f}"
            forces.add_row(_said(force.name), f"{force.value:+.1f}", f"{100 * force.change:+.0f}", span, force.means)
        success = _said(life.success)
        parts += [Text(f"What each adds to the chance, in points, of standing {success} a year on:"), forces, Text("")]
    if life.ratification is not None and life.standing in ("negotiating", "agreed_in_principle", "suspended"):
        parts += [*_ratification(life.ratification), Text("")]
    if life.analogues:
        near = _table("like", "on", "distance", "a year later", "last known")
        for one in life.analogues:
            near.add_row(
                one.title, str(one.date), f"{one.distance:.1f}", _said(one.stage_after), _said(one.stage_known)
            )
        parts += [near, Text("")]
    return parts


def _what_if(differences: Sequence[StageDifference]) -> Table:
    days = list(dict.fromkeys(one.horizon_days for one in differences))
    table = _table("stage", *(f"{round(d / 30.4)} months" for d in days))
    for stage in dict.fromkeys(one.stage for one in differences):
        row = [one for one in differences if one.stage == stage]
        if max(max(one.given, one.without) for one in row) >= 0.005:
            cells = [
                f"{d.given:.0%} ({d.difference * 100:+.0f}; {d.lower * 100:+.0f} to {d.upper * 100:+.0f})" for d in row
            ]
            table.add_row(_said(stage), *cells)
    return table


def _ratification(game: Ratification) -> list[RenderableType]:
    table = _table("at home in", "acts", "takes the text", "win-set", "passes")
    for side in game.sides:
        support = f"{side.support:.0%} ({side.support_lower:.0%} to {side.support_upper:.0%})"
        table.add_row(side.party, str(side.acts), support, f"0 to {side.win_set:.2f}", f"{side.passes:.0%}")
    needed = " and ".join(f"{count} in {party}" for party, count in game.needed) or "none"
    return [
        Text("As a two-level game (0 is the status quo, 1 the text; from acts of domestic actors):"),
        table,
        Text(
            f"{game.binds} binds; all ratify with a chance of {game.chance:.0%}. "
            f"Further acts for it that would make that likelier than not: {needed}."
        ),
    ]


def _forecast(chances: Sequence[StageChance]) -> Table:
    days = list(dict.fromkeys(chance.horizon_days for chance in chances))
    table = _table("stage", *(f"{round(d / 30.4)} months" for d in days))
    for stage in dict.fromkeys(chance.stage for chance in chances):
        row = [chance for chance in chances if chance.stage == stage]
        if max(chance.upper for chance in row) >= 0.005:
            table.add_row(_said(stage), *(f"{c.probability:.0%} ({c.lower:.0%} to {c.upper:.0%})" for c in row))
    return table


def _table(*names: str, caption: str | None = None) -> Table:
    table = Table(box=None, pad_edge=False, caption=caption, caption_justify="left")
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _said(word: str) -> str:
    return word.replace("_", " ")
