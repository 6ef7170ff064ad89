"""A track record of issued forecasts: `lynchpin track`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lynchpin.cli._app import DEFAULT_CASE, AsOf, CaseArg, Days, Draws, Episodes, Events, Json, Quiet, app
from lynchpin.cli._terminal import console, working

if TYPE_CHECKING:
    from lynchpin.session.track import Track

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
    case: CaseArg = DEFAULT_CASE,
    as_of: AsOf = None,
    events: Events = None,
    days: Days = 180,
    draws: Draws = 1000,
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
        found = issue_it(
            file, case, events, as_of=as_of, days=days, draws=draws, episodes=episodes, agreement=agreement, by=by
        )
    if as_json:
        from lynchpin.report.contract import dump, issued_answer

        typer.echo(dump(issued_answer(found)))
        return
    typer.echo(
        f"forecast {found.number} of {found.agreement or found.case}, {found.horizon_days} days from {found.origin}, "
        f"issued {found.issued_at}\ndata {found.data_hash[:8]}, seed {found.seed}, lynchpin {found.version}, "
        f"hash {found.hash[:16]}"
    )


@track.command("score", short_help="Score what has come.")
def score(
    file: File,
    case: CaseArg = DEFAULT_CASE,
    events: Events = None,
    lag: Annotated[str, typer.Option(metavar="DAYS", help="How late the feed runs, as in 7d: wait so long.")] = "0d",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score every month, and every whole forecast, that has come to its end; what was scored before stays as it is."""
    from lynchpin.session.track import score as score_it

    with working("scoring", quiet or as_json):
        found = score_it(file, case, events, lag=lag)
    _show(found, as_json)


@track.command("list", short_help="What was issued, and how it did.")
def listed(
    file: File,
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Only the forecasts of this case.")] = "",
    as_json: Json = False,
) -> None:
    """Every issued forecast, and the mean scores of every model."""
    from lynchpin.session.track import listed as list_it

    _show(list_it(file, case), as_json)


def _show(found: Track, as_json: bool) -> None:
    if as_json:
        from lynchpin.report.contract import dump, track_answer

        typer.echo(dump(track_answer(found)))
        return
    from lynchpin.report.tables import track_tables

    for table in track_tables(found):
        console().print(table)
