"""A specification curve as tables for a terminal. May import: results."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from lynchpin.results import Sensitivity, Specification


def sensitivity_tables(found: Sensitivity) -> Iterator[Table]:
    """What the curve is under each way to make each choice; then the case's own and the two ends."""
    table = Table(box=None, pad_edge=False, caption_justify="left")
    for name in ("choice", "made", "fitted", "median", "sign", "clear", "against"):
        table.add_column(name, justify="left" if name in ("choice", "made") else "right", no_wrap=name == "made")
    last = ""
    for level in found.levels():
        cells = [f"{x:.0%}" if x is not None else "" for x in (level.share_expected_sign, level.share_expected)]
        table.add_row(
            level.choice if level.choice != last else "",
            f"{level.level} *" if level.own else level.level,
            str(level.n),
            "" if level.median_ratio is None else f"{level.median_ratio:.2f}",
            *cells,
            "" if level.share_against is None else f"{level.share_against:.0%}",
        )
        last = level.choice
    yield table
    ends = Table(box=None, pad_edge=False, caption_justify="left", caption=_below(found))
    for name in ("", "ratio", "90 %", "acts", "made otherwise than the case"):
        ends.add_column(name, justify="right" if name in ("ratio", "acts") else "left", no_wrap=name in ("", "90 %"))
    done = found.fitted
    rows = [("own *", found.own)]
    if done:
        rows += [("smallest", done[0]), ("largest", done[-1])]
    for name, one in rows:
        ends.add_row(name, *_cells(found, one))
    yield ends


def _cells(found: Sensitivity, one: Specification) -> list[str]:
    otherwise = ", ".join(
        f"{c.name} {one.choices[c.name]}" for c in found.choices if one.choices[c.name] != found.own.choices[c.name]
    )
    acts = f"{one.n_cause_events} / {one.n_target_events}"
    if one.rate_ratio is None:
        return ["", one.cannot_because or "", acts, otherwise]
    return [f"{one.rate_ratio:.2f}", f"{one.rate_ratio_lower:.2f}–{one.rate_ratio_upper:.2f}", acts, otherwise]


def _below(found: Sensitivity) -> str:
    """The curve in words, what has no other level, what could not be fitted, and the rule."""
    lines = [*found.sentences()]
    lines += [f"not fitted, {n}: {why}" for why, n in found.cannot()]
    single = [f"{c.name} ({c.single_because})" for c in found.choices if len(c.levels) == 1]
    if single:
        lines.append("one way only: " + "; ".join(single))
    lines.append(
        "* the case's own; sign: share with the expected sign; clear, against: share of 90 % intervals on a side; "
        "acts: of the cause / of the effect"
    )
    return "\n".join(["", *lines, found.rule])
