"""One theory on every triad that fits it: a fit for each, and what they say together.

This is what the command line calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from lynchpin.account.cases import Case, Known, Theory, Triad, bind, read_known, read_theory
from lynchpin.account.cases.triads import remarks
from lynchpin.account.structure import Structure
from lynchpin.answers.evidence.placebo import settled_placebo
from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.answers.evidence.splits import FEWEST, pooled_places, split_claim
from lynchpin.answers.evidence.spread import likeliest_tau
from lynchpin.crew import each
from lynchpin.days import optional_day, parse_day
from lynchpin.defaults import SHIFTS
from lynchpin.engine.statistics.base import Ints
from lynchpin.errors import BadValue
from lynchpin.events import acts_of, first_day, last_day
from lynchpin.model import Fit, fit_case
from lynchpin.model.design import expand
from lynchpin.record.store import Store
from lynchpin.results import ManyTriads, SplitClaim, SplitLedger, SplitPart

#: Columns that no fit reads: a task carries its acts without them.
UNREAD = ("source_name", "target_name", "summary", "url", "file", "row", "scale", "code_scheme", "precision")

#: A triad whose log rate ratio is known no better than this is not pooled: all others weigh by what they know.
LARGEST_ERROR = 10.0

METHOD = (
    "Each triad is fitted by itself; own ratio is its timing effect, as in the ledger of its case: what doubling the "
    "cause does once the slow drift of both is out, 90 %. Pooled: random effects by restricted maximum likelihood, the "
    "interval of the mean by Knapp and Hartung; shrunk is each triad pulled toward the mean by as much as its record "
    "is unsure. Two triads that share their pair of allies share their outcomes: only the one whose record says more "
    "is pooled. Triads may still share acts of a cause; that covariance is left out. Association in time is not called "
    "cause."
)


def triad_claims(
    theory: str | Path,
    events: str | Path,
    structure: str | Path | None = None,
    *,
    on: str | date | None = None,
    between: str | None = None,
    as_of: str | date | None = None,
    episodes: bool | None = None,
    only: Sequence[str] = (),
    executor: Executor | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> SplitLedger:
    """Fit a theory to every triad of states that fits it.

    Parameters
    ----------
    theory : name or path of one
    events : path of a store made by `lynchpin ingest`
    structure : path of a structural store; None for the few facts that come with the package
    on : day for which the roles are read; None for the first day of the record, so that the choice of states looks at
        nothing that the record then shows
    between : rule for what ties the two, in the place of the theory's
    as_of : nothing that happened or became known on or after it is used
    episodes : bool, fold the reports of one act; None: where a machine coded them
    only : names of triads; none for all
    executor : any concurrent.futures.Executor; a triad is a task, and carries its own acts; None for this process
    tell : function or None, called after each triad with how many are done, and how many there are

    Returns
    -------
    SplitLedger

    Raises
    ------
    BadValue : no triad fits, or the roles are read for a day after the first that is forecast
    """
    read = read_theory(theory, between=between)
    tables = Structure.open(structure)
    day = optional_day(as_of, name="as_of")
    first = _first_day(events, day) if on is None else parse_day(on, name="on")
    triads = [t for t in bind(read, tables, first) if not only or t.name in only]
    if not triads:
        raise BadValue(
            f"no triad fits the theory {read.name} on {first}",
            str(between or read.between or ""),
            "import more structural tables (`lynchpin structure import`), or relax the rule with --between",
        )
    cases = [triad.case() for triad in triads]
    everyone = {state for case in cases for state in case.states}
    known = read_known(cases[0], events, as_of=day, episodes=episodes, states=everyone)
    acts, rows = _between(known.events, triads), _own_rows(known.events, cases)
    largest = sorted(range(len(triads)), key=lambda k: (-rows[k].size, k))  # so that nobody begins it when others end
    first_step = first_day(known.events)
    tasks = (_Task(triads[k], _own(known, cases[k], rows[k], first_step), acts[k]) for k in largest)
    done = each(_parts, tasks, executor, of=len(triads), tell=tell)
    parts = [part for _, part in sorted(zip(largest, done, strict=True), key=lambda one: one[0])]
    claims = tuple(_pooled(read, name, triads, parts) for name in (m.name for m in read.text.mechanisms))
    made_from = ManyTriads(
        theory=read.name,
        title=read.title,
        on=first,
        between=str(read.between or ""),
        origin=known.origin,
        first_event_date=first_day(known.events),
        last_event_date=last_day(known.events),
        events_used=acts_of(known.events).height,
        remarks=tuple(remarks(read, tables, first)),
    )
    return SplitLedger("triad", claims, METHOD, made_from=made_from)


def _first_day(events: str | Path, as_of: date | None) -> date:
    with Store.open(Path(events), read_only=True) as store:
        first = store.first_day(before=as_of)
    if first is None:
        raise BadValue(f"no event of the record was known before {as_of}", str(events), "ask for a later --as-of")
    return first


def _between(known: pl.DataFrame, triads: Sequence[Triad]) -> list[int]:
    """Acts of any class between the two of each triad, both ways; a joint act counts once."""
    named = known.lazy().filter(pl.col("event_class").is_not_null()).select("source", "target").with_row_index("_act")
    sides = named.explode("source").explode("target").filter((pl.col("source") != pl.col("target")).fill_null(False))
    one, other = pl.min_horizontal("source", "target"), pl.max_horizontal("source", "target")
    counted = sides.select("_act", one=one, other=other).unique().group_by("one", "other").len().collect()
    count = {(i, j): n for i, j, n in counted.iter_rows()}
    return [count.get((min(triad.two), max(triad.two)), 0) for triad in triads]


def _own_rows(events: pl.DataFrame, cases: Sequence[Case]) -> list[Ints]:
    """Which rows of a record have a state that a case follows, on either side: the record is gone through once."""
    sides = [
        events.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("row"), state=side).explode("state")
        for side in ("source", "target")
    ]
    held = pl.concat(sides).drop_nulls().unique().sort("row").partition_by("state", as_dict=True, include_key=False)
    by_state = {str(state): rows["row"].to_numpy() for (state,), rows in held.items()}
    none = np.empty(0, dtype=np.int64)
    return [np.unique(np.concatenate([none, *(by_state.get(s, none) for s in case.followed)])) for case in cases]


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A triad, the record of its own states, and how many acts there are between its two."""

    triad: Triad
    known: Known
    between: int


