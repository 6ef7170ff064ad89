"""The statistics of a candidate in words, with their figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

Values = Mapping[str, float]


def in_words(group: str, values: Values) -> str:
    """What a group of columns says of one candidate; "" where it says nothing.

    Parameters
    ----------
    group : name of a group of `lynchpin.predict.columns`
    values : column -> statistic

    Examples
    --------
    >>> in_words("same_act", {"same_act_ever": math.log1p(10 * 3), "same_act_30d": math.log1p(10 * 0.5)})
    'this act 3 times before, 0.5 of them lately (30-day half-life)'
    """
    says = _SAYS.get(group)
    return says(values) if says else ""


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
        lately = f"{late:.2g} of them lately (30-day half-life)" if late >= 0.05 else "none of them lately"
        return f"{what} {_times(ever)} before, {lately}"

    return says


_SINCE = (("since_same_act", "this act last"), ("since_pair", "the two last"), ("since_seen", "last seen"))


def _recency(values: Values) -> str:
    told = [
        f"{what} {_days(values[name])} before"
        for name, what in (
            ("since_same_act", "this act last"),
            ("since_pair", "the two last"),
            ("since_seen", "last seen"),
        )
        if values[name] > 1e-4
    ]
    return ", ".join(told) or "not seen yet"


def _days(one_over: float) -> str:
    n = round(1.0 / one_over)
    return "a day" if n == 1 else f"{n} days"


def _shares(values: Values) -> str:
    act, pair, own = values["of_act_ever"], values["of_pair_ever"], values["of_its_all"]
    return f"{act:.0%} of these acts and {pair:.0%} of all acts of the one asked about, {own:.0%} of its own"


def _intensity(values: Values) -> str:
    often = values["intensity_ever"] > math.log1p(1000.0 * 1e-4)
    return f"what passed between the two is {'often' if often else 'seldom'} followed by this act"


def _triads(values: Values) -> str:
    share = _share(values["walk_ever"])
    return (
        "no partner in common" if share < 1e-6 else f"partners in common ({share:.1%} of paths over a third end here)"
    )


def _states(values: Values) -> str:
    if values["one_state"] > 0:
        return "of the same state"
    share = _share(values["with_state_ever"])
    return f"of a state that takes {share:.0%} of its dealings" if share > 0 else ""


def _kinds(values: Values) -> str:
    share = _share(values["act_on_kind"])
    return f"of a kind that {share:.0%} of these acts go to" if share > 0 else ""


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
