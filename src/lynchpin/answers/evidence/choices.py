"""What an analyst could have chosen otherwise about one mechanism: the choices, their levels, and which are the case's.

Choices of two sorts. Those about the record decide which rows are fitted and how: step, view, feed, rows, classes,
exposure, counts. Those about the mechanism decide its column: half-life, memory, joint acts, scale. A set of levels
that was decided on in advance keeps the curve honest: no level is here because of what it shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np
import polars as pl

from lynchpin.account.cases import Case, Mechanism, classify
from lynchpin.account.cases.case import EventClass
from lynchpin.account.theory import CheckedCause, CheckedEdge, CheckedMechanism, CheckedProduct, CheckedRef
from lynchpin.answers.evidence.recall import form_choice, joint_choice, length_choice
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import UnknownName, suggest
from lynchpin.model.design.build import Design, restated
from lynchpin.model.design.evaluate import Scale
from lynchpin.numbers import Z90
from lynchpin.results import CurvePlacebo
from lynchpin.results.sensitivity import Choice, Level

#: Choices about the record, then choices about the mechanism, in the order in which they are shown.
RECORD = ("step", "reports", "feed", "classes", "rows", "exposure", "counts")
MECHANISM = ("half-life", "memory", "joint acts", "scale")

#: Acts of this type are left out under "no talks": visits, meetings and calls, which are most of what is cooperative.
TALKS = "CONSULT"

ALL_FEEDS = "all feeds"
ALL_ROWS, RECALLED = "all", "recalled"
HELD = "held as the case has it"
STEPS: Mapping[str, int] = {"day": 1, "week": 7}
_EXPOSURE_DAYS = 365.25


def choices_of(
    case: Case,
    mechanism: Mechanism,
    reports: pl.DataFrame,
    *,
    folded: bool,
    half_life_days: float,
    more_half_lives: Sequence[float] = (),
    more_classes: Sequence[str] = (),
) -> tuple[Choice, ...]:
    """Every choice with its levels, the case's own marked.

    Parameters
    ----------
    case, mechanism : the mechanism is one of the case
    reports : DataFrame, the record as known on the day, unfolded, with `event_class`
    folded : bool, whether the case's own fit stands on episodes
    half_life_days : float, of the case's own fit; inf where acts do not fade
    more_half_lives : days, tried besides
    more_classes : names of further class schemes
    """
    return (
        _step(case),
        _reports(reports, folded),
        _feeds(reports),
        _classes(case, reports, more_classes),
        _rows(reports),
        _exposure(case),
        Choice(
            "counts",
            "the likelihood of the counts",
            tuple(
                Level(name, means, case.counts == name)
                for name, means in (
                    ("negative binomial", "variance grows faster than the mean, by class"),
                    ("poisson", "variance is the mean"),
                )
            ),
        ),
        length_choice(mechanism, half_life_days, more_half_lives),
        form_choice(mechanism),
        joint_choice(mechanism),
        _scale(mechanism),
    )


def varied(choices: Sequence[Choice], names: Sequence[str]) -> tuple[Choice, ...]:
    """The choices with only some of them left open, the others as the case has them; no names leave all open.

    Raises
    ------
    UnknownName : there is no such choice
    """
    known = tuple(choice.name for choice in choices)
    for name in names:
        if name not in known:
            raise UnknownName(f"no choice named {name!r}", "--vary", suggest(name, known, noun="choice"))
    return tuple(
        choice
        if not names or choice.name in names
        else replace(choice, levels=tuple(level for level in choice.levels if level.own), single_because=HELD)
        for choice in choices
    )


def _step(case: Case) -> Choice:
    levels = tuple(
        Level(name, f"rows are {name}s", days == case.step_days) for name, days in reversed(list(STEPS.items()))
    )
    return Choice("step", "the width of a row", levels)


def _reports(reports: pl.DataFrame, folded: bool) -> Choice:
    coded = bool((reports["status"] == "coded").any())
    means = {"episodes": "the reports of one act are one event", "reports": "each report is an event"}
    if not coded:
        own = "episodes" if folded else "reports"
        return Choice(
            "reports",
            "reports or episodes",
            (Level(own, means[own], True),),
            "the record was written by people, one row for an act: folding changes nothing",
        )
    levels = tuple(Level(name, said, (name == "episodes") == folded) for name, said in means.items())
    return Choice("reports", "reports or episodes", levels)


def _feeds(reports: pl.DataFrame) -> Choice:
    feeds = reports.group_by("dataset").len().sort("len", "dataset", descending=[True, False])["dataset"].to_list()
    every = Level(ALL_FEEDS if len(feeds) > 1 else feeds[0], "every event of the record", True)
    if len(feeds) == 1:
        return Choice("feed", "whose events", (every,), "the record holds one feed")
    return Choice("feed", "whose events", (every, *(Level(name, f"events of {name} alone", False) for name in feeds)))


def _rows(reports: pl.DataFrame) -> Choice:
    seen = set(reports["status"].unique().to_list())
    every = Level(ALL_ROWS, "every row", True)
    if not {RECALLED, "verified"} <= seen:
        return Choice("rows", "which rows", (every,), "its rows are all recalled, or none is")
    return Choice("rows", "which rows", (every, Level("verified", "rows that were only recalled are left out", False)))


def rows_of(events: pl.DataFrame, level: str) -> pl.DataFrame:
    """The events of a record under a level of "rows"."""
    return events if level == ALL_ROWS else events.filter(pl.col("status").fill_null("") != RECALLED)


def _classes(case: Case, reports: pl.DataFrame, more: Sequence[str]) -> Choice:
    levels = [Level("case", "as the case has them", True)]
    if merged_names(case) is not None:
        levels.append(Level("merged", "a group is one class: " + ", ".join(case.groups), False))
    if ((reports["type"] == TALKS) & reports["event_class"].is_not_null()).any():
        levels.append(Level("no talks", "visits, meetings and calls (CONSULT) belong to no class", False))
    levels += [Level(name, f"the classes of {name}", False) for name in more]
    why = "" if len(levels) > 1 else "the groups of the case overlap, and it has no talks to leave out"
    return Choice("classes", "what counts as what", tuple(levels), why)


def _exposure(case: Case) -> Choice:
    own = case.exposure_half_life_days
    days = own or _EXPOSURE_DAYS
    return Choice(
        "exposure",
        "whether rates are measured against how dense the record is",
        (
            Level("on", f"the record's own density, half-life {days:g} d", own is not None),
            Level("off", "none: a busier record is a busier world", own is None),
        ),
    )


def exposure_days(case: Case, level: str) -> float | None:
    """The half-life of the exposure under a level."""
    return None if level == "off" else case.exposure_half_life_days or _EXPOSURE_DAYS


def _scale(mechanism: Mechanism) -> Choice:
    cause = mechanism.checked.cause
    own = Level("log1p", "doubling the cause does as much, whatever it was", True)
    if isinstance(cause, CheckedProduct) and cause.summed:
        return Choice("scale", "of the cause", (own,), "a product that is summed over others has one scale")
    return Choice(
        "scale",
        "of the cause; standardising it would only change the unit, which is that of a doubling here",
        (
            own,
            Level("sqrt", "its square root, in units of a doubling at its mean", False),
            Level("linear", "the trace itself, in units of a doubling at its mean", False),
        ),
    )


def scaled(design: Design, mechanism: Mechanism, scale: str) -> Design:
    """A design whose column of a mechanism, remembered as it says, has another scale.

    The unit stays that of log1p: at the mean trace of the fitted rows, doubling one plus the trace moves the statistic
    by ln 2. So estimates are comparable, and the prior says the same of each.
    """
    name, cause = mechanism.name, mechanism.checked.cause
    if scale == "log1p":
        return restated(design, mechanism, {})
    parts = cause.parts if isinstance(cause, CheckedProduct) else (cause,)
    own = [k for k, part in enumerate(parts) if not isinstance(part, CheckedRef)]
    plain = restated(design, mechanism, {(name, k): _same for k in own}).evaluator
    fitted = slice(design.steps.burn_in, design.steps.count)
    scales: dict[tuple[str, int], Scale] = {}
    for k in own:
        if isinstance(cause, CheckedProduct):
            seen = [plain.factors(name, dyad, design.layers)[k][fitted] for dyad in mechanism.checked.dyads]
        else:
            seen = [plain.statistic(name, dyad, design.layers)[:-1][fitted] for dyad in mechanism.checked.dyads]
        mean = float(np.mean(seen))
        scales[name, k] = _Linear(mean) if scale == "linear" else _Root(mean)
    return restated(design, mechanism, scales)


def _same(trace: Floats) -> Floats:
    return trace


@dataclass(frozen=True, slots=True)
class _Linear:
    mean: float

    def __call__(self, trace: Floats) -> Floats:
        return trace * (log(2.0) / (1.0 + self.mean))


@dataclass(frozen=True, slots=True)
class _Root:
    mean: float

    def __call__(self, trace: Floats) -> Floats:
        reach = (2.0 * self.mean + 1.0) ** 0.5 - self.mean**0.5
        return np.asarray(np.sqrt(np.maximum(trace, 0.0)) * (log(2.0) / reach))  # moved traces can be -1e-17


def merged_names(case: Case) -> dict[str, str] | None:
    """Class -> the group it is in, or itself where it is in none; None where groups overlap or change nothing."""
    members = [name for group in case.groups.values() for name in group]
    if len(members) != len(set(members)) or all(len(group) < 2 for group in case.groups.values()):
        return None
    of = {name: group for group, names in case.groups.items() for name in names}
    return {name: of.get(name, name) for name in case.class_names}


# -- A case, and its record, under another class scheme.

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
    before, after = (c.mechanism(name).checked for c in (case, said))
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


def _renamed(checked: CheckedMechanism, names: Mapping[str, str]) -> CheckedMechanism:
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


def _feeds_itself(checked: CheckedMechanism) -> bool:
    """Whether the cause is an edge of the very dyads and classes that it moves."""
    cause, target = checked.cause, checked.target
    if not isinstance(cause, CheckedEdge):
        return False
    ends = {frozenset((i, j)) for i in cause.source.domain for j in cause.target.domain if i != j}
    moved = {frozenset(dyad) for dyad in checked.dyads}
    return bool(set(cause.classes) & set(target.classes)) and not cause.contexts and ends == moved


# -- The placebo of a whole specification curve: its cause moved in time, by one lag for all specifications at once.


def curve_placebo(studentised: Floats, side: int) -> CurvePlacebo:
    """Where the true record stands among those whose cause was moved, by the curve as a whole.

    Parameters
    ----------
    studentised : (specifications, shifts + 1), the first of a row without a shift; a shift is the same for all rows
    side : int, the expected sign

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Specification curve analysis, Nature Human Behaviour 4(11): the median and the
    share as statistics of the whole curve, under shuffled causes. Here causes are moved in time, so that they keep
    their own rhythm.
    """
    toward = side * studentised
    medians, shares = np.median(toward, axis=0), np.mean(toward > Z90, axis=0)
    return CurvePlacebo(
        shifts=studentised.shape[1] - 1,
        n=len(studentised),
        statistic=float(medians[0]),
        p=float(np.mean(medians >= medians[0] - 1e-12)),
        share=float(shares[0]),
        p_share=float(np.mean(shares >= shares[0] - 1e-12)),
    )
