"""Where agreements stand and what is likely next: `lynchpin agreements`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import DEFAULT_CASE, AsOf, CaseArg, Episodes, Events, Json, Quiet, app
from lynchpin.cli._terminal import console, counting, working


@app.command(short_help="Where agreements stand, and the chance of each stage to come.")
def agreements(
    case: CaseArg = DEFAULT_CASE,
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
    draws: Annotated[int, typer.Option(help="Draws behind every interval.", min=20)] = 200,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Where agreements stand, the chance of each stage to come, what pushes it, and what became of others like it."""
    from lynchpin.session.agreements import agreements as look

    if picture is not None:
        _draw(case, events, as_of, agreement, picture, quiet or as_json)
    with working("fitting", quiet or as_json):
        forces = as_json or agreement is not None  # the table of all does not show them
        found = look(
            case, events, as_of=as_of, agreement=agreement, draws=draws, forces=forces, deed=deed, episodes=episodes
        )
    if as_json:
        from lynchpin.report.contract import agreements_answer, dump

        typer.echo(dump(agreements_answer(found)))
        return
    from lynchpin.report.agreement_tables import agreement_page, agreements_table

    console().print(agreements_table(found) if agreement is None else agreement_page(found))


def _draw(case: str, events: Path | None, as_of: str | None, agreement: str | None, file: Path, quiet: bool) -> None:
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
        import vl_convert
    except ImportError:
        raise MissingExtra(
            "drawing to a file needs vl-convert", "--picture", "pip install lynchpin[pictures]"
        ) from None
    with counting("fitting day by day", quiet) as bar:
        step = None if bar is None else lambda done, total: bar("fitting day by day", done, total)
        life, issued = replay_agreement(case, agreement, events, as_of=as_of, on_progress=step)
    chart = plot.draw(life, issued, MEANINGS, end=issued["date"].max())  # type: ignore[arg-type]
    spec = chart.properties(width=760, background="white").to_dict(validate=False)
    try:
        if file.suffix == ".svg":
            file.write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")
        else:
            file.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
    except OSError as error:
        raise BadValue(f"cannot write {file}: {error.strerror}", "--picture", "choose another file") from None
