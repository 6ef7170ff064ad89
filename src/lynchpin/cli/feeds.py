"""Feeds: fetch them, read them into a store; and a store as a file: `lynchpin store info|verify|export|compact`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import Json, Quiet, StoreFirst, StoreHere, app, the_store
from lynchpin.cli._terminal import arriving, counting, print_json, say, show
from lynchpin.errors import BadData, BadValue

States = Annotated[
    str | None,
    typer.Option(metavar="CODES", help="Only acts between these states, as in KOR,JPN,USA; the others are counted."),
]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Only acts from this day on.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Only acts before this day.")]


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
    known_lag: Annotated[
        str,
        typer.Option(metavar="DAYS", help="How long after its day an act becomes known, where the feed says nothing."),
    ] = "0d",
    states: States = None,
    since: Since = None,
    until: Until = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Leave with 2 when a file of a folder could not be read.")
    ] = False,
    parts: Annotated[
        bool,
        typer.Option("--parts", help="Make the store a folder of Parquet parts by feed and month."),
    ] = False,
    workers: Annotated[
        int, typer.Option(min=1, help="With --parts: processes, a file for each; the store is the same.")
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="With --parts: workers of a dask scheduler that see the folder."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read feed files into a store: each row is accepted, a duplicate, or refused with its reasons."""
    from lynchpin.record.ontology import actors as names
    from lynchpin.record.store import Store, filter_of, require_whole
    from lynchpin.session.backtest import parse_lag
    from lynchpin.session.cluster import hands

    lag = parse_lag(known_lag, name="--known-lag")
    keep = filter_of(states, since, until)
    with (
        names.own_table(actors_table),
        Store.open(store, create=True, parts=parts) as opened,
        counting("reading", quiet or as_json) as progress,
        hands(workers, scheduler) as crew,
    ):
        report = opened.ingest(
            None if source == "auto" else source,
            paths,
            progress=progress,
            known_lag=lag,
            keep=keep,
            own_actors=actors_table,
            executor=crew,
        )
    show(report, as_json)
    if strict:
        require_whole(report)


@app.command()
def sources(as_json: Json = False) -> None:
    """The feeds that can be read."""
    from lynchpin.session.questions import feeds

    rows = feeds()
    if as_json:
        print_json({"sources": rows})
        return
    for row in rows:
        say(f"{row['name']}: {row['summary']}\n  cite: {row['citation']}\n  licence: {row['licence']}\n")


@app.command(short_help="Fetch a feed from where it is published.")
def fetch(
    feed: Annotated[str, typer.Argument(metavar="FEED", help="gdelt, icews or polecat.")],
    since: Since = None,
    until: Until = None,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="Where the files go; FEED if not given.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Of gdelt: export, mentions; repeat it for both.")] = None,
    translated: Annotated[
        bool, typer.Option("--translated", help="Of gdelt: the stream of machine-translated pages too.")
    ] = False,
    match: Annotated[str, typer.Option(metavar="GLOB", help="Of icews and polecat: names of the files.")] = "*",
    store: Annotated[Path | None, typer.Option(help="A store to read the files into when they are there.")] = None,
    states: States = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="A mirror.")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fetch a feed from where it is published; run it again and it takes up where it ended."""
    from lynchpin.record.fetch import fetch_dataverse, fetch_gdelt
    from lynchpin.record.store import Store, filter_of

    keep = filter_of(states, since, until)
    if store is None and (states is not None or (keep and feed != "gdelt")):
        mend = "name a store with --store, or fetch now and filter with `lynchpin ingest`"
        raise BadValue(
            "the files come whole: a filter chooses what is read of them", "--states, --since, --until", mend
        )
    to = folder or Path(feed)
    with arriving(quiet or as_json) as progress:
        if feed == "gdelt":
            if since is None or until is None:
                raise BadValue(
                    "the days are missing", "--since, --until", "name the first day, and the day after the last"
                )
            kinds = tuple(kind or ("export",))
            report = fetch_gdelt(
                since,
                until,
                to,
                kinds=kinds,  # type: ignore[arg-type]
                translated=translated,
                base_url=base_url,
                progress=progress,
            )
        else:
            report = fetch_dataverse(feed, to, match=match, base_url=base_url, progress=progress)
    files = [to / file.name for file in report.files if file.status != "failed"] if store is not None else []
    if store is None or not files:
        show(report, as_json)
    else:
        with Store.open(store, create=True) as opened, counting("reading", quiet or as_json) as reading:
            read = opened.ingest(None, files, progress=reading, keep=keep)
        if as_json:
            print_json({**report.to_dict(), "ingested": read.to_dict()})
        else:
            say(f"{report.summary()}\n{read.summary()}")
    if report.failed:
        raise BadData(f"{len(report.failed)} files could not be fetched", str(to), "run the same command again")


# -- A store as a file.

stores = typer.Typer(no_args_is_help=True, help="Look at a store, check it, export it, make it small.")
app.add_typer(stores, name="store", rich_help_panel=None)


@stores.command("info")
def store_info(
    first: StoreFirst = None,
    named: StoreHere = None,
    episodes: Annotated[bool, typer.Option("--episodes", help="Also what each fold takes in.")] = False,
    as_json: Json = False,
) -> None:
    """What a store holds."""
    from lynchpin.record.store import Store
    from lynchpin.report.events import info_lines

    store = the_store(named, first)
    with Store.open(store, read_only=True) as opened:
        about = opened.info() | ({"folding": opened.fold_counts()} if episodes else {})
    if as_json:
        print_json(about)
    else:
        say(info_lines(about))


@stores.command("verify", short_help="Whether its tables agree with each other.")
def store_verify(first: StoreFirst = None, named: StoreHere = None, as_json: Json = False) -> None:
    """Whether the tables of a store agree with each other; 2 if they do not."""
    from lynchpin.record.store import Store

    store = the_store(named, first)
    with Store.open(store, read_only=True) as opened:
        faults = opened.verify()
        content = opened.content_hash()
    if as_json:
        print_json({"store": store.name, "sound": not faults, "faults": faults, "content_hash": content})
    elif not faults:
        typer.echo(f"sound; content {content}")
    if faults:
        mend = "ingest the files into a new store"
        raise BadData("the store is not sound", f"{store}: {'; '.join(faults[:5])}", mend)


@stores.command("export")
def store_export(
    places: Annotated[list[Path], typer.Argument(metavar="DIR", help="A new folder; `ingest` takes it in again.")],
    named: StoreHere = None,
    as_json: Json = False,
) -> None:
    """Write every table of a store as Parquet."""
    from lynchpin.record.store import Store

    *before, to = places
    if len(before) > 1:
        raise BadValue(f"{len(places)} places are named", "store export", "write --store world.duckdb FOLDER")
    store = the_store(named, before[0] if before else None)
    with Store.open(store, read_only=True) as opened:
        exported = opened.export(to)
    if as_json:
        print_json(exported)
    else:
        typer.echo(f"wrote {to}: {exported['rows']['events']:,} events")


@stores.command("compact", short_help="Write it anew, in the order of days.")
def store_compact(first: StoreFirst = None, named: StoreHere = None, as_json: Json = False) -> None:
    """Write a store anew, in the order of days; the old file stays until the new one is whole."""
    from lynchpin.record.store import Store

    store = the_store(named, first)
    before, after = Store.compact(store)
    if as_json:
        print_json({"store": store.name, "size_before": before, "size": after})
    else:
        typer.echo(f"{before:,} bytes before, {after:,} now")
