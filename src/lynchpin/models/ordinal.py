"""The ordinal likelihood: which dyad acts next, given that one does. A Cox partial likelihood stratified by time point.

    log L = sum over events of eta - sum over groups of the log of the sum of exp(eta) of all that could have acted

with as many logarithms as there are simultaneous events: all with the whole sum (Breslow), or each with less of the
events themselves (Efron). The choice of a receiver is the same with a sender's receivers as the group. References:
Butts (2008), Sociological Methodology 38; Cox (1975), Biometrika 62; Efron (1977), J. American Statistical
Association 72.
"""

from __future__ import annotations

import numpy as np

from lynchpin.models._pooled_kernels import strata_terms
from lynchpin.models._row_kernels import less_group_maximum, strata_sums
from lynchpin.models.idle_effects import IdleEffects
from lynchpin.models.rows import Block, Shared, Sums, Terms, group_sums
from lynchpin.statistics._base import Floats, Ints


def sums(block: Block, beta: Floats, *, efron: bool = False) -> Sums:
    """Log-likelihood, gradient and observed information of a block.

    Parameters
    ----------
    block : Block
    beta : ndarray, shape (columns,)
    efron : bool, Efron's treatment of simultaneous events in place of Breslow's
    """
    k, groups = beta.size, block.ptr.size - 1
    eta = block.eta(beta)
    events = group_sums(block.seen_count, block.seen_ptr)
    value = float(block.seen_count @ eta[block.seen_row])
    if block.log_weight is not None:  # a case stands for itself
        value -= float(block.seen_count @ block.log_weight[block.seen_row])
    gradient = block.X[:, block.seen_row] @ block.seen_count
    second, per_row = np.zeros((k, k)), np.zeros(groups)
    idle = None if block.shared is None else SharedSums(block.shared, beta)
    floor = np.full(groups, -np.inf) if idle is None else idle.top
    taken = less_group_maximum(eta, block.ptr, floor)
    w = np.exp(eta, out=eta)
    if block.sign is not None:
        w *= block.sign
    extra, extra_first = (np.zeros(groups), np.zeros((groups, k))) if idle is None else idle.first(taken)
    value += strata_sums(
        block.X,
        w,
        block.ptr,
        block.seen_ptr,
        block.seen_row,
        block.seen_count,
        efron,
        extra,
        extra_first,
        gradient,
        second,
        per_row,
    )
    value -= float(events @ np.where(events > 0, taken, 0.0))
    information = second + np.tril(second, -1).T
    if idle is not None:
        information += idle.second(taken, per_row)
    return Sums(value, gradient, information)


def terms(block: Block, eta: Floats, idle: IdleEffects | None = None, *, efron: bool = False) -> Terms:
    """The same, row by row; eta: (rows,), with the log weight of sampled rows; it is overwritten."""
    seen, count, groups = block.seen_row, block.seen_count, block.ptr.size - 1
    value = float(count @ eta[seen])
    if block.log_weight is not None:
        value -= float(count @ block.log_weight[seen])
    taken = less_group_maximum(eta, block.ptr, np.full(groups, -np.inf) if idle is None else idle.top)
    w = np.exp(eta, out=eta)
    if block.sign is not None:
        w *= block.sign
    extra = np.zeros(groups) if idle is None else idle.total(taken)
    score, curvature, means, everyone = np.zeros(w.size), np.zeros(w.size), np.zeros((2, w.size)), np.zeros((2, groups))
    value += strata_terms(w, block.ptr, block.seen_ptr, seen, count, efron, extra, score, curvature, means, everyone)
    score[seen] += count
    events = group_sums(count, block.seen_ptr)
    value -= float(events @ np.where(events > 0, taken, 0.0))
    return Terms(value, score, curvature, means if efron else means[:1], everyone, taken)


def null_value(at_risk: Ints, events: Floats, counts_tied: bool) -> float:
    """The log-likelihood when all dyads are equally likely; `counts_tied`: Efron's."""
    if not counts_tied:
        return -float(events @ np.log(at_risk))
    return -sum(
        float(np.log(n - np.arange(d) / d * d).sum()) for n, d in zip(at_risk, events.astype(int), strict=True) if d
    )


def expected(block: Block, beta: Floats) -> Floats:
    """The chance of every row to be the one that acts, within its group (Breslow)."""
    eta = block.eta(beta)
    less_group_maximum(eta, block.ptr, np.full(block.ptr.size - 1, -np.inf))
    w = np.exp(eta, out=eta)
    sizes = np.diff(block.ptr)
    out: Floats = w / np.repeat(group_sums(w, block.ptr), sizes)
    return out


class SharedSums:
    """Sums of exp(eta), exp(eta) x and exp(eta) x x' over everyone with everyone, where eta = sender + receiver.

    They factorise: the sum over pairs of exp(u_i + v_j) is the sum over senders times the sum over receivers.
    """

    def __init__(self, shared: Shared, beta: Floats) -> None:
        self.shared, self.k = shared, beta.size
        u = np.einsum("a,agn->gn", beta[shared.sender], shared.U) + beta[shared.constant].sum()
        v = np.einsum("a,agn->gn", beta[shared.receiver], shared.V)
        self._u_top, self._v_top = u.max(axis=1), v.max(axis=1)
        self.top: Floats = self._u_top + self._v_top
        p, q = (np.exp(x - top[:, None]) * shared.stands_for for x, top in ((u, self._u_top), (v, self._v_top)))
        self._p, self._q = p.sum(axis=1), q.sum(axis=1)
        self._pu, self._qv = np.einsum("gn,agn->ga", p, shared.U), np.einsum("gn,agn->ga", q, shared.V)
        self._weights = p, q

    def first(self, taken: Floats) -> tuple[Floats, Floats]:
        """Sums of w, shape (groups,), and of w * x, (groups, columns), with exp(eta - taken) for w."""
        scale = np.exp(self.top - taken)
        total = scale * self._p * self._q
        out = np.zeros((total.size, self.k))
        out[:, self.shared.constant] = total[:, None]
        out[:, self.shared.sender] = (scale * self._q)[:, None] * self._pu
        out[:, self.shared.receiver] = (scale * self._p)[:, None] * self._qv
        return total, out

    def second(self, taken: Floats, factor: Floats) -> Floats:
        """The sum over groups of factor * w * x x', shape (columns, columns)."""
        s, r, c = self.shared.sender, self.shared.receiver, self.shared.constant
        f = factor * np.exp(self.top - taken)
        p, q = self._weights
        out = np.zeros((self.k, self.k))
        out[np.ix_(s, s)] = np.einsum("gn,agn,bgn->ab", (f * self._q)[:, None] * p, self.shared.U, self.shared.U)
        out[np.ix_(r, r)] = np.einsum("gn,agn,bgn->ab", (f * self._p)[:, None] * q, self.shared.V, self.shared.V)
        out[np.ix_(s, r)] = np.einsum("g,ga,gb->ab", f, self._pu, self._qv)
        out[np.ix_(r, s)] = out[np.ix_(s, r)].T
        out[np.ix_(c, c)] = float((f * self._p * self._q).sum())
        for part, rest in ((s, (f * self._q) @ self._pu), (r, (f * self._p) @ self._qv)):
            out[np.ix_(c, part)] = rest
            out[np.ix_(part, c)] = np.broadcast_to(rest[:, None], (part.size, c.size))
        return out
