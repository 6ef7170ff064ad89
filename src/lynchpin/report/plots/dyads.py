"""One mechanism in each directed dyad that it moves: a forest like that of triads."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from lynchpin.report.plots import triads
from lynchpin.report.plots._chart import together
from lynchpin.report.plots.theme import sentence_case, spoken
from lynchpin.results import DyadClaim, DyadLedger


def data(claim: DyadClaim) -> pl.DataFrame:
    """One row for each dyad with an estimate, then the mean; below it, dyads with too little data.

    Returns
    -------
    DataFrame, columns as for `plots.triads.data`; `weight` is null
    """
    rows: list[dict[str, Any]] = [
        {
            "label": one.dyad.replace("->", " → "),
            "acts": str(one.n_target_events),
            "ratio": one.rate_ratio,
            "lower": one.rate_ratio_lower,
            "upper": one.rate_ratio_upper,
            "shrunk": one.shrunk,
            "shrunk_lower": one.shrunk_lower,
            "shrunk_upper": one.shrunk_upper,
            "kind": "triad" if one.rate_ratio is not None else "few",
            "text": _text(one.rate_ratio, one.rate_ratio_lower, one.rate_ratio_upper),
        }
        for one in sorted(claim.dyads, key=lambda one: one.rate_ratio is None)
    ]
    if claim.rate_ratio is not None:
        at = sum(row["kind"] == "triad" for row in rows)
        mean = {"ratio": claim.rate_ratio, "lower": claim.rate_ratio_lower, "upper": claim.rate_ratio_upper}
        text = _text(claim.rate_ratio, claim.rate_ratio_lower, claim.rate_ratio_upper)
        rows.insert(at, {"label": f"All {claim.n_dyads} together", "acts": "", "kind": "all", "text": text, **mean})
    numbers = ("ratio", "lower", "upper", "shrunk", "shrunk_lower", "shrunk_upper", "weight")
    schema = {"label": pl.String, "acts": pl.String, **dict.fromkeys(numbers, pl.Float64)}
    frame = pl.DataFrame(rows, schema=schema | {"kind": pl.String, "text": pl.String})
    return frame.with_row_index("row").with_columns(pl.col("row").cast(pl.Int32))


def _text(ratio: float | None, lower: float | None, upper: float | None) -> str:
    if ratio is None or lower is None or upper is None:
        return "too little data"
    return f"{ratio:.2f} ({lower:.2f}–{upper:.2f})" if upper < 100.0 else f"{ratio:.2f} ({lower:.2f}–…)"


def draw(claim: DyadClaim, *, number: int = 0) -> alt.LayerChart:
    """The forest of one mechanism; `number` tells its data from those of others in one file."""
    return triads.draw(data(claim), table=f"dyads-{number}", each="dyad")


def heading(claim: DyadClaim) -> str:
    """What the picture is of, and how much dyads differ."""
    name = " · ".join(part for part in (claim.id, sentence_case(spoken(claim.mechanism))) if part)
    if claim.sd is None:
        return f"{name}: expected {claim.expect}; too few dyads with data to pool"
    upper = "…" if claim.sd_upper is None else f"{claim.sd_upper:.2f}"
    return f"{name}: expected {claim.expect}; sd between dyads {claim.sd:.2f} ({claim.sd_lower:.2f} to {upper})"


def whole(found: DyadLedger, title: str) -> dict[str, Any]:
    """The forests of all mechanisms with a dyad that has data, one below the other, for a file."""
    shown = [c for c in found.claims if any(one.rate_ratio is not None for one in c.dyads)] or list(found.claims)
    return together([(heading(claim), draw(claim, number=at), 900) for at, claim in enumerate(shown)], title)
