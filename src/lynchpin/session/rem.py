"""What `import lynchpin` offers of a relational event model: the fitted stream, with its checks and its picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import polars as pl

from lynchpin.defaults import KNOTS
from lynchpin.engine import rem as engine
from lynchpin.engine.rem import lasting as lasting_engine
from lynchpin.engine.rem.events import EventStream
from lynchpin.engine.rem.frames import Frame
from lynchpin.results.base import Shown

if TYPE_CHECKING:
    import altair as alt

    from lynchpin.engine.rem.checks import Checks
    from lynchpin.results.curves import Curves
    from lynchpin.results.simulated import Residuals, Simulated


_Asked = ParamSpec("_Asked")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RemFit(Shown, engine.RemFit):
    __doc__ = engine.RemFit.__doc__

    def plot(self) -> alt.TopLevelMixin:
        """The coefficients with their intervals."""
        from lynchpin.report.plots import coefficients

        return coefficients.draw(coefficients.data(self.to_frame()))

    def check(self, *, seed: int = 1) -> Checks:
        """Goodness of fit: see `lynchpin.engine.rem.checks`."""
        from lynchpin.engine.rem.checks import check

        return check(self, seed=seed)

    def predict(self, events: EventStream | Frame) -> pl.DataFrame:
        """How likely each new event was, of all that could have happened: see `lynchpin.engine.rem.checks.predict`."""
        from lynchpin.engine.rem.checks import predict

        return predict(self, events)

    def curves(self, *, smooth: Sequence[str] = (), varying: Sequence[str] = (), knots: int = KNOTS) -> Curves:
        """The model with some effects as curves: see `lynchpin.engine.rem.curves.curves`."""
        from lynchpin.engine.rem.curves import curves

        return curves(self, smooth=smooth, varying=varying, knots=knots)

    def simulate(self, draws: int = 100, *, seed: int = 1, executor: Executor | None = None) -> Simulated:
        """Records drawn from the fit, and the record itself among them: see `lynchpin.engine.rem.bands.simulate`."""
        from lynchpin.engine.rem.bands import simulate

        return simulate(self, draws, seed=seed, executor=executor)

    def residuals(self, *, seed: int = 1) -> Residuals:
        """What happened less what was expected: see `lynchpin.engine.rem.residuals.residuals`."""
        from lynchpin.engine.rem.residuals import residuals

        return residuals(self, seed=seed)

    def design(self) -> pl.DataFrame:
        """Who was compared with whom, and every column: see `lynchpin.engine.rem.table.design`."""
        from lynchpin.engine.rem.table import design

        return design(self)

    def write_design(self, path: str | Path) -> Path:
        """The same to a new file, .parquet or .csv: see `lynchpin.engine.rem.table.write_design`."""
        from lynchpin.engine.rem.table import write_design

        return write_design(self, path)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LastingFit(Shown, lasting_engine.LastingFit):
    __doc__ = lasting_engine.LastingFit.__doc__

    start: RemFit
    end: RemFit


def _fitted(fit: engine.RemFit) -> RemFit:
    """The same fit, as the public record."""
    return RemFit(**{field.name: getattr(fit, field.name) for field in fields(fit)})


def _public(verb: Callable[_Asked, engine.RemFit]) -> Callable[_Asked, RemFit]:
    """The same verb, with the public record as its answer."""

    @wraps(verb)
    def public(*asked: _Asked.args, **options: _Asked.kwargs) -> RemFit:
        return _fitted(verb(*asked, **options))

    return public


def _public_both(verb: Callable[_Asked, lasting_engine.LastingFit]) -> Callable[_Asked, LastingFit]:
    """The same of a verb that answers with two fits."""

    @wraps(verb)
    def public(*asked: _Asked.args, **options: _Asked.kwargs) -> LastingFit:
        both = verb(*asked, **options)
        rest = {field.name: getattr(both, field.name) for field in fields(both)}
        return LastingFit(**rest | {"start": _fitted(both.start), "end": _fitted(both.end)})

    return public


rem = _public(engine.rem)
load_rem = _public(engine.load_rem)
lasting = _public_both(lasting_engine.lasting)
