"""Of attempts at an agreement, how many came to a stage: small counts, answered exactly.

An attempt is an agreement with an opening on record: proposed, negotiating, agreed in principle or approved, before any
signature or entry into force. Its window runs from that opening to the first signature or entry into force, or to the
end of what is known. Acts of the day of the signature that stand before it in the file are in the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from scipy.special import bdtr, bdtrc, betaincinv  # scipy.stats would give the same, and takes long to load

from lynchpin.answers.agreements.stages import ENDED
from lynchpin.results import AgreementLife
from lynchpin.results.agreements import StageShare

_OPENS: Final = ("proposed", "negotiating", "agreed_in_principle", "approved")
_CLOSES: Final = ("signed", "in_force")


def exact_interval(came: int, n: int, level: float = 0.9) -> tuple[float, float]:
    """The interval of a share whose every end is wrong in at most (1 - level) / 2 of cases.

    References
    ----------
    Clopper and Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the binomial,
    Biometrika 26(4).

    Examples
    --------
    >>> [round(end, 3) for end in exact_interval(19, 33)]
    [0.419, 0.722]
    >>> [round(end, 3) for end in exact_interval(0, 10)]
    [0.0, 0.259]
    """
    tail = (1.0 - level) / 2.0
    lower = float(betaincinv(came, n - came + 1, tail)) if came else 0.0
    upper = float(betaincinv(came + 1, n - came, 1.0 - tail)) if came < n else 1.0
    return lower, upper


def stage_share(
    lives: Sequence[AgreementLife],
    name: str,
    *,
    kinds: Sequence[str] = (),
    after: Sequence[str] = (),
    then: Sequence[str] = ("signed", "in_force"),
    against: float = 0.5,
) -> StageShare | None:
    """Count attempts, and those that came to a stage.

    Parameters
    ----------
    lives : agreements, their history cut to what is known
    name : str, of the count
    kinds : kinds that are counted; none: all
    after : stages, one of which must stand in the window; then those are counted that came to one of `then` later.
        None: every attempt counts, and those that had one of `then` within the window
    then : stages
    against : float, the share that the exact tests hold it against

    Returns
    -------
    StageShare, or None where no attempt is to be counted
    """
    came, ended, rest, others, others_came = list[str](), list[str](), list[str](), 0, 0
    for life in lives:
        window = _window(life)
        if window is None or (kinds and life.kind not in kinds):
            continue
        words = [act.stage for act in life.history]
        first, last = window
        if not after:
            has, reached = True, bool(set(words[first + 1 : last]) & set(then))
        else:
            at = next((k for k in range(first + 1, last) if words[k] in after), None)
            has, reached = at is not None, bool(set(words[(first if at is None else at) + 1 :]) & set(then))
        if not has:
            others, others_came = others + 1, others_came + reached
        elif reached:
            came.append(life.id)
        else:
            (ended if ENDED in words else rest).append(life.id)
    n = len(came) + len(ended) + len(rest)
    if n == 0:
        return None
    lower, upper = exact_interval(len(came), n)
    return StageShare(
        name=name,
        n=n,
        came=len(came),
        share=len(came) / n,
        lower=lower,
        upper=upper,
        p_more=float(bdtrc(len(came) - 1, n, against)) if came else 1.0,
        p_fewer=float(bdtr(len(came), n, against)),
        ended=len(ended),
        rest=len(rest),
        others=others,
        others_came=others_came,
        ids=tuple(sorted((*came, *ended, *rest))),
    )


def _window(life: AgreementLife) -> tuple[int, int] | None:
    """Where in its history the opening stands, and where the attempt closes; None where it has no opening first."""
    words = [act.stage for act in life.history]
    first = next((k for k, word in enumerate(words) if word in _OPENS), None)
    last = next((k for k, word in enumerate(words) if word in _CLOSES), len(words))
    return None if first is None or first > last else (first, last)
