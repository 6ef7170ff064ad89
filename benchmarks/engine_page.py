"""Writes docs/performance.md and its picture from benchmarks/engine_results.json: no number there is typed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import vl_convert

from lynchpin.report.plots import theme

#: CPU seconds of whole programs of others, recorded on another machine: context, not a race.
RECORDED = {
    "history": "remverse 0.44, goldfish 1.05",
    "sub30": "remverse 5.1, goldfish 7.0, eventnet with survival's coxph 19.7, relevent over 227",
    "b_20": "eventnet 13.5, its statistics alone; remstats, sampled, 70, its statistics alone",
}

_TERMS = ("inertia", "reciprocity", "outdegreeSender", "indegreeReceiver", "otp")


def write_page(held: dict[str, Any], page: Path, picture: Path) -> None:
    """The page and the picture."""
    parts = [
        _HEAD,
        _whole(held.get("whole", {})),
        _fixed(held),
        _controls(held["fixed"]),
        _growth(held["growth"]) if "growth" in held else "",
        _TAIL,
    ]
    page.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
    if "growth" in held:
        picture.write_text(draw(data(held["growth"])), encoding="utf-8")


_HEAD = """# Performance of the engine

Written by `benchmarks/engine_measure.py`, which measures and then writes this page. Figures are CPU seconds, kernels
compiled before, and the peak memory of a process of its own. Wall time on one idle core is the CPU time; on a machine
that works on other things it is more, so it is left out. All was measured on two cores, of which the other was busy
with one job at the most, but for whole programs, which were measured while both were busy."""

_TAIL = """## A brief

A warm `lynchpin brief --as-of 2012-07-09` is a whole process: start, imports, the fit, the ledger with its shifts, windows
and records without an effect, the forecast, the agreements, the page. Warm means that numba's compiled kernels are in their folder
on disk. Nothing else is kept on disk: no result, no level, no picture. Within one process these are made once and shared: the
rows of the agreement files (by the digest of both), which acts a layer takes in, the readings of a mechanism by dyad, a fit's
program of play, the null of a mechanism under its priors, and the daily traces of its cause.

In pairs of runs one after the other on two busy cores, CPU seconds (median of three): 5.22 at commit 3b6b039,
whose briefs held less, 7.97 before what is shared above was shared, and 5.85
now. On such a machine figures are about two thirds above those of an idle one; `benchmarks/side_by_side.py BASE HEAD --only brief` makes them anew.

## Why it is fast

