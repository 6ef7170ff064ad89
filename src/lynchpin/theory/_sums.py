"""Where each free name is summed: at the smallest part of the cause that holds every use of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ._checked import Bound, CheckedCause, CheckedRef, _CheckedJoin, leaves


def place_sums(cause: CheckedCause, free: Iterable[Bound]) -> CheckedCause:
    """Write on each node of `cause` the names that are summed there.

    Free variables of one role are never one node, so they are summed together, at the smallest part that
    holds all uses of all of them.
    """
    groups: dict[str, tuple[str, ...]] = {}
    for bound in free:
        key = f"role {bound.role}" if bound.kind == "variable" else f"name {bound.name}"
        groups[key] = (*groups.get(key, ()), bound.name)
    return _placed(cause, tuple(groups.values()))


def _placed(cause: CheckedCause, groups: tuple[tuple[str, ...], ...]) -> CheckedCause:
    if isinstance(cause, CheckedRef):
        return cause
    if not isinstance(cause, _CheckedJoin):
        return replace(cause, summed=tuple(name for group in groups for name in group))
    here: list[str] = []
    below: list[list[tuple[str, ...]]] = [[] for _ in cause.parts]
    for group in groups:
        holders = [k for k, part in enumerate(cause.parts) if not _names(part).isdisjoint(group)]
        if len(holders) == 1:
            below[holders[0]].append(group)
        else:
            here.extend(group)
    parts = tuple(_placed(part, tuple(inside)) for part, inside in zip(cause.parts, below, strict=True))
    return replace(cause, parts=parts, summed=tuple(here))


def _names(cause: CheckedCause) -> set[str]:
    edges = [leaf for leaf in leaves(cause) if not isinstance(leaf, CheckedRef)]
    return {end.name for edge in edges for end in (edge.source, edge.target)}
