"""One theory on every triad: how many there are with others' tables imported, and what they say together.

It stands on validation data that is not in the repository; where that is not at hand, a page stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from lynchpin.account.cases.find_triads import find_triads
from lynchpin.account.structure import import_tables
from lynchpin.answers.evidence.triads import triad_claims
from lynchpin.record.store import Store
from lynchpin.results import SplitClaim, SplitLedger
from parts.account import SHARED
from parts.text import as_table, prose

THEORY = "lateral"
PAIR = "JPN-KOR"
LONG, SHORT = "icews_2011_2014", "icews_2018h1"
#: Rule for what ties the two; "" is the theory's own.
RULES = (
    "",
    "claim_with(other) | rival_of(other)",
    "claim_with(other, 50y)",
    "claim_with(other, 100y)",
    "contiguous(other, water)",
)
OWN = "claim_with(other)"


@contextmanager
def _stores() -> Iterator[tuple[Path, Path, Path]]:
    """A structural store with all tables that are at hand, and the two feeds."""
    data = SHARED / "data"
    if not data.is_dir():
        raise SystemExit(f"{data} is not here: name the folder of validation data in LYNCHPIN_SHARED")
    with TemporaryDirectory() as folder:
        made = Path(folder)
        structure = made / "structure.duckdb"
        import_tables(structure, [data / "structural"])
        for name in (LONG, SHORT):
            with Store.open(made / f"{name}.duckdb", create=True) as store:
                store.ingest(None, [data / name / "events.tsv"])
        yield structure, made / f"{LONG}.duckdb", made / f"{SHORT}.duckdb"


@cache
def _found() -> tuple[str, str, str]:
    """The table of counts, that of pooled means, and what the short record says."""
    with _stores() as (structure, long, short):
        feeds = {long: _first(long), short: _first(short)}
        counts, pooled = [], []
        for rule in RULES:
            row = [f"`{rule or OWN}`" + ("" if rule else ", the theory's own")]
            for feed, on in feeds.items():
                triads = find_triads(THEORY, structure, on=on, between=rule or None, events=feed)
                acts = list((triads.acts or {}).values())
                row += [str(len(triads.triads)), *(str(sum(count >= least for count in acts)) for least in (1, 5, 10))]
            counts.append(tuple(row))
        own = {}
        for rule in (RULES[0], RULES[3], RULES[4]):
            own[rule] = triad_claims(THEORY, long, structure, between=rule or None)
            name = f"`{rule or OWN}`" + ("" if rule else ", the theory's own")
            pooled.append((name, *_mean(own[rule], "patron_push"), *_mean(own[rule], "shared_threat")))
        imported, alone = triad_claims(THEORY, short, structure), triad_claims(THEORY, short)
    days = list(feeds.values())
    heads = ["what ties the two"]
    for day in days:
        heads += [f"triads, {day}", "any act between the two", "5 or more", "10 or more"]
    table = as_table(heads, counts)
    means = as_table(("between the two", "push, triads pooled", "mean", "threat, triads pooled", "mean"), pooled)
    push = _row(own[""], "patron_push").splits
    pair = next(part for part in push if PAIR in part.part)
    said = (
        f"Japan and South Korea have {pair.n_target_events} acts of cooperation, where all of these triads have "
        f"{sum(part.n_target_events for part in push)}, and {pair.effect or 'no number'} for the push by themselves. "
        f"On the benchmark of the first half of 2018 the theory's own rule pools {_pools(imported)}, and with nothing "
        f"imported {_pools(alone)}."
    )
    return table, means, prose(said)


def counts_shown() -> str:
    """How many triads fit the theory under each rule, and how many have acts between the two."""
    return _found()[0]


def pooled_shown() -> str:
    """The push and the threat over all triads of each rule, rate ratios per doubling of the cause with 90 %."""
    return f"{_found()[1]}\n\n{_found()[2]}"


def _first(feed: Path) -> str:
    with Store.open(feed) as store:
        return str(store.first_day())


def _row(ledger: SplitLedger, mechanism: str) -> SplitClaim:
    return next(claim for claim in ledger.claims if claim.mechanism == mechanism)


def _mean(ledger: SplitLedger, mechanism: str) -> tuple[str, str]:
    """How many triads are pooled, and their mean; of fewer than two, what the one says."""
    claim = _row(ledger, mechanism)
    if claim.pooled is not None:
        return str(claim.pooled.n), claim.pooled.effect.text()
    alone = [part for part in claim.splits if part.effect is not None]
    return ("1", f"alone: {alone[0].effect}") if alone else ("0", "none fitted")


def _pools(ledger: SplitLedger) -> str:
    count, mean = _mean(ledger, "patron_push")
    return f"{count} triads for the push, {mean}"
