"""How forecasts did as tables for a terminal: a backtest, a track record, a benchmark."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from rich.console import RenderableType
from rich.table import Table

from lynchpin.numbers import per_cent
from lynchpin.report.screen._parts import WIDTH, grid, parts
from lynchpin.report.text import bounded, text
from lynchpin.results import Backtest, BenchmarkScores
from lynchpin.results.track import Track


@parts.register
def _(record: Backtest, width: int = WIDTH) -> Iterator[str | RenderableType]:
    """A table for each horizon: every model's scores, our skill against it, and the coverage of its intervals."""
    for days in record.horizons:
        yield _horizon(record, days)
    yield f"\n{text(record)}"


def _horizon(record: Backtest, days: int) -> Table:
    columns = ("model", "CRPS", "skill", "log score", "skill", "Brier", "AP", "in 90 %", "ends")
    table = grid(
        columns,
        left=("model",),
        whole=columns[1:],
        title=f"{record.subject}, {days} days ahead, {len(record.origin_days)} origins",
        caption="smaller scores are better, but for AP, the average precision of at least one; skill is ours against "
        "the model; in 90 %: coverage of 90 % intervals by the randomised PIT, and with both ends",
    )
    scores = record.scores.filter((pl.col("horizon_days") == days) & (pl.col("event_class") == ""))
    value = {(row["model"], row["metric"]): row["value"] for row in scores.iter_rows(named=True)}
    ours = record.skill.filter((pl.col("horizon_days") == days) & (pl.col("model") == record.model))
    skill = {(row["against"], row["metric"]): row["value"] for row in ours.iter_rows(named=True)}
    inside = record.coverage.filter((pl.col("horizon_days") == days) & (pl.col("level") == 0.9))
    coverage = {row["model"]: row for row in inside.iter_rows(named=True)}
    for model in scores["model"].unique(maintain_order=True):
        cells = [model]
        for metric in ("crps", "log_score"):
            against = skill.get((model, metric))
            cells += [f"{value[model, metric]:.4f}", "" if against is None else bounded(against, "%")]
        cells += [f"{value[model, 'brier']:.4f}", f"{value[model, 'average_precision']:.3f}"]
        cells += [per_cent(coverage[model][inside], 1) for inside in ("value", "closed")]
        table.add_row(*cells)
    return table


@parts.register
def _(record: Track, width: int = WIDTH) -> Iterator[Table]:
    """What was issued, and the mean scores of every model."""
    columns = ("no.", "issued", "of", "origin", "days", "data", "hash", "scored")
    issued = grid(columns, left=columns, whole=columns, title=f"issued, {record.file}")
    for one in record.issued:
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
    of_stages = pl.col("metric").str.starts_with("stage_")
    for title, chosen in (
        ("mean scores of counts, over months and whole forecasts alike; coverage by the randomised PIT", ~of_stages),
        ("mean scores of the stages of agreements", of_stages),
    ):
        means = record.to_frame().filter(chosen)
        if means.height:
            models = record.scores.filter(chosen)["model"].unique(maintain_order=True)
            yield _means(title, means, models.to_list())


def _means(title: str, means: pl.DataFrame, models: list[str]) -> Table:
    metrics = means["metric"].unique(maintain_order=True).to_list()
    table = grid(("model", *metrics), left=("model",), title=f"\n{title}")
    value = {(model, metric): mean for model, metric, mean in means.select("model", "metric", "value").iter_rows()}
    for model in models:
        table.add_row(model, *(f"{value[model, metric]:.4f}" for metric in metrics))
    return table


@parts.register
def _(record: BenchmarkScores, width: int = WIDTH) -> Iterator[RenderableType]:
    """Scores, our score by what the history held, and the weights by group."""
    for table in (_models(record), _by_history(record), _weights(record)):
        yield table
        yield ""


def _models(record: BenchmarkScores) -> Table:
    drawn = f", drawn from {record.drawn_from:,}" if record.drawn_from is not None else ""
    table = grid(
        ("model", "MRR", "95 % interval", "H@1", "H@3", "H@10", "tail", "head"),
        left=("model",),
        caption=f"{record.questions:,} questions of {record.split}{drawn}, head and tail; {record.actors:,} "
        f"candidates; percent; time-aware filter; exact expectation under ties; 95 % interval over days; weights "
        f"fitted to {record.fitted:,} answers of train and frozen; {record.shortlisted:.1f} % of the answers were on "
        f"the shortlist of {record.most}.",
    )
    for one in record.models:
        numbers = (one.hits_1, one.hits_3, one.hits_10, one.mrr_tail, one.mrr_head)
        interval = f"{one.lower:.2f} to {one.upper:.2f}"
        table.add_row(one.model, f"{one.mrr:.2f}", interval, *(f"{number:.2f}" for number in numbers))
    return table


def _by_history(record: BenchmarkScores) -> Table:
    table = grid(("history held", "share", "MRR", "H@10"), left=("history held",))
    for part in record.by_history:
        name = part.history if part.history == "neither" else f"the {part.history}"
        table.add_row(name, *(f"{number:.2f}" for number in (part.share, part.mrr, part.hits_10)))
    return table


def _weights(record: BenchmarkScores) -> Table:
    caption = (
        "Log-odds per spread of a statistic among the candidates of a question; standard errors by day; pull: spread "
        "of the group's part of the utility."
    )
    table = grid(("group", "statistic", "weight", "s.e.", "pull"), left=("group", "statistic"), caption=caption)
    for one in record.weights:
        names = ("", f"  {one.column}") if one.column else (one.group, one.says)
        pull = "" if one.column else f"{one.pull:.2f}"
        table.add_row(*names, f"{one.estimate:+.3f}", f"{one.se:.3f}", pull)
    return table
