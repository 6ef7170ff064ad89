"""A record in words, as plain text: what `.summary()` gives and a command prints where it has no table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from math import isnan
from textwrap import wrap
from typing import Any

import polars as pl

from lynchpin.numbers import per_cent
from lynchpin.report import evidence
from lynchpin.results import (
    AnyBy,
    AnyOf,
    Backtest,
    Fade,
    Forecast,
    Ledger,
    Sensitivity,
    Share,
    Shares,
    StageBy,
    StageReached,
    WhatIf,
    beware,
    chance,
)
from lynchpin.results.backtest import days_line
from lynchpin.results.base import p_text, part
from lynchpin.results.curves import Curve, Curves
from lynchpin.results.registration import Confirmation, Registration
from lynchpin.results.simulated import Residuals, Simulated
from lynchpin.results.track import Issued


@singledispatch
def text(record: Any) -> str:
    """A record in words; one of another wing says itself with its `summary`.

    Raises
    ------
    TypeError : nothing says it
    """
    if not hasattr(record, "summary"):
        raise TypeError(f"{type(record).__name__} has no text")
    return str(record.summary())


# -- Curves of a relational event model.


@text.register
def _(record: Curves) -> str:
    """How much the curves tell beyond straight lines, each at five places, and the other effects."""
    gain = record.log_likelihood - record.straight
    lines = [
        f"Log-likelihood {record.log_likelihood:.2f}, {gain:+.2f} over straight lines, for {record.df:.1f} effective "
        f"degrees of freedom in all; AIC {record.aic:.1f}."
    ]
    for curve in record.curves:
        lines += ["", *_curve_lines(curve)]
    if record.coefficients.height:
        lines += ["", f"{'effect':32} {'estimate':>9} {'se':>8} {'90 %':>18}"]
    for row in record.coefficients.iter_rows(named=True):
        ends = f"{row['lower']:.3f} to {row['upper']:.3f}"
        lines.append(f"{row['name']:32} {row['estimate']:9.3f} {row['se']:8.3f} {ends:>18}")
    return "\n".join(lines)


def _curve_lines(curve: Curve) -> list[str]:
    what = "log rate" if curve.kind == "smooth" else "coefficient through time"
    against = "" if curve.reference is None else f", 0 at {curve.reference:g}"
    lines = [f"{curve.name}: {what}{against}; {curve.df:.1f} effective degrees of freedom"]
    points = curve.points
    for k in sorted({round(share * (points.height - 1)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)}):
        row = points.row(k, named=True)
        at = f"{row['at']:.4g}" if isinstance(row["at"], float) else f"{row['at']:%Y-%m-%d}"
        lines.append(f"  at {at:>10}  {row['value']:8.3f}  ({row['lower']:.3f} to {row['upper']:.3f})")
    return lines


# -- Records drawn from a relational event model, and its residuals.


@text.register
def _(record: Simulated) -> str:
    """How many numbers of the record are within the bands of the draws, and every number."""
    known = record.bands.filter(pl.col("p").is_not_null())
    within = known.height - record.outside.height
    lines = [
        f"{within} of {known.height} numbers of the record are within what 90 of 100 draws have "
        f"({record.draws} draws, seed {record.seed}).",
    ]
    last = ""
    for row in known.iter_rows(named=True):
        if row["measure"] != last:
            last = row["measure"]
            lines += ["", f"{last:34} {'seen':>10} {'drawn':>10} {'90 % of draws':>24}"]
        ends = f"{row['lower']:.4g} to {row['upper']:.4g}"
        mark = "" if row["lower"] <= row["observed"] <= row["upper"] else "  outside"
        lines.append(f"  {row['part']:32} {row['observed']:10.4g} {row['mean']:10.4g} {ends:>24}{mark}")
    return "\n".join(lines)


@text.register
def _(record: Residuals) -> str:
    """How far each coefficient's sum strays, and the actors and dyads that are furthest from what was expected."""
    strays = record.tests.filter(pl.col("largest") > pl.col("bound"))["name"].to_list()
    which = ", ".join(strays) if strays else "none"
    lines = [
        f"Effects that stray through time further than 90 of 100 of a model that holds: {which}.",
        "",
        f"{'seen less expected, added up':34} {'furthest':>10} {'bound':>10} {'at':>20} {'p':>8}",
    ]
    for row in record.tests.iter_rows(named=True):
        at = f"{row['at']:.6g}" if isinstance(row["at"], float) else f"{row['at']:%Y-%m-%d}"
        lines.append(f"  {row['name']:32} {row['largest']:10.3f} {row['bound']:10.3f} {at:>20} {p_text(row['p']):>8}")
    for what, table in (("actors", record.actors), ("dyads", record.dyads)):
        lines += ["", f"{f'{what}, the furthest from expected':34} {'seen':>10} {'expected':>10} {'z':>8}"]
        for row in table.head(5).iter_rows(named=True):
            name = f"{row['actor']} ({row['role']})" if what == "actors" else f"{row['sender']} -> {row['receiver']}"
            lines.append(f"  {name:32} {row['observed']:10.4g} {row['expected']:10.4g} {row['z']:8.2f}")
    return "\n".join(lines)


