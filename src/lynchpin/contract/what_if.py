"""A scenario against its baseline as data."""

from __future__ import annotations

from typing import Any

from lynchpin.contract._base import head, tail
from lynchpin.results import Provenance, WhatIf


def what_if_answer(made_from: Provenance, found: WhatIf) -> dict[str, Any]:
    """The comparison; rows of dyads and classes that do not differ are among them."""
    return (
        head(made_from)
        | {
            "scenario": found.name,
            "title": found.title,
            "changes": list(found.changes),
            "assumes": found.assumes,
            "claim": found.claim,
            "draws": found.draws,
            "horizon_days": found.horizon_days,
            "paths_seed": found.seed,
            "measures": found.measures,
            "differences": found.table.rename({"event_class": "class"}),
            "monthly": found.monthly,
            "relation_index": found.index,
            "held": {"baseline": found.held_baseline, "scenario": found.held_scenario},
            "runaway": {"baseline": found.runaway_baseline, "scenario": found.runaway_scenario},
            "sentences": list(found.sentences),
            "note": found.note,
        }
        | tail(made_from)
    )
