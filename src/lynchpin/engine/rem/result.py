"""A fitted stream: a frozen record that prints, draws, saves and predicts. No maths."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lynchpin.engine.likelihoods.effects import RandomEffects
from lynchpin.engine.rem.conventions import conventions, silent_actors
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.fixed import full
from lynchpin.engine.rem.request import Request
from lynchpin.engine.rem.saved import read, write
from lynchpin.engine.rem.times import POINTS, Clock, half_life_words
from lynchpin.engine.statistics import catalogue
from lynchpin.engine.statistics.base import Floats
from lynchpin.numbers import Z90


@dataclass(frozen=True, slots=True, eq=False)
class RemFit:
    """A relational event model fitted to a stream.

    `covariance` is the inverse of the observed information; `robust` the sandwich, where clusters were asked for:
    standard errors then come from it. `n_time_points` is what BIC and AICc count. `seconds`: CPU time of the fit.
    With random effects `log_likelihood` has them integrated out (Laplace), and their standard deviations count as
    parameters. `fixed`: coefficients that were given, by their place among all; `names` and `estimate` are of the
    others. `notes`: what of the inputs was mended, left out, or taken in one of two ways.
    """

    names: tuple[str, ...]
    estimate: Floats
    covariance: Floats
    robust: Floats | None
    log_likelihood: float
    null_log_likelihood: float
    n_events: int
    n_time_points: int
    n_dyads: int
    n_rows: int
    passes: int
    seconds: float
    request: Request
    stream: EventStream
    half_life_interval: tuple[float, float] | None = None
    half_life: float | None = None  # the one that was fitted; None where none was
    half_life_open: tuple[bool, bool] = (False, False)  # an end of its interval is the edge of what was searched
    random: tuple[RandomEffects, ...] = ()
    notes: tuple[str, ...] = ()
    fixed: Mapping[int, float] = field(default_factory=dict)

    @property
    def every_estimate(self) -> Floats:
        """With the coefficients that were given, in the order of the effects."""
        return full(self.estimate, self.fixed)

    @property
    def se(self) -> Floats:
        out: Floats = np.sqrt(np.diag(self.covariance if self.robust is None else self.robust))
        return out

    @property
    def deviance(self) -> float:
        return -2.0 * self.log_likelihood

    @property
    def n_parameters(self) -> int:
        return len(self.names) + len(self.random)

    @property
    def aic(self) -> float:
        return self.deviance + 2.0 * self.n_parameters

    @property
    def bic(self) -> float:
        return self.deviance + float(np.log(self.n_time_points)) * self.n_parameters

    @property
    def aicc(self) -> float:
        k = self.n_parameters
        return self.aic + 2.0 * k * (k + 1) / max(self.n_time_points - k - 1, 1)

    def to_frame(self) -> pl.DataFrame:
        """One row per coefficient: name, estimate, se, z, p, lower, upper (90 %)."""

        return coefficients(self)

    def random_frame(self) -> pl.DataFrame:
        """One row per random effect: of (sender, receiver or dyad), sender, receiver, type, effect, se."""

        return random_effects(self)

    def to_dict(self) -> dict[str, Any]:
        """The `--json` answer: numbers whole, not shortened."""

        return answer(self)

    def summary(self) -> str:
        """The table of the field, and every convention that a number rests on."""

        return summary_text(self)

    def save(self, path: str | Path) -> Path:
        """Write the fit with its events to one file (a zip of plain arrays and a JSON text).

        A file that is there already is replaced where it is a saved fit, and by a whole one.

        Raises
        ------
        BadData : the file is of another kind, or cannot be written
        """
        stream = self.stream
        about = {
            "names": self.names,
            "actors": stream.actors,
            "kinds": stream.kinds,
            "is_dated": stream.is_dated,
            "unit": stream.unit,
            "weighed_by": stream.weighed_by,
            "left_out": stream.left_out,
            "is_listed": stream.is_listed,
            "notes": self.notes,
            "fixed": list(self.fixed.items()),
            "request": self.request.to_dict(),
            "half_life_interval": self.half_life_interval,
            "half_life": self.half_life,
            "half_life_open": list(self.half_life_open),
            "random": [factor.about() for factor in self.random],
            **{name: getattr(self, name) for name in _NUMBERS},
        }
        arrays = {name: getattr(stream, name) for name in _STREAM} | {
            "estimate": self.estimate,
            "covariance": self.covariance,
            "robust": np.empty(0) if self.robust is None else self.robust,
        }
        for k, factor in enumerate(self.random):
            arrays |= {f"random {k} {name}": getattr(factor, name) for name in _LEVELS}
        return write(path, about, arrays)


_NUMBERS = (
    "log_likelihood",
    "null_log_likelihood",
    "n_events",
    "n_time_points",
    "n_dyads",
    "n_rows",
    "passes",
    "seconds",
)
_LEVELS = ("i", "j", "effect", "se")
_STREAM = ("when", "src", "dst", "kind", "weight")


def load_rem(path: str | Path) -> RemFit:
    """Read a fit that `RemFit.save` wrote.

    Raises
    ------
    BadData : no such file, or another kind of file
    """
    about, arrays = read(path)
    stream = EventStream(
        **{name: arrays[name] for name in _STREAM},
        actors=tuple(about["actors"]),
        kinds=tuple(about["kinds"]),
        is_dated=about["is_dated"],
        unit=about.get("unit", "d"),
        weighed_by=about.get("weighed_by", ""),
        left_out=tuple(about.get("left_out", ())),
        is_listed=about.get("is_listed", False),
    )
    interval = about["half_life_interval"]
    is_open = about.get("half_life_open", (False, False))
    return RemFit(
        names=tuple(about["names"]),
        estimate=arrays["estimate"],
        covariance=arrays["covariance"],
        robust=arrays["robust"] if arrays["robust"].size else None,
        request=Request.from_dict(about["request"]),
        stream=stream,
        random=tuple(
            RandomEffects(
                **{**told, "type": tuple(told["type"])}, **{name: arrays[f"random {k} {name}"] for name in _LEVELS}
            )
            for k, told in enumerate(about["random"])
        ),
        half_life_interval=None if interval is None else (interval[0], interval[1]),
        half_life=about.get("half_life"),  # a fit that was saved before it was kept has none
        half_life_open=(is_open[0], is_open[1]),
        notes=tuple(about.get("notes", ())),
        fixed={int(at): float(value) for at, value in about.get("fixed", ())},
        **{name: about[name] for name in _NUMBERS},
    )


# -- A fit as a table, as text and as a JSON answer.


def coefficients(fit: RemFit) -> pl.DataFrame:
    """name, estimate, se, z, p (two-sided), lower, upper (90 %)."""
    se = fit.se
    z = fit.estimate / se
    return pl.DataFrame(
        {
            "name": fit.names,
            "estimate": fit.estimate,
            "se": se,
            "z": z,
            "p": [math.erfc(abs(one) / math.sqrt(2.0)) for one in z],
            "lower": fit.estimate - Z90 * se,
            "upper": fit.estimate + Z90 * se,
        }
    )


def answer(fit: RemFit) -> dict[str, Any]:
    """The keys of `lynchpin rem --json`."""
    table = coefficients(fit)
    return {
        "likelihood": fit.request.likelihood,
        "outcome": list(fit.request.outcome) or None,
        "fixed": dict(fit.request.fixed) or None,
        "effects": [term.text(_lengths(fit).span) for term in fit.request.terms],
        "names": list(fit.names),
        "estimate": fit.estimate.tolist(),
        "se": fit.se.tolist(),
        "z": table["z"].to_list(),
        "p": table["p"].to_list(),
        "lower": table["lower"].to_list(),
        "upper": table["upper"].to_list(),
        "log_likelihood": fit.log_likelihood,
        "null_log_likelihood": fit.null_log_likelihood,
        "half_life": fit.half_life,
        "half_life_interval": None if fit.half_life_interval is None else list(fit.half_life_interval),
        "half_life_open_below": fit.half_life_open[0],
        "half_life_open_above": fit.half_life_open[1],
        "time_unit": _lengths(fit).unit or None,
        "random": [
            {"of": f.of, "n": int(f.effect.size), "sd": f.sd, "lower": f.lower, "upper": _finite(f.upper)}
            for f in fit.random
        ],
        "aic": fit.aic,
        "aicc": fit.aicc,
        "bic": fit.bic,
        "n_events": fit.n_events,
        "n_time_points": fit.n_time_points,
        "n_actors": len(fit.stream.actors),
        "n_silent_actors": silent_actors(fit.stream),
        "n_dyads": fit.n_dyads,
        "n_rows": fit.n_rows,
        "conventions": list(conventions(fit.request, fit.stream, fit.n_dyads)),
        "weight": fit.stream.weighed_by or None,
        "notes": list(fit.notes),
        "seconds": fit.seconds,
    }


def random_effects(fit: RemFit) -> pl.DataFrame:
    """of, sender, receiver, type, effect, se: one row per random effect."""
    empty = {"of": pl.String, "sender": pl.String, "receiver": pl.String, "type": pl.String}
    frames = [factor.to_frame(fit.stream.actors) for factor in fit.random]
    return pl.concat(frames) if frames else pl.DataFrame(schema={**empty, "effect": pl.Float64, "se": pl.Float64})


def _lengths(fit: RemFit) -> Clock:
    """What lengths of time are written in."""
    return POINTS if fit.request.clock == "order" else fit.stream.clock


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def summary_text(fit: RemFit) -> str:
    """For a terminal."""
    table = coefficients(fit)
    wide = max(10, *(len(name) for name in fit.names), 0)
    head = f"{'':<{wide}}  {'Estimate':>10}  {'Std. Err':>9}  {'z value':>8}  {'Pr(>|z|)':>8}  {'90 % interval':>23}"
    rows = [
        f"{name:<{wide}}  {b:>10.5f}  {se:>9.5f}  {z:>8.2f}  {p_text(p):>8}  {lo:>10.5f} to {hi:>9.5f}"
        for name, b, se, z, p, lo, hi in table.iter_rows()
    ]
    better = 2.0 * (fit.log_likelihood - fit.null_log_likelihood)
    lines = [
        f"Relational event model, {fit.request.likelihood} likelihood{_weighed(fit)}",
        f"{fit.n_events:,} events, {fit.n_time_points:,} time points, {fit.n_rows:,} rows",
        "",
        *([head, *rows] if rows else ["no effects: the null model"]),
        "",
        *_random_lines(fit),
        f"log-likelihood {fit.log_likelihood:.4f}   null {fit.null_log_likelihood:.4f}   "
        f"residual deviance {fit.deviance:.2f}   against null {better:.2f}",
        f"AIC {fit.aic:.2f}   AICc {fit.aicc:.2f}   BIC {fit.bic:.2f}",
        "",
        *(f"- {line}" for line in conventions(fit.request, fit.stream, fit.n_dyads)),
        *(f"- note: {line}" for line in fit.notes),
    ]
    if fit.half_life_interval is not None:
        unit = _lengths(fit).unit or ("time points" if fit.request.clock == "order" else "")
        lines.append(f"- {half_life_words(fit.half_life, fit.half_life_interval, fit.half_life_open, unit)}")
    return "\n".join(lines)


def _weighed(fit: RemFit) -> str:
    """That events do not count one each, where they do not."""
    weighs = any(e.weighted and catalogue()[e.statistic].feed == "events" for t in fit.request.terms for e in t.effects)
    return f"; events weighed by column {fit.stream.weighed_by!r}" if fit.stream.weighed_by and weighs else ""


def _random_lines(fit: RemFit) -> list[str]:
    if not fit.random:
        return []
    rows = [f"{f.of:<18}  {f.effect.size:>7,}  {f.sd:>10.4f}  {f.lower:>10.4f} to {f.upper:>9.4f}" for f in fit.random]
    return [f"{'Random effects of':<18}  {'Levels':>7}  {'Std. Dev.':>10}  {'90 % interval':>23}", *rows, ""]


def p_text(p: float) -> str:
    return "<0.0001" if p < 1e-4 else f"{p:.4f}"
