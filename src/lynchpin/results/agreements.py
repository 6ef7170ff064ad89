"""Agreements and their stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class StageRow:
    """One act in the life of an agreement."""

    date: date
    precision: str  # "day", "month" or "year"
    stage: str
    actor: str  # side that moved it; "" for a joint act
    summary: str
    url: str
    status: str  # "verified" or "recalled"


@dataclass(frozen=True, slots=True)
class AgreementLife:
    """An agreement's stage today and how it came there."""

    id: str
    title: str
    parties: tuple[str, ...]
    patron: str
    kind: str
    stage: str  # stage of the last act
    since: date
    history: tuple[StageRow, ...]
