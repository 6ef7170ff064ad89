"""Parts that come from a run: the embedded case as it stood on AS_OF, with what happened next."""

from __future__ import annotations

from functools import cache

import polars as pl

import lynchpin
from lynchpin.numbers import per_cent
from lynchpin.report.notebook import whole
from lynchpin.results import Backtest, Brief, Claim, Ledger
from lynchpin.results.base import p_text
from parts.text import as_table, fence, prose

CASE, AS_OF = "northeast-asia", "2012-07-09"
ORIGINS = ("2006-07-01", "2024-07-01")
WIDTH = 110  # of a terminal, in the outputs that are shown


@cache
def run() -> Brief:
    """The embedded case as it stood on AS_OF, with what happened next."""
    return lynchpin.make_brief(CASE, as_of=AS_OF, reveal=True)


def ledger_lines() -> list[str]:
    """What `lynchpin claims` prints."""
    return lines_of(Ledger(run().claims))


def lines_of(record: object) -> list[str]:
    """What a command prints of a record on a terminal of WIDTH columns."""
    return whole(record, WIDTH).split("\n")


def ledger_shown() -> str:
    """The command and its output, the rows of the first six claims."""
    lines = ledger_lines()
    cut = next(k for k, line in enumerate(lines) if line.startswith("C7"))
    text = "\n".join(lines[:cut])
    return fence(
        f"$ lynchpin claims --as-of {AS_OF}\n{text}\n"
        f"[... {len(lines) - cut} more lines: C7 to C12, what each row shows and what would settle it, the rule]"
    )


def reading_shown() -> str:
    """The same for the tutorial: two claims, and how to read one."""
    lines = ledger_lines()
    first = next(k for k, line in enumerate(lines) if line.startswith("C2"))
    last = next(k for k, line in enumerate(lines) if k > first and line.startswith("C4"))
    rows = "\n".join(lines[first:last])
    push = next(claim for claim in run().claims if claim.mechanism == "patron_push")
    said = (
        f"Read `patron_push`: when the cause doubles, acts of security cooperation between Japan and South Korea are "
        f"multiplied by {push.rate_ratio:.2f}, and the 90 % interval is {push.rate_ratio_lower:.2f} to "
        f"{push.rate_ratio_upper:.2f}: at most that, but in 5 of 100 such records. The evidence is graded "
        f"{push.graded}. Moved in time at random, the cause does as well in a share of {p_text(push.placebo_p)} of the "
        f"records. The cause stands on {push.n_cause_events} events and the outcome on {push.n_target_events}; "
        f"{push.would_settle}. Look at the two ends before you look at the grade."
    )
    shown = f"```console\n$ lynchpin claims {CASE} --as-of {AS_OF}\n...\n{rows}\n...\n```"
    return f"{shown}\n\n{prose(said)}"


def verdicts() -> str:
    """The ledger counted."""
    count: dict[str, list[str]] = {}
    for claim in run().claims:
        count.setdefault(claim.graded, []).append(claim.mechanism or claim.id)
    made_from = run().provenance
    tested = [f"{len(names)} {verdict} ({', '.join(names)})" for verdict, names in count.items()]
    return prose(
        f"The run used {made_from.events_used} events, {made_from.first_event_date} to {made_from.last_event_date}. "
        f"Of {len(run().claims)} rows: {'; '.join(tested)}."
    )


def start_shown() -> str:
    """What the start page says was found, and how wrong it can be: three items."""
    made_from, claims = run().provenance, run().claims
    graded = [claim for claim in claims if claim.grade in ("strong", "moderate", "slight")]
    said = [f"`{claim.mechanism}` ({claim.id}, {claim.graded}{_ends(claim)})" for claim in graded]
    found = run().forecast
    assert found.scores is not None and found.observed is not None and found.totals is not None
    table = found.scores.pivot(on="metric", index="model", values="value")
    ours = table.filter(pl.col("model") == found.model)
    rivals = table.filter(~pl.col("model").is_in([found.model, found.mechanism]))
    expected = found.totals.filter(pl.col("model") == found.model)["mean"].sum()
    covered = ours.drop("model", "crps", "log_score").item()
    items = [
        f"**What it found.** By {made_from.origin}, on {made_from.events_used:,} acts: of {len(claims)} rows that "
        f"state the account's claims, {len(graded)} are graded: {'; '.join(said)}. For the others the "
        f"record shows nothing that chance does not, or cannot be asked; the ledger then says how large it could be.",
        f"**How wrong a forecast can be.** For the six months after that day it expected {expected:.0f} acts, and "
        f"{found.observed['count'].sum()} were recorded. {_against(ours, rivals, 'crps', 'CRPS')} "
        f"{_against(ours, rivals, 'log_score', 'log score')} Its 90 % intervals, ends included, held "
        f"{per_cent(covered, 1)} of the counts.",
    ]
    return "\n".join(f"- {prose(item).replace(chr(10), chr(10) + '  ')}" for item in items)


