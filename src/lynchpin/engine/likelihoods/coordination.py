"""The choice of coordination: which two agree on a tie, when both have to want it.

Each actor k would choose l with chance p_kl = exp(eta_kl) / sum over h of exp(eta_kh). That k and l meet has the chance

    p_kl p_lk / sum over pairs {g, h} of p_gh p_hg

The log-likelihood is no concave function of the coefficients, so that steps and errors go by the expected information,
the variance of the score, which is positive. Reference: Stadtfeld, Hollway and Block (2017), Dynamic Network Actor
Models: Investigating Coordination Ties through Time, Sociological Methodology 47(1).
"""

from __future__ import annotations

import numpy as np

from lynchpin.engine.likelihoods.likelihood import Likelihood, Margins, Needs
from lynchpin.engine.likelihoods.rows import Block, Sums, group_sums
from lynchpin.engine.statistics.base import Floats, Ints


class _Pairs:
    """What a group says: rows are k -> l of everyone with everyone, by k, then by l; a pair is its row with k < l."""

    def __init__(self, block: Block, g: int, eta: Floats) -> None:
        rows = slice(block.ptr[g], block.ptr[g + 1])
        assert block.i is not None and block.j is not None
        i, j = block.i[rows].astype(np.int64), block.j[rows].astype(np.int64)
        self.X, top = block.X[:, rows], int(max(i.max(), j.max())) + 1
        self.back: Ints = np.searchsorted(i * top + j, j * top + i)
        self.begins = np.flatnonzero(np.diff(i, prepend=-1))
        self.chooser = np.repeat(np.arange(self.begins.size), np.diff(np.append(self.begins, i.size)))
        eta = eta[rows]
        most = np.maximum.reduceat(eta, self.begins)[self.chooser]
        total = np.add.reduceat(np.exp(eta - most), self.begins)
        self.log_p = eta - most - np.log(total)[self.chooser]
        self.pair = np.flatnonzero(i < j)
        both = self.log_p[self.pair] + self.log_p[self.back[self.pair]]
        self.log_all = float(np.logaddexp.reduce(both))
        self.chance = np.exp(both - self.log_all)

    def z(self) -> Floats:
        """The slope of the log of each pair's chance, before its mean is off: (columns, pairs)."""
        weighted = np.add.reduceat(self.X * np.exp(self.log_p), self.begins, axis=1)
        less = self.X - weighted[:, self.chooser]
        out: Floats = less[:, self.pair] + less[:, self.back[self.pair]]
        return out


def sums(block: Block, beta: Floats) -> Sums:
    """Log-likelihood, gradient and expected information of a block, whose groups hold every choice of everyone."""
    k, eta = beta.size, block.eta(beta)
    value, gradient, information = 0.0, np.zeros(k), np.zeros((k, k))
    for g in range(block.ptr.size - 1):
        events = slice(block.seen_ptr[g], block.seen_ptr[g + 1])
        seen, count = block.seen_row[events] - block.ptr[g], block.seen_count[events]
        if not seen.size:
            continue
        said = _Pairs(block, g, eta)
        value += float(count @ (said.log_p[seen] + said.log_p[said.back[seen]] - said.log_all))
        z, acted = said.z(), np.searchsorted(said.pair, seen)
        mean, many = z @ said.chance, float(count.sum())
        gradient += z[:, acted] @ count - many * mean
        information += many * ((z * said.chance) @ z.T - np.outer(mean, mean))
    return Sums(value, gradient, information)


def residual(block: Block, beta: Floats) -> Floats:
    """What each row adds to the score, times its columns: (rows,)."""
    eta, out = block.eta(beta), np.zeros(block.X.shape[1])
    for g in range(block.ptr.size - 1):
        events = slice(block.seen_ptr[g], block.seen_ptr[g + 1])
        seen, count = block.seen_row[events] - block.ptr[g], block.seen_count[events]
        if not seen.size:
            continue
        said = _Pairs(block, g, eta)
        more = np.zeros(said.log_p.size)
        more[said.pair] = -count.sum() * said.chance
        np.add.at(more, seen, count)
        more[said.back[said.pair]] = more[said.pair]
        whole = np.add.reduceat(more, said.begins)
        out[block.ptr[g] : block.ptr[g + 1]] = more - np.exp(said.log_p) * whole[said.chooser]
    return out


def null(margins: Margins) -> float:
    """All pairs are then equally likely: rows are twice as many as they."""
    return -float(group_sums(margins.seen_count, margins.seen_ptr) @ np.log(margins.compared / 2.0))


COORDINATION = Likelihood(sums, None, residual, null, Needs(mutual=True))
