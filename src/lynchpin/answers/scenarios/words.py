"""A scenario and its comparison in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from lynchpin.answers.scenarios.scenario import Change, Deed, Hold, Inject, Multiply, Span
from lynchpin.numbers import per_cent
from lynchpin.results import RUN_AWAY, WhatIf, beware, chance, direction, signed

NOTE = (
    "Without the scenario as many acts are expected as by the default forecast; what the scenario multiplies them by "
    "is the mechanism model's. Both sides are futures of one fitted model, drawn from one seed, so that they differ "
    "only by what the scenario changes. The interval holds 90 % of the pairs: it carries what the coefficients and the "
    "course of events leave open, not that the model itself may be wrong. This compares what the model expects; it is "
    "no causal effect."
)

#: Dyads and classes that are said in words, at most.
_SAID = 5


def change(made: Change) -> str:
    """What is changed, as a phrase."""
    if isinstance(made, Inject):
        size = "" if made.magnitude is None else f", magnitude {made.magnitude:g}"
        often = "" if made.every_days is None else f" and every {made.every_days} days after it"
        until = "" if made.until is None else f" until {made.until}"
        return f"put in on {made.day}{often}{until}: {made.says}{size}"
    if isinstance(made, Multiply):
        what = f"the pull of {made.says}" if made.mechanism else f"the rate of {made.says}"
        done = "silenced" if made.factor == 0.0 else f"times {made.factor:g}"
        return f"{what} {done}{_when(made.span)}"
    if isinstance(made, Hold):
        return f"{made.actor} held at its mean rates of the year before{_when(made.span)}"
    if isinstance(made, Deed):
        return f"{made.verb} {made.agreement} on {made.until or made.day}"
    return f"taken out of memory: {made.event}"


def _when(span: Span) -> str:
    return (f" from {span.first}" if span.first else "") + (f" until {span.last}" if span.last else "")


def unit(source: str, target: str, event_class: str) -> str:
    """A dyad and class.

    Examples
    --------
    >>> unit("KOR", "JPN", "security_cooperation")
    'KOR -> JPN security cooperation'
    """
    return f"{source} -> {target} {event_class.replace('_', ' ')}"


def sentences(answer: WhatIf) -> tuple[str, ...]:
    """The comparison, most important first."""
    said = [_said(row["name"], row) for row in answer.measures.iter_rows(named=True)]
    moved = answer.table.filter((pl.col("lower") > 0.0) | (pl.col("upper") < 0.0))
    rows = moved.sort(pl.col("difference").abs(), descending=True)
    if moved.is_empty():
        said.append("No dyad and class differs clearly: every 90 % interval holds no difference.")
    elif answer.measures.is_empty():
        said += [
            _said(unit(row["source"], row["target"], row["event_class"]), row)
            for row in rows.head(_SAID).iter_rows(named=True)
        ]
    else:
        first = ", ".join(
            f"{unit(r['source'], r['target'], r['event_class'])} ({signed(r['difference'])})"
            for r in rows.head(_SAID).iter_rows(named=True)
        )
        said.append(f"Dyads and classes that differ clearly, largest first: {first}.")
    gap = answer.index.filter(pl.col("pair") == "lateral gap").tail(1)
    if gap.height:
        row = gap.row(0, named=True)
        size = f"{signed(row['difference'], 2)}; {signed(row['lower'], 2)} to {signed(row['upper'], 2)}"
        way = direction(row["lower"], row["upper"], ("higher", "lower"))
        alone = answer.is_model_alone and not answer.table["put_in"].sum()  # acts that are put in count in the gap
        way = f"{way}, {MODEL_ALONE}" if alone and way in ("higher", "lower") else way
        said.append(
            "The lateral gap, the allies' own tie less those with the patron, ends at "
            f"{signed(row['scenario'], 2)} in place of {signed(row['baseline'], 2)} ({size}): {way}."
        )
    if max(answer.runaway_baseline, answer.runaway_scenario) > 0.0:
        said.append(
            f"Beware: {per_cent(answer.runaway_scenario, 1)} of the scenario's paths run away, "
            f"{per_cent(answer.runaway_baseline, 1)} of the baseline's: {RUN_AWAY}."
        )
    if answer.held_scenario > max(2.0 * answer.held_baseline, 0.02):
        said.append(
            f"Beware: {per_cent(answer.held_scenario, 1)} of the values of statistics left the range of the record and "
            f"were held at its end ({per_cent(answer.held_baseline, 1)} in the baseline): the scenario asks about what "
            "was never seen."
        )
    else:
        said += beware(0.0, answer.held_baseline)
    return (*said, f"Taken for granted: {answer.assumes}") if answer.assumes else tuple(said)


#: Behind a direction where the record has no evidence of any push that is played.
MODEL_ALONE = "by the model alone: the record shows no evidence of it"


def _said(name: str, row: Mapping[str, Any]) -> str:
    """A yardstick or a unit: from what to what, how sure; and whether only the model says so."""
    way = direction(row["lower"], row["upper"])
    number = f"{row['baseline']:.1f} acts expected without, {row['scenario']:.1f} with"
    if way == "no difference":
        return f"{name}: no difference ({row['baseline']:.1f} acts expected either way)."
    besides = f", besides the {row['put_in']} put in" if row["put_in"] else ""
    side = "more" if row["p_more"] >= row["p_fewer"] else "fewer"
    share = f"{side} in {chance(max(row['p_more'], row['p_fewer']))} of the pairs"
    size = f"{signed(row['difference'])}; {signed(row['lower'])} to {signed(row['upper'])}"
    told = f"{way}, {MODEL_ALONE}" if row["model_alone"] and way in ("more", "fewer") else way
    return f"{name}: {number}{besides} ({size}; {share}): {told}."
