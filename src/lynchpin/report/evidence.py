"""What a row of the claims ledger says, in words: how strong the evidence, how large at most, what would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lynchpin.report.plots.theme import claim_name, sentence_case, slug, spoken
from lynchpin.results import Claim, Effect, Unit, Whole, chance

#: Ratios beyond these are not spelled out: nobody would believe in them.
_FEW, _MANY = 0.1, 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One claim of the account, answered in a sentence."""

    place: str  # where its row stands on the page
    title: str  # "C3 · Patron push"
    claim: str  # the claim in the account's words
    text: str


def answers(claims: Sequence[Claim]) -> list[Answer]:
    """One sentence for each claim, in their order; one with several mechanisms says what each of them shows."""
    by_id: dict[str, list[Claim]] = {}
    for claim in claims:
        by_id.setdefault(claim.id or claim.mechanism, []).append(claim)
    found = []
    for rows in by_id.values():
        first = rows[0]
        more = (f"{spoken(row.mechanism or 'another row')}: {clause(row, short=True)}" for row in rows[1:])
        text = "; ".join([clause(first), *more])
        title = claim_name(first.id, first.mechanism) if first.mechanism else first.id
        found.append(Answer(place(first), title, first.claim, f"{sentence_case(text)}."))
    return found


def place(claim: Claim) -> str:
    """Where the first row of a claim stands on a page."""
    return slug(f"claim {claim.id or claim.mechanism}")


def clause(claim: Claim, *, short: bool = False) -> str:
    """A row in one clause: evidence, ends, and what would settle it unless it is to be short."""
    if claim.effect is None:
        return f"cannot be tested: {claim.untestable_because or 'it is not said why'}".rstrip(".")
    said = f"{evidence(claim)}, {ends(claim)}"
    return said if short or not claim.would_settle else f"{said}; {claim.would_settle}"


def evidence(claim: Claim) -> str:
    """The grade and its side in words.

    Examples
    --------
    >>> from lynchpin.results import Effect
    >>> row = Claim("C1", "", "push", "", "", "+", Effect(0.2, -0.1, 0.5), grade="moderate", side="for")
    >>> evidence(row)
    'moderate evidence for it'
    """
    if claim.basis == "futures":
        return "the model's answer and no test"
    if claim.grade == "none":
        return "no evidence either way"
    side = "" if claim.side is None else f" {claim.side} it"
    return f"{claim.grade} evidence{side}"


def ends(claim: Claim) -> str:
    """The two ends in the row's unit: "at most ×1.19 and at least ×0.94 when the cause doubles"."""
    most, least = (end(value, claim.unit) for value in (claim.at_most, claim.at_least))
    return f"at most {most} and at least {least}{_PER[claim.unit or 'share']}"


_PER: dict[Unit, str] = {
    "per doubling": " when the cause doubles",
    "per standard deviation": " when the cause is one standard deviation higher",
    "share": "",
    "acts": " acts",
}


def end(value: float | None, unit: Unit | None) -> str:
    """One end of an interval in its unit; ratios that nobody would believe in are not spelled out.

    Examples
    --------
    >>> end(1.19, "per doubling"), end(560.0, "per doubling"), end(0.71, "share"), end(-3.2, "acts"), end(None, None)
    ('×1.19', '> ×10', '71 %', '−3.2', '–')
    """
    if value is None or unit is None:
        return "–"
    if unit == "share":
        return chance(value)
    if unit == "acts":
        return f"{value:+.1f}".replace("-", "−")
    return f"> ×{_MANY:.0f}" if value > _MANY else f"< ×{_FEW}" if value < _FEW else f"×{value:.2f}"


def size(effect: Effect | None) -> str:
    """The estimate in its unit, as `end` has the ends, without the sign of a ratio.

    Examples
    --------
    >>> size(Effect(1.0, 0.0, 2.0)), size(Effect(9.0, -6.0, 24.0)), size(None)
    ('2.00', '> 10', '–')
    """
    return "–" if effect is None else end(effect.size, effect.unit).replace("×", "")


def shows(claim: Claim) -> str:
    """What the record would have shown, and what more of it would, under the headline of a row."""
    if claim.detectable is not None:
        least = f"shows {end(claim.detectable, claim.unit)}"
    else:
        least = "no effect would have shown" if claim.basis == "timing" else ""
    return "; ".join(part for part in (least, claim.would_settle) if part)


def beside(claim: Claim) -> str:
    """What the ratio would be with other priors, and what the joint model's coefficient is; "" where neither is known.

    Examples
    --------
    >>> row = Claim("C1", "", "push", "", "", "+", Effect(1.0, 0.0, 2.0), prior_sensitivity=(1.9, 2.1))
    >>> beside(row)
    'With all priors half as wide the ratio is 1.90, twice as wide 2.10.'
    """
    said = []
    if claim.prior_sensitivity is not None:
        narrow, wide = claim.prior_sensitivity
        said.append(f"With all priors half as wide the ratio is {narrow:.2f}, twice as wide {wide:.2f}.")
    if claim.model_rate_ratio is not None:
        said.append(f"Simulation and forecasts use the joint model's {claim.model_rate_ratio:.2f}: drift kept, shrunk.")
    return " ".join(said)


def errs(rate: float | None) -> str:
    """How often chance reaches a grade.

    Examples
    --------
    >>> errs(0.055), errs(0.005), errs(0.2), errs(None)
    ('5.5 %', '0.5 %', '20 %', '')
    """
    return "" if rate is None else f"{100.0 * rate:.3g} %"


def whole(found: Whole | None) -> str:
    """The account as a whole in a sentence; "" where nothing was tested."""
    if found is None:
        return ""
    graded = "no evidence either way" if found.grade == "none" else f"{found.grade} evidence {found.side} it"
    better = sum(window.gain > 0.0 for window in found.heldout_windows)
    side = "gain" if found.heldout_gain >= 0.0 else "lose"
    return (
        f"The account as a whole ({len(found.mechanisms)} mechanisms): {graded}; {100.0 * found.placebo_p:.0f} of 100 "
        f"records whose causes were moved in time do as well; held out its mechanisms {side} "
        f"{abs(found.heldout_gain):.1f} nats, and gain in {better} of {len(found.heldout_windows)} windows"
    )
