"""Numbers of statistics that stand in more than one room, each written here once; and how a share is written."""

from __future__ import annotations

#: The normal quantile of 0.95: an interval of 90 % reaches so many standard errors to either side.
Z90 = 1.6448536269514722

#: By so much less than at its top a log-likelihood still lies inside the 90 % interval: half the 0.90 quantile of
#: chi-squared with one degree of freedom.
DROP90 = Z90**2 / 2.0


def per_cent(share: float, places: int = 0, *, sign: bool = False) -> str:
    """A share in per cent, as every sentence and table says it: with a blank before the sign, as in "a 90 % interval".

    Examples
    --------
    >>> per_cent(0.123), per_cent(-0.0312, 1), per_cent(0.05, 1, sign=True)
    ('12 %', '-3.1 %', '+5.0 %')
    """
    return f"{100.0 * share:{'+' if sign else ''}.{places}f} %"
