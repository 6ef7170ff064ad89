"""Agreements as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lynchpin.results import AgreementLife, plain


def agreement_rows(agreements: Sequence[AgreementLife]) -> list[dict[str, Any]]:
    return [plain(life) for life in agreements]
