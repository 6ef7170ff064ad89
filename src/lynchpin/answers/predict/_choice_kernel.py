"""Kernels of the choice model: the utility of every candidate, and one pass of stochastic gradient over the questions.

Statistics are kept as whole numbers of `STEP`, which halves their room twice; a weight is in units of its column's
spread, so `scale` (one over the spread) turns one into the other.
"""

from __future__ import annotations

import numpy as np

from lynchpin.engine.compiled import njit

STEP = 1.0 / 1024.0


@njit(cache=True, nogil=True, fastmath=True)
def weights_of(q, r, W, D, E, z, scale, w):
    """w[f]: the weight of column f in one question, per unit of the statistic as it is kept."""
    for f in range(w.size):
        w[f] = W[f] + D[r, f]
    for j in range(E.shape[0]):
        for f in range(w.size):
            w[f] += z[q, j] * E[j, f]
    for f in range(w.size):
        w[f] *= scale[f] * np.float32(STEP)


@njit(cache=True, nogil=True, fastmath=True)
def utilities(X, size, r, z, W, D, E, scale, out):
    """out: (questions, most), the utility of each candidate; X: (questions, most, columns), in steps."""
    w = np.empty(X.shape[2], np.float32)
    for q in range(X.shape[0]):
        weights_of(q, r[q], W, D, E, z, scale, w)
        for k in range(size[q]):
            v = np.float32(0.0)
            for f in range(w.size):
                v += X[q, k, f] * w[f]
            out[q, k] = v


@njit(cache=True, nogil=True, fastmath=True)
def question_gradient(X, size, q, answers, w, u, g):
    """Gradient of the negative log likelihood of one question's answers, per unit as kept; -> that value.

    X: (questions, most, columns); answers: (facts,), places in the shortlist; u: (most,), g: (columns,), room
    """
    n = size[q]
    top = np.float32(-1e30)
    for k in range(n):
        v = np.float32(0.0)
        for f in range(w.size):
            v += X[q, k, f] * w[f]
        u[k] = v
        top = max(top, v)
    total = np.float32(0.0)
    for k in range(n):
        u[k] = np.exp(u[k] - top)
        total += u[k]
    loss = 0.0
    for k in range(n):
        u[k] *= answers.size / total
    for y in answers:
        loss -= np.log(u[y] / answers.size + 1e-30)
    for y in answers:
        u[y] -= 1.0
    for f in range(w.size):
        g[f] = 0.0
    for k in range(n):
        p = u[k]
        if abs(p) < 1e-6:
            continue
        for f in range(w.size):
            g[f] += p * X[q, k, f]
    return loss


@njit(cache=True, nogil=True, fastmath=True)
def adam(theta, gradient, m, v, rate, step, ridge, floor):
    """One step of Adam (Kingma & Ba 2015) on a matrix of weights; the gradient is emptied."""
    b1, b2 = np.float32(0.9), np.float32(0.99)
    c1, c2 = np.float32(1.0 - 0.9**step), np.float32(1.0 - 0.99**step)
    for i in range(theta.shape[0]):
        for f in range(theta.shape[1]):
            g = gradient[i, f] + ridge * theta[i, f]
            m[i, f] = b1 * m[i, f] + (1 - b1) * g
            v[i, f] = b2 * v[i, f] + (1 - b2) * g * g
            theta[i, f] -= rate * (m[i, f] / c1) / (np.sqrt(v[i, f] / c2) + floor)
            gradient[i, f] = 0.0


@njit(cache=True, nogil=True, fastmath=True)
def one_batch(X, size, r, z, start, places, W, D, E, scale, moments, ridges, rate, step, steps, loss):
    """One step of stochastic gradient over the questions of a batch; -> loss with theirs added, facts, step.

    X: (questions, most, columns), in steps; start: (questions + 1,), where the answers of a question begin in places;
    W: (1, columns), D: (relations, columns), E: (descriptors, columns), changed in place; moments: six arrays like them
    """
    n_f = W.shape[1]
    w, g, u = np.empty(n_f, np.float32), np.empty(n_f, np.float32), np.empty(X.shape[1], np.float32)
    gW, gD, gE = np.zeros_like(W), np.zeros_like(D), np.zeros_like(E)
    held = 0
    for q in range(X.shape[0]):
        answers = places[start[q] : start[q + 1]]
        if answers.size == 0:
            continue
        weights_of(q, r[q], W[0], D, E, z, scale, w)
        loss += question_gradient(X, size, q, answers, w, u, g)
        held += answers.size
        for f in range(n_f):
            g[f] *= scale[f] * np.float32(STEP)
            gW[0, f] += g[f]
            gD[r[q], f] += g[f]
        for j in range(E.shape[0]):
            for f in range(n_f):
                gE[j, f] += z[q, j] * g[f]
    if held > 0:
        step += 1
        now = np.float32(rate * 0.5 * (1.0 + np.cos(np.pi * step / steps)))
        share = np.float32(1.0 / held)
        gW *= share
        gD *= share
        gE *= share
        adam(W, gW, moments[0], moments[1], now, step, ridges[0], np.float32(1e-8))
        adam(D, gD, moments[2], moments[3], now, step, ridges[1], np.float32(1e-5))
        adam(E, gE, moments[4], moments[5], now, step, ridges[2], np.float32(1e-8))
    return loss, held, step


@njit(cache=True, nogil=True, fastmath=True)
def loss_and_gradient(X, size, r, z, start, places, W, D, E, scale, group, gradient, loss):
    """Negative log likelihood of all answers, added to loss, and its gradient in W, added to gradient (groups, columns)
    in the line of each question's group; group: (questions,); the rest as for `one_batch`, W: (columns,)."""
    w, g, u = np.empty(W.size, np.float32), np.empty(W.size, np.float32), np.empty(X.shape[1], np.float32)
    for q in range(X.shape[0]):
        answers = places[start[q] : start[q + 1]]
        if answers.size == 0:
            continue
        weights_of(q, r[q], W, D, E, z, scale, w)
        loss += question_gradient(X, size, q, answers, w, u, g)
        for f in range(W.size):
            gradient[group[q], f] += g[f] * scale[f] * STEP
    return loss


@njit(cache=True, nogil=True)
def whole_steps(X, out):
    """Statistics as whole numbers of `STEP`, to the even one of two as near, at most 32767 in size; both flat."""
    for i in range(X.size):
        out[i] = np.int16(min(max(np.rint(X[i] / np.float32(STEP)), np.float32(-32767.0)), np.float32(32767.0)))
