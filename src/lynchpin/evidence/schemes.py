"""A case, and its record, under another class scheme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from lynchpin.cases import Case, Mechanism, classify
from lynchpin.cases.case import EventClass
from lynchpin.evidence.choices import TALKS, merged_names
from lynchpin.theory import Checked, CheckedCause, CheckedEdge, CheckedRef

#: Said of a mechanism whose cause a scheme makes the same acts as its outcome: inertia has them already.
SAME_ACTS = "with these classes its cause and its outcome are the same acts"


def under(case: Case, events: pl.DataFrame, scheme: str, name: str) -> tuple[Case, pl.DataFrame] | str:
    """The case and its classified events under a scheme, or why there are none.

    Parameters
    ----------
    case : Case
    events : DataFrame with `event_class`, as the case has it
    scheme : "case", "merged" or "no talks"
    name : str, the mechanism that is looked at: it is kept where two become one
    """
    if scheme == "case":
        return case, events
    if scheme == "no talks":
        kept = pl.when(pl.col("type") != TALKS).then(pl.col("event_class"))
        return case, events.with_columns(event_class=kept)
    names = merged_names(case)
    assert names is not None
    said = merged(case, names, name)
    before, after = (next(m for m in c.mechanisms if m.name == name).checked for c in (case, said))
    if _feeds_itself(after) and not _feeds_itself(before):
        return SAME_ACTS
    return said, events.with_columns(event_class=pl.col("event_class").replace(dict(names)))


def classes_from(case: Case, other: Case, events: pl.DataFrame) -> tuple[Case, pl.DataFrame]:
    """The case and its events under the class rules of another case, which has classes of the same names."""
    return case, classify(events.drop("event_class"), other.classes)


def merged(case: Case, names: Mapping[str, str], kept: str) -> Case:
    """The case with each class under another name, and with only one of mechanisms that then say the same.

    Parameters
    ----------
    names : mapping, class -> new class
    kept : str, the mechanism that stays where several say the same
    """
    classes = tuple(
        EventClass(name, "any of " + ", ".join(c for c in names if names[c] == name), (), (), "")
        for name in dict.fromkeys(names.values())
    )
    said = [replace(m, checked=_renamed(m.checked, names)) for m in case.mechanisms]
    said.sort(key=lambda m: m.name != kept)
    stays: list[Mechanism] = []
    instead: dict[str, str] = {}
    for mechanism in said:
        alike = next((m for m in stays if _says(m) == _says(mechanism)), None)
        if alike is None:
            stays.append(mechanism)
        else:
            instead[mechanism.name] = alike.name
    order = {m.name: k for k, m in enumerate(case.mechanisms)}
    return replace(
        case,
        classes=classes,
        groups={group: tuple(dict.fromkeys(names[c] for c in of)) for group, of in case.groups.items()},
        mechanisms=tuple(
            replace(m, checked=replace(m.checked, cause=_redirected(m.checked.cause, instead)))
            for m in sorted(stays, key=lambda m: order[m.name])
        ),
    )


def _says(mechanism: Mechanism) -> tuple[CheckedCause, CheckedEdge]:
    return mechanism.checked.cause, mechanism.checked.target


def _renamed(checked: Checked, names: Mapping[str, str]) -> Checked:
    def edge(one: CheckedEdge) -> CheckedEdge:
        return replace(one, classes=tuple(dict.fromkeys(names[c] for c in one.classes)))

    def cause(one: CheckedCause) -> CheckedCause:
        if isinstance(one, CheckedRef):
            return one
        if isinstance(one, CheckedEdge):
            return edge(one)
        return replace(one, parts=tuple(cause(part) for part in one.parts))

    return replace(checked, cause=cause(checked.cause), target=edge(checked.target))


def _redirected(cause: CheckedCause, instead: Mapping[str, str]) -> CheckedCause:
    if isinstance(cause, CheckedEdge):
        return cause
    if isinstance(cause, CheckedRef):
        return replace(cause, mechanism=instead.get(cause.mechanism, cause.mechanism))
    return replace(cause, parts=tuple(_redirected(part, instead) for part in cause.parts))


def _feeds_itself(checked: Checked) -> bool:
    """Whether the cause is an edge of the very dyads and classes that it moves."""
    cause, target = checked.cause, checked.target
    if not isinstance(cause, CheckedEdge):
        return False
    ends = {frozenset((i, j)) for i in cause.source.domain for j in cause.target.domain if i != j}
    moved = {frozenset(dyad) for dyad in checked.dyads}
    return bool(set(cause.classes) & set(target.classes)) and not cause.contexts and ends == moved
