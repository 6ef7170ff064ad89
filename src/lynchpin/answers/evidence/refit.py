"""Refitting a design in which one mechanism has several coefficients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lynchpin.engine.statistics.base import Floats
from lynchpin.model import Fit
from lynchpin.model.design.build import Column, Design, Unit
from lynchpin.model.fit import Estimate, precision_of, settle
from lynchpin.model.newton import clustered_covariance, maximise

#: Turns of coefficients, pooling and dispersion: a fit is nearly where it was.
_ROUNDS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """The coefficients of the parts of one mechanism.

    estimate : (k,); covariance : (k, k), Laplace's; clustered : (k, k), the sandwich
    """

    estimate: Floats
    covariance: Floats
    clustered: Floats

    @property
    def standard_error(self) -> Floats:
        """Of each part, the larger of the two."""
        return np.sqrt(np.maximum(np.diag(self.covariance), np.diag(self.clustered)))

    def error_of(self, contrast: Floats) -> float:
        """Of a sum of parts, the larger of the two."""
        return float(np.sqrt(max(contrast @ self.covariance @ contrast, contrast @ self.clustered @ contrast)))

    def shown_of(self, contrast: Floats, prior: float) -> float:
        """What a record shows, on the average, of a true contrast of 1: below 1, since the prior pulls every part.

        Parameters
        ----------
        contrast : (k,), -1 and 1 at two parts
        prior : float, precision of the prior of each part
        """
        known = np.linalg.inv(self.covariance) - prior * np.eye(self.estimate.size)
        return float(contrast @ self.covariance @ known @ (contrast / 2.0))

    def own(self, kept: np.ndarray, prior: float) -> tuple[Floats, Floats]:
        """What the record says by itself of some parts: estimates with the prior out again, and their covariance.

        Parameters
        ----------
        kept : positions of the parts; the others are averaged over, with their prior
        prior : float, precision of the prior of each part

        Returns
        -------
        (m,), (m, m): the variance of each is the larger of Laplace's and the clustered one, correlations are the
        clustered ones
        """
        inside = np.ix_(kept, kept)
        precision = np.linalg.inv(self.covariance[inside])
        known = np.linalg.inv(precision - prior * np.eye(len(kept)))
        back = known @ precision
        clustered = back @ self.clustered[inside] @ back.T
        spread = np.sqrt(np.diag(clustered))
        error = np.sqrt(np.maximum(np.diag(known), np.diag(clustered)))
        return back @ self.estimate[kept], clustered * np.outer(error / spread, error / spread)


def refitted(fit: Fit, design: Design, parts: int, whole: int) -> Refit:
    """Refit a design from `design.parts.parted`, from where a fit stands.

    Parameters
    ----------
    fit : Fit
    design : Design, of its case; the columns of the parts follow the fit's own
    parts : int
    whole : int, where the one coefficient stood that they replace
    """
    p = fit.estimate.size
    beta = np.zeros(len(design.columns))
    beta[:p], beta[whole], beta[p : p + parts] = fit.estimate, 0.0, fit.estimate[whole]
    seen = np.zeros(beta.size, dtype=bool)
    for unit in design.units:
        seen[unit.columns] = True
    beta[~seen] = 0.0
    pooled = {c: sd**2 for c, sd in fit.pooled_sd.items()}
    state = settle(design, fit.case, Estimate(beta, dict(fit.theta), pooled, False), _ROUNDS, 1e-2)
    precision = precision_of(design, fit.case, state.variance)
    beta, at, _ = maximise(design, state.beta, state.theta, precision, tolerance=1e-8)
    covariance = at.covariance
    here = slice(p, p + parts)
    return Refit(beta[here], covariance[here, here], clustered_covariance(design, beta, state.theta, covariance[here]))


# -- A design in which one mechanism has several coefficients: one for each of its parts.

#: Of a unit: what its column of a part is, given the column of the whole: shape (rows,), or None where it has none.
Part = Callable[[Unit, Floats], Floats | None]


def parted(design: Design, name: str, parts: Sequence[tuple[str, Part]], levels: Sequence[Part] = ()) -> Design:
    """Put the parts of a mechanism in the place of its column.

    Parameters
    ----------
    design : Design
    name : str, the mechanism; its column stays in the list, without a unit
    parts : (label, part) for each; columns with a Gaussian prior like that of a mechanism
    levels : further columns, each with a coefficient of its own for every unit that the mechanism moves

    Returns
    -------
    Design. The columns of the parts stand right after those that there were, in their order; then those of `levels`.
    """
    k = design.position(name)
    columns = list(design.columns)
    of_whole = columns[k]
    columns += [replace(of_whole, name=f"{name} · {label}") for label, _ in parts]
    first = len(design.columns)
    units = []
    for unit in design.units:
        if k not in unit.columns:
            units.append(unit)
            continue
        here = unit.columns != k
        whole = unit.X[:, ~here][:, 0]
        at, values = list(unit.columns[here]), list(unit.X[:, here].T)
        for number, (_, part) in enumerate(parts):
            value = part(unit, whole)
            if value is not None:
                at.append(first + number)
                values.append(value)
        for level in levels:
            value = level(unit, whole)
            if value is not None:
                at.append(len(columns))
                values.append(value)
                columns.append(Column(f"level of {unit.source}->{unit.target}", "control", unit.event_class, None))
        units.append(replace(unit, columns=np.array(at), X=np.array(values).T))
    return replace(design, columns=tuple(columns), units=tuple(units))
