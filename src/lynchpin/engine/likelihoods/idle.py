"""Idle dyads with effects of their own, summed through their actors.

Without effects the sum over pairs of exp(u_i + v_j) is a sum over senders times one over receivers, see
`SharedSums`. With an effect of each pair it is p' E q, where p = exp(u), q = exp(v) and E holds exp(effect),
zero on the diagonal: all sums over groups are products of matrices of actors by groups, and no idle dyad has a row.
"""

from __future__ import annotations

import numpy as np

from lynchpin.engine.likelihoods.rows import Shared
from lynchpin.engine.statistics.base import Floats


class IdleEffects:
    """Sums over everyone with everyone else of exp(eta), where eta = sender's term + receiver's term + effect.

    Parameters
    ----------
    shared : Shared
    beta : (k,)
    E : (n, n), exp of the effects of each pair, zero on the diagonal
    """

    def __init__(self, shared: Shared, beta: Floats, E: Floats) -> None:
        self.shared, self.k, self.E = shared, beta.size, E
        u = np.einsum("a,agn->gn", beta[shared.sender], shared.U) + beta[shared.constant].sum()
        v = np.einsum("a,agn->gn", beta[shared.receiver], shared.V)
        u_top, v_top = u.max(axis=1), v.max(axis=1)
        self.top: Floats = u_top + v_top
        self.p, self.q = np.exp(u - u_top[:, None]), np.exp(v - v_top[:, None])
        self.sent, self.received = self.p * (self.q @ E.T), self.q * (self.p @ E)  # sums by sender, by receiver

    def total(self, taken: Floats) -> Floats:
        """The sum of w = exp(eta - taken) of every group."""
        out: Floats = np.exp(self.top - taken) * self.sent.sum(axis=1)
        return out

    def first(self, taken: Floats) -> Floats:
        """Sums of w * x: (groups, k)."""
        shared, scale = self.shared, np.exp(self.top - taken)[:, None]
        out = np.zeros((self.top.size, self.k))
        out[:, shared.constant] = self.sent.sum(axis=1)[:, None]
        out[:, shared.sender] = np.einsum("gn,agn->ga", self.sent, shared.U)
        out[:, shared.receiver] = np.einsum("gn,agn->ga", self.received, shared.V)
        return out * scale

    def second(self, taken: Floats, factor: Floats) -> Floats:
        """The sum over groups of factor * w * x x': (k, k)."""
        s, r, c = self.shared.sender, self.shared.receiver, self.shared.constant
        f = (factor * np.exp(self.top - taken))[:, None]
        U, V, sent, received = self.shared.U, self.shared.V, f * self.sent, f * self.received
        out = np.zeros((self.k, self.k))
        out[np.ix_(s, s)] = np.einsum("gn,agn,bgn->ab", sent, U, U)
        out[np.ix_(r, r)] = np.einsum("gn,agn,bgn->ab", received, V, V)
        for a, u in zip(s, U, strict=True):
            out[a, r] = np.einsum("gn,bgn->b", ((f * self.p * u) @ self.E) * self.q, V)
            out[r, a] = out[a, r]
        out[np.ix_(c, c)] = float(sent.sum())
        for part, rest in ((s, np.einsum("gn,agn->a", sent, U)), (r, np.einsum("gn,agn->a", received, V))):
            out[np.ix_(c, part)] = rest
            out[np.ix_(part, c)] = np.broadcast_to(rest[:, None], (part.size, c.size))
        return out

    def by_pair(self, taken: Floats, factor: Floats) -> Floats:
        """The sum over groups of factor * w, pair by pair: (n, n)."""
        f = (factor * np.exp(self.top - taken))[:, None]
        out: Floats = ((f * self.p).T @ self.q) * self.E
        return out

    def first_by_pair(self, taken: Floats, factor: Floats) -> Floats:
        """The sum over groups of factor * w * x, pair by pair: (k, n, n)."""
        f, out = (factor * np.exp(self.top - taken))[:, None], np.zeros((self.k, *self.E.shape))
        p, q = f * self.p, self.q
        out[self.shared.constant] = (p.T @ q) * self.E
        for a, u in zip(self.shared.sender, self.shared.U, strict=True):
            out[a] = ((p * u).T @ q) * self.E
        for b, v in zip(self.shared.receiver, self.shared.V, strict=True):
            out[b] = (p.T @ (q * v)) * self.E
        return out


