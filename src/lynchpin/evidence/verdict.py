"""The verdict on a claim: the rule stands here and nowhere else, and is printed beside every ledger."""

from __future__ import annotations

from lynchpin.results import Expect, Verdict

RULE = (
    "supported: the whole 90 % interval lies on the expected side of no effect; contradicted: the whole interval lies "
    "on the other side; not detectable: the interval holds no effect, and the smallest effect that such a record "
    "shows in 80 of 100 cases is given; untestable: no event can bear on it, with the reason. The intervals rest on "
    "the model's form: a slow trend that cause and outcome share can pass this rule. Association in time is not called "
    "cause."
)

#: Standard errors from no effect to the smallest effect whose 90 % interval leaves zero out in 80 of 100 cases.
DETECTABLE_SE = 1.6448536269514722 + 0.8416212335729143


def verdict(expect: Expect, lower: float, upper: float) -> Verdict:
    """Apply the rule.

    Parameters
    ----------
    expect : "+", "-", or "?" where the account does not say; then either side supports
    lower, upper : float, the 90 % interval of the log rate ratio

    Examples
    --------
    >>> verdict("+", 0.1, 0.9), verdict("-", 0.1, 0.9), verdict("+", -0.1, 0.9)
    ('supported', 'contradicted', 'not detectable')
    """
    if lower <= 0.0 <= upper:
        return "not detectable"
    side = "+" if lower > 0.0 else "-"
    return "supported" if expect in (side, "?") else "contradicted"
