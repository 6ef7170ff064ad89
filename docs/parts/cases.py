"""The embedded cases side by side: what each account says, what its record says of it, and which mechanisms travel."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import lynchpin
from lynchpin.account.cases import Case, builtin_cases, read_case
from lynchpin.answers.evidence.travel import SENTENCES, travels
from lynchpin.answers.evidence.triads import triad_claims
from lynchpin.model import Fit
from lynchpin.numbers import per_cent
from lynchpin.record.store import Store
from lynchpin.results import Claim, SplitClaim, SplitPart
from parts.account import SHARED, cells
from parts.text import as_table, prose

FIRST = "northeast-asia"
PAGE = Path(__file__).parents[1] / "explanation" / "cases.md"
#: The coded feed of `triads_shown`: validation data, which is not in the repository.
FEED = Path("data") / "icews_2018h1" / "events.tsv"
THEORY = "lateral"


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
        rows.append((f"`{name}`", case.citation, known, span, f"{events.height:,}", per_cent(seen, 1), _audit(case)))
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
    size, _, graded = cells(claim)
    return (*what, claim.expect, size, graded)


def travels_shown() -> str:
    """Four sentences said of every case: own effect, that given the others, and all together."""
    told = []
    for claim, sentence in zip(_travels(), SENTENCES, strict=True):
        rows = [_part(part) for part in claim.splits]
        if claim.pooled is not None:
            more = claim.pooled.new
            new = "of a case more nothing can be said" if more.is_unseen else f"a case more would lie in {more}"
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


def triads_shown() -> str:
    """A theory said of every pair of American allies with a claim between them, in a coded feed, beside the cases.

    Where the feed is not at hand what the page says stays as it is.
    """
    file = SHARED / FEED
    if not file.is_file():
        return _as_it_stands("case-triads")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "feed.duckdb"
        with Store.open(path, create=True) as store:
            store.ingest(None, [file])
        ledger = triad_claims(THEORY, path)
    theirs = {claim.mechanism: claim for claim in ledger.claims}
    heads = (
        "mechanism of the theory",
        "expected",
        "triads",
        "pooled",
        "mean",
        "a triad more would lie in",
        "fitted alone",
    )
    table = as_table(heads, [_of_feed(claim) for claim in theirs.values()])
    beside = []
    for ours, sentence in zip(_travels(), SENTENCES, strict=True):
        other = theirs.get(_SAME.get(sentence.name, ""))
        if other is not None:
            beside.append((sentence.claim, sentence.expect, *_mean(ours), f"`{other.mechanism}`", *_mean(other)))
    names = ("sentence", "expected", "cases", "mean over cases", "mechanism", "triads", "mean over triads")
    made_from = ledger.made_from
    said = (
        f"The feed holds {made_from.events_used:,} episodes among the states of the theory's triads, from "
        f"{made_from.first_event_date} to {made_from.last_event_date}; roles are those of {made_from.on}, and nothing "
        "is imported."
    )
    between = "Side by side. A quarrel is a grievance in the cases, and any conflict of the two in the feed:"
    return f"{prose(said)}\n\n{table}\n\n{between}\n\n{as_table(names, beside)}"


#: Sentence of the cases -> mechanism of the theory that says the same of a triad.
_SAME = {"threat": "shared_threat", "push": "patron_push", "grievance": "grievance_brake"}


def _of_feed(claim: SplitClaim) -> tuple[str, ...]:
    alone = ", ".join(f"{part.part} {part.effect.text()}" for part in _by_acts(claim.splits) if part.effect is not None)
    new = claim.pooled.new.text() if claim.pooled is not None else ""
    return f"`{claim.mechanism}`", claim.expect, str(len(claim.splits)), *_mean(claim), new, alone or "none"


def _by_acts(parts: Iterable[SplitPart]) -> list[SplitPart]:
    """The three with most acts of the target."""
    return sorted((part for part in parts if part.effect is not None), key=lambda part: -part.n_target_events)[:3]


def _mean(claim: SplitClaim) -> tuple[str, str]:
    return ("0", "not pooled") if claim.pooled is None else (str(claim.pooled.n), claim.pooled.effect.text())


def _as_it_stands(name: str) -> str:
    begin, end = f"<!-- begin {name}: written by docs/generate.py -->\n", f"\n<!-- end {name} -->"
    found = re.search(f"{re.escape(begin)}(.*?){re.escape(end)}", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found[1] if found else ""
