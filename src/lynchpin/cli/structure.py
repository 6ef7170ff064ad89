"""Structural tables: import them, list them; and the triads that fit a theory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import AsOf, Json, app
from lynchpin.cli._terminal import print_json, say
from lynchpin.cli._terminal import show as show_result

structures = typer.Typer(
    no_args_is_help=True, help="Import tables of alliances, claims, rivalries, borders, capabilities; list them."
)
app.add_typer(structures, name="structure", rich_help_panel=None)

On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="Only what was known on the morning of this day.")]

Structural = Annotated[
    Path | None,
    typer.Option("--structure", metavar="STORE", help="Made by `lynchpin structure import`; else our few facts."),
]


@structures.command("import", short_help="Read structural tables into a store.")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="CSV or Parquet files, or folders with some.")],
    store: Annotated[Path, typer.Option(help="The structural store to put them into; made when it is not there.")],
    dataset: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="What the files are; known by their columns if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read structural tables into a store: each row is accepted, or refused with its reason."""
    from lynchpin.account.structure import import_tables

    tables = import_tables(store, paths, dataset)
    if as_json:
        print_json({"store": store.name, "tables": tables})
    else:
        say("\n".join(str(table) for table in tables))


@structures.command("list", short_help="The tables of a structural store, or those that can be read.")
def list_(
    store: Annotated[
        Path | None, typer.Argument(metavar="[STORE]", help="A structural store; left out: what can be read.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The tables of a structural store, or the data sets that can be imported and the facts that come with us."""
    from lynchpin.account.structure import TABLES, read_store

    if store is not None:
        held, facts = read_store(store)
        kinds = dict(sorted(facts["kind"].value_counts().iter_rows()))
        if as_json:
            print_json({"store": store.name, "tables": held, "facts": kinds})
        else:
            say("\n".join(str(table) for table in held))
            say("facts: " + ", ".join(f"{kind} {count:,}" for kind, count in kinds.items()))
        return
    rows = [
        {"name": t.name, "kinds": t.kinds, "summary": t.summary, "columns": t.columns, "citation": t.citation}
        for t in TABLES.values()
    ]
    if as_json:
        print_json({"tables": rows})
        return
    for row in rows:
        say(f"{row['name']}: {row['summary']}\n  cite: {row['citation']}\n")


@structures.command(short_help="What holds of a state, or between two, on a day.")
def show(
    state: Annotated[str, typer.Argument(metavar="STATE", help="ISO3 code or English name.")],
    other: Annotated[str | None, typer.Argument(metavar="[OTHER]", help="Only facts that name this state too.")] = None,
    structure: Structural = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """What the tables say of a state, or of two, as it was known on a day: the facts that rules of roles look at."""
    from lynchpin.account.structure import Structure, facts_about

    show_result(facts_about(Structure.open(structure), state, other, on=on), as_json)


@app.command(short_help="The triads of states that fit a theory, and why.")
def triads(
    theory: Annotated[
        str, typer.Argument(metavar="THEORY", help="A built-in theory (lateral), or a TOML file with a [triad].")
    ] = "lateral",
    structure: Structural = None,
    on: On = None,
    between: Annotated[
        str | None, typer.Option(metavar="RULE", help="Another rule than the theory's for what ties the two.")
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option("--events", metavar="STORE", help="Count the acts of a store between the two."),
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """The triads of states that fit a theory: who plays what, and the facts behind it."""
    from lynchpin.account.cases.find_triads import find_triads

    show_result(find_triads(theory, structure, on=on, between=between, events=events, as_of=as_of), as_json)
