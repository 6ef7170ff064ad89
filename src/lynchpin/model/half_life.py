"""Half-lives of mechanisms by profile likelihood: every day of a grid is fitted, the best is kept.

A grid, since the whole profile is kept: it is shown, and what fades is averaged over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lynchpin.engine.likelihoods.profile import ends_on_grid
from lynchpin.engine.statistics.base import Floats
from lynchpin.model.design import Design
from lynchpin.model.design.build import with_half_life
from lynchpin.model.newton import maximise
from lynchpin.numbers import DROP90

#: Days that a fitted half-life is searched among.
GRID_DAYS = (7.0, 14.0, 30.0, 60.0, 90.0, 120.0, 180.0, 270.0, 365.0, 545.0, 730.0)


@dataclass(frozen=True, slots=True, eq=False)
class HalfLifeProfile:
    """What the record says of one half-life: everything else is fitted anew at each of the days that were tried.

    days, log_likelihood, evidence, estimate, standard_error : (tried,). The likelihood is penalised as in the fit; the
        evidence is what is left of it when the coefficients are integrated out (Laplace), up to a constant; the last
        two are of the mechanism's coefficient, by the model alone.
    """

    days: Floats
    log_likelihood: Floats
    evidence: Floats
    estimate: Floats
    standard_error: Floats

    @property
    def best(self) -> int:
        return int(np.argmax(self.log_likelihood))

    @property
    def interval(self) -> tuple[float, float]:
        """Days at which the profile has dropped by half the 90 % quantile of chi-squared(1), or the grid ends."""
        return ends_on_grid(self.days, self.log_likelihood)

    @property
    def is_open(self) -> tuple[bool, bool]:
        """Whether the interval has no end below, and above, among the days that were tried."""
        height, best = self.log_likelihood[self.best] - DROP90, self.best
        return bool((self.log_likelihood[:best] >= height).all()), bool((self.log_likelihood[best:] >= height).all())

    @property
    def weight(self) -> Floats:
        """How likely each day is, all being as likely before the record, on a log scale: sums to one."""
        log_days = np.log(self.days)
        width = np.diff(np.concatenate([log_days[:1], (log_days[1:] + log_days[:-1]) / 2.0, log_days[-1:]]))
        raw = width * np.exp(self.evidence - self.evidence.max())
        return np.asarray(raw / raw.sum())


def fit_half_lives(
    design: Design, mechanisms: Sequence[str], beta: Floats, theta: Mapping[str, float], precision: Floats
) -> tuple[Design, dict[str, HalfLifeProfile]]:
    """Give each named mechanism its best half-life, one after the other.

    Parameters
    ----------
    design : Design
    mechanisms : names
    beta, theta, precision : where the fit stands; sizes and pooling are held while half-lives are searched

    Returns
    -------
    design with the half-lives, and the profile of each mechanism
    """
    profiles = {}
    for name in mechanisms:
        tried = [with_half_life(design, name, days) for days in GRID_DAYS]
        profiles[name] = _profile(tried, name, beta, theta, precision)
        design = tried[profiles[name].best]
    return design, profiles


def half_life_profile(
    design: Design, mechanism: str, beta: Floats, theta: Mapping[str, float], precision: Floats
) -> HalfLifeProfile:
    """The profile of one mechanism, whether its half-life was fitted or given; parameters as for `fit_half_lives`."""
    return _profile([with_half_life(design, mechanism, days) for days in GRID_DAYS], mechanism, beta, theta, precision)


def _profile(
    tried: Sequence[Design], name: str, beta: Floats, theta: Mapping[str, float], precision: Floats
) -> HalfLifeProfile:
    k, one = tried[0].position(name), np.zeros(beta.size)
    one[k] = 1.0
    found = np.empty((4, len(tried)))
    for at, design in enumerate(tried):
        there, here, _ = maximise(design, beta, theta, precision, steps=6, tolerance=1e-3)
        evidence = here.value - 0.5 * here.factor.log_det
        found[:, at] = here.value, evidence, there[k], np.sqrt(here.factor.solve(one)[k])
    return HalfLifeProfile(np.array(GRID_DAYS), *found)
