"""One mechanism under every choice that an analyst could have made otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

import polars as pl

from lynchpin.results.base import RATIO, Drawn, Effect, Estimated, Expect, Shown, Told, flat, part


@dataclass(frozen=True, slots=True)
class Level:
    """One way to make a choice."""

    key: str  # "week"
    means: str
    own: bool  # whether the case makes the choice this way


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that could have been done otherwise. One level only: `single_because` says why there is no other."""

    name: str  # "step"
    means: str
    levels: tuple[Level, ...]
    single_because: str = ""


@dataclass(frozen=True, slots=True)
class Specification(Estimated):
    """The mechanism under one combination of choices. Ratios are per doubling of the cause, with 90 % intervals."""

    SPREAD: ClassVar = {"effect": ("estimate", "standard_error", "lower", "upper", *RATIO, "stand")}

    choices: Mapping[str, str]  # name of the choice -> key of the level
    own: bool  # the case's own
    n_cause_events: int
    n_target_events: int
    half_life_days: float | None = None  # None: acts do not fade
    window_days: float | None = None  # None: no window
    effect: Effect | None = None
    cannot_because: str | None = None


@dataclass(frozen=True, slots=True)
class LevelSummary:
    """The specifications that make one choice one way."""

    choice: str
    level: str
    own: bool
    n: int  # that could be fitted
    median_ratio: float | None
    share_expected_sign: float | None
    share_expected: float | None  # whose interval is clear of no effect on the expected side
    share_against: float | None


@dataclass(frozen=True, slots=True)
class CurvePlacebo:
    """The whole curve again, its cause moved in time by so many random lags."""

    shifts: int
    n: int  # specifications in it: those at the case's own step
    statistic: float  # median over them of the studentised effect on the expected side, where it was
    p: float  # share of records, the true one among them, whose median lies as far on that side
    share: float  # of the specifications whose own statistic is beyond 1.645
    p_share: float  # the same for that share


@dataclass(frozen=True, slots=True, repr=False)
class Sensitivity(Told, Drawn, Shown):
    """One mechanism under every combination of choices, the case's own among them."""

    mechanism: str
    claim: str  # its id
    says: str
    sentence: str
    expect: Expect
    choices: tuple[Choice, ...]
    specifications: tuple[Specification, ...]
    rule: str
    placebo: CurvePlacebo | None = None

    @property
    def fitted(self) -> tuple[Specification, ...]:
        """Those that could be fitted, from the smallest ratio to the largest."""
        done = [s for s in self.specifications if s.estimate is not None]
        return tuple(sorted(done, key=lambda s: (s.estimate, tuple(s.choices.values()))))

    @property
    def own(self) -> Specification:
        """The case's own."""
        return next(s for s in self.specifications if s.own)

    @property
    def side(self) -> int:
        """The expected sign; that of the case's own estimate where the account does not say."""
        if self.expect == "?":
            return -1 if (self.own.estimate or 0.0) < 0.0 else 1
        return 1 if self.expect == "+" else -1

    def stands(self, found: Sequence[Specification]) -> tuple[int, int, int]:
        """Of some specifications: with the expected sign, clear on the expected side, clear on the other."""
        names = ("lowers", "raises") if self.side < 0 else ("raises", "lowers")
        with_sign = sum((s.estimate or 0.0) * self.side > 0.0 for s in found)
        return with_sign, *(sum(s.stand == name for s in found) for name in names)  # type: ignore[return-value]

    def levels(self) -> tuple[LevelSummary, ...]:
        """For each choice that has levels, what the curve is with each of them."""
        return tuple(
            _summary(self, choice.name, level, [s for s in self.fitted if s.choices[choice.name] == level.key])
            for choice in self.choices
            if len(choice.levels) > 1
            for level in choice.levels
        )

    def sentences(self) -> tuple[str, ...]:
        """What the curve says, in words."""
        done, own = self.fitted, self.own
        said = [f"{len(done)} of {len(self.specifications)} specifications could be fitted."]
        if done:
            side = f"expected {self.expect}" if self.expect != "?" else "of the case's own sign: none is expected"
            with_sign, clear, against = self.stands(done)
            ratios = [s.rate_ratio for s in done if s.rate_ratio is not None]
            said += [
                f"The estimate has the sign ({side}) in {_share(with_sign, len(done))}; the 90 % interval is clear of "
                f"no effect on that side in {_share(clear, len(done))}, on the other in {_share(against, len(done))}.",
                f"The median ratio per doubling is {median(ratios):.2f}, from {ratios[0]:.2f} to {ratios[-1]:.2f}.",
            ]
        if own.effect is None:
            said.append(f"The case's own specification has no estimate: {own.cannot_because}.")
        else:
            place = 1 + sum((s.estimate or 0.0) * self.side > own.effect.estimate * self.side for s in done)
            said.append(
                f"The case's own is {own.effect.text(' to ')}, number {place} of {len(done)} counted from the expected "
                "end."
            )
        if self.placebo is not None:
            moved = self.placebo
            said.append(
                f"With the cause moved in time, {moved.shifts} times, all {moved.n} specifications at the case's own "
                f"step have a median as far on the expected side in a share of {moved.p:.3f} of the records, and as "
                f"many clear ones in a share of {moved.p_share:.3f}."
            )
        return tuple(said)

    def cannot(self) -> tuple[tuple[str, int], ...]:
        """Why specifications could not be fitted, and how many for each reason."""
        count: dict[str, int] = {}
        for s in self.specifications:
            if s.cannot_because:
                count[s.cannot_because] = count.get(s.cannot_because, 0) + 1
        return tuple(count.items())

    def to_frame(self) -> pl.DataFrame:
        """One row for each specification: its choices, then its numbers."""
        rows = [{**s.choices, **{k: v for k, v in flat(s).items() if k != "choices"}} for s in self.specifications]
        return pl.DataFrame(rows, infer_schema_length=None)


def _summary(curve: Sensitivity, choice: str, level: Level, found: Sequence[Specification]) -> LevelSummary:
    n = len(found)
    ratios = [s.rate_ratio for s in found if s.rate_ratio is not None]
    with_sign, clear, against = curve.stands(found)
    return LevelSummary(
        choice=choice,
        level=level.key,
        own=level.own,
        n=n,
        median_ratio=median(ratios) if ratios else None,
        share_expected_sign=with_sign / n if n else None,
        share_expected=clear / n if n else None,
        share_against=against / n if n else None,
    )


def _share(n: int, of: int) -> str:
    return f"none of {of}" if n == 0 else f"all {of}" if n == of else f"{n} of {of} ({part(n / of)})"
