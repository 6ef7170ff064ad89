"""How long a push lasts: `lynchpin fade`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import DEFAULT_CASE, AsOf, CaseArg, Episodes, Events, Json, Quiet, app
from lynchpin.cli._picture import check_picture, write_picture
from lynchpin.cli._terminal import working, write_text


@app.command(short_help="How the push of a mechanism comes and goes, and how fast it fades.")
def fade(
    case: CaseArg = DEFAULT_CASE,
    mechanism: Annotated[
        str | None,
        typer.Argument(metavar="[MECHANISM]", help="Its name; else the first whose half-life is fitted."),
    ] = None,
    as_of: AsOf = None,
    events: Events = None,
    dyad: Annotated[
        str | None, typer.Option(metavar="'KOR -> JPN'", help="Whose rate; else the first that it moves.")
    ] = None,
    days: Annotated[int, typer.Option(help="How far beyond the last known day.")] = 180,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Mark the acts that came in those days; no estimate knows of them.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: a page (.html), or a picture (.svg, .png).")
    ] = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The push of a mechanism on the rate of its acts, day by day, with the acts of its cause; and its half-life.

    The push is the rate over what it would be with no act of the cause remembered. Its 90 % band counts in how unsure
    the half-life is where the case has it fitted; where the case gives it, the record is asked all the same.
    """
    from lynchpin.session.brief import how_it_fades

    if out is not None:
        check_picture(out)
    with working("fitting, trying half-lives", quiet or as_json):
        made_from, found = how_it_fades(
            case, mechanism, events, as_of=as_of, reveal=reveal, dyad=dyad, days=days, episodes=episodes
        )
    if out is not None and out.suffix == ".html":
        from lynchpin.report.page.pictures import render_fade

        write_text(out, render_fade(made_from, found))
    elif out is not None:
        from lynchpin.report.plots.fade import whole

        write_picture(out, whole(found, as_of=made_from.as_of is not None))
    if as_json:
        from lynchpin.report.contract import dump, fade_answer

        typer.echo(dump(fade_answer(made_from, found)))
        return
    typer.echo(found.summary())
    if out is not None:
        typer.echo(f"\nwritten to {out}")
