"""What a row of the claims ledger says, in words: how strong the evidence, how large at most, what would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lynchpin.report.plots.theme import claim_name, sentence_case, slug, spoken
from lynchpin.results import Claim, Effect, Unit, Whole, chance, evidence_text, signed
from lynchpin.results.base import how_often

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
    return evidence_text(claim.grade, claim.side)


def ends(claim: Claim) -> str:
    """The two ends in the row's unit, or that one of them says nothing: "at most ×1.19 and at least ×0.94 ...".

    Examples
    --------
    >>> from dataclasses import replace
    >>> row = Claim("C1", "", "push", "", "", "+", Effect(0.8, -1.8, 3.4))
    >>> ends(row)
    'no ceiling below ×10 can be given; at least ×0.29 when the cause doubles'
    >>> ends(replace(row, effect=Effect(0.0, -5.0, 5.0)))
    'neither a ceiling below ×10 nor a floor above ×0.1 can be given'
    >>> ends(replace(row, effect=Effect(0.3, 0.001, 0.6, unit="share")))
    'at most 60 %; no floor can be given'
    """
    unit: Unit = claim.unit or "share"
    most, least = (end(value, claim.unit) for value in (claim.at_most, claim.at_least))
    ceiling = f"at most {most}" if not most.startswith(">") else ""
    floor = f"at least {least}" if not least.startswith("<") else ""
    if ceiling and floor:
        if unit == "acts" and most == least:
            return "no difference to one decimal of an act"
        return f"{ceiling} and {floor}{_PER[unit]}"
    below, above = ("below ×10 ", "above ×0.1 ") if unit != "share" else ("", "")
    if not ceiling and not floor:
        return f"neither a ceiling {below}nor a floor {above}can be given"
    if floor:
        return f"no ceiling {below}can be given; {floor}{_PER[unit]}"
    return f"{ceiling}{_PER[unit]}; no floor {above}can be given"


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
    >>> end(0.001, "share"), end(-0.04, "acts")
    ('< 0.5 %', '0.0')
    """
    if value is None or unit is None:
        return "–"
    if unit == "share":
        return chance(value)
    if unit == "acts":
        return signed(value).replace("-", "−")
    return f"> ×{_MANY:.0f}" if value > _MANY else f"< ×{_FEW}" if value < _FEW else f"×{value:.2f}"


def size(effect: Effect | None) -> str:
    """The estimate in its unit, as `end` has the ends, without the sign of a ratio.

    Examples
    --------
    >>> size(Effect(1.0, 0.0, 2.0)), size(Effect(9.0, -6.0, 24.0)), size(None)
    ('2.00', '> 10', '–')
    """
    if effect is None or effect.unit == "share":
        return "–" if effect is None else effect.number()
    return end(effect.size, effect.unit).replace("×", "")


def shows(claim: Claim) -> str:
    """What the record would have shown, and what more of it would, under the headline of a row."""
    if claim.detectable is not None:
        shown = end(claim.detectable, claim.unit)
        least = f"shows {shown}" if shown[0] not in "<>" else f"only an effect beyond {shown[2:]} would have shown"
    else:
        least = "no effect would have shown" if claim.basis == "timing" else ""
    return "; ".join(part for part in (least, claim.would_settle) if part)


def priors(claim: Claim) -> str:
    """What the ratio would be with other priors, short; "" where that is not known.

    Examples
    --------
    >>> priors(Claim("C1", "", "push", "", "", "+", Effect(1.0, 0.0, 2.0), prior_sensitivity=(1.9, 2.1)))
    'priors half and twice as wide: ×1.90, ×2.10'
    """
    if claim.prior_sensitivity is None:
        return ""
    narrow, wide = (end(ratio, "per doubling") for ratio in claim.prior_sensitivity)
    return f"priors half and twice as wide: {narrow}, {wide}"


def beside(claim: Claim) -> str:
    """What the ratio would be with other priors, what the calendar takes out, and the joint model's coefficient.

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
    if claim.announced:
        said.append(f"The days that the calendar announced are a control of it: {', '.join(claim.announced)}.")
    if claim.model_rate_ratio is not None:
        said.append(f"Simulation and forecasts use the joint model's {claim.model_rate_ratio:.2f}: drift kept, shrunk.")
    return " ".join(said)


def moved(claim: Claim) -> str:
    """What doubling the cause was seen to do, in words, and whether the record has any evidence of it; "" of no ratio.

    Examples
    --------
    >>> from lynchpin.results import Effect
    >>> row = Claim("C1", "", "push", "", "", "+", Effect(0.66, 0.1, 1.2), grade="moderate", side="for")
    >>> moved(row), moved(Claim("C1", "", "push", "", "", "+", Effect(-0.32, -0.9, 0.3)))
    ('58 % more', '20 % fewer, without evidence')
    """
    percent = claim.percent_per_doubling
    if percent is None:
        return ""
    size = f"{abs(percent):.0f}"
    said = "no change" if size == "0" else f"{size} % {'more' if percent > 0 else 'fewer'}"
    return said if claim.grade != "none" else f"{said}, without evidence"


def kept(claims: Sequence[Claim], key: Literal["holm_p", "bh_p"]) -> str:
    """The mechanisms whose placebo p a correction for many claims keeps at 5 %; one without a grade says so."""
    names = [
        spoken(claim.mechanism) + (" (which has no grade: its fit says otherwise)" if claim.grade == "none" else "")
        for claim in claims
        if (p := getattr(claim, key)) is not None and p <= 0.05
    ]
    return ", ".join(names) or "none"


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
    graded = evidence_text(found.grade, found.side)
    better = sum(window.gain > 0.0 for window in found.heldout_windows)
    side = "gain" if found.heldout_gain >= 0.0 else "lose"
    return (
        f"The account as a whole ({len(found.mechanisms)} mechanisms): {graded}; "
        f"{how_often(found.placebo_p)} records whose causes were moved in time do as well; held out its mechanisms "
        f"{side} {abs(found.heldout_gain):.1f} nats, and gain in {better} of {len(found.heldout_windows)} windows"
    )
