"""A store as a file: `lynchpin store info|verify|export|compact`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import Json, StoreArg, app
from lynchpin.errors import BadData

stores = typer.Typer(no_args_is_help=True, help="Look at a store, check it, export it, make it small.")
app.add_typer(stores, name="store", rich_help_panel=None)


@stores.command("info")
def store_info(
    store: StoreArg,
    episodes: Annotated[bool, typer.Option("--episodes", help="Also what each fold takes in.")] = False,
    as_json: Json = False,
) -> None:
    """What a store holds."""
    from lynchpin.record.store import Store
    from lynchpin.report.contract import dump
    from lynchpin.report.events import info_lines

    with Store.open(store, read_only=True) as opened:
        told = opened.info() | ({"folding": opened.folded().to_dict()} if episodes else {})
    typer.echo(dump(told) if as_json else info_lines(told))


@stores.command("verify", short_help="Whether its tables agree with each other.")
def store_verify(store: StoreArg, as_json: Json = False) -> None:
    """Whether the tables of a store agree with each other; 2 if they do not."""
    from lynchpin.record.store import Store
    from lynchpin.report.contract import dump

    with Store.open(store, read_only=True) as opened:
        faults = opened.verify()
        told = {"store": store.name, "sound": not faults, "faults": faults, "content_hash": opened.content_hash()}
    if as_json:
        typer.echo(dump(told))
    elif not faults:
        typer.echo(f"sound; content {told['content_hash']}")
    if faults:
        mend = "ingest the files into a new store"
        raise BadData("the store is not sound", f"{store}: {'; '.join(faults[:5])}", mend)


@stores.command("export")
def store_export(
    store: StoreArg,
    to: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder; `ingest` takes it in again.")],
    as_json: Json = False,
) -> None:
    """Write every table of a store as Parquet."""
    from lynchpin.record.store import Store
    from lynchpin.report.contract import dump

    with Store.open(store, read_only=True) as opened:
        told = opened.export(to)
    typer.echo(dump(told) if as_json else f"wrote {to}: {told['rows']['events']:,} events")


@stores.command("compact", short_help="Write it anew, in the order of days.")
def store_compact(store: StoreArg, as_json: Json = False) -> None:
    """Write a store anew, in the order of days; the old file stays until the new one is whole."""
    from lynchpin.record.store import Store
    from lynchpin.report.contract import dump

    before, after = Store.compact(store)
    told = {"store": store.name, "size_before": before, "size": after}
    typer.echo(dump(told) if as_json else f"{before:,} bytes before, {after:,} now")
