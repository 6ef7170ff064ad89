"""A fit as text for a terminal, in the field's form: estimate, standard error, interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from lynchpin.models.fit import Fit


def summary_text(fit: Fit) -> str:
    """Every coefficient but the dyad effects, which are summed up by their spread."""
    made_from, steps = fit.made_from, fit.design.steps
    lines = [
        f"{made_from.case}, as of {made_from.origin}: {made_from.events_used} events, "
        f"{fit.design.rows} steps of {steps.step_days} days, {len(fit.design.units)} dyads and classes",
        f"log-likelihood {fit.log_likelihood:.4f}, {'converged' if fit.converged else 'DID NOT CONVERGE'}",
        "traces decay to the start of each step; statistics are log(1 + trace); intervals are 90 %",
        "",
        f"{'':30} {'class':22} {'half-life':>9} {'estimate':>9} {'SE':>7} {'interval':>18}",
    ]
    for row in fit.to_frame().filter(pl.col("kind") != "dyad").iter_rows(named=True):
        memory = "" if row["half_life_days"] is None else f"{row['half_life_days']:.0f} d"
        lines.append(
            f"{row['name'][:30]:30} {row['event_class'] or 'those it moves':22} {memory:>9} {row['estimate']:9.3f} "
            f"{row['standard_error']:7.3f} {row['lower']:8.3f} to {row['upper']:6.3f}"
        )
    lines += ["", f"{'':30} {'class':22} {'size':>9} {'sd of dyads':>17}"]
    lines += [f"{'dispersion and pooling':30} {c:22} {fit.theta[c]:9.3g} {fit.pooled_sd[c]:17.3f}" for c in fit.theta]
    return "\n".join(lines)
