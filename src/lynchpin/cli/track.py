"""A track record of issued forecasts: `lynchpin track`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import AsOf, CaseArg, Days, Draws, Episodes, Events, Json, Quiet, app
from lynchpin.cli._terminal import show, working
from lynchpin.defaults import CASE, DAYS, DRAWS

track = typer.Typer(
    name="track",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="A track record: forecasts as they were issued, and how they did.",
)
app.add_typer(track, name="track", rich_help_panel=None)

File = Annotated[Path, typer.Option("--file", metavar="FILE", help="The track record, one DuckDB file.")]


@track.command("issue", short_help="Make a forecast and write it down for good.")
def issue(
    file: File,
    case: CaseArg = CASE,
    as_of: AsOf = None,
    events: Events = None,
    days: Days = DAYS,
    draws: Draws = DRAWS,
    agreement: Annotated[
        str | None, typer.Option(metavar="ID", help="In place of counts: the stage that an agreement will stand at.")
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="DATE", help="With --agreement: on which day.")] = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a forecast and write it down for good, with what it was made from; a chain of hashes guards it."""
    from lynchpin.session.track import issue as issue_it

    with working("forecasting", quiet or as_json):
        issued = issue_it(
            file, case, events, as_of=as_of, days=days, draws=draws, episodes=episodes, agreement=agreement, by=by
        )
    show(issued, as_json)


@track.command("score", short_help="Score what has come.")
def score(
    file: File,
    case: CaseArg = CASE,
    events: Events = None,
    lag: Annotated[str, typer.Option(metavar="DAYS", help="How late the feed runs, as in 7d: wait so long.")] = "0d",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score every month, and every whole forecast, that has come to its end; what was scored before stays as it is."""
    from lynchpin.session.track import score as score_it

    with working("scoring", quiet or as_json):
        scored = score_it(file, case, events, lag=lag)
    show(scored, as_json)


@track.command("list", short_help="What was issued, and how it did.")
def listed(
    file: File,
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Only the forecasts of this case.")] = "",
    as_json: Json = False,
) -> None:
    """Every issued forecast, and the mean scores of every model."""
    from lynchpin.session.track import listed as list_it

    show(list_it(file, case), as_json)
