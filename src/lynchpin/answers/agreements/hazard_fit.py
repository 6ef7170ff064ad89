"""The fit of the competing hazards: nine penalised Poisson regressions that share the variances of their priors.

Everything but `base` is shrunk toward zero by a Gaussian prior. The prior's variances, one for all coefficients, one
for all kinds, one for all agreements, are shared by the nine moves and estimated from the rows at hand by empirical
Bayes (`laplace.evidence_of`), never from anything later or from an agreement that is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.linalg import cho_solve, cholesky

from lynchpin.answers.agreements.covariates import Mask
from lynchpin.answers.agreements.hazards import COLUMNS, POSSIBLE, Hazards, Posterior, column_values
from lynchpin.answers.agreements.spells import Spells
from lynchpin.answers.agreements.stages import MOVES, STANDINGS
from lynchpin.engine.likelihoods.laplace import evidence_of
from lynchpin.engine.likelihoods.newton import ascend, lower_inverse
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import DidNotConverge

#: A standing's base beside the move's own rate: one in twenty lies further off than a factor of exp(2 * 1.5).
_BASE_SD = 1.5

_VARIANCE_STEPS, _NEWTON_STEPS = 60, 30
_SD_RANGE = 0.02, 2.0
_LONGEST_STEP = 3.0  # in log hazards: where nobody moved, Newton would run off
_FEWEST_MOVES = 20


def fit_hazards(spells: Spells, start: Hazards | None = None) -> Hazards:
    """Fit the hazards of every move.

    Parameters
    ----------
    spells : Spells, the rows at hand
    start : Hazards of much the same rows, to begin from: the answer is the same within the tolerance, sooner

    Returns
    -------
    Hazards

    Raises
    ------
    DidNotConverge : fewer than 20 moves are in the rows
    """
    made = int((spells.move >= 0).sum())
    if made < _FEWEST_MOVES:
        raise DidNotConverge(
            f"{made} moves of agreements are not enough to learn from: {_FEWEST_MOVES} are the least",
            "the stage file",
            "ask for a later --as-of, or add agreements to the case",
        )
    frame = _Frame.of(spells)
    q, n_kinds = len(STANDINGS), len(frame.kinds)
    sizes = (1, q, len(COLUMNS), n_kinds, len(spells.ids))
    edges = np.cumsum((0, *sizes))
    blocks = [slice(a, b) for a, b in pairwise(edges)]
    sds = np.full(3, 0.5)
    beta = [np.zeros(edges[-1]) for _ in MOVES]
    for k, b in enumerate(beta):  # from the plain rate of each move
        b[0] = np.log((frame.count[:, k].sum() + 0.5) / (frame.weeks[frame.at_risk(k)].sum() + 1.0))
    if start is not None:
        sds = np.array([start.coefficient_sd, start.kind_sd, start.agreement_sd])
        beta = [
            _carried(posterior.mode, start, old, frame.kinds, spells.ids)
            for posterior, old in zip(start.moves, beta, strict=True)
        ]
    factors = [np.empty((0, 0)) for _ in MOVES]
    risks = [frame.move(k) for k in range(len(MOVES))]
    for step in range(_VARIANCE_STEPS):
        precision = np.concatenate(
            [[1e-2], np.full(q, _BASE_SD**-2), *(np.full(n, s**-2) for n, s in zip(sizes[2:], sds, strict=True))]
        )
        evidence = np.zeros((3, 2))
        for k in range(len(MOVES)):
            beta[k], factors[k] = _mode(risks[k], beta[k], precision, 1 if step else _NEWTON_STEPS)
            variance = np.square(lower_inverse(factors[k])).sum(axis=0)
            evidence += [evidence_of(beta[k][block], variance[block], precision[block]) for block in blocks[2:]]
        size, known = evidence.T
        new = np.clip(np.sqrt(size / np.maximum(known, 1e-9)), *_SD_RANGE)
        moved = np.abs(np.log(new / sds)).max()
        sds = new
        if moved < 1e-2:
            break
    precision[1 + q :] = np.repeat(sds**-2, sizes[2:])
    for k in range(len(MOVES)):
        beta[k], factors[k] = _mode(risks[k], beta[k], precision, _NEWTON_STEPS)
    return Hazards(
        moves=tuple(Posterior(b, f) for b, f in zip(beta, factors, strict=True)),
        kinds=frame.kinds,
        ids=spells.ids,
        centre=frame.centre,
        scale=frame.scale,
        coefficient_sd=float(sds[0]),
        kind_sd=float(sds[1]),
        agreement_sd=float(sds[2]),
        n_moves=frame.count.sum(axis=0).astype(np.int64),
        weeks=float(spells.weeks.sum()),
    )


def _carried(mode: Floats, start: Hazards, fresh: Floats, kinds: tuple[str, ...], ids: tuple[str, ...]) -> Floats:
    """A move's coefficients of an earlier fit, for the kinds and agreements of this one; new ones begin at zero."""
    fixed = 1 + len(STANDINGS) + len(COLUMNS)
    beta = fresh.copy()
    beta[:fixed] = mode[:fixed]
    names = [*(("kind", name) for name in start.kinds), *(("agreement", name) for name in start.ids)]
    at = {name: fixed + k for k, name in enumerate(names)}
    for k, name in enumerate([*(("kind", name) for name in kinds), *(("agreement", name) for name in ids)]):
        beta[fixed + k] = mode[at[name]] if name in at else 0.0
    return beta


