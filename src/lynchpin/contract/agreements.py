"""Agreements as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lynchpin.contract._base import head, tail
from lynchpin.results import AgreementLife, Agreements, plain

_AHEAD = ("standing", "success", "forecast", "forces", "analogues")
_FULL = ("what_if", "ratification")


def agreement_rows(
    agreements: Sequence[AgreementLife], *, ahead: bool = True, full: bool = False
) -> list[dict[str, Any]]:
    """Agreements as data: without what is ahead of them where they show what came, in full where asked for alone."""
    left_out = (() if ahead else _AHEAD) + (() if full else _FULL)
    rows = [{key: v for key, v in plain(life).items() if key not in left_out} for life in agreements]
    for row in rows:
        if row.get("ratification"):
            row["ratification"]["needed"] = dict(row["ratification"]["needed"])
    return rows


def agreements_answer(found: Agreements) -> dict[str, Any]:
    return (
        head(found.provenance)
        | {
            "n_agreements": found.n_agreements,
            "n_moves": found.n_moves,
            "draws": found.draws,
            "agreements": agreement_rows(found.lives, full=True),
            "notes": list(found.notes),
        }
        | tail(found.provenance)
    )
