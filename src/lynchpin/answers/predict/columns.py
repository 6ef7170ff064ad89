"""The statistics of a candidate, in the order of their columns, in groups that can be read.

Counts are decayed, `sum 2 ** (-age / half_life)` over the days before, and enter as log(1 + 10 count), shares as
log(1 + 300 share). s is who the question is about, r the act (one way or the other), o the candidate; "the act" is r.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lynchpin.numbers import per_cent
from lynchpin.results import chance

HALF_LIVES = (1.0, 3.0, 10.0, 30.0, 100.0, np.inf)  # days
_H = ("1d", "3d", "10d", "30d", "100d", "ever")
#: Half-lives of the relation-pair intensity, as positions in `HALF_LIVES`.
PAIR_INTENSITY = (1, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that are read together."""

    name: str
    says: str
    columns: tuple[str, ...]


GROUPS = (
    Group("same_act", "s did the act to o before", tuple(f"same_act_{h}" for h in _H)),
    Group("same_way", "s did anything to o (in the direction of the act)", tuple(f"same_way_{h}" for h in _H)),
    Group("other_way", "o did anything to s (against the direction)", tuple(f"other_way_{h}" for h in _H)),
    Group("returned", "o did the act to s", ("returned_3d", "returned_30d", "returned_ever")),
    Group("act_on_it", "anyone did the act to o", tuple(f"act_on_it_{h}" for h in _H)),
    Group("role", "anything was done to o (in the role asked for)", tuple(f"role_{h}" for h in _H)),
    Group("other_role", "o did anything (in the other role)", ("other_role_3d", "other_role_30d", "other_role_ever")),
    Group(
        "recency",
        "one over the days since; was it yesterday",
        ("since_same_act", "since_pair", "since_act_on_it", "since_seen", "same_act_1", "pair_1", "seen_1"),
    ),
    Group(
        "shares",
        "o's share in what s did, and s's share in what was done to o",
        ("of_act_30d", "of_act_ever", "of_pair_30d", "of_pair_ever", "of_its_act", "of_its_all"),
    ),
    Group(
        "intensity",
        "the act, as it usually follows what lately passed between s and o (relation-pair matrix)",
        ("intensity_3d", "intensity_30d", "intensity_100d", "intensity_ever"),
    ),
    Group(
        "triads",
        "paths from s to o over a third",
        (
            "two_step_30d",
            "two_step_ever",
            "walk_30d",
            "walk_ever",
            "partners_do_30d",
            "partners_do_ever",
            "near_past_30d",
            "near_past_ever",
            "alike_do",
        ),
    ),
    Group("self", "o is s", ("self",)),
    Group(
        "states",
        "the states of s and o, as their names say",
        (
            "one_state",
            "two_states",
            "act_on_state_30d",
            "act_on_state_ever",
            "with_state_30d",
            "with_state_ever",
            "state_act_on_it_3d",
            "state_act_on_it_30d",
            "state_act_on_it_ever",
            "state_with_it_3d",
            "state_with_it_30d",
            "state_with_it_ever",
            "act_on_its_state",
            "state_act_on_state",
            "state_with_state",
        ),
    ),
    Group(
        "kinds",
        "the kinds of s and o, as their names say",
        ("act_on_kind", "with_kind", "act_on_its_kind", "kind_act_on_kind"),
    ),
)

COLUMNS: tuple[str, ...] = tuple(name for group in GROUPS for name in group.columns)
#: First column of each group.
START: dict[str, int] = {group.name: COLUMNS.index(group.columns[0]) for group in GROUPS}


# -- The statistics of a candidate in words, with their figures.

Values = Mapping[str, float]


def in_words(group: str, values: Values) -> str:
    """What a group of columns says of one candidate; "" where it says nothing.

    Parameters
    ----------
    group : name of a group of `lynchpin.answers.predict.columns`
    values : column -> statistic

    Examples
    --------
    >>> in_words("same_act", {"same_act_ever": math.log1p(10 * 3), "same_act_30d": math.log1p(10 * 0.5)})
    'this act 3 times before, 0.5 of them lately (30-day half-life)'
    """
    says = _SAYS.get(group)
    return says(values) if says else ""


