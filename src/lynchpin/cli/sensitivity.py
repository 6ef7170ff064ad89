"""Would another analyst have found the same: `lynchpin sensitivity`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lynchpin.cli._app import AsOf, Episodes, Events, Json, Quiet, app
from lynchpin.cli._picture import check_picture, write_picture
from lynchpin.cli._terminal import console, counting, write_text
from lynchpin.errors import BadValue

if TYPE_CHECKING:
    from lynchpin.results import Provenance, Sensitivity

CURVE_WIDTH = 900  # of a picture, in pixels


@app.command(short_help="One mechanism under every choice that could have been made otherwise.")
def sensitivity(
    case: Annotated[str, typer.Argument(metavar="CASE", help="A built-in case, a case.toml, or its folder.")],
    mechanism: Annotated[str, typer.Argument(metavar="MECHANISM", help="A mechanism of the case.")],
    as_of: AsOf = None,
    events: Events = None,
    vary: Annotated[
        str | None,
        typer.Option(metavar="CHOICES", help="Vary only these, as step,half-life; by default all."),
    ] = None,
    half_life: Annotated[
        list[str] | None, typer.Option(metavar="LENGTH", help="Try this half-life too, as 30d or 8w; repeats.")
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option(metavar="CASE", help="Try the class rules of this case too (same names, other rules); repeats."),
    ] = None,
    shifts: Annotated[
        int, typer.Option(min=0, help="Move the cause in time so often, for a placebo of the whole curve; 0: none.")
    ] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the specification curve: .html, .svg or .png.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Threads; the answer is the same with any. One for each core by default.")
    ] = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Refit one mechanism under every combination of choices, and show the specification curve.

    Choices: step, reports, feed, classes, exposure, counts, half-life, memory, scale.
    """
    from lynchpin.answers.evidence.sensitivity import sensitivity as refit
    from lynchpin.days import parse_duration
    from lynchpin.session.facade import fit, load_case

    if out is not None:
        check_picture(out)
    lengths = [parse_duration(text, where="--half-life") for text in half_life or ()]
    others = {name: load_case(name) for name in classes or ()}
    with counting("refitting", quiet or as_json) as bar:
        done = 0

        def tell(name: str, of: int) -> None:
            nonlocal done
            done += 1
            if bar is not None:
                bar(name, done, of)

        found = fit(case, events, as_of=as_of, episodes=episodes)
        curve = refit(
            found,
            mechanism,
            events,
            vary=[name.strip() for name in vary.split(",")] if vary else (),
            half_lives=lengths,
            classes=others,
            shifts=shifts,
            workers=workers or os.cpu_count() or 1,
            tell=tell,
        )
    if out is not None:
        _write(out, found.made_from, curve)
    if as_json:
        from lynchpin.report.contract import dump, sensitivity_answer

        typer.echo(dump(sensitivity_answer(found.made_from, curve)))
        return
    from lynchpin.report.tables import sensitivity_tables

    screen = console()
    screen.print(f"{curve.claim} {curve.mechanism}, expected {curve.expect}: {curve.sentence}\n".strip())
    for table in sensitivity_tables(curve):
        screen.print("")
        screen.print(table)
    if out is not None:
        typer.echo(f"\nwritten to {out}")


def _write(out: Path, made_from: Provenance, curve: Sensitivity) -> None:
    """The curve as a page, or as one picture."""
    if out.suffix == ".html":
        from lynchpin.report.page.pictures import render_curve

        write_text(out, render_curve(made_from, curve))
        return
    if not curve.fitted:
        raise BadValue("there is nothing to draw", "--out", curve.sentences()[-1])
    write_picture(out, curve.plot().properties(width=CURVE_WIDTH, background="white").to_dict(validate=False))
