"""Effects that are curves: penalised splines whose smoothing the fit chooses.

A smooth effect puts f(x) in the place of b x, a varying one b(t) x. Each is a natural cubic spline held by the integral
of its squared second derivative; how hard, is what makes the record likeliest with the curve integrated out (Laplace's
approximation), found by the steps of Wood and Fasiolo (2017, Biometrics 73, 1071-1081). Bands are those of the
posterior that the penalty stands for, which cover on the average over the range (Marra and Wood 2012, Scandinavian
Journal of Statistics 39, 53-74).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.linalg import cho_factor, cho_solve

from lynchpin.defaults import KNOTS
from lynchpin.engine.rem.table import design
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import BadValue, DidNotConverge, UnknownName, suggest
from lynchpin.numbers import Z90
from lynchpin.results.curves import Curve, CurveKind, Curves

if TYPE_CHECKING:
    from lynchpin.engine.rem.result import RemFit

#: The fewest values that make a curve.
FEWEST_VALUES = 4

#: Smoothing is searched between these, times the size of the information; at the upper end a curve is straight.
_LEAST, _MOST = 1e-7, 1e7
_STEPS, _TURNS = 200, 60
_POINTS = 41

#: The likelihoods in which curves are fitted: which dyad, which receiver, when.
_KINDS = ("ordinal", "choice", "interval")


class Basis(NamedTuple):
    """A natural cubic spline by its values at knots, on the knots' own scale from nought to one."""

    low: float
    high: float
    spline: CubicSpline
    penalty: Floats

    def __call__(self, x: Floats) -> Floats:
        """Values of the basis: shape (x, knots)."""
        out: Floats = self.spline((np.asarray(x) - self.low) / (self.high - self.low))
        return out


def natural(values: Floats, knots: int = KNOTS) -> Basis:
    """A basis with knots at quantiles of the distinct values.

    Parameters
    ----------
    values : shape (n,), the distinct values, at least FEWEST_VALUES of them
    knots : int, 4 or more; no more than there are values

    Returns
    -------
    Basis, with the matrix of the integral of the squared second derivative
    """
    low, high = float(values.min()), float(values.max())
    at = np.quantile(values, np.linspace(0.0, 1.0, min(knots, values.size)))
    at = (np.unique(at) - low) / (high - low)
    spline = CubicSpline(at, np.eye(at.size), bc_type="natural")
    bend, gaps = spline(at, 2), np.diff(at)
    mass = np.diag(np.concatenate([gaps, [0.0]]) + np.concatenate([[0.0], gaps])) / 3.0
    mass += (np.diag(gaps, 1) + np.diag(gaps, -1)) / 6.0
    return Basis(low, high, spline, bend.T @ mass @ bend)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """The columns of one effect: where they stand, what they are made of, and what holds them."""

    name: str
    kind: CurveKind | None
    columns: slice
    basis: Basis | None = None
    within: Floats | None = None  # (knots, columns): what the columns are combinations of
    values: Floats | None = None  # what the curve goes over

    @property
    def penalty(self) -> Floats:
        """On the piece's own columns."""
        assert self.basis is not None and self.within is not None
        out: Floats = self.within.T @ self.basis.penalty @ self.within
        return out


class Likely(NamedTuple):
    """A likelihood at some coefficients."""

    value: float
    gradient: Floats
    information: Floats


#: From coefficients to the likelihood there.
Likelihood = Callable[[Floats], Likely]


