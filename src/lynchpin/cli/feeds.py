"""Feeds: fetch them, read them into a store, and what can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import Json, Quiet, app
from lynchpin.cli._terminal import arriving, counting
from lynchpin.errors import BadData, BadValue


@app.command(short_help="Read feed files into a store.")
def ingest(
    source: Annotated[str, typer.Argument(help="A source (`lynchpin sources` lists them), or `auto`.")],
    paths: Annotated[
        list[Path], typer.Argument(help="Files, .gz and .zip, folders, globs, or what `store export` wrote.")
    ],
    store: Annotated[Path, typer.Option(help="The store to put them into; made when it is not there.")],
    actors_table: Annotated[
        Path | None, typer.Option("--actors", metavar="FILE", help="Your own table of actors, put before ours.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read feed files into a store: each row is accepted, a duplicate, or refused with its reasons."""
    from lynchpin.record.ontology import actors as names
    from lynchpin.record.store import Store
    from lynchpin.report.contract import dump

    with (
        names.own_table(actors_table),
        Store.open(store, create=True) as opened,
        counting("reading", quiet or as_json) as progress,
    ):
        report = opened.ingest(None if source == "auto" else source, paths, progress=progress)
    typer.echo(dump(report.to_dict()) if as_json else report.summary())


@app.command()
def sources(as_json: Json = False) -> None:
    """The feeds that can be read."""
    from lynchpin.record.sources import sources as all_sources
    from lynchpin.report.contract import dump

    rows = [
        {
            "name": s.name,
            "summary": s.summary,
            "columns": s.columns,
            "citation": s.citation,
            "licence": s.licence,
        }
        for s in all_sources().values()
    ]
    if as_json:
        typer.echo(dump({"sources": rows}))
        return
    for row in rows:
        typer.echo(f"{row['name']}: {row['summary']}\n  cite: {row['citation']}\n  licence: {row['licence']}\n")


@app.command(short_help="Fetch a feed from where it is published.")
def fetch(
    feed: Annotated[str, typer.Argument(metavar="FEED", help="gdelt, icews or polecat.")],
    since: Annotated[str | None, typer.Option(metavar="DATE", help="First day; gdelt only.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day; gdelt only.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="Where the files go; FEED if not given.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Of gdelt: export, mentions; repeat it for both.")] = None,
    match: Annotated[str, typer.Option(metavar="GLOB", help="Of icews and polecat: names of the files.")] = "*",
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="A mirror.")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fetch a feed from where it is published; run it again and it takes up where it ended."""
    from lynchpin.record.fetch import fetch_dataverse, fetch_gdelt
    from lynchpin.report.contract import dump

    to = folder or Path(feed)
    with arriving(quiet or as_json) as progress:
        if feed == "gdelt":
            if since is None or until is None:
                raise BadValue("the days are missing", "--since, --until", "name the first and the last day")
            kinds = tuple(kind or ("export",))
            report = fetch_gdelt(since, until, to, kinds=kinds, base_url=base_url, progress=progress)  # type: ignore[arg-type]
        else:
            report = fetch_dataverse(feed, to, match=match, base_url=base_url, progress=progress)
    typer.echo(dump(report.to_dict()) if as_json else report.summary())
    if report.failed:
        raise BadData(f"{len(report.failed)} files could not be fetched", str(to), "run the same command again")
