"""What a file and an option may hold."""

from __future__ import annotations

from lynchpin import limits
from parts.text import as_table

_SAID = {
    "length of time": "`half_life`, `window`, `lag`, `every`: days",
    "chance_draws": "`--draws` of `agreements`",
    "curve_shifts": "`--shifts` of `sensitivity`",
    "days_beyond": "`--days` of `fade`",
    "processes": "`--workers` of `backtest`",
    "seed_64": "`--seed` of `rem`",
    "seed": "`seed`, `--seed`",
}
_KEYS = ("prior_sd", "against", "magnitude", "factor")


def numbers_shown() -> str:
    """The range of every number."""
    rows = []
    for name, span in limits.NUMBERS.items():
        said = _SAID.get(name, f"`{name}`" if name in _KEYS else f"`--{name}`")
        high = f"2^{int(span.high).bit_length()} - 1" if span.high >= 2**60 else f"{span.high:,.15g}"
        rows.append((said, "whole" if span.whole else "", f"{span.low:.3g}", high))
    return as_table(("key or option", "", "from", "to"), rows)


def counts_shown() -> str:
    """How many of each table, and how large a file and its texts may be."""
    rows = [(f"`[{name}]`", f"{most:,}") for name, most in limits.COUNTS.items()]
    rows += [
        ("bytes of a TOML file", f"{limits.TOML_BYTES:,}"),
        ("bytes of a table of agreements", f"{limits.CSV_BYTES:,}"),
        ("signs of a text", f"{limits.TEXT:,}"),
        ("signs of a name", f"{limits.NAME:,}"),
        ("parts of a key, brackets inside each other", f"{limits.DEPTH}"),
        ("edges and names in one mechanism, conditions in one rule", f"{limits.TERMS}"),
        ("ways to give the names that a mechanism sums to nodes", f"{limits.WAYS:,}"),
        ("coefficients of a fit", f"{limits.COEFFICIENTS:,}"),
        ("numbers in the design of a fit", f"{limits.CELLS:,}"),
        ("readings of edges over all steps and dyads", f"{limits.READ:,}"),
    ]
    return as_table(("", "at most"), rows)