class SharedSums:
    """Sums of exp(eta), exp(eta) x and exp(eta) x x' over everyone with everyone, where eta = sender + receiver.

    They factorise: the sum over pairs of exp(u_i + v_j) is the sum over senders times the sum over receivers. A group
    of several strata has the sum of theirs.
    """

    def __init__(self, shared: Shared, beta: Floats) -> None:
        self.shared, self.k = shared, beta.size
        u = np.einsum("a,asn->sn", beta[shared.sender], shared.U) + (beta[shared.constant] @ shared.K)[:, None]
        v = np.einsum("a,asn->sn", beta[shared.receiver], shared.V)
        u_top, v_top = u.max(axis=1), v.max(axis=1)
        self._tops = u_top + v_top
        self.top: Floats = self._tops.reshape(-1, shared.per_group).max(axis=1)
        p, q = (np.exp(x - top[:, None]) * shared.stands_for for x, top in ((u, u_top), (v, v_top)))
        self._p, self._q = p.sum(axis=1), q.sum(axis=1)
        self._pu, self._qv = np.einsum("sn,asn->sa", p, shared.U), np.einsum("sn,asn->sa", q, shared.V)
        self._weights = p, q

    def _scale(self, taken: Floats) -> Floats:
        out: Floats = np.exp(self._tops - np.repeat(taken, self.shared.per_group))
        return out

    def _by_group(self, values: Floats) -> Floats:
        out: Floats = values.reshape(-1, self.shared.per_group, *values.shape[1:]).sum(axis=1)
        return out

    def first(self, taken: Floats) -> tuple[Floats, Floats]:
        """Sums of w, shape (groups,), and of w * x, (groups, columns), with exp(eta - taken) for w."""
        scale = self._scale(taken)
        total = scale * self._p * self._q
        out = np.zeros((total.size, self.k))
        out[:, self.shared.constant] = (total * self.shared.K).T
        out[:, self.shared.sender] = (scale * self._q)[:, None] * self._pu
        out[:, self.shared.receiver] = (scale * self._p)[:, None] * self._qv
        return self._by_group(total), self._by_group(out)

    def second(self, taken: Floats, factor: Floats) -> Floats:
        """The sum over groups of factor * w * x x', shape (columns, columns)."""
        s, r, c = self.shared.sender, self.shared.receiver, self.shared.constant
        f = np.repeat(factor, self.shared.per_group) * self._scale(taken)
        p, q = self._weights
        U, V, K = self.shared.U, self.shared.V, self.shared.K
        out = np.zeros((self.k, self.k))
        out[np.ix_(s, s)] = np.einsum("sn,asn,bsn->ab", (f * self._q)[:, None] * p, U, U)
        out[np.ix_(r, r)] = np.einsum("sn,asn,bsn->ab", (f * self._p)[:, None] * q, V, V)
        out[np.ix_(s, r)] = np.einsum("s,sa,sb->ab", f, self._pu, self._qv)
        out[np.ix_(r, s)] = out[np.ix_(s, r)].T
        out[np.ix_(c, c)] = (f * self._p * self._q * K) @ K.T
        for part, rest in ((s, (f * self._q)[:, None] * self._pu), (r, (f * self._p)[:, None] * self._qv)):
            out[np.ix_(c, part)] = K @ rest
            out[np.ix_(part, c)] = out[np.ix_(c, part)].T
        return out
