"""What is ahead as tables for a terminal: counts, the relation index, a scenario, who acts next."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from rich.console import RenderableType
from rich.table import Table

from lynchpin.report.screen._parts import WIDTH, grid, parts
from lynchpin.report.width import Aside
from lynchpin.results import Forecast, Held, IndexAhead, Prediction, WhatIf, beware, chance, signed

#: From this width on every model stands beside the forecast; below it, these alone.
WIDEST = 190
_BESIDE = ("mechanism model", "EWMA negative binomial")

_READ = (
    "any: chance of at least one; low, high: its 90 % interval, what the record leaves open about how much there "
    "usually is; base: share of the windows as long before this day that held one"
)


@parts.register
def _(record: Forecast, width: int = WIDTH) -> Iterator[Table]:
    """The whole horizon: dyads and classes that expect at least a tenth of an event, ours beside the baselines."""
    assert record.totals is not None
    others = [name for name in record.totals["model"].unique(maintain_order=True) if name != record.model]
    said = [_READ, *beware(record.runaway, record.held)]
    if width < WIDEST and len(others) > len(_BESIDE):
        kept = [name for name in others if name in _BESIDE]
        left_out = [name for name in others if name not in _BESIDE]
        said.insert(1, f"{', '.join(left_out)}: {WIDEST} columns show them too, and --json")
        others = kept
    title = f"events expected over {record.horizon_days} days, {record.draws} draws"
    columns = ("dyad", "class", "mean", "median", "80 %", "any", "low", "high", "base", *others)
    left, caption = ("dyad", "class"), "\n".join(said)
    table = grid(columns, left=left, whole=left, title=title, caption=caption)
    means = {
        (row["model"], row["source"], row["target"], row["event_class"]): row["mean"]
        for row in record.totals.iter_rows(named=True)
    }
    ours = record.totals.filter((pl.col("model") == record.model) & (pl.col("mean") >= 0.1))
    for row in ours.sort("mean", descending=True).iter_rows(named=True):
        unit = (row["source"], row["target"], row["event_class"])
        table.add_row(
            f"{row['source']}->{row['target']}",
            row["event_class"],
            f"{row['mean']:.1f}",
            str(row["q50"]),
            f"{row['q10']} to {row['q90']}",
            chance(row["p_any"]),
            *("" if row.get(name) is None else chance(row[name]) for name in ("any_lower", "any_upper", "base_rate")),
            *(f"{means[name, *unit]:.1f}" for name in others),
        )
    yield table


_PATHS = (
    "mean, and the 90 % range of the paths; where hardly any path has an act, the few that have one pull the mean out "
    "of that range"
)


@parts.register
def _(record: IndexAhead, width: int = WIDTH) -> Iterator[Table]:
    """The index of every pair at the end of each month ahead: the mean, and the 90 % range of the paths."""
    days = [str(day) for day in record.table["date"].unique(maintain_order=True)]
    caption = "\n".join([_PATHS, *beware(record.runaway, record.held)])
    table = grid(("pair", *days), left=("pair", *days), whole=("pair",), caption=caption)
    for (pair,), rows in record.table.group_by("pair", maintain_order=True):
        cells = [
            f"{signed(mean, 2)} ({signed(low, 2)} to {signed(high, 2)})"
            for mean, low, high in rows.select("mean", "q05", "q95").iter_rows()
        ]
        table.add_row(str(pair), *cells)
    yield table


@parts.register
def _(record: WhatIf, width: int = WIDTH) -> Iterator[str | RenderableType]:
    """What is changed; the yardsticks, and the ten dyads and classes that differ most; what that says."""
    head = [record.headline] if record.headline else []
    yield "\n".join([record.title, *head, *(f"  {change}" for change in record.changes), ""])
    columns = ("acts", "without", "with", "change", "90 %", "put in")
    caption = f"acts expected over {record.horizon_days} days, {record.draws} pairs of paths; without those put in"
    table = grid(columns, left=("acts",), whole=columns[1:], caption=caption)
    units = record.table.filter(pl.col("difference").abs() >= 0.05).sort(pl.col("difference").abs(), descending=True)
    rows = [(row["name"], row) for row in record.measures.iter_rows(named=True)]
    rows += [
        (f"{row['source']}->{row['target']} {row['event_class'].replace('_', ' ')}", row)
        for row in units.head(10).iter_rows(named=True)
    ]
    for name, row in rows:
        table.add_row(
            name,
            f"{row['baseline']:.1f}",
            f"{row['scenario']:.1f}",
            signed(row["difference"]),
            f"{signed(row['lower'])} to {signed(row['upper'])}",
            str(row["put_in"] or ""),
        )
    yield table
    yield "\n".join(["", *record.sentences])
    yield Aside(f"\n{record.note}")


def _span(held: Held) -> str:
    """The interval over the days held out; none where one day, or days all alike, cannot tell how days differ."""
    return "" if held.lower == held.upper else f" ({held.lower:.3f} to {held.upper:.3f})"


@parts.register
def _(record: Prediction, width: int = WIDTH) -> Iterator[str | RenderableType]:
    """The ranking, the reasons of each place, and what it rests on."""
    question = f"{record.actor} -> ?" if record.asked_as == "receiver" else f"? -> {record.actor}"
    basis = [
        f"{record.n_candidates} actors; weights fitted to {record.n_fitted:,} questions; a chance is of being the one, "
        "if one such act comes."
    ]
    if record.check:
        held = "; ".join(f"{one.model} {one.mrr:.3f}{_span(one)}" for one in record.check)
        if not any(map(_span, record.check)):
            held += "; without intervals: it was one day, or all days were alike"
        basis.append(
            f"Mean reciprocal rank on {record.n_held_out:,} questions from {record.held_out_from} on, held out: {held}."
        )
        what = "choice model" if record.better == "choice" else f"{record.better} baseline"
        basis.append(f"Ranked by the {what}, which did best there.")
    else:
        basis.append(f"The record is too short for a check on days held out: ranked by the {record.better} baseline.")
    basis.append("Base: share of these acts by anyone. Baseline: place in the combined baseline of recurrence.")
    columns = ("rank", "actor", "chance", "90 %", "base", "baseline")
    table = grid(columns, left=("actor",), title=f"{question} : {record.act}")
    for one in record.candidates:
        span = f"{chance(one.lower)} to {chance(one.upper)}"
        numbers = (chance(one.chance), span, chance(one.base_rate), str(one.baseline_rank))
        table.add_row(str(one.rank), one.actor, *numbers)
    yield table
    what = "what the choice model weighs" if record.better == "choice" else f"what the {record.better} baseline counts"
    reasons = [
        f"{one.rank} {one.actor}: {'; '.join(f'{_SIDE[reason.weight > 0]} {reason.says}' for reason in one.reasons)}"
        for one in record.candidates
        if one.reasons and one.chance >= 0.005
    ]
    yield (
        "\n".join(["", f"Why, + for and - against: {what}; of chances below 0.5 % with --json.", *reasons])
        if reasons
        else ""
    )
    yield Aside("\n" + "\n".join(basis))


_SIDE = {True: "+", False: "-"}