def _own(known: Known, case: Case, rows: Ints, first: date) -> Known:
    """What a triad's fit reads of a record; its steps begin where those of the whole record do."""
    case = replace(case, start=max(case.start, first))
    return replace(known, case=case, events=known.events.drop(UNREAD, strict=False)[rows])


def _parts(task: _Task) -> dict[str, SplitPart]:
    """Runs on a worker: what one triad's record says of each mechanism of its theory."""
    triad, known = task.triad, task.known
    fit = fit_case(known) if task.between >= FEWEST else f"fewer than {FEWEST} acts between the two"
    sides = _sides(triad, known, fit, task.between)
    return {m.name: _told(m.name, triad, fit, sides) for m in triad.theory.text.mechanisms}


#: mechanism -> events of its cause, and of its target
Counted = Mapping[str, tuple[int, int]]


def _sides(triad: Triad, known: Known, fit: Fit | str, between: int) -> Counted:
    """How many events stand on either side of each mechanism; of a triad with no act between the two, nobody asks."""
    if isinstance(fit, str) and not between:
        return {}
    case = known.case
    acts = expand(known.events, case) if isinstance(fit, str) else fit.design.layers.acts
    return {m.name: (count_cause(acts, case, m), count_target(acts, m)) for m in case.mechanisms}


def _pooled(theory: Theory, name: str, triads: Sequence[Triad], parts: Sequence[Mapping[str, SplitPart]]) -> SplitClaim:
    """One mechanism in all triads, the surest first; of those that share their two allies only the surest is pooled."""
    told = [(of[name], frozenset(triad.two)) for triad, of in zip(triads, parts, strict=True)]
    told.sort(key=lambda one: (one[0].standard_error or np.inf, one[0].part))
    chosen: dict[frozenset[str], int] = {}
    for k, (split, two) in enumerate(told):
        if split.effect is not None:
            chosen.setdefault(two, k)
    splits, at = [split for split, _ in told], list(chosen.values())
    estimate = np.array([splits[k].estimate for k in at], dtype=float)
    covariance = np.diag(np.array([splits[k].standard_error for k in at], dtype=float) ** 2)
    tau = likeliest_tau(estimate, covariance) if len(at) > 1 else None
    splits, pooled = pooled_places(splits, at, covariance, tau)
    mechanism = next(m for m in theory.text.mechanisms if m.name == name)
    return replace(split_claim(theory.text, mechanism, splits), pooled=pooled)


def _told(name: str, triad: Triad, fit: Fit | str, sides: Counted) -> SplitPart:
    """What one triad's own record says of a mechanism: the timing effect, as in its ledger."""
    n_cause, n_target = sides.get(name, (0, 0))
    counted = SplitPart(triad.name, triad.title, n_cause_events=n_cause, n_target_events=n_target)
    if isinstance(fit, str):
        return replace(counted, left_out_because=fit)
    if name in triad.left_out:
        return replace(counted, left_out_because=triad.left_out[name])
    if min(n_cause, n_target) < FEWEST:
        return replace(counted, left_out_because=f"fewer than {FEWEST} acts of its cause or of its target")
    timing = settled_placebo(fit, name, SHIFTS, fit.case.seed)
    if timing is None or (timing.effect.standard_error or np.inf) > LARGEST_ERROR:
        return replace(counted, left_out_because="the record says next to nothing of it")
    return replace(counted, effect=timing.effect)
