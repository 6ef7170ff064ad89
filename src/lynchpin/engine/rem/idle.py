"""Idle dyads: those without a live trace are summed through their actors, at the cost of actors in place of dyads.

A dyad with nothing left in memory, neither of its own nor through third parties, has only what belongs to its sender
and to its receiver: its predictor is a sum of two terms, and the sums over all such dyads factorise
(`likelihoods.idle.SharedSums`). The rows of a shard are then its live dyads; each is counted as itself, and once with a
minus sign as the idle dyad that the factorised sum took it for. So are the pairs of an actor with itself. An actor may
stand for several that are alike (`bystanders`): it then weighs as many.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.likelihoods.rows import Block, Shared
from lynchpin.engine.rem.features import Features
from lynchpin.engine.rem.plan import Plan
from lynchpin.engine.statistics import Statistic
from lynchpin.engine.statistics.base import GEOMETRIC, Floats, Ints

#: A trace of less than 2 ** -40 of an event is dead.
DEAD_HALF_LIVES = 40.0

#: Rows from which it is worth while, and the share of live rows above which it is not.
SHARED_ROWS = 1_000_000
_MOST_LIVE = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """Which columns are a sender's number, a receiver's, constant, or gone once a dyad is idle."""

    sender: Ints
    receiver: Ints
    constant: Ints
    dying: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """The live dyads of a shard, sorted by sender and receiver, and how many actors each actor stands for.

    kinds : the types at risk, each of which every dyad can act by; one of no meaning where none is
    """

    i: NDArray[np.int32]
    j: NDArray[np.int32]
    stands_for: Floats
    roles: Roles
    kinds: Ints

    @property
    def n(self) -> int:
        return int(self.stands_for.size)

    @property
    def rows(self) -> int:
        return int(self.kinds.size) * (2 * int(self.i.size) + self.n)


def roles_of(features: Features) -> Roles | None:
    """The role of every column, or None where some column has none of the four.

    A product is gone with any factor that is, and is a sender's (a receiver's) when all its factors are; a type is as
    good as a constant. Who is new is a dyad's own, unless the effect is gone with the dyad anyway.
    """
    found: dict[str, list[int]] = {"sender": [], "receiver": [], "constant": [0] * features.baseline, "dying": []}
    if any(scale not in ("none", "log1p") for scale in features.scales):
        return None
    for c, term in enumerate(features.terms):
        kinds = {_role(source.statistic, source.is_signed) for k in term for source in features.sources_of(k)}
        kinds = kinds - {"constant"} or kinds
        role = "dying" if "dying" in kinds else kinds.pop() if len(kinds) == 1 else "none"
        if role != "dying" and any(features.gates[k] is not None for k in term):
            return None
        if role == "none":
            return None
        found[role].append(c + features.baseline)
    return Roles(*(np.array(found[name], np.int64) for name in ("sender", "receiver", "constant", "dying")))


def _role(statistic: Statistic, is_signed: bool) -> str:
    """Where counts may be negative, the smaller of a leg and of none is no longer none."""
    if statistic.feed == "types":
        return "constant"
    if statistic.about != "dyad":
        return statistic.about
    if statistic.of_traces is None or not statistic.scales:
        return "none"
    one_tie = np.zeros((3, 3))
    one_tie[0, 1] = one_tie[1, 0] = -1.0 if is_signed else 1.0
    with_the_idle = statistic.of_traces(one_tie)
    return "none" if with_the_idle[2, :2].any() or with_the_idle[:2, 2].any() else "dying"


def live_dyads(features: Features, plan: Plan, begin: int, end: int, roles: Roles, stands_for: Floats) -> Live | None:
    """The dyads that are live at some instant of groups begin .. end - 1, or None where they are nearly all.

    Parameters
    ----------
    features : Features, with the whole stream
    plan : Plan of a full risk set
    begin, end : groups
    roles : Roles
    stands_for : (features.n,), how many actors each stands for
    """
    n, kinds = features.n, np.zeros(1, np.int64) if plan.kind is None else np.unique(plan.kind).astype(np.int64)
    is_live = np.zeros((n, n), bool)
    row = plan.lo[np.repeat(np.arange(begin, end), np.diff(plan.seen_ptr[begin : end + 1]))]
    row = row + plan.seen_row[plan.seen_ptr[begin] : plan.seen_ptr[end]]
    is_live[plan.i[row], plan.j[row]] = True
    first, last = float(min(plan.at[begin], plan.decay_to[begin])), float(plan.at[end - 1])
    dying = {k for c in roles.dying for k in features.terms[c - features.baseline]}
    for source in (source for k in sorted(dying) for source in features.sources_of(k)):
        reach = source.memory.window or (source.memory.half_life or np.inf) * DEAD_HALF_LIVES
        reach *= 2.0 if source.statistic.name.endswith(GEOMETRIC) else 1.0  # the root of what is dead is not
        reach = np.inf if source.has_network else reach  # a value stays
        if source.statistic.about == "dyad" and source.statistic.feed != "types":
            since, until = np.searchsorted(source.changes.when, [first - reach, last], side="left")
            ties = np.zeros((n, n), bool)
            ties[source.changes.src[since:until], source.changes.dst[since:until]] = True
            is_live |= _reached(source.statistic, ties)
        np.fill_diagonal(is_live, False)
        if 2 * is_live.sum() + n > _MOST_LIVE * plan.at_risk[begin] / kinds.size:
            return None
    i, j = np.nonzero(is_live)
    return Live(i.astype(np.int32), j.astype(np.int32), stands_for, roles, kinds)


def _reached(statistic: Statistic, ties: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Dyads whose statistic is not zero when every tie counts one: shape (n, n)."""
    out = np.zeros_like(ties)
    active = np.flatnonzero(ties.any(axis=0) | ties.any(axis=1))
    assert statistic.of_traces is not None
    if active.size:
        out[np.ix_(active, active)] = statistic.of_traces(ties[np.ix_(active, active)].astype(float)) > 0
    return out


