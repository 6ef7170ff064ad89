"""`lynchpin claims --split` and `--by`: each mechanism by period, by dyad, or by condition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lynchpin.cli._picture import check_picture, write_picture
from lynchpin.cli._terminal import working, write_text
from lynchpin.errors import BadValue

if TYPE_CHECKING:
    from lynchpin.model import Fit

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


def conditioned(found: Fit, as_json: bool) -> None:
    """Print what mechanisms do under the conditions that products of the case name."""
    from lynchpin.answers.evidence.conditions import by_condition
    from lynchpin.report.contract import conditions_answer, dump

    conditions = by_condition(found)
    typer.echo(dump(conditions_answer(found.made_from, conditions)) if as_json else conditions.summary())


def moderated(found: Fit, split: list[str], out: Path | None, as_json: bool, quiet: bool) -> None:
    """Print, and draw, each mechanism by period, or by dyad where no day is named."""
    from lynchpin.answers.evidence.dyads import by_dyad
    from lynchpin.answers.evidence.periods import by_period
    from lynchpin.days import parse_day
    from lynchpin.report.contract import dump, dyads_answer, periods_answer

    title = found.made_from.case_title
    if split:
        with working("fitting every period", quiet or as_json):
            periods = by_period(found, [parse_day(day, name="--split") for day in split])
        if out is not None and out.suffix == ".html":
            from lynchpin.report.page.pictures import render_periods

            write_text(out, render_periods(found.made_from, periods))
        elif out is not None:
            chart = periods.plot().properties(width=WIDTH, background="white", title=title)
            write_picture(out, chart.to_dict(validate=False))
        typer.echo(dump(periods_answer(found.made_from, periods)) if as_json else periods.summary())
    else:
        with working("fitting every dyad", quiet or as_json):
            dyads = by_dyad(found)
        if out is not None and out.suffix == ".html":
            from lynchpin.report.page.pictures import render_dyads

            write_text(out, render_dyads(found.made_from, dyads))
        elif out is not None:
            from lynchpin.report.plots.dyads import whole

            write_picture(out, whole(dyads, f"{title}: rate ratio when the cause doubles, by dyad"))
        typer.echo(dump(dyads_answer(found.made_from, dyads)) if as_json else dyads.summary())
    if out is not None and not as_json:
        typer.echo(f"\nwritten to {out}")
