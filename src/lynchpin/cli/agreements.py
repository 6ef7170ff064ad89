"""Where agreements stand and what is likely next: `lynchpin agreements`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import AsOf, CaseArg, Episodes, Events, Json, Quiet, app
from lynchpin.cli._terminal import counting, show, working, write_picture
from lynchpin.defaults import CASE, STAGE_DRAWS


@app.command(short_help="Where agreements stand, and the chance of each stage to come.")
def agreements(
    case: CaseArg = CASE,
    as_of: AsOf = None,
    agreement: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this one, in full: history, chances, forces, analogues.")
    ] = None,
    events: Events = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw its life, its forces, and its chance as it would have been issued through time (.svg or .png).",
        ),
    ] = None,
    deed: Annotated[
        str | None,
        typer.Option("--what-if", metavar="DEED", help="What sign, block or postpone, done today, would do to it."),
    ] = None,
    draws: Annotated[int, typer.Option(help="Draws behind every interval.", min=20)] = STAGE_DRAWS,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Where agreements stand, the chance of each stage to come, what pushes it, and what became of others like it."""
    from lynchpin.session.agreements import agreements as look

    if picture is not None:
        _draw(case, events, as_of, agreement, episodes, picture, quiet or as_json)
    with working("fitting", quiet or as_json):
        forces = as_json or agreement is not None  # the table of all does not show them
        lives = look(
            case, events, as_of=as_of, agreement=agreement, draws=draws, forces=forces, deed=deed, episodes=episodes
        )
    show(lives, as_json)


def _draw(
    case: str, events: Path | None, as_of: str | None, agreement: str | None, episodes: bool | None, file: Path,
    quiet: bool,
) -> None:  # fmt: skip
    """Replay one agreement and draw it."""
    from lynchpin.answers.agreements.covariates import MEANINGS
    from lynchpin.errors import BadValue, MissingExtra
    from lynchpin.report.plots import agreement as plot
    from lynchpin.session.agreements import replay_agreement

    if agreement is None or file.suffix not in (".svg", ".png"):
        raise BadValue(
            "a picture is of one agreement, as .svg or .png", "--picture", "--agreement ID --picture life.svg"
        )
    try:
        import vl_convert  # noqa: F401
    except ImportError:
        raise MissingExtra(
            "drawing to a file needs vl-convert", "--picture", "pip install lynchpin[pictures]"
        ) from None
    with counting("fitting day by day", quiet) as bar:
        step = None if bar is None else lambda done, total: bar("fitting day by day", done, total)
        life, issued = replay_agreement(case, agreement, events, as_of=as_of, episodes=episodes, on_progress=step)
    chart = plot.draw(life, issued, MEANINGS, end=issued["date"].max())  # type: ignore[arg-type]
    spec = chart.properties(width=760, background="white").to_dict(validate=False)
    write_picture(file, spec, "--picture")
