"""What a row of the ledger says, in words: its mechanism or its count as a sentence, and why nothing can be said."""

from __future__ import annotations

from collections.abc import Mapping

from lynchpin.account.cases import Case, Mechanism, ShareText, StageMechanism
from lynchpin.account.theory import explain, explain_stages


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
    >>> print(share_words(ShareText("x", "C7", ("trade",), ("setback",), ("signed",), "+", 0.5))[:60])
    of attempts (trade) with a setback after an opening and befo
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
