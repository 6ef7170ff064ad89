"""Method and limits of the model of agreements, in words, with the figures of the very run."""

from __future__ import annotations

from lynchpin.agreements.covariates import HALF_LIFE_DAYS
from lynchpin.agreements.outlook import Fitted
from lynchpin.agreements.stages import MOVES


def notes(fitted: Fitted) -> tuple[str, ...]:
    """A sentence or two each: what was fitted to what, what is assumed of the days ahead, what it cannot say."""
    hazards = fitted.hazards
    made = {name: int(n) for name, n in zip(MOVES, hazards.n_moves, strict=True)}
    followed = sum(fitted.record.follows(life.parties) for life in fitted.lives)
    rare = [name.replace("_", " ") for name, n in made.items() if n < 15]
    return (
        f"Stages: competing weekly hazards of {len(MOVES)} moves, fitted to {sum(made.values())} moves of "
        f"{len(fitted.lives)} agreements; the record follows the parties of {followed}, the others share the rest of "
        "the model. Coefficients are shrunk, with standard deviations estimated from these rows: "
        f"{hazards.coefficient_sd:.2f} for what bears on an agreement, {hazards.kind_sd:.2f} for kinds, "
        f"{hazards.agreement_sd:.2f} for agreements.",
        "Ahead, each covariate goes back from its value at the origin to the agreement's average of five years, by "
        f"half in {HALF_LIFE_DAYS:.0f} days. Agreements are in the file because they became news: the chances are "
        "those of attempts that somebody recorded.",
        *(
            [f"Fewer than 15 moves were seen of: {', '.join(rare)}. Their chances lean on the shrinkage."]
            if rare
            else []
        ),
    )
