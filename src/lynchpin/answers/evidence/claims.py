"""The claims ledger: one row per mechanism, and one per claim that no event can test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from lynchpin import limits
from lynchpin.account.cases import Case, ClaimText, Mechanism, ShareText, StageMechanism
from lynchpin.account.theory import explain, explain_stages, joint_acts
from lynchpin.answers.evidence.held_out import HeldOut, held_out
from lynchpin.answers.evidence.influence import top_events
from lynchpin.answers.evidence.placebo import Placebo, draw_lags, placebo
from lynchpin.answers.evidence.sides import count_cause, count_target
from lynchpin.answers.evidence.verdict import (
    PLACEBO_LEVEL,
    RULE,
    Instrument,
    benjamini_hochberg,
    holm,
    smallest_shown,
    verdict,
)
from lynchpin.defaults import SHIFTS
from lynchpin.model import Fit
from lynchpin.numbers import Z90
from lynchpin.results import Claim, Effect, Ledger, per_doubling


def claims(
    fit: Fit,
    *,
    shifts: int = SHIFTS,
    seed: int | None = None,
    workers: int = 1,
    tell: Callable[[str], None] | None = None,
) -> Ledger:
    """The ledger of a fit, in the order of the case's claims.

    Parameters
    ----------
    fit : Fit
    shifts : int, random shifts of each cause in time
    seed : int or None, of the shifts; None for the case's own
    workers : int, threads; the ledger is the same with any
    tell : function or None, called with the name of what is done

    Returns
    -------
    Ledger. A claim with several mechanisms has a row for each. A mechanism that states no claim comes last.

    Raises
    ------
    BadValue : shifts, seed or workers are out of range
    """
    limits.whole("shifts", shifts)
    limits.optional("seed", seed)
    limits.whole("workers", workers)
    case = fit.case
    measured = measure(fit, shifts=shifts, seed=seed, workers=workers, tell=tell)
    rows: list[Claim] = []
    for claim in case.claims:
        stated = [m for m in case.mechanisms if m.claim == claim.id]
        rows += [_row(fit, m, claim, measured[m.name]) for m in stated] or [_untestable(claim)]
    rows += [_row(fit, m, None, measured[m.name]) for m in case.mechanisms if not m.claim]
    return Ledger(tuple(_adjusted(rows)), RULE)


def _row(fit: Fit, mechanism: Mechanism, claim: ClaimText | None, measured: Measured) -> Claim:
    k = fit.design.position(mechanism.name)
    effect = Effect.of(fit.estimate[k], fit.standard_error[k])
    acts = fit.design.layers.acts
    n_cause, n_target = count_cause(acts, fit.case, mechanism), count_target(acts, mechanism)
    why = missing(n_cause, n_target)
    row = Claim(
        id=claim.id if claim else "",
        claim=claim.text if claim else "",
        mechanism=mechanism.name,
        says=mechanism.says,
        sentence=sentence(mechanism, fit.case, fit.design.columns[k].half_life_days),
        expect=mechanism.expect,
        half_life_days=fit.design.columns[k].half_life_days,
        rule=RULE,
        n_cause_events=n_cause,
        n_target_events=n_target,
        untestable_because=why,
        note=mechanism.note,
        joint_acts=joint_acts(mechanism.checked),
    )
    if why is not None:
        return row
    return replace(
        row,
        effect=effect,
        half_life_interval=fit.half_life_interval.get(mechanism.name),
        verdict=verdict(
            mechanism.expect,
            effect.lower,
            effect.upper,
            measured.placebo_p,
            measured.placebo_p_against,
            measured.heldout_gain,
        ),
        detectable=None if measured.detectable is None else per_doubling(measured.detectable),
        placebo_p=measured.placebo_p,
        placebo_p_against=measured.placebo_p_against,
        placebo_shifts=measured.placebo_shifts,
        heldout_gain=measured.heldout_gain,
        heldout_steps=measured.heldout_steps,
        top_events=top_events(fit, mechanism),
    )


def _adjusted(rows: Sequence[Claim]) -> list[Claim]:
    """The rows with their placebo p-values adjusted for one another."""
    at = [k for k, row in enumerate(rows) if row.placebo_p is not None]
    p_values = [p for row in rows if (p := row.placebo_p) is not None]
    adjusted = dict(zip(at, zip(holm(p_values), benjamini_hochberg(p_values), strict=True), strict=True))
    return [
        replace(row, holm_p=adjusted[k][0], bh_p=adjusted[k][1]) if k in adjusted else row for k, row in enumerate(rows)
    ]


def _untestable(claim: ClaimText) -> Claim:
    return Claim(claim.id, claim.text, "", "", "", expect="?", rule=RULE, untestable_because=claim.untestable_because)


def missing(n_cause: int, n_target: int) -> str | None:
    """Why so many acts of cause and target say nothing; None where they may."""
    if n_cause == 0:
        return "the record holds no act of its cause before this day"
    if n_target == 0:
        return "the record holds no act of the kind it would move before this day"
    return None


def sentence(mechanism: Mechanism, case: Case, half_life_days: float | None = None) -> str:
    """The mechanism as one English sentence, with the case's own names."""
    days = mechanism.half_life_days or half_life_days
    return explain(
        mechanism.checked,
        expect=mechanism.expect,
        half_life_days=days,
        words=_words(case),
        window_days=mechanism.window_days,
        lag_days=mechanism.lag_days,
    )


