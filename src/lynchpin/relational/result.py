"""A fitted stream: a frozen record that prints, draws, saves and predicts. No maths."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
import polars as pl

from lynchpin._version import __version__
from lynchpin.errors import BadData
from lynchpin.relational.events import EventStream
from lynchpin.relational.random_effects import RandomEffects
from lynchpin.relational.request import Request
from lynchpin.statistics._base import Floats

if TYPE_CHECKING:
    import altair as alt

    from lynchpin.relational.checks import Checks

_FORMAT = "lynchpin rem 1"


@dataclass(frozen=True, slots=True, eq=False)
class RemFit:
    """A relational event model fitted to a stream.

    `covariance` is the inverse of the observed information; `robust` the sandwich, where clusters were asked for:
    standard errors then come from it. `n_time_points` is what BIC and AICc count. `seconds`: CPU time of the fit.
    With random effects `log_likelihood` has them integrated out (Laplace), and their standard deviations count as
    parameters.
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
    random: tuple[RandomEffects, ...] = ()

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
        from lynchpin.relational.tables import coefficients

        return coefficients(self)

    def random_frame(self) -> pl.DataFrame:
        """One row per random effect: of (sender, receiver or dyad), sender, receiver, type, effect, se."""
        from lynchpin.relational.tables import random_effects

        return random_effects(self)

    def to_dict(self) -> dict[str, Any]:
        """The `--json` answer: numbers whole, not shortened."""
        from lynchpin.relational.tables import answer

        return answer(self)

    def summary(self) -> str:
        """The table of the field, and every convention that a number rests on."""
        from lynchpin.relational.tables import summary_text

        return summary_text(self)

    def plot(self) -> alt.TopLevelMixin:
        """The coefficients with their intervals."""
        from lynchpin.plots import coefficients

        return coefficients.draw(coefficients.data(self.to_frame()))

    def check(self, *, seed: int = 1) -> Checks:
        """Goodness of fit: see `lynchpin.relational.checks`."""
        from lynchpin.relational.checks import check

        return check(self, seed=seed)

    def predict(self, events: pl.DataFrame | EventStream) -> pl.DataFrame:
        """How likely each new event was, of all that could have happened: see `lynchpin.relational.checks.predict`."""
        from lynchpin.relational.checks import predict

        return predict(self, events)

    def save(self, path: str | Path) -> Path:
        """Write the fit with its events to one file (a zip of plain arrays and a JSON text)."""
        stream = self.stream
        about = {
            "format": _FORMAT,
            "version": __version__,
            "names": self.names,
            "actors": stream.actors,
            "kinds": stream.kinds,
            "is_dated": stream.is_dated,
            "request": self.request.to_dict(),
            "half_life_interval": self.half_life_interval,
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
        file = Path(path)
        text = np.frombuffer(json.dumps(about, default=str).encode(), np.uint8)
        try:
            with file.open("wb") as out:
                np.savez_compressed(out, about=text, **arrays)
        except OSError as error:
            raise BadData(f"cannot write {file}: {error.strerror}", str(file), "choose another place") from None
        return file


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
    file = Path(path)
    try:
        with np.load(file, allow_pickle=False) as held:
            about = json.loads(bytes(held["about"]).decode())
            arrays = {name: held[name] for name in held.files if name != "about"}
    except (OSError, BadZipFile, ValueError, KeyError) as error:
        raise BadData(f"not a saved fit: {error}", str(file), "give a file that save() wrote") from None
    if about.get("format") != _FORMAT:
        raise BadData(f"a fit of another format: {about.get('format')}", str(file), "fit it again")
    stream = EventStream(
        **{name: arrays[name] for name in _STREAM},
        actors=tuple(about["actors"]),
        kinds=tuple(about["kinds"]),
        is_dated=about["is_dated"],
    )
    interval = about["half_life_interval"]
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
        **{name: about[name] for name in _NUMBERS},
    )


def with_seconds(fit: RemFit, seconds: float) -> RemFit:
    return replace(fit, seconds=seconds)
