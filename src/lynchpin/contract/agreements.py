"""Agreements as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lynchpin.contract._base import head, tail
from lynchpin.results import AgreementLife, Agreements, plain

_AHEAD = ("standing", "success", "forecast", "forces", "analogues")


def agreement_rows(agreements: Sequence[AgreementLife], *, ahead: bool = True) -> list[dict[str, Any]]:
    """Agreements as data; without what is ahead of them where they show what came."""
    return [{key: v for key, v in plain(life).items() if ahead or key not in _AHEAD} for life in agreements]


def agreements_answer(found: Agreements) -> dict[str, Any]:
    return (
        head(found.provenance)
        | {
            "n_agreements": found.n_agreements,
            "n_moves": found.n_moves,
            "draws": found.draws,
            "agreements": agreement_rows(found.lives),
            "notes": list(found.notes),
        }
        | tail(found.provenance)
    )
