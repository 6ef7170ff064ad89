"""Bystanders: actors that are in no event. All are alike, so one stands for all of them, with their number as weight.

Where idle dyads are summed through their actors, nothing that is computed for each actor or for each pair of actors is
then computed, kept or sent to a worker for bystanders one by one: neither states nor rows grow with their number.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lynchpin.relational.features import Features
from lynchpin.relational.plan import Plan
from lynchpin.statistics._base import Floats


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
