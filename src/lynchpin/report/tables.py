"""Results as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import polars as pl
from rich.table import Table

from lynchpin.results import (
    Backtest,
    BenchmarkScores,
    Claim,
    Forecast,
    IndexAhead,
    Prediction,
    Sensitivity,
    Specification,
    WhatIf,
    beware,
    signed,
)

if TYPE_CHECKING:
    from lynchpin.results.track import Track

#: From this width on, the ledger has room for half-lives and numbers of acts.
WIDE = 100


def claims_table(ledger: Sequence[Claim], width: int = WIDE) -> Table:
    """The claims ledger, for a terminal of so many columns, with the verdict's rule below it."""
    wide = width >= WIDE
    table = Table(box=None, padding=(0, 1, 0, 0), caption_justify="left", caption=_below(ledger))
    for name in ("", "mechanism", " ", "ratio", "90 %", "half-life", "p", "gain", "shows", "acts", "verdict"):
        if wide or name not in ("half-life", "acts"):
            side: Literal["left", "right"] = "left" if name in ("", "mechanism", " ", "verdict") else "right"
            table.add_column(name, justify=side, no_wrap=name != "mechanism", overflow="fold")
    for claim in ledger:
        cells = [claim.id, claim.mechanism, claim.expect if claim.mechanism else ""]
        if claim.effect is None:
            table.add_row(*cells, *[""] * (len(table.columns) - 4), claim.verdict)
            continue
        cells += [f"{claim.effect.rate_ratio:.2f}", claim.effect.interval()]
        cells += ["" if claim.half_life_days is None else f"{claim.half_life_days:.0f} d"] if wide else []
        cells += [
            "" if claim.placebo_p is None else f"{claim.placebo_p:.3f}",
            "" if claim.heldout_gain is None else f"{claim.heldout_gain:+.1f}",
            would_show(claim.detectable),
        ]
        cells += [f"{claim.n_cause_events} / {claim.n_target_events}"] if wide else []
        table.add_row(*cells, claim.verdict)
    return table


def would_show(rate_ratio: float | None) -> str:
    """The smallest detectable rate ratio; one that nobody would believe in is not spelled out.

    Examples
    --------
    >>> would_show(1.42), would_show(0.05), would_show(560.0), would_show(None)
    ('1.42', '< 0.1', '> 10', 'none')
    """
    if rate_ratio is None:
        return "none"
    return "> 10" if rate_ratio > 10.0 else "< 0.1" if rate_ratio < 0.1 else f"{rate_ratio:.2f}"


def _below(ledger: Sequence[Claim]) -> str:
    """What the columns mean, the rule, what many rows do to it, and why a claim is not tested."""
    lines = [
        f"{claim.id or claim.mechanism} is untestable: {claim.untestable_because}"
        for claim in ledger
        if claim.untestable_because
    ]
    tested = [claim for claim in ledger if claim.placebo_p is not None]
    if tested:
        kept = [
            ", ".join(c.mechanism for c in tested if (p := getattr(c, key)) is not None and p <= 0.05) or "none"
            for key in ("holm_p", "bh_p")
        ]
        lines += [
            "ratio: what doubling the cause does to the rate (1.10: 10 % more), with its 90 % interval",
            f"p: placebo, the share of {tested[0].placebo_shifts + 1} records (the cause moved in time, and the true "
            "one) that lie as far on the expected side",
            f"gain: held out, log score of the last {tested[0].heldout_steps} steps with the mechanism less without it",
            "shows: the smallest ratio that the rule would have found in 80 of 100 such records",
            f"of {len(tested)} claims read at once, at 5 %, Holm keeps {kept[0]}; Benjamini-Hochberg keeps {kept[1]}",
        ]
    return "\n".join(["", *lines, *dict.fromkeys(claim.rule for claim in ledger)]) if ledger else "no claim"


