"""A mechanism under conditions: what it does where what may weaken or strengthen it is rare, and where it is strong."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from lynchpin.results.base import Expect, plain
from lynchpin.results.periods import ratio_text


@dataclass(frozen=True, slots=True)
class Condition:
    """The mechanism at one strength of the condition. Ratios are per doubling of its cause, with 90 % intervals."""

    strength: str  # "least", "average" or "strong"
    trace: float  # decayed number of acts that the condition stands for
    share_of_steps: float  # of dyads and steps in which the condition is at most so strong
    rate_ratio: float
    rate_ratio_lower: float
    rate_ratio_upper: float


@dataclass(frozen=True, slots=True)
class Interaction:
    """One product of the case: a mechanism, and the condition that it is multiplied by."""

    id: str
    claim: str
    product: str  # name of the mechanism that is the product
    says: str
    expect: Expect  # of the product: "-": the condition weakens a push upward
    mechanism: str  # whose effect is told by condition
    condition: str  # the other part, as text
    change: float  # of the ratio per doubling, where the condition's one-plus-trace doubles
    change_lower: float
    change_upper: float
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class InteractionLedger:
    """Every product of a case that refers to a mechanism."""

    interactions: tuple[Interaction, ...]
    method: str

    def to_frame(self) -> pl.DataFrame:
        """One row for each product and condition."""
        rows = [
            {"product": i.product, "mechanism": i.mechanism, **plain(c)}
            for i in self.interactions
            for c in i.conditions
        ]
        return pl.DataFrame(rows, infer_schema_length=None)

    def summary(self) -> str:
        """Each mechanism by the strength of its condition, as text."""
        lines: list[str] = []
        for one in self.interactions:
            lines.append(
                f"{one.id:4} {one.product} (expected {one.expect}): {one.mechanism} where there is {one.condition}"
            )
            lines.append(f"     {'':9} {'trace':>6} {'ratio of ' + one.mechanism:>34}")
            for c in one.conditions:
                ratio = ratio_text(c.rate_ratio, c.rate_ratio_lower, c.rate_ratio_upper)
                lines.append(f"     {c.strength:9} {c.trace:6.2f} {ratio:>34}")
            change = ratio_text(one.change, one.change_lower, one.change_upper)
            lines += [f"     when the condition doubles, that ratio is multiplied by {change}", ""]
        return "\n".join([*lines, self.method])