def curves(fit: RemFit, *, smooth: Sequence[str] = (), varying: Sequence[str] = (), knots: int = KNOTS) -> Curves:
    """The model of a fit with some of its effects as curves.

    Parameters
    ----------
    fit : RemFit, ordinal, choice or interval, without random effects; what simultaneous events share is Breslow's
    smooth : names of effects whose log rate goes with the statistic in a curve
    varying : names of effects whose coefficient goes with time in a curve
    knots : int, 4 to 40: how fine a curve can be; the penalty keeps it as straight as the record allows

    Returns
    -------
    Curves

    Raises
    ------
    UnknownName : the fit has no such effect
    BadValue : another likelihood, an effect named twice, a statistic of too few values, or a design too large
    DidNotConverge : the record cannot tell the model
    """
    _check(fit, smooth, varying, knots)
    table = design(fit)
    names = [name for name in fit.names if name != "baseline"]
    when = table["time"]
    time = (when.cast(pl.Int64) / 86_400_000_000 if when.dtype == pl.Datetime else when).to_numpy().astype(float)
    X, pieces = _columns(table, names, fit, time, smooth, varying, knots)
    likely = _poisson(X, table) if fit.request.likelihood == "interval" else _conditional(X, table)
    begin = _straight(X.shape[1], pieces, fit)
    held = [piece for piece in pieces if piece.kind is not None]
    beta, at, smoothing = _settled(likely, begin, held)
    covariance: Floats = np.linalg.inv(at.information + _penalty(beta.size, held, smoothing)).astype(np.float64)
    freedom = np.diag(covariance @ at.information)
    told = tuple(
        _curve(piece, beta, covariance, float(freedom[piece.columns].sum()), strength, table["time"])
        for piece, strength in zip(held, smoothing, strict=True)
    )
    return Curves(
        likelihood=fit.request.likelihood,
        curves=told,
        coefficients=_coefficients(pieces, beta, covariance),
        log_likelihood=at.value,
        straight=likely(begin).value if not held else _best_straight(likely, begin, held),
        df=float(freedom.sum()),
        n_events=int(table["events"].sum()),
        n_rows=table.height,
        is_dated=when.dtype == pl.Datetime,
    )


def _check(fit: RemFit, smooth: Sequence[str], varying: Sequence[str], knots: int) -> None:
    request = fit.request
    if request.likelihood not in _KINDS:
        what = f"curves are not fitted under the {request.likelihood} likelihood"
        raise BadValue(what, "smooth, varying", f"use one of: {', '.join(_KINDS)}")
    if fit.random or fit.fixed or request.ties != "breslow":
        mend = "leave --random, --pool and --fix away, and --ties at breslow"
        raise BadValue("curves stand beside plain effects only", "smooth, varying", mend)
    if request.ridge or request.cluster != "none" or (request.undirected and request.likelihood == "choice"):
        what = "curves know no ridge, no clustered errors and no choice of coordination"
        raise BadValue(what, "smooth, varying", "leave --ridge, --cluster or --undirected away")
    if not 4 <= knots <= 40:
        raise BadValue(f"{knots} knots", "knots", "ask for 4 to 40")
    asked = [*smooth, *varying]
    if not asked:
        raise BadValue("no effect is to be a curve", "smooth, varying", "name one, as it stands in the summary")
    for name in asked:
        if name not in fit.names or name == "baseline":
            raise UnknownName(f"no coefficient {name!r}", "smooth, varying", suggest(name, fit.names))
        if asked.count(name) > 1:
            raise BadValue(f"{name} is named twice", "smooth, varying", "a curve goes over the statistic or over time")


def _columns(
    table: pl.DataFrame,
    names: Sequence[str],
    fit: RemFit,
    time: Floats,
    smooth: Sequence[str],
    varying: Sequence[str],
    knots: int,
) -> tuple[Floats, list[_Piece]]:
    """Every column of the model, and whose they are."""
    blocks: list[Floats] = []
    pieces: list[_Piece] = []

    def put(name: str, kind: CurveKind | None, block: Floats, *parts: object) -> None:
        start = sum(other.shape[1] for other in blocks)
        blocks.append(block)
        pieces.append(_Piece(name, kind, slice(start, start + block.shape[1]), *parts))  # type: ignore[arg-type]

    if "baseline" in fit.names:
        put("baseline", None, np.ones((table.height, 1)))
    for name in names:
        x = table[name].to_numpy().astype(float)
        if name not in smooth and name not in varying:
            put(name, None, x[:, None])
            continue
        over = x if name in smooth else time
        values, place = np.unique(over, return_inverse=True)
        if values.size < FEWEST_VALUES:
            what = f"{name} has {values.size} values" if name in smooth else f"there are {values.size} time points"
            raise BadValue(
                what, "smooth, varying", f"a curve needs {FEWEST_VALUES}: leave it straight, or take a factor"
            )
        basis = natural(values, knots)
        rows = basis(values)
        if name in varying:
            put(name, "varying", rows[place] * x[:, None], basis, np.eye(rows.shape[1]), values)
            continue
        # its level is not told apart from that of all rows: the curve's mean over them is nought
        mean = np.bincount(place, minlength=values.size) @ rows
        within = np.linalg.qr(mean[:, None], mode="complete")[0][:, 1:]
        put(name, "smooth", (rows @ within)[place], basis, within, values)
    return np.hstack(blocks), pieces


