"""The ledger as data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from lynchpin.contract._base import head, tail
from lynchpin.results import Claim, Fade, Provenance, Share, plain


def claim_rows(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    return [{key: value for key, value in plain(claim).items() if key != "rule"} for claim in claims]


def claims_answer(made_from: Provenance, claims: Sequence[Claim], rule: str) -> dict[str, Any]:
    return head(made_from) | {"rule": rule, "claims": claim_rows(claims)} | tail(made_from)


def shares_answer(
    made_from: Provenance, since: date | None, until: date | None, shares: Sequence[Share]
) -> dict[str, Any]:
    period = {"since": since, "until": until}
    return head(made_from) | period | {"shares": [plain(share) for share in shares]} | tail(made_from)


def fade_answer(made_from: Provenance, found: Fade) -> dict[str, Any]:
    return head(made_from) | {key: value for key, value in found.to_dict().items() if key != "origin"} | tail(made_from)