def stage_sentence(mechanism: StageMechanism, case: Case) -> str:
    """A mechanism on agreements as one English sentence, with the case's own names."""
    return explain_stages(
        mechanism.checked,
        expect=mechanism.expect,
        half_life_days=mechanism.half_life_days,
        words=_words(case),
        window_days=mechanism.window_days,
        lag_days=mechanism.lag_days,
    )


def share_words(share: ShareText) -> str:
    """What a share counts, in words.

    Examples
    --------
    >>> print(share_words(ShareText("x", "C7", ("trade",), ("setback",), ("signed",), "+", 0.5)))
    of attempts (trade) with a setback after an opening and before signature or force: the share signed later; against 0.5
    """
    kinds = " or ".join(kind.replace("_", " ") for kind in share.kinds) or "any agreement"
    then = " or ".join(stage.replace("_", " ") for stage in share.then)
    if share.after:
        after = " or ".join(_NOUNS.get(stage, stage.replace("_", " ")) for stage in share.after)
        said = f"of attempts ({kinds}) with {after} after an opening and before signature or force:"
        return f"{said} the share {then} later; against {share.against:g}"
    after = " or ".join(_NOUNS.get(stage, stage.replace("_", " ")) for stage in share.then)
    return (
        f"of attempts ({kinds}) with an opening on record: the share with {after} after it and before signature or "
        f"force; against {share.against:g}"
    )


_NOUNS = {
    "setback": "a setback",
    "suspended": "a suspension",
    "agreed_in_principle": "an agreement in principle",
    "approved": "an approval",
    "signed": "a signature",
    "in_force": "an entry into force",
    "resumed": "a resumption",
    "termination_notice": "a notice of termination",
}


def _words(case: Case) -> Mapping[str, str]:
    """Plain words for the codes that a sentence would otherwise show."""
    return (
        {
            "GOV": "government",
            "LEG": "legislature",
            "OPP": "opposition",
            "JUD": "courts",
            "CVL": "civil society",
        }
        | {"MIL": "armed forces"}
        | dict(case.labels)
    )


# -- The numbers behind a ledger that are not in the fit: placebo, held-out score, smallest detectable effect.


@dataclass(frozen=True, slots=True)
class Measured:
    """What the record says of one mechanism beyond its estimate. None where there is nothing to say."""

    placebo_p: float | None
    placebo_p_against: float | None
    heldout_gain: float | None
    detectable: float | None  # log rate ratio on the expected side
    placebo_shifts: int
    heldout_steps: int


def measure(
    fit: Fit,
    *,
    shifts: int = SHIFTS,
    seed: int | None = None,
    workers: int = 1,
    tell: Callable[[str], None] | None = None,
) -> dict[str, Measured]:
    """Placebo, held-out score and smallest detectable effect of every mechanism of a fit.

    Parameters
    ----------
    fit : Fit
    shifts : int, random shifts of each cause
    seed : int or None, of the shifts; None for the case's own
    workers : int, threads; the numbers are the same with any
    tell : function or None, called with the name of what is done

    Returns
    -------
    dict, by mechanism
    """
    names = [m.name for m in fit.case.mechanisms]
    say = tell or (lambda done: None)

    def shifted(name: str) -> Placebo | None:
        found = placebo(fit, name, draw_lags(fit, name, shifts, fit.case.seed if seed is None else seed))
        say(name)
        return found

    def rolled() -> HeldOut:
        found = held_out(fit)
        say("held out")
        return found

    with ThreadPoolExecutor(max(workers, 1)) as pool:
        scores = pool.submit(rolled)
        placebos = dict(zip(names, pool.map(shifted, names), strict=True))
        held = scores.result()
    return {name: _measured(fit, name, placebos[name], held) for name in names}


def _measured(fit: Fit, name: str, moved: Placebo | None, held: HeldOut) -> Measured:
    expect = fit.case.mechanism(name).expect
    if moved is None:
        return Measured(None, None, held.gain[name], None, 0, held.steps)
    k = fit.design.position(name)
    side = {"+": 1.0, "-": -1.0, "?": 0.0}[expect]
    prior = fit.case.prior_sd**-2
    clock = np.maximum(held.information[name], 1e-9)
    score_variance = float(fit.clustered[k, k]) * (clock[-1] + prior) ** 2
    instrument = Instrument(
        information=clock,
        prior_precision=prior,
        reach=Z90 * float(fit.standard_error[k]),
        inflation=max(1.0, score_variance / clock[-1], moved.noise),
        drift=moved.drift,
        placebo_share=min(1.0, moved.information / clock[-1]),
        placebo_bar=moved.bar(
            side or float(np.sign(fit.estimate[k])) or 1.0, PLACEBO_LEVEL * (0.5 if side == 0.0 else 1.0)
        ),
    )
    effect = smallest_shown(instrument)
    return Measured(
        placebo_p=moved.p_value(side),
        placebo_p_against=moved.p_value(-side),
        heldout_gain=held.gain[name],
        detectable=None if effect is None else (-effect if side < 0.0 else effect),
        placebo_shifts=moved.studentised.size - 1,
        heldout_steps=held.steps,
    )
