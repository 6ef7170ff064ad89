"""The statistics of one candidate straight from their definitions: slow, plain, and what the kernel is held against."""

from __future__ import annotations

from collections.abc import Callable
from math import log1p
from typing import Any

import numpy as np

from lynchpin.answers.predict.columns import COLUMNS, HALF_LIVES
from lynchpin.answers.predict.facts import Facts, Traits
from lynchpin.answers.predict.history import PRIOR_EXPOSURE

Mask = Any  # ndarray of bool, shape (facts,)
_H = dict(zip(("1d", "3d", "10d", "30d", "100d", "ever"), HALF_LIVES, strict=True))


def statistics_of(facts: Facts, traits: Traits, s: int, r: int, o: int, day: int, learn_until: int) -> dict[str, float]:
    """Every column of `lynchpin.answers.predict.columns` for candidate o of the question (s, r, ?) on a day.

    Parameters
    ----------
    facts : Facts, any; only those before the day are looked at
    traits : Traits
    s, r, o : int; r from the number of relations on asks backwards
    day, learn_until : int; the relation-pair matrix rests on days before the latter
    """
    columns: tuple[Any, ...] = facts.before(day).both_ways()
    t, S, R, O = columns
    n, half = len(facts.actors), len(facts.relations)
    way, back = (half <= R) == (r >= half), (r + half) % (2 * half)
    actors = range(n)

    def c(which: Mask, h: str = "ever") -> float:
        """Decayed number of facts."""
        return float((2.0 ** (-(day - t[which]) / _H[h])).sum())

    def share(part: float, whole: float) -> float:
        return part / whole if whole > 0 else 0.0

    def pair(a: int, b: int, h: str) -> float:
        return c((a == S) & (b == O), h)

    def since(which: Mask) -> float:
        return 1.0 / (day - t[which].max()) if which.any() else 0.0

    act, both = (s == S) & (r == R) & (o == O), (s == S) & (o == O)
    on_it, seen = (r == R) & (o == O), o == O
    x: dict[str, float] = {}

    def counted(name: str, which: Mask, halves: Callable[[str], bool] = lambda h: True) -> None:
        x.update({f"{name}_{h}": log1p(10.0 * c(which, h)) for h in _H if halves(h)})

    few = ("3d", "30d", "ever").__contains__
    counted("same_act", act)
    counted("same_way", both & way)
    counted("other_way", both & ~way)
    counted("returned", (s == S) & (back == R) & (o == O), few)
    counted("act_on_it", on_it)
    counted("role", seen & way)
    counted("other_role", seen & ~way, few)
    x |= {
        "since_same_act": since(act),
        "since_pair": since(both),
        "since_act_on_it": since(on_it),
        "since_seen": since(seen),
    }
    x |= {name: float(since(which) == 1.0) for name, which in (("same_act_1", act), ("pair_1", both), ("seen_1", seen))}
    mine = (s == S) & (r == R)
    x |= {
        "of_act_30d": c(act, "30d") / (c(mine, "30d") + 1e-3),
        "of_act_ever": share(c(act), c(mine)),
        "of_pair_30d": c(both & way, "30d") / (c((s == S) & way, "30d") + 1e-3),
        "of_pair_ever": c(both & way) / (c((s == S) & way) + 1e-3),
        "of_its_act": share(c(act), c(on_it)),
        "of_its_all": share(c(both), c(seen)),
    }
    for h in ("3d", "30d", "100d", "ever"):
        rate = sum(
            follow_rate(facts, k, r, h, learn_until=min(day, learn_until)) * c(both & (k == R), h)
            for k in np.unique(R[both])
        )
        x[f"intensity_{h}"] = log1p(1000.0 * rate)
    for h in ("30d", "ever"):
        all_s = c(s == S, h)
        past = {k: c(mine & (k == O), h) for k in actors}
        steps = {k: pair(s, k, h) * pair(k, o, h) if o != s else 0.0 for k in actors}
        x[f"two_step_{h}"] = log1p(10.0 * sum(steps.values()))
        x[f"walk_{h}"] = log1p(300.0 * sum(share(v, all_s * c(k == S, h)) for k, v in steps.items()))
        do = sum(share(pair(s, k, h), all_s) * c((k == S) & (r == R) & (o == O), h) for k in actors)
        x[f"partners_do_{h}"] = log1p(10.0 * do)
        near = sum(share(past[k], c(mine, h)) * share(pair(k, o, h), c(k == S, h)) for k in actors)
        x[f"near_past_{h}"] = log1p(300.0 * near)
    alike = 0.0
    for k in actors:
        for other in set(actors) - {s}:
            too = c((other == S) & (r == R) & (k == O))
            weight = share(c(mine & (k == O)), c(mine)) * share(too, c((r == R) & (k == O)))
            if weight >= 2e-4:
                alike += weight * share(c((other == S) & (r == R) & (o == O)), c((other == S) & (r == R)))
    x["alike_do"] = log1p(300.0 * alike)
    x["self"] = float(o == s)
    x |= _of_names(traits, s, r, o, S, R, O, mine, c, share)
    return {name: x.get(name, 0.0) for name in COLUMNS}


