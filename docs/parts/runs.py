"""Parts that come from a run: the embedded case as it stood on AS_OF, with what happened next."""

from __future__ import annotations

from functools import cache
from io import StringIO

import polars as pl
from rich.console import Console

import lynchpin
from lynchpin.results import Brief
from lynchpin.tables import claims_table
from parts.text import as_table, fence, prose

CASE, AS_OF = "northeast-asia", "2012-07-09"
ORIGINS = [f"{year}-07-01" for year in range(2008, 2026, 2)]
WIDTH = 110  # of a terminal, in the outputs that are shown


@cache
def run() -> Brief:
    """The embedded case as it stood on AS_OF, with what happened next."""
    return lynchpin.make_brief(CASE, as_of=AS_OF, reveal=True)


def ledger_lines() -> list[str]:
    """What `lynchpin claims` prints."""
    shown = StringIO()
    Console(file=shown, width=WIDTH, highlight=False).print(claims_table(run().claims, WIDTH))
    return [line.rstrip() for line in shown.getvalue().splitlines()]


def ledger_shown() -> str:
    """The command and its output, the rows of the first six claims."""
    lines = ledger_lines()
    cut = next(k for k, line in enumerate(lines) if line.startswith("C7"))
    text = "\n".join(lines[:cut])
    return fence(
        f"$ lynchpin claims --as-of {AS_OF}\n{text}\n"
        f"[... {len(lines) - cut} more lines: C7 to C12, what the columns mean, and the rule]"
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
        f"{push.rate_ratio_upper:.2f}. Moved in time at random, the cause does as well in a share of "
        f"{push.placebo_p:.3f} of the records; held-out acts are foretold "
        f"{'better' if (push.heldout_gain or 0) >= 0 else 'worse'} with it "
        f"({push.heldout_gain:+.1f}). The cause stands on {push.n_cause_events} events and the outcome on "
        f"{push.n_target_events}, so look at the numbers before you look at the verdict."
    )
    shown = f"```console\n$ lynchpin claims {CASE} --as-of {AS_OF}\n...\n{rows}\n...\n```"
    return f"{shown}\n\n{prose(said)}"


def verdicts() -> str:
    """The ledger counted."""
    count: dict[str, list[str]] = {}
    for claim in run().claims:
        count.setdefault(claim.verdict, []).append(claim.mechanism or claim.id)
    made_from = run().provenance
    tested = [f"{len(names)} {verdict} ({', '.join(names)})" for verdict, names in count.items()]
    return prose(
        f"The run used {made_from.events_used} events, {made_from.first_event_date} to {made_from.last_event_date}. "
        f"Of {len(run().claims)} rows: {'; '.join(tested)}."
    )


def scores_shown() -> str:
    """How the forecast of that day did, in a table and a sentence."""
    found = run().forecast
    assert found.scores is not None and found.observed is not None and found.totals is not None
    table = found.scores.pivot(on="metric", index="model", values="value")
    rows = [(m, f"{c:.4f}", f"{s:.4f}", f"{v:.1%}") for m, c, s, v in table.iter_rows()]
    expected = found.totals.filter(pl.col("model") == found.model)["mean"].sum()
    happened = found.observed["count"].sum()
    ours, rivals = table.filter(pl.col("model") == found.model), table.filter(pl.col("model") != found.model)
    said = [_against(ours, rivals, "crps", "CRPS"), _against(ours, rivals, "log_score", "log score")]
    return "\n\n".join(
        [
            as_table(("model", "CRPS", "log score", "inside the 90 % interval"), rows),
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
    return f"Our {spoken} is {share:.0%} {word} than that of the best baseline ({best['model']})."


def origins_shown() -> str:
    """The same from nine origins; slow, so only when asked for."""
    rows, better, hot = [], {"crps": 0, "log_score": 0}, 0
    for day in ORIGINS:
        found = lynchpin.make_brief(CASE, as_of=day, reveal=True).forecast
        assert found.scores is not None and found.observed is not None and found.totals is not None
        table = found.scores.pivot(on="metric", index="model", values="value")
        ours, rivals = table.filter(pl.col("model") == found.model), table.filter(pl.col("model") != found.model)
        cells: list[str] = [day]
        for metric in better:
            best = rivals.sort(metric).row(0, named=True)
            better[metric] += ours[metric].item() < best[metric]
            cells += [f"{ours[metric].item():.4f}", f"{best[metric]:.4f} ({best['model']})"]
        expected = found.totals.filter(pl.col("model") == found.model)["mean"].sum()
        happened = int(found.observed["count"].sum())
        hot += expected > happened
        rows.append((*cells, f"{ours['coverage_90'].item():.1%}", f"{expected:.0f}", str(happened)))
    heads = ("origin", "our CRPS", "best baseline", "our log score", "best baseline", "in 90 %", "expected", "recorded")
    said = (
        f"Of {len(rows)} origins, ours beats the best baseline of the day on CRPS at {better['crps']} and on the log "
        f"score at {better['log_score']}; it expected more acts than were recorded at {hot}. The best of five "
        "baselines is picked afterwards, which nobody could do on the day."
    )
    return f"{as_table(heads, rows)}\n\n{prose(said)}"