def _straight(columns: int, pieces: Sequence[_Piece], fit: RemFit) -> Floats:
    """The coefficients at which every curve is the straight line that was fitted."""
    beta = np.zeros(columns)
    estimate = dict(zip(fit.names, fit.estimate, strict=True))
    for piece in pieces:
        if piece.kind is None:
            beta[piece.columns] = estimate[piece.name]
            continue
        assert piece.basis is not None and piece.within is not None
        knots = piece.basis.low + piece.basis.spline.x * (piece.basis.high - piece.basis.low)
        line = estimate[piece.name] * (knots if piece.kind == "smooth" else np.ones(knots.size))
        beta[piece.columns] = np.linalg.lstsq(piece.within, line, rcond=None)[0]
        if piece.kind == "smooth" and "baseline" in estimate:  # what the centred line lost
            lost = (line - piece.within @ beta[piece.columns]).mean()
            beta[0] += lost
    return beta


# -- Likelihoods of a table.


def _conditional(X: Floats, table: pl.DataFrame) -> Likelihood:
    """Which of the rows of a comparison acted, given that one did: each event by itself."""
    begin = np.flatnonzero(np.diff(table["comparison"].to_numpy(), prepend=-1))
    events, log_weight = table["events"].to_numpy().astype(float), np.log(table["weight"].to_numpy())
    per_group = np.add.reduceat(events, begin)
    sizes = np.diff(np.append(begin, table.height))
    each = np.repeat(per_group, sizes)

    def likely(beta: Floats) -> Likely:
        score = X @ beta
        weighed = score + log_weight
        top = np.maximum.reduceat(weighed, begin)
        share = np.exp(weighed - np.repeat(top, sizes))
        total = np.add.reduceat(share, begin)
        share /= np.repeat(total, sizes)
        value = float(events @ score - per_group @ (top + np.log(total)))
        pull = each * share
        mean = np.add.reduceat(share[:, None] * X, begin, axis=0)
        information = X.T @ (pull[:, None] * X) - mean.T @ (per_group[:, None] * mean)
        return Likely(value, X.T @ (events - pull), information)

    return likely


def _poisson(X: Floats, table: pl.DataFrame) -> Likelihood:
    """When which dyad acted: rows are at risk for as long as their exposure."""
    events = table["events"].to_numpy().astype(float)
    exposure = table["exposure"].to_numpy() * table["weight"].to_numpy()

    def likely(beta: Floats) -> Likely:
        score = X @ beta
        mean = exposure * np.exp(np.minimum(score, 300.0))
        return Likely(float(events @ score - mean.sum()), X.T @ (events - mean), X.T @ (mean[:, None] * X))

    return likely


# -- The fit.


def _penalty(size: int, held: Sequence[_Piece], smoothing: Sequence[float]) -> Floats:
    out = np.zeros((size, size))
    for piece, strength in zip(held, smoothing, strict=True):
        out[piece.columns, piece.columns] += strength * piece.penalty
    return out


def _climb(likely: Likelihood, beta: Floats, penalty: Floats) -> tuple[Floats, Likely]:
    """The top of a penalised likelihood, by Newton's steps, halved where they lose.

    Raises
    ------
    DidNotConverge : there is none
    """
    at = likely(beta)
    value = at.value - 0.5 * float(beta @ penalty @ beta)
    for _ in range(_STEPS):
        slope = at.gradient - penalty @ beta
        bend = at.information + penalty
        bend[np.diag_indices_from(bend)] += 1e-10 * np.trace(bend) / beta.size
        try:
            step = cho_solve(cho_factor(bend), slope)
        except np.linalg.LinAlgError:
            break
        gain = float(slope @ step)
        if gain < 1e-8:
            return beta, at
        for _ in range(40):
            there = likely(beta + step)
            new = there.value - 0.5 * float((beta + step) @ penalty @ (beta + step))
            if np.isfinite(new) and new >= value:
                break
            step = step / 2.0
        beta, at, value = beta + step, there, new
    raise DidNotConverge(
        "the curves were not found",
        "smooth, varying",
        "the record tells too little: ask for fewer curves, or fewer knots",
    )


