"""Numbers of statistics that stand in more than one room, each written here once."""

from __future__ import annotations

#: The normal quantile of 0.95: an interval of 90 % reaches so many standard errors to either side.
Z90 = 1.6448536269514722

#: By so much less than at its top a log-likelihood still lies inside the 90 % interval: half the 0.90 quantile of
#: chi-squared with one degree of freedom.
DROP90 = Z90**2 / 2.0
