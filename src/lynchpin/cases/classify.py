"""Which class an event belongs to: the first class of the case whose rule it fits."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from lynchpin.cases.case import EventClass


def classify(events: pl.DataFrame, classes: Sequence[EventClass]) -> pl.DataFrame:
    """Add the column `event_class`; null where no class takes the event.

    Parameters
    ----------
    events : DataFrame in the columns of `lynchpin.events.SCHEMA`
    classes : the case's classes, in order: the first that fits wins

    Returns
    -------
    DataFrame, the same rows in the same order with one column more. A magnitude that is missing has no sign, so it
    fits only classes that do not ask for one.
    """
    rules = [pl.when(_fits(rule)).then(pl.lit(rule.name)) for rule in classes]
    return events.with_columns(event_class=pl.coalesce(*rules, pl.lit(None, dtype=pl.String)))


def _fits(rule: EventClass) -> pl.Expr:
    fits = pl.lit(True)
    if rule.types:
        fits = fits & pl.col("type").is_in(rule.types)
    if rule.contexts:
        fits = fits & (pl.col("contexts").list.set_intersection(list(rule.contexts)).list.len() > 0)
    if rule.sign:
        magnitude = pl.col("magnitude").fill_null(0.0)
        fits = fits & (magnitude > 0 if rule.sign == "+" else magnitude < 0)
    return fits
