"""What is likely next for an agreement, in words and numbers. May import: results, plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lynchpin.brief import words
from lynchpin.plots.names import sentence_case, spoken
from lynchpin.results import AgreementLife

_YEAR = 365


@dataclass(frozen=True, slots=True)
class ForceRow:
    """A force in one line."""

    name: str
    means: str
    change: str
    interval: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the brief says of the flagship's future; empty lists where there is nothing to say."""

    lead: str
    success: str
    forces: list[ForceRow]
    analogues: list[str]


def success_chance(life: AgreementLife) -> tuple[float, str] | None:
    """The chance that the agreement stands so a year on, and what "so" is; None without a model or after the end."""
    goal = life.success.split(" or ") if life.success else []
    year = [chance for chance in life.forecast if chance.horizon_days == _YEAR and chance.stage in goal]
    return (sum(chance.probability for chance in year), spoken(life.success)) if year else None


def likely(life: AgreementLife, most: int = 2) -> str:
    """The likeliest stages a year on: "in force 34 %, ended 24 %"."""
    year = sorted((c for c in life.forecast if c.horizon_days == _YEAR), key=lambda chance: -chance.probability)
    return ", ".join(f"{spoken(c.stage)} {words.percent(c.probability)}" for c in year[:most] if c.probability >= 0.05)


def ahead(lives: Sequence[AgreementLife]) -> Ahead | None:
    """The outlook of the first agreement; None where no model was fitted or it has ended."""
    found = success_chance(lives[0]) if lives else None
    if found is None:
        return None
    life, (chance, success) = lives[0], found
    lead = (
        f"It stands at: {spoken(life.standing)}. "
        f"The chance that it stands {success} a year on is {words.percent(chance)}."
    )
    forces = [
        ForceRow(
            sentence_case(spoken(force.name)),
            force.means,
            f"{words.signed(100 * force.change, 0)}",
            f"{words.signed(100 * force.lower, 0)} to {words.signed(100 * force.upper, 0)}",
        )
        for force in life.forces
        if abs(force.change) >= 0.005
    ]
    near = [
        f"{one.title}, {words.day(one.date, 'month')}: {spoken(one.stage_after)} a year later; "
        f"last known: {spoken(one.stage_known)}"
        for one in life.analogues
    ]
    return Ahead(lead, success, forces, near)