def onto(part: Plan, live: Live) -> Plan:
    """A part of a plan with the live dyads, then every actor with itself, for its rows; so for each type at risk."""
    row = np.repeat(part.lo, np.diff(part.seen_ptr)) + part.seen_row
    key = part.i[row].astype(np.int64) * live.n + part.j[row]
    actors, types = np.arange(live.n, dtype=np.int32), int(live.kinds.size)
    each = live.i.size + live.n
    seen_row = np.searchsorted(live.i.astype(np.int64) * live.n + live.j, key)
    if part.kind is not None:
        seen_row += each * np.searchsorted(live.kinds, part.kind[row])
    return replace(
        part,
        lo=np.zeros(part.groups, np.int64),
        hi=np.full(part.groups, types * each),
        i=np.tile(np.concatenate([live.i, actors]), types),
        j=np.tile(np.concatenate([live.j, actors]), types),
        kind=None if part.kind is None else np.repeat(live.kinds, each).astype(np.int32),
        seen_row=seen_row,
    )


def block_of(X: Floats, part: Plan, live: Live) -> Block:
    """The block of a part that was filled `onto` its live dyads."""
    k, size, types = X.shape[0], int(live.i.size), int(live.kinds.size)
    roles, strata, each = live.roles, part.groups * types, 2 * size + live.n
    filled = X.reshape(k, strata, size + live.n)
    rows = np.empty((k, strata, each))
    rows[:, :, :size] = filled[:, :, :size]
    rows[:, :, size:] = filled
    rows[roles.dying, :, size:] = 0.0
    sign = np.ones((strata, each))
    sign[:, size : 2 * size] = -1.0
    sign[:, 2 * size :] = -live.stands_for
    shared = Shared(
        roles.sender,
        roles.receiver,
        roles.constant,
        np.ascontiguousarray(filled[roles.sender, :, size:]),
        np.ascontiguousarray(filled[roles.receiver, :, size:]),
        np.ascontiguousarray(filled[roles.constant, :, size]),
        live.stands_for,
        types,
    )
    starts = np.arange(part.groups + 1) * live.rows
    of_type, within = np.divmod(part.seen_row, size + live.n)
    return Block(
        X=rows.reshape(k, -1),
        ptr=starts,
        exposure=part.exposure,
        seen_ptr=part.seen_ptr,
        seen_row=of_type * each + within + np.repeat(starts[:-1], np.diff(part.seen_ptr)),
        seen_count=part.seen_count,
        sign=sign.ravel(),
        shared=shared,
    )


# -- Bystanders: actors that are in no event. All are alike, so one stands for all of them, with their number as
# weight.


def merge_bystanders(features: Features, plan: Plan) -> tuple[Features, Plan, Floats]:
    """Number the actors anew, those that act or have a value of their own first, all others as one.

    Parameters
    ----------
    features : Features, with the whole stream
    plan : Plan of a full risk set; its groups share their rows

    Returns
    -------
    features and plan with the new numbers, and how many actors each stands for, shape (n,)
    """
    acts = np.zeros(features.n, bool)
    for source in features.sources:
        acts[source.changes.src] = acts[source.changes.dst] = True
    row = np.repeat(plan.lo, np.diff(plan.seen_ptr)) + plan.seen_row
    acts[plan.i[row]] = acts[plan.j[row]] = True
    bystanders = int(features.n - acts.sum())
    if bystanders < 2:
        return features, plan, np.ones(features.n)
    some = features.n - bystanders
    number = np.full(features.n, some, np.int32)
    number[acts] = np.arange(some, dtype=np.int32)
    sources = tuple(
        replace(s, changes=replace(s.changes, src=number[s.changes.src], dst=number[s.changes.dst]))
        for s in features.sources
    )
    merged = replace(features, n=some + 1, sources=sources)
    return merged, replace(plan, i=number[plan.i], j=number[plan.j]), np.append(np.ones(some), float(bystanders))