# -- Claims.


@text.register
def _(record: Ledger) -> str:
    """A line for each claim, the whole account, the grades' rule last."""
    lines = []
    for claim in record:
        size = claim.effect.text(" to ") if claim.effect else ""
        lines.append(f"{claim.id:4} {claim.mechanism:28} {claim.expect} {size:22} {claim.graded}")
    lines += ["", evidence.whole(record.whole)] if record.whole else []
    return "\n".join([*lines, "", record.rule if len(record) else "no claim"])


@text.register
def _(record: Confirmation) -> str:
    return "\n".join([*record.sentences, "", text(record.ledger)])


@text.register
def _(record: Registration) -> str:
    """What was frozen."""
    return "\n".join(
        [
            f"registered: {record.case}, {len(record.half_lives)} mechanisms, by {record.events} events to "
            f"{record.last_day}",
            f"registration {record.hash}",
            f"test: {record.shifts} shifts, seed {record.seed}, lynchpin {record.version}",
            f"`lynchpin claims {record.case} --registered FILE` tests it on the events after {record.last_day}.",
        ]
    )


@text.register
def _(record: Shares) -> str:
    """What each mechanism accounts for, and what the two shares are."""
    played = any(share.replayed_share is not None for share in record)
    over = f"{'':30} {'acts of what it moves':^28}  {'history kept':^25}" + (f"  {'replayed':^25}" if played else "")
    head = f"{'':30} {'recorded':>8} {'expected':>9} {'replayed':>9}  {'share':>7} {'90 %':>17}"
    lines = [over, head + (f"  {'share':>7} {'90 %':>17}" if played else "")]
    return "\n".join([*lines, *(_share(share) for share in record), "", *wrap(TWO_SHARES, 110)])


def _share(share: Share) -> str:
    replayed = replayed_text(share)
    interval = f"{share_text(share.share_lower)} to {share_text(share.share_upper)}"
    line = f"{share.mechanism:30} {share.recorded:8d} {share.expected:9.1f} {replayed:>9}"
    line += f"  {share_text(share.share):>7} {interval:>17}"
    if share.replayed_share is None or replayed == RUNS_AWAY:
        return line
    again = f"{share_text(share.replayed_lower)} to {share_text(share.replayed_upper)}"
    return f"{line}  {share_text(share.replayed_share):>7} {again:>17}"


#: What is said of a replay that expects more than a hundred times the acts that were recorded.
RUNS_AWAY = "runs away"


def replayed_text(share: Share) -> str:
    """The acts of a replay; or that it runs away, and then its share says nothing."""
    if share.replayed is None:
        return ""
    return RUNS_AWAY if share.replayed > 100.0 * max(share.recorded, 1) else f"{share.replayed:.1f}"


def share_text(share: float | None) -> str:
    """A share; far below nothing it is not spelled out: the cause never rests, and off lies beyond the record."""
    if share is None:
        return ""
    return "< -999 %" if share < -9.99 else part(share)