def _ends(claim: Claim) -> str:
    """Its ratio and the ends of its interval, where it has one."""
    if claim.rate_ratio is None:
        return ""
    return f": ×{claim.rate_ratio:.2f}, at least ×{claim.rate_ratio_lower:.2f}, at most ×{claim.rate_ratio_upper:.2f}"


def scores_shown() -> str:
    """How the forecast of that day did, in a table and a sentence."""
    found = run().forecast
    assert found.scores is not None and found.observed is not None and found.totals is not None
    table = found.scores.pivot(on="metric", index="model", values="value")
    rows = [(m, f"{c:.4f}", f"{s:.4f}", per_cent(v, 1)) for m, c, s, v in table.iter_rows()]
    expected = found.totals.filter(pl.col("model") == found.model)["mean"].sum()
    happened = found.observed["count"].sum()
    ours = table.filter(pl.col("model") == found.model)
    rivals = table.filter(~pl.col("model").is_in([found.model, found.mechanism]))
    said = [_against(ours, rivals, "crps", "CRPS"), _against(ours, rivals, "log_score", "log score")]
    return "\n\n".join(
        [
            as_table(("model", "CRPS", "log score", "inside the 90 % interval, ends included"), rows),
            prose(
                f"Counts of {found.scores['n'][0]} dyads, classes and months; smaller scores are better. "
                f"{' '.join(said)} The outlook expected {expected:.0f} acts in all (a joint act counts once for each "
                f"ordered pair), and {happened} were recorded."
            ),
        ]
    )


def _against(ours: pl.DataFrame, rivals: pl.DataFrame, metric: str, spoken: str) -> str:
    best = rivals.sort(metric).row(0, named=True)
    mine = ours[metric].item()
    word = "better" if mine < best[metric] else "worse"
    share = abs(mine / best[metric] - 1.0)
    return f"Our {spoken} is {per_cent(share)} {word} than that of the best baseline ({best['model']})."


def origins_shown() -> str:
    """The embedded record from many origins; slow, so only when asked for."""
    found = lynchpin.backtest(CASE, first=ORIGINS[0], last=ORIGINS[1], every=12, horizons="1m,3m,6m", workers=2)
    parts = [fence(f"$ lynchpin backtest {CASE} --from {ORIGINS[0]} --to {ORIGINS[1]} --every 12 --horizon 1m,3m,6m")]
    for days in found.horizons:
        whole = found.scores.filter((pl.col("horizon_days") == days) & (pl.col("event_class") == ""))
        value = {(row["model"], row["metric"]): row["value"] for row in whole.iter_rows(named=True)}
        inside = found.coverage.filter((pl.col("horizon_days") == days) & (pl.col("level") == 0.9))
        covered = {row["model"]: row["value"] for row in inside.iter_rows(named=True)}
        sums = (
            found.origins.filter(pl.col("horizon_days") == days)
            .group_by("model")
            .agg(pl.col("expected").sum(), pl.col("recorded").sum())
        )
        events = {row["model"]: (row["expected"], row["recorded"]) for row in sums.iter_rows(named=True)}
        rows = [
            (
                model,
                f"{value[model, 'crps']:.4f}",
                f"{value[model, 'log_score']:.4f}",
                per_cent(covered[model], 1),
                f"{events[model][0]:.0f}",
            )
            for model in whole["model"].unique(maintain_order=True)
        ]
        recorded = next(iter(events.values()))[1]
        heads = (f"{days} days ahead", "CRPS", "log score", "coverage of 90 %", f"expected ({recorded} recorded)")
        parts.append(as_table(heads, rows))
    return "\n\n".join([*parts, prose(_verdict(found))])


def _verdict(found: Backtest) -> str:
    """Against the best baseline of each metric and horizon."""
    said = []
    best = (pl.col("model") == found.model) & pl.col("best") & (pl.col("target") == "count")
    for row in found.skill.filter(best).iter_rows(named=True):
        said.append(
            f"{row['horizon_days']} days, {row['metric'].replace('_', ' ')}: skill {_gain(row['value'])} "
            f"({_gain(row['lower'])} to {_gain(row['upper'])}) against {row['against']}"
        )
    return (
        f"{len(found.origin_days)} origins. Against the best baseline of each metric and horizon, which is picked "
        f"afterwards as nobody could on the day: {'; '.join(said)}."
    )


def _gain(share: float) -> str:
    """A share that is better above nothing and worse below it."""
    return per_cent(share, 1, sign=True)