The array of events x dyads x statistics is never made. A statistic carries its state from block to block; counts under
decay are kept in units that grow, so time passing costs nothing, and a two-path sum moves only along the tie that
moved. A block of two megabytes stays in a core's own cache. A large fit is first brought near its top on an eighth of the
record. Dyads that are idle, with no live trace of their own or through others, are summed through their actors, and
actors that are in no event through one that weighs as many. The columns are kept between passes where they fit into
256 MB, else they are computed anew. Shards of the record add up in an order of their own, so that workers change no
digit."""


def _whole(held: dict[str, Any]) -> str:
    """Whole programs beside whole programs."""
    if not held:
        return ""
    names = {
        "history": "115 events of 10 actors (`history` of remstats), ordinal, five statistics",
        "sub30": "30 states, 2,000 events, all times distinct, ordinal, five statistics",
        "b_20": "185 states by day, 15,261 events, ordinal, five statistics, 20 controls",
    }
    rows = [
        (name, f"{held[key]['cpu_seconds']:.2f}", f"{held[key]['peak_mb']:,}", RECORDED[key])
        for key, name in names.items()
        if key in held
    ]
    table = _table(("file and model", "`lynchpin rem`, CPU s", "MB", "recorded for others, CPU s"), rows)
    runs = next(iter(held.values()))["runs"]
    return (
        f"## Whole programs\n\nThe whole process: start, imports, reading, statistics, fit, printing; medians of {runs} runs. "
        "Those of others are whole programs too where nothing else is said, recorded on 30 November 2026 (those on the third file "
        "on the 22nd). R is not on the machine that this page was made on: they were not run again beside ours, and of the first "
        f"file it is not recorded which statistics they computed.\n\n{table}"
    )


def _fixed(held: dict[str, Any]) -> str:
    fixed = held["fixed"]
    world = held.get("world")
    rows = [
        _row("30 states, all times distinct, ordinal, five statistics", fixed.get("sub30")),
        _row("185 states by day, ordinal, five statistics, 20 controls", fixed.get("b_20_weighted_none")),
        _row("the same, everyone at risk", fixed.get("b_full_none")),
        _row("ICEWS 2018, first half, states, ordinal, five statistics", fixed.get("icews_2018h1")),
        _row("the same, daily rates, twelve statistics", fixed.get("icews_2018h1_rate")),
        _row("ICEWS 2011-10 to 2014, states, ordinal, five statistics", fixed.get("icews_2011_2014")),
        _row("the same, daily rates, twelve statistics", fixed.get("icews_2011_2014_rate")),
        _row("generated: 200 states, ten years of days, daily rates, twelve statistics", world),
    ]
    table = _table(("record and model", "events", "rows compared", "CPU s", "MB"), rows)
    said = ""
    if "b_20_weighted_none" in fixed:
        b = fixed["b_20_weighted_none"]
        said = f"\n\nWith 20 controls that is {b['events'] / b['cpu_seconds']:,.0f} events in a CPU second."
    return f"## Fixed workloads\n\nStatistics and fit alone, in a program that runs already.\n\n{table}{said}"


def _row(name: str, found: dict[str, Any] | None) -> tuple[str, ...] | None:
    if found is None:
        return None
    cpu = f"{found['cpu_seconds']:.2f}" if found["cpu_seconds"] < 10 else f"{found['cpu_seconds']:.0f}"
    return (
        name,
        f"{found['events']:,}",
        f"{found['rows']:,}",
        cpu,
        f"{found['peak_mb']:,}" if found["peak_mb"] else "",
    )


def _controls(fixed: dict[str, Any]) -> str:
    """Estimates by number of controls beside those of the full risk set, raw and log1p."""
    if "b_full_none" not in fixed:
        return ""
    parts = []
    for scale, title in (("none", "Raw counts"), ("log1p", "log(1 + count)")):
        full = fixed[f"b_full_{scale}"]
        rows = [("everyone", *_pairs(full))]
        for weights in ("weighted", "nested"):
            for controls in (100, 20, 5):
                rows.append((f"{controls}, {weights}", *_pairs(fixed[f"b_{controls}_{weights}_{scale}"])))
        parts.append(
            f"{title} (log-likelihood with everyone {full['log_likelihood']:,.1f}):\n\n{_table(('controls', *_TERMS), rows)}"
        )
    return (
        "## How far a sample of controls can be trusted\n\n185 states by day, 15,261 events, half-life 30 days; estimate and "
        "standard error. Nested: each event against controls of its own. Weighted: a day's events against all its controls, each "
        "with the weight of those it stands for, errors clustered by day.\n\n" + "\n\n".join(parts)
    )


def _pairs(found: dict[str, Any]) -> list[str]:
    return [f"{b:.4f} ({s:.4f})" for b, s in zip(found["estimate"], found["se"], strict=True)]


def _growth(growth: dict[str, Any]) -> str:
    said = []
    for axis, key, what in _AXES:
        rows = growth[axis]
        x, y = np.log([r[key] for r in rows]), np.log([r["cpu_seconds"] for r in rows])
        slope = (y[-1] - y[-2]) / (x[-1] - x[-2])
        first, last = rows[0], rows[-1]
        said.append(
            f"- {what}: {first[key]:,} to {last[key]:,} took {first['cpu_seconds']:.2f} to {last['cpu_seconds']:.2f} CPU s "
            f"(slope at the end {slope:.2f}), {last['peak_mb']:,} MB at the most"
        )
    return (
        "## Growth\n\n![CPU seconds against size](pictures/engine-growth.svg)\n\nBoth axes are logarithmic; dashed is growth in proportion to the first point.\n\n"
        + "\n".join(said)
    )


_AXES = (
    ("controls", "events", "events, ordinal, 20 controls, 60 states"),
    ("events", "events", "events, daily rates of everyone, 60 states, one year"),
    (
        "actors",
        "actors",
        "states, all acting, daily rates, 100 days (the columns of 200 states do not fit into 256 MB and are made anew in every pass)",
    ),
    ("idle", "dyads", "dyads at risk when 60 states act and the others are idle, daily rates, 200 days"),
)


def data(growth: dict[str, Any]) -> pl.DataFrame:
    """One row per measurement: panel, unit of its size, size, seconds."""
    titles = ("Events, 20 controls", "Events, everyone at risk", "Acting states", "Dyads at risk, most idle")
    units = ("events", "events", "states", "dyads")
    rows = [
        (title, unit, float(r[key]), r["cpu_seconds"])
        for (axis, key, _), title, unit in zip(_AXES, titles, units, strict=True)
        for r in growth[axis]
    ]
    return pl.DataFrame(rows, schema=["panel", "unit", "size", "seconds"], orient="row")


def draw(frame: pl.DataFrame) -> str:
    """Four panels, log-log, with a dashed line of growth in proportion; SVG."""
    panels = []
    for title in frame["panel"].unique(maintain_order=True):
        mine = frame.filter(pl.col("panel") == title)
        size, first = mine["size"], mine["seconds"][0]
        line = pl.DataFrame({"size": [size[0], size[-1]], "seconds": [first, first * size[-1] / size[0]]})
        low, high = min(mine["seconds"]) / 1.6, max(max(mine["seconds"]), 1.0) * 2.5
        x = alt.X(
            "size:Q",
            title=mine["unit"][0],
            scale=alt.Scale(type="log", nice=False),
            axis=alt.Axis(format="~s", tickCount=4, grid=True),
        )
        y = alt.Y(
            "seconds:Q",
            title="CPU seconds",
            scale=alt.Scale(type="log", domain=[low, high], nice=False),
            axis=alt.Axis(format="~g", tickCount=4, grid=True),
        )
        dashed = alt.Chart(line).mark_line(strokeDash=[4, 4], color=theme.MUTED, clip=True).encode(x=x, y=y)
        seen = (
            alt.Chart(mine)
            .mark_line(point=alt.OverlayMarkDef(size=55), color=theme.ACCENT, strokeWidth=2)
            .encode(x=x, y=y)
        )
        panels.append(
            (dashed + seen).properties(width=300, height=170, title=alt.TitleParams(title, fontSize=13, anchor="start"))
        )
    chart = alt.concat(*panels, columns=2, spacing=28)
    spec = chart.to_dict() | {"config": theme.config() | {"background": "white"}}
    svg: str = vl_convert.vegalite_to_svg(spec)
    return svg


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...] | None]) -> str:
    shown = [heads, tuple("---" for _ in heads), *(row for row in rows if row is not None)]
    return "\n".join(f"| {' | '.join(row)} |" for row in shown)
