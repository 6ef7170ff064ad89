"""Records drawn from a relational event model, and how the record itself stands among them; and its residuals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.errors import BadValue
from lynchpin.results.base import Drawn, Shown, Told, plain

#: Columns of `Simulated.bands`.
BANDS = ("measure", "part", "observed", "mean", "lower", "upper", "p")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Simulated(Told, Drawn, Shown):
    """Records drawn from a fit, and what of the record itself the model would call usual.

    events : DataFrame, the drawn events: draw (from 1), time, sender, receiver, and type where events have any
    bands : DataFrame, one row for each number that was held against the draws: measure, part (of what: a rank, a class
        of counts, a share of gaps, an effect), observed, mean, lower, upper (90 % of the draws are between them), p
        (two-sided: how rare the observed one is among the draws)
    draws, seed : how many records, from which random numbers
    n_events : of the record that was fitted; n_drawn : of all draws together
    """

    likelihood: str
    draws: int
    seed: int
    n_events: int
    n_drawn: int
    events: pl.DataFrame
    bands: pl.DataFrame

    @property
    def outside(self) -> pl.DataFrame:
        """The numbers that are outside their bands: by chance one of ten is."""
        return self.bands.filter(pl.col("p").is_not_null() & ~pl.col("observed").is_between("lower", "upper"))

    def write(self, path: str | Path) -> Path:
        """Write the drawn events to a file, .parquet or .csv; one that is there is replaced.

        Raises
        ------
        BadValue : another kind of file, or it cannot be written
        """
        file = Path(path)
        kind = file.suffix.lower()
        if kind not in (".parquet", ".csv"):
            raise BadValue(f"no kind of table: {file.name}", "path", "end its name in .parquet or .csv")
        try:
            if kind == ".csv":
                self.events.write_csv(file)
            else:
                self.events.write_parquet(file)
        except OSError as error:
            raise BadValue(f"cannot write {file}: {error.strerror}", "path", "choose another place") from None
        return file

    def to_dict(self) -> dict[str, Any]:
        """As plain values; the drawn events are not among them."""
        return {
            "draws": self.draws,
            "seed": self.seed,
            "n_events": self.n_events,
            "n_drawn": self.n_drawn,
            "bands": plain(self.bands),
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Residuals(Told, Drawn, Shown):
    """What happened less what a relational event model expected: of actors, of dyads, and of effects through time.

    actors : DataFrame: actor, role (sender, receiver; of pairs member), observed, expected, residual, z; the furthest
        from 0 first
    dyads : DataFrame: sender, receiver, observed, expected, residual, z; the furthest from 0 first
    score : DataFrame: name, time, value: of each coefficient the sum, up to a time, of what the events had of its
        statistic less what was expected (Schoenfeld's residuals, added up), over the root of its information. It ends
        at 0 where the coefficient is the likeliest one, and strays where the effect changes with time
    tests : DataFrame: name, largest (the furthest that the sum strays), at (when), bound (90 % of sums of a model that
        holds stray less far), p
    seed, draws : of the sums that `bound` and `p` are read off
    """

    likelihood: str
    actors: pl.DataFrame
    dyads: pl.DataFrame
    score: pl.DataFrame
    tests: pl.DataFrame
    seed: int
    draws: int

    def to_dict(self) -> dict[str, Any]:
        """As plain values; of dyads the fifty that are furthest from 0, and no course of sums."""
        return {
            "tests": plain(self.tests),
            "actors": plain(self.actors),
            "dyads": plain(self.dyads.head(50)),
            "seed": self.seed,
            "draws": self.draws,
        }
