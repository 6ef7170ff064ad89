"""The claims ledger, and one mechanism under every choice, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from lynchpin.report.screen._parts import WIDTH, grid, parts
from lynchpin.results import Claim, Ledger, Sensitivity, Specification

#: From this width on, the ledger has room for half-lives and numbers of acts.
_WIDE = 100


@parts.register
def _(record: Ledger, width: int = WIDTH) -> Iterator[Table]:
    """The claims, with the verdict's rule below them."""
    wide = width >= _WIDE
    columns = ["", "mechanism", " ", "ratio", "90 %", "half-life", "p", "gain", "shows", "acts", "verdict"]
    if not wide:
        columns = [name for name in columns if name not in ("half-life", "acts")]
    table = grid(
        columns,
        left=("", "mechanism", " ", "verdict"),
        whole=set(columns) - {"mechanism"},
        pad_edge=True,
        padding=(0, 1, 0, 0),
        caption=_below(record),
    )
    for claim in record:
        cells = [claim.id, claim.mechanism, claim.expect if claim.mechanism else ""]
        if claim.effect is None:
            table.add_row(*cells, *[""] * (len(columns) - 4), claim.verdict)
            continue
        cells += [f"{claim.effect.rate_ratio:.2f}", claim.effect.interval()]
        cells += ["" if claim.half_life_days is None else f"{claim.half_life_days:.0f} d"] if wide else []
        cells += [
            "" if claim.placebo_p is None else f"{claim.placebo_p:.3f}",
            "" if claim.heldout_gain is None else f"{claim.heldout_gain:+.1f}",
            would_show(claim.detectable),
        ]
        cells += [f"{claim.n_cause_events} / {claim.n_target_events}"] if wide else []
        table.add_row(*cells, claim.verdict)
    yield table


def would_show(rate_ratio: float | None) -> str:
    """The smallest detectable rate ratio; one that nobody would believe in is not spelled out.

    Examples
    --------
    >>> would_show(1.42), would_show(0.05), would_show(560.0), would_show(None)
    ('1.42', '< 0.1', '> 10', 'none')
    """
    if rate_ratio is None:
        return "none"
    return "> 10" if rate_ratio > 10.0 else "< 0.1" if rate_ratio < 0.1 else f"{rate_ratio:.2f}"


def _below(ledger: Sequence[Claim]) -> str:
    """What the columns mean, the rule, what many rows do to it, and why a claim is not tested."""
    lines = [
        f"{claim.id or claim.mechanism} is untestable: {claim.untestable_because}"
        for claim in ledger
        if claim.untestable_because
    ]
    tested = [claim for claim in ledger if claim.placebo_p is not None]
    if tested:
        kept = [
            ", ".join(c.mechanism for c in tested if (p := getattr(c, key)) is not None and p <= 0.05) or "none"
            for key in ("holm_p", "bh_p")
        ]
        lines += [
            "ratio: what doubling the cause does to the rate (1.10: 10 % more), with its 90 % interval",
            f"p: placebo, the share of {tested[0].placebo_shifts + 1} records (the cause moved in time, and the true "
            "one) that lie as far on the expected side",
            f"gain: held out, log score of the last {tested[0].heldout_steps} steps with the mechanism less without it",
            "shows: the smallest ratio that the rule would have found in 80 of 100 such records",
            f"of {len(tested)} claims read at once, at 5 %, Holm keeps {kept[0]}; Benjamini-Hochberg keeps {kept[1]}",
        ]
    return "\n".join(["", *lines, *dict.fromkeys(claim.rule for claim in ledger)]) if ledger else "no claim"


# -- A specification curve.


@parts.register
def _(record: Sensitivity, width: int = WIDTH) -> Iterator[RenderableType]:
    """What the curve is under each way to make each choice; then the case's own and the two ends."""
    yield Text(f"{record.claim} {record.mechanism}, expected {record.expect}: {record.sentence}\n".strip())
    yield ""
    yield _choices(record)
    yield ""
    yield _ends(record)


def _choices(curve: Sensitivity) -> Table:
    columns = ("choice", "made", "fitted", "median", "sign", "clear", "against")
    table = grid(columns, left=("choice", "made"), whole=("made",), fold=False)
    last = ""
    for level in curve.levels():
        shares = (level.share_expected_sign, level.share_expected, level.share_against)
        table.add_row(
            level.choice if level.choice != last else "",
            f"{level.level} *" if level.own else level.level,
            str(level.n),
            "" if level.median_ratio is None else f"{level.median_ratio:.2f}",
            *("" if share is None else f"{share:.0%}" for share in shares),
        )
        last = level.choice
    return table


def _ends(curve: Sensitivity) -> Table:
    columns = ("", "ratio", "90 %", "acts", "made otherwise than the case")
    left = ("", "90 %", columns[-1])
    table = grid(columns, left=left, whole=("", "90 %"), fold=False, caption=_below_curve(curve))
    rows = [("own *", curve.own)]
    if curve.fitted:
        rows += [("smallest", curve.fitted[0]), ("largest", curve.fitted[-1])]
    for name, one in rows:
        table.add_row(name, *_cells(curve, one))
    return table


def _cells(curve: Sensitivity, one: Specification) -> list[str]:
    otherwise = ", ".join(
        f"{c.name} {one.choices[c.name]}" for c in curve.choices if one.choices[c.name] != curve.own.choices[c.name]
    )
    acts = f"{one.n_cause_events} / {one.n_target_events}"
    if one.effect is None:
        return ["", one.cannot_because or "", acts, otherwise]
    return [f"{one.effect.rate_ratio:.2f}", one.effect.interval(), acts, otherwise]


def _below_curve(curve: Sensitivity) -> str:
    """The curve in words, what has no other level, what could not be fitted, and the rule."""
    lines = [*curve.sentences()]
    lines += [f"not fitted, {n}: {why}" for why, n in curve.cannot()]
    single = [f"{c.name} ({c.single_because})" for c in curve.choices if len(c.levels) == 1]
    if single:
        lines.append("one way only: " + "; ".join(single))
    lines.append(
        "* the case's own; sign: share with the expected sign; clear, against: share of 90 % intervals on a side; "
        "acts: of the cause / of the effect"
    )
    return "\n".join(["", *lines, curve.rule])
