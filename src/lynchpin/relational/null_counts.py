"""The null model of counts: one mean and one size for all."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from lynchpin.relational.plan import Plan


def null_nb2(plan: Plan) -> float:
    """The highest log-likelihood of NB2 counts with a common rate; steps are equally long."""
    cells, y = float(plan.at_risk.sum()), plan.seen_count
    mean = plan.events / cells

    def loss(log_size: float) -> float:
        size = np.exp(log_size)
        seen = gammaln(y + size) - gammaln(size) - gammaln(y + 1.0) + y * np.log(mean / (size + mean))
        return -float(seen.sum() - cells * size * np.log1p(mean / size))

    return -float(minimize_scalar(loss, bounds=(-15.0, 15.0), method="bounded").fun)
