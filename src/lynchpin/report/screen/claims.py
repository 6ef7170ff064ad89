"""The claims ledger, and one mechanism under every choice, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from lynchpin.report import evidence
from lynchpin.report.screen._parts import WIDTH, grid, parts
from lynchpin.report.text import RUNS_AWAY, TWO_SHARES, replayed_text, share_text
from lynchpin.report.width import Aside
from lynchpin.results import Ledger, Sensitivity, Shares, Specification
from lynchpin.results.base import UNSEEN, p_text, part
from lynchpin.results.registration import Confirmation


@parts.register
def _(record: Ledger, width: int = WIDTH) -> Iterator[str | RenderableType]:
    """The claims; below them what each would have shown and what would settle it, the whole account, and the rule."""
    columns = ["", "mechanism", "sign", "ratio", "at least", "at most", "half-life", "p", "acts", "evidence", "errs"]
    table = grid(
        columns,
        left=("", "mechanism", "sign", "evidence"),
        whole=columns,
    )
    for claim in record:
        cells = [claim.id, claim.mechanism, claim.expect if claim.mechanism else ""]
        if claim.effect is None:
            table.add_row(*cells, *[""] * (len(columns) - 5), claim.graded, "")
            continue
        ends = (evidence.end(x, claim.unit) for x in (claim.at_least, claim.at_most))
        cells += [
            "–" if claim.effect.is_unseen else evidence.size(claim.effect),
            *ends,
            "" if claim.half_life_days is None else f"{claim.half_life_days:.0f} d",
            "" if claim.placebo_p is None else p_text(claim.placebo_p),
            f"{claim.n_cause_events} / {claim.n_target_events}",
        ]
        graded = f"{claim.graded}, {UNSEEN}" if claim.effect.is_unseen else claim.graded
        table.add_row(*cells, graded, evidence.errs(claim.error_rate))
    yield table
    yield Aside("\n".join(["", *_below(record)])) if len(record) else "no claim"


@parts.register
def _(record: Confirmation, width: int = WIDTH) -> Iterator[str | RenderableType]:
    """What the test is, and its ledger."""
    yield Aside("\n".join(record.sentences))
    yield Aside("")
    yield from parts(record.ledger, width)


def _below(ledger: Ledger) -> list[str]:
    """What each row would have shown, the whole account, the columns, what many rows do to them, and the rule."""
    lines = [
        f"{claim.id or claim.mechanism} is untestable: {claim.untestable_because}"
        for claim in ledger
        if claim.effect is None and claim.untestable_because
    ]
    shown = [claim for claim in ledger if claim.effect is not None]
    for claim in shown:
        said = [part for part in (evidence.shows(claim), evidence.priors(claim)) if part]
        lines += [f"{claim.id} {claim.mechanism}".strip() + f" {'; '.join(said)}"] if said else []
    lines += [
        f"{claim.id} {claim.mechanism}".strip() + f" has the days of the calendar as a control: {', '.join(entries)}"
        for claim in shown
        if (entries := claim.announced)
    ]
    lines += [evidence.whole(ledger.whole)] if ledger.whole else []
    tested = [claim for claim in shown if claim.placebo_p is not None]
    if tested:
        lines += [
            "ratio: what doubling the cause does to the rate (1.10: 10 % more) by its timing, slow drift out; at "
            "least, at most: ends of its 90 % interval",
            "shows: the smallest ratio that is graded moderate in 80 of 100 such records",
            f"p: the share of {min(c.placebo_shifts for c in tested) + 1:,} records or more (the cause moved in time, "
            "and the true one) that lie as far on the expected side; errs: how often chance reaches the grade",
            f"of {len(tested)} claims read at once, at 5 %, Holm keeps "
            f"{evidence.kept(tested, 'holm_p')}; Benjamini-Hochberg keeps {evidence.kept(tested, 'bh_p')}",
        ]
    return [*lines, *dict.fromkeys(claim.rule for claim in ledger if claim.rule)]


@parts.register
def _(record: Shares, width: int = WIDTH) -> Iterator[str | RenderableType]:
    """What each mechanism accounts for, in acts and in shares; what the two shares are."""
    columns = ["mechanism", "recorded", "expected", "replayed", "history kept", "90 %", "share replayed", "90 %"]
    played = any(share.replayed_share is not None for share in record)
    columns = columns if played else columns[:-2]
    table = grid(columns, left=("mechanism",), whole=("mechanism",), caption=f"\n{TWO_SHARES}")
    for share in record:
        cells = [share.mechanism, str(share.recorded), f"{share.expected:.1f}"]
        cells.append(replayed := replayed_text(share))
        cells += _between(share.share, share.share_lower, share.share_upper)
        again = None if replayed == RUNS_AWAY else share.replayed_share
        cells += _between(again, share.replayed_lower, share.replayed_upper) if played else []
        table.add_row(*cells)
    yield table


def _between(share: float | None, lower: float | None, upper: float | None) -> list[str]:
    return ["", ""] if share is None else [share_text(share), f"{share_text(lower)} to {share_text(upper)}"]


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
    table = grid(columns, left=("choice", "made"), whole=("made",))
    last = ""
    for level in curve.levels():
        shares = (level.share_expected_sign, level.share_expected, level.share_against)
        table.add_row(
            level.choice if level.choice != last else "",
            f"{level.level} *" if level.own else level.level,
            str(level.n),
            "" if level.median_ratio is None else f"{level.median_ratio:.2f}",
            *("" if share is None else part(share) for share in shares),
        )
        last = level.choice
    return table


def _ends(curve: Sensitivity) -> Table:
    columns = ("", "ratio", "90 %", "acts", "made otherwise than the case")
    left = ("", "90 %", columns[-1])
    table = grid(columns, left=left, whole=("", "90 %"), caption=_below_curve(curve))
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
