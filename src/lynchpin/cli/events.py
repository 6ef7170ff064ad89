"""A record: its events, and who stands in it."""

from __future__ import annotations

from typing import Annotated

import typer

from lynchpin.cli._app import AsOf, CaseArg, Events, Json, StoreFirst, StoreHere, app, the_store
from lynchpin.cli._terminal import console, print_json, put, say
from lynchpin.defaults import CASE


@app.command("events")
def list_events(
    case: CaseArg = CASE,
    as_of: AsOf = None,
    events: Events = None,
    source: Annotated[str | None, typer.Option(metavar="ISO3", help="Who acted.")] = None,
    target: Annotated[str | None, typer.Option(metavar="ISO3", help="On whom.")] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(metavar="ISO3", help="On either side; repeat it to ask for all of several."),
    ] = None,
    dyad: Annotated[str | None, typer.Option(metavar='"A -> B"', help="From A to B; `A -- B` is either way.")] = None,
    event_class: Annotated[str | None, typer.Option("--class", help="One class of the case.")] = None,
    event_type: Annotated[str | None, typer.Option("--type", help="One PLOVER type.")] = None,
    since: Annotated[str | None, typer.Option("--since", "--from", metavar="DATE", help="From this day on.")] = None,
    until: Annotated[str | None, typer.Option("--until", "--to", metavar="DATE", help="Before this day.")] = None,
    agreement: Annotated[str | None, typer.Option(metavar="ID", help="Steps of one agreement.")] = None,
    count: Annotated[
        str | None,
        typer.Option(metavar="BY", help="Count by year, month, class, type, dyad, actor or status."),
    ] = None,
    episodes: Annotated[
        bool, typer.Option("--episodes", help="Fold the reports of one act into one; the date is the first.")
    ] = False,
    reach: Annotated[
        bool,
        typer.Option("--reach", help="How many pages told of it, and how sure the coder was: GDELT, with mentions."),
    ] = False,
    limit: Annotated[int, typer.Option(help="Rows of the table; 0 for all.")] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, all rows.")] = False,
    as_json: Json = False,
) -> None:
    """Filter, count and show the events of a record."""
    from lynchpin.account.cases import read_case
    from lynchpin.report.events import events_csv, events_table
    from lynchpin.session.events import list_events

    read = read_case(case)
    listed = list_events(
        read, events, as_of=as_of, states=state, dyad=dyad, event_class=event_class, event_type=event_type,
        since=since, until=until, agreement=agreement, source=source, target=target, episodes=episodes, reach=reach,
        count=count, limit=None if as_json or as_csv or limit <= 0 else limit,
    )  # fmt: skip
    if as_json:
        rows = listed.rows.rename({"event_class": "class"}, strict=False)
        print_json({"case": read.name, "as_of": as_of, "events": listed.total, "rows": rows})
    elif as_csv:
        typer.echo(events_csv(listed.rows), nl=False)
    else:
        title = (
            f"{read.name}, {f'as of {as_of}' if as_of else 'the whole record'}: {listed.total:,} events, "
            f"{events.name if events is not None else 'own chronology'}"
        )
        put(events_table(listed.rows, limit, console().width, total=None if count else listed.total, title=title))
        if listed.back:
            back = f"{listed.back} more from {target} to {source}"
            pair = f"{source} -- {target}"
            say(f'from {source} to {target}, and together; {back}: --dyad "{pair}" shows both ways')


@app.command(short_help="States, or names without one, by volume.")
def actors(
    first: StoreFirst = None,
    named: StoreHere = None,
    unresolved: Annotated[
        bool, typer.Option("--unresolved", help="Names that no state was found for, by volume.")
    ] = False,
    limit: Annotated[int, typer.Option(help="Rows of the table; 0 for all.")] = 50,
    as_json: Json = False,
) -> None:
    """The actors of a store by volume: states, or names without one."""
    from lynchpin.record.store import Store
    from lynchpin.report.events import plain_table

    store = the_store(named, first)
    with Store.open(store, read_only=True) as opened:
        rows = opened.unresolved() if unresolved else opened.states()
    if as_json:
        print_json({"store": store.name, "unresolved": unresolved, "actors": rows.height, "rows": rows})
    else:
        put(plain_table(rows, limit, title=f"{store.name}, all of it"))
