"""The embedded cases side by side: what each account says, what its record says of it, and which mechanisms travel."""

from __future__ import annotations

import csv
from functools import cache

import lynchpin
from lynchpin.account.cases import Case, builtin_cases, read_case
from lynchpin.answers.evidence.travel import SENTENCES, travels
from lynchpin.model import Fit
from lynchpin.results import Claim, SplitClaim, SplitPart
from parts.text import as_table, prose

FIRST = "northeast-asia"


@cache
def cases() -> dict[str, Case]:
    """The cases, the first that there was before all others."""
    return {name: read_case(name) for name in sorted(builtin_cases(), key=lambda name: (name != FIRST, name))}


@cache
def _fit(name: str) -> Fit:
    return lynchpin.fit(name)


@cache
def _travels() -> tuple[SplitClaim, ...]:
    return travels(list(cases().values()))


def records_shown() -> str:
    """One row for each case: its account and its record, with what the audit of 30 rows found."""
    rows = []
    for name, case in cases().items():
        events = _fit(name).events
        known = f"{case.account_date}" if case.account_date is not None else ""
        seen = (events["status"] == "verified").mean()
        span = f"{events['date'].min()} to {events['date'].max()}"
        rows.append((f"`{name}`", case.citation, known, span, f"{events.height:,}", f"{seen:.1%}", _audit(case)))
    return as_table(("case", "account", "of", "record", "acts", "page seen", "audit: wrong of decided"), rows)


def _audit(case: Case) -> str:
    with (case.path.parent / "audit.csv").open(encoding="utf-8", newline="") as file:
        verdicts = [row["verdict"] for row in csv.DictReader(file)]
    decided = [verdict for verdict in verdicts if verdict.startswith(("confirmed", "corrected", "wrong"))]
    wrong = sum(not verdict.startswith("confirmed") for verdict in decided)
    return f"{wrong} of {len(decided)}"


def accounts_shown() -> str:
    """Each case's account in a paragraph, and what its whole record says of every claim."""
    told = []
    for name, case in cases().items():
        heads = ("claim", "what it says", "mechanism", "expected", "size", "evidence")
        rows = [_row(claim) for claim in _fit(name).claims()]
        told.append(f"### {case.title}\n\n{prose(case.account)}\n\n{as_table(heads, rows)}")
    return "\n\n".join(told)


def _row(claim: Claim) -> tuple[str, ...]:
    what = (claim.id, claim.claim, f"`{claim.mechanism}`" if claim.mechanism else "")
    if claim.effect is None:
        return (*what, "", "", "no test")
    return (*what, claim.expect, str(claim.effect), claim.graded)


def travels_shown() -> str:
    """Four sentences said of every case: own effect, that given the others, and all together."""
    told = []
    for claim, sentence in zip(_travels(), SENTENCES, strict=True):
        rows = [_part(part) for part in claim.splits]
        if claim.pooled is not None:
            new = f"a case more would lie in {claim.pooled.new.text()}"
            rows.append((f"all {claim.pooled.n}", "", "", claim.pooled.effect.text(), new))
        heads = ("case", "acts of cause / target", "own ratio", "given the others", "")
        head = f"**{sentence.claim}** `{sentence.says}`, expected {sentence.expect}"
        told.append(f"{head}\n\n{as_table(heads, rows)}")
    return "\n\n".join(told)


def _part(part: SplitPart) -> tuple[str, ...]:
    acts = f"{part.n_cause_events} / {part.n_target_events}"
    if part.effect is None:
        return f"`{part.part}`", acts, "", "", part.left_out_because or ""
    shrunk = part.shrunk.text() if part.shrunk is not None else ""
    return f"`{part.part}`", acts, part.effect.text(), shrunk, ""
