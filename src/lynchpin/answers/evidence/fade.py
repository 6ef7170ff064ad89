"""The push of a mechanism through time: what the acts of its cause do to a rate, and how fast that fades.

On a day the push is exp(effect x statistic): the rate over what it would be with no act of the cause remembered (a
product: over that under average conditions). The effect is the ledger's, by timing. Its interval is the effect's, and
where the half-life was fitted also the half-life's: the effect is measured at each of the tried days, and each is
weighted by how likely the record makes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lynchpin.account.cases import Mechanism
from lynchpin.account.theory import CheckedProduct
from lynchpin.answers.evidence.fade_words import described
from lynchpin.answers.evidence.grades import footings
from lynchpin.answers.evidence.influence import headline
from lynchpin.answers.evidence.placebo import Null, Placebo, lay_null, settled_placebo, under
from lynchpin.answers.evidence.said import sentence
from lynchpin.answers.evidence.sides import cause_events
from lynchpin.defaults import DAYS, SHIFTS
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadValue
from lynchpin.model import Fit
from lynchpin.model.design import Acts, expand
from lynchpin.model.design.build import with_half_life
from lynchpin.model.design.evaluate import Evaluator
from lynchpin.model.design.layers import Layer, layer_traces
from lynchpin.model.fit import penalty
from lynchpin.model.half_life import HalfLifeProfile, half_life_profile
from lynchpin.results import Fade, Footing, Peak

#: Draws of coefficient and half-life behind the interval.
DRAWS = 500

#: Days that are drawn: so many at even distance, and the days of acts where there are no more than so many.
_POINTS, _DATED_ACTS = 240, 250


def fade(
    fit: Fit,
    mechanism: str,
    *,
    dyad: tuple[str, str] | None = None,
    days: int = DAYS,
    later: pl.DataFrame | None = None,
    search: bool = True,
    seed: int | None = None,
    evidence: Footing | None = None,
) -> Fade:
    """The push of a mechanism through time.

    Parameters
    ----------
    fit : Fit
    mechanism : its name
    dyad : source and target whose rate is moved; None for the first that the mechanism names
    days : int, how far beyond the origin: there the push fades as it would were no further act to come
    later : DataFrame or None, events on or after the origin that are revealed; used in no estimate, only marked, and
        remembered beyond the origin
    search : bool, profile the half-life where the case gives it, too
    seed : int or None, of the draws and of the ledger's shifts; None for the case's own
    evidence : Footing or None, its row in the ledger where that is known; None: it is graded here

    Returns
    -------
    Fade

    Raises
    ------
    UnknownName : no mechanism of that name
    BadValue : the dyad is not moved by it; the record holds no act of its cause, or none that tells anything
    """
    case, design = fit.case, fit.design
    named = case.mechanism(mechanism)
    moved = _moved(fit, named, dyad)
    whole = fit.events if later is None else pl.concat([fit.events, later.select(fit.events.columns)])
    acts = design.layers.acts if later is None else expand(whole, case)
    causes = np.flatnonzero(cause_events(acts, case, named))
    if causes.size == 0:
        raise BadValue(
            f"the record holds no act of the cause of {mechanism} before {fit.origin}",
            case.name,
            "ask for a later --as-of, or for another mechanism",
        )
    used = case.seed if seed is None else seed
    timing = settled_placebo(fit, mechanism, SHIFTS, used)
    if timing is None:
        raise BadValue(
            f"nothing of the cause of {mechanism} is left once slow drift and the other causes are out",
            case.name,
            "the ledger has no effect of it that could be drawn; ask for another mechanism",
        )
    at = _days_drawn(fit, acts.event_day, acts, causes, days)
    profile = _profile(fit, named, search)
    given = design.evaluator.half_life_days[mechanism]
    tried = profile.days if profile is not None and mechanism in fit.half_life_profile else np.array([given])
    read = _reader(fit, named, acts, at)
    now = read(given, moved)
    x = now[None] if tried.size == 1 else np.stack([read(float(d), moved) for d in tried])
    lower, upper = _interval(fit, mechanism, timing, x, profile if tried.size > 1 else None, used)
    push = np.exp(timing.estimate * now)
    origin = design.steps.origin_day
    curve = pl.DataFrame(
        {
            "date": _dates(at),
            "times": push,
            "lower": np.minimum(lower, push),
            "upper": np.maximum(upper, push),
            "ahead": at >= origin,
        }
    )
    marks = _marks(whole, causes, fit.origin)
    there = int(np.flatnonzero(at == origin)[0])
    same, apart = _other_dyads(fit, named, moved, read, given, now)
    plain = Fade(
        mechanism=mechanism,
        claim=named.claim,
        says=named.says,
        sentence=sentence(named, case, design.columns[design.position(mechanism)].half_life_days),
        expect=named.expect,
        source=moved[0],
        target=moved[1],
        classes=named.checked.target.classes,
        others=same,
        apart=apart,
        against="average conditions" if _is_product(named) else "no act of the cause remembered",
        half_life_days=given if np.isfinite(given) else None,
        is_fitted=mechanism in fit.half_life_profile,
        best_days=None if profile is None else float(profile.days[profile.best]),
        half_life_interval=None if profile is None else profile.interval,
        open_below=profile is not None and profile.is_open[0],
        open_above=profile is not None and profile.is_open[1],
        origin=fit.origin,
        revealed_until=None if later is None else fit.origin + timedelta(days=days),
        times=float(push[there]),
        lower=float(curve["lower"][there]),
        upper=float(curve["upper"][there]),
        peak=_peak(curve, marks),
        words=(),
        curve=curve,
        acts=marks,
        profile=pl.DataFrame(
            {"days": [], "drop": []}
            if profile is None
            else {"days": profile.days, "drop": profile.log_likelihood - profile.log_likelihood.max()},
            schema={"days": pl.Float64, "drop": pl.Float64},
        ),
        evidence=evidence or footings(fit, [mechanism], seed=seed)[0],
    )
    return described(plain)


def _is_product(mechanism: Mechanism) -> bool:
    cause = mechanism.checked.cause
    return isinstance(cause, CheckedProduct) and not cause.summed


def _moved(fit: Fit, mechanism: Mechanism, dyad: tuple[str, str] | None) -> tuple[str, str]:
    dyads = mechanism.checked.dyads
    if dyad is not None and dyad not in dyads:
        raise BadValue(
            f"{mechanism.name} does not move {dyad[0]} -> {dyad[1]}",
            "--dyad",
            "one of: " + ", ".join(f"{i} -> {j}" for i, j in dyads),
        )
    return dyads[0] if dyad is None else dyad


def _days_drawn(fit: Fit, event_day: Ints, acts: Acts, causes: NDArray[np.int64], days: int) -> Ints:
    """Day numbers, ascending: from the first fitted step on, past the origin; an act's own day and the one after it."""
    steps = fit.design.steps
    first, origin, width = int(steps.starts[steps.burn_in]), steps.origin_day, steps.step_days
    stride = max(width, -(-(origin - first) // _POINTS))
    parts = [np.arange(first, origin, stride), np.arange(origin, origin + days + 1, max(width, days // 60 or 1))]
    if causes.size <= _DATED_ACTS:
        own = np.unique(acts.day[np.isin(acts.event, causes)])
        parts += [own, own + 1]
    every = np.unique(np.concatenate([*parts, [origin]]))
    found: Ints = every[(every >= first) & (every <= origin + days)]
    return found


def _profile(fit: Fit, mechanism: Mechanism, search: bool) -> HalfLifeProfile | None:
    """The profile of a half-life; None where acts do not fade, or where it is given and not asked for."""
    if mechanism.name in fit.half_life_profile:
        return fit.half_life_profile[mechanism.name]
    if not search or not np.isfinite(fit.design.evaluator.half_life_days[mechanism.name]):
        return None
    return half_life_profile(fit.design, mechanism.name, fit.estimate, fit.theta, penalty(fit))


def _reader(fit: Fit, mechanism: Mechanism, acts: Acts, at: Ints) -> Callable[[float, tuple[str, str]], Floats]:
    """A function from half-life and dyad to the statistic on the days drawn."""
    kept: dict[Layer, Floats] = {}

    def traces(layer: Layer) -> Floats:
        if layer not in kept:
            kept[layer] = layer_traces(acts, layer, at)
        return kept[layer]

    def evaluator(days: float) -> Evaluator:
        now = fit.design.evaluator
        return now if now.half_life_days[mechanism.name] == days else _with_half_life(fit, mechanism, days)

    return lambda days, dyad: evaluator(days).statistic(mechanism.name, dyad, traces)


def _with_half_life(fit: Fit, mechanism: Mechanism, days: float) -> Evaluator:
    """The evaluator of a fit under another half-life of one mechanism; the factors of a product centred anew."""
    if _is_product(mechanism):
        return with_half_life(fit.design, mechanism.name, days).evaluator
    now = fit.design.evaluator
    return Evaluator(now.mechanisms, dict(now.half_life_days) | {mechanism.name: days}, now.nodes, now.centres)


def _interval(
    fit: Fit, mechanism: str, timing: Placebo, x: Floats, profile: HalfLifeProfile | None, seed: int
) -> tuple[Floats, Floats]:
    """The 90 % interval of the push on each day. x: (half-lives, days); a profile where the half-life was fitted."""
    z = np.random.default_rng(seed).standard_normal(DRAWS)
    if profile is None:
        pushes = (timing.estimate + z * timing.clustered_error * timing.spread)[:, None] * x[0]
    else:
        which = np.searchsorted(np.cumsum(profile.weight)[:-1], (np.arange(DRAWS) + 0.5) / DRAWS)
        null = lay_null(fit, mechanism)
        each = {n: _timing_at(fit, mechanism, float(profile.days[n]), null) for n in set(which.tolist())}
        at = np.array([each[number] for number in which.tolist()])
        pushes = (at[:, 0] + z * at[:, 1] * timing.spread)[:, None] * x[which]
    lower, upper = np.exp(np.quantile(pushes, [0.05, 0.95], axis=0))
    return lower, upper


def _timing_at(fit: Fit, mechanism: str, days: float, null: Null) -> tuple[float, float]:
    """The timing effect under another half-life and its clustered error; none where nothing is left of the cause.

    The fit without the mechanism stays as it is, mechanisms that refer to it included.
    """
    evaluator = _with_half_life(fit, fit.case.mechanism(mechanism), days)
    there = replace(fit, design=replace(fit.design, evaluator=evaluator))
    found = under(there, mechanism, null, np.zeros(1, dtype=np.int64))
    return (0.0, 0.0) if found is None else (found.estimate, found.clustered_error)


def _dates(at: Ints) -> pl.Series:
    return pl.Series(at.astype(np.int32)).cast(pl.Date)


def _marks(events: pl.DataFrame, causes: NDArray[np.int64], origin: date) -> pl.DataFrame:
    chosen = [events.row(int(event), named=True) for event in causes]
    return pl.DataFrame(
        {
            "event_id": [str(row["event_id"]) for row in chosen],
            "date": [row["date"] for row in chosen],
            "headline": [headline(row) for row in chosen],
            "ahead": [row["date"] >= origin for row in chosen],
        },
        schema={"event_id": pl.String, "date": pl.Date, "headline": pl.String, "ahead": pl.Boolean},
    ).sort("date", maintain_order=True)


def _peak(curve: pl.DataFrame, acts: pl.DataFrame) -> Peak | None:
    """The day before the origin on which the push was furthest from none; None where it never was."""
    push = np.log(curve["times"].to_numpy())
    known = ~curve["ahead"].to_numpy()
    if not known.any() or np.abs(push[known]).max() < 1e-9:
        return None
    top = int(np.argmax(np.where(known, np.abs(push), -1.0)))
    day = curve["date"][top]
    before = acts.filter(pl.col("date") < day).tail(1)
    half = np.flatnonzero(np.abs(push[top:]) <= 0.5 * abs(push[top]))
    gone = None if half.size == 0 or curve["ahead"][top + int(half[0])] else curve["date"][top + int(half[0])]
    return Peak(
        date=day,
        times=float(curve["times"][top]),
        lower=float(curve["lower"][top]),
        upper=float(curve["upper"][top]),
        event_id=before["event_id"].item() if before.height else "",
        headline=before["headline"].item() if before.height else "",
        half_gone=gone,
    )


def _other_dyads(
    fit: Fit,
    mechanism: Mechanism,
    moved: tuple[str, str],
    read: Callable[[float, tuple[str, str]], Floats],
    half_life_days: float,
    own: Floats,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The other dyads that are moved: those with the very same curve, and those with one of their own."""
    same: list[str] = []
    apart: list[str] = []
    for dyad in mechanism.checked.dyads:
        if dyad != moved:
            alike = np.allclose(read(half_life_days, dyad), own, rtol=1e-9, atol=1e-12)
            (same if alike else apart).append(f"{dyad[0]} -> {dyad[1]}")
    return tuple(same), tuple(apart)
