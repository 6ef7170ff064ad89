"""Results as tables for a terminal. May import: results, cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.table import Table

from lynchpin.cases import Case, Theory, case_events
from lynchpin.results import Backtest, Claim, Forecast

if TYPE_CHECKING:
    from lynchpin.track import Track


def claims_table(ledger: Sequence[Claim]) -> Table:
    """The claims ledger, with the verdict's rule below it."""
    table = Table(box=None, pad_edge=False, caption_justify="left", caption=ledger[0].rule if ledger else "no claim")
    for name in (
        "claim",
        "mechanism",
        "expected",
        "rate ratio per doubling",
        "half-life",
        "causes",
        "targets",
        "verdict",
    ):
        table.add_column(name, overflow="fold", no_wrap=name == "mechanism")
    for claim in ledger:
        size = (
            ""
            if claim.rate_ratio is None
            else f"{claim.rate_ratio:.2f} ({claim.rate_ratio_lower:.2f} to {claim.rate_ratio_upper:.2f})"
        )
        verdict: str = claim.verdict
        if claim.untestable_because:
            verdict += f": {claim.untestable_because}"
        elif claim.verdict == "not detectable":
            verdict += f" (would show {claim.detectable:.2f})"
        memory = "" if claim.half_life_days is None else f"{claim.half_life_days:.0f} d"
        table.add_row(
            claim.id,
            claim.mechanism,
            claim.expect,
            size,
            memory,
            str(claim.n_cause_events),
            str(claim.n_target_events),
            verdict,
        )
    return table


def forecast_table(forecast: Forecast) -> Table:
    """The whole horizon: dyads and classes that expect at least a tenth of an event, ours beside the baselines."""
    assert forecast.totals is not None
    others = [name for name in forecast.totals["model"].unique(maintain_order=True) if name != forecast.model]
    table = Table(
        box=None,
        pad_edge=False,
        caption_justify="left",
        caption=f"events expected over {forecast.horizon_days} days",
    )
    for name in ("dyad", "class", "mean", "median", "80 %", "any", *others):
        table.add_column(name, overflow="fold")
    ours = forecast.totals.filter(pl.col("model") == forecast.model)
    means = {
        (r["model"], r["source"], r["target"], r["event_class"]): r["mean"]
        for r in forecast.totals.iter_rows(named=True)
    }
    for row in ours.filter(pl.col("mean") >= 0.1).sort("mean", descending=True).iter_rows(named=True):
        key = (row["source"], row["target"], row["event_class"])
        table.add_row(
            f"{row['source']}->{row['target']}",
            row["event_class"],
            f"{row['mean']:.1f}",
            str(row["q50"]),
            f"{row['q10']} to {row['q90']}",
            f"{row['p_any']:.0%}",
            *(f"{means[name, *key]:.1f}" for name in others),
        )
    return table


def check_theory(theory: Theory) -> dict[str, Any]:
    """What a theory holds, once it has been read."""
    return {
        "case": theory.name,
        "roles": len(theory.roles),
        "rules": sum(not isinstance(played, tuple) for played in theory.roles.values()),
        "classes": len(theory.text.classes),
        "claims": len(theory.text.claims),
        "mechanisms": len(theory.text.mechanisms),
        "controls": len(theory.text.controls),
        "events": "none: a theory names no states; `lynchpin triads` lists those that fit it",
    }


def backtest_tables(found: Backtest) -> Iterator[Table]:
    """One table for each horizon: every model's scores, our skill against it, and the coverage of its intervals."""
    for days in found.horizons:
        table = Table(
            box=None,
            pad_edge=False,
            title=f"{days} days ahead, {len(found.origin_days)} origins",
            title_justify="left",
            caption_justify="left",
            caption="smaller scores are better; skill is ours against the model; in 90 %: coverage of 90 % intervals "
            "by the randomised PIT, and with both ends",
        )
        for name in ("model", "CRPS", "skill", "log score", "skill", "Brier", "in 90 %", "ends"):
            table.add_column(name, justify="left" if name == "model" else "right", no_wrap=name != "model")
        scores = found.scores.filter((pl.col("horizon_days") == days) & (pl.col("event_class") == ""))
        value = {(row["model"], row["metric"]): row["value"] for row in scores.iter_rows(named=True)}
        ours = found.skill.filter((pl.col("horizon_days") == days) & (pl.col("model") == found.model))
        skill = {(row["against"], row["metric"]): row for row in ours.iter_rows(named=True)}
        inside = found.coverage.filter((pl.col("horizon_days") == days) & (pl.col("level") == 0.9))
        covered = {row["model"]: row for row in inside.iter_rows(named=True)}
        for model in scores["model"].unique(maintain_order=True):
            cells = [model]
            for metric in ("crps", "log_score"):
                row = skill.get((model, metric))
                cells.append(f"{value[model, metric]:.4f}")
                cells.append("" if row is None else f"{row['value']:+.1%}")
            cells.append(f"{value[model, 'brier']:.4f}")
            cells += [f"{covered[model]['value']:.1%}", f"{covered[model]['closed']:.1%}"]
            table.add_row(*cells)
        yield table


def track_tables(found: Track) -> Iterator[Table]:
    """What was issued, and the mean scores of every model."""
    issued = Table(box=None, pad_edge=False, title=f"issued, {found.file}", title_justify="left")
    for name in ("number", "issued (UTC)", "case", "origin", "days", "data", "version", "hash", "scored"):
        issued.add_column(name, no_wrap=True)
    for one in found.issued:
        issued.add_row(
            str(one.number),
            one.issued_at,
            one.case,
            str(one.origin),
            str(one.horizon_days),
            one.data_hash[:8],
            one.version,
            one.hash[:8],
            f"{one.periods_scored} of {one.periods}",
        )
    yield issued
    if found.scores.is_empty():
        return
    means = found.to_frame()
    table = Table(
        box=None,
        pad_edge=False,
        title="\nmean scores, over months and whole forecasts alike",
        title_justify="left",
    )
    metrics = means["metric"].unique(maintain_order=True).to_list()
    for name in ("model", *metrics):
        table.add_column(name, justify="left" if name == "model" else "right")
    value = {(model, metric): mean for model, metric, mean in means.select("model", "metric", "value").iter_rows()}
    for model in found.scores["model"].unique(maintain_order=True):
        table.add_row(model, *(f"{value[model, metric]:.4f}" for metric in metrics))
    yield table


def check_case(case: Case) -> dict[str, Any]:
    """What a case holds, once it has been read: counts that a user can hold against what they meant."""
    report: dict[str, Any] = {
        "case": case.name,
        "states": len(case.states),
        "sectors": len(case.sectors),
        "classes": len(case.classes),
        "claims": len(case.claims),
        "mechanisms": len(case.mechanisms),
        "controls": len(case.controls),
    }
    if case.events_file is None:
        return report | {"events": "none: the case names no chronology; give --events STORE"}
    events = case_events(case)
    counts = dict(events["event_class"].value_counts().iter_rows())
    return report | {
        "events": events.height,
        "first": events["date"].min(),
        "last": events["date"].max(),
        "by_class": {name: counts.get(name, 0) for name in case.class_names},
        "in_no_class": counts.get(None, 0),
    }
