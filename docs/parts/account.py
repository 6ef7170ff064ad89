"""What the embedded record says of each claim, as it stood on the day of the account and today."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import lynchpin
from lynchpin.model import Fit
from lynchpin.record.store import Store
from lynchpin.report.evidence import end, size
from lynchpin.results import Claim
from lynchpin.results.base import p_text
from parts.runs import AS_OF, CASE, run
from parts.text import as_table, prose

#: The coded feed of `feed_shown`: validation data, which is not in the repository.
FEED = Path("data") / "icews_2011_2014" / "events.tsv"
SHARED = Path(os.environ.get("LYNCHPIN_SHARED") or Path(__file__).resolve().parents[3] / "shared")


@cache
def _whole() -> Fit:
    return lynchpin.fit(CASE)


@cache
def _today() -> tuple[Claim, ...]:
    return tuple(_whole().claims())


def account_shown() -> str:
    """One row for each mechanism: then, and with all that came after."""
    then = {claim.mechanism: claim for claim in run().claims if claim.mechanism}
    whole = _whole()
    now = {claim.mechanism: claim for claim in _today() if claim.mechanism}
    rows = [(f"{claim.id} `{name}`", claim.expect, *cells(claim), *cells(now[name])) for name, claim in then.items()]
    heads = ("claim", "", f"ratio, {AS_OF}", "p", "evidence", "ratio, whole record", "p", "evidence")
    kept = ", ".join(name for name, claim in now.items() if claim.holm_p is not None and claim.holm_p <= 0.05) or "none"
    said = (
        f"The record of {AS_OF} holds {run().provenance.events_used} events, the whole one "
        f"{whole.made_from.events_used}, to {whole.made_from.last_event_date}. Read as {len(now)} claims at once, at "
        f"5 %, Holm's correction keeps of the whole record: {kept}."
    )
    return f"{as_table(heads, rows)}\n\n{prose(said)}"


def weighty_shown() -> str:
    """For each claim that is tested, the act that weighs most, then and with all that came after."""
    lines = []
    for claim in run().claims:
        if claim.top_events:
            act = claim.top_events[0]
            lines.append(
                f"- {claim.id} `{claim.mechanism}`: {act.date} ({act.part}), {act.headline.rstrip('.')}. The ratio is "
                f"{claim.rate_ratio:.2f}, and {act.rate_ratio_without:.2f} without it."
            )
    return "\n".join(prose(line).replace("\n", "\n  ") for line in lines)


def cells(claim: Claim) -> tuple[str, str, str]:
    """Size with its ends, p and grade of a row, as every page says them."""
    if claim.effect is None:
        return "", "", claim.graded
    ends = " to ".join(end(value, claim.unit) for value in (claim.at_least, claim.at_most))
    p = "" if claim.placebo_p is None else p_text(claim.placebo_p)
    return f"{size(claim.effect)} ({ends})", p, claim.graded


def without_a_run(text: str) -> list[str]:
    """The ratios of a text written by hand that stand in no row of the two ledgers: "×1.19" and the like.

    Parameters
    ----------
    text : a page, or a part of it; ratios are written with the sign × and two decimals
    """
    said = {
        end(value, claim.unit)
        for ledger in (run().claims, _today())
        for claim in ledger
        for value in (claim.rate_ratio, claim.at_least, claim.at_most)
    }
    return [ratio for ratio in re.findall(r"×\d+\.\d\d", text) if ratio not in said]


def feed_shown() -> str:
    """What a coded feed says of every claim, then and to its end; by hand, where the feed is at hand."""
    file = SHARED / FEED
    if not file.is_file():
        raise SystemExit(f"{file} is not here: name the folder of validation data in LYNCHPIN_SHARED")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "feed.duckdb"
        with Store.open(path, create=True) as store:
            store.ingest(None, [file])
        fits = [lynchpin.fit(CASE, path, as_of=as_of) for as_of in (AS_OF, None)]
        ledgers = [{claim.mechanism: claim for claim in fit.claims() if claim.mechanism} for fit in fits]
    then, now = ledgers
    rows = [
        (f"{c.id} `{name}`", c.expect, *cells(c), _sides(c), *cells(now[name]), _sides(now[name]))
        for name, c in then.items()
        if c.basis == "timing"  # what is counted of agreements, or played, does not stand on the feed
    ]
    heads = ["claim", ""]
    for fit in fits:
        heads += [f"ratio, {_last(fit)} ({fit.design.rows} weeks)", "p", "evidence", "acts"]
    made_from = fits[1].made_from
    clear = [
        f"`{name}` ({word})"
        for word, ledger in zip(("then", "at the end"), ledgers, strict=True)
        for name, c in ledger.items()
        if c.basis == "timing" and c.grade in ("strong", "moderate")
    ]
    said = (
        f"The feed holds {made_from.reports:,} reports from {made_from.first_event_date} to "
        f"{made_from.last_event_date}, folded into {made_from.events_used:,} episodes. Strong or moderate: "
        f"{', '.join(clear) or 'none'}. Acts are of the cause / of the target."
    )
    return f"{as_table(heads, rows)}\n\n{prose(said)}"


def _last(fit: Fit) -> date:
    return fit.made_from.as_of or fit.made_from.origin - timedelta(days=1)


def _sides(claim: Claim) -> str:
    return f"{claim.n_cause_events} / {claim.n_target_events}"