def _settled(likely: Likelihood, beta: Floats, held: Sequence[_Piece]) -> tuple[Floats, Likely, list[float]]:
    """Coefficients and smoothing in turn, until neither moves."""
    at = likely(beta)
    scale = [np.trace(at.information[p.columns, p.columns]) / np.trace(p.penalty) for p in held]
    smoothing = [float(s) for s in scale]
    ranks = [int(np.linalg.matrix_rank(piece.penalty, tol=1e-8 * np.trace(piece.penalty))) for piece in held]
    for _ in range(_TURNS):
        penalty = _penalty(beta.size, held, smoothing)
        beta, at = _climb(likely, beta, penalty)
        inverse = np.linalg.inv(at.information + penalty)
        moved = 0.0
        for k, piece in enumerate(held):
            own = beta[piece.columns]
            rough = float(own @ piece.penalty @ own)
            left = ranks[k] - smoothing[k] * float(np.trace(inverse[piece.columns, piece.columns] @ piece.penalty))
            wanted = max(left, 1e-12) / max(rough, 1e-300)
            bounded = float(np.clip(wanted, _LEAST * scale[k], _MOST * scale[k]))
            step = float(np.clip(1.5 * np.log(bounded / smoothing[k]), -4.0, 4.0))  # its own steps are short
            new = float(np.clip(smoothing[k] * np.exp(step), _LEAST * scale[k], _MOST * scale[k]))
            moved = max(moved, abs(np.log(new / smoothing[k])))
            smoothing[k] = new
        if moved < 1e-2:
            break
    beta, at = _climb(likely, beta, _penalty(beta.size, held, smoothing))
    return beta, at, smoothing


def _best_straight(likely: Likelihood, begin: Floats, held: Sequence[_Piece]) -> float:
    """The likelihood with every curve held straight, and a varying effect held level."""
    penalty = np.zeros((begin.size, begin.size))
    at = likely(begin)
    for piece in held:
        size = np.trace(at.information[piece.columns, piece.columns])
        bend = piece.penalty / np.trace(piece.penalty)
        if piece.kind == "varying":  # a straight line of time is not level: its slope is held too
            level = np.ones(bend.shape[0]) / np.sqrt(bend.shape[0])
            bend = np.eye(bend.shape[0]) - np.outer(level, level)
        penalty[piece.columns, piece.columns] = 1e7 * size * bend
    return _climb(likely, begin, penalty)[1].value


# -- What is told.


def _curve(piece: _Piece, beta: Floats, covariance: Floats, freedom: float, strength: float, when: pl.Series) -> Curve:
    assert piece.basis is not None and piece.within is not None and piece.values is not None and piece.kind is not None
    values = piece.values
    spread = [np.linspace(values[0], values[-1], _POINTS), np.quantile(values, np.linspace(0.0, 1.0, _POINTS))]
    at = np.unique(np.concatenate(spread))
    rows, reference = piece.basis(at), None
    if piece.kind == "smooth":
        reference = 0.0 if values[0] <= 0.0 <= values[-1] else float(values[0])
        rows = rows - piece.basis(np.array([reference]))
    rows = rows @ piece.within
    value = rows @ beta[piece.columns]
    error = np.sqrt(np.einsum("ij,jk,ik->i", rows, covariance[piece.columns, piece.columns], rows))
    points = pl.DataFrame({"at": at, "value": value, "lower": value - Z90 * error, "upper": value + Z90 * error})
    if piece.kind == "varying" and when.dtype == pl.Datetime:
        days = (pl.col("at") * 86_400_000_000).round().cast(pl.Int64).cast(pl.Datetime("us"))
        points = points.with_columns(at=days)
    return Curve(piece.name, piece.kind, points, reference, freedom, strength)


def _coefficients(pieces: Sequence[_Piece], beta: Floats, covariance: Floats) -> pl.DataFrame:
    at = [piece.columns.start for piece in pieces if piece.kind is None]
    error: NDArray[np.float64] = np.sqrt(np.diag(covariance)[at])
    return pl.DataFrame(
        {
            "name": pl.Series([piece.name for piece in pieces if piece.kind is None], dtype=pl.String),
            "estimate": beta[at],
            "se": error,
            "lower": beta[at] - Z90 * error,
            "upper": beta[at] + Z90 * error,
        }
    )
