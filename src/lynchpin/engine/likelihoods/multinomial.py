"""The type model: of which type an event is, given that it happens. A multinomial logit against the first type.

    P(type c) proportional to exp(eta_c), eta of the first type zero

With two types (conflict, cooperation) it is a logistic regression. Reference: McFadden (1974), Conditional logit
analysis of qualitative choice behavior.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lynchpin.engine.likelihoods import ordinal
from lynchpin.engine.likelihoods.likelihood import Likelihood, Margins, Needs
from lynchpin.engine.likelihoods.rows import Block, Sums, Terms, moments
from lynchpin.engine.statistics.base import Floats


class TypedEvents(NamedTuple):
    """X : (columns, events); kind : (events,), the type of each, 0 .. kinds - 1, each of which happens"""

    X: Floats
    kind: NDArray[np.int64]


def sums(events: TypedEvents, beta: Floats) -> Sums:
    """Log-likelihood, gradient and information.

    Parameters
    ----------
    events : TypedEvents
    beta : ndarray, shape ((kinds - 1) * columns,): the columns of the second type, then of the third, ...
    """
    X, kind = events
    k = X.shape[0]
    others = beta.size // k
    log_p = _log_chances(X, beta)
    p = np.exp(log_p)
    gradient, information = np.empty(beta.size), np.empty((beta.size, beta.size))
    for a in range(others):
        mine = slice(a * k, (a + 1) * k)
        gradient[mine] = X @ ((kind == a + 1) - p[a + 1])
        for b in range(a + 1):
            block = moments(X, p[a + 1] * ((a == b) - p[b + 1]))[1]
            information[mine, b * k : (b + 1) * k] = block
            information[b * k : (b + 1) * k, mine] = block
    return Sums(float(log_p[kind, np.arange(kind.size)].sum()), gradient, information)


def _log_chances(X: Floats, beta: Floats) -> Floats:
    """Log of the chance of every type, given that something happens: (kinds, events)."""
    eta = np.vstack([np.zeros(X.shape[1]), beta.reshape(-1, X.shape[0]) @ X])
    eta -= eta.max(axis=0)
    out: Floats = eta - np.log(np.exp(eta).sum(axis=0))
    return out


def scores(events: TypedEvents, beta: Floats) -> Floats:
    """The gradient of every event: shape (events, parameters)."""
    X, kind = events
    p = np.exp(_log_chances(X, beta))
    return np.concatenate([X * ((kind == a) - p[a]) for a in range(1, len(p))]).T


def block_of(typed: TypedEvents, dyad: NDArray[np.int32], dyads: int) -> Block:
    """The same as a choice among types, for effects of senders, receivers or dyads: a row for every event and type.

    Each type but the first has columns and effects of its own: dyad d of type c is number (c - 1) * dyads + d. Two
    types need no row for the first: with one row for each event the groups are of no use.
    """
    X, kind = typed
    others, events = int(kind.max()), kind.size
    if others == 1:
        seen = np.flatnonzero(kind)
        return Block(
            X, np.array([0, events]), np.ones(1), np.array([0, seen.size]), seen, np.ones(seen.size), dyad=dyad
        )
    types = others + 1
    rows = np.zeros((others, X.shape[0], events, types))
    whose = np.full((events, types), -1, np.int32)
    for c in range(others):
        rows[c, :, :, c + 1] = X
        whose[:, c + 1] = c * dyads + dyad
    return Block(
        X=rows.reshape(others * X.shape[0], events * types),
        ptr=np.arange(events + 1) * types,
        exposure=np.ones(events),
        seen_ptr=np.arange(events + 1),
        seen_row=np.arange(events) * types + kind,
        seen_count=np.ones(events),
        dyad=whose.ravel(),
    )


def terms(block: Block, eta: Floats, idle: object = None) -> Terms:
    """The same, row by row, of a block from `block_of`: a logistic regression, or a choice among more types."""
    if block.ptr.size > 2:
        return ordinal.terms(block, eta)
    seen = block.seen_row
    value = float(eta[seen].sum() - np.logaddexp(0.0, eta).sum())
    p = 1.0 / (1.0 + np.exp(-np.clip(eta, -700.0, 700.0)))
    score = -p
    score[seen] += 1.0
    return Terms(value, score, p * (1.0 - p), np.empty((0, p.size)))


def residual(block: Block, beta: Floats) -> Floats:
    """Two types: what happened less what was expected, for every event."""
    return terms(block, block.eta(beta)).score


def null(margins: Margins) -> float:
    """The log-likelihood of the shares of the types."""
    count = margins.seen_count
    return float((count * np.log(count / count.sum())).sum())


TYPE = Likelihood(sums, terms, residual, null, Needs(events_only=True))