def is_absence(group: str, values: Values) -> bool:
    """Whether what a group says of a candidate is that something never was: no reason for it, whatever its weight.

    Examples
    --------
    >>> is_absence("same_act", {"same_act_ever": 0.0, "same_act_30d": 0.0})
    True
    >>> is_absence("recency", {"since_same_act": 0.0, "since_pair": 0.1, "since_seen": 0.1})
    False
    """
    if f"{group}_ever" in values and f"{group}_30d" in values:
        return _count(values[f"{group}_ever"]) < 0.5
    if group == "recency":
        return all(values[name] <= 1e-4 for name, _ in _SINCE)
    if group == "intensity":
        return not _is_often(values)
    if group == "triads":
        return _share(values["walk_ever"]) < 1e-6
    return group == "shares" and max(values[name] for name in ("of_act_ever", "of_pair_ever", "of_its_all")) < 0.005


def _count(value: float) -> float:
    return math.expm1(value) / 10.0


def _share(value: float) -> float:
    return math.expm1(value) / 300.0


def _times(value: float) -> str:
    n = round(value)
    return "once" if n == 1 else f"{n:,} times"


def _counted(name: str, what: str) -> Callable[[Values], str]:
    def says(values: Values) -> str:
        ever, late = _count(values[f"{name}_ever"]), _count(values[f"{name}_30d"])
        if ever < 0.5:
            return f"{what} never before"
        of_late = f"{late:.2g}" if late < 10.0 else f"{late:.0f}"
        lately = f"{of_late} of them lately (30-day half-life)" if late >= 0.05 else "none of them lately"
        return f"{what} {_times(ever)} before, {lately}"

    return says


_SINCE = (("since_same_act", "this act last"), ("since_pair", "the two last"), ("since_seen", "last seen"))


def _recency(values: Values) -> str:
    told = [f"{what} {_days(values[name])} before" for name, what in _SINCE if values[name] > 1e-4]
    return ", ".join(told) or "not seen yet"


def _days(one_over: float) -> str:
    n = round(1.0 / one_over)
    return "a day" if n == 1 else f"{n} days"


def _shares(values: Values) -> str:
    act, pair, own = values["of_act_ever"], values["of_pair_ever"], values["of_its_all"]
    told = (
        (act, "of these acts of the one asked about"),
        (pair, "of all acts of the one asked about"),
        (own, "of its own acts"),
    )
    return ", ".join(f"{_part(share)} {of}" for share, of in told if share >= 0.005)


def _part(share: float) -> str:
    return "all" if share > 0.9999 else chance(share)


def _intensity(values: Values) -> str:
    return f"what passed between the two is {'often' if _is_often(values) else 'seldom'} followed by this act"


def _is_often(values: Values) -> bool:
    return values["intensity_ever"] > math.log1p(1000.0 * 1e-4)


def _triads(values: Values) -> str:
    share = _share(values["walk_ever"])
    return (
        "no partner in common"
        if share < 1e-6
        else f"partners in common ({per_cent(share, 1)} of paths over a third end here)"
    )


def _states(values: Values) -> str:
    if values["one_state"] > 0:
        return "of the same state"
    share = _share(values["with_state_ever"])
    return f"of a state that takes {_part(share)} of its dealings" if share >= 0.005 else ""


def _kinds(values: Values) -> str:
    share = _share(values["act_on_kind"])
    return f"of a kind that {_part(share)} of these acts go to" if share >= 0.005 else ""


_SAYS: dict[str, Callable[[Values], str]] = {
    "same_act": _counted("same_act", "this act"),
    "same_way": _counted("same_way", "any act this way"),
    "other_way": _counted("other_way", "any act the other way"),
    "returned": _counted("returned", "the act returned"),
    "act_on_it": _counted("act_on_it", "this act by or to anyone"),
    "role": _counted("role", "in this role"),
    "other_role": _counted("other_role", "in the other role"),
    "recency": _recency,
    "shares": _shares,
    "intensity": _intensity,
    "triads": _triads,
    "states": _states,
    "kinds": _kinds,
}
