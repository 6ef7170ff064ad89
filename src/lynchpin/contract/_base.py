"""What every answer is written with, begins with and ends with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lynchpin.results import Provenance, plain


def dump(answer: Mapping[str, Any]) -> str:
    """A JSON text: two blanks of indent, keys in the order given, no NaN."""
    return json.dumps(plain(answer), indent=2, ensure_ascii=False, allow_nan=False)


def head(made_from: Provenance) -> dict[str, Any]:
    """What every answer about a fit begins with."""
    return {
        "case": made_from.case,
        "as_of": made_from.as_of,
        "origin": made_from.origin,
        "events_used": made_from.events_used,
        "first_event_date": made_from.first_event_date,
        "last_event_date": made_from.last_event_date,
    }


def tail(made_from: Provenance) -> dict[str, Any]:
    """What every answer about a fit ends with."""
    return {
        "data_hash": made_from.data_hash,
        "case_hash": made_from.case_hash,
        "datasets": made_from.datasets,
        "view": made_from.view,
        "reports": made_from.reports,
        "seed": made_from.seed,
        "version": made_from.version,
        "packages": made_from.packages,
    }
