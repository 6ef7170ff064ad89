"""The outlook as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lynchpin.contract._base import head, tail
from lynchpin.results import AnyBy, Forecast, IndexAhead, Provenance, StageBy, plain

_ROW_KEYS = ("source", "target", "event_class", "month", "period_start", "period_end")
_NUMBERS = ("mean", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "p_any")


def forecast_rows(forecast: Forecast) -> list[dict[str, Any]]:
    """One row per dyad, class and month: stacked, with the mechanism model's and the baselines' numbers inside."""
    table = forecast.table
    if forecast.observed is not None:
        table = table.join(
            forecast.observed.select(*_ROW_KEYS, "count"), on=_ROW_KEYS, how="left", maintain_order="left"
        )
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in table.iter_rows(named=True):
        key = tuple(row[name] for name in _ROW_KEYS)
        numbers = {name: row[name] for name in _NUMBERS}
        if row["model"] == forecast.model:
            named = {"class" if name == "event_class" else name: row[name] for name in _ROW_KEYS}
            rows[key] = named | numbers | ({"observed": row["count"]} if "count" in row else {}) | {"baselines": {}}
        elif row["model"] == forecast.mechanism:
            rows[key]["mechanism"] = numbers
        else:
            rows[key]["baselines"][row["model"]] = numbers
    return list(rows.values())


def forecast_answer(made_from: Provenance, forecast: Forecast) -> dict[str, Any]:
    about = {
        "model": forecast.model,
        "draws": forecast.draws,
        "horizon_days": forecast.horizon_days,
        "runaway": forecast.runaway,
        "held": forecast.held,
    }
    found = {"forecast": forecast_rows(forecast), "weights": weight_rows(forecast)}
    return head(made_from) | about | found | tail(made_from)


def weight_rows(forecast: Forecast) -> list[dict[str, Any]]:
    """The members of the stack: what each weighs in each class."""
    weights = forecast.weights
    return [] if weights is None else weights.rename({"event_class": "class"}).to_dicts()


def any_answer(made_from: Provenance, chances: Sequence[AnyBy]) -> dict[str, Any]:
    """Chances of at least one act."""
    return head(made_from) | {"any": [plain(chance) for chance in chances]} | tail(made_from)


def stage_answer(made_from: Provenance, found: StageBy) -> dict[str, Any]:
    """The stages of an agreement on a day."""
    said: dict[str, Any] = plain(found)
    return head(made_from) | said | tail(made_from)


def index_answer(made_from: Provenance, ahead: IndexAhead) -> dict[str, Any]:
    """The relation index ahead."""
    about = {"draws": ahead.draws, "runaway": ahead.runaway, "held": ahead.held}
    return head(made_from) | about | {"index": ahead.table} | tail(made_from)
