"""A sample of those at risk in place of all: case-control sampling of a plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lynchpin.engine.compiled import is_small, plainly
from lynchpin.engine.rem._kernels import draw_controls
from lynchpin.engine.rem.plan import Plan
from lynchpin.errors import BadValue


def _one_case_each(plan: Plan) -> Plan:
    """A group for every dyad with an event: simultaneous events get controls of their own.

    In one group together they would be far more of those compared than they are of everyone at risk.
    """
    of = np.repeat(np.arange(plan.groups), np.diff(plan.seen_ptr))
    each = ("at", "decay_to", "exposure", "lo", "hi", "at_risk", "since", "point")
    return replace(plan, **{name: getattr(plan, name)[of] for name in each}, seen_ptr=np.arange(of.size + 1))


def with_controls(plan: Plan, controls: int, seed: int, *, weighted: bool, together: bool = False) -> Plan:
    """Keep the events and a random sample of the others at risk: case-control sampling.

    Every group draws from its own stream of random numbers, so a draw does not depend on blocks or workers.

    Parameters
    ----------
    plan : Plan of a full risk set
    controls : int, others drawn for each distinct dyad with an event, without replacement, all equally likely
    seed : int
    weighted : bool, give a control the weight of the others it stands for (likelihoods with a clock); without it, every
        event is compared with controls of its own as they are: nested case-control sampling
    together : bool, without weights: the events of a group keep one set of controls (exact ties)

    References
    ----------
    Borgan, Goldstein and Langholz (1995), Methods for the analysis of sampled cohort data in the Cox proportional
    hazards model, Annals of Statistics 23; Lerner and Lomi (2020), Network Science 8(1).
    """
    if controls < 1:
        raise BadValue(f"controls must be 1 or more, not {controls}", "controls", "leave it out for the full risk set")
    if not weighted and not together:
        plan = _one_case_each(plan)
    cases = np.diff(plan.seen_ptr)
    others = plan.hi - plan.lo - cases
    drawn = np.minimum(np.maximum(cases, 1) * controls, others)
    ptr = np.concatenate([[0], np.cumsum(cases + drawn)])
    pick = np.empty(int(ptr[-1]), np.int64)
    widest = int((plan.hi - plan.lo).max())
    with plainly(is_small(10 * pick.size, plan.groups)):
        draw_controls(plan.lo, plan.hi, plan.seen_ptr, plan.seen_row, drawn, widest, np.uint64(seed), pick)
    log_weight = None
    if weighted:
        log_weight = np.zeros(pick.size)
        with np.errstate(divide="ignore"):
            stands_for = np.log(others / np.maximum(drawn, 1))
        is_control = np.arange(pick.size) - np.repeat(ptr[:-1], np.diff(ptr)) >= np.repeat(cases, np.diff(ptr))
        log_weight[is_control] = np.repeat(stands_for, drawn)
    seen_row = np.arange(plan.seen_row.size) - np.repeat(plan.seen_ptr[:-1], cases)
    drawn_plan = replace(
        plan, lo=ptr[:-1], hi=ptr[1:], i=plan.i[pick], j=plan.j[pick], log_weight=log_weight, seen_row=seen_row
    )
    return drawn_plan if plan.kind is None else _by_type(replace(drawn_plan, kind=plan.kind[pick]))


def _by_type(plan: Plan) -> Plan:
    """Rows of each group by their type, as a plan has them; no two groups share rows."""
    assert plan.kind is not None
    order = np.lexsort((plan.kind, np.repeat(np.arange(plan.groups), plan.hi - plan.lo)))
    place = np.argsort(order)
    of = np.repeat(np.arange(plan.groups), np.diff(plan.seen_ptr))
    seen = place[plan.lo[of] + plan.seen_row] - plan.lo[of]
    ascending = np.lexsort((seen, of))
    return replace(
        plan,
        i=plan.i[order],
        j=plan.j[order],
        kind=plan.kind[order],
        log_weight=None if plan.log_weight is None else plan.log_weight[order],
        seen_row=seen[ascending],
        seen_count=plan.seen_count[ascending],
    )
