"""Agreements as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lynchpin.contract._base import head, tail
from lynchpin.results import AgreementLife, Agreements, plain


def agreement_rows(agreements: Sequence[AgreementLife]) -> list[dict[str, Any]]:
    return [plain(life) for life in agreements]


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