TWO_SHARES = (
    "History kept: all is remembered as it was, and the mechanism is switched off. Replayed: the period is played anew "
    "from its first day with and without it, on common random numbers; what the missing acts would have led to counts "
    "too. Both speak of the mechanism's timing effect. Below 0: it holds acts back; below -999 %, it never rests, and "
    "off lies beyond the record. Expected far from recorded: the model drifts there, and the replay with it. Runs "
    "away: it expects more than a hundred times what was recorded, and its share says nothing. Shares do not add up: "
    "effects multiply. Association in time is not called cause."
)


@text.register
def _(record: Fade) -> str:
    """What the picture shows, in words, and the days behind it."""
    head = f"{record.claim + ' ' if record.claim else ''}{record.mechanism}: {record.says}"
    return "\n".join([head, record.sentence, "", *record.words])


@text.register
def _(record: Sensitivity) -> str:
    """The curve in words."""
    head = f"{record.claim} {record.mechanism} (expected {record.expect}): {record.says}"
    return "\n".join([head, *record.sentences()])


# -- What is ahead.


@text.register
def _(record: Forecast) -> str:
    """Our expected counts over the whole horizon, the largest ten, with their 80 % intervals."""
    lines = [f"events expected over {record.horizon_days} days, {record.draws} draws"]
    if record.totals is not None:
        ours = record.totals.filter(pl.col("model") == record.model).sort("mean", descending=True).head(10)
        lines += [
            f"{row['source']} -> {row['target']} {row['event_class']:24} {row['mean']:6.1f} "
            f"({row['q10']} to {row['q90']})"
            for row in ours.iter_rows(named=True)
        ]
    return "\n".join([*lines, *beware(record.runaway, record.held)])


@text.register
def _(record: AnyBy) -> str:
    past = (
        f"{record.windows_with_any} of the {record.windows} windows of that length before it held one"
        if record.windows
        else "the record is too short for a window of that length before it"
    )
    said = (
        f"{record.acts}: {chance(record.p_any)} chance (90 % interval {chance(record.lower)} to "
        f"{chance(record.upper)}) "
        f"of at least one from {record.start} to {record.by} ({record.mean:.1f} expected, 90 % {record.q05} to "
        f"{record.q95}), by the default forecast; base rate {chance(record.base_rate)}: {past}. The mechanism model "
        f"alone says {chance(record.mechanism_p_any)} ({record.mechanism_mean:.1f} expected)."
    )
    return " ".join([said, *beware(record.runaway, record.held)])


@text.register
def _(record: AnyOf) -> str:
    return "\n".join(text(one) for one in record)


@text.register
def _(record: WhatIf) -> str:
    """What is changed, what differs, and how to read it."""
    changes = [f"  {change}" for change in record.changes]
    head = [record.title, *([record.headline] if record.headline else [])]
    return "\n".join([*head, *changes, "", *record.sentences, "", record.note])


# -- Agreements.


def spaced(name: str) -> str:
    """A name of the model in words.

    Examples
    --------
    >>> spaced("agreed_in_principle")
    'agreed in principle'
    """
    return name.replace("_", " ")


@text.register
def _(record: StageBy) -> str:
    """The stage on the day, by us and by plain ways, and when it comes to those ahead."""
    likeliest = sorted(record.stages, key=lambda one: -one.probability)
    stages = ", ".join(
        f"{spaced(one.stage)} {chance(one.probability)} ({chance(one.lower)} to {chance(one.upper)})"
        for one in likeliest
        if one.probability >= 0.005
    )
    lines = [
        f"{record.title} ({record.agreement}) stands at {spaced(record.standing)}, {record.origin}.",
        f"At the end of {record.by}: {stages}.",
    ]
    for model in dict.fromkeys(one.model for one in record.baselines):
        rivals = sorted((one for one in record.baselines if one.model == model), key=lambda one: -one.probability)
        chances = ", ".join(
            f"{spaced(one.stage)} {chance(one.probability)}" for one in rivals if one.probability >= 0.05
        )
        lines.append(f"By the {model} of others: {chances}.")
    return "\n".join([*lines, *(text(one) for one in record.reached)])