def forecast_table(forecast: Forecast) -> Table:
    """The whole horizon: dyads and classes that expect at least a tenth of an event, ours beside the baselines."""
    assert forecast.totals is not None
    others = [name for name in forecast.totals["model"].unique(maintain_order=True) if name != forecast.model]
    table = Table(
        box=None,
        pad_edge=False,
        caption_justify="left",
        caption="\n".join(
            [f"events expected over {forecast.horizon_days} days", *beware(forecast.runaway, forecast.held)]
        ),
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


def index_table(ahead: IndexAhead) -> Table:
    """The relation index of every pair at the end of each month ahead: the mean, and the 90 % range of the paths."""
    caption = "\n".join(["mean, and the 90 % range of the paths", *beware(ahead.runaway, ahead.held)])
    table = Table(box=None, pad_edge=False, caption_justify="left", caption=caption)
    days = ahead.table["date"].unique(maintain_order=True).to_list()
    for name in ("pair", *(str(day) for day in days)):
        table.add_column(name, no_wrap=name == "pair")
    for (pair,), rows in ahead.table.group_by("pair", maintain_order=True):
        cells = [f"{r['mean']:+.2f} ({r['q05']:+.2f} to {r['q95']:+.2f})" for r in rows.iter_rows(named=True)]
        table.add_row(str(pair), *cells)
    return table


def what_if_table(found: WhatIf) -> Table:
    """A scenario against its baseline: the yardsticks, then the ten dyads and classes that differ most."""
    table = Table(
        box=None,
        pad_edge=False,
        caption_justify="left",
        caption=f"acts expected over {found.horizon_days} days, {found.draws} pairs of paths; without those put in",
    )
    for name in ("acts", "without", "with", "change", "90 %", "put in"):
        left = name == "acts"
        table.add_column(name, overflow="fold", justify="left" if left else "right", no_wrap=not left)
    units = found.table.filter(pl.col("difference").abs() >= 0.05).sort(pl.col("difference").abs(), descending=True)
    named = [(row["name"], row, str(row["put_in"] or "")) for row in found.measures.iter_rows(named=True)]
    named += [
        (f"{row['source']}->{row['target']} {row['event_class'].replace('_', ' ')}", row, str(row["put_in"] or ""))
        for row in units.head(10).iter_rows(named=True)
    ]
    for name, row, put_in in named:
        table.add_row(
            name,
            f"{row['baseline']:.1f}",
            f"{row['scenario']:.1f}",
            signed(row["difference"]),
            f"{signed(row['lower'])} to {signed(row['upper'])}",
            put_in,
        )
    return table


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
    for name in ("no.", "issued", "of", "origin", "days", "data", "hash", "scored"):
        issued.add_column(name, no_wrap=True)
    for one in found.issued:
        issued.add_row(
            str(one.number),
            one.issued_at[:10],
            one.agreement or one.case,
            str(one.origin),
            str(one.horizon_days),
            one.data_hash[:8],
            one.hash[:8],
            f"{one.periods_scored} of {one.periods}",
        )
    yield issued
    if found.scores.is_empty():
        return
    of_stages = pl.col("metric").str.starts_with("stage_")
    for title, chosen in (
        ("mean scores of counts, over months and whole forecasts alike; coverage by the randomised PIT", ~of_stages),
        ("mean scores of the stages of agreements", of_stages),
    ):
        means = found.to_frame().filter(chosen)
        if means.height:
            yield _mean_scores(title, means, found.scores.filter(chosen)["model"].unique(maintain_order=True).to_list())


def _mean_scores(title: str, means: pl.DataFrame, models: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, title=f"\n{title}", title_justify="left")
    metrics = means["metric"].unique(maintain_order=True).to_list()
    for name in ("model", *metrics):
        table.add_column(name, justify="left" if name == "model" else "right")
    value = {(model, metric): mean for model, metric, mean in means.select("model", "metric", "value").iter_rows()}
    for model in models:
        table.add_row(model, *(f"{value[model, metric]:.4f}" for metric in metrics))
    return table


# -- A specification curve as tables for a terminal.


def sensitivity_tables(found: Sensitivity) -> Iterator[Table]:
    """What the curve is under each way to make each choice; then the case's own and the two ends."""
    table = Table(box=None, pad_edge=False, caption_justify="left")
    for name in ("choice", "made", "fitted", "median", "sign", "clear", "against"):
        table.add_column(name, justify="left" if name in ("choice", "made") else "right", no_wrap=name == "made")
    last = ""
    for level in found.levels():
        cells = [f"{x:.0%}" if x is not None else "" for x in (level.share_expected_sign, level.share_expected)]
        table.add_row(
            level.choice if level.choice != last else "",
            f"{level.level} *" if level.own else level.level,
            str(level.n),
            "" if level.median_ratio is None else f"{level.median_ratio:.2f}",
            *cells,
            "" if level.share_against is None else f"{level.share_against:.0%}",
        )
        last = level.choice
    yield table
    ends = Table(box=None, pad_edge=False, caption_justify="left", caption=_below_curve(found))
    for name in ("", "ratio", "90 %", "acts", "made otherwise than the case"):
        ends.add_column(name, justify="right" if name in ("ratio", "acts") else "left", no_wrap=name in ("", "90 %"))
    done = found.fitted
    rows = [("own *", found.own)]
    if done:
        rows += [("smallest", done[0]), ("largest", done[-1])]
    for name, one in rows:
        ends.add_row(name, *_cells(found, one))
    yield ends


def _cells(found: Sensitivity, one: Specification) -> list[str]:
    otherwise = ", ".join(
        f"{c.name} {one.choices[c.name]}" for c in found.choices if one.choices[c.name] != found.own.choices[c.name]
    )
    acts = f"{one.n_cause_events} / {one.n_target_events}"
    if one.effect is None:
        return ["", one.cannot_because or "", acts, otherwise]
    return [f"{one.effect.rate_ratio:.2f}", one.effect.interval(), acts, otherwise]


def _below_curve(found: Sensitivity) -> str:
    """The curve in words, what has no other level, what could not be fitted, and the rule."""
    lines = [*found.sentences()]
    lines += [f"not fitted, {n}: {why}" for why, n in found.cannot()]
    single = [f"{c.name} ({c.single_because})" for c in found.choices if len(c.levels) == 1]
    if single:
        lines.append("one way only: " + "; ".join(single))
    lines.append(
        "* the case's own; sign: share with the expected sign; clear, against: share of 90 % intervals on a side; "
        "acts: of the cause / of the effect"
    )
    return "\n".join(["", *lines, found.rule])


# -- Who acts next, and a benchmark of it, as tables for a terminal.


def prediction_table(found: Prediction) -> Table:
    """Who acts next: the ranking with reasons; below it, what it rests on."""
    asked = f"{found.actor} -> ?" if found.asked_as == "receiver" else f"? -> {found.actor}"
    title = f"{asked} : {found.act}, as of {found.day}"
    basis = [
        f"{found.n_facts:,} facts from {found.first_fact} to {found.last_fact} ({found.record}), {found.n_candidates} "
        f"actors; weights fitted to {found.n_fitted:,} questions; a chance is of being the one, if one such act comes."
    ]
    if found.check:
        held = "; ".join(f"{each.model} {each.mrr:.3f} ({each.lower:.3f} to {each.upper:.3f})" for each in found.check)
        basis.append(
            f"Mean reciprocal rank on {found.n_held_out:,} questions from {found.held_out_from} on, held out: {held}."
        )
        if found.better != "choice":
            basis.append(f"The {found.better} baseline did better there: read the column `baseline` too.")
    else:
        basis.append("The record is too short for a check on days held out.")
    table = Table(
        box=None, pad_edge=False, title=title, title_justify="left", caption="\n".join(basis), caption_justify="left"
    )
    for name in ("rank", "actor", "chance", "baseline", "reasons (+ for, - against)"):
        table.add_column(name, overflow="fold", justify="right" if name in ("rank", "chance", "baseline") else "left")
    for each in found.candidates:
        said = "; ".join(f"{'+' if reason.weight > 0 else '-'} {reason.says}" for reason in each.reasons)
        table.add_row(str(each.rank), each.actor, f"{each.chance:.1%}", str(each.baseline_rank), said)
    return table


def benchmark_tables(found: BenchmarkScores) -> list[Table]:
    """A benchmark: scores, our score by what the history held, and the weights by group."""
    models = Table(
        box=None, pad_edge=False, caption_justify="left",
        caption=f"{found.questions:,} questions of {found.split}, head and tail; {found.actors:,} candidates; percent; "
        f"time-aware filter; exact expectation under ties; 95% interval over days; weights fitted to {found.fitted:,} "
        f"answers of train and frozen; {found.shortlisted:.1f}% of the answers were on the shortlist of {found.most}.",
    )  # fmt: skip
    for name in ("model", "MRR", "95% interval", "H@1", "H@3", "H@10", "tail", "head"):
        models.add_column(name, justify="left" if name == "model" else "right")
    for m in found.models:
        numbers = (m.hits_1, m.hits_3, m.hits_10, m.mrr_tail, m.mrr_head)
        models.add_row(m.model, f"{m.mrr:.2f}", f"{m.lower:.2f} to {m.upper:.2f}", *(f"{v:.2f}" for v in numbers))
    parts = Table(box=None, pad_edge=False)
    for name in ("history held", "share", "MRR", "H@10"):
        parts.add_column(name, justify="left" if name == "history held" else "right")
    for part in found.by_history:
        parts.add_row(f"the {part.history}" if part.history != "neither" else "neither", *(
            f"{value:.2f}" for value in (part.share, part.mrr, part.hits_10)
        ))  # fmt: skip
    weights = Table(
        box=None, pad_edge=False, caption_justify="left",
        caption="Log-odds per spread of a statistic among the candidates of a question; standard errors by day; pull: "
        "spread of the group's part of the utility.",
    )  # fmt: skip
    for name in ("group", "statistic", "weight", "s.e.", "pull"):
        weights.add_column(name, justify="left" if name in ("group", "statistic") else "right", overflow="fold")
    for w in found.weights:
        first = (w.group, w.says) if not w.column else ("", f"  {w.column}")
        weights.add_row(*first, f"{w.estimate:+.3f}", f"{w.se:.3f}", "" if w.column else f"{w.pull:.2f}")
    return [models, parts, weights]
