"""What a what-if rests on: the mechanisms that its changes play, and what the record says of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from lynchpin.account.cases import Case, Mechanism
from lynchpin.account.theory import CheckedEdge, leaves
from lynchpin.answers.evidence.grades import footings
from lynchpin.answers.evidence.sides import cause_events
from lynchpin.answers.scenarios import read_scenario
from lynchpin.answers.scenarios.apply import put_in
from lynchpin.answers.scenarios.deals import resolved
from lynchpin.answers.scenarios.scenario import Change, Hold, Inject, Multiply, Remove, Scenario
from lynchpin.answers.scenarios.words import sentences
from lynchpin.model import Fit
from lynchpin.model.design import expand
from lynchpin.results import WhatIf

Unit = tuple[str, str, str]


def on_evidence(
    fit: Fit, found: WhatIf, scenario: Scenario | str | Path | None, changes: Sequence[Change] = ()
) -> WhatIf:
    """A comparison with what the record says of every mechanism that it plays, in its headline and its sentences.

    Parameters
    ----------
    fit : Fit
    found : WhatIf, of this fit
    scenario, changes : what was compared, as for `lynchpin.answers.scenarios.what_if`
    """
    read = read_scenario(scenario, fit.case) if isinstance(scenario, (str, Path)) else scenario
    made = resolved(fit, (*(read.changes if read else ()), *changes))
    evidence = footings(fit, played(fit, made, found))
    set_by_hand = {unit for change in made for unit in _units(fit.case, change)}
    pushed = [(one.is_shown, _moved(fit.case.mechanism(one.mechanism))) for one in evidence]

    def alone(units: Collection[Unit]) -> bool:
        """Whether no push with evidence moves any of the units, and the scenario sets none of them itself."""
        if not evidence or set_by_hand & set(units):
            return False
        here = [shown for shown, moved in pushed if moved & set(units)]
        return not any(here or [one.is_shown for one in evidence])

    measures = [alone(measure.units) for measure in (read.measures if read else ())]
    rows = [alone([unit]) for unit in found.table.select("source", "target", "event_class").iter_rows()]
    with_it = replace(
        found,
        evidence=evidence,
        measures=found.measures.with_columns(pl.Series("model_alone", measures, dtype=pl.Boolean)),
        table=found.table.with_columns(pl.Series("model_alone", rows, dtype=pl.Boolean)),
    )
    return replace(with_it, sentences=sentences(with_it))


def _moved(mechanism: Mechanism) -> set[Unit]:
    """The dyads and classes whose rate a mechanism moves."""
    return {(i, j, c) for i, j in mechanism.checked.dyads for c in mechanism.checked.target.classes}


def played(fit: Fit, changes: Sequence[Change], found: WhatIf) -> tuple[str, ...]:
    """The mechanisms that some changes scale, or whose cause takes in an act that they change: names, in their order.

    What such acts lead to in turn may play others; those are not among them.
    """
    scaled = {change.mechanism for change in changes if isinstance(change, Multiply)} - {""}
    units = [unit for change in changes for unit in _units(fit.case, change)]
    return tuple(
        m.name
        for m in fit.case.mechanisms
        if m.name in scaled or any(_takes(fit.case, m, unit) for unit in units) or _takes_acts(fit, m, changes, found)
    )


def _units(case: Case, change: Change) -> Sequence[Unit]:
    """The dyads and classes whose rate a change sets."""
    if isinstance(change, Multiply) and not change.mechanism:
        return sorted(change.units)
    if isinstance(change, Hold):
        return [(change.actor, j, c) for j in case.states if j != change.actor for c in case.class_names]
    return ()


def _takes(case: Case, mechanism: Mechanism, unit: Unit) -> bool:
    """Whether an edge of a cause may take in acts of a dyad and class."""
    source, target, event_class = unit
    return any(
        event_class in edge.classes
        and (_is_of(edge, source, target) or (not edge.directed and _is_of(edge, target, source)))
        for edge in _edges(case, mechanism)
    )


def _is_of(edge: CheckedEdge, source: str, target: str) -> bool:
    return source in edge.source.domain and target in edge.target.domain


def _edges(case: Case, mechanism: Mechanism) -> list[CheckedEdge]:
    found: list[CheckedEdge] = []
    for leaf in leaves(mechanism.checked.cause):
        found += [leaf] if isinstance(leaf, CheckedEdge) else _edges(case, case.mechanism(leaf.mechanism))
    return found


def _takes_acts(fit: Fit, mechanism: Mechanism, changes: Sequence[Change], found: WhatIf) -> bool:
    """Whether a cause takes in an act that is put in, or one of the record that is taken out."""
    injected = [change for change in changes if isinstance(change, Inject)]
    removed = [change.event for change in changes if isinstance(change, Remove)]
    if removed:
        gone = fit.events["event_id"].is_in(removed).to_numpy()
        if (cause_events(fit.design.layers.acts, fit.case, mechanism) & gone).any():
            return True
    acts = put_in(fit, injected, found.origin + timedelta(days=found.horizon_days))
    return bool(acts.height) and bool(np.any(cause_events(expand(acts, fit.case), fit.case, mechanism)))