def follow_rate(facts: Facts, first: int, then: int, h: str, *, learn_until: int) -> float:
    """Acts `then` of a pair for each decayed act `first` of the same pair, over the days before one."""
    columns: tuple[Any, ...] = facts.before(learn_until).both_ways()
    t, S, R, O = columns

    def decayed(which: Mask, day: int) -> float:
        earlier = which & (t < day)
        return float((2.0 ** (-(day - t[earlier]) / _H[h])).sum())

    of_first = first == R
    followed = sum(decayed(of_first & (S[e] == S) & (O[e] == O), t[e]) for e in np.flatnonzero(then == R))
    exposed = sum(decayed(of_first, day) for day in np.unique(t))
    return float(followed / (exposed + PRIOR_EXPOSURE))


def _of_names(
    traits: Traits, s: int, r: int, o: int, S: Any, R: Any, O: Any, mine: Mask,
    c: Callable[..., float], share: Callable[[float, float], float],
) -> dict[str, float]:  # fmt: skip
    """The columns that rest on states and kinds."""
    state, kind = traits.state, traits.kind
    x: dict[str, float] = {}
    home, place, sort, own = state[s], state[o], kind[s], kind[o]
    if place >= 0:
        there = state[O] == place
        for h in ("30d", "ever"):
            x[f"act_on_state_{h}"] = log1p(300.0 * share(c(mine & there, h), c(mine, h)))
            x[f"with_state_{h}"] = log1p(300.0 * share(c((s == S) & there, h), c(s == S, h)))
        x["act_on_its_state"] = log1p(10.0 * c((r == R) & there))
        if home >= 0:
            x["one_state"], x["two_states"] = float(home == place), float(home != place)
            x["state_act_on_state"] = log1p(10.0 * c((state[S] == home) & (r == R) & there))
            x["state_with_state"] = log1p(10.0 * c((state[S] == home) & there))
    if home >= 0:
        ours = (state[S] == home) & (o == O)
        for h in ("3d", "30d", "ever"):
            x[f"state_act_on_it_{h}"] = log1p(10.0 * c(ours & (r == R), h))
            x[f"state_with_it_{h}"] = log1p(10.0 * c(ours, h))
    if own >= 0:
        alike = kind[O] == own
        x["act_on_kind"] = log1p(300.0 * share(c(mine & alike), c(mine)))
        x["with_kind"] = log1p(300.0 * share(c((s == S) & alike), c(s == S)))
        x["act_on_its_kind"] = log1p(10.0 * c((r == R) & alike))
        if sort >= 0:
            same = (state[S] == state[O]) & (state[S] >= 0)
            alone = same if home >= 0 and home == place else ~same
            x["kind_act_on_kind"] = log1p(10.0 * c((kind[S] == sort) & (r == R) & alike & alone))
    return x