@dataclass(frozen=True, slots=True, eq=False)
class _Move:
    """The rows at risk of one move: fixed columns, the agreement of each row, weeks at risk, moves made."""

    fixed: Floats  # (rows, f)
    agreement: Ints  # ascending
    n_agreements: int
    weeks: Floats
    count: Floats

    def eta(self, beta: Floats) -> Floats:
        f = self.fixed.shape[1]
        out: Floats = self.fixed @ beta[:f] + beta[f:][self.agreement]
        return out


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """All rows as one design; rows alike are added up, which leaves the likelihood as it is."""

    fixed: Floats  # (rows, 1 + standings + columns + kinds)
    standing: Ints
    agreement: Ints
    n_agreements: int
    weeks: Floats
    count: Floats  # (rows, moves)
    kinds: tuple[str, ...]
    centre: Floats
    scale: Floats

    @classmethod
    def of(cls, spells: Spells) -> _Frame:
        inside = ~np.isnan(spells.x).any(axis=1)
        centre, scale = _moments(spells.x[inside], spells.weeks[inside])
        kinds = tuple(sorted(set(spells.kinds)))
        kind = np.array([kinds.index(name) for name in spells.kinds], dtype=np.int64)
        blank = Hazards((), kinds, spells.ids, centre, scale, 0.0, 0.0, 0.0, np.zeros(0, dtype=np.int64), 0.0)
        columns = column_values(blank, spells.x, spells.piece, spells.setbacks, spells.is_fresh, spells.is_new)
        made = np.zeros((spells.move.size, len(MOVES)))
        made[np.flatnonzero(spells.move >= 0), spells.move[spells.move >= 0]] = 1.0
        key = np.column_stack([spells.agreement, spells.standing, columns])
        _, first, group = np.unique(key, axis=0, return_index=True, return_inverse=True)
        weeks: Floats = np.bincount(group.ravel(), weights=spells.weeks).astype(np.float64)
        count = np.zeros((first.size, len(MOVES)))
        np.add.at(count, group.ravel(), made)
        standing, agreement = spells.standing[first], spells.agreement[first]
        fixed = np.column_stack(
            [
                np.ones(first.size),
                np.eye(len(STANDINGS))[standing],
                columns[first],
                np.eye(len(kinds))[kind[agreement]] if kinds else np.empty((0, 0)),
            ]
        )
        return cls(fixed, standing, agreement, len(spells.ids), weeks, count, kinds, centre, scale)

    def at_risk(self, k: int) -> Mask:
        possible: Mask = POSSIBLE[k][self.standing]
        return possible

    def move(self, k: int) -> _Move:
        rows = self.at_risk(k)
        return _Move(self.fixed[rows], self.agreement[rows], self.n_agreements, self.weeks[rows], self.count[rows, k])


def _moments(x: Floats, weeks: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each covariate over the weeks at risk."""
    if not weeks.sum() > 0.0:
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    centre = np.average(x, axis=0, weights=weeks)
    scale = np.sqrt(np.average(np.square(x - centre), axis=0, weights=weeks))
    return centre, np.where(scale > 1e-9, scale, 1.0)


class _Point:
    """A point of one move's log posterior, up to a constant; `factor`: Cholesky's, of the curvature there."""

    def __init__(self, move: _Move, beta: Floats, precision: Floats) -> None:
        self._move, self._beta, self._precision, self._eta = move, beta, precision, move.eta(beta)
        fitted = move.weeks * np.exp(np.minimum(self._eta, 30.0))
        self.value = float(move.count @ self._eta - fitted.sum() - 0.5 * precision @ np.square(beta))
        self.factor: Floats = np.empty((0, 0))

    def step(self) -> tuple[Floats, Floats]:
        """Slope and Newton's step."""
        move, f, n = self._move, self._move.fixed.shape[1], self._move.n_agreements
        mu = move.weeks * np.exp(self._eta)
        short = move.count - mu
        slope = np.concatenate([move.fixed.T @ short, np.bincount(move.agreement, weights=short, minlength=n)])
        slope -= self._precision * self._beta
        weighted = move.fixed * mu[:, None]
        curvature = np.diag(self._precision.copy())
        curvature[:f, :f] += move.fixed.T @ weighted
        cross = _by_agreement(weighted, move.agreement, n)
        curvature[f:, :f] += cross
        curvature[:f, f:] += cross.T
        curvature[np.arange(f, f + n), np.arange(f, f + n)] += np.bincount(move.agreement, weights=mu, minlength=n)
        self.factor = cholesky(curvature, lower=True)
        return slope, cho_solve((self.factor, True), slope)


def _mode(move: _Move, beta: Floats, precision: Floats, most: int) -> tuple[Floats, Floats]:
    """A move's mode after at most so many steps, and the Cholesky factor of the curvature where the last one began."""

    def look(at: Floats) -> _Point:
        return _Point(move, at, precision)

    ascent = ascend(look, beta, is_near=lambda step, rise: rise < 1e-8, steps=most, longest=_LONGEST_STEP)
    return ascent.end, ascent.solved.factor


def _by_agreement(rows: Floats, agreement: Ints, n: int) -> Floats:
    """Sums of rows of each agreement: (n, columns); `agreement` is ascending."""
    out = np.zeros((n, rows.shape[1]))
    if agreement.size:
        first = np.flatnonzero(np.r_[True, agreement[1:] != agreement[:-1]])
        out[agreement[first]] = np.add.reduceat(rows, first, axis=0)
    return out