@text.register
def _(record: StageReached) -> str:
    stage = spaced(record.stage)
    if record.since is not None:
        return f"{stage}: reached on {record.since}."
    odds = [(share, day) for share, day in (("one in four", record.q25), ("even", record.q50)) if day is not None]
    times = "; ".join(f"odds {share} by {day}" for share, day in odds)
    past = (
        f"of {record.moments} past moments at which others stood so, {record.moments_reached} came to it in that time"
        if record.moments
        else "no past moment of another that stood so is known for that long"
    )
    return (
        f"{stage}: {chance(record.probability)} chance to come to it in time (90 % {chance(record.lower)} to "
        f"{chance(record.upper)}); {times or f'odds below one in four until {record.last}'}; {past}."
    )


# -- How forecasts did.


@text.register
def _(record: Backtest) -> str:
    """Whether the forecast beats every baseline, in a few lines."""
    days = record.origin_days
    lines = [f"{record.subject}: {len(days)} origins {days[0]} to {days[-1]}, {record.units} dyads and classes"]
    lines += [data_told] if (data_told := feed_told(record)) else []
    for row in record.skill.filter((pl.col("model") == record.model) & pl.col("best")).iter_rows(named=True):
        verdict = "beats" if row["lower"] > 0 else "loses to" if row["upper"] < 0 else "cannot be told from"
        lines.append(
            f"{row['horizon_days']} days, {row['metric']}: {verdict} the best baseline ({row['against']}), skill "
            f"{bounded(row['value'])} ({_ends(row['lower'], row['upper'])})"
        )
    return "\n".join([*lines, *(f"{row['horizon_days']} days, {reached(row)}" for row in record.ceiling.to_dicts())])


def feed_told(record: Backtest) -> str:
    """Which days of the feed have data, and what was left out for want of them; "" of a record that people wrote."""
    if record.feed_days is None:
        return ""
    left = f"; left out: {record.left_out} pairs of an origin and a horizon" if record.left_out else ""
    return f"{days_line(record.feed_days)}{left}"


#: What stands for the interval of a skill where it cannot be told.
NO_INTERVAL = "too few days for an interval"

#: A skill below this is told as "below": its baseline had next to nothing to be wrong about.
LOWEST_SKILL = -10.0


def bounded(value: float, form: str = "+.3f") -> str:
    """A skill in a format, "%" for per cent, or that it is below the lowest that is told.

    Examples
    --------
    >>> bounded(0.0312), bounded(0.0312, "%"), bounded(-3049.924, "%")
    ('+0.031', '+3.1 %', 'below -1000.0 %')
    """
    told = max(value, LOWEST_SKILL)
    said = per_cent(told, 1, sign=True) if form == "%" else f"{told:{form}}"
    return said if value >= LOWEST_SKILL else f"below {said}"


def reached(row: Mapping[str, Any]) -> str:
    """How much of what could have been gained was: a row of `Backtest.ceiling` in words.

    Examples
    --------
    >>> reached({"metric": "crps", "against": "zero", "ours": 0.01, "value": 0.047, "lower": 0.03, "upper": 0.06,
    ...          "share": 0.21, "share_lower": -0.1, "share_upper": 0.5})
    'crps: reached +1.0 of the +4.7 % (+3.0 to +6.0) that rates seen from both sides gain on zero'
    """
    gained, possible = (100 * row[name] for name in ("ours", "value"))
    lower, upper = (None if row[name] is None else 100 * row[name] for name in ("lower", "upper"))
    ends = _ends(lower, upper, "+.1f")
    return (
        f"{row['metric']}: reached {gained:+.1f} of the {possible:+.1f} % ({ends}) that rates seen "
        f"from both sides gain on {row['against']}"
    )


def _ends(lower: float | None, upper: float | None, form: str = "+.3f") -> str:
    """An interval, or that there are too few days for one."""
    if lower is None or upper is None or isnan(lower) or isnan(upper):
        return NO_INTERVAL
    return f"{bounded(lower, form)} to {bounded(upper, form)}"


@text.register
def _(record: Issued) -> str:
    return (
        f"forecast {record.number} of {record.agreement or record.case}, {record.horizon_days} days from "
        f"{record.origin}, issued {record.issued_at}\n"
        f"data {record.data_hash[:8]}, seed {record.seed}, lynchpin {record.version}, hash {record.hash[:16]}"
    )
