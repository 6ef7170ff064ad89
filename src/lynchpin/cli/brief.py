"""The main job: `lynchpin brief`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import DEFAULT_CASE, AsOf, CaseArg, Days, Draws, Episodes, Events, Json, Quiet, app
from lynchpin.cli._terminal import console, working, write_text


@app.command(short_help="Fit a case and write its brief, one HTML file.")
def brief(
    case: CaseArg = DEFAULT_CASE,
    as_of: AsOf = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Add, apart and labelled, what happened next.")] = False,
    events: Events = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where CASE/brief.html is written.")] = Path("out"),
    days: Days = 180,
    draws: Draws = 1000,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The main job: fit a case, and write what moved, what moved it, and what is likely next, as one HTML file."""
    from lynchpin.report.contract import brief_answer, dump
    from lynchpin.session.brief import make_brief

    with working("fitting and drawing", quiet or as_json):
        made = make_brief(case, events, as_of=as_of, reveal=reveal, days=days, draws=draws, episodes=episodes)
    if as_json:
        typer.echo(dump(brief_answer(made)))
        return
    from lynchpin.report.page import render, terminal

    file = out / made.provenance.case / "brief.html"
    write_text(file, render(made))
    console().print(terminal(made))
    typer.echo(f"\nwritten to {file}")  # whole, so that it can be copied
