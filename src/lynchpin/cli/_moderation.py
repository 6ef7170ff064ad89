"""`lynchpin claims --split`, `--by` and `--triads`: each mechanism by period, dyad, condition, or triad."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lynchpin.cli._picture import check_picture, write_picture
from lynchpin.cli._terminal import working, write_text
from lynchpin.errors import BadValue

if TYPE_CHECKING:
    from lynchpin.model import Fit
    from lynchpin.results import Provenance, SplitLedger

WIDTH = 980  # of the paired intervals, in pixels


def check_words(split: list[str] | None, by: str | None, triads: str | None, out: Path | None) -> None:
    """Refuse what does not go together, before any work is done."""
    asked = [name for name, value in (("--split", split), ("--by", by), ("--triads", triads)) if value]
    if len(asked) > 1:
        raise BadValue(f"{' and '.join(asked)} do not go together", "claims", "ask for one at a time")
    if by not in (None, "dyad", "condition"):
        mend = "write --by dyad or --by condition, or --split DATE for periods"
        raise BadValue(f"claims cannot be told apart by {by!r}", "--by", mend)
    if out is not None:
        if not asked:
            raise BadValue(
                "the plain ledger is drawn in the brief", "--out", "give --split DATE, --by dyad or --triads with it"
            )
        if by == "condition":
            raise BadValue("conditions are three numbers each and have no picture", "--out", "leave --out away")
        check_picture(out)


def moderated(found: Fit, split: list[str], by: str | None, quiet: bool) -> SplitLedger:
    """Each mechanism by period, by condition, or by dyad."""
    from lynchpin.answers.evidence.splits import by_condition, by_dyad, by_period
    from lynchpin.days import parse_day

    if by == "condition":
        return by_condition(found)
    with working(f"fitting every {'period' if split else 'dyad'}", quiet):
        return by_period(found, [parse_day(day, name="--split") for day in split]) if split else by_dyad(found)


def show(ledger: SplitLedger, made_from: Provenance | None, out: Path | None, as_json: bool) -> None:
    """Print a ledger by its parts, and draw it where a file is named."""
    from lynchpin.report.contract import dump, splits_answer

    if out is not None and out.suffix == ".html":
        from lynchpin.report.page.pictures import render_splits

        write_text(out, render_splits(ledger, made_from))
    elif out is not None:
        from lynchpin.report.plots.forest import whole

        case = "" if made_from is None else made_from.case_title
        title = case if ledger.made_from is None else ledger.made_from.title
        if ledger.by == "period":
            chart = ledger.plot().properties(width=WIDTH, background="white", title=title)
            write_picture(out, chart.to_dict(validate=False))
        else:
            write_picture(out, whole(ledger, title))
    typer.echo(dump(splits_answer(ledger, made_from)) if as_json else ledger.summary())
    if out is not None and not as_json:
        typer.echo(f"\nwritten to {out}")
