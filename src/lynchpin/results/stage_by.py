"""Where an agreement will stand on a day, and when it will come to a stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lynchpin.results.agreements import StageChance


@dataclass(frozen=True, slots=True)
class StageReached:
    """When an agreement comes to a stage.

    A level (negotiating, agreed_in_principle, signed, in_force) is reached from above too, the others by standing so.
    q05 ... q95 are days by which it is there with that chance; None where the chance is not reached by `last`.
    """

    stage: str
    since: date | None  # the day it came there, where it is there already; then the chance is one and no day is ahead
    probability: float  # of being there by the day asked for, with its 90 % interval
    lower: float
    upper: float
    q05: date | None
    q10: date | None
    q25: date | None
    q50: date | None
    q75: date | None
    q90: date | None
    q95: date | None
    last: date  # the last day looked at
    moments: int  # past moments of other agreements at the same stage, with as many days known after them
    moments_reached: int  # of these, those that came to the stage in that time

    def summary(self) -> str:
        """In plain words."""
        said = self.stage.replace("_", " ")
        if self.since is not None:
            return f"{said}: reached on {self.since}."
        known = [(share, day) for share, day in (("one in four", self.q25), ("even", self.q50)) if day is not None]
        times = (
            "; ".join(f"odds {share} by {day}" for share, day in known) or f"odds below one in four until {self.last}"
        )
        past = (
            f"of {self.moments} past moments at which others stood so, {self.moments_reached} came to it in that time"
            if self.moments
            else "no past moment of another that stood so is known for that long"
        )
        interval = f"90 % {self.lower:.0%} to {self.upper:.0%}"
        return f"{said}: {self.probability:.0%} chance to come to it in time ({interval}); {times}; {past}."


@dataclass(frozen=True, slots=True)
class StageRival:
    """The chance of a stage on the day by a plain way, from other agreements alone."""

    model: str
    stage: str
    probability: float


@dataclass(frozen=True, slots=True)
class StageBy:
    """The chances of an agreement on a day."""

    agreement: str  # id
    title: str
    origin: date
    by: date  # the last day that counts
    standing: str  # the stage it stands at on the origin
    stages: tuple[StageChance, ...]  # the stage it stands at on the day: the chances sum to one
    reached: tuple[StageReached, ...]
    baselines: tuple[StageRival, ...]  # none where it has ended
    draws: int
    stages_hash: str  # SHA-256 of the acts of agreements that are dated before the origin

    def summary(self) -> str:
        """In plain words."""
        said = ", ".join(
            f"{one.stage.replace('_', ' ')} {one.probability:.0%} ({one.lower:.0%} to {one.upper:.0%})"
            for one in sorted(self.stages, key=lambda one: -one.probability)
            if one.probability >= 0.005
        )
        plain = {
            model: ", ".join(
                f"{one.stage.replace('_', ' ')} {one.probability:.0%}"
                for one in sorted(self.baselines, key=lambda one: -one.probability)
                if one.model == model and one.probability >= 0.05
            )
            for model in dict.fromkeys(one.model for one in self.baselines)
        }
        lines = [
            f"{self.title} ({self.agreement}) stands at {self.standing.replace('_', ' ')}, {self.origin}.",
            f"At the end of {self.by}: {said}.",
            *(f"By the {model} of others: {chances}." for model, chances in plain.items()),
            *(one.summary() for one in self.reached),
        ]
        return "\n".join(lines)
