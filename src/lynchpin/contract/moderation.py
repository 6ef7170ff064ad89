"""Claims by period and by dyad as data."""

from __future__ import annotations

from typing import Any

from lynchpin.contract._base import head, tail
from lynchpin.results import DyadLedger, PeriodLedger, Provenance, plain


def periods_answer(made_from: Provenance, found: PeriodLedger) -> dict[str, Any]:
    return (
        head(made_from)
        | {"splits": list(found.splits), "method": found.method, "claims": [plain(claim) for claim in found.claims]}
        | tail(made_from)
    )


def dyads_answer(made_from: Provenance, found: DyadLedger) -> dict[str, Any]:
    return (
        head(made_from) | {"method": found.method, "claims": [plain(claim) for claim in found.claims]} | tail(made_from)
    )
