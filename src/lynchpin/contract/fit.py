"""Coefficients as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from lynchpin.contract._base import head, tail
from lynchpin.results import Provenance


def fit_answer(made_from: Provenance, coefficients: pl.DataFrame, about: Mapping[str, Any]) -> dict[str, Any]:
    named = coefficients.rename({"event_class": "class"})
    return head(made_from) | dict(about) | {"coefficients": named} | tail(made_from)
