"""A specification curve as data."""

from __future__ import annotations

from typing import Any

from lynchpin.contract._base import head, tail
from lynchpin.results import Provenance, Sensitivity, plain


def sensitivity_answer(made_from: Provenance, found: Sensitivity) -> dict[str, Any]:
    return (
        head(made_from)
        | {
            "mechanism": found.mechanism,
            "claim": found.claim,
            "says": found.says,
            "sentence": found.sentence,
            "expect": found.expect,
            "sentences": list(found.sentences()),
            "rule": found.rule,
            "choices": [plain(choice) for choice in found.choices],
            "levels": [plain(level) for level in found.levels()],
            "placebo": None if found.placebo is None else plain(found.placebo),
            "specifications": [plain(one) for one in found.specifications],
        }
        | tail(made_from)
    )
